package dev.backlane.kernel;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.Test;

class GemmAllocationTest {
    /** Every path that borrows scratch: packed, transposed, scaled, short of rows and columns, added by way of scratch. */
    @Test
    void contract8ProductsAllocateNothingInTheSteadyState() {
        assumeFalse(Backend.describe().contains("emulated"), "emulated vectors are objects");
        int m = 45;
        int n = 70;
        int k = 80;
        float[] a = new float[m * k];
        float[] b = new float[k * n];
        float[] c = new float[m * n];
        float[] saved = new float[m * k];
        float[] dx = new float[m * k];
        TestArrays.assertAllocatesNothing("products", () -> {
            Workers workers = Workers.caller();
            Gemm.sgemm(workers, false, false, m, n, k, 1, a, 0, k, b, 0, n, 0, c, 0, n);
            Gemm.sgemm(workers, true, true, m, n, k, 0.5f, a, 0, m, b, 0, k, 0.5f, c, 0, n);
            Gemm.sgemm(workers, false, false, 1, n, k, 1, a, 0, k, b, 0, n, 1, c, 0, n);
            Dense.backwardInput(workers, Activation.TANH, m, k, n, c, 0, n, b, 0, n, saved, 0, k, dx, 0, k, true);
        });
    }
}
