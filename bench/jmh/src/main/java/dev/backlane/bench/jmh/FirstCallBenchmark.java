package dev.backlane.bench.jmh;

import dev.backlane.bench.peer.BacklanePeer;
import dev.backlane.bench.peer.Network;
import dev.backlane.bench.peer.Peer;
import dev.backlane.bench.peer.Shape;
import dev.backlane.bench.peer.Verification;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The first call in a JVM: class loading, choice of the backend, interpreter. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@State(Scope.Thread)
public class FirstCallBenchmark {
    /** {@code product} (64x128x784) or {@code step} (training, 784-128-10, batch 64). */
    @Param({"product", "step"})
    public String what;

    private Peer.Job job;

    /** Makes operands, calls nothing. */
    @org.openjdk.jmh.annotations.Setup
    public void prepare() {
        if (what.equals("product")) {
            Shape s = Shape.of("64x128x784");
            job = new BacklanePeer().sgemm(s, Verification.operand(1, s.sizeA()), Verification.operand(2, s.sizeB()));
        } else {
            job = new BacklanePeer().training(new Network("784-128-10 sigmoid", 64));
        }
    }

    /** The call. */
    @Benchmark
    public void firstCall() {
        job.run();
    }
}
