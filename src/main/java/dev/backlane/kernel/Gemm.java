package dev.backlane.kernel;

/** General matrix product of row-major matrices, as BLAS names it. */
public final class Gemm {
    private Gemm() {}

    /**
     * {@code C ← alpha·op(A)·op(B) + beta·C}.
     *
     * <p>op(A) is m×k, op(B) is k×n, C is m×n; op(X) is X, or its transpose where the flag is set, so that A itself is m×k or
     * k×m and B itself k×n or n×k. Element (i, j) of a matrix X lies at {@code x[xOffset + i·ldx + j]}.
     *
     * <p>Each element of C is one chain of fused multiply-adds in ascending k, started at {@code beta·C}, with alpha applied to
     * A's element first; so the result has the same bits on every backend and number of threads. {@code beta == 0} does not
     * read C; {@code alpha == 0} or {@code k == 0} reads neither A nor B. NaN and infinity propagate otherwise.
     *
     * @param workers the threads it may use
     * @param transposeA whether op(A) is Aᵀ
     * @param transposeB whether op(B) is Bᵀ
     * @param m rows of op(A) and C
     * @param n columns of op(B) and C
     * @param k columns of op(A), rows of op(B)
     * @param alpha factor of the product
     * @param a A
     * @param aOffset where A starts
     * @param lda distance of A's rows, at least its columns
     * @param b B
     * @param bOffset where B starts
     * @param ldb distance of B's rows, at least its columns
     * @param beta factor of the old C
     * @param c C, overwritten; must not overlap A or B
     * @param cOffset where C starts
     * @param ldc distance of C's rows, at least n
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or C overlaps A or B; nothing
     *     is written then
     */
    public static void sgemm(
            Workers workers,
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            float alpha,
            float[] a,
            int aOffset,
            int lda,
            float[] b,
            int bOffset,
            int ldb,
            float beta,
            float[] c,
            int cOffset,
            int ldc) {
        Args.notNull("workers", workers).checkOpen();
        Args.size("m", m);
        Args.size("n", n);
        Args.size("k", k);
        int aRows = transposeA ? k : m;
        int aCols = transposeA ? m : k;
        int bRows = transposeB ? n : k;
        int bCols = transposeB ? k : n;
        Args.matrix("a", a, aOffset, aRows, aCols, lda);
        Args.matrix("b", b, bOffset, bRows, bCols, ldb);
        Args.matrix("c", c, cOffset, m, n, ldc);
        Args.disjoint("c", c, cOffset, m, n, ldc, "a", a, aOffset, aRows, aCols, lda);
        Args.disjoint("c", c, cOffset, m, n, ldc, "b", b, bOffset, bRows, bCols, ldb);
        if (m == 0 || n == 0) {
            return;
        }
        boolean product = k > 0 && alpha != 0;
        if (beta != 0 && beta != 1) {
            for (int i = 0; i < m; i++) {
                Kernels.SWEEPS.scale(n, beta, c, cOffset + i * ldc, c, cOffset + i * ldc);
            }
        }
        if (!product && beta != 0) {
            return;
        }
        GemmCall call = GemmCall.take()
                .size(m, n, product ? k : 0)
                .a(transposeA, alpha, a, aOffset, lda)
                .b(transposeB, b, bOffset, ldb);
        (beta == 0 ? call.overwrite(c, cOffset, ldc) : call.addTo(c, cOffset, ldc)).run(workers);
    }
}
