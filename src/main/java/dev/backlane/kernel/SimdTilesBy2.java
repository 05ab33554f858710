package dev.backlane.kernel;

import static dev.backlane.kernel.Simd.F;
import static dev.backlane.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * {@link Tiles#tile} two vectors wide, for processors with 16 vector registers: six rows, twelve accumulators; four rows for what
 * sixes leave. Each once for a row-major A, whose step along k is 1, and B packed or in place; and once for a packed tile of A, whose
 * step is its height.
 *
 * <p>They look repetitive because C2 keeps only named locals in registers, and reach the FMA peak only in this form
 * (bench/NOTES.md has the figures): the step along A is a compile-time constant, a variable one costs a tenth; the row offsets
 * are not, for once C2 folds them into one another it hoists all loads of a step and spills; for the same reason the loop is not
 * unrolled, and it counts k rather than an index, so that range checks stay in it, where they order the loads and cost nothing.
 */
final class SimdTilesBy2 {
    private SimdTilesBy2() {}

    static void rows6(
            int k,
            float[] a,
            int ao,
            int rs,
            float[] b,
            int bo,
            int ldb,
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
            FloatVector x0 = FloatVector.broadcast(F, a[ao]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(F, a[ao + a1]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(F, a[ao + a2]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(F, a[ao + a3]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            FloatVector x4 = FloatVector.broadcast(F, a[ao + a4]);
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            FloatVector x5 = FloatVector.broadcast(F, a[ao + a5]);
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            bo += ldb;
            ao++;
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + LANES);
        c10.intoArray(c, co + ldc);
        c11.intoArray(c, co + ldc + LANES);
        c20.intoArray(c, co + 2 * ldc);
        c21.intoArray(c, co + 2 * ldc + LANES);
        c30.intoArray(c, co + 3 * ldc);
        c31.intoArray(c, co + 3 * ldc + LANES);
        c40.intoArray(c, co + 4 * ldc);
        c41.intoArray(c, co + 4 * ldc + LANES);
        c50.intoArray(c, co + 5 * ldc);
        c51.intoArray(c, co + 5 * ldc + LANES);
    }

    static void rows4(
            int k,
            float[] a,
            int ao,
            int rs,
            float[] b,
            int bo,
            int ldb,
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
            FloatVector x0 = FloatVector.broadcast(F, a[ao]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(F, a[ao + a1]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(F, a[ao + a2]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(F, a[ao + a3]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            bo += ldb;
            ao++;
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + LANES);
        c10.intoArray(c, co + ldc);
        c11.intoArray(c, co + ldc + LANES);
        c20.intoArray(c, co + 2 * ldc);
        c21.intoArray(c, co + 2 * ldc + LANES);
        c30.intoArray(c, co + 3 * ldc);
        c31.intoArray(c, co + 3 * ldc + LANES);
    }

    static void packed6(
            int k,
            float[] a,
            int ao,
            int rs,
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
            FloatVector x0 = FloatVector.broadcast(F, a[ao]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(F, a[ao + a1]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(F, a[ao + a2]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(F, a[ao + a3]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            FloatVector x4 = FloatVector.broadcast(F, a[ao + a4]);
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            FloatVector x5 = FloatVector.broadcast(F, a[ao + a5]);
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            bo += 2 * LANES;
            ao += 6;
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + LANES);
        c10.intoArray(c, co + ldc);
        c11.intoArray(c, co + ldc + LANES);
        c20.intoArray(c, co + 2 * ldc);
        c21.intoArray(c, co + 2 * ldc + LANES);
        c30.intoArray(c, co + 3 * ldc);
        c31.intoArray(c, co + 3 * ldc + LANES);
        c40.intoArray(c, co + 4 * ldc);
        c41.intoArray(c, co + 4 * ldc + LANES);
        c50.intoArray(c, co + 5 * ldc);
        c51.intoArray(c, co + 5 * ldc + LANES);
    }

    static void packed4(
            int k,
            float[] a,
            int ao,
            int rs,
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
            FloatVector x0 = FloatVector.broadcast(F, a[ao]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(F, a[ao + a1]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(F, a[ao + a2]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(F, a[ao + a3]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            bo += 2 * LANES;
            ao += 4;
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + LANES);
        c10.intoArray(c, co + ldc);
        c11.intoArray(c, co + ldc + LANES);
        c20.intoArray(c, co + 2 * ldc);
        c21.intoArray(c, co + 2 * ldc + LANES);
        c30.intoArray(c, co + 3 * ldc);
        c31.intoArray(c, co + 3 * ldc + LANES);
    }
}
