package dev.backlane.check;

import java.util.Arrays;

/**
 * How much of each output is rounding noise, estimated rather than assumed.
 *
 * <p>Hamming's difference table, as in Moré and Wild's ECnoise (2011): evaluate at equally spaced points so close that
 * the smooth part is a low polynomial; differences of order k remove it and leave noise of variance {@code
 * (2k)!/(k!)²·σ²}. Half a unit in the last place of the stored output bounds the estimate from below (a uniform rounding
 * error has standard deviation ulp/√12).
 */
final class Noise {
    private static final int POINTS = 7;
    private static final int LINES = 3;
    /** First distance of neighbours, in epsilons of the inputs: many roundings apart, and still a straight line. */
    private static final double CLOSE = 64;
    /** Where most neighbours are equal the points are too close to see the noise, and move apart by this much. */
    private static final double WIDER = 0x1p10;

    private static final double WIDEST = 0x1p-9;

    private static final Store FLOAT = new Store.Floats(new float[0]);

    private Noise() {}

    /**
     * Standard deviation of the noise of each output.
     *
     * @param magnitudes how large each output has been seen, here and nearby: an output that happens to be 0 here is not
     *     free of noise
     */
    static double[] estimate(Problem problem, double[] base, double[] magnitudes, long seed) {
        int m = problem.outputSize();
        double[] variance = new double[m];
        boolean[] settled = new boolean[m];
        boolean[] single = new boolean[m];
        Arrays.fill(single, problem.epsilon() > 1e-10);
        int line = 0;
        for (double spacing = CLOSE * problem.epsilon(); spacing <= WIDEST; spacing *= WIDER) {
            double[] found = new double[m];
            boolean[] moves = new boolean[m];
            for (int n = 0; n < LINES; n++) {
                scan(problem, new long[] {seed, 2, line++}, spacing, found, moves, single);
            }
            boolean all = true;
            for (int j = 0; j < m; j++) {
                variance[j] = settled[j] ? variance[j] : found[j] / LINES;
                settled[j] |= moves[j];
                all &= settled[j];
            }
            if (all) {
                break;
            }
        }
        problem.restore();
        double[] sigma = new double[m];
        int from = 0;
        for (Slot slot : problem.outputs) {
            for (int j = from; j < from + slot.size(); j++) {
                // a double that only ever holds floats, in a computation with floats, was rounded as one
                Store store = single[j] ? FLOAT : slot.values.store();
                double ulp = store.ulp(magnitudes[j]);
                sigma[j] = Math.max(Math.sqrt(variance[j]), Double.isFinite(base[j]) ? ulp / Math.sqrt(12) : 0);
            }
            from += slot.size();
        }
        return sigma;
    }

    /** Standard deviation of the rounding of {@code ⟨g, d⟩}, the backward pass being a function with noise like any other. */
    static double ofGradient(Problem problem, double[] cotangent, Direction direction, long seed) {
        double variance = 0;
        for (int n = 0; n < LINES; n++) {
            double[] column = new double[POINTS];
            for (int p = 0; p < POINTS; p++) {
                problem.jitter(new SplitMix(seed, 12, n), CLOSE * problem.epsilon() * p);
                column[p] = direction.dot(problem.gradient(cotangent)[direction.input]);
            }
            variance += varianceOf(column) / LINES;
        }
        problem.restore();
        return Math.sqrt(variance);
    }

    /** One line of equally spaced points: adds each output's variance, and sees whether it moves from point to point. */
    private static void scan(
            Problem problem, long[] stream, double spacing, double[] variance, boolean[] moves, boolean[] single) {
        double[][] table = new double[POINTS][];
        for (int p = 0; p < POINTS; p++) {
            // the same directions at every point: a fresh generator of the same stream
            problem.jitter(new SplitMix(stream[0], stream[1], stream[2]), spacing * p);
            table[p] = problem.forward();
        }
        double[] column = new double[POINTS];
        for (int j = 0; j < variance.length; j++) {
            int changes = 0;
            for (int p = 0; p < POINTS; p++) {
                column[p] = table[p][j];
                single[j] &= (float) column[p] == column[p];
                changes += p > 0 && column[p] != column[p - 1] ? 1 : 0;
            }
            variance[j] += varianceOf(column);
            moves[j] |= changes > POINTS / 2;
        }
    }

    /** The largest of the estimates of orders 3 to 5; orders 1 and 2 still see the smooth part. */
    private static double varianceOf(double[] values) {
        double[] d = Arrays.copyOf(values, values.length);
        double growth = 1;
        double largest = 0;
        for (int k = 1; k <= 5; k++) {
            growth *= (2.0 * k) * (2.0 * k - 1) / ((double) k * k);
            int left = values.length - k;
            double squares = 0;
            for (int i = 0; i < left; i++) {
                d[i] = d[i + 1] - d[i];
                squares += d[i] * d[i];
            }
            if (k >= 3) {
                largest = Math.max(largest, squares / left / growth);
            }
        }
        return Double.isFinite(largest) ? largest : 0;
    }
}
