package dev.backlane.bench.jmh;

import dev.backlane.bench.peer.BacklanePeer;
import dev.backlane.bench.peer.Peer;
import dev.backlane.bench.peer.VectorPeer;
import dev.backlane.bench.peer.Verification;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Softmax cross-entropy and its gradient with respect to the logits, on one thread. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class LossBenchmark {
    private static final double TOLERANCE = 1e-5;

    /** Batch x classes. */
    @Param({"64x10", "128x1000"})
    public String size;

    /** Whose loss. */
    @Param("backlane")
    public String peer;

    private Peer.Job job;

    /** Verifies the peer's gradient. */
    @org.openjdk.jmh.annotations.Setup
    public void prepare() {
        int[] parts =
                Arrays.stream(size.split("x", 2)).mapToInt(Integer::parseInt).toArray();
        int batch = parts[0];
        int classes = parts[1];
        float[] logits = Verification.operand(1, batch * classes);
        int[] labels = new SplittableRandom(2).ints(batch, 0, classes).toArray();
        job = Setup.peer(VectorPeer.class, peer, 1).softmaxCrossEntropy(batch, classes, logits, labels);
        job.run();
        try (Peer.Job ours = new BacklanePeer().softmaxCrossEntropy(batch, classes, logits, labels)) {
            ours.run();
            double[] tolerance = new double[logits.length];
            Arrays.fill(tolerance, TOLERANCE / batch);
            Verification.requireClose(peer + " cross-entropy", ours.result(), job.result(), tolerance);
        }
    }

    /** Frees operands. */
    @TearDown
    public void close() {
        job.close();
    }

    /** Loss and gradient. */
    @Benchmark
    public void softmaxCrossEntropy() {
        job.run();
    }
}
