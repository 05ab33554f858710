package dev.backlane.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** JVMs that run in the order in which they were asked for, two at a time. */
final class Jvms implements AutoCloseable {
    private final ExecutorService two =
            Executors.newFixedThreadPool(2, Thread.ofPlatform().daemon().factory());
    private final Path folder;

    Jvms(Path folder) {
        this.folder = folder;
    }

    /**
     * How a process ended.
     *
     * @param code its exit code
     * @param lines of both streams
     */
    record Ended(int code, List<String> lines) {
        /** What follows the prefix in the only line that starts with it. */
        String only(String prefix) {
            List<String> found =
                    lines.stream().filter(line -> line.startsWith(prefix)).toList();
            if (found.size() != 1) {
                throw new AssertionError(found.size() + " lines start with \"" + prefix + "\": " + this);
            }
            return found.getFirst().substring(prefix.length());
        }

        @Override
        public String toString() {
            return "exit code " + code + "\n" + String.join("\n", lines);
        }
    }

    Future<Ended> start(List<String> command) {
        return two.submit(() -> run(command));
    }

    private Ended run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                throw new AssertionError("after two minutes still runs: " + String.join(" ", command));
            }
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), Files.readAllLines(output));
    }

    @Override
    public void close() {
        two.shutdownNow();
    }
}
