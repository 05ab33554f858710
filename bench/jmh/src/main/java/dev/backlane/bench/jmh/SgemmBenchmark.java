package dev.backlane.bench.jmh;

import dev.backlane.bench.peer.Peer;
import dev.backlane.bench.peer.SgemmPeer;
import dev.backlane.bench.peer.Shape;
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

/** Matrix products. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class SgemmBenchmark {
    /** MxNxK, behind transposes if any. */
    @Param("NN:256x256x256")
    public String shape;

    /** Threads that the product may use. */
    @Param("1")
    public int threads;

    /** Whose product. */
    @Param("backlane")
    public String peer;

    private Peer.Job job;

    /** Verifies the peer's product. */
    @org.openjdk.jmh.annotations.Setup
    public void prepare() {
        Shape s = Shape.of(shape);
        job = Verification.verified(
                Setup.peer(SgemmPeer.class, peer, threads),
                s,
                Verification.operand(1, s.sizeA()),
                Verification.operand(2, s.sizeB()));
    }

    /** Frees operands. */
    @TearDown
    public void close() {
        job.close();
    }

    /** C ← op(A)·op(B). */
    @Benchmark
    public void sgemm() {
        job.run();
    }
}
