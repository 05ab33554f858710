package dev.backlane.kernel;

/**
 * Optimiser updates: one sweep over parameters p, gradients g and state, all of n elements, elementwise. State starts as zeros.
 * NaN and infinities go through as IEEE 754 has them. No two of the arrays' ranges may overlap.
 *
 * <p>From {@value UpdateJob#PARALLEL} elements on, the workers share the sweep; below, it runs on the caller. The bits are the
 * same.
 */
public final class Updates {
    private Updates() {}

    /**
     * {@code p ← p − learningRate·g}, one fma each.
     *
     * @param workers the threads it may use
     * @param n elements
     * @param learningRate at least 0 and finite
     * @param p parameters, updated
     * @param pOffset where p starts
     * @param g gradients
     * @param gOffset where g starts
     * @throws IllegalArgumentException if an argument is null or out of its range, an array too short, or p overlaps g;
     *     nothing is written then
     */
    public static void gradientDescent(
            Workers workers, int n, float learningRate, float[] p, int pOffset, float[] g, int gOffset) {
        check(workers, n, learningRate, p, pOffset, g, gOffset);
        job(UpdateJob.Kind.GRADIENT_DESCENT, n, learningRate, p, pOffset, g, gOffset)
                .runOn(workers);
    }

    /**
     * {@code v ← momentum·v + g; p ← p − learningRate·v}, one fma each: Polyak's heavy ball (1964), the learning rate outside
     * the velocity, as PyTorch has it.
     *
     * @param workers the threads it may use
     * @param n elements
     * @param learningRate at least 0 and finite
     * @param momentum in [0, 1)
     * @param p parameters, updated
     * @param pOffset where p starts
     * @param g gradients
     * @param gOffset where g starts
     * @param v velocity, updated
     * @param vOffset where v starts
     * @throws IllegalArgumentException if an argument is null or out of its range, an array too short, or two arrays
     *     overlap; nothing is written then
     */
    public static void momentum(
            Workers workers,
            int n,
            float learningRate,
            float momentum,
            float[] p,
            int pOffset,
            float[] g,
            int gOffset,
            float[] v,
            int vOffset) {
        check(workers, n, learningRate, p, pOffset, g, gOffset);
        Args.rate("momentum", momentum);
        state("v", v, vOffset, n, p, pOffset, g, gOffset);
        withVelocity(UpdateJob.Kind.MOMENTUM, n, learningRate, momentum, p, pOffset, g, gOffset, v, vOffset)
                .runOn(workers);
    }

    /**
     * {@code v ← momentum·v + g; p ← p − learningRate·(g + momentum·v)}, one fma each: Nesterov's momentum in the form of
     * Sutskever et al. (2013), p being the point ahead, as PyTorch has it.
     *
     * @param workers the threads it may use
     * @param n elements
     * @param learningRate at least 0 and finite
     * @param momentum in [0, 1)
     * @param p parameters, updated
     * @param pOffset where p starts
     * @param g gradients
     * @param gOffset where g starts
     * @param v velocity, updated
     * @param vOffset where v starts
     * @throws IllegalArgumentException if an argument is null or out of its range, an array too short, or two arrays
     *     overlap; nothing is written then
     */
    public static void nesterov(
            Workers workers,
            int n,
            float learningRate,
            float momentum,
            float[] p,
            int pOffset,
            float[] g,
            int gOffset,
            float[] v,
            int vOffset) {
        check(workers, n, learningRate, p, pOffset, g, gOffset);
        Args.rate("momentum", momentum);
        state("v", v, vOffset, n, p, pOffset, g, gOffset);
        withVelocity(UpdateJob.Kind.NESTEROV, n, learningRate, momentum, p, pOffset, g, gOffset, v, vOffset)
                .runOn(workers);
    }

    /**
     * Adam (Kingma and Ba 2015): {@code m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; p ← p − learningRate·m̂/(√v̂ + epsilon)}
     * with {@code m̂ = m/(1 − β₁ᵗ)}, {@code v̂ = v/(1 − β₂ᵗ)}.
     *
     * @param workers the threads it may use
     * @param n elements
     * @param step t, 1 at the first update
     * @param learningRate at least 0 and finite
     * @param beta1 β₁ in [0, 1)
     * @param beta2 β₂ in [0, 1)
     * @param epsilon positive and finite
     * @param p parameters, updated
     * @param pOffset where p starts
     * @param g gradients
     * @param gOffset where g starts
     * @param m first moment, updated
     * @param mOffset where m starts
     * @param v second moment, updated
     * @param vOffset where v starts
     * @throws IllegalArgumentException if an argument is null or out of its range, an array too short, or two arrays
     *     overlap; nothing is written then
     */
    public static void adam(
            Workers workers,
            int n,
            long step,
            float learningRate,
            float beta1,
            float beta2,
            float epsilon,
            float[] p,
            int pOffset,
            float[] g,
            int gOffset,
            float[] m,
            int mOffset,
            float[] v,
            int vOffset) {
        adamW(workers, n, step, learningRate, beta1, beta2, epsilon, 0, p, pOffset, g, gOffset, m, mOffset, v, vOffset);
    }

    /**
     * {@link #adam} with decoupled weight decay (AdamW, Loshchilov and Hutter 2019): p also loses {@code
     * learningRate·decay·p}.
     *
     * @param workers the threads it may use
     * @param n elements
     * @param step t, 1 at the first update
     * @param learningRate at least 0 and finite
     * @param beta1 β₁ in [0, 1)
     * @param beta2 β₂ in [0, 1)
     * @param epsilon positive and finite
     * @param decay at least 0 and finite
     * @param p parameters, updated
     * @param pOffset where p starts
     * @param g gradients
     * @param gOffset where g starts
     * @param m first moment, updated
     * @param mOffset where m starts
     * @param v second moment, updated
     * @param vOffset where v starts
     * @throws IllegalArgumentException if an argument is null or out of its range, an array too short, or two arrays
     *     overlap; nothing is written then
     */
    public static void adamW(
            Workers workers,
            int n,
            long step,
            float learningRate,
            float beta1,
            float beta2,
            float epsilon,
            float decay,
            float[] p,
            int pOffset,
            float[] g,
            int gOffset,
            float[] m,
            int mOffset,
            float[] v,
            int vOffset) {
        check(workers, n, learningRate, p, pOffset, g, gOffset);
        if (step < 1) {
            throw new IllegalArgumentException("step must be at least 1, but is " + step);
        }
        Args.rate("beta1", beta1);
        Args.rate("beta2", beta2);
        Args.positive("epsilon", epsilon);
        Args.nonNegative("decay", decay);
        state("m", m, mOffset, n, p, pOffset, g, gOffset);
        state("v", v, vOffset, n, p, pOffset, g, gOffset);
        Args.disjoint("v", v, vOffset, n, "m", m, mOffset, n);
        float rate = (float) (learningRate / (1 - power(beta1, step)));
        UpdateJob job = withVelocity(UpdateJob.Kind.ADAM, n, rate, beta1, p, pOffset, g, gOffset, m, mOffset);
        job.beta2 = beta2;
        job.root = (float) (1 / Math.sqrt(1 - power(beta2, step)));
        job.epsilon = epsilon;
        job.keep = (float) (1 - (double) learningRate * decay);
        job.v = v;
        job.vo = vOffset;
        job.runOn(workers);
    }

    /**
     * Scales g so that its Euclidean norm is at most {@code maxNorm}, up to rounding; a g within it is not touched. Neither is
     * a g whose norm is NaN or infinite, since no factor would mend it: the caller sees it from the returned norm.
     *
     * @param n elements
     * @param maxNorm at least 0 and finite
     * @param g gradients, updated
     * @param gOffset where g starts
     * @return the norm before
     * @throws IllegalArgumentException if an argument is null or out of its range, or the array too short; nothing is
     *     written then
     */
    public static double clipByGlobalNorm(int n, float maxNorm, float[] g, int gOffset) {
        Args.size("n", n);
        Args.nonNegative("maxNorm", maxNorm);
        Args.vector("g", g, gOffset, n);
        double norm = Vectors.norm(n, g, gOffset);
        if (norm > maxNorm && norm < Double.POSITIVE_INFINITY) {
            double factor = maxNorm / norm;
            if (factor == 0 || factor >= Float.MIN_NORMAL) {
                Kernels.SWEEPS.scale(n, (float) factor, g, gOffset, g, gOffset);
            } else {
                // As a float the factor would lose bits, but not its root.
                float root = (float) Math.sqrt(factor);
                Kernels.SWEEPS.scale(n, root, g, gOffset, g, gOffset);
                Kernels.SWEEPS.scale(n, root, g, gOffset, g, gOffset);
            }
        }
        return norm;
    }

    /**
     * base in [0, 1) to a power of at least 1, by squaring: the bits are the same on every machine, as {@code Math.pow} does
     * not promise, and nothing is allocated, as {@code StrictMath.pow} does. The share by which {@code 1 − power} is wrong is
     * about 2⁻⁵³/(1 − base) at most: 2⁻²⁹ for the largest float below 1.
     */
    static double power(double base, long exponent) {
        double power = 1;
        double square = base;
        for (long rest = exponent; rest > 0; rest >>= 1) {
            if ((rest & 1) != 0) {
                power *= square;
            }
            square *= square;
        }
        return power;
    }

    private static void check(
            Workers workers, int n, float learningRate, float[] p, int pOffset, float[] g, int gOffset) {
        Args.notNull("workers", workers).checkOpen();
        Args.size("n", n);
        Args.nonNegative("learningRate", learningRate);
        Args.vector("p", p, pOffset, n);
        Args.vector("g", g, gOffset, n);
        Args.disjoint("p", p, pOffset, n, "g", g, gOffset, n);
    }

    private static void state(
            String name, float[] s, int sOffset, int n, float[] p, int pOffset, float[] g, int gOffset) {
        Args.vector(name, s, sOffset, n);
        Args.disjoint(name, s, sOffset, n, "p", p, pOffset, n);
        Args.disjoint(name, s, sOffset, n, "g", g, gOffset, n);
    }

    private static UpdateJob job(
            UpdateJob.Kind kind, int n, float rate, float[] p, int pOffset, float[] g, int gOffset) {
        UpdateJob job = UpdateJob.POOL.take();
        job.kind = kind;
        job.n = n;
        job.rate = rate;
        job.p = p;
        job.po = pOffset;
        job.g = g;
        job.go = gOffset;
        return job;
    }

    private static UpdateJob withVelocity(
            UpdateJob.Kind kind,
            int n,
            float rate,
            float decay,
            float[] p,
            int pOffset,
            float[] g,
            int gOffset,
            float[] m,
            int mOffset) {
        UpdateJob job = job(kind, n, rate, p, pOffset, g, gOffset);
        job.decay = decay;
        job.m = m;
        job.mo = mOffset;
        return job;
    }
}
