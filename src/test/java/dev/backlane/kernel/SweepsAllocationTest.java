package dev.backlane.kernel;

import static dev.backlane.kernel.TestArrays.assertAllocatesNothing;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clause 8: no allocation per call in the steady state, tails included. */
class SweepsAllocationTest {
    private static final int ROWS = 3;
    private static final int COLS = 77;
    private static final int N = ROWS * COLS;

    private final float[] x = new float[N];
    private final float[] y = new float[N];
    private final float[] z = new float[N];
    private final float[] w = new float[N];
    private final float[] losses = new float[ROWS];
    private final int[] labels = {1, 2, 76};
    private final int[] indices = new int[ROWS];
    private volatile double sink;

    SweepsAllocationTest() {
        Arrays.fill(x, 0.5f);
        Arrays.fill(y, 0.25f);
        Arrays.fill(w, 0.25f);
    }

    @BeforeAll
    static void onlyWhereCompiled() {
        Assumptions.assumeFalse(TestArrays.emulated(), "emulated vectors allocate");
        Assumptions.assumeFalse(
                ManagementFactory.getRuntimeMXBean().getInputArguments().contains("-Xint"), "nothing is compiled");
    }

    @Test
    void contract8Activations() {
        for (Activation f : SweepsTest.ACTIVATIONS) {
            assertAllocatesNothing(f.toString(), () -> Activations.forward(f, N, x, 0, z, 0));
            assertAllocatesNothing(f + "′", () -> Activations.backward(f, N, x, 0, y, 0, z, 0));
        }
        assertAllocatesNothing("exp", () -> Activations.exp(N, x, 0, z, 0));
    }

    @Test
    void contract8Elementwise() {
        for (ElementwiseTest.Binary f : ElementwiseTest.BINARIES) {
            assertAllocatesNothing(f.name(), () -> f.kernel().run(N, x, 0, 1, y, 0, 1, z, 0));
        }
        for (ElementwiseTest.Unary f : ElementwiseTest.UNARIES) {
            assertAllocatesNothing(f.name(), () -> f.kernel().run(N, x, 0, z, 0));
        }
        for (Activation f : ElementwiseTest.ACTIVATIONS) {
            assertAllocatesNothing(f + "″", () -> Elementwise.secondDerivative(f, N, x, 0, y, 0, z, 0));
        }
        assertAllocatesNothing("multiplyAdd", () -> Elementwise.multiplyAdd(N, x, 0, 1, y, 0, 1, z, 0));
        assertAllocatesNothing("transpose", () -> Elementwise.transpose(ROWS, COLS, x, 0, COLS, z, 0, ROWS));
        assertAllocatesNothing("sums of rows", () -> Elementwise.rowSums(ROWS, COLS, x, 0, COLS, z, 0, false));
        assertAllocatesNothing("sums of columns", () -> Elementwise.columnSums(ROWS, COLS, x, 0, COLS, z, 0, false));
    }

    @Test
    void contract8Vectors() {
        assertAllocatesNothing("dot", () -> sink = Vectors.dot(N, x, 0, y, 0));
        assertAllocatesNothing("sum", () -> sink = Vectors.sum(N, x, 0));
        assertAllocatesNothing("norm", () -> sink = Vectors.norm(N, x, 0));
        assertAllocatesNothing("axpy", () -> Vectors.axpy(N, 1e-9f, x, 0, z, 0));
        assertAllocatesNothing("scale", () -> Vectors.scale(N, 2, x, 0, z, 0));
    }

    @Test
    void contract8Rows() {
        assertAllocatesNothing("softmax", () -> Rows.softmax(ROWS, COLS, x, 0, COLS, z, 0, COLS));
        assertAllocatesNothing("argmax", () -> Rows.argmax(ROWS, COLS, x, 0, COLS, indices, 0));
    }

    @Test
    void contract8Losses() {
        for (LossesTest.Kind kind : LossesTest.Kind.values()) {
            assertAllocatesNothing(
                    kind.toString(),
                    () -> sink = kind.run(ROWS, COLS, 1, x, 0, COLS, y, 0, COLS, losses, 0, z, 0, COLS));
            assertAllocatesNothing(
                    kind + " alone",
                    () -> sink = kind.run(ROWS, COLS, 1, x, 0, COLS, y, 0, COLS, losses, 0, null, 0, COLS));
        }
        assertAllocatesNothing(
                "labels",
                () -> sink = Losses.softmaxCrossEntropy(ROWS, COLS, 1, x, 0, COLS, labels, 0, losses, 0, z, 0, COLS));
    }

    @Test
    void contract8Updates() {
        Workers caller = Workers.caller();
        for (UpdatesTest.Rule rule : UpdatesTest.Rule.values()) {
            assertAllocatesNothing(rule.toString(), () -> rule.run(caller, N, 3, 1e-9f, x, 0, y, 0, z, 0, w, 0));
        }
        // One beta in each half of the table of StrictMath.pow, which makes arrays as soon as C2 has seen both.
        assertAllocatesNothing(
                "other betas", () -> Updates.adam(caller, N, 3, 1e-9f, 0.7f, 0.999f, 1e-8f, x, 0, y, 0, z, 0, w, 0));
        assertAllocatesNothing("clip", () -> sink = Updates.clipByGlobalNorm(N, 1e-3f, y, 0));
    }
}
