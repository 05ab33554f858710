package dev.backlane.kernel;

import static dev.backlane.kernel.TestArrays.assertSame;
import static dev.backlane.kernel.TestArrays.assertSameBits;
import static dev.backlane.kernel.TestArrays.assertUnchanged;
import static dev.backlane.kernel.TestArrays.grid;
import static dev.backlane.kernel.TestArrays.random;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlane.kernel.TestArrays.Grid;
import dev.backlane.kernel.TestArrays.Sizes;
import dev.backlane.kernel.TestArrays.Values;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Contract clause 1, same bits everywhere: the backend that runs against the scalar one, for every sweep, every kind of
 * value, at different offsets; and in place against out of place.
 */
class SweepsTest {
    private static final Sweeps SCALAR = new ScalarSweeps();
    private static final Sweeps RUNNING = Kernels.SWEEPS;

    static final List<Activation> ACTIVATIONS = List.of(
            Activation.IDENTITY,
            Activation.SIGMOID,
            Activation.TANH,
            Activation.RELU,
            Activation.leakyRelu(0.01f),
            Activation.leakyRelu(3),
            Activation.elu(1),
            Activation.elu(0.3f),
            Activation.SOFTPLUS,
            Activation.SILU,
            Activation.GELU);

    /** A sweep from one or two vectors to a third. */
    private interface Elementwise {
        void run(Sweeps sweeps, int n, float[] x, int xo, float[] y, int yo, float[] z, int zo);
    }

    /** Scalar against running, at other offsets; then in place of each input. */
    private static void compare(String what, SplittableRandom r, Values values, int n, Elementwise sweep) {
        Grid x = random(r, values, n);
        Grid y = random(r, values, n);
        Grid expected = grid(r, n);
        sweep.run(SCALAR, n, x.array(), x.offset(), y.array(), y.offset(), expected.array(), expected.offset());
        expected.assertCanaries();

        Grid x2 = x.moved(r);
        Grid y2 = y.moved(r);
        Grid actual = grid(r, n);
        Grid xBefore = x2.copy();
        Grid yBefore = y2.copy();
        sweep.run(RUNNING, n, x2.array(), x2.offset(), y2.array(), y2.offset(), actual.array(), actual.offset());
        assertSame(expected, actual, what + ", n " + n);
        assertUnchanged(xBefore, x2, what + ", first input");
        assertUnchanged(yBefore, y2, what + ", second input");

        sweep.run(RUNNING, n, x2.array(), x2.offset(), y2.array(), y2.offset(), x2.array(), x2.offset());
        assertSame(expected, x2, what + " in place of the first input, n " + n);
        Grid x3 = x.moved(r);
        sweep.run(RUNNING, n, x3.array(), x3.offset(), y2.array(), y2.offset(), y2.array(), y2.offset());
        assertSame(expected, y2, what + " in place of the second input, n " + n);
    }

    @Property(tries = 60)
    void contract1ActivationsHaveTheScalarBits(
            @ForAll long seed, @ForAll(supplier = Sizes.class) int n, @ForAll Values values) {
        var r = new SplittableRandom(seed);
        for (Activation f : ACTIVATIONS) {
            compare(f.toString(), r, values, n, (s, m, x, xo, y, yo, z, zo) -> s.activate(f, m, x, xo, z, zo));
            compare(f + "′", r, values, n, (s, m, x, xo, y, yo, z, zo) -> s.derivative(f, m, x, xo, y, yo, z, zo));
        }
    }

    @Property(tries = 60)
    void contract1ElementwiseSweepsHaveTheScalarBits(
            @ForAll long seed, @ForAll(supplier = Sizes.class) int n, @ForAll Values values) {
        var r = new SplittableRandom(seed);
        float a = values.next(r);
        float b = values.next(r);
        compare("exp", r, values, n, (s, m, x, xo, y, yo, z, zo) -> s.exp(m, x, xo, z, zo));
        compare("scale", r, values, n, (s, m, x, xo, y, yo, z, zo) -> s.scale(m, a, x, xo, z, zo));
        compare("difference", r, values, n, (s, m, x, xo, y, yo, z, zo) -> s.difference(m, a, x, xo, y, yo, z, zo));
        compare(
                "softmaxDelta",
                r,
                values,
                n,
                (s, m, x, xo, y, yo, z, zo) -> s.softmaxDelta(m, a, b, x, xo, y, yo, z, zo));
        compare("sigmoidDelta", r, values, n, (s, m, x, xo, y, yo, z, zo) -> s.sigmoidDelta(m, a, x, xo, y, yo, z, zo));
        compare("sigmoidTerms", r, values, n, (s, m, x, xo, y, yo, z, zo) -> s.sigmoidTerms(m, x, xo, y, yo, z, zo));
        compare("axpy", r, values, n, (s, m, x, xo, y, yo, z, zo) -> {
            if (z == y || z == x) {
                // Its output is its input: x ← a·x + x and y ← a·x + y have no out-of-place form.
                float[] sum = new float[m];
                System.arraycopy(y, yo, sum, 0, m);
                s.axpy(m, a, x, xo, sum, 0);
                System.arraycopy(sum, 0, z, zo, m);
            } else {
                System.arraycopy(y, yo, z, zo, m);
                s.axpy(m, a, x, xo, z, zo);
            }
        });
    }

    @Property(tries = 60)
    void contract1ReductionsHaveTheScalarBits(
            @ForAll long seed, @ForAll(supplier = Sizes.class) int n, @ForAll Values values) {
        var r = new SplittableRandom(seed);
        Grid x = random(r, values, n);
        Grid y = random(r, values, n);
        float top = values.next(r);
        Lanes dirty = new Lanes();
        Arrays.fill(dirty.floats, Float.NaN);
        Arrays.fill(dirty.doubles, Double.NaN);
        Grid x2 = x.moved(r);
        Grid y2 = y.moved(r);
        Grid xBefore = x2.copy();
        float[] a = x.array();
        float[] b = y.array();
        float[] c = x2.array();
        float[] d = y2.array();
        int ao = x.offset();
        int bo = y.offset();
        int co = x2.offset();
        int po = y2.offset();
        assertSameBits(SCALAR.dot(n, a, ao, b, bo), RUNNING.dot(n, c, co, d, po), "dot " + n);
        assertSameBits(SCALAR.sum(n, a, ao), RUNNING.sum(n, c, co), "sum " + n);
        assertSameBits(SCALAR.sumWide(n, a, ao, dirty), RUNNING.sumWide(n, c, co, dirty), "sumWide " + n);
        assertSameBits(
                SCALAR.sumOfSquares(n, a, ao, dirty), RUNNING.sumOfSquares(n, c, co, dirty), "sumOfSquares " + n);
        assertSameBits(
                SCALAR.squaredDistance(n, a, ao, b, bo, dirty),
                RUNNING.squaredDistance(n, c, co, d, po, dirty),
                "squaredDistance " + n);
        assertSameBits(
                SCALAR.weightedGap(n, top, a, ao, b, bo, dirty),
                RUNNING.weightedGap(n, top, c, co, d, po, dirty),
                "weightedGap " + n);
        assertSameBits(SCALAR.max(n, a, ao), RUNNING.max(n, c, co), "max " + n);
        if (n > 0) {
            assertEquals(SCALAR.indexOfMax(n, a, ao), RUNNING.indexOfMax(n, c, co), "indexOfMax " + n);
        }
        assertEquals(SCALAR.inUnitInterval(n, a, ao), RUNNING.inUnitInterval(n, c, co), "inUnitInterval " + n);
        assertUnchanged(xBefore, x2, "input of a reduction");
    }

    @Property(tries = 60)
    void contract1ExponentialsAndTheirSumHaveTheScalarBits(
            @ForAll long seed, @ForAll(supplier = Sizes.class) int n, @ForAll Values values) {
        var r = new SplittableRandom(seed);
        Grid x = random(r, values, n);
        float shift = SCALAR.max(n, x.array(), x.offset());
        Lanes dirty = new Lanes();
        Arrays.fill(dirty.floats, Float.NaN);
        Grid expected = grid(r, n);
        float sum = SCALAR.expSum(n, shift, x.array(), x.offset(), expected.array(), expected.offset(), dirty);
        expected.assertCanaries();
        Grid x2 = x.moved(r);
        Grid actual = grid(r, n);
        assertSameBits(
                sum,
                RUNNING.expSum(n, shift, x2.array(), x2.offset(), actual.array(), actual.offset(), dirty),
                "expSum");
        assertSame(expected, actual, "exponentials");
        assertSameBits(
                sum, RUNNING.expSum(n, shift, x2.array(), x2.offset(), null, 0, dirty), "expSum, nothing written");
        assertSameBits(
                sum, SCALAR.expSum(n, shift, x2.array(), x2.offset(), null, 0, dirty), "scalar, nothing written");
        assertSame(x, x2, "input of expSum");
        assertSameBits(
                sum,
                RUNNING.expSum(n, shift, x2.array(), x2.offset(), x2.array(), x2.offset(), dirty),
                "expSum in place");
        assertSame(expected, x2, "exponentials in place");
    }

    @Property(tries = 60)
    void contract1UpdatesHaveTheScalarBits(
            @ForAll long seed, @ForAll(supplier = Sizes.class) int n, @ForAll Values values) {
        var r = new SplittableRandom(seed);
        Grid p = random(r, values, n);
        Grid g = random(r, values, n);
        Grid m = random(r, values, n);
        Grid v = random(r, values, n);
        float[] c = {values.next(r), values.next(r), values.next(r), values.next(r), values.next(r), values.next(r)};
        for (int kind = 0; kind < 3; kind++) {
            Grid[] expected = {p.moved(r), g.moved(r), m.moved(r), v.moved(r)};
            Grid[] actual = {p.moved(r), g.moved(r), m.moved(r), v.moved(r)};
            update(SCALAR, kind, n, c, expected);
            update(RUNNING, kind, n, c, actual);
            for (int i = 0; i < 4; i++) {
                expected[i].assertCanaries();
                assertSame(expected[i], actual[i], "update " + kind + ", array " + i + ", n " + n);
            }
            assertSame(g, actual[1], "gradients");
        }
    }

    private static void update(Sweeps s, int kind, int n, float[] c, Grid[] a) {
        float[] p = a[0].array();
        float[] g = a[1].array();
        float[] m = a[2].array();
        float[] v = a[3].array();
        int po = a[0].offset();
        int go = a[1].offset();
        int mo = a[2].offset();
        int vo = a[3].offset();
        switch (kind) {
            case 0 -> s.momentum(n, c[0], c[1], p, po, g, go, v, vo);
            case 1 -> s.nesterov(n, c[0], c[1], p, po, g, go, v, vo);
            default -> s.adam(n, c[0], c[1], c[2], c[3], c[4], c[5], p, po, g, go, m, mo, v, vo);
        }
    }
}
