package dev.backlane.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.nn.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    @TempDir
    private Path folder;

    private Checkpoints of(String run) throws IOException {
        return new Checkpoints(folder.resolve("run").toString(), new Configuration(), run);
    }

    /** Longer than the buffer, and not a multiple of it. */
    private static TrainingState state(int epoch) {
        float[] parameters = new float[20_001];
        float[] moments = new float[40_002];
        for (int i = 0; i < moments.length; i++) {
            moments[i] = -i * 0.37f;
            parameters[i / 2] = i + epoch;
        }
        parameters[3] = Float.NaN;
        return new TrainingState(parameters, moments, epoch, 100L * epoch);
    }

    private static void assertSame(TrainingState expected, TrainingState found) {
        assertArrayEquals(expected.parameters(), found.parameters());
        assertArrayEquals(expected.optimizerState(), found.optimizerState());
        assertEquals(expected.epoch(), found.epoch());
        assertEquals(expected.step(), found.step());
    }

    @Test
    void theNewestComesBackAndTwoAreKept() throws IOException {
        assertTrue(of("a").latest().isEmpty());
        for (int epoch = 9; epoch < 12; epoch++) {
            of("a").save(state(epoch));
            assertSame(state(epoch), of("a").latest().orElseThrow());
        }
        try (Stream<Path> files = Files.list(folder.resolve("run"))) {
            assertEquals(
                    2,
                    files.filter(f -> f.getFileName().toString().startsWith("epoch-"))
                            .count());
        }
    }

    /** Whatever byte is wrong or missing, with Hadoop's own checksum and without. */
    @Test
    void aDamagedOneIsPassedOver() throws IOException {
        of("a").save(state(1));
        of("a").save(state(2));
        Path newest = folder.resolve("run/epoch-00002");
        byte[] whole = Files.readAllBytes(newest);
        for (boolean hadoops : new boolean[] {true, false}) {
            if (!hadoops) {
                Files.delete(folder.resolve("run/.epoch-00002.crc"));
            }
            for (int at : new int[] {0, 5, 8, 12, 20, 24, 5_000, 200_000, whole.length - 1}) {
                byte[] damaged = whole.clone();
                damaged[at] ^= 0x40;
                Files.write(newest, damaged);
                assertSame(state(1), of("a").latest().orElseThrow());
            }
            for (int length : new int[] {0, 3, 11, 1_000, whole.length - 1}) {
                Files.write(newest, java.util.Arrays.copyOf(whole, length));
                assertSame(state(1), of("a").latest().orElseThrow());
            }
            Files.write(newest, whole);
            assertSame(state(2), of("a").latest().orElseThrow());
        }
    }

    /** A run of whose states none is whole starts again, and what it then stores is not taken for old. */
    @Test
    void aRunThatStartsAgainIsNotDiscardedForDamagedNewerOnes() throws IOException {
        for (int epoch = 8; epoch < 10; epoch++) {
            of("a").save(state(epoch));
            Files.write(folder.resolve("run/epoch-0000" + epoch), new byte[7]);
        }
        of("a").save(state(1));
        assertSame(state(1), of("a").latest().orElseThrow());
    }

    @Test
    void epochsAreOrderedAsNumbers() throws IOException {
        of("a").save(state(99_999));
        of("a").save(state(100_000));
        assertSame(state(100_000), of("a").latest().orElseThrow());
    }

    @Test
    void anotherRunsIsRefusedAndNotOverwritten() throws IOException {
        of("seed 1").save(state(1));
        String message =
                assertThrows(IOException.class, () -> of("seed 2").latest()).getMessage();
        assertTrue(message.contains("of another run: seed 1; this one is: seed 2"), message);
        assertFalse(of("seed 1").latest().isEmpty());
    }
}
