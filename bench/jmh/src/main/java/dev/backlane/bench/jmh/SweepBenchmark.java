package dev.backlane.bench.jmh;

import dev.backlane.bench.peer.Verification;
import dev.backlane.kernel.Workers;
import dev.backlane.optim.Optimizer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Updates of all parameters, against a plain loop that copies one array to another. One thread. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class SweepBenchmark {
    /** Zero: the numbers stay as they are, however many updates there are, while the work is the same. */
    private static final float LEARNING_RATE = 0;

    /** Which pass. */
    @Param({"copy", "sgd", "momentum", "adam"})
    public String sweep;

    /** How many parameters. */
    @Param("1048576")
    public int n;

    private Runnable work;

    /**
     * Bytes that a pass reads and writes for each parameter.
     *
     * @param sweep as the parameter
     * @return bytes
     */
    public static int bytesPerParameter(String sweep) {
        int floats = switch (sweep) {
            case "copy" -> 2;
            case "sgd" -> 3;
            case "momentum" -> 5;
            case "adam" -> 7;
            default -> throw new IllegalArgumentException(sweep);
        };
        return floats * Float.BYTES;
    }

    /** Makes parameters and gradients. */
    @org.openjdk.jmh.annotations.Setup
    public void prepare() {
        float[] parameters = Verification.operand(1, n);
        float[] gradients = Verification.operand(2, n);
        if (sweep.equals("copy")) {
            work = () -> copy(n, gradients, parameters);
            return;
        }
        Optimizer optimizer = switch (sweep) {
            case "sgd" -> new Optimizer.GradientDescent();
            case "momentum" -> new Optimizer.Momentum(0.9f);
            default -> new Optimizer.Adam();
        };
        float[] state = new float[optimizer.stateVectors() * n];
        work = () -> optimizer.update(Workers.caller(), n, 1, LEARNING_RATE, parameters, 0, gradients, 0, state, 0);
    }

    private static void copy(int n, float[] from, float[] to) {
        for (int i = 0; i < n; i++) {
            to[i] = from[i];
        }
    }

    /** One pass. */
    @Benchmark
    public void sweep() {
        work.run();
    }
}
