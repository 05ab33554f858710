package dev.backlane.fuzz;

import static dev.backlane.fuzz.Approx.exact;
import static dev.backlane.fuzz.Case.WORKERS;
import static dev.backlane.fuzz.Operand.Role.READ;
import static dev.backlane.fuzz.Operand.Role.UPDATED;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** Sweeps over vectors, and the optimisers' updates. */
final class VectorKernels {
    static final Map<String, BiFunction<String, Draw, Case>> ALL = all();

    private VectorKernels() {}

    private static Map<String, BiFunction<String, Draw, Case>> all() {
        Map<String, BiFunction<String, Draw, Case>> all = new TreeMap<>();
        all.put("Vectors.dot", VectorKernels::dot);
        all.put("Vectors.axpy", VectorKernels::axpy);
        all.put("Vectors.scale", VectorKernels::scale);
        all.put("Vectors.sum", VectorKernels::sum);
        all.put("Vectors.sumOfSquares", (kernel, draw) -> squares(kernel, draw, false));
        all.put("Vectors.norm", (kernel, draw) -> squares(kernel, draw, true));
        all.put("Updates.gradientDescent", VectorKernels::gradientDescent);
        all.put("Updates.momentum", (kernel, draw) -> momentum(kernel, draw, false));
        all.put("Updates.nesterov", (kernel, draw) -> momentum(kernel, draw, true));
        all.put("Updates.adam", (kernel, draw) -> adam(kernel, draw, false));
        all.put("Updates.adamW", (kernel, draw) -> adam(kernel, draw, true));
        all.put("Updates.clipByGlobalNorm", VectorKernels::clip);
        return all;
    }

    private static float factor(Draw draw, String name) {
        return draw.of(name, 1f, 0.7f, -1.3f, 0f, -0f, 0x1p-140f, 3e38f, Float.POSITIVE_INFINITY, Float.NaN);
    }

    private static Case dot(String kernel, Draw draw) {
        int n = draw.size("n");
        Case it = new Case(kernel, draw);
        Operand x = it.vector("x", READ, n);
        Operand y = it.vector("y", READ, n);
        return it.arguments(n, x, y).expect(verdict -> {
            Approx sum =
                    Approx.sum(RowKernels.roundings(n), n, i -> wide((double) x.get(0, i) * y.get(0, i), 0x1p-150));
            verdict.returned(sum);
        });
    }

    /** A product in an fma, which loses nothing but what lies below the subnormals. */
    private static Approx wide(double product, double error) {
        return new Approx(product, Double.isFinite(product) ? error : 0);
    }

    private static Case sum(String kernel, Draw draw) {
        int n = draw.size("n");
        Case it = new Case(kernel, draw);
        Operand x = it.vector("x", READ, n);
        return it.arguments(n, x)
                .expect(verdict -> verdict.returned(Approx.sum(RowKernels.roundings(n), n, i -> exact(x.get(0, i)))));
    }

    private static Case axpy(String kernel, Draw draw) {
        int n = draw.size("n");
        float alpha = factor(draw, "alpha");
        Case it = new Case(kernel, draw);
        Operand x = it.vector("x", READ, n);
        Operand y = it.updatedInPlace("y", x);
        return it.arguments(n, alpha, x, y).expect(verdict -> {
            for (int i = 0; i < n; i++) {
                verdict.element(y, i, exact(alpha).fma(exact(x.get(0, i)), exact(y.get(0, i))));
            }
        });
    }

    private static Case scale(String kernel, Draw draw) {
        int n = draw.size("n");
        float alpha = factor(draw, "alpha");
        Case it = new Case(kernel, draw);
        Operand x = it.vector("x", READ, n);
        Operand y = it.inPlace("y", x);
        return it.arguments(n, alpha, x, y).expect(verdict -> {
            for (int i = 0; i < n; i++) {
                verdict.element(y, i, exact(alpha).times(x.get(0, i)));
            }
        });
    }

    private static double sumOfSquares(Operand x) {
        double sum = 0;
        for (float v : x.values()) {
            sum += (double) v * v;
        }
        return sum;
    }

    private static Case squares(String kernel, Draw draw, boolean root) {
        int n = draw.size("n");
        Case it = new Case(kernel, draw);
        Operand x = it.vector("x", READ, n);
        return it.arguments(n, x).expect(verdict -> {
            double sum = sumOfSquares(x);
            double exact = root ? Math.sqrt(sum) : sum;
            verdict.returned(wide(exact, (n + 2) * 0x1p-53 * exact));
        });
    }

    /** Now and then long enough for several threads. */
    private static int length(Draw draw) {
        return draw.index("long", 24) == 23 ? (1 << 16) + draw.size("n") : draw.size("n");
    }

    private static float rate(Draw draw) {
        return draw.of("rate", 0.05f, 0.05f, 0.05f, 1f, 0f, 0x1p-140f, 3e38f);
    }

    private static Case gradientDescent(String kernel, Draw draw) {
        int n = length(draw);
        float rate = rate(draw);
        Case it = new Case(kernel, draw);
        Operand p = it.vector("p", UPDATED, n);
        Operand g = it.vector("g", READ, n);
        return it.arguments(WORKERS, n, rate, p, g).expect(verdict -> {
            for (int i = 0; i < n; i++) {
                verdict.element(p, i, exact(-rate).fma(exact(g.get(0, i)), exact(p.get(0, i))));
            }
        });
    }

    private static Case momentum(String kernel, Draw draw, boolean nesterov) {
        int n = length(draw);
        float rate = rate(draw);
        float mu = draw.of("momentum", 0.9f, 0.9f, 0f, 0.99999f);
        Case it = new Case(kernel, draw);
        Operand p = it.vector("p", UPDATED, n);
        Operand g = it.vector("g", READ, n);
        Operand v = it.vector("v", UPDATED, n);
        return it.arguments(WORKERS, n, rate, mu, p, g, v).expect(verdict -> {
            for (int i = 0; i < n; i++) {
                Approx slope = exact(g.get(0, i));
                Approx velocity = exact(mu).fma(exact(v.get(0, i)), slope);
                Approx step = nesterov ? exact(mu).fma(velocity, slope) : velocity;
                verdict.element(v, i, velocity);
                verdict.element(p, i, exact(-rate).fma(step, exact(p.get(0, i))));
            }
        });
    }

    private static Case adam(String kernel, Draw draw, boolean decoupled) {
        int n = length(draw);
        long step = draw.of("step", 1L, 2L, 10L, 1_000L, 1L << 40);
        float rate = rate(draw);
        float beta1 = draw.of("beta1", 0.9f, 0.9f, 0f, 0.5f);
        float beta2 = draw.of("beta2", 0.999f, 0.999f, 0f, 0.5f);
        float epsilon = draw.of("epsilon", 1e-8f, 1e-8f, 1e-3f, Float.MIN_VALUE, 1e30f);
        float decay = decoupled ? draw.of("decay", 0.1f, 0f, 1e-4f, 3e38f) : 0;
        Case it = new Case(kernel, draw);
        Operand p = it.vector("p", UPDATED, n);
        Operand g = it.vector("g", READ, n);
        Operand m = it.vector("m", UPDATED, n);
        float[] squares = it.values("v", UPDATED, n);
        if (!draw.flag("negative v")) {
            for (int i = 0; i < n; i++) {
                squares[i] = Math.abs(squares[i]);
            }
        }
        Operand v = it.vector("v", UPDATED, squares);
        Case complete = decoupled
                ? it.arguments(WORKERS, n, step, rate, beta1, beta2, epsilon, decay, p, g, m, v)
                : it.arguments(WORKERS, n, step, rate, beta1, beta2, epsilon, p, g, m, v);
        return complete.expect(verdict -> {
            Approx down = Approx.rounded(rate / (1 - Math.pow(beta1, (double) step)), 0);
            Approx root = Approx.rounded(1 / Math.sqrt(1 - Math.pow(beta2, (double) step)), 0);
            Approx keep = Approx.rounded(1 - (double) rate * decay, 0);
            for (int i = 0; i < n; i++) {
                Approx slope = exact(g.get(0, i));
                Approx first = exact(beta1).fma(exact(m.get(0, i)), rest(beta1).times(slope));
                Approx second = exact(beta2)
                        .fma(exact(v.get(0, i)), rest(beta2).times(slope).times(slope));
                Approx divisor = second.sqrt().fma(root, exact(epsilon));
                verdict.element(m, i, first);
                verdict.element(v, i, second);
                verdict.element(p, i, down.negated().fma(first.over(divisor), keep.times(p.get(0, i))));
            }
        });
    }

    private static Approx rest(float beta) {
        return exact(1).minus(exact(beta));
    }

    private static Case clip(String kernel, Draw draw) {
        int n = draw.size("n");
        float maxNorm = draw.of("maxNorm", 1f, 1f, 0f, 1e-30f, Float.MIN_VALUE, 1e30f);
        Case it = new Case(kernel, draw);
        Operand g = it.vector("g", UPDATED, n);
        return it.arguments(n, maxNorm, g).expect(verdict -> {
            double norm = Math.sqrt(sumOfSquares(g));
            verdict.returned(wide(norm, (n + 2) * 0x1p-53 * norm));
            boolean clips = norm > maxNorm && norm < Double.POSITIVE_INFINITY;
            if (Math.abs(norm - maxNorm) > 1e-9 * norm || Double.isNaN(norm)) {
                for (int i = 0; i < n; i++) {
                    double exact = clips ? g.get(0, i) * (maxNorm / norm) : g.get(0, i);
                    double error = Approx.gamma(6) * Math.abs(exact) + 2 * Float.MIN_VALUE;
                    verdict.element(g, i, clips ? Approx.of(exact, error) : Approx.exact(exact));
                }
            }
        });
    }
}
