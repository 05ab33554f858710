package dev.backlane.bench.jmh;

import dev.backlane.bench.peer.Peer;
import dev.backlane.bench.peer.SgemmPeer;
import dev.backlane.bench.peer.Shape;
import dev.backlane.bench.peer.Verification;
import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Dense;
import dev.backlane.kernel.Workers;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The three products of a dense layer. Backlane's do more than a product: bias and activation, the bias gradient, the
 * previous layer's derivative. A peer does the bare product of the same shape.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class DenseBenchmark {
    private static final Activation F = Activation.SIGMOID;

    /** {@code forward} (Y = f(X·W + b)), {@code dW} (with db) or {@code dX} (times f′). */
    @Param({"forward", "dW", "dX"})
    public String pass;

    /** Batch x out x in: the forward product's MxNxK. */
    @Param("64x128x784")
    public String layer;

    /** Threads that a pass may use. */
    @Param("1")
    public int threads;

    /** Whose product. */
    @Param("backlane")
    public String peer;

    private Peer.Job job;
    private Workers workers;

    /**
     * The bare product of a pass.
     *
     * @param pass as the parameter
     * @param layer as the parameter
     * @return its shape
     */
    public static Shape product(String pass, String layer) {
        Shape s = Shape.of(layer);
        int batch = s.m();
        int out = s.n();
        int in = s.k();
        return switch (pass) {
            case "forward" -> s;
            case "dW" -> new Shape(true, false, in, out, batch);
            case "dX" -> new Shape(false, true, batch, in, out);
            default -> throw new IllegalArgumentException(pass);
        };
    }

    /** Verifies a peer's product. */
    @org.openjdk.jmh.annotations.Setup
    public void prepare() {
        workers = threads == 1 ? Workers.caller() : Workers.of(threads);
        Shape s = product(pass, layer);
        float[] a = Verification.operand(1, s.sizeA());
        float[] b = Verification.operand(2, s.sizeB());
        job = peer.equals("backlane")
                ? fused(Shape.of(layer), a, b)
                : Verification.verified(Setup.peer(SgemmPeer.class, peer, threads), s, a, b);
    }

    private Peer.Job fused(Shape s, float[] a, float[] b) {
        int batch = s.m();
        int out = s.n();
        int in = s.k();
        float[] bias = Verification.operand(3, out);
        float[] saved = Verification.operand(4, batch * in);
        float[] result = new float[product(pass, layer).sizeC()];
        Runnable work = switch (pass) {
            case "forward" ->
                () -> Dense.forward(
                        workers, F, batch, in, out, a, 0, in, b, 0, out, bias, 0, null, 0, out, result, 0, out);
            case "dW" ->
                () -> Dense.backwardWeights(
                        workers, batch, in, out, a, 0, in, b, 0, out, result, 0, out, bias, 0, false);
            default ->
                () -> Dense.backwardInput(
                        workers, F, batch, in, out, a, 0, out, b, 0, out, saved, 0, in, result, 0, in, false);
        };
        return new Peer.Job() {
            @Override
            public void run() {
                work.run();
            }

            @Override
            public float[] result() {
                return result.clone();
            }
        };
    }

    /** Frees operands and threads. */
    @TearDown
    public void close() {
        job.close();
        workers.close();
    }

    /** One pass. */
    @Benchmark
    public void dense() {
        job.run();
    }
}
