package dev.backlane.kernel;

import static dev.backlane.kernel.Simd.D;
import static dev.backlane.kernel.Simd.DV;
import static dev.backlane.kernel.Simd.F;
import static dev.backlane.kernel.Simd.LANES;
import static dev.backlane.kernel.Simd.M;
import static dev.backlane.kernel.Simd.V;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.NE;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over {@link Sweeps#LANES} virtual lanes, whatever the hardware's width. Single-precision dot and sum keep the
 * lanes in registers: 4, 8 or 16 vectors of them; the others keep them in memory, which costs them nothing beside their
 * conversions and exponentials.
 *
 * <p>Never reduces lanes in the hardware's own order.
 */
final class SimdReductions {
    private static final int BLOCK = Sweeps.LANES;
    private static final int WIDE_BLOCK = Sweeps.WIDE_LANES;
    private static final int DOUBLES = LANES / 2;
    /** As many floats as a vector has doubles. */
    private static final VectorSpecies<Float> HALF =
            VectorSpecies.of(float.class, VectorShape.forBitSize(Backend.bits() / 2));

    private static final Class<FloatVector> HALF_CLASS = Simd.type(HALF);

    private static final VectorShuffle<Float> BY_8 = rotation(8);
    private static final VectorShuffle<Float> BY_4 = rotation(4);
    private static final VectorShuffle<Float> BY_2 = rotation(2);
    private static final VectorShuffle<Float> BY_1 = rotation(1);

    private SimdReductions() {}

    private static VectorShuffle<Float> rotation(int by) {
        return VectorShuffle.fromOp(F, i -> (i + by) % LANES);
    }

    static float dot(int n, float[] x, int xo, float[] y, int yo) {
        int whole = n / BLOCK * BLOCK;
        Lanes lanes = null;
        FloatVector c0 = FloatVector.zero(F);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        FloatVector c4 = c0;
        FloatVector c5 = c0;
        FloatVector c6 = c0;
        FloatVector c7 = c0;
        FloatVector c8 = c0;
        FloatVector c9 = c0;
        FloatVector c10 = c0;
        FloatVector c11 = c0;
        FloatVector c12 = c0;
        FloatVector c13 = c0;
        FloatVector c14 = c0;
        FloatVector c15 = c0;
        for (int left = n - whole; ; left = 0) {
            for (int i = 0; i < whole; i += BLOCK) {
                int a = xo + i;
                int b = yo + i;
                c0 = V.cast(FloatVector.fromArray(F, x, a)).fma(FloatVector.fromArray(F, y, b), V.cast(c0));
                c1 = V.cast(FloatVector.fromArray(F, x, a + LANES))
                        .fma(FloatVector.fromArray(F, y, b + LANES), V.cast(c1));
                c2 = V.cast(FloatVector.fromArray(F, x, a + 2 * LANES))
                        .fma(FloatVector.fromArray(F, y, b + 2 * LANES), V.cast(c2));
                c3 = V.cast(FloatVector.fromArray(F, x, a + 3 * LANES))
                        .fma(FloatVector.fromArray(F, y, b + 3 * LANES), V.cast(c3));
                if (LANES < 16) {
                    c4 = V.cast(FloatVector.fromArray(F, x, a + 4 * LANES))
                            .fma(FloatVector.fromArray(F, y, b + 4 * LANES), V.cast(c4));
                    c5 = V.cast(FloatVector.fromArray(F, x, a + 5 * LANES))
                            .fma(FloatVector.fromArray(F, y, b + 5 * LANES), V.cast(c5));
                    c6 = V.cast(FloatVector.fromArray(F, x, a + 6 * LANES))
                            .fma(FloatVector.fromArray(F, y, b + 6 * LANES), V.cast(c6));
                    c7 = V.cast(FloatVector.fromArray(F, x, a + 7 * LANES))
                            .fma(FloatVector.fromArray(F, y, b + 7 * LANES), V.cast(c7));
                }
                if (LANES < 8) {
                    c8 = V.cast(FloatVector.fromArray(F, x, a + 8 * LANES))
                            .fma(FloatVector.fromArray(F, y, b + 8 * LANES), V.cast(c8));
                    c9 = V.cast(FloatVector.fromArray(F, x, a + 9 * LANES))
                            .fma(FloatVector.fromArray(F, y, b + 9 * LANES), V.cast(c9));
                    c10 = V.cast(FloatVector.fromArray(F, x, a + 10 * LANES))
                            .fma(FloatVector.fromArray(F, y, b + 10 * LANES), V.cast(c10));
                    c11 = V.cast(FloatVector.fromArray(F, x, a + 11 * LANES))
                            .fma(FloatVector.fromArray(F, y, b + 11 * LANES), V.cast(c11));
                    c12 = V.cast(FloatVector.fromArray(F, x, a + 12 * LANES))
                            .fma(FloatVector.fromArray(F, y, b + 12 * LANES), V.cast(c12));
                    c13 = V.cast(FloatVector.fromArray(F, x, a + 13 * LANES))
                            .fma(FloatVector.fromArray(F, y, b + 13 * LANES), V.cast(c13));
                    c14 = V.cast(FloatVector.fromArray(F, x, a + 14 * LANES))
                            .fma(FloatVector.fromArray(F, y, b + 14 * LANES), V.cast(c14));
                    c15 = V.cast(FloatVector.fromArray(F, x, a + 15 * LANES))
                            .fma(FloatVector.fromArray(F, y, b + 15 * LANES), V.cast(c15));
                }
            }
            if (left == 0) {
                break;
            }
            // One more turn, over the tail: -0 · 0 = -0 changes no lane.
            lanes = Lanes.POOL.take();
            lanes.pad(x, xo + whole, left, Lanes.TAIL, -0f);
            lanes.pad(y, yo + whole, left, Lanes.SECOND_TAIL, 0f);
            x = lanes.floats;
            xo = Lanes.TAIL;
            y = lanes.floats;
            yo = Lanes.SECOND_TAIL;
            whole = BLOCK;
        }
        if (lanes != null) {
            Lanes.POOL.give(lanes);
        }
        if (LANES < 8) {
            c0 = V.cast(c0).add(V.cast(c8));
            c1 = V.cast(c1).add(V.cast(c9));
            c2 = V.cast(c2).add(V.cast(c10));
            c3 = V.cast(c3).add(V.cast(c11));
            c4 = V.cast(c4).add(V.cast(c12));
            c5 = V.cast(c5).add(V.cast(c13));
            c6 = V.cast(c6).add(V.cast(c14));
            c7 = V.cast(c7).add(V.cast(c15));
        }
        if (LANES < 16) {
            c0 = V.cast(c0).add(V.cast(c4));
            c1 = V.cast(c1).add(V.cast(c5));
            c2 = V.cast(c2).add(V.cast(c6));
            c3 = V.cast(c3).add(V.cast(c7));
        }
        c0 = V.cast(c0).add(V.cast(c2)).add(V.cast(c1).add(V.cast(c3)));
        if (LANES > 8) {
            c0 = c0.add(c0.rearrange(BY_8));
        }
        if (LANES > 4) {
            c0 = c0.add(c0.rearrange(BY_4));
        }
        c0 = c0.add(c0.rearrange(BY_2));
        return c0.add(c0.rearrange(BY_1)).lane(0);
    }

    static float sum(int n, float[] x, int xo) {
        int whole = n / BLOCK * BLOCK;
        Lanes lanes = null;
        FloatVector c0 = FloatVector.zero(F);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        FloatVector c4 = c0;
        FloatVector c5 = c0;
        FloatVector c6 = c0;
        FloatVector c7 = c0;
        FloatVector c8 = c0;
        FloatVector c9 = c0;
        FloatVector c10 = c0;
        FloatVector c11 = c0;
        FloatVector c12 = c0;
        FloatVector c13 = c0;
        FloatVector c14 = c0;
        FloatVector c15 = c0;
        for (int left = n - whole; ; left = 0) {
            for (int i = 0; i < whole; i += BLOCK) {
                int a = xo + i;
                c0 = V.cast(FloatVector.fromArray(F, x, a)).add(V.cast(c0));
                c1 = V.cast(FloatVector.fromArray(F, x, a + LANES)).add(V.cast(c1));
                c2 = V.cast(FloatVector.fromArray(F, x, a + 2 * LANES)).add(V.cast(c2));
                c3 = V.cast(FloatVector.fromArray(F, x, a + 3 * LANES)).add(V.cast(c3));
                if (LANES < 16) {
                    c4 = V.cast(FloatVector.fromArray(F, x, a + 4 * LANES)).add(V.cast(c4));
                    c5 = V.cast(FloatVector.fromArray(F, x, a + 5 * LANES)).add(V.cast(c5));
                    c6 = V.cast(FloatVector.fromArray(F, x, a + 6 * LANES)).add(V.cast(c6));
                    c7 = V.cast(FloatVector.fromArray(F, x, a + 7 * LANES)).add(V.cast(c7));
                }
                if (LANES < 8) {
                    c8 = V.cast(FloatVector.fromArray(F, x, a + 8 * LANES)).add(V.cast(c8));
                    c9 = V.cast(FloatVector.fromArray(F, x, a + 9 * LANES)).add(V.cast(c9));
                    c10 = V.cast(FloatVector.fromArray(F, x, a + 10 * LANES)).add(V.cast(c10));
                    c11 = V.cast(FloatVector.fromArray(F, x, a + 11 * LANES)).add(V.cast(c11));
                    c12 = V.cast(FloatVector.fromArray(F, x, a + 12 * LANES)).add(V.cast(c12));
                    c13 = V.cast(FloatVector.fromArray(F, x, a + 13 * LANES)).add(V.cast(c13));
                    c14 = V.cast(FloatVector.fromArray(F, x, a + 14 * LANES)).add(V.cast(c14));
                    c15 = V.cast(FloatVector.fromArray(F, x, a + 15 * LANES)).add(V.cast(c15));
                }
            }
            if (left == 0) {
                break;
            }
            lanes = Lanes.POOL.take();
            lanes.pad(x, xo + whole, left, Lanes.TAIL, -0f);
            x = lanes.floats;
            xo = Lanes.TAIL;
            whole = BLOCK;
        }
        if (lanes != null) {
            Lanes.POOL.give(lanes);
        }
        if (LANES < 8) {
            c0 = V.cast(c0).add(V.cast(c8));
            c1 = V.cast(c1).add(V.cast(c9));
            c2 = V.cast(c2).add(V.cast(c10));
            c3 = V.cast(c3).add(V.cast(c11));
            c4 = V.cast(c4).add(V.cast(c12));
            c5 = V.cast(c5).add(V.cast(c13));
            c6 = V.cast(c6).add(V.cast(c14));
            c7 = V.cast(c7).add(V.cast(c15));
        }
        if (LANES < 16) {
            c0 = V.cast(c0).add(V.cast(c4));
            c1 = V.cast(c1).add(V.cast(c5));
            c2 = V.cast(c2).add(V.cast(c6));
            c3 = V.cast(c3).add(V.cast(c7));
        }
        c0 = V.cast(c0).add(V.cast(c2)).add(V.cast(c1).add(V.cast(c3)));
        if (LANES > 8) {
            c0 = c0.add(c0.rearrange(BY_8));
        }
        if (LANES > 4) {
            c0 = c0.add(c0.rearrange(BY_4));
        }
        c0 = c0.add(c0.rearrange(BY_2));
        return c0.add(c0.rearrange(BY_1)).lane(0);
    }

    /** {@link Lanes#sum()} by vectors. */
    private static float sum(float[] lanes) {
        for (int half = BLOCK / 2; half >= LANES; half /= 2) {
            for (int i = 0; i < half; i += LANES) {
                V.cast(FloatVector.fromArray(F, lanes, i))
                        .add(FloatVector.fromArray(F, lanes, i + half))
                        .intoArray(lanes, i);
            }
        }
        FloatVector v = V.cast(FloatVector.fromArray(F, lanes, 0));
        if (LANES > 8) {
            v = v.add(v.rearrange(BY_8));
        }
        if (LANES > 4) {
            v = v.add(v.rearrange(BY_4));
        }
        v = v.add(v.rearrange(BY_2));
        return v.add(v.rearrange(BY_1)).lane(0);
    }

    static float expSum(int n, float shift, float[] x, int xo, float[] y, int yo, Lanes lanes) {
        lanes.clear();
        if (n < LANES) {
            shortExp(n, shift, x, xo, y, yo, lanes);
            return sum(lanes.floats);
        }
        int block = 0;
        for (int i = 0; i < n; i += block) {
            int left = n - i;
            // Whole rounds of the lanes, and no last block shorter than a vector.
            block = left <= Lanes.BLOCK ? left : left < Lanes.BLOCK + BLOCK ? Lanes.BLOCK - BLOCK : Lanes.BLOCK;
            float[] to = y == null ? lanes.block : y;
            int at = y == null ? 0 : yo + i;
            SimdMathSweeps.run(SimdMathSweeps.EXP, block, shift, x, xo + i, to, at);
            addTo(lanes.floats, block, to, at);
        }
        return sum(lanes.floats);
    }

    private static void shortExp(int n, float shift, float[] x, int xo, float[] y, int yo, Lanes lanes) {
        if (n == 0) {
            return;
        }
        // e^-∞ = 0 changes no lane.
        lanes.pad(x, xo, n, Lanes.TAIL, Float.NEGATIVE_INFINITY);
        SimdMathSweeps.run(SimdMathSweeps.EXP, LANES, shift, lanes.floats, Lanes.TAIL, lanes.floats, 0);
        if (y != null) {
            System.arraycopy(lanes.floats, 0, y, yo, n);
        }
    }

    private static void addTo(float[] lanes, int n, float[] x, int xo) {
        int i = 0;
        for (; i <= n - BLOCK; i += BLOCK) {
            for (int lane = 0; lane < BLOCK; lane += LANES) {
                V.cast(FloatVector.fromArray(F, lanes, lane))
                        .add(FloatVector.fromArray(F, x, xo + i + lane))
                        .intoArray(lanes, lane);
            }
        }
        int lane = 0;
        for (; i <= n - LANES; i += LANES, lane += LANES) {
            V.cast(FloatVector.fromArray(F, lanes, lane))
                    .add(FloatVector.fromArray(F, x, xo + i))
                    .intoArray(lanes, lane);
        }
        for (; i < n; i++, lane++) {
            lanes[lane] += x[xo + i];
        }
    }

    static float max(int n, float[] x, int xo) {
        int last = n - LANES;
        FloatVector m0 = FloatVector.fromArray(F, x, xo + last);
        FloatVector m1 = m0;
        FloatVector m2 = m0;
        FloatVector m3 = m0;
        int i = 0;
        for (; i <= n - 4 * LANES; i += 4 * LANES) {
            FloatVector v0 = V.cast(FloatVector.fromArray(F, x, xo + i));
            FloatVector v1 = V.cast(FloatVector.fromArray(F, x, xo + i + LANES));
            FloatVector v2 = V.cast(FloatVector.fromArray(F, x, xo + i + 2 * LANES));
            FloatVector v3 = V.cast(FloatVector.fromArray(F, x, xo + i + 3 * LANES));
            m0 = v0.blend(m0, M.cast(v0.compare(GT, m0)).or(v0.compare(NE, v0)).not());
            m1 = v1.blend(m1, M.cast(v1.compare(GT, m1)).or(v1.compare(NE, v1)).not());
            m2 = v2.blend(m2, M.cast(v2.compare(GT, m2)).or(v2.compare(NE, v2)).not());
            m3 = v3.blend(m3, M.cast(v3.compare(GT, m3)).or(v3.compare(NE, v3)).not());
        }
        for (; i < last; i += LANES) {
            FloatVector v = V.cast(FloatVector.fromArray(F, x, xo + i));
            m0 = v.blend(m0, M.cast(v.compare(GT, m0)).or(v.compare(NE, v)).not());
        }
        // Adding 0 makes +0 of -0, as the scalar code does at its end.
        FloatVector zero = V.cast(FloatVector.zero(F));
        FloatVector a = zero.add(m0);
        FloatVector b = zero.add(m1);
        FloatVector c = zero.add(m2);
        FloatVector d = zero.add(m3);
        a = a.blend(b, M.cast(b.compare(GT, a)).or(b.compare(NE, b)));
        c = c.blend(d, M.cast(d.compare(GT, c)).or(d.compare(NE, d)));
        a = a.blend(c, M.cast(c.compare(GT, a)).or(c.compare(NE, c)));
        if (LANES > 8) {
            b = a.rearrange(BY_8);
            a = a.blend(b, M.cast(b.compare(GT, a)).or(b.compare(NE, b)));
        }
        if (LANES > 4) {
            b = a.rearrange(BY_4);
            a = a.blend(b, M.cast(b.compare(GT, a)).or(b.compare(NE, b)));
        }
        b = a.rearrange(BY_2);
        a = a.blend(b, M.cast(b.compare(GT, a)).or(b.compare(NE, b)));
        b = a.rearrange(BY_1);
        return a.blend(b, M.cast(b.compare(GT, a)).or(b.compare(NE, b))).lane(0);
    }

    static int indexOfMax(int n, float[] x, int xo) {
        float max = max(n, x, xo);
        boolean nan = Float.isNaN(max);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector v = V.cast(FloatVector.fromArray(F, x, xo + i));
            VectorMask<Float> found = M.cast(nan ? v.compare(NE, v) : v.compare(EQ, max));
            if (found.anyTrue()) {
                return i + found.firstTrue();
            }
        }
        for (; i < n - 1; i++) {
            if (nan ? Float.isNaN(x[xo + i]) : x[xo + i] == max) {
                break;
            }
        }
        return i;
    }

    private static DoubleVector wide(float[] x, int at) {
        return DV.cast(HALF_CLASS.cast(FloatVector.fromArray(HALF, x, at)).convertShape(F2D, D, 0));
    }

    static double sumWide(int n, float[] x, int xo, Lanes lanes) {
        double[] sums = lanes.doubles;
        lanes.clearWide();
        int i = 0;
        for (; i <= n - WIDE_BLOCK; i += WIDE_BLOCK) {
            for (int lane = 0; lane < WIDE_BLOCK; lane += DOUBLES) {
                DV.cast(DoubleVector.fromArray(D, sums, lane))
                        .add(wide(x, xo + i + lane))
                        .intoArray(sums, lane);
            }
        }
        for (; i < n; i++) {
            sums[i & (WIDE_BLOCK - 1)] += x[xo + i];
        }
        return lanes.sumWide();
    }

    static double sumOfSquares(int n, float[] x, int xo, Lanes lanes) {
        double[] sums = lanes.doubles;
        lanes.clearWide();
        int i = 0;
        for (; i <= n - WIDE_BLOCK; i += WIDE_BLOCK) {
            for (int lane = 0; lane < WIDE_BLOCK; lane += DOUBLES) {
                DoubleVector v = wide(x, xo + i + lane);
                v.fma(v, DoubleVector.fromArray(D, sums, lane)).intoArray(sums, lane);
            }
        }
        for (; i < n; i++) {
            double v = x[xo + i];
            sums[i & (WIDE_BLOCK - 1)] += v * v;
        }
        return lanes.sumWide();
    }

    static double squaredDistance(int n, float[] x, int xo, float[] y, int yo, Lanes lanes) {
        double[] sums = lanes.doubles;
        lanes.clearWide();
        int i = 0;
        for (; i <= n - WIDE_BLOCK; i += WIDE_BLOCK) {
            for (int lane = 0; lane < WIDE_BLOCK; lane += DOUBLES) {
                DoubleVector d = wide(x, xo + i + lane).sub(wide(y, yo + i + lane));
                d.fma(d, DoubleVector.fromArray(D, sums, lane)).intoArray(sums, lane);
            }
        }
        for (; i < n; i++) {
            double d = (double) x[xo + i] - y[yo + i];
            sums[i & (WIDE_BLOCK - 1)] = Fma.fma(d, d, sums[i & (WIDE_BLOCK - 1)]);
        }
        return lanes.sumWide();
    }

    static double weightedGap(int n, float top, float[] x, int xo, float[] y, int yo, Lanes lanes) {
        double[] sums = lanes.doubles;
        lanes.clearWide();
        DoubleVector from = DV.cast(DoubleVector.broadcast(D, top));
        int i = 0;
        for (; i <= n - WIDE_BLOCK; i += WIDE_BLOCK) {
            for (int lane = 0; lane < WIDE_BLOCK; lane += DOUBLES) {
                from.sub(wide(x, xo + i + lane))
                        .fma(wide(y, yo + i + lane), DoubleVector.fromArray(D, sums, lane))
                        .intoArray(sums, lane);
            }
        }
        for (; i < n; i++) {
            double gap = (double) top - x[xo + i];
            sums[i & (WIDE_BLOCK - 1)] = Fma.fma(gap, (double) y[yo + i], sums[i & (WIDE_BLOCK - 1)]);
        }
        return lanes.sumWide();
    }
}
