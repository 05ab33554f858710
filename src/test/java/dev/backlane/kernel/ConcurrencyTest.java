package dev.backlane.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

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
        try (Workers two = Workers.ofAny(2)) {
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

    /** Interrupted again and again while it works: the bits are right, and the flag is kept. */
    @Test
    @Timeout(60)
    void anInterruptedCallerGetsTheSameBits() throws InterruptedException {
        int n = 96;
        float[] a = ramp(n * n);
        float[] expected = product(Workers.caller(), n, a);
        AtomicBoolean done = new AtomicBoolean();
        Thread caller = Thread.currentThread();
        Thread interrupter = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                caller.interrupt();
                Thread.onSpinWait();
            }
        });
        boolean kept = true;
        try (Workers two = Workers.ofAny(2)) {
            for (int i = 0; i < 100; i++) {
                caller.interrupt();
                assertArrayEquals(expected, product(two, n, a));
                kept &= caller.isInterrupted();
            }
        }
        done.set(true);
        while (interrupter.isAlive()) {
            Thread.onSpinWait();
        }
        Thread.interrupted(); // not left to the tests that follow
        assertTrue(kept);
    }

    /** Closed under many callers: each product is whole, or refused before its first write, which is the scaling by beta. */
    @Test
    @Timeout(60)
    void closedWhileKernelsRun() throws InterruptedException {
        int n = 96;
        float[] a = ramp(n * n);
        float[] expected = new float[n * n];
        Arrays.fill(expected, 7);
        Gemm.sgemm(Workers.caller(), false, false, n, n, n, 1, a, 0, n, a, 0, n, 0.5f, expected, 0, n);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicInteger whole = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        for (int round = 0; round < 40; round++) {
            Workers two = Workers.ofAny(2);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    float[] c = new float[n * n];
                    try {
                        while (true) {
                            Arrays.fill(c, 7);
                            Gemm.sgemm(two, false, false, n, n, n, 1, a, 0, n, a, 0, n, 0.5f, c, 0, n);
                            assertArrayEquals(expected, c);
                            whole.incrementAndGet();
                        }
                    } catch (IllegalStateException e) {
                        refused.incrementAndGet();
                        for (float x : c) {
                            failure.compareAndSet(null, x == 7 ? null : new AssertionError("written and refused"));
                        }
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                }));
            }
            Thread.sleep(0, 1 + round * 20_000);
            two.close();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertNull(failure.get());
        assertEquals(40 * 3, refused.get());
        assertTrue(whole.get() > 0);
    }

    /** Those of products and updates are in tests of their own. */
    @Test
    void layersRefuseClosedWorkersBeforeTheFirstWrite() {
        Workers closed = Workers.of(2);
        closed.close();
        float[] in = {1};
        float[] out = {7};
        float[] sum = {7};
        List<Executable> layers = List.of(
                () -> Dense.forward(closed, Activation.RELU, 1, 1, 1, in, 0, 1, in, 0, 1, in, 0, null, 0, 0, out, 0, 1),
                () -> Dense.backwardWeights(closed, 1, 1, 1, in, 0, 1, in, 0, 1, out, 0, 1, sum, 0, false),
                () -> Dense.backwardInput(
                        closed, Activation.RELU, 1, 1, 1, in, 0, 1, in, 0, 1, in, 0, 1, out, 0, 1, false));
        for (Executable layer : layers) {
            assertThrows(IllegalStateException.class, layer);
            assertArrayEquals(new float[] {7}, out);
            assertArrayEquals(new float[] {7}, sum);
        }
    }

    @Test
    @Timeout(60)
    void virtualThreadsGetTheSameBits() throws InterruptedException {
        int n = 96;
        float[] a = ramp(n * n);
        float[] expected = product(Workers.caller(), n, a);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Workers two = Workers.ofAny(2)) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 300; t++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        assertArrayEquals(expected, product(two, n, a));
                        LockSupport.parkNanos(1);
                        assertArrayEquals(expected, product(two, n, a));
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

    /** Large enough for two threads. */
    private static float[] product(Workers workers, int n, float[] a) {
        float[] c = new float[n * n];
        Gemm.sgemm(workers, false, false, n, n, n, 1, a, 0, n, a, 0, n, 0, c, 0, n);
        return c;
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
