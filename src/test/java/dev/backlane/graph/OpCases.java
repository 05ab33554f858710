package dev.backlane.graph;

import dev.backlane.kernel.Activation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * One or more cases of every operation, each with what it should be in double, by formulas that share no code with it.
 */
final class OpCases {
    /** Builds the node under test from its inputs. */
    interface Builder {
        Node build(Graph.Builder g, Node[] x);
    }

    /** The same in double, on flat inputs. */
    interface Oracle {
        double[] apply(double[][] x);
    }

    /** How inputs are drawn. */
    enum Draw {
        /** In (−2, 2), but not near 0, where some have a kink. */
        ANY {
            @Override
            float next(SplittableRandom random) {
                float x = (float) random.nextDouble(0.1, 2);
                return random.nextBoolean() ? x : -x;
            }
        },
        POSITIVE {
            @Override
            float next(SplittableRandom random) {
                return (float) random.nextDouble(0.3, 2);
            }
        },
        /** In (0, 1): targets. */
        UNIT {
            @Override
            float next(SplittableRandom random) {
                return (float) random.nextDouble();
            }
        },
        /** 0, 1 or 2. */
        LABEL {
            @Override
            float next(SplittableRandom random) {
                return random.nextInt(3);
            }
        };

        abstract float next(SplittableRandom random);
    }

    /**
     * @param data how many of the last inputs are data
     * @param draws how each input is drawn
     */
    record Case(String name, List<Shape> shapes, int data, List<Draw> draws, Builder builder, Oracle oracle) {
        @Override
        public String toString() {
            return name + " " + shapes;
        }

        float[][] inputs(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            float[][] x = new float[shapes.size()][];
            for (int k = 0; k < x.length; k++) {
                x[k] = new float[shapes.get(k).size()];
                for (int i = 0; i < x[k].length; i++) {
                    x[k][i] = draws.get(k).next(random);
                }
            }
            return x;
        }

        int variables() {
            return shapes.size() - data;
        }
    }

    static final List<Activation> ACTIVATIONS = List.of(
            Activation.IDENTITY,
            Activation.SIGMOID,
            Activation.TANH,
            Activation.RELU,
            Activation.leakyRelu(0.2f),
            Activation.elu(1.3f),
            Activation.SOFTPLUS,
            Activation.SILU,
            Activation.GELU);

    private static final Shape S = Shape.SCALAR;
    private static final Shape ROW = Shape.of(19);
    private static final Shape MATRIX = Shape.of(3, 19);

    private final List<Case> cases = new ArrayList<>();

    private OpCases() {}

    static List<Case> all() {
        OpCases all = new OpCases();
        all.arithmetic();
        all.functions();
        all.products();
        all.movements();
        all.reductions();
        all.criteria();
        return all.cases;
    }

    private void add(String name, List<Shape> shapes, int data, Draw draw, Builder builder, Oracle oracle) {
        List<Draw> draws = new ArrayList<>();
        shapes.forEach(shape -> draws.add(draw));
        cases.add(new Case(name, shapes, data, draws, builder, oracle));
    }

    private void arithmetic() {
        binary("add", Draw.ANY, (g, x) -> g.add(x[0], x[1]), (a, b) -> a + b);
        binary("subtract", Draw.ANY, (g, x) -> g.subtract(x[0], x[1]), (a, b) -> a - b);
        binary("multiply", Draw.ANY, (g, x) -> g.multiply(x[0], x[1]), (a, b) -> a * b);
        binary("divide", Draw.POSITIVE, (g, x) -> g.divide(x[0], x[1]), (a, b) -> a / b);
        binary("max", Draw.ANY, (g, x) -> g.max(x[0], x[1]), (a, b) -> a > b ? a : b);
        binary("min", Draw.ANY, (g, x) -> g.min(x[0], x[1]), (a, b) -> a < b ? a : b);
    }

    private void binary(String name, Draw draw, Builder builder, DoubleBinaryOperator f) {
        for (List<Shape> shapes : List.of(
                List.of(S, S),
                List.of(MATRIX, MATRIX),
                List.of(ROW, ROW),
                List.of(S, MATRIX),
                List.of(MATRIX, S),
                List.of(ROW, MATRIX),
                List.of(MATRIX, ROW),
                List.of(ROW, S))) {
            int n = Math.max(shapes.get(0).size(), shapes.get(1).size());
            add(name, shapes, 0, draw, builder, x -> {
                double[] z = new double[n];
                for (int i = 0; i < n; i++) {
                    z[i] = f.applyAsDouble(x[0][i % x[0].length], x[1][i % x[1].length]);
                }
                return z;
            });
        }
    }

    private void functions() {
        unary("exp", Draw.ANY, (g, x) -> g.exp(x[0]), Math::exp);
        unary("log", Draw.POSITIVE, (g, x) -> g.log(x[0]), Math::log);
        unary("sqrt", Draw.POSITIVE, (g, x) -> g.sqrt(x[0]), Math::sqrt);
        unary("square", Draw.ANY, (g, x) -> g.square(x[0]), a -> a * a);
        unary("abs", Draw.ANY, (g, x) -> g.abs(x[0]), Math::abs);
        for (float p : new float[] {-1, 0, 0.5f, 1, 2, 2.5f, 3, 4}) {
            Draw draw = p == Math.rint(p) ? Draw.ANY : Draw.POSITIVE;
            unary("power " + p, draw, (g, x) -> g.power(x[0], p), a -> Math.pow(a, p));
        }
        for (Activation f : ACTIVATIONS) {
            unary(f.toString(), Draw.ANY, (g, x) -> g.activation(f, x[0]), activation(f));
        }
    }

    private void unary(String name, Draw draw, Builder builder, DoubleUnaryOperator f) {
        for (Shape shape : List.of(S, MATRIX)) {
            add(
                    name,
                    List.of(shape),
                    0,
                    draw,
                    builder,
                    x -> Arrays.stream(x[0]).map(f).toArray());
        }
    }

    static DoubleUnaryOperator activation(Activation f) {
        double p = f.parameter();
        return switch (f.kind()) {
            case IDENTITY -> x -> x;
            case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
            case TANH -> Math::tanh;
            case RELU -> x -> x > 0 ? x : 0;
            case LEAKY_RELU -> x -> x > 0 ? x : p * x;
            case ELU -> x -> x > 0 ? x : p * Math.expm1(x);
            case SOFTPLUS -> x -> Math.log1p(Math.exp(x));
            case SILU -> x -> x / (1 + Math.exp(-x));
            case GELU -> x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
        };
    }

    private void products() {
        product(Shape.of(3, 4), Shape.of(4, 5), 3, 4, 5);
        product(Shape.of(4), Shape.of(4, 5), 1, 4, 5);
        product(Shape.of(3, 4), Shape.of(4), 3, 4, 1);
        product(Shape.of(4), Shape.of(4), 1, 4, 1);
        product(Shape.of(2, 33), Shape.of(33, 19), 2, 33, 19);
        for (Activation f : ACTIVATIONS) {
            dense(f, Shape.of(5, 4), 5, 4, 19);
            dense(f, Shape.of(4), 1, 4, 3);
        }
    }

    private void product(Shape a, Shape b, int m, int k, int n) {
        add("matmul", List.of(a, b), 0, Draw.ANY, (g, x) -> g.matmul(x[0], x[1]), x -> product(x[0], x[1], m, k, n));
    }

    private static double[] product(double[] a, double[] b, int m, int k, int n) {
        double[] z = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int p = 0; p < k; p++) {
                    z[i * n + j] += a[i * k + p] * b[p * n + j];
                }
            }
        }
        return z;
    }

    private void dense(Activation f, Shape x, int batch, int in, int out) {
        DoubleUnaryOperator y = activation(f);
        add(
                "dense " + f,
                List.of(x, Shape.of(in, out), Shape.of(out)),
                0,
                Draw.ANY,
                (g, n) -> g.dense(f, n[0], n[1], n[2]),
                v -> {
                    double[] z = product(v[0], v[1], batch, in, out);
                    for (int i = 0; i < z.length; i++) {
                        z[i] = y.applyAsDouble(z[i] + v[2][i % out]);
                    }
                    return z;
                });
    }

    private void movements() {
        add("transpose", List.of(MATRIX), 0, Draw.ANY, (g, x) -> g.transpose(x[0]), x -> {
            double[] z = new double[57];
            for (int i = 0; i < 57; i++) {
                z[i % 19 * 3 + i / 19] = x[0][i];
            }
            return z;
        });
        add("reshape", List.of(MATRIX), 0, Draw.ANY, (g, x) -> g.reshape(x[0], 57), x -> x[0].clone());
        add(
                "sliceRows",
                List.of(MATRIX),
                0,
                Draw.ANY,
                (g, x) -> g.sliceRows(x[0], 1, 3),
                x -> Arrays.copyOfRange(x[0], 19, 57));
        add(
                "sliceColumns",
                List.of(ROW),
                0,
                Draw.ANY,
                (g, x) -> g.sliceColumns(x[0], 2, 7),
                x -> Arrays.copyOfRange(x[0], 2, 7));
        add("sliceColumns", List.of(MATRIX), 0, Draw.ANY, (g, x) -> g.sliceColumns(x[0], 1, 18), x -> {
            double[] z = new double[51];
            for (int i = 0; i < 51; i++) {
                z[i] = x[0][i / 17 * 19 + 1 + i % 17];
            }
            return z;
        });
        add(
                "concatRows",
                List.of(Shape.of(2, 5), Shape.of(5), Shape.of(1, 5)),
                0,
                Draw.ANY,
                (g, x) -> g.concatRows(x),
                OpCases::join);
        add(
                "concatColumns",
                List.of(S, Shape.of(5), Shape.of(2)),
                0,
                Draw.ANY,
                (g, x) -> g.concatColumns(x),
                OpCases::join);
        add("concatColumns", List.of(Shape.of(2, 3), Shape.of(2, 1)), 0, Draw.ANY, (g, x) -> g.concatColumns(x), x ->
                new double[] {x[0][0], x[0][1], x[0][2], x[1][0], x[0][3], x[0][4], x[0][5], x[1][1]});
    }

    private static double[] join(double[][] x) {
        return Arrays.stream(x).flatMapToDouble(Arrays::stream).toArray();
    }

    private void reductions() {
        for (Shape shape : List.of(MATRIX, ROW)) {
            add("sum", List.of(shape), 0, Draw.ANY, (g, x) -> g.sum(x[0]), x ->
                    new double[] {Arrays.stream(x[0]).sum()});
            add("mean", List.of(shape), 0, Draw.ANY, (g, x) -> g.mean(x[0]), x ->
                    new double[] {Arrays.stream(x[0]).sum() / x[0].length});
        }
        add("rowSums", List.of(MATRIX), 0, Draw.ANY, (g, x) -> g.rowSums(x[0]), x -> sums(x[0], true, 1));
        add("rowMeans", List.of(MATRIX), 0, Draw.ANY, (g, x) -> g.rowMeans(x[0]), x -> sums(x[0], true, 19));
        add("columnSums", List.of(MATRIX), 0, Draw.ANY, (g, x) -> g.columnSums(x[0]), x -> sums(x[0], false, 1));
        add("columnMeans", List.of(MATRIX), 0, Draw.ANY, (g, x) -> g.columnMeans(x[0]), x -> sums(x[0], false, 3));
    }

    private static double[] sums(double[] x, boolean rows, double divisor) {
        double[] z = new double[rows ? 3 : 19];
        for (int i = 0; i < x.length; i++) {
            z[rows ? i / 19 : i % 19] += x[i] / divisor;
        }
        return z;
    }

    private interface Example {
        double loss(double[] a, double[] y);
    }

    private void criteria() {
        float scale = 0.7f;
        for (Shape shape : List.of(Shape.of(4, 3), Shape.of(3), Shape.of(2, 19))) {
            criterion("squaredError", shape, (g, x) -> g.squaredError(x[0], x[1], scale), (a, y) -> squares(a, y, 1));
            criterion(
                    "meanSquaredError",
                    shape,
                    (g, x) -> g.meanSquaredError(x[0], x[1], scale),
                    (a, y) -> squares(a, y, a.length));
            criterion("binaryCrossEntropy", shape, (g, x) -> g.binaryCrossEntropy(x[0], x[1], scale), (a, y) -> {
                double sum = 0;
                for (int j = 0; j < a.length; j++) {
                    sum += Math.log1p(Math.exp(a[j])) - a[j] * y[j];
                }
                return sum;
            });
            criterion("softmaxCrossEntropy", shape, (g, x) -> g.softmaxCrossEntropy(x[0], x[1], scale), (a, y) -> {
                double log = Math.log(Arrays.stream(a).map(Math::exp).sum());
                double sum = 0;
                for (int j = 0; j < a.length; j++) {
                    sum += y[j] * (log - a[j]);
                }
                return sum;
            });
        }
        cases.add(new Case(
                "softmaxCrossEntropy labels",
                List.of(Shape.of(4, 3), Shape.of(4)),
                1,
                List.of(Draw.ANY, Draw.LABEL),
                (g, x) -> g.softmaxCrossEntropy(x[0], x[1], scale),
                x -> {
                    double sum = 0;
                    for (int i = 0; i < 4; i++) {
                        double[] a = Arrays.copyOfRange(x[0], 3 * i, 3 * i + 3);
                        sum += Math.log(Arrays.stream(a).map(Math::exp).sum()) - a[(int) x[1][i]];
                    }
                    return new double[] {scale * sum};
                }));
    }

    private static double squares(double[] a, double[] y, double divisor) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += (a[j] - y[j]) * (a[j] - y[j]) / divisor;
        }
        return sum;
    }

    private void criterion(String name, Shape shape, Builder builder, Example example) {
        float scale = 0.7f;
        int n = shape.cols();
        cases.add(new Case(name, List.of(shape, shape), 1, List.of(Draw.ANY, Draw.UNIT), builder, x -> {
            double sum = 0;
            for (int i = 0; i < shape.rows(); i++) {
                sum += example.loss(
                        Arrays.copyOfRange(x[0], i * n, (i + 1) * n), Arrays.copyOfRange(x[1], i * n, (i + 1) * n));
            }
            return new double[] {scale * sum};
        }));
    }
}
