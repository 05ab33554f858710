package dev.backlane.kernel;

import static dev.backlane.kernel.Simd.F;
import static dev.backlane.kernel.Simd.LANES;
import static dev.backlane.kernel.Simd.V;

import jdk.incubator.vector.FloatVector;

/**
 * {@link Tiles#tile} one and two vectors wide, for what is left of the columns where there are 32 vector registers. The form is that
 * of {@link SimdTilesBy4}.
 */
final class SimdNarrowTiles {
    private SimdNarrowTiles() {}

    static void by2rows6(
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
        FloatVector c00 = FloatVector.fromArray(F, s, so);
        FloatVector c01 = FloatVector.fromArray(F, s, so + LANES);
        FloatVector c10 = FloatVector.fromArray(F, s, so + lds);
        FloatVector c11 = FloatVector.fromArray(F, s, so + lds + LANES);
        FloatVector c20 = FloatVector.fromArray(F, s, so + 2 * lds);
        FloatVector c21 = FloatVector.fromArray(F, s, so + 2 * lds + LANES);
        FloatVector c30 = FloatVector.fromArray(F, s, so + 3 * lds);
        FloatVector c31 = FloatVector.fromArray(F, s, so + 3 * lds + LANES);
        FloatVector c40 = FloatVector.fromArray(F, s, so + 4 * lds);
        FloatVector c41 = FloatVector.fromArray(F, s, so + 4 * lds + LANES);
        FloatVector c50 = FloatVector.fromArray(F, s, so + 5 * lds);
        FloatVector c51 = FloatVector.fromArray(F, s, so + 5 * lds + LANES);
        int a1 = rs;
        int a2 = 2 * rs;
        int a3 = 3 * rs;
        int a4 = 4 * rs;
        int a5 = 5 * rs;
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bo);
            FloatVector b1 = FloatVector.fromArray(F, b, bo + LANES);
            FloatVector x0 = V.cast(FloatVector.broadcast(F, a[ao]));
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = V.cast(FloatVector.broadcast(F, a[ao + a1]));
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = V.cast(FloatVector.broadcast(F, a[ao + a2]));
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = V.cast(FloatVector.broadcast(F, a[ao + a3]));
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            FloatVector x4 = V.cast(FloatVector.broadcast(F, a[ao + a4]));
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            FloatVector x5 = V.cast(FloatVector.broadcast(F, a[ao + a5]));
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            bo += 2 * LANES;
            ao += cs;
        }
        V.cast(c00).intoArray(c, co);
        V.cast(c01).intoArray(c, co + LANES);
        V.cast(c10).intoArray(c, co + ldc);
        V.cast(c11).intoArray(c, co + ldc + LANES);
        V.cast(c20).intoArray(c, co + 2 * ldc);
        V.cast(c21).intoArray(c, co + 2 * ldc + LANES);
        V.cast(c30).intoArray(c, co + 3 * ldc);
        V.cast(c31).intoArray(c, co + 3 * ldc + LANES);
        V.cast(c40).intoArray(c, co + 4 * ldc);
        V.cast(c41).intoArray(c, co + 4 * ldc + LANES);
        V.cast(c50).intoArray(c, co + 5 * ldc);
        V.cast(c51).intoArray(c, co + 5 * ldc + LANES);
    }

    static void by2rows4(
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
        FloatVector c00 = FloatVector.fromArray(F, s, so);
        FloatVector c01 = FloatVector.fromArray(F, s, so + LANES);
        FloatVector c10 = FloatVector.fromArray(F, s, so + lds);
        FloatVector c11 = FloatVector.fromArray(F, s, so + lds + LANES);
        FloatVector c20 = FloatVector.fromArray(F, s, so + 2 * lds);
        FloatVector c21 = FloatVector.fromArray(F, s, so + 2 * lds + LANES);
        FloatVector c30 = FloatVector.fromArray(F, s, so + 3 * lds);
        FloatVector c31 = FloatVector.fromArray(F, s, so + 3 * lds + LANES);
        int a1 = rs;
        int a2 = 2 * rs;
        int a3 = 3 * rs;
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bo);
            FloatVector b1 = FloatVector.fromArray(F, b, bo + LANES);
            FloatVector x0 = V.cast(FloatVector.broadcast(F, a[ao]));
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = V.cast(FloatVector.broadcast(F, a[ao + a1]));
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = V.cast(FloatVector.broadcast(F, a[ao + a2]));
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = V.cast(FloatVector.broadcast(F, a[ao + a3]));
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            bo += 2 * LANES;
            ao += cs;
        }
        V.cast(c00).intoArray(c, co);
        V.cast(c01).intoArray(c, co + LANES);
        V.cast(c10).intoArray(c, co + ldc);
        V.cast(c11).intoArray(c, co + ldc + LANES);
        V.cast(c20).intoArray(c, co + 2 * ldc);
        V.cast(c21).intoArray(c, co + 2 * ldc + LANES);
        V.cast(c30).intoArray(c, co + 3 * ldc);
        V.cast(c31).intoArray(c, co + 3 * ldc + LANES);
    }

    static void by1rows6(
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
        FloatVector c00 = FloatVector.fromArray(F, s, so);
        FloatVector c10 = FloatVector.fromArray(F, s, so + lds);
        FloatVector c20 = FloatVector.fromArray(F, s, so + 2 * lds);
        FloatVector c30 = FloatVector.fromArray(F, s, so + 3 * lds);
        FloatVector c40 = FloatVector.fromArray(F, s, so + 4 * lds);
        FloatVector c50 = FloatVector.fromArray(F, s, so + 5 * lds);
        int a1 = rs;
        int a2 = 2 * rs;
        int a3 = 3 * rs;
        int a4 = 4 * rs;
        int a5 = 5 * rs;
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bo);
            FloatVector x0 = V.cast(FloatVector.broadcast(F, a[ao]));
            c00 = x0.fma(b0, c00);
            FloatVector x1 = V.cast(FloatVector.broadcast(F, a[ao + a1]));
            c10 = x1.fma(b0, c10);
            FloatVector x2 = V.cast(FloatVector.broadcast(F, a[ao + a2]));
            c20 = x2.fma(b0, c20);
            FloatVector x3 = V.cast(FloatVector.broadcast(F, a[ao + a3]));
            c30 = x3.fma(b0, c30);
            FloatVector x4 = V.cast(FloatVector.broadcast(F, a[ao + a4]));
            c40 = x4.fma(b0, c40);
            FloatVector x5 = V.cast(FloatVector.broadcast(F, a[ao + a5]));
            c50 = x5.fma(b0, c50);
            bo += LANES;
            ao += cs;
        }
        V.cast(c00).intoArray(c, co);
        V.cast(c10).intoArray(c, co + ldc);
        V.cast(c20).intoArray(c, co + 2 * ldc);
        V.cast(c30).intoArray(c, co + 3 * ldc);
        V.cast(c40).intoArray(c, co + 4 * ldc);
        V.cast(c50).intoArray(c, co + 5 * ldc);
    }

    static void by1rows4(
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
        FloatVector c00 = FloatVector.fromArray(F, s, so);
        FloatVector c10 = FloatVector.fromArray(F, s, so + lds);
        FloatVector c20 = FloatVector.fromArray(F, s, so + 2 * lds);
        FloatVector c30 = FloatVector.fromArray(F, s, so + 3 * lds);
        int a1 = rs;
        int a2 = 2 * rs;
        int a3 = 3 * rs;
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bo);
            FloatVector x0 = V.cast(FloatVector.broadcast(F, a[ao]));
            c00 = x0.fma(b0, c00);
            FloatVector x1 = V.cast(FloatVector.broadcast(F, a[ao + a1]));
            c10 = x1.fma(b0, c10);
            FloatVector x2 = V.cast(FloatVector.broadcast(F, a[ao + a2]));
            c20 = x2.fma(b0, c20);
            FloatVector x3 = V.cast(FloatVector.broadcast(F, a[ao + a3]));
            c30 = x3.fma(b0, c30);
            bo += LANES;
            ao += cs;
        }
        V.cast(c00).intoArray(c, co);
        V.cast(c10).intoArray(c, co + ldc);
        V.cast(c20).intoArray(c, co + 2 * ldc);
        V.cast(c30).intoArray(c, co + 3 * ldc);
    }
}
