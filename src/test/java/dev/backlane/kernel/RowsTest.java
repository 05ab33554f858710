package dev.backlane.kernel;

import static dev.backlane.kernel.TestArrays.U;
import static dev.backlane.kernel.TestArrays.assertRefused;
import static dev.backlane.kernel.TestArrays.assertSame;
import static dev.backlane.kernel.TestArrays.assertSameBits;
import static dev.backlane.kernel.TestArrays.assertUnchanged;
import static dev.backlane.kernel.TestArrays.assertWithin;
import static dev.backlane.kernel.TestArrays.gamma;
import static dev.backlane.kernel.TestArrays.grid;
import static dev.backlane.kernel.TestArrays.random;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlane.kernel.TestArrays.Grid;
import dev.backlane.kernel.TestArrays.Sizes;
import dev.backlane.kernel.TestArrays.Values;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Softmax and argmax of rows. */
class RowsTest {
    @Property(tries = 50)
    void softmax(
            @ForAll long seed,
            @ForAll @IntRange(max = 4) int rows,
            @ForAll(supplier = Sizes.class) int cols,
            @ForAll Values values) {
        if (values == Values.SPECIAL) {
            values = Values.WIDE;
        }
        var r = new SplittableRandom(seed);
        Grid x = random(r, values, rows, cols);
        Grid before = x.copy();
        Grid y = grid(r, rows, cols);
        Rows.softmax(rows, cols, x.array(), x.offset(), x.ld(), y.array(), y.offset(), y.ld());
        y.assertCanaries();
        assertUnchanged(before, x, "x");
        for (int i = 0; i < rows; i++) {
            double max = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < cols; j++) {
                max = Math.max(max, x.get(i, j));
            }
            double sum = 0;
            for (int j = 0; j < cols; j++) {
                sum += Math.exp(x.get(i, j) - max);
            }
            for (int j = 0; j < cols; j++) {
                double gap = max - x.get(i, j);
                double exact = Math.exp(-gap) / sum;
                // The gap's own rounding is an absolute error of the exponent, that of the largest gap that counts of
                // the sum.
                double bound = exact * ((Math.min(gap, 120) + 30) * U + gamma(cols + 8)) + 2 * Float.MIN_VALUE;
                assertWithin(exact, y.get(i, j), bound, "softmax " + i + ',' + j);
            }
        }
        Grid inPlace = x.copy();
        Rows.softmax(
                rows,
                cols,
                inPlace.array(),
                inPlace.offset(),
                inPlace.ld(),
                inPlace.array(),
                inPlace.offset(),
                inPlace.ld());
        assertSame(y, inPlace, "in place");
    }

    @Test
    void contract3SoftmaxAtTheLimits() {
        float max = Float.MAX_VALUE;
        float inf = Float.POSITIVE_INFINITY;
        assertSoftmax(new float[] {max, -max, max}, 0.5f, 0, 0.5f);
        assertSoftmax(new float[] {-max, -max}, 0.5f, 0.5f);
        assertSoftmax(new float[] {0, -inf}, 1, 0);
        assertSoftmax(new float[] {-inf, -inf}, Float.NaN, Float.NaN);
        assertSoftmax(new float[] {1, inf}, Float.NaN, Float.NaN);
        assertSoftmax(new float[] {1, Float.NaN, 3}, Float.NaN, Float.NaN, Float.NaN);
        float[] wide = new float[100];
        Arrays.fill(wide, 7);
        wide[83] = Float.NaN;
        float[] nan = new float[100];
        Arrays.fill(nan, Float.NaN);
        assertSoftmax(wide, nan);
        wide[83] = inf;
        assertSoftmax(wide, nan);
    }

    private static void assertSoftmax(float[] x, float... expected) {
        float[] y = new float[x.length];
        Rows.softmax(1, x.length, x, 0, x.length, y, 0, x.length);
        assertSameBits(expected, y, "softmax of " + Arrays.toString(x));
    }

    @Property(tries = 80)
    void argmax(
            @ForAll long seed,
            @ForAll @IntRange(max = 3) int rows,
            @ForAll(supplier = Sizes.class) int cols,
            @ForAll Values values) {
        if (cols == 0) {
            return;
        }
        var r = new SplittableRandom(seed);
        Grid x = random(r, values, rows, cols);
        if (rows > 1 && cols > 1) {
            x.set(1, r.nextInt(cols), x.get(1, r.nextInt(cols)));
        }
        int[] indices = new int[rows + 2];
        Arrays.fill(indices, -7);
        Rows.argmax(rows, cols, x.array(), x.offset(), x.ld(), indices, 1);
        assertEquals(-7, indices[0]);
        assertEquals(-7, indices[rows + 1]);
        for (int i = 0; i < rows; i++) {
            int best = 0;
            for (int j = 0; j < cols; j++) {
                if (Float.isNaN(x.get(i, j))) {
                    best = j;
                    break;
                }
                if (x.get(i, j) > x.get(i, best)) {
                    best = j;
                }
            }
            assertEquals(best, indices[1 + i], "row " + i);
        }
    }

    @Test
    void argmaxTakesTheFirst() {
        for (int cols : new int[] {1, 2, 9, 31, 33, 64, 100}) {
            float[] x = new float[cols];
            int[] index = new int[1];
            Rows.argmax(1, cols, x, 0, cols, index, 0);
            assertEquals(0, index[0], "equals");
            x[cols - 1] = 1;
            Rows.argmax(1, cols, x, 0, cols, index, 0);
            assertEquals(cols - 1, index[0], "last");
            x[cols / 2] = Float.NaN;
            Rows.argmax(1, cols, x, 0, cols, index, 0);
            assertEquals(cols / 2, index[0], "NaN");
            Arrays.fill(x, Float.NEGATIVE_INFINITY);
            Rows.argmax(1, cols, x, 0, cols, index, 0);
            assertEquals(0, index[0], "-∞");
            x[0] = -0f;
            if (cols > 1) {
                x[1] = 0f;
            }
            Rows.argmax(1, cols, x, 0, cols, index, 0);
            assertEquals(0, index[0], "-0 equals 0");
        }
    }

    /** One element stands out, at every position: no part of the search may be blind to it. */
    @Test
    void argmaxSeesEveryColumn() {
        int[] index = new int[1];
        for (int cols : new int[] {7, 31, 47, 61, 121}) {
            for (float value : new float[] {1, Float.NaN}) {
                for (int j = 0; j < cols; j++) {
                    float[] x = new float[cols];
                    x[j] = value;
                    Rows.argmax(1, cols, x, 0, cols, index, 0);
                    assertEquals(j, index[0], value + " in " + cols + " columns");
                }
            }
        }
    }

    @Test
    void contract5And6Refusals() {
        float[] x = new float[20];
        float[] y = new float[20];
        int[] k = new int[4];
        assertRefused("rows", () -> Rows.softmax(-1, 5, x, 0, 5, y, 0, 5), y);
        assertRefused("cols", () -> Rows.softmax(2, -1, x, 0, 5, y, 0, 5), y);
        assertRefused("x", () -> Rows.softmax(2, 5, null, 0, 5, y, 0, 5), y);
        assertRefused("y", () -> Rows.softmax(2, 5, x, 0, 5, null, 0, 5), x);
        assertRefused("ldx", () -> Rows.softmax(2, 5, x, 0, 4, y, 0, 5), y);
        assertRefused("ldy", () -> Rows.softmax(2, 5, x, 0, 5, y, 0, 0), y);
        assertRefused("xOffset", () -> Rows.softmax(2, 5, x, -1, 5, y, 0, 5), y);
        assertRefused("y", () -> Rows.softmax(2, 5, x, 0, 5, y, 11, 5), y);
        assertRefused("x", () -> Rows.softmax(1 << 16, 1 << 16, x, 0, 1 << 16, y, 0, 1 << 16), y);
        assertRefused("y", () -> Rows.softmax(2, 5, x, 0, 5, x, 1, 5), x);
        assertRefused("y", () -> Rows.softmax(2, 5, x, 0, 5, x, 0, 6), x);
        assertRefused("rows", () -> Rows.argmax(-1, 5, x, 0, 5, k, 0));
        assertRefused("cols", () -> Rows.argmax(1, 0, x, 0, 5, k, 0));
        assertRefused("x", () -> Rows.argmax(4, 6, x, 0, 6, k, 0));
        assertRefused("ldx", () -> Rows.argmax(2, 5, x, 0, 4, k, 0));
        assertRefused("indices", () -> Rows.argmax(4, 5, x, 0, 5, k, 1));
        assertRefused("indices", () -> Rows.argmax(4, 5, x, 0, 5, null, 0));
        assertRefused("indicesOffset", () -> Rows.argmax(4, 5, x, 0, 5, k, -1));
        Rows.argmax(0, 0, x, 0, 1, k, 0);
        Rows.softmax(0, 7, x, 0, 7, y, 0, 7);
        Rows.softmax(7, 0, x, 0, 1, y, 0, 1);
    }
}
