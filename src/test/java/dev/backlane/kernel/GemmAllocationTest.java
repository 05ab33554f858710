package dev.backlane.kernel;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.Random;
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

    /** Tiles of every height and width, over whole and broken panels. */
    @Test
    void contract8ProductsOfManyShapesAllocateNothingInTheSteadyState() {
        assumeFalse(Backend.describe().contains("emulated"), "emulated vectors are objects");
        Random random = new Random(8);
        int[] rows = {1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 25, 45};
        int[] cols = {1, 3, 8, 15, 16, 31, 33, 48, 63, 64, 65, 70, 129};
        float[] a = new float[100 * 200];
        float[] b = new float[100 * 200];
        float[] c = new float[100 * 200];
        Runnable[] calls = new Runnable[80];
        for (int i = 0; i < calls.length; i++) {
            int m = rows[random.nextInt(rows.length)];
            int n = cols[random.nextInt(cols.length)];
            int k = 1 + random.nextInt(80);
            boolean ta = random.nextBoolean();
            boolean tb = random.nextBoolean();
            float alpha = random.nextInt(4) == 0 ? 0.5f : 1;
            float beta = random.nextInt(3) / 2f;
            calls[i] = () -> Gemm.sgemm(
                    Workers.caller(), ta, tb, m, n, k, alpha, a, 0, ta ? m : k, b, 0, tb ? k : n, beta, c, 0, n);
        }
        TestArrays.assertAllocatesNothing("products of many shapes", () -> {
            for (Runnable call : calls) {
                call.run();
            }
        });
    }
}
