package dev.backlane.kernel;

import static dev.backlane.kernel.TestArrays.assertRefused;
import static dev.backlane.kernel.TestArrays.assertUnchanged;
import static dev.backlane.kernel.TestArrays.assertWithin;
import static dev.backlane.kernel.TestArrays.gamma;
import static dev.backlane.kernel.TestArrays.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.TestArrays.Grid;
import dev.backlane.kernel.TestArrays.Sizes;
import dev.backlane.kernel.TestArrays.Values;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Vector sweeps against sums in double, within the contract's bound. */
class VectorsTest {
    @Property(tries = 80)
    void sums(@ForAll long seed, @ForAll(supplier = Sizes.class) int n) {
        var r = new SplittableRandom(seed);
        Grid x = random(r, Values.PLAIN, n);
        Grid y = random(r, Values.PLAIN, n);
        Grid before = x.copy();
        double dot = 0;
        double dotSize = 0;
        double sum = 0;
        double sumSize = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double p = (double) x.get(i) * y.get(i);
            dot += p;
            dotSize += Math.abs(p);
            sum += x.get(i);
            sumSize += Math.abs(x.get(i));
            squares += (double) x.get(i) * x.get(i);
        }
        float[] a = x.array();
        int at = x.offset();
        assertWithin(dot, Vectors.dot(n, a, at, y.array(), y.offset()), gamma(n + 2) * dotSize, "dot");
        assertWithin(sum, Vectors.sum(n, a, at), gamma(n + 2) * sumSize, "sum");
        assertWithin(squares, Vectors.sumOfSquares(n, a, at), (n + 2) * 0x1p-53 * squares, "sumOfSquares");
        assertWithin(Math.sqrt(squares), Vectors.norm(n, a, at), (n + 2) * 0x1p-53 * Math.sqrt(squares), "norm");
        assertUnchanged(before, x, "x");
    }

    /** Sums of small integers and of powers of two are exact: a lost or doubled element cannot hide in a tolerance. */
    @Property(tries = 80)
    void exactSums(@ForAll long seed, @ForAll(supplier = Sizes.class) int n) {
        var r = new SplittableRandom(seed);
        Grid x = random(r, Values.PLAIN, n);
        Grid y = random(r, Values.PLAIN, n);
        long dot = 0;
        long sum = 0;
        long squares = 0;
        for (int i = 0; i < n; i++) {
            int a = r.nextInt(-9, 10);
            int b = r.nextInt(-9, 10);
            x.set(0, i, a);
            y.set(0, i, b);
            dot += (long) a * b;
            sum += a;
            squares += (long) a * a;
        }
        assertEquals((float) dot, Vectors.dot(n, x.array(), x.offset(), y.array(), y.offset()));
        assertEquals((float) sum, Vectors.sum(n, x.array(), x.offset()));
        assertEquals((double) squares, Vectors.sumOfSquares(n, x.array(), x.offset()));
    }

    @Property(tries = 60)
    void axpyAndScale(@ForAll long seed, @ForAll(supplier = Sizes.class) int n, @ForAll Values values) {
        var r = new SplittableRandom(seed);
        float alpha = values.next(r);
        Grid x = random(r, values, n);
        Grid y = random(r, values, n);
        Grid sum = y.moved(r);
        Vectors.axpy(n, alpha, x.array(), x.offset(), sum.array(), sum.offset());
        sum.assertCanaries();
        Grid product = y.moved(r);
        Vectors.scale(n, alpha, x.array(), x.offset(), product.array(), product.offset());
        product.assertCanaries();
        for (int i = 0; i < n; i++) {
            // The product is exact in double and the sum rounds once or, in double and float, twice.
            double p = (double) alpha * x.get(i);
            double exact = p + y.get(i);
            assertWithin((float) exact, sum.get(i), Math.ulp((float) exact), "axpy");
            assertTrue(TestArrays.same((float) p, product.get(i)), "scale");
        }
    }

    @Test
    void axpyIsFused() {
        float a = 1 + 0x1p-12f;
        float[] y = new float[70];
        Arrays.fill(y, -(a * a));
        float[] x = new float[70];
        Arrays.fill(x, a);
        Vectors.axpy(70, a, x, 0, y, 0);
        for (float v : y) {
            assertEquals(0x1p-24f, v);
        }
    }

    /** Clause 1: 64 lanes, whatever the width. Each term is lost unless its lane is added up in this very order. */
    @Test
    void contract1SumsAreInLanes() {
        float[] x = new float[128];
        x[3] = 0x1p24f;
        x[67] = 1;
        assertEquals(0x1p24f, Vectors.sum(128, x, 0), "3 and 67 share a lane: 2^24 + 1 rounds to 2^24");
        x[67] = 0;
        x[35] = 1;
        x[7] = 1;
        assertEquals(0x1p24f, Vectors.sum(128, x, 0), "3 + 35, then + 7");
        x[35] = 0;
        x[7] = 0;
        x[9] = 1;
        x[5] = 1;
        assertEquals(0x1p24f + 2, Vectors.sum(128, x, 0), "9 joins 1, then 5, then 3");
    }

    @Test
    void nothingOverflowsOrVanishesInANorm() {
        float[] x = new float[1000];
        Arrays.fill(x, Float.MAX_VALUE);
        assertEquals(Float.MAX_VALUE * Math.sqrt(1000), Vectors.norm(1000, x, 0), 1e30);
        Arrays.fill(x, Float.MIN_VALUE);
        assertEquals(Float.MIN_VALUE * Math.sqrt(1000), Vectors.norm(1000, x, 0), 1e-58);
        x[777] = Float.NaN;
        assertTrue(Double.isNaN(Vectors.norm(1000, x, 0)));
        x[777] = Float.NEGATIVE_INFINITY;
        assertEquals(Double.POSITIVE_INFINITY, Vectors.norm(1000, x, 0));
        assertEquals(Float.NEGATIVE_INFINITY, Vectors.sum(1000, x, 0));
    }

    @Test
    void contract5And6Refusals() {
        float[] x = new float[20];
        float[] y = new float[20];
        assertRefused("n", () -> Vectors.dot(-1, x, 0, y, 0));
        assertRefused("x", () -> Vectors.dot(5, null, 0, y, 0));
        assertRefused("y", () -> Vectors.dot(5, x, 0, null, 0));
        assertRefused("x", () -> Vectors.dot(5, x, 16, y, 0));
        assertRefused("y", () -> Vectors.dot(20, x, 0, y, 1));
        assertRefused("xOffset", () -> Vectors.dot(5, x, -1, y, 0));
        assertRefused("yOffset", () -> Vectors.dot(5, x, 0, y, Integer.MIN_VALUE));
        assertRefused("y", () -> Vectors.dot(10, x, 0, y, Integer.MAX_VALUE));
        assertRefused("n", () -> Vectors.axpy(-1, 1, x, 0, y, 0), y);
        assertRefused("x", () -> Vectors.axpy(21, 1, x, 0, y, 0), y);
        assertRefused("y", () -> Vectors.axpy(5, 1, x, 0, null, 0), x);
        assertRefused("y", () -> Vectors.axpy(5, 1, x, 0, x, 2), x);
        assertRefused("n", () -> Vectors.scale(-1, 1, x, 0, y, 0), y);
        assertRefused("x", () -> Vectors.scale(5, 1, null, 0, y, 0), y);
        assertRefused("y", () -> Vectors.scale(5, 1, x, 0, y, 16), y);
        assertRefused("y", () -> Vectors.scale(5, 1, x, 4, x, 0), x);
        assertRefused("n", () -> Vectors.sum(-1, x, 0));
        assertRefused("x", () -> Vectors.sum(3, null, 0));
        assertRefused("n", () -> Vectors.sumOfSquares(-1, x, 0));
        assertRefused("xOffset", () -> Vectors.sumOfSquares(3, x, -1));
        assertRefused("x", () -> Vectors.norm(3, x, 18));
        assertEquals(0, Vectors.sum(0, x, 20));
        assertEquals(0, Vectors.dot(0, x, 20, y, 0));
        assertEquals(0, Vectors.norm(0, x, 0));
    }
}
