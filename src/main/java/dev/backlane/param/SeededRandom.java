package dev.backlane.param;

/**
 * A small generator of random numbers that are the same on every machine and Java version: SplitMix64 (Steele, Lea and Flood
 * 2014). Normal deviates by Marsaglia's polar method with {@link StrictMath}. Not thread-safe; not for secrets.
 */
public final class SeededRandom {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    /**
     * A generator.
     *
     * @param seed any number
     */
    public SeededRandom(long seed) {
        state = seed;
    }

    /**
     * A generator that is independent for each stream of a seed: for instance one per epoch, so that a run can start again at
     * any epoch without replaying those before.
     *
     * @param seed any number
     * @param stream any number
     */
    public SeededRandom(long seed, long stream) {
        this(mix(seed) ^ mix(~stream * GAMMA));
    }

    /**
     * The next 64 random bits.
     *
     * @return any long, each equally likely
     */
    public long nextLong() {
        return mix(state += GAMMA);
    }

    private static long mix(long z) {
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /**
     * A number in [0, 1) with 53 random bits.
     *
     * @return uniform deviate
     */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1p-53;
    }

    /**
     * An integer in [0, bound); the bias is below bound/2⁶³.
     *
     * @param bound at least 1
     * @return uniform integer
     */
    public int nextInt(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("bound must be at least 1, but is " + bound);
        }
        return (int) Math.unsignedMultiplyHigh(nextLong(), bound);
    }

    /**
     * A normal deviate with mean 0 and variance 1.
     *
     * @return normal deviate
     */
    public double nextGaussian() {
        for (; ; ) {
            double u = 2 * nextDouble() - 1;
            double v = 2 * nextDouble() - 1;
            double s = u * u + v * v;
            if (s > 0 && s < 1) {
                return u * StrictMath.sqrt(-2 * StrictMath.log(s) / s);
            }
        }
    }

    /**
     * Puts the elements into random order (Fisher–Yates).
     *
     * @param items shuffled in place
     */
    public void shuffle(int[] items) {
        for (int i = items.length - 1; i > 0; i--) {
            int j = nextInt(i + 1);
            int swap = items[i];
            items[i] = items[j];
            items[j] = swap;
        }
    }
}
