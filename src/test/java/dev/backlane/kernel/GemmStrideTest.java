package dev.backlane.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class GemmStrideTest {
    /** A leading dimension is the distance to a row that is not there: any number will do. */
    @Test
    void contract1ALoneRowMayHaveAnyLeadingDimension() {
        int k = 20;
        int n = 35;
        float[] a = new float[k];
        float[] b = new float[k * n];
        for (int i = 0; i < b.length; i++) {
            a[i % k] = i % 7 - 3;
            b[i] = i % 5 - 2;
        }
        for (float alpha : new float[] {1, 0.5f}) {
            for (boolean transposeB : new boolean[] {false, true}) {
                int ldb = transposeB ? k : n;
                float[] expected = new float[n];
                float[] c = new float[n];
                Gemm.sgemm(Workers.caller(), false, transposeB, 1, n, k, alpha, a, 0, k, b, 0, ldb, 0, expected, 0, n);
                for (int ld : new int[] {1 << 29, Integer.MAX_VALUE}) {
                    Gemm.sgemm(Workers.caller(), false, transposeB, 1, n, k, alpha, a, 0, ld, b, 0, ldb, 0, c, 0, ld);
                    assertArrayEquals(expected, c, alpha + ", transposed B " + transposeB + ", " + ld);
                }
            }
        }
    }
}
