package dev.backlane.kernel;

import static dev.backlane.kernel.Simd.F;
import static dev.backlane.kernel.Simd.LANES;
import static dev.backlane.kernel.Simd.V;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;

/**
 * {@link Tiles#tile} two vectors wide, for processors with 16 vector registers. Packed tiles of A and B: six rows, twelve
 * accumulators. A row-major: five rows, since the row addresses need registers too. Four rows for products of few.
 *
 * <p>They look repetitive because C2 keeps only named locals in registers. Each form is one that C2 compiles without spilling
 * under every garbage collector (which decides, by loop strip mining, how a loop is shaped): indices linear in k, so that no range
 * check stays inside; two steps of k at a time where an accumulator might be spilled all the same; and a fence between pairs
 * of rows, which is no instruction on x86 but dissuades C2 from moving all loads of a step to its top, where they take more
 * registers than there are. bench/NOTES.md has the forms that lost.
 */
final class SimdTilesBy2 {
    private SimdTilesBy2() {}

    static void rows5(
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
        int a1 = ao + rs;
        int a2 = ao + 2 * rs;
        int a3 = ao + 3 * rs;
        int a4 = ao + 4 * rs;
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bo + p * 2 * LANES);
            FloatVector b1 = FloatVector.fromArray(F, b, bo + p * 2 * LANES + LANES);
            FloatVector x0 = V.cast(FloatVector.broadcast(F, a[ao + p]));
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = V.cast(FloatVector.broadcast(F, a[a1 + p]));
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            VarHandle.loadLoadFence();
            FloatVector x2 = V.cast(FloatVector.broadcast(F, a[a2 + p]));
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = V.cast(FloatVector.broadcast(F, a[a3 + p]));
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            VarHandle.loadLoadFence();
            FloatVector x4 = V.cast(FloatVector.broadcast(F, a[a4 + p]));
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
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
    }

    static void rows5InPlace(
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
        int a1 = ao + rs;
        int a2 = ao + 2 * rs;
        int a3 = ao + 3 * rs;
        int a4 = ao + 4 * rs;
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bo);
            FloatVector b1 = FloatVector.fromArray(F, b, bo + LANES);
            FloatVector x0 = V.cast(FloatVector.broadcast(F, a[ao + p]));
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = V.cast(FloatVector.broadcast(F, a[a1 + p]));
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = V.cast(FloatVector.broadcast(F, a[a2 + p]));
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = V.cast(FloatVector.broadcast(F, a[a3 + p]));
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            FloatVector x4 = V.cast(FloatVector.broadcast(F, a[a4 + p]));
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            bo += ldb;
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
        int a1 = ao + rs;
        int a2 = ao + 2 * rs;
        int a3 = ao + 3 * rs;
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bo);
            FloatVector b1 = FloatVector.fromArray(F, b, bo + LANES);
            FloatVector x0 = V.cast(FloatVector.broadcast(F, a[ao + p]));
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = V.cast(FloatVector.broadcast(F, a[a1 + p]));
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = V.cast(FloatVector.broadcast(F, a[a2 + p]));
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = V.cast(FloatVector.broadcast(F, a[a3 + p]));
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            bo += ldb;
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

    static void packed6(
            int k, float[] a, int ao, float[] b, int bo, float[] s, int so, int lds, float[] c, int co, int ldc) {
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
        int p = 0;
        for (; p < k - 1; p += 2) {
            FloatVector b0 = FloatVector.fromArray(F, b, bo + p * 2 * LANES);
            FloatVector b1 = FloatVector.fromArray(F, b, bo + p * 2 * LANES + LANES);
            FloatVector x0 = V.cast(FloatVector.broadcast(F, a[ao + p * 6]));
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = V.cast(FloatVector.broadcast(F, a[ao + p * 6 + 1]));
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            VarHandle.loadLoadFence();
            FloatVector x2 = V.cast(FloatVector.broadcast(F, a[ao + p * 6 + 2]));
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = V.cast(FloatVector.broadcast(F, a[ao + p * 6 + 3]));
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            VarHandle.loadLoadFence();
            FloatVector x4 = V.cast(FloatVector.broadcast(F, a[ao + p * 6 + 4]));
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            FloatVector x5 = V.cast(FloatVector.broadcast(F, a[ao + p * 6 + 5]));
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            VarHandle.loadLoadFence();
            FloatVector b2 = FloatVector.fromArray(F, b, bo + p * 2 * LANES + 2 * LANES);
            FloatVector b3 = FloatVector.fromArray(F, b, bo + p * 2 * LANES + 3 * LANES);
            FloatVector x6 = V.cast(FloatVector.broadcast(F, a[ao + p * 6 + 6]));
            c00 = x6.fma(b2, c00);
            c01 = x6.fma(b3, c01);
            FloatVector x7 = V.cast(FloatVector.broadcast(F, a[ao + p * 6 + 7]));
            c10 = x7.fma(b2, c10);
            c11 = x7.fma(b3, c11);
            VarHandle.loadLoadFence();
            FloatVector x8 = V.cast(FloatVector.broadcast(F, a[ao + p * 6 + 8]));
            c20 = x8.fma(b2, c20);
            c21 = x8.fma(b3, c21);
            FloatVector x9 = V.cast(FloatVector.broadcast(F, a[ao + p * 6 + 9]));
            c30 = x9.fma(b2, c30);
            c31 = x9.fma(b3, c31);
            VarHandle.loadLoadFence();
            FloatVector x10 = V.cast(FloatVector.broadcast(F, a[ao + p * 6 + 10]));
            c40 = x10.fma(b2, c40);
            c41 = x10.fma(b3, c41);
            FloatVector x11 = V.cast(FloatVector.broadcast(F, a[ao + p * 6 + 11]));
            c50 = x11.fma(b2, c50);
            c51 = x11.fma(b3, c51);
        }
        if (p < k) {
            FloatVector b0 = FloatVector.fromArray(F, b, bo + p * 2 * LANES);
            FloatVector b1 = FloatVector.fromArray(F, b, bo + p * 2 * LANES + LANES);
            FloatVector x0 = V.cast(FloatVector.broadcast(F, a[ao + p * 6]));
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = V.cast(FloatVector.broadcast(F, a[ao + p * 6 + 1]));
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            VarHandle.loadLoadFence();
            FloatVector x2 = V.cast(FloatVector.broadcast(F, a[ao + p * 6 + 2]));
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = V.cast(FloatVector.broadcast(F, a[ao + p * 6 + 3]));
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            VarHandle.loadLoadFence();
            FloatVector x4 = V.cast(FloatVector.broadcast(F, a[ao + p * 6 + 4]));
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            FloatVector x5 = V.cast(FloatVector.broadcast(F, a[ao + p * 6 + 5]));
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
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

    static void packed4(
            int k, float[] a, int ao, float[] b, int bo, float[] s, int so, int lds, float[] c, int co, int ldc) {
        FloatVector c00 = FloatVector.fromArray(F, s, so);
        FloatVector c01 = FloatVector.fromArray(F, s, so + LANES);
        FloatVector c10 = FloatVector.fromArray(F, s, so + lds);
        FloatVector c11 = FloatVector.fromArray(F, s, so + lds + LANES);
        FloatVector c20 = FloatVector.fromArray(F, s, so + 2 * lds);
        FloatVector c21 = FloatVector.fromArray(F, s, so + 2 * lds + LANES);
        FloatVector c30 = FloatVector.fromArray(F, s, so + 3 * lds);
        FloatVector c31 = FloatVector.fromArray(F, s, so + 3 * lds + LANES);
        int p = 0;
        for (; p < k - 1; p += 2) {
            FloatVector b0 = FloatVector.fromArray(F, b, bo + p * 2 * LANES);
            FloatVector b1 = FloatVector.fromArray(F, b, bo + p * 2 * LANES + LANES);
            FloatVector x0 = V.cast(FloatVector.broadcast(F, a[ao + p * 4]));
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = V.cast(FloatVector.broadcast(F, a[ao + p * 4 + 1]));
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            VarHandle.loadLoadFence();
            FloatVector x2 = V.cast(FloatVector.broadcast(F, a[ao + p * 4 + 2]));
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = V.cast(FloatVector.broadcast(F, a[ao + p * 4 + 3]));
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            VarHandle.loadLoadFence();
            FloatVector b2 = FloatVector.fromArray(F, b, bo + p * 2 * LANES + 2 * LANES);
            FloatVector b3 = FloatVector.fromArray(F, b, bo + p * 2 * LANES + 3 * LANES);
            FloatVector x4 = V.cast(FloatVector.broadcast(F, a[ao + p * 4 + 4]));
            c00 = x4.fma(b2, c00);
            c01 = x4.fma(b3, c01);
            FloatVector x5 = V.cast(FloatVector.broadcast(F, a[ao + p * 4 + 5]));
            c10 = x5.fma(b2, c10);
            c11 = x5.fma(b3, c11);
            VarHandle.loadLoadFence();
            FloatVector x6 = V.cast(FloatVector.broadcast(F, a[ao + p * 4 + 6]));
            c20 = x6.fma(b2, c20);
            c21 = x6.fma(b3, c21);
            FloatVector x7 = V.cast(FloatVector.broadcast(F, a[ao + p * 4 + 7]));
            c30 = x7.fma(b2, c30);
            c31 = x7.fma(b3, c31);
        }
        if (p < k) {
            FloatVector b0 = FloatVector.fromArray(F, b, bo + p * 2 * LANES);
            FloatVector b1 = FloatVector.fromArray(F, b, bo + p * 2 * LANES + LANES);
            FloatVector x0 = V.cast(FloatVector.broadcast(F, a[ao + p * 4]));
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = V.cast(FloatVector.broadcast(F, a[ao + p * 4 + 1]));
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            VarHandle.loadLoadFence();
            FloatVector x2 = V.cast(FloatVector.broadcast(F, a[ao + p * 4 + 2]));
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = V.cast(FloatVector.broadcast(F, a[ao + p * 4 + 3]));
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
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
}
