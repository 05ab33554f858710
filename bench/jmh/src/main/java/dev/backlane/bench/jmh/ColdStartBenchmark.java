package dev.backlane.bench.jmh;

import dev.backlane.bench.ColdStart;
import dev.backlane.bench.Launch;
import dev.backlane.kernel.Gemm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From the launch of a JVM to full speed, in a process of its own without JMH; see {@link ColdStart}. The score is the
 * length of the process and means nothing; the counters do, one value for each iteration.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 0)
@Measurement(iterations = 5)
@State(Scope.Benchmark)
public class ColdStartBenchmark {
    /** {@code plain}, or {@code aot}: with an AOT cache of a run before. */
    @Param({"plain", "aot"})
    public String launch;

    /** Layer sizes and activation of the hidden ones. */
    @Param("784-128-10 sigmoid")
    public String network;

    /** Examples of a step. */
    @Param("64")
    public int batch;

    /** Seconds from the launch to the end. */
    @Param("4")
    public double seconds;

    private final List<String> flags = new ArrayList<>(Launch.JVM_ARGUMENTS);
    private Path directory;
    private List<Path> classPath;

    /** What the process reports. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Times {
        /** Launch to the end of the first step. */
        public double firstStepMillis;

        /** Launch to the first steps within 10% of the final speed. */
        public double fullSpeedMillis;

        /** Time of a step at the end. */
        public double finalStepMicros;
    }

    /** Makes the class path of jars, and the cache where one is wanted. */
    @org.openjdk.jmh.annotations.Setup
    public void prepare() throws IOException, InterruptedException {
        directory = Files.createTempDirectory("backlane");
        classPath = List.of(Launch.jar(ColdStart.class, directory), Launch.jar(Gemm.class, directory));
        if (launch.equals("aot")) {
            Path cache = directory.resolve("cache.aot");
            List<String> recording = new ArrayList<>(flags);
            recording.add("-XX:AOTCacheOutput=" + cache);
            process(recording);
            flags.add("-XX:AOTCache=" + cache);
        }
    }

    /** Removes both. */
    @TearDown
    public void close() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    /** One process. */
    @Benchmark
    public void coldStart(Times times) throws IOException, InterruptedException {
        String[] numbers = process(flags).split(" ", 3);
        times.firstStepMillis = Double.parseDouble(numbers[0]);
        times.fullSpeedMillis = Double.parseDouble(numbers[1]);
        times.finalStepMicros = Double.parseDouble(numbers[2]);
    }

    private String process(List<String> jvmFlags) throws IOException, InterruptedException {
        List<String> arguments = List.of(
                String.valueOf(ColdStart.microseconds()), String.valueOf(seconds), network, String.valueOf(batch), "1");
        Process process = new ProcessBuilder(Launch.command(jvmFlags, classPath, ColdStart.class, arguments))
                .redirectErrorStream(true)
                .start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        if (process.waitFor() != 0) {
            throw new IOException("the process ended with " + process.exitValue() + ": " + lines.getLast());
        }
        // The JVM may say something before and after.
        return lines.stream()
                .filter(line -> line.matches("[0-9.E]+ [0-9.E]+ [0-9.E]+"))
                .findFirst()
                .orElseThrow(() -> new IOException("no numbers in " + lines));
    }
}
