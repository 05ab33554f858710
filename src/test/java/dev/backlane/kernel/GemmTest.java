package dev.backlane.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.junit.jupiter.api.Test;

class GemmTest {
    private static final Workers TWO = Workers.of(2);
    private static final Workers THREE = Workers.of(3);
    private static final float[] ALPHAS = {1, 1, 1, 0, -0.75f};
    private static final float[] BETAS = {0, 1, 0.5f};

    @AfterContainer
    static void closeWorkers() {
        TWO.close();
        THREE.close();
    }

    @Provide
    Arbitrary<Integer> size() {
        return Sizes.small();
    }

    @Provide
    Arbitrary<Integer> depth() {
        return Sizes.depth();
    }

    /** One product with all its operands, so that it can be run again in other ways. */
    private record Case(
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            float alpha,
            float beta,
            TestMatrix a,
            TestMatrix b,
            TestMatrix c) {
        static Case random(long seed, int m, int n, int k) {
            SplittableRandom random = new SplittableRandom(seed);
            boolean transposeA = random.nextBoolean();
            boolean transposeB = random.nextBoolean();
            float alpha = ALPHAS[random.nextInt(ALPHAS.length)];
            float beta = BETAS[random.nextInt(BETAS.length)];
            TestMatrix a = transposeA ? TestMatrix.random(random, k, m) : TestMatrix.random(random, m, k);
            TestMatrix b = transposeB ? TestMatrix.random(random, n, k) : TestMatrix.random(random, k, n);
            TestMatrix c = TestMatrix.random(random, m, n);
            if (beta == 0) {
                c.fill(Float.NaN);
            }
            return new Case(transposeA, transposeB, m, n, k, alpha, beta, a, b, c);
        }

        float a(int i, int p) {
            return transposeA ? a.get(p, i) : a.get(i, p);
        }

        float b(int p, int j) {
            return transposeB ? b.get(j, p) : b.get(p, j);
        }

        TestMatrix run(Workers workers) {
            TestMatrix result = c.copy();
            Gemm.sgemm(
                    workers,
                    transposeA,
                    transposeB,
                    m,
                    n,
                    k,
                    alpha,
                    a.array,
                    a.offset,
                    a.ld,
                    b.array,
                    b.offset,
                    b.ld,
                    beta,
                    result.array,
                    result.offset,
                    result.ld);
            return result;
        }
    }

    @Property(tries = 300)
    void contract2AccuracyAgainstDoubles(
            @ForAll long seed, @ForAll("size") int m, @ForAll("size") int n, @ForAll("depth") int k) {
        Case it = Case.random(seed, m, n, k);
        TestMatrix c = it.run(Workers.caller());
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                double size = 0;
                for (int p = 0; p < k; p++) {
                    double term = (double) it.alpha * it.a(i, p) * it.b(p, j);
                    sum += term;
                    size += Math.abs(term);
                }
                if (it.beta != 0) {
                    sum += (double) it.beta * it.c.get(i, j);
                    size += Math.abs((double) it.beta * it.c.get(i, j));
                }
                double error = Math.abs(c.get(i, j) - sum);
                // Written so that a NaN fails.
                assertTrue(error <= TestMatrix.gamma(k + 2) * size, it + " at " + i + ", " + j + ": error " + error);
            }
        }
        c.assertCanaries("c");
        it.a.assertUntouched("a");
        it.b.assertUntouched("b");
    }

    /** The contract's own sentence, written down: this is what every backend must give. */
    @Property(tries = 300)
    void contract1EachElementIsOneAscendingChain(
            @ForAll long seed, @ForAll("size") int m, @ForAll("size") int n, @ForAll("depth") int k) {
        Case it = Case.random(seed, m, n, k);
        TestMatrix expected = it.c.copy();
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                float chain = it.beta == 0 ? 0 : it.beta * it.c.get(i, j);
                for (int p = 0; p < k && it.alpha != 0; p++) {
                    chain = Fma.fma(it.alpha * it.a(i, p), it.b(p, j), chain);
                }
                expected.set(i, j, chain);
            }
        }
        expected.assertSameBits(it.run(Workers.caller()), it + " on one thread");
        expected.assertSameBits(it.run(TWO), it + " on two threads");
        expected.assertSameBits(it.run(THREE), it + " on three threads");
    }

    @Test
    void contract1LargeProductsOnAnyNumberOfThreads() {
        for (int[] size : new int[][] {{131, 150, 401}, {257, 129, 70}, {1, 3000, 300}, {40, 2100, 33}}) {
            Case it = Case.random(size[0], size[0], size[1], size[2]);
            TestMatrix one = it.run(Workers.caller());
            one.assertSameBits(it.run(TWO), it + " on two threads");
            one.assertSameBits(it.run(THREE), it + " on three threads");
        }
    }

    @Property(tries = 60)
    void contract1ARowHasTheSameBitsInAnyBatch(@ForAll long seed, @ForAll("size") int m, @ForAll("depth") int k) {
        if (m == 0) {
            return;
        }
        int n = 37;
        SplittableRandom random = new SplittableRandom(seed);
        TestMatrix a = TestMatrix.random(random, m, k);
        TestMatrix b = TestMatrix.random(random, k, n);
        float[] all = new float[m * n];
        Gemm.sgemm(
                Workers.caller(),
                false,
                false,
                m,
                n,
                k,
                1,
                a.array,
                a.offset,
                a.ld,
                b.array,
                b.offset,
                b.ld,
                0,
                all,
                0,
                n);
        float[] one = new float[n];
        int row = random.nextInt(m);
        Gemm.sgemm(
                Workers.caller(),
                false,
                false,
                1,
                n,
                k,
                1,
                a.array,
                a.offset + row * a.ld,
                a.ld,
                b.array,
                b.offset,
                b.ld,
                0,
                one,
                0,
                n);
        for (int j = 0; j < n; j++) {
            TestMatrix.assertSameBits(all[row * n + j], one[j], "row " + row + " of " + m + " at " + j);
        }
    }

    @Property(tries = 40)
    void timesTheIdentityIsTheMatrix(@ForAll long seed, @ForAll("size") int m, @ForAll("size") int n) {
        SplittableRandom random = new SplittableRandom(seed);
        TestMatrix a = TestMatrix.random(random, m, n);
        TestMatrix c = TestMatrix.random(random, m, n);
        c.fill(Float.NaN);
        float[] identity = new float[n * n];
        for (int i = 0; i < n; i++) {
            identity[i * n + i] = 1;
        }
        Gemm.sgemm(
                Workers.caller(),
                false,
                false,
                m,
                n,
                n,
                1,
                a.array,
                a.offset,
                a.ld,
                identity,
                0,
                Math.max(1, n),
                0,
                c.array,
                c.offset,
                c.ld);
        a.assertSameBits(c, "A·I");
    }

    @Test
    void contract3NanAndInfinityPropagate() {
        int n = 40;
        int k = 9;
        for (float special : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (int m : new int[] {1, 3, 4, 6, 13}) {
                float[] a = new float[m * k];
                float[] b = new float[k * n];
                Arrays.fill(a, 1);
                Arrays.fill(b, 1);
                a[(m - 1) * k + 4] = special;
                float[] c = new float[m * n];
                Gemm.sgemm(Workers.caller(), false, false, m, n, k, 1, a, 0, k, b, 0, n, 0, c, 0, n);
                for (int i = 0; i < m; i++) {
                    for (int j = 0; j < n; j++) {
                        TestMatrix.assertSameBits(i == m - 1 ? special : k, c[i * n + j], "m " + m + " at " + i);
                    }
                }
                // 0·NaN and 0·∞ are NaN: a zero in B must not hide what A holds.
                b[4 * n + 7] = 0;
                Gemm.sgemm(Workers.caller(), false, false, m, n, k, 1, a, 0, k, b, 0, n, 0, c, 0, n);
                assertTrue(Float.isNaN(c[(m - 1) * n + 7]));
            }
        }
    }

    @Test
    void contract3AlphaZeroOrKZeroReadsNeitherAnorB() {
        float[] nan = {Float.NaN, Float.NaN, Float.NaN, Float.NaN};
        float[] c = {1, 2, 3, 4};
        Gemm.sgemm(Workers.caller(), false, false, 2, 2, 2, 0, nan, 0, 2, nan, 0, 2, 0.5f, c, 0, 2);
        assertArrayEquals(new float[] {0.5f, 1, 1.5f, 2}, c);
        Gemm.sgemm(Workers.caller(), false, false, 2, 2, 0, 1, nan, 0, 2, nan, 0, 2, 2, c, 0, 2);
        assertArrayEquals(new float[] {1, 2, 3, 4}, c);
        c[1] = Float.NaN;
        Gemm.sgemm(Workers.caller(), false, false, 2, 2, 0, 1, nan, 0, 2, nan, 0, 2, 0, c, 0, 2);
        assertArrayEquals(new float[4], c);
    }

    @Test
    void contract4SubnormalsAreKept() {
        int n = 33;
        float[] a = {Float.MIN_VALUE, 0x1p-100f};
        float[] b = new float[2 * n];
        Arrays.fill(b, 0, n, 1);
        Arrays.fill(b, n, 2 * n, 0x1p-49f);
        float[] c = new float[n];
        Gemm.sgemm(Workers.caller(), false, false, 1, n, 2, 1, a, 0, 2, b, 0, n, 0, c, 0, n);
        for (float x : c) {
            assertEquals(2 * Float.MIN_VALUE, x);
        }
    }

    @Property(tries = 100)
    void contract5InterleavedColumnsAreNoOverlap(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int k = 3;
        int n = 4;
        int m = 1 + random.nextInt(9);
        float[] both = new float[m * (k + n)];
        float[] a = new float[m * k];
        for (int i = 0; i < m; i++) {
            for (int p = 0; p < k; p++) {
                a[i * k + p] = both[i * (k + n) + p] = (float) random.nextDouble();
            }
        }
        float[] b = new float[k * n];
        for (int i = 0; i < b.length; i++) {
            b[i] = i - 5;
        }
        float[] c = new float[m * n];
        Gemm.sgemm(Workers.caller(), false, false, m, n, k, 1, a, 0, k, b, 0, n, 0, c, 0, n);
        Gemm.sgemm(Workers.caller(), false, false, m, n, k, 1, both, 0, k + n, b, 0, n, 0, both, k, k + n);
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                assertEquals(c[i * n + j], both[i * (k + n) + k + j]);
            }
        }
    }

    @Test
    void contract6BadArgumentsAreNamedAndNothingIsWritten() {
        float[] a = new float[6];
        float[] b = new float[6];
        float[] c = {7, 7, 7, 7};
        refused("workers", c, () -> sgemm(null, 2, 2, 3, a, 0, 3, b, 0, 2, c, 0, 2));
        refused("m must be at least 0, but is -1", c, () -> sgemm(-1, 2, 3, a, 0, 3, b, 0, 2, c, 0, 2));
        refused("n must be", c, () -> sgemm(2, -2, 3, a, 0, 3, b, 0, 2, c, 0, 2));
        refused("k must be", c, () -> sgemm(2, 2, -3, a, 0, 3, b, 0, 2, c, 0, 2));
        refused("a must not be null", c, () -> sgemm(2, 2, 3, null, 0, 3, b, 0, 2, c, 0, 2));
        refused("b must not be null", c, () -> sgemm(2, 2, 3, a, 0, 3, null, 0, 2, c, 0, 2));
        refused("c must not be null", c, () -> sgemm(2, 2, 3, a, 0, 3, b, 0, 2, null, 0, 2));
        refused("lda must be at least 3, but is 2", c, () -> sgemm(2, 2, 3, a, 0, 2, b, 0, 2, c, 0, 2));
        refused("ldb must be at least 2, but is 1", c, () -> sgemm(2, 2, 3, a, 0, 3, b, 0, 1, c, 0, 2));
        refused("ldc must be at least 2, but is 0", c, () -> sgemm(2, 2, 3, a, 0, 3, b, 0, 2, c, 0, 0));
        refused("aOffset must be at least 0, but is -1", c, () -> sgemm(2, 2, 3, a, -1, 3, b, 0, 2, c, 0, 2));
        refused("a needs 7 elements", c, () -> sgemm(2, 2, 3, a, 1, 3, b, 0, 2, c, 0, 2));
        refused("b needs 8 elements", c, () -> sgemm(2, 2, 3, a, 0, 3, b, 0, 3, c, 0, 2));
        refused("c needs 5 elements", c, () -> sgemm(2, 2, 3, a, 0, 3, b, 0, 2, c, 1, 2));
        refused("but has 4", c, () -> sgemm(2, 2, 3, a, 0, 3, b, 0, 2, c, 1, 2));
        // 65536·65536 is 0 as an int.
        refused("a needs 4294967296 elements", c, () -> sgemm(65536, 2, 65536, a, 0, 65536, b, 0, 2, c, 0, 2));
        float[] shared = new float[20];
        refused("c must not overlap a", shared, () -> sgemm(2, 2, 3, shared, 0, 3, b, 0, 2, shared, 5, 2));
        refused("c must not overlap b", shared, () -> sgemm(2, 2, 3, a, 0, 3, shared, 8, 2, shared, 5, 2));
    }

    @Test
    void contract6ZeroSizesAreLegal() {
        float[] none = {};
        sgemm(0, 0, 0, none, 0, 1, none, 0, 1, none, 0, 1);
        sgemm(0, 3, 5, none, 0, 5, new float[15], 0, 3, none, 0, 3);
        float[] c = {Float.NaN};
        sgemm(1, 1, 0, none, 0, 1, none, 0, 1, c, 0, 1);
        assertEquals(0, c[0]);
    }

    @Test
    void aClosedPoolOfWorkersIsRefused() {
        Workers closed = Workers.of(2);
        closed.close();
        float[] one = new float[1];
        assertThrows(IllegalStateException.class, () -> sgemm(closed, 1, 1, 1, one, 0, 1, one, 0, 1, one, 0, 1));
    }

    private static void sgemm(
            int m,
            int n,
            int k,
            float[] a,
            int aOffset,
            int lda,
            float[] b,
            int bOffset,
            int ldb,
            float[] c,
            int cOffset,
            int ldc) {
        sgemm(Workers.caller(), m, n, k, a, aOffset, lda, b, bOffset, ldb, c, cOffset, ldc);
    }

    private static void sgemm(
            Workers workers,
            int m,
            int n,
            int k,
            float[] a,
            int aOffset,
            int lda,
            float[] b,
            int bOffset,
            int ldb,
            float[] c,
            int cOffset,
            int ldc) {
        Gemm.sgemm(workers, false, false, m, n, k, 1, a, aOffset, lda, b, bOffset, ldb, 0, c, cOffset, ldc);
    }

    private static void refused(String part, float[] c, Runnable call) {
        float[] before = c.clone();
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
        assertArrayEquals(before, c);
    }
}
