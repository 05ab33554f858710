package dev.backlane.bench.jmh;

import dev.backlane.bench.peer.BacklanePeer;
import dev.backlane.bench.peer.Peer;
import dev.backlane.bench.peer.VectorPeer;
import dev.backlane.bench.peer.Verification;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Elementwise functions on one thread, from the first cache to memory. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class VectorBenchmark {
    /** Both sides may be a few units in the last place off, in different directions. */
    private static final double TOLERANCE = 1e-5;

    /** Which function. */
    @Param({"sigmoid", "tanh", "exp", "gelu", "relu"})
    public String function;

    /** How many elements. */
    @Param("4096")
    public int n;

    /** Whose function. */
    @Param("backlane")
    public String peer;

    private Peer.Job job;

    /** Verifies the peer's function. */
    @org.openjdk.jmh.annotations.Setup
    public void prepare() {
        float[] x = Verification.operand(1, n);
        for (int i = 0; i < n; i++) {
            x[i] *= 8;
        }
        job = Setup.peer(VectorPeer.class, peer, 1).elementwise(function, x);
        job.run();
        try (Peer.Job ours = new BacklanePeer().elementwise(function, x)) {
            ours.run();
            float[] expected = ours.result();
            double[] tolerance = new double[n];
            for (int i = 0; i < n; i++) {
                tolerance[i] = TOLERANCE * Math.max(1, Math.abs(expected[i]));
            }
            Verification.requireClose(peer + ' ' + function, expected, job.result(), tolerance);
        }
    }

    /** Frees operands. */
    @TearDown
    public void close() {
        job.close();
    }

    /** y ← f(x). */
    @Benchmark
    public void elementwise() {
        job.run();
    }
}
