package dev.backlane.bench.peer;

import java.util.SplittableRandom;

/**
 * Whether a peer computes what Backlane computes. Nothing is timed before it does.
 *
 * <p>Two checks. On small integers every order of summation is exact, so that each element must be equal: this finds a
 * single missing term. On the operands that are timed, two correct results differ by at most {@code 2γ(k+2)·|A||B|}.
 */
public final class Verification {
    private static final double UNIT_ROUNDOFF = 0x1p-24;

    private Verification() {}

    /**
     * Numbers to time with, uniform in [−1, 1).
     *
     * @param seed the same seed gives the same numbers
     * @param n how many
     * @return the numbers
     */
    public static float[] operand(long seed, int n) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = random.nextInt(-(1 << 23), 1 << 23) * 0x1p-23f;
        }
        return x;
    }

    /** Integers in [−8, 8]: up to 2¹⁸ products of them add up exactly. */
    static float[] integers(long seed, int n) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = random.nextInt(-8, 9);
        }
        return x;
    }

    /**
     * Prepares a product that has been verified against Backlane's.
     *
     * @param peer whose product it is
     * @param s shape
     * @param a A
     * @param b B
     * @return the product of a and b, run once
     * @throws IllegalStateException if the peer computes something else; says which element
     */
    public static Peer.Job verified(SgemmPeer peer, Shape s, float[] a, float[] b) {
        SgemmPeer own = new BacklanePeer();
        float[] integersA = integers(3, s.sizeA());
        float[] integersB = integers(4, s.sizeB());
        try (Peer.Job theirs = peer.sgemm(s, integersA, integersB);
                Peer.Job ours = own.sgemm(s, integersA, integersB)) {
            theirs.run();
            ours.run();
            requireClose(peer.name() + ' ' + s + " on integers", ours.result(), theirs.result(), new double[s.sizeC()]);
        }
        Peer.Job job = peer.sgemm(s, a, b);
        try (Peer.Job ours = own.sgemm(s, a, b)) {
            job.run();
            ours.run();
            requireClose(peer.name() + ' ' + s, ours.result(), job.result(), tolerance(s, a, b));
        }
        return job;
    }

    /** {@code 2γ(k+2)·‖row of A‖·‖column of B‖}, which is at least the bound on |A||B| by Cauchy and Schwarz. */
    static double[] tolerance(Shape s, float[] a, float[] b) {
        double[] rows = new double[s.m()];
        double[] columns = new double[s.n()];
        for (int p = 0; p < s.k(); p++) {
            for (int i = 0; i < s.m(); i++) {
                double x = a[s.transposeA() ? p * s.m() + i : i * s.k() + p];
                rows[i] += x * x;
            }
            for (int j = 0; j < s.n(); j++) {
                double x = b[s.transposeB() ? j * s.k() + p : p * s.n() + j];
                columns[j] += x * x;
            }
        }
        double factor = 2 * gamma(s.k() + 2);
        double[] tolerance = new double[s.sizeC()];
        for (int i = 0; i < s.m(); i++) {
            for (int j = 0; j < s.n(); j++) {
                tolerance[i * s.n() + j] = factor * Math.sqrt(rows[i] * columns[j]);
            }
        }
        return tolerance;
    }

    /**
     * The bound γ(n) = nu/(1 − nu) on the relative error of n roundings.
     *
     * @param n roundings
     * @return the bound
     */
    public static double gamma(int n) {
        return n * UNIT_ROUNDOFF / (1 - n * UNIT_ROUNDOFF);
    }

    /**
     * Requires two results to be close, element by element.
     *
     * @param what is compared
     * @param expected one result
     * @param actual the other
     * @param tolerance largest difference of each element
     * @throws IllegalStateException if they are not, or a number is NaN
     */
    public static void requireClose(String what, float[] expected, float[] actual, double[] tolerance) {
        if (actual.length != expected.length) {
            throw new IllegalStateException(what + ": expected " + expected.length + " elements, got " + actual.length);
        }
        for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs((double) expected[i] - actual[i]) <= tolerance[i])) {
                throw new IllegalStateException(what + ": element " + i + " is " + actual[i] + ", expected "
                        + expected[i] + " within " + tolerance[i]);
            }
        }
    }
}
