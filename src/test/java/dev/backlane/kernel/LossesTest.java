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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.TestArrays.Grid;
import dev.backlane.kernel.TestArrays.Sizes;
import dev.backlane.kernel.TestArrays.Values;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Losses against double formulas, their gradients against the formulas' finite differences. */
class LossesTest {
    /** The losses; the label form of the last is compared with it. */
    enum Kind {
        SQUARED,
        MEAN_SQUARED,
        BINARY,
        SOFTMAX;

        double run(int batch, int cols, float scale, Grid x, Grid y, Grid losses, Grid dx) {
            float[] l = losses == null ? null : losses.array();
            int lo = losses == null ? 0 : losses.offset();
            float[] d = dx == null ? null : dx.array();
            int at = dx == null ? 0 : dx.offset();
            int ld = dx == null ? 0 : dx.ld();
            return run(
                    batch, cols, scale, x.array(), x.offset(), x.ld(), y.array(), y.offset(), y.ld(), l, lo, d, at, ld);
        }

        double run(
                int batch,
                int cols,
                float scale,
                float[] x,
                int xo,
                int ldx,
                float[] y,
                int yo,
                int ldy,
                float[] l,
                int lo,
                float[] d,
                int at,
                int ld) {
            return switch (this) {
                case SQUARED -> Losses.squaredError(batch, cols, scale, x, xo, ldx, y, yo, ldy, l, lo, d, at, ld);
                case MEAN_SQUARED ->
                    Losses.meanSquaredError(batch, cols, scale, x, xo, ldx, y, yo, ldy, l, lo, d, at, ld);
                case BINARY -> Losses.binaryCrossEntropy(batch, cols, scale, x, xo, ldx, y, yo, ldy, l, lo, d, at, ld);
                case SOFTMAX ->
                    Losses.softmaxCrossEntropy(batch, cols, scale, x, xo, ldx, y, yo, ldy, l, lo, d, at, ld);
            };
        }

        /** A row's loss. */
        double exact(double[] x, double[] y) {
            double loss = 0;
            double max = Arrays.stream(x).max().orElse(0);
            double exp = Arrays.stream(x).map(v -> Math.exp(v - max)).sum();
            for (int j = 0; j < x.length; j++) {
                loss += switch (this) {
                    case SQUARED -> (x[j] - y[j]) * (x[j] - y[j]);
                    case MEAN_SQUARED -> (x[j] - y[j]) * (x[j] - y[j]) / x.length;
                    case BINARY -> Math.max(x[j], 0) - x[j] * y[j] + Math.log1p(Math.exp(-Math.abs(x[j])));
                    case SOFTMAX -> y[j] * (max - x[j] + Math.log(exp));
                };
            }
            return loss;
        }

        /** Size of the terms that the row's loss sums. */
        double magnitude(double[] x, double[] y) {
            double size = 0;
            for (int j = 0; j < x.length; j++) {
                size += switch (this) {
                    case SQUARED, MEAN_SQUARED -> (x[j] - y[j]) * (x[j] - y[j]);
                    case BINARY -> Math.abs(x[j]) + 1;
                    case SOFTMAX -> Math.abs(y[j]) * (Math.abs(x[j]) + 8);
                };
            }
            return size;
        }
    }

    private static double[] row(Grid g, int i) {
        double[] row = new double[g.cols()];
        for (int j = 0; j < row.length; j++) {
            row[j] = g.get(i, j);
        }
        return row;
    }

    private static Grid targets(SplittableRandom r, int rows, int cols) {
        Grid y = random(r, Values.PLAIN, rows, cols);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                y.set(i, j, r.nextInt(3) == 0 ? r.nextInt(2) : Math.abs(y.get(i, j)) / 2);
            }
        }
        return y;
    }

    @Property(tries = 60)
    void valuesAndGradients(
            @ForAll long seed,
            @ForAll @IntRange(max = 5) int batch,
            @ForAll(supplier = Sizes.class) int cols,
            @ForAll Kind kind) {
        var r = new SplittableRandom(seed);
        Grid x = random(r, r.nextBoolean() ? Values.PLAIN : Values.LARGE, batch, cols);
        Grid y = targets(r, batch, cols);
        float scale = r.nextBoolean() ? 1 : 0.3f;
        Grid losses = grid(r, batch);
        Grid dx = grid(r, batch, cols);
        Grid xBefore = x.copy();
        Grid yBefore = y.copy();
        double value = kind.run(batch, cols, scale, x, y, losses, dx);
        losses.assertCanaries();
        dx.assertCanaries();
        assertUnchanged(xBefore, x, "predictions");
        assertUnchanged(yBefore, y, "targets");

        double total = 0;
        double size = 0;
        for (int i = 0; i < batch; i++) {
            double[] a = row(x, i);
            double[] t = row(y, i);
            double loss = kind.exact(a, t);
            double rowSize = kind.magnitude(a, t);
            total += loss;
            size += rowSize;
            assertWithin(loss, losses.get(i), gamma(cols + 2) * rowSize + 1e-37, kind + ", loss " + i);
            int probes = Math.min(cols, 12);
            for (int k = 0; k < probes; k++) {
                int j = k * cols / probes;
                double h = 1e-4;
                double[] up = a.clone();
                double[] down = a.clone();
                up[j] += h;
                down[j] -= h;
                double slope = (kind.exact(up, t) - kind.exact(down, t)) / (2 * h);
                double largest = Arrays.stream(t).map(Math::abs).sum() + 1;
                double room = kind == Kind.SQUARED || kind == Kind.MEAN_SQUARED
                        ? gamma(4) * Math.abs(slope) + 1e-9 * (rowSize + 1)
                        : (gamma(cols + 8) + 200 * U) * largest + 1e-9 * (rowSize + 1);
                assertWithin(scale * slope, dx.get(i, j), scale * room, kind + "′ " + i + ',' + j);
            }
        }
        assertWithin(scale * total, value, gamma(cols + 2) * size, kind + " value");

        assertSameBits(value, kind.run(batch, cols, scale, x, y, null, null), "value alone");
        Grid losses2 = grid(r, batch);
        assertSameBits(value, kind.run(batch, cols, scale, x, y, losses2, null), "no gradient");
        assertSame(losses, losses2, "losses without gradient");
        assertSameBits(value, kind.run(batch, cols, scale, x, y, null, x), "in place");
        assertSame(dx, x, "gradient in place of the predictions");
    }

    /** Clause 1: same bits from the scalar rows, and for any split of a batch. */
    @Property(tries = 40)
    void contract1SplitsOfABatchHaveTheSameBits(
            @ForAll long seed,
            @ForAll @IntRange(max = 5) int batch,
            @ForAll(supplier = Sizes.class) int cols,
            @ForAll Kind kind,
            @ForAll Values values) {
        var r = new SplittableRandom(seed);
        Grid x = random(r, values, batch, cols);
        Grid y = targets(r, batch, cols);
        float scale = 1f / 7;
        Grid losses = grid(r, batch);
        Grid dx = grid(r, batch, cols);
        kind.run(batch, cols, scale, x, y, losses, dx);
        Grid x2 = x.moved(r);
        Grid y2 = y.moved(r);
        Grid losses2 = grid(r, batch);
        Grid dx2 = grid(r, batch, cols);
        int cut = r.nextInt(batch + 1);
        for (int[] part : new int[][] {{0, cut}, {cut, batch}}) {
            int from = part[0];
            kind.run(
                    part[1] - from,
                    cols,
                    scale,
                    x2.array(),
                    x2.offset() + from * x2.ld(),
                    x2.ld(),
                    y2.array(),
                    y2.offset() + from * y2.ld(),
                    y2.ld(),
                    losses2.array(),
                    losses2.offset() + from,
                    dx2.array(),
                    dx2.offset() + from * dx2.ld(),
                    dx2.ld());
        }
        assertSame(losses, losses2, kind + " losses, split at " + cut);
        assertSame(dx, dx2, kind + " gradient, split at " + cut);
    }

    @Property(tries = 40)
    void labelsAreRowsWithASingleOne(
            @ForAll long seed,
            @ForAll @IntRange(max = 5) int batch,
            @ForAll(supplier = Sizes.class) int cols,
            @ForAll Values values) {
        if (cols == 0) {
            return;
        }
        var r = new SplittableRandom(seed);
        Grid x = random(r, values == Values.SPECIAL ? Values.LARGE : values, batch, cols);
        Grid y = grid(r, batch, cols).filled(0);
        int[] labels = new int[batch + 3];
        Arrays.fill(labels, -1);
        for (int i = 0; i < batch; i++) {
            labels[2 + i] = r.nextInt(cols);
            y.set(i, labels[2 + i], 1);
        }
        Grid losses = grid(r, batch);
        Grid dx = grid(r, batch, cols);
        double value = Kind.SOFTMAX.run(batch, cols, 0.25f, x, y, losses, dx);
        Grid losses2 = grid(r, batch);
        Grid dx2 = x.copy();
        double value2 = Losses.softmaxCrossEntropy(
                batch,
                cols,
                0.25f,
                dx2.array(),
                dx2.offset(),
                dx2.ld(),
                labels,
                2,
                losses2.array(),
                losses2.offset(),
                dx2.array(),
                dx2.offset(),
                dx2.ld());
        assertSame(losses, losses2, "losses");
        assertSame(dx, dx2, "gradients");
        assertSameBits(value, value2, "value");
        assertSameBits(
                value,
                Losses.softmaxCrossEntropy(
                        batch, cols, 0.25f, x.array(), x.offset(), x.ld(), labels, 2, null, 0, null, 0, 0),
                "value alone");
    }

    @Test
    void contract3StableAtTheLimits() {
        float max = Float.MAX_VALUE;
        float[] z = {max, -max, 0, 0.5f, max, -max};
        float[] y = {0, 1, 0.5f, 0, 1, 0};
        float[] losses = new float[1];
        float[] dz = new float[6];
        double value = Losses.binaryCrossEntropy(1, 6, 1, z, 0, 6, y, 0, 6, losses, 0, dz, 0, 6);
        assertEquals(2.0 * max, value, 1e31);
        assertEquals(Float.POSITIVE_INFINITY, losses[0]);
        assertEquals(1, dz[0]);
        assertEquals(-1, dz[1]);
        assertEquals(0, dz[4]);
        assertEquals(0, dz[5]);

        float[] confident = {30, -40};
        value = Losses.binaryCrossEntropy(1, 2, 1, confident, 0, 2, new float[] {1, 0}, 0, 2, null, 0, null, 0, 0);
        assertEquals(Math.exp(-30) + Math.exp(-40), value, 1e-18, "no cancellation");

        value = Losses.softmaxCrossEntropy(1, 6, 1, z, 0, 6, new int[] {1}, 0, losses, 0, dz, 0, 6);
        assertEquals(2.0 * max, value, 1e31);
        assertSameBits(new float[] {0.5f, -1, 0, 0, 0.5f, 0}, dz, "softmax at ±MAX");
        value = Losses.softmaxCrossEntropy(1, 6, 1, z, 0, 6, new int[] {4}, 0, losses, 0, dz, 0, 6);
        assertEquals(Math.log(2), value, 1e-7);
        value = Losses.softmaxCrossEntropy(1, 6, 1, z, 0, 6, y, 0, 6, losses, 0, dz, 0, 6);
        assertTrue(Double.isFinite(value) && value > 2.0 * max);

        value = Losses.squaredError(
                1, 2, 1, new float[] {max, max}, 0, 2, new float[] {-max, max}, 0, 2, null, 0, null, 0, 0);
        assertEquals(4.0 * max * max, value, 1e62);
    }

    @Test
    void contract3NanIsSeen() {
        for (Kind kind : Kind.values()) {
            for (int cols : new int[] {3, 70}) {
                float[] x = new float[cols];
                x[cols - 2] = Float.NaN;
                float[] dx = new float[cols];
                float[] losses = new float[1];
                double value = kind.run(1, cols, 1, x, 0, cols, new float[cols + 1], 1, cols, losses, 0, dx, 0, cols);
                // A row of zeros as softmax targets weighs NaN by 0: NaN as well.
                assertTrue(Double.isNaN(value) && Float.isNaN(losses[0]) && Float.isNaN(dx[cols - 2]), kind.toString());
            }
        }
    }

    @Test
    void contract5And6Refusals() {
        float[] x = new float[20];
        float[] y = new float[20];
        float[] l = new float[4];
        float[] d = new float[20];
        for (Kind k : Kind.values()) {
            String in = k == Kind.SQUARED || k == Kind.MEAN_SQUARED ? "a" : "z";
            String out = "d" + in;
            float[][] all = {x, y, l, d};
            assertRefused("batch", () -> k.run(-1, 5, 1, x, 0, 5, y, 0, 5, l, 0, d, 0, 5), all);
            assertRefused("cols", () -> k.run(4, -5, 1, x, 0, 5, y, 0, 5, l, 0, d, 0, 5), all);
            assertRefused(in, () -> k.run(4, 5, 1, null, 0, 5, y, 0, 5, l, 0, d, 0, 5), all);
            assertRefused(in, () -> k.run(4, 5, 1, x, 1, 5, y, 0, 5, l, 0, d, 0, 5), all);
            assertRefused(in + "Offset", () -> k.run(4, 5, 1, x, -1, 5, y, 0, 5, l, 0, d, 0, 5), all);
            assertRefused("ld" + in, () -> k.run(4, 5, 1, x, 0, 4, y, 0, 5, l, 0, d, 0, 5), all);
            assertRefused("y", () -> k.run(4, 5, 1, x, 0, 5, null, 0, 5, l, 0, d, 0, 5), all);
            assertRefused("y", () -> k.run(4, 5, 1, x, 0, 5, y, 0, 6, l, 0, d, 0, 5), all);
            assertRefused("ldy", () -> k.run(4, 5, 1, x, 0, 5, y, 0, -6, l, 0, d, 0, 5), all);
            assertRefused("losses", () -> k.run(4, 5, 1, x, 0, 5, y, 0, 5, l, 1, d, 0, 5), all);
            assertRefused("lossesOffset", () -> k.run(4, 5, 1, x, 0, 5, y, 0, 5, l, -1, d, 0, 5), all);
            assertRefused(out, () -> k.run(4, 5, 1, x, 0, 5, y, 0, 5, l, 0, d, 1, 5), all);
            assertRefused("ld" + out, () -> k.run(4, 5, 1, x, 0, 5, y, 0, 5, l, 0, d, 0, 4), all);
            assertRefused(in, () -> k.run(1 << 17, 1 << 17, 1, x, 0, 1 << 17, y, 0, 1 << 17, l, 0, d, 0, 5), all);
            assertRefused(out, () -> k.run(2, 5, 1, x, 0, 5, y, 0, 5, l, 0, x, 1, 5), all);
            assertRefused(out, () -> k.run(2, 5, 1, x, 0, 5, y, 0, 5, l, 0, x, 0, 6), all);
            assertRefused(out, () -> k.run(2, 5, 1, x, 0, 5, y, 0, 5, l, 0, y, 0, 5), all);
            assertRefused("losses", () -> k.run(2, 5, 1, x, 0, 5, y, 0, 5, x, 9, d, 0, 5), all);
            assertRefused("losses", () -> k.run(2, 5, 1, x, 0, 5, y, 0, 5, y, 3, d, 0, 5), all);
            assertRefused("losses", () -> k.run(2, 5, 1, x, 0, 5, y, 0, 5, d, 3, d, 0, 5), all);
            assertEquals(0, k.run(0, 5, 1, x, 0, 5, y, 0, 5, l, 0, d, 0, 5));
            assertEquals(0, k.run(3, 0, 1, x, 0, 5, y, 0, 5, l, 0, d, 0, 5));
        }
    }

    @Test
    void refusedTargets() {
        float[] z = new float[6];
        float[] y = {0, 1, 0.5f, 0, 1, 0};
        float[] l = new float[2];
        for (float bad : new float[] {-0.1f, 1.0001f, Float.NaN, Float.POSITIVE_INFINITY}) {
            y[4] = bad;
            BooleanSupplier names = () -> assertThrows(
                            IllegalArgumentException.class,
                            () -> Losses.binaryCrossEntropy(2, 3, 1, z, 0, 3, y, 0, 3, l, 0, z, 0, 3))
                    .getMessage()
                    .contains("row 1, column 1 it is " + bad);
            assertTrue(names);
            assertRefused("y", () -> Losses.binaryCrossEntropy(2, 3, 1, z, 0, 3, y, 0, 3, l, 0, z, 0, 3), z, l);
        }
        for (int bad : new int[] {-1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            int[] labels = {2, bad};
            var refusal = assertThrows(
                    IllegalArgumentException.class,
                    () -> Losses.softmaxCrossEntropy(2, 3, 1, z, 0, 3, labels, 0, l, 0, z, 0, 3));
            assertEquals("labels must be from 0 to 2, but in row 1 it is " + bad, refusal.getMessage());
            assertRefused("labels", () -> Losses.softmaxCrossEntropy(2, 3, 1, z, 0, 3, labels, 0, l, 0, z, 0, 3), z, l);
        }
        int[] few = {1};
        assertRefused("labels", () -> Losses.softmaxCrossEntropy(2, 3, 1, z, 0, 3, few, 0, l, 0, z, 0, 3), z, l);
        assertRefused(
                "labels", () -> Losses.softmaxCrossEntropy(2, 3, 1, z, 0, 3, (int[]) null, 0, l, 0, z, 0, 3), z, l);
        assertRefused("labelsOffset", () -> Losses.softmaxCrossEntropy(1, 3, 1, z, 0, 3, few, -1, l, 0, z, 0, 3), z, l);
        assertRefused("labels", () -> Losses.softmaxCrossEntropy(1, 0, 1, z, 0, 3, new int[1], 0, l, 0, z, 0, 3), z, l);
    }
}
