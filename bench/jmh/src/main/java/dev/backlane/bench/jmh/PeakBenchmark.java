package dev.backlane.bench.jmh;

import dev.backlane.bench.FmaPeak;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** Fused multiply-adds in registers: what one core and all cores can do at most. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class PeakBenchmark {
    /** Floats in a vector, for whoever reads the results; 0 if that is nobody. */
    @Param("0")
    public int lanes;

    /** Not final, so that the compiler does not compute with them. */
    private float factor = 0.75f;

    private float term = 0.25f;

    /** Checks what is written down. */
    @Setup
    public void check() {
        if (lanes != 0 && lanes != FmaPeak.LANES) {
            throw new IllegalStateException("lanes must be " + FmaPeak.LANES + ", but is " + lanes);
        }
    }

    /** One core. */
    @Benchmark
    public float oneCore() {
        return FmaPeak.run(factor, term);
    }

    /** Every core at once; the score is the time of one core. */
    @Benchmark
    @Threads(Threads.MAX)
    public float allCores() {
        return FmaPeak.run(factor, term);
    }
}
