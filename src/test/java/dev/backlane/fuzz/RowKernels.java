package dev.backlane.fuzz;

import static dev.backlane.fuzz.Approx.exact;
import static dev.backlane.fuzz.Operand.Role.OVERWRITTEN;
import static dev.backlane.fuzz.Operand.Role.READ;
import static dev.backlane.fuzz.Operand.Role.UPDATED;

import dev.backlane.fuzz.Operand.Form;
import dev.backlane.kernel.ElementaryFunction;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** What works on the rows of a matrix: transposition, sums, softmax, losses. */
final class RowKernels {
    static final Map<String, BiFunction<String, Draw, Case>> ALL = all();

    /** Relative error of sums in double. */
    private static final double WIDE = 1e-12;

    private RowKernels() {}

    private static Map<String, BiFunction<String, Draw, Case>> all() {
        Map<String, BiFunction<String, Draw, Case>> all = new TreeMap<>();
        all.put("Elementwise.transpose", RowKernels::transpose);
        all.put("Elementwise.rowSums", RowKernels::rowSums);
        all.put("Elementwise.columnSums", RowKernels::columnSums);
        all.put("Rows.softmax", RowKernels::softmax);
        all.put("Rows.argmax(int[])", RowKernels::argmax);
        all.put("Losses.squaredError", (kernel, draw) -> squares(kernel, draw, false));
        all.put("Losses.meanSquaredError", (kernel, draw) -> squares(kernel, draw, true));
        all.put("Losses.binaryCrossEntropy", RowKernels::binaryCrossEntropy);
        all.put("Losses.softmaxCrossEntropy", RowKernels::softmaxCrossEntropy);
        all.put("Losses.softmaxCrossEntropy(int[])", RowKernels::softmaxCrossEntropyOfLabels);
        return all;
    }

    private static Case transpose(String kernel, Draw draw) {
        int[] size = draw.sizes("rows", "cols");
        Case it = new Case(kernel, draw);
        Operand x = it.matrix("x", READ, size[0], size[1]);
        Operand y = it.matrix("y", OVERWRITTEN, size[1], size[0]);
        return it.arguments(size[0], size[1], x, y).expect(verdict -> {
            for (int i = 0; i < size[0]; i++) {
                for (int j = 0; j < size[1]; j++) {
                    verdict.element(y, j, i, exact(x.get(i, j)));
                }
            }
        });
    }

    /** Roundings of a sum over virtual lanes. */
    static int roundings(int n) {
        return n / 64 + 8;
    }

    private static Case rowSums(String kernel, Draw draw) {
        int[] size = draw.sizes("rows", "cols");
        boolean accumulate = draw.flag("accumulate");
        Case it = new Case(kernel, draw);
        Operand x = it.matrix("x", READ, size[0], size[1]);
        Operand y = it.vector("y", accumulate ? UPDATED : OVERWRITTEN, size[0]);
        return it.arguments(size[0], size[1], x, y, accumulate).expect(verdict -> {
            for (int i = 0; i < size[0]; i++) {
                int row = i;
                Approx sum = Approx.sum(roundings(size[1]), size[1], j -> exact(x.get(row, j)));
                verdict.element(y, i, accumulate ? sum.plus(exact(y.get(0, i))) : sum);
            }
        });
    }

    private static Case columnSums(String kernel, Draw draw) {
        int[] size = draw.sizes("rows", "cols");
        boolean accumulate = draw.flag("accumulate");
        Case it = new Case(kernel, draw);
        Operand x = it.matrix("x", READ, size[0], size[1]);
        Operand y = it.vector("y", accumulate ? UPDATED : OVERWRITTEN, size[1]);
        return it.arguments(size[0], size[1], x, y, accumulate).expect(verdict -> {
            for (int j = 0; j < size[1]; j++) {
                int col = j;
                Approx old = exact(accumulate ? y.get(0, j) : 0);
                verdict.element(y, j, Approx.dot(size[0], 1, p -> 1, p -> x.get(p, col), old));
            }
        });
    }

    private static float max(Operand x, int row) {
        float max = Float.NEGATIVE_INFINITY;
        for (int j = 0; j < x.cols(); j++) {
            max = Math.max(max, x.get(row, j));
        }
        return max;
    }

    /** e^(x − max) of an element. */
    private static Approx power(Operand x, int row, int col, float max) {
        return Formulas.monotone(ElementaryFunction.EXP, exact(x.get(row, col)).minus(exact(max)));
    }

    private static Approx powers(Operand x, int row, float max) {
        return Approx.sum(roundings(x.cols()), x.cols(), j -> power(x, row, j, max));
    }

    private static Case softmax(String kernel, Draw draw) {
        int[] size = draw.sizes("rows", "cols");
        Case it = new Case(kernel, draw);
        Operand x = it.matrix("x", READ, size[0], size[1]);
        Operand y = it.inPlace("y", x);
        return it.arguments(size[0], size[1], x, y).expect(verdict -> {
            for (int i = 0; i < size[0]; i++) {
                float max = max(x, i);
                Approx inverse = exact(1).over(powers(x, i, max));
                for (int j = 0; j < size[1]; j++) {
                    verdict.element(y, i, j, power(x, i, j, max).times(inverse));
                }
            }
        });
    }

    private static Case argmax(String kernel, Draw draw) {
        int[] size = draw.sizes("rows", "cols");
        int rows = size[0];
        int cols = Math.max(1, size[1]);
        Case it = new Case(kernel, draw);
        Operand x = it.matrix("x", READ, rows, cols);
        Operand indices = it.ints("indices", OVERWRITTEN, new int[rows]);
        return it.arguments(rows, cols, x, indices).expect(verdict -> {
            for (int i = 0; i < rows; i++) {
                int best = 0;
                for (int j = 1; j < cols && !Float.isNaN(x.get(i, best)); j++) {
                    best = x.get(i, j) <= x.get(i, best) ? best : j;
                }
                verdict.element(indices, i, exact(best));
            }
        });
    }

    /** What the losses have in common: shapes, optional outputs, the scaled total. */
    private static final class Loss {
        final int batch;
        final int cols;
        final float scale;
        final Case it;
        final Operand x;
        private Operand losses;
        private Operand gradient;
        private final Approx[] rows;

        Loss(String kernel, Draw draw, int leastCols) {
            int[] size = draw.sizes("batch", "cols");
            batch = size[0];
            cols = Math.max(leastCols, size[1]);
            scale = draw.of("scale", 1f, 1 / 7f, 0f, -3f, 3e38f, Float.NaN);
            it = new Case(kernel, draw);
            x = it.matrix("x", READ, batch, cols);
            rows = new Approx[batch];
        }

        Case arguments(Operand y) {
            Draw draw = it.draw;
            losses = draw.flag("losses") ? it.vector("losses", OVERWRITTEN, batch) : it.none("losses", Form.VECTOR);
            gradient = draw.flag("gradient") ? it.inPlace("gradient", x) : it.none("gradient", Form.MATRIX);
            return it.arguments(batch, cols, scale, x, y, losses, gradient);
        }

        /** A row's loss, summed in double. */
        void row(Verdict verdict, int i, Approx loss) {
            rows[i] = loss;
            if (losses.values() != null) {
                verdict.element(losses, i, loss.any() ? loss : Approx.rounded(loss.value(), loss.error()));
            }
        }

        void gradient(Verdict verdict, int i, int j, Approx expected) {
            if (gradient.values() != null) {
                verdict.element(gradient, i, j, expected);
            }
        }

        void total(Verdict verdict) {
            double value = 0;
            double size = 0;
            double error = 0;
            for (Approx row : rows) {
                if (row.any()) {
                    return;
                }
                value += row.value();
                size += Math.abs(row.value());
                error += row.error();
            }
            verdict.returned(wide(scale * value, Math.abs(scale) * error, Math.abs(scale) * size));
        }
    }

    /** A number in double, off by so much and by the roundings of a sum of that size. */
    private static Approx wide(double value, double error, double size) {
        return error == Double.POSITIVE_INFINITY
                ? Approx.ANY
                : Double.isFinite(value) ? new Approx(value, error + WIDE * size) : exact(value);
    }

    private static Case squares(String kernel, Draw draw, boolean mean) {
        Loss loss = new Loss(kernel, draw, 0);
        Operand a = loss.x;
        Operand y = loss.it.matrix("y", READ, loss.batch, loss.cols);
        double divisor = mean ? Math.max(1, loss.cols) : 1;
        return loss.arguments(y).expect(verdict -> {
            Approx factor = Approx.rounded(2.0 * loss.scale / divisor, 0);
            for (int i = 0; i < loss.batch; i++) {
                double sum = 0;
                for (int j = 0; j < loss.cols; j++) {
                    double d = (double) a.get(i, j) - y.get(i, j);
                    sum += d * d;
                    loss.gradient(
                            verdict,
                            i,
                            j,
                            exact(a.get(i, j)).minus(exact(y.get(i, j))).times(factor));
                }
                loss.row(verdict, i, wide(sum / divisor, 0, sum / divisor));
            }
            loss.total(verdict);
        });
    }

    private static Case binaryCrossEntropy(String kernel, Draw draw) {
        Loss loss = new Loss(kernel, draw, 0);
        Operand z = loss.x;
        SplittableRandom random = draw.random("targets");
        float[] targets = new float[loss.batch * loss.cols];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = random.nextInt(3) == 0 ? random.nextInt(2) : (float) random.nextDouble();
        }
        Operand y = loss.it.matrix("y", READ, loss.batch, loss.cols, targets);
        return loss.arguments(y).expect(verdict -> {
            for (int i = 0; i < loss.batch; i++) {
                double value = 0;
                double error = 0;
                for (int j = 0; j < loss.cols; j++) {
                    float v = z.get(i, j);
                    Approx target = exact(y.get(i, j));
                    Approx linear = exact(-v).fma(target, exact(v <= 0 ? 0 : v));
                    Approx term = linear.plus(Formulas.monotone(ElementaryFunction.SOFTPLUS, exact(-Math.abs(v))));
                    value += term.value();
                    error += term.error();
                    Approx sigmoid = Formulas.monotone(ElementaryFunction.SIGMOID, exact(v));
                    loss.gradient(verdict, i, j, sigmoid.minus(target).times(loss.scale));
                }
                loss.row(verdict, i, wide(value, error, Math.abs(value)));
            }
            loss.total(verdict);
        });
    }

    private static Case softmaxCrossEntropy(String kernel, Draw draw) {
        Loss loss = new Loss(kernel, draw, 0);
        Operand z = loss.x;
        Operand y = loss.it.matrix("y", READ, loss.batch, loss.cols);
        return loss.arguments(y).expect(verdict -> {
            for (int i = 0; i < loss.batch; i++) {
                float max = max(z, i);
                double gap = 0;
                double weight = 0;
                double size = 0;
                for (int j = 0; j < loss.cols; j++) {
                    double term = ((double) max - z.get(i, j)) * y.get(i, j);
                    gap += term;
                    weight += y.get(i, j);
                    size += Math.abs(term) + Math.abs(y.get(i, j));
                }
                Approx sum = powers(z, i, max);
                Approx log = Formulas.monotone(ElementaryFunction.LOG, sum);
                Approx factor = wide(weight, 0, size).over(sum);
                for (int j = 0; j < loss.cols; j++) {
                    Approx delta = power(z, i, j, max).fma(factor, exact(-y.get(i, j)));
                    loss.gradient(verdict, i, j, delta.times(loss.scale));
                }
                boolean unknown = log.any() || (Double.isInfinite(weight) && log.vague());
                Approx value = wide(
                        weight * log.value() + gap,
                        log.error() * Math.abs(weight),
                        size + Math.abs(weight * log.value()));
                loss.row(verdict, i, loss.cols == 0 ? exact(0) : unknown ? Approx.ANY : value);
            }
            loss.total(verdict);
        });
    }

    private static Case softmaxCrossEntropyOfLabels(String kernel, Draw draw) {
        Loss loss = new Loss(kernel, draw, 1);
        Operand z = loss.x;
        SplittableRandom random = draw.random("labels");
        int[] labels = new int[loss.batch];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = random.nextInt(loss.cols);
        }
        return loss.arguments(loss.it.ints("labels", READ, labels)).expect(verdict -> {
            for (int i = 0; i < loss.batch; i++) {
                float max = max(z, i);
                Approx sum = powers(z, i, max);
                Approx inverse = exact(1).over(sum);
                for (int j = 0; j < loss.cols; j++) {
                    Approx power = power(z, i, j, max);
                    Approx delta = labels[i] == j ? power.fma(inverse, exact(-1)) : power.times(inverse);
                    loss.gradient(verdict, i, j, delta.times(loss.scale));
                }
                double gap = (double) max - z.get(i, labels[i]);
                Approx log = Formulas.monotone(ElementaryFunction.LOG, sum);
                loss.row(verdict, i, wide(gap + log.value(), log.error(), Math.abs(gap) + Math.abs(log.value())));
            }
            loss.total(verdict);
        });
    }
}
