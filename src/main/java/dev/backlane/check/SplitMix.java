package dev.backlane.check;

/**
 * The splittable generator of Steele, Lea and Flood (OOPSLA 2014), written out so that a seed means the same numbers on
 * every JVM for ever.
 */
final class SplitMix {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long state;

    /** Streams of one seed: independent for different purposes, so that one mode's draws do not shift another's. */
    SplitMix(long seed, long... stream) {
        long s = seed;
        for (long part : stream) {
            s = mix(s + GOLDEN * (part + 1));
        }
        state = s;
    }

    static long mix(long z) {
        long m = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        m = (m ^ (m >>> 27)) * 0x94D049BB133111EBL;
        return m ^ (m >>> 31);
    }

    long nextLong() {
        state += GOLDEN;
        return mix(state);
    }

    int nextInt(int bound) {
        return (int) Math.floorMod(nextLong() >>> 1, (long) bound);
    }

    double nextSign() {
        return nextLong() < 0 ? -1 : 1;
    }

    /**
     * A weight ±[½, 3/2) with ten fractional bits: exact in {@code float}, never small, and no two outputs alike, so that
     * swapped outputs do not cancel.
     */
    double nextWeight() {
        return nextSign() * (0.5 + (nextLong() >>> 54) * 0x1p-10);
    }
}
