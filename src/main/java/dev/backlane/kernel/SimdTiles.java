package dev.backlane.kernel;

import static dev.backlane.kernel.Simd.F;
import static dev.backlane.kernel.Simd.LANES;
import static dev.backlane.kernel.Simd.V;

import jdk.incubator.vector.FloatVector;

/**
 * Outer-product tiles: each step of k broadcasts one element of A per row and multiplies it into vectors of B, with every
 * accumulator in a register. Four vectors wide where there are 32 vector registers (AVX-512, AArch64), two where there are 16.
 */
final class SimdTiles extends Tiles {
    private static final boolean MANY_REGISTERS = Backend.manyRegisters();
    private static final boolean TRANSPOSE_IN_REGISTERS = Backend.bits() >= 256;
    private static final int VECTORS = MANY_REGISTERS ? 4 : 2;
    private static final int ALIASING_STRIDE = 1024;

    SimdTiles() {
        super(6, MANY_REGISTERS ? 6 : 5, 4, VECTORS * LANES, 384, MANY_REGISTERS ? 0 : 24);
    }

    @Override
    void tile(
            int height,
            int k,
            float[] a,
            int ao,
            int rs,
            int cs,
            float[] b,
            int bo,
            int ldb,
            float[] s,
            int so,
            int lds,
            float[] c,
            int co,
            int ldc) {
        if (MANY_REGISTERS) {
            if (ldb == 4 * LANES) {
                by4(height, k, a, ao, rs, cs, b, bo, s, so, lds, c, co, ldc);
            } else {
                narrow(height, k, a, ao, rs, cs, b, bo, ldb, s, so, lds, c, co, ldc);
            }
        } else if (cs == 1) {
            if (height == 4) {
                SimdTilesBy2.rows4(k, a, ao, rs, b, bo, ldb, s, so, lds, c, co, ldc);
            } else if (ldb == 2 * LANES) {
                SimdTilesBy2.rows5(k, a, ao, rs, b, bo, s, so, lds, c, co, ldc);
            } else {
                SimdTilesBy2.rows5InPlace(k, a, ao, rs, b, bo, ldb, s, so, lds, c, co, ldc);
            }
        } else if (height == 6) {
            SimdTilesBy2.packed6(k, a, ao, b, bo, s, so, lds, c, co, ldc);
        } else {
            SimdTilesBy2.packed4(k, a, ao, b, bo, s, so, lds, c, co, ldc);
        }
    }

    private static void by4(
            int height,
            int k,
            float[] a,
            int ao,
            int rs,
            int cs,
            float[] b,
            int bo,
            float[] s,
            int so,
            int lds,
            float[] c,
            int co,
            int ldc) {
        if (cs == 1) {
            if (height == 6) {
                SimdTilesBy4.rows6(k, a, ao, rs, b, bo, s, so, lds, c, co, ldc);
            } else {
                SimdTilesBy4.rows4(k, a, ao, rs, b, bo, s, so, lds, c, co, ldc);
            }
        } else if (height == 6) {
            SimdTilesBy4.steps6(k, a, ao, rs, cs, b, bo, s, so, lds, c, co, ldc);
        } else {
            SimdTilesBy4.steps4(k, a, ao, rs, cs, b, bo, s, so, lds, c, co, ldc);
        }
    }

    private static void narrow(
            int height,
            int k,
            float[] a,
            int ao,
            int rs,
            int cs,
            float[] b,
            int bo,
            int ldb,
            float[] s,
            int so,
            int lds,
            float[] c,
            int co,
            int ldc) {
        if (ldb == 2 * LANES) {
            if (height == 6) {
                SimdNarrowTiles.by2rows6(k, a, ao, rs, cs, b, bo, s, so, lds, c, co, ldc);
            } else {
                SimdNarrowTiles.by2rows4(k, a, ao, rs, cs, b, bo, s, so, lds, c, co, ldc);
            }
        } else if (height == 6) {
            SimdNarrowTiles.by1rows6(k, a, ao, rs, cs, b, bo, s, so, lds, c, co, ldc);
        } else {
            SimdNarrowTiles.by1rows4(k, a, ao, rs, cs, b, bo, s, so, lds, c, co, ldc);
        }
    }

    @Override
    boolean packsRows() {
        return MANY_REGISTERS;
    }

    @Override
    boolean packsOnTheWay() {
        return MANY_REGISTERS;
    }

    @Override
    void firstTile(
            int height,
            int k,
            float[] a,
            int ao,
            int rs,
            int cs,
            float[] b,
            int bo,
            int ldb,
            float[] to,
            int toOffset,
            float[] s,
            int so,
            int lds,
            float[] c,
            int co,
            int ldc) {
        if (height == 6) {
            SimdFirstTiles.first6(k, a, ao, rs, cs, b, bo, ldb, to, toOffset, s, so, lds, c, co, ldc);
        } else {
            SimdFirstTiles.first4(k, a, ao, rs, cs, b, bo, ldb, to, toOffset, s, so, lds, c, co, ldc);
        }
    }

    @Override
    int panel(int left) {
        if (!MANY_REGISTERS || left > 3 * LANES) {
            return cols;
        }
        return left > LANES ? 2 * LANES : LANES;
    }

    @Override
    boolean packA(int m, int n, int rs, int cs) {
        if (!MANY_REGISTERS) {
            return cs != 1 || n > 12 * cols && m > inPlaceRows;
        }
        // Rows or columns a multiple of this apart fall into few cache sets.
        return n > (cs == 1 ? 8 : 1) * cols && Math.max(rs, cs) % ALIASING_STRIDE == 0;
    }

    @Override
    void row(int n, int k, float[] a, int ao, int cs, float[] b, int bo, int ldb, float[] c, int co) {
        int p = 0;
        for (; p + 8 <= k; p += 8) {
            row8(n, a, ao + p * cs, cs, b, bo + p * ldb, ldb, c, co);
        }
        for (; p < k; p++) {
            row1(n, a[ao + p * cs], b, bo + p * ldb, c, co);
        }
    }

    /** Eight steps of k for each load and store of c: the rows of B stream through in order. */
    private static void row8(int n, float[] a, int ao, int cs, float[] b, int bo, int ldb, float[] c, int co) {
        float x0 = a[ao];
        float x1 = a[ao + cs];
        float x2 = a[ao + 2 * cs];
        float x3 = a[ao + 3 * cs];
        float x4 = a[ao + 4 * cs];
        float x5 = a[ao + 5 * cs];
        float x6 = a[ao + 6 * cs];
        float x7 = a[ao + 7 * cs];
        FloatVector v0 = V.cast(FloatVector.broadcast(F, x0));
        FloatVector v1 = V.cast(FloatVector.broadcast(F, x1));
        FloatVector v2 = V.cast(FloatVector.broadcast(F, x2));
        FloatVector v3 = V.cast(FloatVector.broadcast(F, x3));
        FloatVector v4 = V.cast(FloatVector.broadcast(F, x4));
        FloatVector v5 = V.cast(FloatVector.broadcast(F, x5));
        FloatVector v6 = V.cast(FloatVector.broadcast(F, x6));
        FloatVector v7 = V.cast(FloatVector.broadcast(F, x7));
        int b1 = bo + ldb;
        int b2 = bo + 2 * ldb;
        int b3 = bo + 3 * ldb;
        int b4 = bo + 4 * ldb;
        int b5 = bo + 5 * ldb;
        int b6 = bo + 6 * ldb;
        int b7 = bo + 7 * ldb;
        int j = 0;
        for (; j <= n - LANES; j += LANES) {
            FloatVector y = V.cast(FloatVector.fromArray(F, c, co + j));
            y = v0.fma(FloatVector.fromArray(F, b, bo + j), y);
            y = v1.fma(FloatVector.fromArray(F, b, b1 + j), y);
            y = v2.fma(FloatVector.fromArray(F, b, b2 + j), y);
            y = v3.fma(FloatVector.fromArray(F, b, b3 + j), y);
            y = v4.fma(FloatVector.fromArray(F, b, b4 + j), y);
            y = v5.fma(FloatVector.fromArray(F, b, b5 + j), y);
            y = v6.fma(FloatVector.fromArray(F, b, b6 + j), y);
            y = v7.fma(FloatVector.fromArray(F, b, b7 + j), y);
            y.intoArray(c, co + j);
        }
        for (; j < n; j++) {
            float y = c[co + j];
            y = Fma.fma(x0, b[bo + j], y);
            y = Fma.fma(x1, b[b1 + j], y);
            y = Fma.fma(x2, b[b2 + j], y);
            y = Fma.fma(x3, b[b3 + j], y);
            y = Fma.fma(x4, b[b4 + j], y);
            y = Fma.fma(x5, b[b5 + j], y);
            y = Fma.fma(x6, b[b6 + j], y);
            y = Fma.fma(x7, b[b7 + j], y);
            c[co + j] = y;
        }
    }

    private static void row1(int n, float x, float[] b, int bo, float[] c, int co) {
        FloatVector v = V.cast(FloatVector.broadcast(F, x));
        int j = 0;
        for (; j <= n - LANES; j += LANES) {
            v.fma(FloatVector.fromArray(F, b, bo + j), FloatVector.fromArray(F, c, co + j))
                    .intoArray(c, co + j);
        }
        for (; j < n; j++) {
            c[co + j] = Fma.fma(x, b[bo + j], c[co + j]);
        }
    }

    @Override
    void packPanel(int panel, int k, int width, float[] b, int bo, int ldb, float[] to, int toOffset) {
        // Whole vectors, as far as the array allows; what they reach beyond the width is not used.
        int whole = Math.clamp(Math.floorDiv((long) b.length - panel - bo, ldb) + 1, 0, k);
        packVectors(panel / LANES, whole, b, bo, ldb, to, toOffset);
        Packing.panel(panel, k - whole, width, b, bo + whole * ldb, ldb, to, toOffset + whole * panel);
    }

    /** Four panels at a time, two vectors each: one alone reads cache lines of which its neighbour needs the other part. */
    @Override
    void packPanels(int panels, int k, float[] b, int bo, int ldb, float[] to, int toOffset) {
        int panel = 0;
        for (; VECTORS == 2 && panel + 4 <= panels; panel += 4) {
            packFour(k, b, bo + panel * cols, ldb, to, toOffset + panel * cols * k);
        }
        super.packPanels(panels - panel, k, b, bo + panel * cols, ldb, to, toOffset + panel * cols * k);
    }

    private static void packFour(int k, float[] b, int bo, int ldb, float[] to, int t) {
        int t1 = 2 * LANES * k;
        int t2 = 2 * t1;
        int t3 = 3 * t1;
        for (int p = 0; p < k; p++, bo += ldb, t += 2 * LANES) {
            FloatVector b0 = V.cast(FloatVector.fromArray(F, b, bo));
            FloatVector b1 = V.cast(FloatVector.fromArray(F, b, bo + LANES));
            FloatVector b2 = V.cast(FloatVector.fromArray(F, b, bo + 2 * LANES));
            FloatVector b3 = V.cast(FloatVector.fromArray(F, b, bo + 3 * LANES));
            FloatVector b4 = V.cast(FloatVector.fromArray(F, b, bo + 4 * LANES));
            FloatVector b5 = V.cast(FloatVector.fromArray(F, b, bo + 5 * LANES));
            FloatVector b6 = V.cast(FloatVector.fromArray(F, b, bo + 6 * LANES));
            FloatVector b7 = V.cast(FloatVector.fromArray(F, b, bo + 7 * LANES));
            b0.intoArray(to, t);
            b1.intoArray(to, t + LANES);
            b2.intoArray(to, t + t1);
            b3.intoArray(to, t + t1 + LANES);
            b4.intoArray(to, t + t2);
            b5.intoArray(to, t + t2 + LANES);
            b6.intoArray(to, t + t3);
            b7.intoArray(to, t + t3 + LANES);
        }
    }

    private static void packVectors(int vectors, int k, float[] b, int bo, int ldb, float[] to, int t) {
        for (int p = 0; p < k; p++, bo += ldb) {
            for (int v = 0; v < vectors; v++, t += LANES) {
                V.cast(FloatVector.fromArray(F, b, bo + v * LANES)).intoArray(to, t);
            }
        }
    }

    @Override
    void packPanelTransposed(int panel, int k, int width, float[] b, int bo, int ldb, float[] to, int toOffset) {
        int j = 0;
        int whole = 0;
        if (TRANSPOSE_IN_REGISTERS) {
            whole = k & -SimdTranspose.BLOCK;
            for (; j + SimdTranspose.BLOCK <= width && whole > 0; j += SimdTranspose.BLOCK) {
                SimdTranspose.rows8(SimdTranspose.BLOCK, whole, b, bo + j * ldb, ldb, to, toOffset + j, panel);
            }
        }
        // Right of the blocks, then below them.
        Packing.transpose(panel - j, whole, width - j, b, bo + j * ldb, ldb, to, toOffset + j, panel);
        Packing.transpose(panel, k - whole, width, b, bo + whole, ldb, to, toOffset + whole * panel, panel);
    }

    @Override
    void packTile(int height, int rows, int k, float alpha, float[] a, int ao, int rs, int cs, float[] to, int t) {
        int whole = 0;
        if (cs == 1 && TRANSPOSE_IN_REGISTERS) {
            whole = k & -SimdTranspose.BLOCK;
            SimdTranspose.rows8(rows, whole, a, ao, rs, to, t, height);
        } else if (rs == 1 && rows == height && height <= 2 * LANES) {
            // As many columns of Aᵀ as can be read by whole vectors.
            int reach = height <= LANES ? LANES : 2 * LANES;
            whole = Math.clamp(Math.floorDiv((long) a.length - reach - ao, cs) + 1, 0, k);
            if (height <= LANES) {
                packColumns(height, whole, a, ao, cs, to, t);
            } else {
                packColumns2(height, whole, a, ao, cs, to, t);
            }
        }
        if (alpha != 1) {
            Kernels.SWEEPS.scale(whole * height, alpha, to, t, to, t);
        }
        Packing.tileOfA(height, rows, k - whole, alpha, a, ao + whole * cs, rs, cs, to, t + whole * height);
    }

    /** Each store reaches into the column behind, whose own store follows. */
    private static void packColumns(int height, int k, float[] a, int ao, int cs, float[] to, int t) {
        for (int end = t + k * height; t < end; t += height, ao += cs) {
            V.cast(FloatVector.fromArray(F, a, ao)).intoArray(to, t);
        }
    }

    private static void packColumns2(int height, int k, float[] a, int ao, int cs, float[] to, int t) {
        for (int end = t + k * height; t < end; t += height, ao += cs) {
            V.cast(FloatVector.fromArray(F, a, ao)).intoArray(to, t);
            V.cast(FloatVector.fromArray(F, a, ao + LANES)).intoArray(to, t + LANES);
        }
    }

    @Override
    void addRows(int k, int n, float[] b, int bo, int ldb, float[] sum, int sumOffset) {
        int j = 0;
        for (; j <= n - LANES; j += LANES) {
            FloatVector y = FloatVector.fromArray(F, sum, sumOffset + j);
            for (int p = 0, at = bo + j; p < k; p++, at += ldb) {
                y = V.cast(y).add(FloatVector.fromArray(F, b, at));
            }
            V.cast(y).intoArray(sum, sumOffset + j);
        }
        if (j < n) {
            Packing.addRows(k, n - j, b, bo + j, ldb, sum, sumOffset + j);
        }
    }
}
