package dev.backlane.kernel;

import static dev.backlane.kernel.TestArrays.assertRefused;
import static dev.backlane.kernel.TestArrays.assertSame;
import static dev.backlane.kernel.TestArrays.assertSameBits;
import static dev.backlane.kernel.TestArrays.assertUnchanged;
import static dev.backlane.kernel.TestArrays.assertWithin;
import static dev.backlane.kernel.TestArrays.gamma;
import static dev.backlane.kernel.TestArrays.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.TestArrays.Grid;
import dev.backlane.kernel.TestArrays.Sizes;
import dev.backlane.kernel.TestArrays.Values;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Optimiser updates against their formulas in double; the same bits for any number of workers. */
class UpdatesTest {
    private static final float RATE = 0.05f;
    private static final float MU = 0.9f;
    private static final float BETA1 = 0.9f;
    private static final float BETA2 = 0.999f;
    private static final float EPSILON = 1e-8f;

    /** The rules, on (p, g, first state, second state). */
    enum Rule {
        GRADIENT_DESCENT,
        MOMENTUM,
        NESTEROV,
        ADAM,
        ADAM_W;

        void run(Workers workers, int n, long step, Grid p, Grid g, Grid m, Grid v) {
            run(
                    workers,
                    n,
                    step,
                    RATE,
                    p.array(),
                    p.offset(),
                    g.array(),
                    g.offset(),
                    m.array(),
                    m.offset(),
                    v.array(),
                    v.offset());
        }

        void run(
                Workers workers,
                int n,
                long step,
                float rate,
                float[] p,
                int po,
                float[] g,
                int go,
                float[] m,
                int mo,
                float[] v,
                int vo) {
            switch (this) {
                case GRADIENT_DESCENT -> Updates.gradientDescent(workers, n, rate, p, po, g, go);
                case MOMENTUM -> Updates.momentum(workers, n, rate, MU, p, po, g, go, m, mo);
                case NESTEROV -> Updates.nesterov(workers, n, rate, MU, p, po, g, go, m, mo);
                case ADAM -> Updates.adam(workers, n, step, rate, BETA1, BETA2, EPSILON, p, po, g, go, m, mo, v, vo);
                case ADAM_W ->
                    Updates.adamW(workers, n, step, rate, BETA1, BETA2, EPSILON, 0.1f, p, po, g, go, m, mo, v, vo);
            }
        }

        /** New p, m, v; then the sizes of what p and m sum. */
        double[] exact(long step, double p, double g, double m, double v) {
            double rate = RATE;
            double velocity = MU * m + g;
            double vSize = Math.abs(MU * m) + Math.abs(g);
            switch (this) {
                case GRADIENT_DESCENT -> {
                    return new double[] {p - rate * g, m, v, Math.abs(p) + Math.abs(rate * g), 0};
                }
                case MOMENTUM -> {
                    return new double[] {p - rate * velocity, velocity, v, Math.abs(p) + rate * vSize, vSize};
                }
                case NESTEROV -> {
                    double ahead = g + MU * velocity;
                    return new double[] {
                        p - rate * ahead, velocity, v, Math.abs(p) + rate * (Math.abs(g) + vSize), vSize
                    };
                }
                default -> {
                    double b1 = BETA1;
                    double b2 = BETA2;
                    double first = b1 * m + (1 - b1) * g;
                    double second = b2 * v + (1 - b2) * g * g;
                    double firstHat = first / (1 - Math.pow(b1, (double) step));
                    double secondHat = second / (1 - Math.pow(b2, (double) step));
                    double firstSize = Math.abs(b1 * m) + Math.abs((1 - b1) * g);
                    double down = rate / (Math.sqrt(secondHat) + EPSILON) / (1 - Math.pow(b1, (double) step));
                    double decay = this == ADAM_W ? (double) RATE * 0.1f : 0;
                    return new double[] {
                        p - decay * p - rate * firstHat / (Math.sqrt(secondHat) + EPSILON),
                        first,
                        second,
                        Math.abs(p) + down * firstSize,
                        firstSize
                    };
                }
            }
        }
    }

    @Property(tries = 60)
    void formulas(@ForAll long seed, @ForAll(supplier = Sizes.class) int n, @ForAll Rule rule) {
        var r = new SplittableRandom(seed);
        Grid p = random(r, Values.PLAIN, n);
        Grid g = random(r, Values.PLAIN, n);
        Grid m = random(r, Values.PLAIN, n);
        Grid v = random(r, Values.PLAIN, n);
        for (int i = 0; i < n; i++) {
            v.set(0, i, Math.abs(v.get(i)));
        }
        long step = r.nextBoolean() ? r.nextLong(1, 10) : r.nextLong(1, 1L << 40);
        Grid[] before = {p.copy(), g.copy(), m.copy(), v.copy()};
        rule.run(Workers.caller(), n, step, p, g, m, v);
        p.assertCanaries();
        m.assertCanaries();
        v.assertCanaries();
        assertUnchanged(before[1], g, "g");
        for (int i = 0; i < n; i++) {
            double[] e = rule.exact(step, before[0].get(i), g.get(i), before[2].get(i), before[3].get(i));
            assertWithin(e[0], p.get(i), gamma(10) * e[3], rule + " p");
            assertWithin(e[1], m.get(i), gamma(3) * e[4], rule + " first state");
            assertWithin(e[2], v.get(i), gamma(4) * e[2], rule + " second state");
        }
    }

    /** Clause 1: any number of workers, any offset. */
    @Test
    void contract1WorkersChangeNoBit() {
        // A size that leaves a short chunk and a tail; scalar loops and emulated vectors make it long enough.
        int n = UpdateJob.PARALLEL + 5 * 64 + 13;
        var r = new SplittableRandom(42);
        Grid p = random(r, Values.WIDE, n);
        Grid g = random(r, Values.WIDE, n);
        Grid m = random(r, Values.WIDE, n);
        Grid v = random(r, Values.WIDE, n);
        try (Workers two = Workers.of(2);
                Workers three = Workers.of(3)) {
            for (Rule rule : Rule.values()) {
                Grid[] expected = {p.copy(), g.copy(), m.copy(), v.copy()};
                rule.run(Workers.caller(), n, 3, expected[0], expected[1], expected[2], expected[3]);
                for (Workers workers : new Workers[] {two, three}) {
                    Grid[] actual = {p.moved(r), g.moved(r), m.moved(r), v.moved(r)};
                    rule.run(workers, n, 3, actual[0], actual[1], actual[2], actual[3]);
                    for (int i = 0; i < 4; i++) {
                        assertSame(
                                expected[i], actual[i], rule + ", array " + i + ", " + workers.threads() + " workers");
                    }
                }
            }
        }
    }

    @Test
    void adamWithoutDecayIsAdam() {
        var r = new SplittableRandom(1);
        Grid p = random(r, Values.SPECIAL, 100);
        Grid g = random(r, Values.SPECIAL, 100);
        Grid m = random(r, Values.SPECIAL, 100);
        Grid v = random(r, Values.SPECIAL, 100);
        Grid[] c = {p.copy(), g.copy(), m.copy(), v.copy()};
        Rule.ADAM.run(Workers.caller(), 100, 7, p, g, m, v);
        Updates.adamW(
                Workers.caller(),
                100,
                7,
                RATE,
                BETA1,
                BETA2,
                EPSILON,
                0,
                c[0].array(),
                c[0].offset(),
                c[1].array(),
                c[1].offset(),
                c[2].array(),
                c[2].offset(),
                c[3].array(),
                c[3].offset());
        assertSame(p, c[0], "p");
        assertSame(m, c[2], "m");
        assertSame(v, c[3], "v");
    }

    /** With constant gradients the bias-corrected moments are exact at every step: p moves by the learning rate. */
    @Test
    void adamCorrectsItsBias() {
        float[] p = new float[40];
        float[] g = new float[40];
        Arrays.fill(g, 3);
        float[] state = new float[80];
        for (int t = 1; t <= 20; t++) {
            Updates.adam(Workers.caller(), 40, t, RATE, BETA1, BETA2, EPSILON, p, 0, g, 0, state, 0, state, 40);
            assertEquals(-t * RATE, p[7], 1e-5);
            assertEquals(p[7], p[39]);
        }
    }

    @Test
    void powersLeaveTheBiasExactAsFloat() {
        for (float base : new float[] {0, 0.5f, 0.7f, BETA1, 0.99f, BETA2, Math.nextDown(1f)}) {
            for (long step : new long[] {1, 2, 3, 10, 999, 1 << 24, 1L << 40, Long.MAX_VALUE}) {
                double expected = 1 - StrictMath.pow(base, (double) step);
                double share = 2 * 0x1p-53 / (1 - base);
                assertEquals(expected, 1 - Updates.power(base, step), share * expected, base + " to the " + step);
            }
        }
    }

    @Property(tries = 40)
    void clipping(@ForAll long seed, @ForAll(supplier = Sizes.class) int n) {
        var r = new SplittableRandom(seed);
        Grid g = random(r, r.nextBoolean() ? Values.PLAIN : Values.WIDE, n);
        Grid before = g.copy();
        double exact = 0;
        for (int i = 0; i < n; i++) {
            exact += (double) g.get(i) * g.get(i);
        }
        exact = Math.sqrt(exact);
        float maxNorm = (float) Math.min(Float.MAX_VALUE, r.nextBoolean() ? exact * 1.5 + 1e-30 : exact / 3);
        double norm = Updates.clipByGlobalNorm(n, maxNorm, g.array(), g.offset());
        assertWithin(exact, norm, (n + 2) * 0x1p-53 * exact, "norm");
        g.assertCanaries();
        if (norm <= maxNorm) {
            assertUnchanged(before, g, "g within its norm");
        }
        for (int i = 0; i < n; i++) {
            double wanted = before.get(i) * Math.min(1, exact == 0 ? 1 : maxNorm / exact);
            assertWithin(wanted, g.get(i), gamma(4) * Math.abs(wanted) + 2 * Float.MIN_VALUE, "clipped");
        }
    }

    /** By less than the least normal float, which a float could not hold to all its digits. */
    @Test
    void clippingByATinyFactorKeepsAllDigits() {
        float[] g = {3e38f, -1e38f, 2e38f};
        double norm = Updates.clipByGlobalNorm(3, 1e-3f, g, 0);
        assertEquals(Math.sqrt(14) * 1e38, norm, 1e32);
        assertEquals(3e-3 / Math.sqrt(14), g[0], 1e-9);
        assertEquals(-1e-3 / Math.sqrt(14), g[1], 1e-9);
    }

    @Test
    void brokenGradientsAreReportedNotScaled() {
        float[] g = new float[70];
        Arrays.fill(g, 5);
        for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            g[66] = broken;
            float[] before = g.clone();
            double norm = Updates.clipByGlobalNorm(70, 1, g, 0);
            assertTrue(Double.isNaN(norm) || norm == Double.POSITIVE_INFINITY);
            assertSameBits(before, g, "g with " + broken);
        }
    }

    @Test
    void contract5And6Refusals() {
        float[] p = new float[20];
        float[] g = new float[20];
        float[] m = new float[20];
        float[] v = new float[20];
        Workers w = Workers.caller();
        float[][] all = {p, g, m, v};
        for (Rule k : Rule.values()) {
            assertRefused("workers", () -> k.run(null, 20, 1, 1, p, 0, g, 0, m, 0, v, 0), all);
            assertRefused("n", () -> k.run(w, -1, 1, 1, p, 0, g, 0, m, 0, v, 0), all);
            assertRefused("p", () -> k.run(w, 21, 1, 1, p, 0, g, 0, m, 0, v, 0), all);
            assertRefused("p", () -> k.run(w, 20, 1, 1, null, 0, g, 0, m, 0, v, 0), all);
            assertRefused("p", () -> k.run(w, 20, 1, 1, p, Integer.MAX_VALUE, g, 0, m, 0, v, 0), all);
            assertRefused("pOffset", () -> k.run(w, 20, 1, 1, p, -1, g, 0, m, 0, v, 0), all);
            assertRefused("g", () -> k.run(w, 20, 1, 1, p, 0, null, 0, m, 0, v, 0), all);
            assertRefused("g", () -> k.run(w, 20, 1, 1, p, 0, g, 1, m, 0, v, 0), all);
            assertRefused("p", () -> k.run(w, 10, 1, 1, p, 0, p, 9, m, 0, v, 0), all);
            assertRefused("p", () -> k.run(w, 10, 1, 1, p, 0, p, 0, m, 0, v, 0), all);
            for (float rate : new float[] {Float.NaN, -1, Float.POSITIVE_INFINITY}) {
                assertRefused("learningRate", () -> k.run(w, 20, 1, rate, p, 0, g, 0, m, 0, v, 0), all);
            }
            if (k == Rule.GRADIENT_DESCENT) {
                continue;
            }
            String first = k == Rule.MOMENTUM || k == Rule.NESTEROV ? "v" : "m";
            assertRefused(first, () -> k.run(w, 20, 1, 1, p, 0, g, 0, null, 0, v, 0), all);
            assertRefused(first, () -> k.run(w, 20, 1, 1, p, 0, g, 0, m, 1, v, 0), all);
            assertRefused(first + "Offset", () -> k.run(w, 20, 1, 1, p, 0, g, 0, m, -1, v, 0), all);
            assertRefused(first, () -> k.run(w, 10, 1, 1, p, 0, g, 0, p, 5, v, 0), all);
            assertRefused(first, () -> k.run(w, 10, 1, 1, p, 0, g, 0, g, 0, v, 0), all);
            if (k == Rule.MOMENTUM || k == Rule.NESTEROV) {
                continue;
            }
            assertRefused("v", () -> k.run(w, 20, 1, 1, p, 0, g, 0, m, 0, null, 0), all);
            assertRefused("v", () -> k.run(w, 10, 1, 1, p, 0, g, 0, m, 0, m, 0), all);
            assertRefused("v", () -> k.run(w, 10, 1, 1, p, 0, g, 0, m, 0, p, 1), all);
            assertRefused("v", () -> k.run(w, 10, 1, 1, p, 0, g, 0, m, 0, g, 1), all);
            assertRefused("step", () -> k.run(w, 20, 0, 1, p, 0, g, 0, m, 0, v, 0), all);
            assertRefused("step", () -> k.run(w, 20, Long.MIN_VALUE, 1, p, 0, g, 0, m, 0, v, 0), all);
        }
        for (float bad : new float[] {Float.NaN, -0.1f, 1}) {
            assertRefused("momentum", () -> Updates.momentum(w, 20, 1, bad, p, 0, g, 0, v, 0), all);
            assertRefused("momentum", () -> Updates.nesterov(w, 20, 1, bad, p, 0, g, 0, v, 0), all);
            assertRefused("beta1", () -> Updates.adam(w, 20, 1, 1, bad, 0, 1, p, 0, g, 0, m, 0, v, 0), all);
            assertRefused("beta2", () -> Updates.adam(w, 20, 1, 1, 0, bad, 1, p, 0, g, 0, m, 0, v, 0), all);
        }
        for (float bad : new float[] {Float.NaN, 0, -1, Float.POSITIVE_INFINITY}) {
            assertRefused("epsilon", () -> Updates.adam(w, 20, 1, 1, 0, 0, bad, p, 0, g, 0, m, 0, v, 0), all);
        }
        for (float bad : new float[] {Float.NaN, -1, Float.POSITIVE_INFINITY}) {
            assertRefused("decay", () -> Updates.adamW(w, 20, 1, 1, 0, 0, 1, bad, p, 0, g, 0, m, 0, v, 0), all);
            assertRefused("maxNorm", () -> Updates.clipByGlobalNorm(20, bad, g, 0), all);
        }
        assertRefused("n", () -> Updates.clipByGlobalNorm(-1, 1, g, 0), all);
        assertRefused("g", () -> Updates.clipByGlobalNorm(20, 1, null, 0), all);
        assertRefused("g", () -> Updates.clipByGlobalNorm(20, 1, g, 1), all);
        assertRefused("gOffset", () -> Updates.clipByGlobalNorm(20, 1, g, -1), all);
        Updates.gradientDescent(w, 0, 1, p, 20, g, 0);
        assertEquals(0, Updates.clipByGlobalNorm(0, 0, g, 20));
        Workers closed = Workers.of(2);
        closed.close();
        assertThrows(IllegalStateException.class, () -> Rule.ADAM.run(closed, 20, 1, 1, p, 0, g, 0, m, 0, v, 0));
    }
}
