package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.backlane.kernel.Backend;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clause 1 end to end: a training on MNIST, replayed by many kinds of JVM, two at a time, has every loss and the parameters of
 * the one stored run. By default every kind of difference in some JVM; with the system property
 * {@code backlane.reproduce}, each with each, as far as the flags have a match of that regular expression.
 */
class ReproducibilityTest {
    private static final String ALL_WORKERS = "1 2 3 4 5 6 7 8";
    private static final String EMULATE = "-Dbacklane.emulate=true -Dbacklane.backend=";
    private static final List<String> BACKENDS = List.of("scalar", "simd128", "simd256", "simd512");
    private static final String C1 = "-XX:TieredStopAtLevel=1";
    private static final String SERIAL = "-XX:+UseSerialGC";
    private static final String PARALLEL = "-XX:+UseParallelGC";
    private static final String G1 = "-XX:+UseG1GC";
    private static final String Z = "-XX:+UseZGC";
    private static final String SHENANDOAH = "-XX:+UseShenandoahGC";
    private static final String EPSILON = "-XX:+UnlockExperimentalVMOptions -XX:+UseEpsilonGC";
    private static final String HEADERS = " -XX:+UseCompactObjectHeaders";

    private static final Map<Run, Future<List<String>>> OUTPUTS = new LinkedHashMap<>();
    private static ExecutorService two;
    private static List<String> stored;

    @TempDir
    private static Path folder;

    /** One JVM: its flags, how many steps it takes, and with how many workers, one number after the other. */
    record Run(String flags, int steps, String workers) {
        @Override
        public String toString() {
            return flags + ", " + steps + " steps, workers " + workers;
        }
    }

    static List<Run> runs() {
        String wanted = System.getProperty("backlane.reproduce");
        return wanted == null
                ? eachOnce()
                : eachWithEach().stream()
                        .filter(run ->
                                Pattern.compile(wanted).matcher(run.flags).find())
                        .toList();
    }

    private static List<Run> eachOnce() {
        return List.of(
                // The longest first: an interpreter needs up to a second for a step.
                new Run("-Xint", Replay.CHECKED, "1"),
                new Run("-Dbacklane.backend=auto " + G1, Replay.STEPS, ALL_WORKERS),
                new Run(EMULATE + "simd512 " + SHENANDOAH, Replay.STEPS, "2"),
                new Run(C1 + " " + SERIAL, Replay.STEPS, "1 8"),
                new Run(EMULATE + "simd256 " + C1, Replay.CHECKED, "1"),
                new Run(EMULATE + "scalar " + PARALLEL + HEADERS, Replay.STEPS, "1 8"),
                new Run(EMULATE + "simd128 " + SERIAL, Replay.STEPS, "1 8"),
                new Run(EMULATE + "simd256 " + Z + HEADERS, Replay.STEPS, "2"),
                new Run(EMULATE + "scalar " + EPSILON + HEADERS, Replay.STEPS, "3"),
                // The tiles for 16 registers, which a processor of 32 runs at no width.
                new Run("-XX:UseAVX=2 " + G1, Replay.STEPS, "1 2"));
    }

    private static List<Run> eachWithEach() {
        List<Run> runs = new ArrayList<>();
        runs.add(new Run("-Xint", Replay.STEPS, "1"));
        for (String collector : List.of(SERIAL, PARALLEL, G1, Z, SHENANDOAH, EPSILON)) {
            for (String headers : List.of(HEADERS, HEADERS.replace('+', '-'))) {
                String flags = collector + headers + " ";
                // Until C2 has compiled the kernels, vectors are objects: gigabytes that Epsilon would never free.
                for (String backend : collector.equals(EPSILON) ? List.of("scalar") : BACKENDS) {
                    String it = flags + EMULATE + backend;
                    runs.add(new Run(it, Replay.STEPS, ALL_WORKERS));
                    runs.add(new Run(it + " " + C1, Replay.STEPS, "1 8"));
                    runs.add(new Run(it + " -Xint", Replay.CHECKED, "1 8"));
                }
            }
        }
        return runs;
    }

    @BeforeAll
    static void startAll() throws IOException {
        assumeFalse(Backend.describe().contains("bits may differ"), "no hardware FMA here: " + Backend.describe());
        try (InputStream in = ReproducibilityTest.class.getResourceAsStream("replay.txt")) {
            stored = new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
        assertEquals(Replay.STEPS + Replay.STEPS / Replay.CHECKED, stored.size());
        two = Executors.newFixedThreadPool(2, Thread.ofPlatform().daemon().factory());
        runs().forEach(run -> OUTPUTS.put(run, two.submit(() -> output(run))));
    }

    @AfterAll
    static void stop() {
        if (two != null) {
            two.shutdownNow();
        }
    }

    /** Its lines of both streams. */
    private static List<String> output(Run run) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx1g", "--add-modules=jdk.incubator.vector"));
        command.addAll(List.of(run.flags.split(" ", -1)));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Replay.class.getName()));
        command.add(Integer.toString(run.steps));
        command.addAll(List.of(run.workers.split(" ", -1)));
        Path file = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(file.toFile())
                .start();
        try {
            assertTrue(process.waitFor(1, TimeUnit.HOURS), "after an hour still runs: " + command);
        } finally {
            process.destroyForcibly();
        }
        return Files.readAllLines(file);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void contract1TheStoredTrainingIsReplayedBitForBit(Run run) throws InterruptedException, ExecutionException {
        List<String> output = OUTPUTS.get(run).get();
        for (String line : output) {
            boolean unknown =
                    line.startsWith("Unrecognized VM option") || line.matches("Error: Option .* not supported");
            assumeFalse(unknown, "this JVM has no such flag: " + line);
        }
        List<String> expected = stored.subList(0, run.steps + run.steps / Replay.CHECKED);
        int at = 0;
        for (String workers : run.workers.split(" ", -1)) {
            at = output.indexOf("# workers: " + workers) + 1;
            assertTrue(at > 0, () -> "no run with " + workers + " workers:\n" + String.join("\n", output));
            List<String> actual = output.subList(at, output.size());
            for (int i = 0; i < expected.size(); i++) {
                int line = i + 1;
                assertTrue(i < actual.size(), () -> "ends before line " + line + ":\n" + String.join("\n", output));
                assertEquals(expected.get(i), actual.get(i), () -> "line " + line + " with " + workers + " workers");
            }
        }
        assertEquals(output.size(), at + expected.size(), () -> "more than the last run:\n" + output);
    }
}
