package dev.backlane.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ConcurrencyTest {
    /** More callers than the pools have slots, on shared inputs and shared workers. */
    @Test
    @Timeout(120)
    void contract7AnyNumberOfCallersAtOnce() throws InterruptedException {
        int m = 33;
        int n = 129;
        int k = 65;
        float[] a = ramp(m * k);
        float[] b = ramp(k * n);
        float[] bias = ramp(n);
        int[] labels = new int[m];
        float[] expected = new float[m * n + 1 + 8 * k];
        work(Workers.caller(), m, n, k, a, b, bias, labels, expected);
        int callers = Pool.SLOTS + 16;
        CyclicBarrier together = new CyclicBarrier(callers);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Workers two = Workers.of(2)) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < callers; t++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        float[] c = new float[expected.length];
                        together.await();
                        for (int i = 0; i < 5; i++) {
                            work(two, m, n, k, a, b, bias, labels, c);
                            assertArrayEquals(expected, c);
                        }
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertNull(failure.get());
    }

    /** Every kind of kernel that borrows: calls, packed operands, lanes of sums, chunks. */
    private static void work(
            Workers workers, int m, int n, int k, float[] a, float[] b, float[] bias, int[] labels, float[] c) {
        Dense.forward(workers, Activation.TANH, m, k, n, a, 0, k, b, 0, n, bias, 0, null, 0, 0, c, 0, n);
        c[m * n] = (float) Losses.softmaxCrossEntropy(m, n, 1, c, 0, n, labels, 0, null, 0, c, 0, n);
        int dx = m * n + 1;
        Arrays.fill(c, dx, c.length, 0.5f);
        Dense.backwardInput(workers, Activation.SILU, 8, k, n, c, 0, n, b, 0, n, a, 0, k, c, dx, k, true);
        Elementwise.secondDerivative(Activation.GELU, 8 * k, a, 0, c, dx, c, dx);
    }

    private static float[] ramp(int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (i % 13 - 6) / 8f;
        }
        return x;
    }
}
