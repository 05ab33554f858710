package dev.backlane.kernel;

import java.util.Arrays;

/** Scratch of a call that sums: the virtual lanes, room for a tail padded to whole vectors, and a block of terms. */
final class Lanes {
    static final Pool<Lanes> POOL = new Pool<>(Lanes::new);

    /** Elements of {@link #block}. */
    static final int BLOCK = 256;

    /** The lanes, then the first operand's tail, then the second's. */
    final float[] floats = new float[3 * Sweeps.LANES];

    final double[] doubles = new double[Sweeps.WIDE_LANES];
    final float[] block = new float[BLOCK];

    static final int TAIL = Sweeps.LANES;
    static final int SECOND_TAIL = 2 * Sweeps.LANES;

    void clear() {
        Arrays.fill(floats, 0, Sweeps.LANES, 0);
    }

    void clearWide() {
        Arrays.fill(doubles, 0);
    }

    /** The sum of the lanes, whose values it overwrites. */
    float sum() {
        for (int half = Sweeps.LANES / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                floats[i] += floats[i + half];
            }
        }
        return floats[0];
    }

    /** The sum of the double lanes, whose values it overwrites. */
    double sumWide() {
        for (int half = Sweeps.WIDE_LANES / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                doubles[i] += doubles[i + half];
            }
        }
        return doubles[0];
    }

    /**
     * Copies {@code count < LANES} elements behind the lanes and fills up with {@code neutral}.
     *
     * @param to {@link #TAIL} or {@link #SECOND_TAIL}
     */
    void pad(float[] x, int xo, int count, int to, float neutral) {
        System.arraycopy(x, xo, floats, to, count);
        Arrays.fill(floats, to + count, to + Sweeps.LANES, neutral);
    }
}
