package dev.backlane.embedders;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.backlane.kernel.Gemm;
import dev.backlane.kernel.Workers;
import dev.ludovic.netlib.blas.JavaBLAS;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Callers that speak BLAS, column by column. */
class NetlibTest {
    /** The signature of netlib's {@code BLAS.sgemm}. */
    @FunctionalInterface
    interface Sgemm {
        void call(
                String transa,
                String transb,
                int m,
                int n,
                int k,
                float alpha,
                float[] a,
                int offseta,
                int lda,
                float[] b,
                int offsetb,
                int ldb,
                float beta,
                float[] c,
                int offsetc,
                int ldc);
    }

    /** The signature of netlib's {@code BLAS.sgemv}. */
    @FunctionalInterface
    interface Sgemv {
        void call(
                String trans,
                int m,
                int n,
                float alpha,
                float[] a,
                int offseta,
                int lda,
                float[] x,
                int offsetx,
                int incx,
                float beta,
                float[] y,
                int offsety,
                int incy);
    }

    static boolean transposed(String trans) {
        return switch (trans) {
            case "N", "n" -> false;
            case "T", "t", "C", "c" -> true;
            default -> throw new IllegalArgumentException("trans must be N, T or C, but is " + trans);
        };
    }

    /** C ← alpha·op(A)·op(B) + beta·C by columns, which is Cᵀ ← alpha·op(B)ᵀ·op(A)ᵀ + beta·Cᵀ by rows. */
    static void sgemm(
            String transa,
            String transb,
            int m,
            int n,
            int k,
            float alpha,
            float[] a,
            int offseta,
            int lda,
            float[] b,
            int offsetb,
            int ldb,
            float beta,
            float[] c,
            int offsetc,
            int ldc) {
        boolean swappedA = transposed(transb);
        boolean swappedB = transposed(transa);
        Gemm.sgemm(
                Workers.caller(),
                swappedA,
                swappedB,
                n,
                m,
                k,
                alpha,
                b,
                offsetb,
                ldb,
                a,
                offseta,
                lda,
                beta,
                c,
                offsetc,
                ldc);
    }

    /** y ← alpha·op(A)·x + beta·y, A m×n by columns; a vector with gaps is a column whose rows are that far apart. */
    static void sgemv(
            String trans,
            int m,
            int n,
            float alpha,
            float[] a,
            int offseta,
            int lda,
            float[] x,
            int offsetx,
            int incx,
            float beta,
            float[] y,
            int offsety,
            int incy) {
        boolean byRows = !transposed(trans);
        int rows = byRows ? m : n;
        int cols = byRows ? n : m;
        Gemm.sgemm(
                Workers.caller(),
                byRows,
                false,
                rows,
                1,
                cols,
                alpha,
                a,
                offseta,
                lda,
                x,
                offsetx,
                incx,
                beta,
                y,
                offsety,
                incy);
    }

    @Test
    void productsAreThoseOfNetlib() {
        Random random = new Random(2);
        Sgemm netlib = JavaBLAS.getInstance()::sgemm;
        Sgemm ours = NetlibTest::sgemm;
        int m = 23;
        int n = 37;
        int k = 41;
        int ld = 50;
        for (String transa : new String[] {"N", "T"}) {
            for (String transb : new String[] {"n", "t"}) {
                for (float beta : new float[] {0, 1, 0.5f}) {
                    float[] a = Steady.random(random, 3 + ld * ld);
                    float[] b = Steady.random(random, 5 + ld * ld);
                    float[] c = Steady.random(random, 7 + ld * ld);
                    float[] expected = c.clone();
                    netlib.call(transa, transb, m, n, k, 0.75f, a, 3, ld, b, 5, ld, beta, expected, 7, ld);
                    ours.call(transa, transb, m, n, k, 0.75f, a, 3, ld, b, 5, ld, beta, c, 7, ld);
                    Steady.assertClose(expected, c);
                }
            }
        }
        float[] none = new float[1];
        assertThrows(
                IllegalArgumentException.class,
                () -> ours.call("X", "N", 1, 1, 1, 1, none, 0, 1, none, 0, 1, 0, new float[1], 0, 1));
    }

    @Test
    void vectorsWithGapsToo() {
        Random random = new Random(3);
        Sgemv netlib = JavaBLAS.getInstance()::sgemv;
        Sgemv ours = NetlibTest::sgemv;
        for (String trans : new String[] {"N", "T"}) {
            for (int inc = 1; inc <= 3; inc++) {
                float[] a = Steady.random(random, 2 + 40 * 40);
                float[] x = Steady.random(random, 4 + 40 * 3);
                float[] y = Steady.random(random, 6 + 40 * 3);
                float[] expected = y.clone();
                netlib.call(trans, 29, 31, 0.75f, a, 2, 40, x, 4, inc, 0.5f, expected, 6, inc);
                ours.call(trans, 29, 31, 0.75f, a, 2, 40, x, 4, inc, 0.5f, y, 6, inc);
                Steady.assertClose(expected, y);
            }
        }
    }

    @Test
    void nothingIsCopied() {
        Random random = new Random(4);
        float[] a = Steady.random(random, 40 * 40);
        float[] b = Steady.random(random, 40 * 40);
        float[] c = new float[40 * 40];
        Steady.assertAllocatesNothing(() -> {
            sgemm("N", "T", 33, 29, 37, 1, a, 0, 40, b, 0, 40, 0, c, 0, 40);
            sgemv("T", 33, 29, 1, a, 0, 40, b, 0, 1, 0, c, 0, 1);
        });
    }
}
