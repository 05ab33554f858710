package dev.backlane.kernel;

/**
 * Sweeps over vectors: products, sums, norms. NaN and infinities go through as IEEE 754 has them; a sum over nothing is 0.
 *
 * <p>{@link #sum} and {@link #dot} add in float, over 64 lanes (element i in lane i mod 64) and then the lanes in halves, which
 * bounds their error by γ(n/64 + 8)·Σ|terms|; they overflow where a partial sum does. {@link #norm} and {@link
 * #sumOfSquares} add in double over 32 lanes, where no finite float over- or underflows.
 */
public final class Vectors {
    private Vectors() {}

    /**
     * {@code Σ xᵢ·yᵢ}, one fma each.
     *
     * @param n elements
     * @param x n elements
     * @param xOffset where x starts
     * @param y n elements; may overlap x
     * @param yOffset where y starts
     * @return the inner product
     * @throws IllegalArgumentException if an argument is null or out of its range, or an array too short
     */
    public static float dot(int n, float[] x, int xOffset, float[] y, int yOffset) {
        Args.size("n", n);
        Args.vector("x", x, xOffset, n);
        Args.vector("y", y, yOffset, n);
        return Kernels.SWEEPS.dot(n, x, xOffset, y, yOffset);
    }

    /**
     * {@code y ← alpha·x + y}, one fma each.
     *
     * @param n elements
     * @param alpha factor; if 0, x is still read, and an infinity in it gives NaN
     * @param x n elements
     * @param xOffset where x starts
     * @param y n elements, updated; may be x
     * @param yOffset where y starts
     * @throws IllegalArgumentException if an argument is null or out of its range, an array too short, or y overlaps x
     *     otherwise than exactly; nothing is written then
     */
    public static void axpy(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
        Args.size("n", n);
        Args.vector("x", x, xOffset, n);
        Args.vector("y", y, yOffset, n);
        Args.disjointOrSame("y", y, yOffset, n, "x", x, xOffset);
        Kernels.SWEEPS.axpy(n, alpha, x, xOffset, y, yOffset);
    }

    /**
     * {@code y ← alpha·x}.
     *
     * @param n elements
     * @param alpha factor; if 0, x is still read, and an infinity in it gives NaN
     * @param x n elements
     * @param xOffset where x starts
     * @param y n elements, overwritten; may be x
     * @param yOffset where y starts
     * @throws IllegalArgumentException if an argument is null or out of its range, an array too short, or y overlaps x
     *     otherwise than exactly; nothing is written then
     */
    public static void scale(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
        Args.size("n", n);
        Args.vector("x", x, xOffset, n);
        Args.vector("y", y, yOffset, n);
        Args.disjointOrSame("y", y, yOffset, n, "x", x, xOffset);
        Kernels.SWEEPS.scale(n, alpha, x, xOffset, y, yOffset);
    }

    /**
     * {@code Σ xᵢ}.
     *
     * @param n elements
     * @param x n elements
     * @param xOffset where x starts
     * @return the sum
     * @throws IllegalArgumentException if an argument is null or out of its range, or the array too short
     */
    public static float sum(int n, float[] x, int xOffset) {
        Args.size("n", n);
        Args.vector("x", x, xOffset, n);
        return Kernels.SWEEPS.sum(n, x, xOffset);
    }

    /**
     * {@code Σ xᵢ²}, in double.
     *
     * @param n elements
     * @param x n elements
     * @param xOffset where x starts
     * @return the sum of squares: finite if x is
     * @throws IllegalArgumentException if an argument is null or out of its range, or the array too short
     */
    public static double sumOfSquares(int n, float[] x, int xOffset) {
        Args.size("n", n);
        Args.vector("x", x, xOffset, n);
        Lanes lanes = Lanes.POOL.take();
        double sum = Kernels.SWEEPS.sumOfSquares(n, x, xOffset, lanes);
        Lanes.POOL.give(lanes);
        return sum;
    }

    /**
     * {@code √Σ xᵢ²}, the Euclidean norm, in double.
     *
     * @param n elements
     * @param x n elements
     * @param xOffset where x starts
     * @return the norm: finite if x is
     * @throws IllegalArgumentException if an argument is null or out of its range, or the array too short
     */
    public static double norm(int n, float[] x, int xOffset) {
        return Math.sqrt(sumOfSquares(n, x, xOffset));
    }
}
