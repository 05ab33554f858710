package dev.backlane.kernel;

import java.util.Arrays;

/** Copies of operands into the order in which tiles read them: plain loops, for every backend. */
final class Packing {
    private Packing() {}

    /** {@link Tiles#packPanel} for panels of {@code cols} columns. */
    static void panel(int cols, int k, int width, float[] b, int bo, int ldb, float[] to, int t) {
        for (int p = 0; p < k; p++, bo += ldb, t += cols) {
            System.arraycopy(b, bo, to, t, width);
            Arrays.fill(to, t + width, t + cols, 0);
        }
    }

    /**
     * {@code to[t + p·ldTo + j] ← b[bo + j·ldb + p]} for j below {@code width}, zero from there to {@code cols}; four p at a time,
     * so that what is written is written in order.
     */
    static void transpose(int cols, int k, int width, float[] b, int bo, int ldb, float[] to, int t, int ldTo) {
        int p = 0;
        for (; p + 4 <= k; p += 4, t += 4 * ldTo) {
            for (int j = 0, at = bo + p; j < width; j++, at += ldb) {
                to[t + j] = b[at];
                to[t + ldTo + j] = b[at + 1];
                to[t + 2 * ldTo + j] = b[at + 2];
                to[t + 3 * ldTo + j] = b[at + 3];
            }
        }
        for (; p < k; p++, t += ldTo) {
            for (int j = 0, at = bo + p; j < width; j++, at += ldb) {
                to[t + j] = b[at];
            }
        }
        if (width < cols) {
            for (int q = 0; q < k; q++) {
                t -= ldTo;
                Arrays.fill(to, t + width, t + cols, 0);
            }
        }
    }

    /**
     * Tile panels of A with alpha applied: {@code to[p·height + i] ← alpha·A[i][p]}, zeros for rows from {@code rows} to
     * {@code height}; element (i, p) of A at {@code ao + i·rs + p·cs}.
     */
    static void tileOfA(
            int height, int rows, int k, float alpha, float[] a, int ao, int rs, int cs, float[] to, int t) {
        for (int i = 0; i < height; i++) {
            if (i < rows) {
                for (int p = 0, at = ao + i * rs; p < k; p++, at += cs) {
                    to[t + p * height + i] = alpha * a[at];
                }
            } else {
                for (int p = 0; p < k; p++) {
                    to[t + p * height + i] = 0;
                }
            }
        }
    }

    /** {@code to[i·strip + p] ← alpha·A[i][p]}, A row-major; or columns, where A lies by these. */
    static void rows(int rows, int k, float alpha, float[] a, int ao, int lda, float[] to, int strip) {
        for (int i = 0, t = 0; i < rows; i++, ao += lda, t += strip) {
            if (alpha == 1) {
                System.arraycopy(a, ao, to, t, k);
            } else {
                Kernels.SWEEPS.scale(k, alpha, a, ao, to, t);
            }
        }
    }

    /** {@link Tiles#addRows}, plain. */
    static void addRows(int k, int n, float[] b, int bo, int ldb, float[] sum, int sumOffset) {
        for (int p = 0; p < k; p++, bo += ldb) {
            for (int j = 0; j < n; j++) {
                sum[sumOffset + j] += b[bo + j];
            }
        }
    }
}
