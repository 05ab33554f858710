package dev.backlane.fuzz;

import static dev.backlane.fuzz.Approx.exact;
import static dev.backlane.fuzz.Case.WORKERS;
import static dev.backlane.fuzz.Operand.Role.OVERWRITTEN;
import static dev.backlane.fuzz.Operand.Role.READ;
import static dev.backlane.fuzz.Operand.Role.UPDATED;

import dev.backlane.fuzz.Operand.Form;
import dev.backlane.kernel.Activation;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Matrix products and dense layers: within clause 2 of the numeric contract of an oracle in double, and bit for bit clause 1's
 * chains, written down naively.
 */
final class LinearKernels {
    static final Map<String, BiFunction<String, Draw, Case>> ALL = Map.of(
            "Gemm.sgemm", LinearKernels::sgemm,
            "Dense.forward", LinearKernels::forward,
            "Dense.backwardWeights", LinearKernels::backwardWeights,
            "Dense.backwardInput", LinearKernels::backwardInput);

    private LinearKernels() {}

    private interface Element {
        float at(int p);
    }

    /** {@code start + Σ (alpha·a)·b}: one fma after the other, p ascending. */
    private static float chain(int k, float alpha, Element a, Element b, float start) {
        float chain = start;
        for (int p = 0; p < k; p++) {
            chain = Math.fma(alpha * a.at(p), b.at(p), chain);
        }
        return chain;
    }

    /** Holds an element against both. */
    private static void check(
            Verdict verdict, Operand y, int i, int j, int k, float alpha, Element a, Element b, Approx start) {
        verdict.element(y, i, j, Approx.dot(k, alpha, a::at, b::at, start));
        verdict.bits(y, i, j, chain(k, alpha, a, b, (float) start.value()));
    }

    private static Case sgemm(String kernel, Draw draw) {
        int[] size = draw.sizes("m", "n", "k");
        int m = size[0];
        int n = size[1];
        int k = size[2];
        boolean ta = draw.flag("transposeA");
        boolean tb = draw.flag("transposeB");
        float alpha = draw.of("alpha", 1f, 1f, 1f, 0f, -0f, -1f, 0.7f, -1.3f, 0x1p-140f, 3e38f, Float.NaN);
        float beta = draw.of("beta", 0f, 0f, 0f, -0f, 1f, 1f, 1f, -1f, 0.3f, 0x1p-140f, 3e38f, Float.NaN);
        Case it = new Case(kernel, draw);
        Operand a = it.matrix("a", READ, ta ? k : m, ta ? m : k);
        Operand b = it.matrix("b", READ, tb ? n : k, tb ? k : n);
        Operand c = it.matrix("c", beta == 0 ? OVERWRITTEN : UPDATED, m, n);
        return it.arguments(WORKERS, ta, tb, m, n, k, alpha, a, b, beta, c).expect(verdict -> {
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    int row = i;
                    int col = j;
                    check(
                            verdict,
                            c,
                            i,
                            j,
                            alpha == 0 ? 0 : k,
                            alpha,
                            p -> ta ? a.get(p, row) : a.get(row, p),
                            p -> tb ? b.get(col, p) : b.get(p, col),
                            beta == 0 ? exact(0) : exact(beta * c.get(i, j)));
                }
            }
        });
    }

    private static Case forward(String kernel, Draw draw) {
        int[] size = draw.sizes("batch", "out", "in");
        int batch = size[0];
        int out = size[1];
        int in = size[2];
        Activation f = Formulas.draw(draw);
        Case it = new Case(kernel, draw);
        Operand x = it.matrix("x", READ, batch, in);
        Operand w = it.matrix("w", READ, in, out);
        Operand bias = it.vector("bias", READ, out);
        Operand z = draw.flag("z") ? it.matrix("z", OVERWRITTEN, batch, out) : it.none("z", Form.MATRIX);
        Operand y = it.matrix("y", OVERWRITTEN, batch, out);
        return it.arguments(WORKERS, Formulas.argument(f), batch, in, out, x, w, bias, z, y)
                .expect(verdict -> {
                    for (int i = 0; i < batch; i++) {
                        for (int j = 0; j < out; j++) {
                            int row = i;
                            int col = j;
                            Approx sum =
                                    Approx.dot(in, 1, p -> x.get(row, p), p -> w.get(p, col), exact(bias.get(0, col)));
                            float chain = chain(in, 1, p -> x.get(row, p), p -> w.get(p, col), bias.get(0, col));
                            if (z.values() != null) {
                                verdict.element(z, i, j, sum);
                                verdict.bits(z, i, j, chain);
                            } else if (f.kind() == Activation.Kind.IDENTITY) {
                                verdict.bits(y, i, j, chain);
                            }
                            verdict.element(y, i, j, Formulas.value(f, sum));
                        }
                    }
                });
    }

    private static Case backwardWeights(String kernel, Draw draw) {
        int[] size = draw.sizes("batch", "out", "in");
        int batch = size[0];
        int out = size[1];
        int in = size[2];
        boolean accumulate = draw.flag("accumulate");
        Case it = new Case(kernel, draw);
        Operand x = it.matrix("x", READ, batch, in);
        Operand dz = it.matrix("dz", READ, batch, out);
        Operand dw = it.matrix("dw", accumulate ? UPDATED : OVERWRITTEN, in, out);
        Operand db = it.vector("db", accumulate ? UPDATED : OVERWRITTEN, out);
        return it.arguments(WORKERS, batch, in, out, x, dz, dw, db, accumulate).expect(verdict -> {
            for (int j = 0; j < out; j++) {
                int col = j;
                Approx old = exact(accumulate ? db.get(0, j) : 0);
                check(verdict, db, 0, j, batch, 1, p -> 1, p -> dz.get(p, col), old);
                for (int i = 0; i < in; i++) {
                    int row = i;
                    Approx start = exact(accumulate ? dw.get(i, j) : 0);
                    check(verdict, dw, i, j, batch, 1, p -> x.get(p, row), p -> dz.get(p, col), start);
                }
            }
        });
    }

    private static Case backwardInput(String kernel, Draw draw) {
        int[] size = draw.sizes("batch", "out", "in");
        int batch = size[0];
        int out = size[1];
        int in = size[2];
        boolean accumulate = draw.flag("accumulate");
        Activation f = Formulas.draw(draw);
        boolean identity = f.kind() == Activation.Kind.IDENTITY;
        Case it = new Case(kernel, draw);
        Operand dz = it.matrix("dz", READ, batch, out);
        Operand w = it.matrix("w", READ, in, out);
        Operand saved = identity ? it.none("saved", Form.MATRIX) : it.matrix("saved", READ, batch, in);
        Operand dx = it.matrix("dx", accumulate ? UPDATED : OVERWRITTEN, batch, in);
        return it.arguments(WORKERS, Formulas.argument(f), batch, in, out, dz, w, saved, dx, accumulate)
                .expect(verdict -> {
                    for (int i = 0; i < batch; i++) {
                        for (int j = 0; j < in; j++) {
                            int row = i;
                            int col = j;
                            Approx old = exact(accumulate ? dx.get(i, j) : 0);
                            if (identity) {
                                check(verdict, dx, i, j, out, 1, p -> dz.get(row, p), p -> w.get(col, p), old);
                            } else {
                                Approx sum = Approx.dot(out, 1, p -> dz.get(row, p), p -> w.get(col, p), exact(0));
                                Approx product = sum.times(Formulas.slope(f, saved.get(i, j)));
                                verdict.element(dx, i, j, accumulate ? product.plus(old) : product);
                            }
                        }
                    }
                });
    }
}
