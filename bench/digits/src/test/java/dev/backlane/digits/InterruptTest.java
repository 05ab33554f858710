package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.BufferedReader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What Ctrl-C becomes; in the midst of a run, {@link CheckpointTest} sends it. */
class InterruptTest {
    /** Opens one while the process ends. */
    public static final class Late {
        private Late() {}

        /**
         * Ends at once.
         *
         * @param args none
         */
        public static void main(String... args) {
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
                try (Interrupt interrupt = Interrupt.open()) {
                    System.out.println("requested: " + interrupt.requested());
                }
            }));
        }
    }

    @Test
    void aSignalJustBeforeIsNotMissed() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-classpath",
                        System.getProperty("java.class.path"),
                        Late.class.getName())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out = process.inputReader()) {
            assertEquals("requested: true", String.join("\n", out.lines().toList()));
        }
        assertEquals(0, process.waitFor());
    }

    @Test
    void nothingIsRequestedOtherwise() {
        try (Interrupt interrupt = Interrupt.open()) {
            assertFalse(interrupt.requested());
        }
    }
}
