package dev.backlane.suite;

import dev.backlane.check.GradientCheck;
import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Activation.Kind;
import dev.backlane.kernel.Dense;
import dev.backlane.kernel.Elementwise;
import dev.backlane.kernel.Gemm;
import dev.backlane.kernel.Losses;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Loss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Every differentiable kernel of the library. {@link RegistryTest} compares it with the public kernels that there are: a new
 * one gets an entry in {@link #ENTRIES}, or a reason in {@link #NO_GRADIENT}.
 */
final class Registry {
    static final List<Entry> ENTRIES = entries();

    /** Public kernels that the suite does not differentiate, each with the reason. */
    static final Map<String, String> NO_GRADIENT = excuses();

    private static final String SCALAR =
            "the jvp of a scalar is the inner product with the gradient under test: the identity would hold whatever"
                    + " it is";

    private static final Workers W = Workers.caller();
    private static final float ALPHA = 0.75f;
    private static final float BETA = -0.5f;
    private static final float SCALE = 0.375f;

    private Registry() {}

    private static Map<String, String> excuses() {
        Map<String, String> excuses = new TreeMap<>();
        String graph = "no backward of its own; the graph states its rule, and OpTest checks that of every operation";
        for (String name : List.of(
                "add",
                "subtract",
                "multiplyAdd",
                "divide",
                "max",
                "min",
                "atLeast",
                "log",
                "sqrt",
                "square",
                "abs",
                "sign",
                "power",
                "transpose",
                "rowSums",
                "columnSums")) {
            excuses.put("Elementwise." + name, graph);
        }
        for (String name : List.of(
                "Activations.exp",
                "Rows.softmax",
                "Vectors.dot",
                "Vectors.axpy",
                "Vectors.scale",
                "Vectors.sum",
                "Vectors.sumOfSquares",
                "Vectors.norm")) {
            excuses.put(name, graph);
        }
        excuses.put("Rows.argmax(int[])", "an index has no derivative");
        for (String name : List.of("gradientDescent", "momentum", "nesterov", "adam", "adamW", "clipByGlobalNorm")) {
            excuses.put("Updates." + name, "consumes gradients");
        }
        for (String name : List.of(
                "Activation.leakyRelu",
                "Activation.elu",
                "Activation.of",
                "Backend.describe",
                "Backend.name",
                "Workers.caller",
                "Workers.of")) {
            excuses.put(name, "computes nothing");
        }
        return excuses;
    }

    static Activation activation(Kind kind) {
        return switch (kind) {
            case LEAKY_RELU -> Activation.leakyRelu(0.2f);
            case ELU -> Activation.elu(0.7f);
            default -> new Activation(kind, 0);
        };
    }

    private static List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (int flags = 0; flags < 4; flags++) {
            boolean ta = (flags & 1) != 0;
            boolean tb = (flags & 2) != 0;
            entries.add(new Entry(
                    "Gemm.sgemm " + (ta ? "Aᵀ" : "A") + (tb ? "·Bᵀ" : "·B"),
                    Set.of("Gemm.sgemm"),
                    null,
                    false,
                    (shape, terrain) -> gemm(shape, terrain, ta, tb)));
        }
        for (Kind kind : Kind.values()) {
            Activation f = activation(kind);
            boolean straight = kind == Kind.IDENTITY || kind == Kind.RELU || kind == Kind.LEAKY_RELU;
            entries.add(new Entry(
                    "Activations " + f,
                    Set.of("Activations.forward", "Activations.backward", "Activations " + kind),
                    null,
                    kind == Kind.RELU,
                    (shape, terrain) -> activations(shape, terrain, f)));
            entries.add(new Entry(
                    "secondDerivative " + f,
                    Set.of("Elementwise.secondDerivative", "Elementwise.multiply", "secondDerivative " + kind),
                    null,
                    straight,
                    (shape, terrain) -> curvature(shape, terrain, f)));
            for (boolean accumulate : new boolean[] {false, true}) {
                entries.add(new Entry(
                        "Dense " + f + (accumulate ? " +=" : " ="),
                        Set.of("Dense.forward", "Dense.backwardWeights", "Dense.backwardInput", "Dense " + kind),
                        null,
                        kind == Kind.RELU,
                        (shape, terrain) -> dense(shape, terrain, f, accumulate)));
            }
        }
        for (Loss loss : Loss.values()) {
            entries.add(loss(loss, false));
        }
        entries.add(loss(Loss.SOFTMAX_CROSS_ENTROPY, true));
        return List.copyOf(entries);
    }

    private static GradientCheck gemm(Shape s, Terrain terrain, boolean ta, boolean tb) {
        int m = s.rows();
        int k = s.in();
        int n = s.out();
        Bench bench = new Bench(s, terrain);
        Operand a = bench.input("A", ta ? k : m, ta ? m : k, 1);
        Operand b = bench.input("B", tb ? n : k, tb ? k : n, 1);
        Operand c0 = bench.input("C0", m, n, 1);
        Operand c = bench.output("C", m, n);
        return bench.check(
                false,
                () -> {
                    copy(c0, c0.v, c, c.v);
                    sgemm(ta, tb, m, n, k, ALPHA, a, a.v, b, b.v, BETA, c, c.v);
                },
                () -> {
                    if (ta) {
                        sgemm(tb, true, k, m, n, ALPHA, b, b.v, c, c.g, 0, a, a.g);
                    } else {
                        sgemm(false, !tb, m, k, n, ALPHA, c, c.g, b, b.v, 0, a, a.g);
                    }
                    if (tb) {
                        sgemm(true, ta, n, k, m, ALPHA, c, c.g, a, a.v, 0, b, b.g);
                    } else {
                        sgemm(!ta, false, k, n, m, ALPHA, a, a.v, c, c.g, 0, b, b.g);
                    }
                    copy(c, c.g, c0, c0.g);
                    // no product: C ← beta·C
                    sgemm(false, false, m, n, 0, 0, c, c.v, c, c.v, BETA, c0, c0.g);
                },
                () -> {
                    copy(c0, c0.t, c, c.t);
                    sgemm(ta, tb, m, n, k, ALPHA, a, a.t, b, b.v, BETA, c, c.t);
                    sgemm(ta, tb, m, n, k, ALPHA, a, a.v, b, b.t, 1, c, c.t);
                },
                () -> {
                    for (int i = 0; i < m; i++) {
                        for (int j = 0; j < n; j++) {
                            double dot = InDouble.dot(ta, tb, k, a.d, a.cols, b.d, b.cols, i, j);
                            c.d[i * n + j] = ALPHA * dot + BETA * c0.d[i * n + j];
                        }
                    }
                });
    }

    private static void sgemm(
            boolean ta,
            boolean tb,
            int m,
            int n,
            int k,
            float alpha,
            Operand a,
            float[] av,
            Operand b,
            float[] bv,
            float beta,
            Operand c,
            float[] cv) {
        Gemm.sgemm(W, ta, tb, m, n, k, alpha, av, a.offset, a.ld, bv, b.offset, b.ld, beta, cv, c.offset, c.ld);
    }

    private static void copy(Operand from, float[] source, Operand to, float[] target) {
        for (int i = 0; i < from.rows; i++) {
            System.arraycopy(source, from.row(i), target, to.row(i), from.cols);
        }
    }

    private static GradientCheck activations(Shape s, Terrain terrain, Activation f) {
        Bench bench = new Bench(s, terrain);
        Operand x = bench.input("x", s.rows(), s.out(), 2);
        Operand y = bench.output("y", s.rows(), s.out());
        return bench.check(
                false,
                () -> Bench.activate(f, x, y),
                () -> Bench.derivative(f, x, y, y, y.g, x, x.g),
                // the Jacobian is diagonal, hence its own transpose
                () -> Bench.derivative(f, x, y, x, x.t, y, y.t),
                () -> Arrays.setAll(y.d, i -> InDouble.f(f, x.d[i])));
    }

    /** y = v·f′(x): differentiates a derivative. */
    private static GradientCheck curvature(Shape s, Terrain terrain, Activation f) {
        Bench bench = new Bench(s, terrain);
        Operand x = bench.input("x", s.rows(), s.out(), 2);
        Operand v = bench.input("v", s.rows(), s.out(), 1);
        Operand y = bench.output("y", s.rows(), s.out());
        Operand a = bench.scratch(s.rows(), s.out(), "f(x)");
        Operand saved = f.reads() == Activation.Reads.OUTPUT ? a : x;
        return bench.check(
                false,
                () -> {
                    Bench.activate(f, x, a);
                    Bench.derivative(f, x, a, v, v.v, y, y.v);
                },
                () -> {
                    Bench.derivative(f, x, a, y, y.g, v, v.g);
                    curve(f, saved, v, y, y.g, x, x.g);
                },
                () -> {
                    curve(f, saved, v, x, x.t, y, y.t);
                    Bench.derivative(f, x, a, v, v.t, a, a.t);
                    for (int i = 0; i < y.rows; i++) {
                        for (int j = 0; j < y.cols; j++) {
                            y.t[y.row(i) + j] += a.t[a.row(i) + j];
                        }
                    }
                },
                () -> Arrays.setAll(y.d, i -> v.d[i] * InDouble.slope(f, x.d[i])));
    }

    /** {@code to ← from·v·f″}. */
    private static void curve(
            Activation f, Operand saved, Operand v, Operand from, float[] source, Operand to, float[] target) {
        for (int i = 0; i < v.rows; i++) {
            Elementwise.multiply(v.cols, source, from.row(i), 1, v.v, v.row(i), 1, target, to.row(i));
            Elementwise.secondDerivative(f, v.cols, saved.v, saved.row(i), target, to.row(i), target, to.row(i));
        }
    }

    /** Y = f(f(P)·W + b): a layer on top of another's pre-activation, so that backwardInput's factor f′ is exercised. */
    private static GradientCheck dense(Shape s, Terrain terrain, Activation f, boolean accumulate) {
        int batch = s.rows();
        int in = s.in();
        int out = s.out();
        Bench bench = new Bench(s, terrain);
        Operand p = bench.input("P", batch, in, 1);
        Operand w = bench.input("W", in, out, 2 / Math.sqrt(in));
        Operand b = bench.input("b", 1, out, 0.5);
        Operand y = bench.output("Y", batch, out);
        Operand x = bench.scratch(batch, in, "X");
        Operand z = bench.scratch(batch, out, "Z");
        Operand saved = f.reads() == Activation.Reads.OUTPUT ? x : p;
        return bench.check(
                accumulate,
                () -> {
                    Bench.activate(f, p, x);
                    Dense.forward(
                            W, f, batch, in, out, x.v, x.offset, x.ld, w.v, w.offset, w.ld, b.v, b.offset, z.v,
                            z.offset, z.ld, y.v, y.offset, y.ld);
                },
                () -> {
                    Bench.derivative(f, z, y, y, y.g, z, z.g);
                    Dense.backwardWeights(
                            W,
                            batch,
                            in,
                            out,
                            x.v,
                            x.offset,
                            x.ld,
                            z.g,
                            z.offset,
                            z.ld,
                            w.g,
                            w.offset,
                            w.ld,
                            b.g,
                            b.offset,
                            accumulate);
                    Dense.backwardInput(
                            W,
                            f,
                            batch,
                            in,
                            out,
                            z.g,
                            z.offset,
                            z.ld,
                            w.v,
                            w.offset,
                            w.ld,
                            saved.v,
                            saved.offset,
                            saved.ld,
                            p.g,
                            p.offset,
                            p.ld,
                            accumulate);
                },
                () -> {
                    Bench.derivative(f, p, x, p, p.t, x, x.t);
                    Dense.forward(
                            W,
                            Activation.IDENTITY,
                            batch,
                            in,
                            out,
                            x.t,
                            x.offset,
                            x.ld,
                            w.v,
                            w.offset,
                            w.ld,
                            b.t,
                            b.offset,
                            null,
                            0,
                            z.ld,
                            z.t,
                            z.offset,
                            z.ld);
                    sgemm(false, false, batch, out, in, 1, x, x.v, w, w.t, 1, z, z.t);
                    Bench.derivative(f, z, y, z, z.t, y, y.t);
                },
                () -> {
                    for (int e = 0; e < batch; e++) {
                        double[] a = new double[in];
                        for (int i = 0; i < in; i++) {
                            a[i] = InDouble.f(f, p.d[e * in + i]);
                        }
                        System.arraycopy(InDouble.layer(f, a, in, out, w.d, 0, b.d, 0), 0, y.d, e * out, out);
                    }
                });
    }

    private static Entry loss(Loss loss, boolean labels) {
        String kernel = switch (loss) {
            case SQUARED_ERROR -> "Losses.squaredError";
            case MEAN_SQUARED_ERROR -> "Losses.meanSquaredError";
            case BINARY_CROSS_ENTROPY -> "Losses.binaryCrossEntropy";
            case SOFTMAX_CROSS_ENTROPY -> labels ? "Losses.softmaxCrossEntropy(int[])" : "Losses.softmaxCrossEntropy";
        };
        return new Entry(
                kernel,
                Set.of(kernel, "Loss " + loss),
                SCALAR,
                false,
                (shape, terrain) -> labels ? lossOfLabels(shape, terrain) : lossOfTargets(shape, terrain, loss));
    }

    private static GradientCheck lossOfTargets(Shape s, Terrain terrain, Loss loss) {
        int batch = s.rows();
        int cols = s.out();
        Bench bench = new Bench(s, terrain);
        Operand a = bench.input("a", batch, cols, 2);
        Operand y = bench.targets("y", batch, cols);
        return bench.lossCheck(() -> value(loss, a, y, null), () -> value(loss, a, y, a.g), () -> {
            double sum = 0;
            for (int e = 0; e < batch; e++) {
                sum += InDouble.loss(loss, Arrays.copyOfRange(a.d, e * cols, (e + 1) * cols), y.d, e * cols);
            }
            return SCALE * sum;
        });
    }

    private static double value(Loss loss, Operand a, Operand y, float[] da) {
        int m = a.rows;
        int n = a.cols;
        return switch (loss) {
            case SQUARED_ERROR ->
                Losses.squaredError(m, n, SCALE, a.v, a.offset, a.ld, y.v, y.offset, y.ld, null, 0, da, a.offset, a.ld);
            case MEAN_SQUARED_ERROR ->
                Losses.meanSquaredError(
                        m, n, SCALE, a.v, a.offset, a.ld, y.v, y.offset, y.ld, null, 0, da, a.offset, a.ld);
            case BINARY_CROSS_ENTROPY ->
                Losses.binaryCrossEntropy(
                        m, n, SCALE, a.v, a.offset, a.ld, y.v, y.offset, y.ld, null, 0, da, a.offset, a.ld);
            case SOFTMAX_CROSS_ENTROPY ->
                Losses.softmaxCrossEntropy(
                        m, n, SCALE, a.v, a.offset, a.ld, y.v, y.offset, y.ld, null, 0, da, a.offset, a.ld);
        };
    }

    private static GradientCheck lossOfLabels(Shape s, Terrain terrain) {
        int batch = s.rows();
        // one class alone has loss 0, and derivative 0
        int cols = s.out() + 1;
        Bench bench = new Bench(s, terrain);
        Operand z = bench.input("z", batch, cols, 2);
        int[] labels = new int[batch];
        double[] targets = new double[batch * cols];
        for (int e = 0; e < batch; e++) {
            labels[e] = (int) ((s.seed() + 5L * e) % cols);
            targets[e * cols + labels[e]] = 1;
        }
        return bench.lossCheck(
                () -> Losses.softmaxCrossEntropy(
                        batch, cols, SCALE, z.v, z.offset, z.ld, labels, 0, null, 0, null, z.offset, z.ld),
                () -> Losses.softmaxCrossEntropy(
                        batch, cols, SCALE, z.v, z.offset, z.ld, labels, 0, null, 0, z.g, z.offset, z.ld),
                () -> {
                    double sum = 0;
                    for (int e = 0; e < batch; e++) {
                        double[] row = Arrays.copyOfRange(z.d, e * cols, (e + 1) * cols);
                        sum += InDouble.loss(Loss.SOFTMAX_CROSS_ENTROPY, row, targets, e * cols);
                    }
                    return SCALE * sum;
                });
    }
}
