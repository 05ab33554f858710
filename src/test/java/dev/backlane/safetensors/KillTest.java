package dev.backlane.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that does nothing but save is killed, again and again, and each time what it leaves is one whole file. */
@Tag("once") // Not once per backend.
class KillTest {
    private static final int ELEMENTS = 1 << 20;
    private static final int KILLS = 10;

    @TempDir
    private Path folder;

    /** Saves 1, 1, 1, … then 2, 2, 2, … and so on for ever; prints a line when the first is there. */
    public static final class Saver {
        private Saver() {}

        /**
         * Runs until it is killed.
         *
         * @param args the file
         * @throws IOException if it cannot be written
         */
        public static void main(String... args) throws IOException {
            float[] values = new float[ELEMENTS];
            for (int save = 1; ; save++) {
                Arrays.fill(values, save);
                new SafetensorsWriter()
                        .metadata("save", String.valueOf(save))
                        .tensor("values", values, 0, ELEMENTS)
                        .write(Path.of(args[0]));
                if (save == 1) {
                    System.out.println("saving");
                }
            }
        }
    }

    @Test
    void aKillDuringASaveLeavesTheOldFileWhole() throws Exception {
        Path file = folder.resolve("f.safetensors");
        SplittableRandom random = new SplittableRandom(3);
        float[] values = new float[ELEMENTS];
        int latest = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process saver = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-classpath",
                            classes(Saver.class) + File.pathSeparator + classes(SafetensorsWriter.class),
                            Saver.class.getName(),
                            file.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                assertEquals("saving", saver.inputReader().readLine());
                Thread.sleep(random.nextInt(40));
            } finally {
                saver.destroyForcibly();
            }
            assertTrue(saver.waitFor(20, TimeUnit.SECONDS));
            try (SafetensorsReader reader = SafetensorsReader.open(file)) {
                assertEquals(0, reader.read("values", values, 0));
                latest = Integer.parseInt(reader.metadata().get("save"));
                for (float value : values) {
                    assertEquals(latest, value);
                }
            }
        }
        try (var left = Files.list(folder)) {
            assertTrue(left.count() > 1, "no kill came during a save; the last was number " + latest);
        }
    }

    private static String classes(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }
}
