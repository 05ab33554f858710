package dev.backlane.kernel;

import static dev.backlane.kernel.TestArrays.assertRefused;
import static dev.backlane.kernel.TestArrays.assertSameBits;
import static dev.backlane.kernel.TestArrays.assertUnchanged;
import static dev.backlane.kernel.TestArrays.assertWithin;
import static dev.backlane.kernel.TestArrays.gamma;
import static dev.backlane.kernel.TestArrays.grid;
import static dev.backlane.kernel.TestArrays.random;
import static dev.backlane.kernel.TestArrays.ulp;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.TestArrays.Grid;
import dev.backlane.kernel.TestArrays.Sizes;
import dev.backlane.kernel.TestArrays.Values;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Activations and derivatives against double formulas and finite differences of them. */
class ActivationsTest {
    /** f in double, by other formulas than the kernels'. */
    static double exact(Activation f, double x) {
        return switch (f.kind()) {
            case IDENTITY -> x;
            case SIGMOID -> x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
            case TANH -> Math.tanh(x);
            case RELU -> Math.max(x, 0);
            case LEAKY_RELU -> x > 0 ? x : f.parameter() * x;
            case ELU -> x > 0 ? x : f.parameter() * Math.expm1(x);
            case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
            case SILU -> x * exact(Activation.SIGMOID, x);
            // (1 + tanh u)/2 = σ(2u), without the cancellation; and no overflow of x³.
            case GELU ->
                x < -100
                        ? -0.0
                        : x * exact(Activation.SIGMOID, 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));
        };
    }

    /** The contract's error of a value. */
    private static double allowed(Activation f, double exact) {
        double ulps = switch (f.kind()) {
            case IDENTITY, RELU -> 0;
            case LEAKY_RELU -> 0.5;
            case SIGMOID, TANH -> 2;
            case ELU -> f.parameter() == 1 ? 4 : 5;
            case SOFTPLUS, SILU, GELU -> 4;
        };
        double bound = ulps * ulp(exact);
        return f.kind() == Activation.Kind.GELU && Math.abs(exact) < 1e-3 ? Math.max(bound, 1e-7) : bound;
    }

    @Property(tries = 50)
    void values(@ForAll long seed, @ForAll(supplier = Sizes.class) int n, @ForAll Values values) {
        var r = new SplittableRandom(seed);
        Grid x = random(r, values, n);
        Grid before = x.copy();
        for (Activation f : SweepsTest.ACTIVATIONS) {
            Grid y = grid(r, n);
            Activations.forward(f, n, x.array(), x.offset(), y.array(), y.offset());
            y.assertCanaries();
            for (int i = 0; i < n; i++) {
                if (Float.isFinite(x.get(i)) || f.reads() == Activation.Reads.OUTPUT) {
                    double exact = exact(f, x.get(i));
                    assertWithin(exact, y.get(i), allowed(f, exact), f + " of " + x.get(i));
                }
            }
        }
        Grid y = grid(r, n);
        Activations.exp(n, x.array(), x.offset(), y.array(), y.offset());
        y.assertCanaries();
        for (int i = 0; i < n; i++) {
            double exact = Math.exp(x.get(i));
            assertWithin(exact, y.get(i), 2 * ulp(exact), "exp of " + x.get(i));
        }
        assertUnchanged(before, x, "x");
    }

    @Property(tries = 50)
    void derivatives(@ForAll long seed, @ForAll(supplier = Sizes.class) int n) {
        var r = new SplittableRandom(seed);
        Grid x = random(r, Values.PLAIN, n);
        Grid dy = random(r, Values.PLAIN, n);
        for (Activation f : SweepsTest.ACTIVATIONS) {
            Grid saved = x.moved(r);
            if (f.reads() == Activation.Reads.OUTPUT) {
                Activations.forward(f, n, x.array(), x.offset(), saved.array(), saved.offset());
            }
            Grid before = saved.copy();
            Grid dx = grid(r, n);
            Activations.backward(f, n, saved.array(), saved.offset(), dy.array(), dy.offset(), dx.array(), dx.offset());
            dx.assertCanaries();
            assertUnchanged(before, saved, "saved");
            for (int i = 0; i < n; i++) {
                double v = x.get(i);
                double h = 1e-5;
                if (Math.abs(v) < 2 * h) {
                    continue;
                }
                double slope = (exact(f, v + h) - exact(f, v - h)) / (2 * h);
                // What the saved value lost moves f′ by at most f″ ≤ 2 times it; then a few roundings.
                double bound = Math.abs(dy.get(i)) * (1e-9 + gamma(12) * Math.max(1, Math.abs(slope)));
                assertWithin(dy.get(i) * slope, dx.get(i), bound, f + "′ at " + v);
            }
        }
    }

    /** Derivatives from the output: exact formulas at any saved value, not only at what forward yields. */
    @Property(tries = 30)
    void derivativesOfOutput(@ForAll long seed, @ForAll(supplier = Sizes.class) int n) {
        var r = new SplittableRandom(seed);
        Grid y = random(r, Values.SPECIAL, n);
        Grid dy = random(r, Values.PLAIN, n);
        for (Activation f : SweepsTest.ACTIVATIONS) {
            if (f.reads() == Activation.Reads.PRE_ACTIVATION || f.kind() == Activation.Kind.IDENTITY) {
                continue;
            }
            Grid dx = grid(r, n);
            Activations.backward(f, n, y.array(), y.offset(), dy.array(), dy.offset(), dx.array(), dx.offset());
            for (int i = 0; i < n; i++) {
                double v = y.get(i);
                if (Double.isInfinite(v) || Math.abs(v) > 1e15) {
                    continue;
                }
                double a = f.parameter();
                double slope = switch (f.kind()) {
                    case SIGMOID -> v * (1 - v);
                    case TANH -> 1 - v * v;
                    case ELU -> v > 0 ? 1 : v + a;
                    default -> v > 0 ? 1 : v <= 0 ? a : Double.NaN;
                };
                double exact = dy.get(i) * slope;
                assertWithin(exact, dx.get(i), gamma(2) * Math.abs(exact) + Float.MIN_VALUE, f + "′ from " + v);
            }
        }
    }

    @Test
    void contract3NanStaysNan() {
        float[] nan = new float[100];
        Arrays.fill(nan, Float.NaN);
        float[] ones = new float[100];
        Arrays.fill(ones, 1);
        for (Activation f : SweepsTest.ACTIVATIONS) {
            float[] y = new float[100];
            Activations.forward(f, 100, nan, 0, y, 0);
            float[] dx = new float[100];
            Activations.backward(f, 100, nan, 0, ones, 0, dx, 0);
            for (int i = 0; i < 100; i++) {
                assertTrue(Float.isNaN(y[i]), f + " of NaN");
                assertTrue(Float.isNaN(dx[i]) || f == Activation.IDENTITY, f + "′ of NaN");
            }
        }
    }

    @Test
    void contract3Limits() {
        float inf = Float.POSITIVE_INFINITY;
        float[] x = {-inf, inf, -Float.MAX_VALUE, Float.MAX_VALUE, -0f, 0f, Float.MIN_VALUE, -Float.MIN_VALUE};
        assertForward(Activation.SIGMOID, x, 0, 1, 0, 1, 0.5f, 0.5f, 0.5f, 0.5f);
        assertForward(Activation.TANH, x, -1, 1, -1, 1, -0f, 0f, Float.MIN_VALUE, -Float.MIN_VALUE);
        assertForward(Activation.RELU, x, 0, inf, 0, Float.MAX_VALUE, 0, 0, Float.MIN_VALUE, 0);
        assertForward(Activation.elu(1), x, -1, inf, -1, Float.MAX_VALUE, -0f, 0, Float.MIN_VALUE, -Float.MIN_VALUE);
    }

    private static void assertForward(Activation f, float[] x, float... expected) {
        float[] y = new float[x.length];
        Activations.forward(f, x.length, x, 0, y, 0);
        assertSameBits(expected, y, f.toString());
    }

    @Test
    void contract5And6Refusals() {
        float[] x = new float[20];
        float[] y = new float[20];
        Activation f = Activation.SIGMOID;
        assertRefused("f", () -> Activations.forward(null, 5, x, 0, y, 0), y);
        assertRefused("n", () -> Activations.forward(f, -1, x, 0, y, 0), y);
        assertRefused("x", () -> Activations.forward(f, 5, null, 0, y, 0), y);
        assertRefused("y", () -> Activations.forward(f, 5, x, 0, null, 0), x);
        assertRefused("x", () -> Activations.forward(f, 21, x, 0, y, 0), y);
        assertRefused("y", () -> Activations.forward(f, 15, x, 5, y, 6), y);
        assertRefused("xOffset", () -> Activations.forward(f, 5, x, -1, y, 0), y);
        assertRefused("yOffset", () -> Activations.forward(f, 5, x, 0, y, -1), y);
        assertRefused("x", () -> Activations.forward(f, Integer.MAX_VALUE, x, Integer.MAX_VALUE, y, 0), y);
        assertRefused("y", () -> Activations.forward(f, 5, x, 0, x, 4), x);
        assertRefused("y", () -> Activations.forward(f, 5, x, 4, x, 0), x);
        assertRefused("f", () -> Activations.backward(null, 5, x, 0, x, 0, y, 0), y);
        assertRefused("n", () -> Activations.backward(f, -1, x, 0, x, 0, y, 0), y);
        assertRefused("saved", () -> Activations.backward(f, 5, null, 0, x, 0, y, 0), y);
        assertRefused("dy", () -> Activations.backward(f, 5, x, 0, null, 0, y, 0), y);
        assertRefused("dx", () -> Activations.backward(f, 5, x, 0, x, 0, null, 0), x);
        assertRefused("saved", () -> Activations.backward(f, 5, x, 16, x, 0, y, 0), y);
        assertRefused("dyOffset", () -> Activations.backward(f, 5, x, 0, x, -9, y, 0), y);
        assertRefused("dx", () -> Activations.backward(f, 5, x, 0, y, 0, x, 1), x);
        assertRefused("dx", () -> Activations.backward(f, 5, x, 0, y, 0, y, 1), y);
        assertRefused("n", () -> Activations.exp(-1, x, 0, y, 0), y);
        assertRefused("x", () -> Activations.exp(5, null, 0, y, 0), y);
        assertRefused("y", () -> Activations.exp(5, x, 0, y, 16), y);
        assertRefused("y", () -> Activations.exp(5, x, 0, x, 1), x);
        Activations.exp(0, x, 20, y, 20);
    }
}
