package dev.backlane.digits;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;

/** What is easily known of the machine and of this process. */
final class Machine {
    private Machine() {}

    /**
     * The processor's name.
     *
     * @return empty where the system does not tell
     */
    static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            String windows = System.getenv("PROCESSOR_IDENTIFIER");
            return windows == null ? "" : windows;
        }
    }

    /**
     * When this process started, the start of Java included.
     *
     * @return now, where the system does not tell
     */
    static Instant processStart() {
        return ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
    }
}
