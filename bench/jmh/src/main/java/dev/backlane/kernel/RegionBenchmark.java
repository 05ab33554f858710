package dev.backlane.kernel;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What it costs to hand parts to threads and wait for them when they do nothing. In this package because only kernels
 * may.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class RegionBenchmark {
    private static final Workers.Job NOTHING = part -> {};

    /** Threads, and as many parts. */
    @Param("2")
    public int threads;

    private Workers workers;

    /** Starts the threads. */
    @Setup
    public void start() {
        workers = Workers.of(threads);
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
        workers.close();
    }

    /** An empty region. */
    @Benchmark
    public void emptyRegion() {
        workers.run(NOTHING, threads);
    }
}
