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
import org.junit.jupiter.api.Test;

class GemmTest {
    private static final Workers TWO = Workers.ofAny(2);
    private static final Workers THREE = Workers.ofAny(3);
    private static final float[] ALPHAS = {1, 1, 1, 0, -0.75f};
    private static final float[] BETAS = {0, 1, 0.5f};

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
            return of(
                    seed,
                    random.nextInt(4),
                    m,
                    n,
                    k,
                    ALPHAS[random.nextInt(ALPHAS.length)],
                    BETAS[random.nextInt(BETAS.length)]);
        }

        static Case of(long seed, int transposes, int m, int n, int k, float alpha, float beta) {
            SplittableRandom random = new SplittableRandom(~seed);
            boolean transposeA = (transposes & 1) != 0;
            boolean transposeB = (transposes & 2) != 0;
            TestMatrix a = transposeA ? TestMatrix.random(random, k, m) : TestMatrix.random(random, m, k);
            TestMatrix b = transposeB ? TestMatrix.random(random, n, k) : TestMatrix.random(random, k, n);
            TestMatrix c = TestMatrix.random(random, m, n);
            if (beta == 0) {
                c.fill(Float.NaN);
            }
            return new Case(transposeA, transposeB, m, n, k, alpha, beta, a, b, c);
        }

        /** The contract's own sentence, written down: this is what every backend must give. */
        TestMatrix chains() {
            TestMatrix expected = c.copy();
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    float chain = beta == 0 ? 0 : beta * c.get(i, j);
                    for (int p = 0; p < k && alpha != 0; p++) {
                        chain = Fma.fma(alpha * a(i, p), b(p, j), chain);
                    }
                    expected.set(i, j, chain);
                }
            }
            return expected;
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

    @Property(tries = 300)
    void contract1EachElementIsOneAscendingChain(
            @ForAll long seed, @ForAll("size") int m, @ForAll("size") int n, @ForAll("depth") int k) {
        Case it = Case.random(seed, m, n, k);
        TestMatrix expected = it.chains();
        expected.assertSameBits(it.run(Workers.caller()), it + " on one thread");
        expected.assertSameBits(it.run(TWO), it + " on two threads");
        expected.assertSameBits(it.run(THREE), it + " on three threads");
    }

    /** More than a block of rows, of columns and of k, and enough work for several threads, against the chain. */
    @Test
    void contract1ProductsOfSeveralBlocksAreChainsOnAnyNumberOfThreads() {
        int seed = 0;
        for (int[] size :
                new int[][] {{121, 2051, 33}, {130, 37, 801}, {257, 129, 130}, {1, 3000, 90}, {7, 600, 401}}) {
            for (int transposes = 0; transposes < 4; transposes++) {
                Case it = Case.of(
                        ++seed, transposes, size[0], size[1], size[2], seed % 2 == 0 ? 1 : -0.75f, seed % 3 / 2f);
                TestMatrix expected = it.chains();
                for (Workers workers : new Workers[] {Workers.caller(), TWO, THREE}) {
                    TestMatrix actual = it.run(workers);
                    expected.assertSameBits(actual, it + " on " + workers.threads() + " threads");
                    actual.assertCanaries("c");
                }
            }
        }
    }

    /** No element to spare behind any operand. */
    @Test
    void contract1OperandsMayEndWithTheirArrays() {
        for (int m = 1; m < 40; m++) {
            for (int k : new int[] {3, 9}) {
                int n = 17;
                float[] a = new float[m * k];
                float[] b = new float[k * n];
                for (int i = 0; i < a.length; i++) {
                    a[i] = i % 11 - 5;
                }
                for (int i = 0; i < b.length; i++) {
                    b[i] = i % 7 - 3;
                }
                float[] c = new float[m * n];
                for (boolean transpose : new boolean[] {false, true}) {
                    Gemm.sgemm(
                            Workers.caller(),
                            transpose,
                            false,
                            m,
                            n,
                            k,
                            1,
                            a,
                            0,
                            transpose ? m : k,
                            b,
                            0,
                            n,
                            0,
                            c,
                            0,
                            n);
                    for (int i = 0; i < m; i++) {
                        for (int j = 0; j < n; j++) {
                            float sum = 0;
                            for (int p = 0; p < k; p++) {
                                sum += a[transpose ? p * m + i : i * k + p] * b[p * n + j];
                            }
                            assertEquals(sum, c[i * n + j]);
                        }
                    }
                }
            }
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
    void contract3NanReachesItsRowOnEveryPath() {
        for (int transposes = 0; transposes < 4; transposes++) {
            for (int m : new int[] {1, 3, 5, 6, 13, 40}) {
                Case it = Case.of(m, transposes, m, 35, 9, transposes % 2 == 0 ? 1 : 0.5f, 1);
                it.a.set(it.transposeA ? 4 : m - 1, it.transposeA ? m - 1 : 4, Float.NaN);
                TestMatrix c = it.run(Workers.caller());
                for (int i = 0; i < m; i++) {
                    for (int j = 0; j < 35; j++) {
                        assertEquals(i == m - 1, Float.isNaN(c.get(i, j)), it + " at " + i + ", " + j);
                    }
                }
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
        // The same through tiles: seven rows, k of four.
        float[] rows = new float[7 * 4];
        float[] columns = new float[4 * n];
        Arrays.fill(rows, Float.MIN_VALUE);
        Arrays.fill(columns, 1);
        float[] tiles = new float[7 * n];
        Gemm.sgemm(Workers.caller(), false, false, 7, n, 4, 1, rows, 0, 4, columns, 0, n, 0, tiles, 0, n);
        for (float x : tiles) {
            assertEquals(4 * Float.MIN_VALUE, x);
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
        // Column blocks that reach around the end of a row meet in the next one.
        refused("c must not overlap a", shared, () -> sgemm(2, 3, 3, shared, 0, 5, new float[9], 0, 3, shared, 3, 5));
        refused("c must not overlap a", shared, () -> sgemm(2, 3, 3, shared, 3, 5, new float[9], 0, 3, shared, 0, 5));
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
