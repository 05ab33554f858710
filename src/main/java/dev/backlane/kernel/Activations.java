package dev.backlane.kernel;

/**
 * Activation functions and their derivatives over vectors. Elementwise: a vector may be a whole batch, and may be worked on
 * exactly in place; an output that overlaps an input in any other way is refused. NaN gives NaN; infinities give what the
 * formulas in {@link Activation} tend to.
 *
 * <p>Errors, over all float inputs: sigmoid, tanh and exp at most 2 ulp, softplus, silu and elu 4, gelu 4, or 1e-7 where
 * its result is below 1e-3. {@link Dense} applies the same functions, bit for bit, while it multiplies.
 */
public final class Activations {
    private Activations() {}

    /**
     * {@code y ← f(x)}.
     *
     * @param f the function
     * @param n elements
     * @param x n elements
     * @param xOffset where x starts
     * @param y n elements, overwritten; may be x
     * @param yOffset where y starts
     * @throws IllegalArgumentException if an argument is null or out of its range, an array too short, or y overlaps x
     *     otherwise than exactly; nothing is written then
     */
    public static void forward(Activation f, int n, float[] x, int xOffset, float[] y, int yOffset) {
        Args.notNull("f", f);
        Args.size("n", n);
        Args.vector("x", x, xOffset, n);
        Args.vector("y", y, yOffset, n);
        Args.disjointOrSame("y", y, yOffset, n, "x", x, xOffset);
        Kernels.SWEEPS.activate(f, n, x, xOffset, y, yOffset);
    }

    /**
     * {@code dx ← dy·f′}, the vector-Jacobian product. As a product it is 0 only where dy is finite: 0·∞ is NaN.
     *
     * @param f the function
     * @param n elements
     * @param saved what {@link Activation#reads()} names: f(x) or x, n elements
     * @param savedOffset where saved starts
     * @param dy gradient with respect to f(x), n elements
     * @param dyOffset where dy starts
     * @param dx gradient with respect to x, n elements, overwritten; may be dy or saved
     * @param dxOffset where dx starts
     * @throws IllegalArgumentException if an argument is null or out of its range, an array too short, or dx overlaps dy or
     *     saved otherwise than exactly; nothing is written then
     */
    public static void backward(
            Activation f, int n, float[] saved, int savedOffset, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        Args.notNull("f", f);
        Args.size("n", n);
        Args.vector("saved", saved, savedOffset, n);
        Args.vector("dy", dy, dyOffset, n);
        Args.vector("dx", dx, dxOffset, n);
        Args.disjointOrSame("dx", dx, dxOffset, n, "dy", dy, dyOffset);
        Args.disjointOrSame("dx", dx, dxOffset, n, "saved", saved, savedOffset);
        Kernels.SWEEPS.derivative(f, n, saved, savedOffset, dy, dyOffset, dx, dxOffset);
    }

    /**
     * {@code y ← eˣ}: 0 where it is less than half the least subnormal, ∞ above the greatest float.
     *
     * @param n elements
     * @param x n elements
     * @param xOffset where x starts
     * @param y n elements, overwritten; may be x
     * @param yOffset where y starts
     * @throws IllegalArgumentException if an argument is null or out of its range, an array too short, or y overlaps x
     *     otherwise than exactly; nothing is written then
     */
    public static void exp(int n, float[] x, int xOffset, float[] y, int yOffset) {
        Args.size("n", n);
        Args.vector("x", x, xOffset, n);
        Args.vector("y", y, yOffset, n);
        Args.disjointOrSame("y", y, yOffset, n, "x", x, xOffset);
        Kernels.SWEEPS.exp(n, x, xOffset, y, yOffset);
    }
}
