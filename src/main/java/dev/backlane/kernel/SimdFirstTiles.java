package dev.backlane.kernel;

import static dev.backlane.kernel.Simd.F;
import static dev.backlane.kernel.Simd.LANES;
import static dev.backlane.kernel.Simd.V;

import jdk.incubator.vector.FloatVector;

/**
 * {@link Tiles#firstTile}: {@link SimdTilesBy4} on a B in place, which it packs on the way. The stores hide behind the
 * multiply-adds, where a copy beforehand takes a tenth of a product of 64 rows.
 */
final class SimdFirstTiles {
    private SimdFirstTiles() {}

    static void first6(
            int k,
            float[] a,
            int ao,
            int rs,
            int cs,
            float[] b,
            int bo,
            int ldb,
            float[] to,
            int t,
            float[] s,
            int so,
            int lds,
            float[] c,
            int co,
            int ldc) {
        FloatVector c00 = FloatVector.fromArray(F, s, so);
        FloatVector c01 = FloatVector.fromArray(F, s, so + LANES);
        FloatVector c02 = FloatVector.fromArray(F, s, so + 2 * LANES);
        FloatVector c03 = FloatVector.fromArray(F, s, so + 3 * LANES);
        FloatVector c10 = FloatVector.fromArray(F, s, so + lds);
        FloatVector c11 = FloatVector.fromArray(F, s, so + lds + LANES);
        FloatVector c12 = FloatVector.fromArray(F, s, so + lds + 2 * LANES);
        FloatVector c13 = FloatVector.fromArray(F, s, so + lds + 3 * LANES);
        FloatVector c20 = FloatVector.fromArray(F, s, so + 2 * lds);
        FloatVector c21 = FloatVector.fromArray(F, s, so + 2 * lds + LANES);
        FloatVector c22 = FloatVector.fromArray(F, s, so + 2 * lds + 2 * LANES);
        FloatVector c23 = FloatVector.fromArray(F, s, so + 2 * lds + 3 * LANES);
        FloatVector c30 = FloatVector.fromArray(F, s, so + 3 * lds);
        FloatVector c31 = FloatVector.fromArray(F, s, so + 3 * lds + LANES);
        FloatVector c32 = FloatVector.fromArray(F, s, so + 3 * lds + 2 * LANES);
        FloatVector c33 = FloatVector.fromArray(F, s, so + 3 * lds + 3 * LANES);
        FloatVector c40 = FloatVector.fromArray(F, s, so + 4 * lds);
        FloatVector c41 = FloatVector.fromArray(F, s, so + 4 * lds + LANES);
        FloatVector c42 = FloatVector.fromArray(F, s, so + 4 * lds + 2 * LANES);
        FloatVector c43 = FloatVector.fromArray(F, s, so + 4 * lds + 3 * LANES);
        FloatVector c50 = FloatVector.fromArray(F, s, so + 5 * lds);
        FloatVector c51 = FloatVector.fromArray(F, s, so + 5 * lds + LANES);
        FloatVector c52 = FloatVector.fromArray(F, s, so + 5 * lds + 2 * LANES);
        FloatVector c53 = FloatVector.fromArray(F, s, so + 5 * lds + 3 * LANES);
        int a1 = rs;
        int a2 = 2 * rs;
        int a3 = 3 * rs;
        int a4 = 4 * rs;
        int a5 = 5 * rs;
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bo);
            FloatVector b1 = FloatVector.fromArray(F, b, bo + LANES);
            FloatVector b2 = FloatVector.fromArray(F, b, bo + 2 * LANES);
            FloatVector b3 = FloatVector.fromArray(F, b, bo + 3 * LANES);
            V.cast(b0).intoArray(to, t);
            V.cast(b1).intoArray(to, t + LANES);
            V.cast(b2).intoArray(to, t + 2 * LANES);
            V.cast(b3).intoArray(to, t + 3 * LANES);
            FloatVector x0 = V.cast(FloatVector.broadcast(F, a[ao]));
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            c02 = x0.fma(b2, c02);
            c03 = x0.fma(b3, c03);
            FloatVector x1 = V.cast(FloatVector.broadcast(F, a[ao + a1]));
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            c12 = x1.fma(b2, c12);
            c13 = x1.fma(b3, c13);
            FloatVector x2 = V.cast(FloatVector.broadcast(F, a[ao + a2]));
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            c22 = x2.fma(b2, c22);
            c23 = x2.fma(b3, c23);
            FloatVector x3 = V.cast(FloatVector.broadcast(F, a[ao + a3]));
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            c32 = x3.fma(b2, c32);
            c33 = x3.fma(b3, c33);
            FloatVector x4 = V.cast(FloatVector.broadcast(F, a[ao + a4]));
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            c42 = x4.fma(b2, c42);
            c43 = x4.fma(b3, c43);
            FloatVector x5 = V.cast(FloatVector.broadcast(F, a[ao + a5]));
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            c52 = x5.fma(b2, c52);
            c53 = x5.fma(b3, c53);
            bo += ldb;
            t += 4 * LANES;
            ao += cs;
        }
        V.cast(c00).intoArray(c, co);
        V.cast(c01).intoArray(c, co + LANES);
        V.cast(c02).intoArray(c, co + 2 * LANES);
        V.cast(c03).intoArray(c, co + 3 * LANES);
        V.cast(c10).intoArray(c, co + ldc);
        V.cast(c11).intoArray(c, co + ldc + LANES);
        V.cast(c12).intoArray(c, co + ldc + 2 * LANES);
        V.cast(c13).intoArray(c, co + ldc + 3 * LANES);
        V.cast(c20).intoArray(c, co + 2 * ldc);
        V.cast(c21).intoArray(c, co + 2 * ldc + LANES);
        V.cast(c22).intoArray(c, co + 2 * ldc + 2 * LANES);
        V.cast(c23).intoArray(c, co + 2 * ldc + 3 * LANES);
        V.cast(c30).intoArray(c, co + 3 * ldc);
        V.cast(c31).intoArray(c, co + 3 * ldc + LANES);
        V.cast(c32).intoArray(c, co + 3 * ldc + 2 * LANES);
        V.cast(c33).intoArray(c, co + 3 * ldc + 3 * LANES);
        V.cast(c40).intoArray(c, co + 4 * ldc);
        V.cast(c41).intoArray(c, co + 4 * ldc + LANES);
        V.cast(c42).intoArray(c, co + 4 * ldc + 2 * LANES);
        V.cast(c43).intoArray(c, co + 4 * ldc + 3 * LANES);
        V.cast(c50).intoArray(c, co + 5 * ldc);
        V.cast(c51).intoArray(c, co + 5 * ldc + LANES);
        V.cast(c52).intoArray(c, co + 5 * ldc + 2 * LANES);
        V.cast(c53).intoArray(c, co + 5 * ldc + 3 * LANES);
    }

    static void first4(
            int k,
            float[] a,
            int ao,
            int rs,
            int cs,
            float[] b,
            int bo,
            int ldb,
            float[] to,
            int t,
            float[] s,
            int so,
            int lds,
            float[] c,
            int co,
            int ldc) {
        FloatVector c00 = FloatVector.fromArray(F, s, so);
        FloatVector c01 = FloatVector.fromArray(F, s, so + LANES);
        FloatVector c02 = FloatVector.fromArray(F, s, so + 2 * LANES);
        FloatVector c03 = FloatVector.fromArray(F, s, so + 3 * LANES);
        FloatVector c10 = FloatVector.fromArray(F, s, so + lds);
        FloatVector c11 = FloatVector.fromArray(F, s, so + lds + LANES);
        FloatVector c12 = FloatVector.fromArray(F, s, so + lds + 2 * LANES);
        FloatVector c13 = FloatVector.fromArray(F, s, so + lds + 3 * LANES);
        FloatVector c20 = FloatVector.fromArray(F, s, so + 2 * lds);
        FloatVector c21 = FloatVector.fromArray(F, s, so + 2 * lds + LANES);
        FloatVector c22 = FloatVector.fromArray(F, s, so + 2 * lds + 2 * LANES);
        FloatVector c23 = FloatVector.fromArray(F, s, so + 2 * lds + 3 * LANES);
        FloatVector c30 = FloatVector.fromArray(F, s, so + 3 * lds);
        FloatVector c31 = FloatVector.fromArray(F, s, so + 3 * lds + LANES);
        FloatVector c32 = FloatVector.fromArray(F, s, so + 3 * lds + 2 * LANES);
        FloatVector c33 = FloatVector.fromArray(F, s, so + 3 * lds + 3 * LANES);
        int a1 = rs;
        int a2 = 2 * rs;
        int a3 = 3 * rs;
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bo);
            FloatVector b1 = FloatVector.fromArray(F, b, bo + LANES);
            FloatVector b2 = FloatVector.fromArray(F, b, bo + 2 * LANES);
            FloatVector b3 = FloatVector.fromArray(F, b, bo + 3 * LANES);
            V.cast(b0).intoArray(to, t);
            V.cast(b1).intoArray(to, t + LANES);
            V.cast(b2).intoArray(to, t + 2 * LANES);
            V.cast(b3).intoArray(to, t + 3 * LANES);
            FloatVector x0 = V.cast(FloatVector.broadcast(F, a[ao]));
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            c02 = x0.fma(b2, c02);
            c03 = x0.fma(b3, c03);
            FloatVector x1 = V.cast(FloatVector.broadcast(F, a[ao + a1]));
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            c12 = x1.fma(b2, c12);
            c13 = x1.fma(b3, c13);
            FloatVector x2 = V.cast(FloatVector.broadcast(F, a[ao + a2]));
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            c22 = x2.fma(b2, c22);
            c23 = x2.fma(b3, c23);
            FloatVector x3 = V.cast(FloatVector.broadcast(F, a[ao + a3]));
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            c32 = x3.fma(b2, c32);
            c33 = x3.fma(b3, c33);
            bo += ldb;
            t += 4 * LANES;
            ao += cs;
        }
        V.cast(c00).intoArray(c, co);
        V.cast(c01).intoArray(c, co + LANES);
        V.cast(c02).intoArray(c, co + 2 * LANES);
        V.cast(c03).intoArray(c, co + 3 * LANES);
        V.cast(c10).intoArray(c, co + ldc);
        V.cast(c11).intoArray(c, co + ldc + LANES);
        V.cast(c12).intoArray(c, co + ldc + 2 * LANES);
        V.cast(c13).intoArray(c, co + ldc + 3 * LANES);
        V.cast(c20).intoArray(c, co + 2 * ldc);
        V.cast(c21).intoArray(c, co + 2 * ldc + LANES);
        V.cast(c22).intoArray(c, co + 2 * ldc + 2 * LANES);
        V.cast(c23).intoArray(c, co + 2 * ldc + 3 * LANES);
        V.cast(c30).intoArray(c, co + 3 * ldc);
        V.cast(c31).intoArray(c, co + 3 * ldc + LANES);
        V.cast(c32).intoArray(c, co + 3 * ldc + 2 * LANES);
        V.cast(c33).intoArray(c, co + 3 * ldc + 3 * LANES);
    }
}
