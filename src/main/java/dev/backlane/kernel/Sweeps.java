package dev.backlane.kernel;

/**
 * Passes over vectors, which differ from backend to backend. Each element's arithmetic is the same everywhere; sums use
 * {@value #LANES} virtual lanes ({@value #WIDE_LANES} where they are taken in double) and a fixed tree, so that every
 * width gives the same bits.
 *
 * <p>No method checks its arguments or allocates. Elementwise ones may run exactly in place.
 */
abstract class Sweeps {
    /** Virtual lanes of a sum: element i goes to lane i mod LANES; lanes are then added in halves, i and i + LANES/2. */
    static final int LANES = 64;

    /** Virtual lanes of a sum taken in double: as many bytes in flight as {@link #LANES} floats have. */
    static final int WIDE_LANES = 32;

    // Elementwise.

    /** {@code y ← f(x)}. */
    abstract void activate(Activation f, int n, float[] x, int xo, float[] y, int yo);

    /** {@code dx ← dy·f′}, from the output or the pre-activation as {@link Activation#reads()} says. */
    abstract void derivative(Activation f, int n, float[] saved, int so, float[] dy, int dyo, float[] dx, int dxo);

    /** {@code y ← eˣ}. */
    abstract void exp(int n, float[] x, int xo, float[] y, int yo);

    /** {@code y ← alpha·x + y}, one fma each. */
    abstract void axpy(int n, float alpha, float[] x, int xo, float[] y, int yo);

    /** {@code y ← alpha·x}. */
    abstract void scale(int n, float alpha, float[] x, int xo, float[] y, int yo);

    // Reductions.

    /** {@code Σ x·y}: one fma per element and lane. */
    abstract float dot(int n, float[] x, int xo, float[] y, int yo);

    /** {@code Σ x}. */
    abstract float sum(int n, float[] x, int xo);

    /** {@code Σ x} in double. */
    abstract double sumWide(int n, float[] x, int xo, Lanes lanes);

    /** {@code Σ x²} in double. */
    abstract double sumOfSquares(int n, float[] x, int xo, Lanes lanes);

    /** {@code Σ (x − y)²} in double. */
    abstract double squaredDistance(int n, float[] x, int xo, float[] y, int yo, Lanes lanes);

    /** {@code Σ y·(top − x)} in double, one fma per element and lane. */
    abstract double weightedGap(int n, float top, float[] x, int xo, float[] y, int yo, Lanes lanes);

    /** The greatest element; NaN if there is one, −∞ if {@code n} is 0; never −0. */
    abstract float max(int n, float[] x, int xo);

    /** Index of the first NaN, or else of the first greatest element; {@code n ≥ 1}. */
    abstract int indexOfMax(int n, float[] x, int xo);

    // Rows of softmax and losses.

    /** {@code y ← e^(x − shift)}, and their sum; {@code y} may be null, where only the sum is wanted. */
    abstract float expSum(int n, float shift, float[] x, int xo, float[] y, int yo, Lanes lanes);

    /** {@code g ← (x − y)·factor}. */
    abstract void difference(int n, float factor, float[] x, int xo, float[] y, int yo, float[] g, int go);

    /** {@code g ← (e·inverse − y)·factor}, an fma and a product. */
    abstract void softmaxDelta(
            int n, float inverse, float factor, float[] e, int eo, float[] y, int yo, float[] g, int go);

    /** {@code g ← (σ(z) − y)·factor}. */
    abstract void sigmoidDelta(int n, float factor, float[] z, int zo, float[] y, int yo, float[] g, int go);

    /** {@code t ← max(z, 0) − z·y + log(1 + e^−|z|)}. */
    abstract void sigmoidTerms(int n, float[] z, int zo, float[] y, int yo, float[] t, int to);

    /** Whether all elements are in [0, 1]; NaN is not. */
    abstract boolean inUnitInterval(int n, float[] x, int xo);

    // Optimiser updates: state v, m first, then the parameters p.

    /** {@code v ← mu·v + g; p ← p − rate·v}, one fma each. */
    abstract void momentum(int n, float rate, float mu, float[] p, int po, float[] g, int go, float[] v, int vo);

    /** {@code v ← mu·v + g; p ← p − rate·(mu·v + g)}, one fma each. */
    abstract void nesterov(int n, float rate, float mu, float[] p, int po, float[] g, int go, float[] v, int vo);

    /**
     * {@code m ← beta1·m + (1 − beta1)·g; v ← beta2·v + (1 − beta2)·g·g; p ← keep·p − rate·m/(root·√v + epsilon)}, products
     * from the left, sums fused.
     *
     * @param rate the learning rate over {@code 1 − beta1ᵗ}
     * @param root {@code 1/√(1 − beta2ᵗ)}
     * @param keep 1 less the decay
     */
    abstract void adam(
            int n,
            float rate,
            float beta1,
            float beta2,
            float root,
            float epsilon,
            float keep,
            float[] p,
            int po,
            float[] g,
            int go,
            float[] m,
            int mo,
            float[] v,
            int vo);
}
