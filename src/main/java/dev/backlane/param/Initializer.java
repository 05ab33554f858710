package dev.backlane.param;

/**
 * How weights start: at random, with a variance that keeps the size of activations and gradients about the same from layer to
 * layer. The same seed gives the same numbers on every machine.
 */
public enum Initializer {
    /** All zeros: for biases. */
    ZEROS,
    /** Uniform in ±√(6/(fanIn + fanOut)): Glorot and Bengio 2010, for sigmoid and tanh. */
    XAVIER_UNIFORM,
    /** Normal with variance 2/(fanIn + fanOut): Glorot and Bengio 2010, for sigmoid and tanh. */
    XAVIER_NORMAL,
    /** Uniform in ±√(6/fanIn): He et al. 2015, for relu and its relatives. */
    HE_UNIFORM,
    /** Normal with variance 2/fanIn: He et al. 2015, for relu and its relatives. */
    HE_NORMAL;

    /**
     * Fills {@code n} weights.
     *
     * @param random where the numbers come from
     * @param fanIn inputs of the layer, at least 1
     * @param fanOut outputs of the layer, at least 1
     * @param n how many weights
     * @param w overwritten
     * @param wOffset where they start
     * @throws IllegalArgumentException if a number is out of its range or w too short
     */
    public void fill(SeededRandom random, int fanIn, int fanOut, int n, float[] w, int wOffset) {
        if (fanIn < 1 || fanOut < 1) {
            throw new IllegalArgumentException(
                    "fanIn and fanOut must be at least 1, but are " + fanIn + " and " + fanOut);
        }
        if (n < 0 || wOffset < 0 || (long) wOffset + n > w.length) {
            throw new IllegalArgumentException(
                    "w needs " + n + " elements from wOffset " + wOffset + ", but has " + w.length);
        }
        double fans = this == HE_UNIFORM || this == HE_NORMAL ? fanIn : ((double) fanIn + fanOut) / 2;
        double deviation = Math.sqrt((this == XAVIER_NORMAL || this == XAVIER_UNIFORM ? 1 : 2) / fans);
        double bound = Math.sqrt(3) * deviation;
        for (int i = wOffset; i < wOffset + n; i++) {
            w[i] = (float)
                    switch (this) {
                        case ZEROS -> 0;
                        case XAVIER_UNIFORM, HE_UNIFORM -> bound * (2 * random.nextDouble() - 1);
                        case XAVIER_NORMAL, HE_NORMAL -> deviation * random.nextGaussian();
                    };
        }
    }
}
