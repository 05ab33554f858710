package dev.backlane.kernel;

import java.util.Arrays;

/**
 * Arithmetic on vectors, element by element, with the rearrangements and sums that go with it: what a computation graph
 * needs beyond layers, activations and losses.
 *
 * <p>An operand has a step: 1 for a vector, 0 for one number that stands for a vector of it, so {@code z ← x·2} and
 * {@code z ← 1/x} are calls of the same kernels. A row that goes with every row of a matrix is one call per row.
 *
 * <p>All kernels here may run exactly in place; any other overlap of an output and an input is refused.
 */
public final class Elementwise {
    private interface Pass {
        void run(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo);
    }

    // Not method references, which would bind the implementation before a backend that cannot run is refused.
    private static final Pass ADD = (n, x, xo, y, yo, z, zo) -> Kernels.ELEMENTWISE.add(n, x, xo, y, yo, z, zo);
    private static final Pass SUBTRACT =
            (n, x, xo, y, yo, z, zo) -> Kernels.ELEMENTWISE.subtract(n, x, xo, y, yo, z, zo);
    private static final Pass MULTIPLY =
            (n, x, xo, y, yo, z, zo) -> Kernels.ELEMENTWISE.multiply(n, x, xo, y, yo, z, zo);
    private static final Pass MULTIPLY_ADD =
            (n, x, xo, y, yo, z, zo) -> Kernels.ELEMENTWISE.multiplyAdd(n, x, xo, y, yo, z, zo);
    private static final Pass DIVIDE = (n, x, xo, y, yo, z, zo) -> Kernels.ELEMENTWISE.divide(n, x, xo, y, yo, z, zo);
    private static final Pass MAX = (n, x, xo, y, yo, z, zo) -> Kernels.ELEMENTWISE.max(n, x, xo, y, yo, z, zo);
    private static final Pass MIN = (n, x, xo, y, yo, z, zo) -> Kernels.ELEMENTWISE.min(n, x, xo, y, yo, z, zo);
    private static final Pass AT_LEAST =
            (n, x, xo, y, yo, z, zo) -> Kernels.ELEMENTWISE.atLeast(n, x, xo, y, yo, z, zo);

    /** Elements of a number spread out, in the first-level cache. */
    private static final int CHUNK = 256;

    /** Side of a block of a transpose: as many cache lines as the first-level cache holds easily. */
    private static final int BLOCK = 16;

    private static final float[] ONE = {1};
    private static final Pool<float[]> SPREADS = new Pool<>(() -> new float[2 * CHUNK]);

    private Elementwise() {}

    /**
     * {@code z ← x + y}.
     *
     * @param n length of z
     * @param x first operand
     * @param xOffset where x starts
     * @param xStep 1, or 0 where x is one number
     * @param y second operand
     * @param yOffset where y starts
     * @param yStep 1, or 0 where y is one number
     * @param z n elements, overwritten
     * @param zOffset where z starts
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or z overlaps an operand
     *     and is not exactly it; nothing is written then
     */
    public static void add(
            int n, float[] x, int xOffset, int xStep, float[] y, int yOffset, int yStep, float[] z, int zOffset) {
        run(ADD, n, x, xOffset, xStep, y, yOffset, yStep, z, zOffset);
    }

    /**
     * {@code z ← x − y}.
     *
     * @param n length of z
     * @param x first operand
     * @param xOffset where x starts
     * @param xStep 1, or 0 where x is one number
     * @param y second operand
     * @param yOffset where y starts
     * @param yStep 1, or 0 where y is one number
     * @param z n elements, overwritten
     * @param zOffset where z starts
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or z overlaps an operand
     *     and is not exactly it; nothing is written then
     */
    public static void subtract(
            int n, float[] x, int xOffset, int xStep, float[] y, int yOffset, int yStep, float[] z, int zOffset) {
        run(SUBTRACT, n, x, xOffset, xStep, y, yOffset, yStep, z, zOffset);
    }

    /**
     * {@code z ← x·y}.
     *
     * @param n length of z
     * @param x first operand
     * @param xOffset where x starts
     * @param xStep 1, or 0 where x is one number
     * @param y second operand
     * @param yOffset where y starts
     * @param yStep 1, or 0 where y is one number
     * @param z n elements, overwritten
     * @param zOffset where z starts
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or z overlaps an operand
     *     and is not exactly it; nothing is written then
     */
    public static void multiply(
            int n, float[] x, int xOffset, int xStep, float[] y, int yOffset, int yStep, float[] z, int zOffset) {
        run(MULTIPLY, n, x, xOffset, xStep, y, yOffset, yStep, z, zOffset);
    }

    /**
     * {@code z ← x·y + z}, one fused multiply-add per element.
     *
     * @param n length of z
     * @param x first operand
     * @param xOffset where x starts
     * @param xStep 1, or 0 where x is one number
     * @param y second operand
     * @param yOffset where y starts
     * @param yStep 1, or 0 where y is one number
     * @param z n elements, added to
     * @param zOffset where z starts
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or z overlaps an operand
     *     and is not exactly it; nothing is written then
     */
    public static void multiplyAdd(
            int n, float[] x, int xOffset, int xStep, float[] y, int yOffset, int yStep, float[] z, int zOffset) {
        run(MULTIPLY_ADD, n, x, xOffset, xStep, y, yOffset, yStep, z, zOffset);
    }

    /**
     * {@code z ← x/y}.
     *
     * @param n length of z
     * @param x first operand
     * @param xOffset where x starts
     * @param xStep 1, or 0 where x is one number
     * @param y second operand
     * @param yOffset where y starts
     * @param yStep 1, or 0 where y is one number
     * @param z n elements, overwritten
     * @param zOffset where z starts
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or z overlaps an operand
     *     and is not exactly it; nothing is written then
     */
    public static void divide(
            int n, float[] x, int xOffset, int xStep, float[] y, int yOffset, int yStep, float[] z, int zOffset) {
        run(DIVIDE, n, x, xOffset, xStep, y, yOffset, yStep, z, zOffset);
    }

    /**
     * {@code z ← max(x, y)}: NaN where either is, and 0 above −0.
     *
     * @param n length of z
     * @param x first operand
     * @param xOffset where x starts
     * @param xStep 1, or 0 where x is one number
     * @param y second operand
     * @param yOffset where y starts
     * @param yStep 1, or 0 where y is one number
     * @param z n elements, overwritten
     * @param zOffset where z starts
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or z overlaps an operand
     *     and is not exactly it; nothing is written then
     */
    public static void max(
            int n, float[] x, int xOffset, int xStep, float[] y, int yOffset, int yStep, float[] z, int zOffset) {
        run(MAX, n, x, xOffset, xStep, y, yOffset, yStep, z, zOffset);
    }

    /**
     * {@code z ← min(x, y)}: NaN where either is, and −0 below 0.
     *
     * @param n length of z
     * @param x first operand
     * @param xOffset where x starts
     * @param xStep 1, or 0 where x is one number
     * @param y second operand
     * @param yOffset where y starts
     * @param yStep 1, or 0 where y is one number
     * @param z n elements, overwritten
     * @param zOffset where z starts
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or z overlaps an operand
     *     and is not exactly it; nothing is written then
     */
    public static void min(
            int n, float[] x, int xOffset, int xStep, float[] y, int yOffset, int yStep, float[] z, int zOffset) {
        run(MIN, n, x, xOffset, xStep, y, yOffset, yStep, z, zOffset);
    }

    /**
     * {@code z ← 1} where x ≥ y, 0 where x &lt; y, NaN where either is: the derivative of {@link #max} by x, and of
     * {@link #min} by y.
     *
     * @param n length of z
     * @param x first operand
     * @param xOffset where x starts
     * @param xStep 1, or 0 where x is one number
     * @param y second operand
     * @param yOffset where y starts
     * @param yStep 1, or 0 where y is one number
     * @param z n elements, overwritten
     * @param zOffset where z starts
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or z overlaps an operand
     *     and is not exactly it; nothing is written then
     */
    public static void atLeast(
            int n, float[] x, int xOffset, int xStep, float[] y, int yOffset, int yStep, float[] z, int zOffset) {
        run(AT_LEAST, n, x, xOffset, xStep, y, yOffset, yStep, z, zOffset);
    }

    private static void run(Pass pass, int n, float[] x, int xo, int xs, float[] y, int yo, int ys, float[] z, int zo) {
        Args.size("n", n);
        operand("x", x, xo, "xStep", xs, n, z, zo);
        operand("y", y, yo, "yStep", ys, n, z, zo);
        Args.vector("z", z, zo, n);
        if (n == 0) {
            return;
        }
        if (xs == 1 && ys == 1) {
            pass.run(n, x, xo, y, yo, z, zo);
            return;
        }
        float[] spread = SPREADS.take();
        int chunk = Math.min(n, CHUNK);
        if (xs == 0) {
            Arrays.fill(spread, 0, chunk, x[xo]);
        }
        if (ys == 0) {
            Arrays.fill(spread, CHUNK, CHUNK + chunk, y[yo]);
        }
        for (int i = 0; i < n; i += CHUNK) {
            pass.run(
                    Math.min(CHUNK, n - i),
                    xs == 0 ? spread : x,
                    xs == 0 ? 0 : xo + i,
                    ys == 0 ? spread : y,
                    ys == 0 ? CHUNK : yo + i,
                    z,
                    zo + i);
        }
        SPREADS.give(spread);
    }

    private static void operand(String name, float[] x, int xo, String step, int xs, int n, float[] z, int zo) {
        if (xs != 0 && xs != 1) {
            throw new IllegalArgumentException(step + " must be 0 or 1, but is " + xs);
        }
        int length = xs == 0 ? Math.min(1, n) : n;
        Args.vector(name, x, xo, length);
        if (xs == 0 || xo != zo) {
            Args.disjoint("z", z, zo, n, name, x, xo, length);
        }
    }

    /**
     * {@code y ← log x}: −∞ at 0, NaN below.
     *
     * @param n length of x and y
     * @param x operand
     * @param xOffset where x starts
     * @param y n elements, overwritten
     * @param yOffset where y starts
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or y overlaps x and is
     *     not exactly it; nothing is written then
     */
    public static void log(int n, float[] x, int xOffset, float[] y, int yOffset) {
        operands(n, x, xOffset, y, yOffset);
        Kernels.ELEMENTWISE.log(n, x, xOffset, y, yOffset);
    }

    /**
     * {@code y ← √x}, correctly rounded.
     *
     * @param n length of x and y
     * @param x operand
     * @param xOffset where x starts
     * @param y n elements, overwritten
     * @param yOffset where y starts
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or y overlaps x and is
     *     not exactly it; nothing is written then
     */
    public static void sqrt(int n, float[] x, int xOffset, float[] y, int yOffset) {
        operands(n, x, xOffset, y, yOffset);
        Kernels.ELEMENTWISE.sqrt(n, x, xOffset, y, yOffset);
    }

    /**
     * {@code y ← x²}.
     *
     * @param n length of x and y
     * @param x operand
     * @param xOffset where x starts
     * @param y n elements, overwritten
     * @param yOffset where y starts
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or y overlaps x and is
     *     not exactly it; nothing is written then
     */
    public static void square(int n, float[] x, int xOffset, float[] y, int yOffset) {
        operands(n, x, xOffset, y, yOffset);
        Kernels.ELEMENTWISE.multiply(n, x, xOffset, x, xOffset, y, yOffset);
    }

    /**
     * {@code y ← |x|}.
     *
     * @param n length of x and y
     * @param x operand
     * @param xOffset where x starts
     * @param y n elements, overwritten
     * @param yOffset where y starts
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or y overlaps x and is
     *     not exactly it; nothing is written then
     */
    public static void abs(int n, float[] x, int xOffset, float[] y, int yOffset) {
        operands(n, x, xOffset, y, yOffset);
        Kernels.ELEMENTWISE.abs(n, x, xOffset, y, yOffset);
    }

    /**
     * {@code y ← 1} where x is positive, −1 where negative, else x, which is a zero or NaN: the derivative of {@link
     * #abs}.
     *
     * @param n length of x and y
     * @param x operand
     * @param xOffset where x starts
     * @param y n elements, overwritten
     * @param yOffset where y starts
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or y overlaps x and is
     *     not exactly it; nothing is written then
     */
    public static void sign(int n, float[] x, int xOffset, float[] y, int yOffset) {
        operands(n, x, xOffset, y, yOffset);
        Kernels.ELEMENTWISE.sign(n, x, xOffset, y, yOffset);
    }

    /**
     * {@code y ← xᵖ}, as {@link Math#pow} defines it. Products for p = 1, 2 and 3 and a quotient for p = −1, on
     * vectors. Any other p takes {@code Math.pow} in double, rounded, element by element and some fifty times slower:
     * the same bits on every backend; another processor may round a rare result that lies next to halfway between two
     * floats the other way.
     *
     * @param n length of x and y
     * @param p exponent
     * @param x base
     * @param xOffset where x starts
     * @param y n elements, overwritten
     * @param yOffset where y starts
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or y overlaps x and is
     *     not exactly it; nothing is written then
     */
    public static void power(int n, float p, float[] x, int xOffset, float[] y, int yOffset) {
        operands(n, x, xOffset, y, yOffset);
        if (p == 1) {
            System.arraycopy(x, xOffset, y, yOffset, n);
        } else if (p == 2) {
            Kernels.ELEMENTWISE.multiply(n, x, xOffset, x, xOffset, y, yOffset);
        } else if (p == 3) {
            Kernels.ELEMENTWISE.cube(n, x, xOffset, y, yOffset);
        } else if (p == -1) {
            run(DIVIDE, n, ONE, 0, 0, x, xOffset, 1, y, yOffset);
        } else {
            for (int i = 0; i < n; i++) {
                y[yOffset + i] = (float) Math.pow(x[xOffset + i], p);
            }
        }
    }

    private static void operands(int n, float[] x, int xo, float[] y, int yo) {
        Args.size("n", n);
        Args.vector("x", x, xo, n);
        Args.vector("y", y, yo, n);
        Args.disjointOrSame("y", y, yo, n, "x", x, xo);
    }

    /**
     * {@code dx ← dy·f″}: what the curvature of an activation adds to a second-order derivative. At a kink f″ is 0; NaN
     * stays NaN.
     *
     * @param f activation
     * @param n length of the vectors
     * @param saved what f′ reads: f's output or its pre-activation, as {@link Activation#reads()} says
     * @param savedOffset where it starts
     * @param dy n elements
     * @param dyOffset where dy starts
     * @param dx n elements, overwritten
     * @param dxOffset where dx starts
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or dx overlaps an input
     *     and is not exactly it; nothing is written then
     */
    public static void secondDerivative(
            Activation f, int n, float[] saved, int savedOffset, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        Args.notNull("f", f);
        Args.size("n", n);
        Args.vector("saved", saved, savedOffset, n);
        Args.vector("dy", dy, dyOffset, n);
        Args.vector("dx", dx, dxOffset, n);
        Args.disjointOrSame("dx", dx, dxOffset, n, "saved", saved, savedOffset);
        Args.disjointOrSame("dx", dx, dxOffset, n, "dy", dy, dyOffset);
        Kernels.ELEMENTWISE.secondDerivative(f, n, saved, savedOffset, dy, dyOffset, dx, dxOffset);
    }

    /**
     * {@code Y ← Xᵀ}.
     *
     * @param rows rows of X, columns of Y
     * @param cols columns of X, rows of Y
     * @param x X, rows×cols
     * @param xOffset where X starts
     * @param ldx distance of X's rows
     * @param y Y, cols×rows, overwritten
     * @param yOffset where Y starts
     * @param ldy distance of Y's rows
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or Y overlaps X; nothing
     *     is written then
     */
    public static void transpose(int rows, int cols, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
        matrix(rows, cols, x, xOffset, ldx);
        Args.matrix("y", y, yOffset, cols, rows, ldy);
        Args.disjoint("y", y, yOffset, cols, rows, ldy, "x", x, xOffset, rows, cols, ldx);
        for (int i0 = 0; i0 < rows; i0 += BLOCK) {
            int i1 = Math.min(rows, i0 + BLOCK);
            for (int j0 = 0; j0 < cols; j0 += BLOCK) {
                int j1 = Math.min(cols, j0 + BLOCK);
                for (int i = i0; i < i1; i++) {
                    for (int j = j0; j < j1; j++) {
                        y[yOffset + j * ldy + i] = x[xOffset + i * ldx + j];
                    }
                }
            }
        }
    }

    /**
     * {@code y ← Σ_j x[·][j]} or {@code y ← y + Σ_j x[·][j]}: one sum per row, each in the order of {@link
     * Vectors#sum}.
     *
     * @param rows rows of X, length of y
     * @param cols columns of X
     * @param x X, rows×cols
     * @param xOffset where X starts
     * @param ldx distance of X's rows
     * @param y rows elements
     * @param yOffset where y starts
     * @param accumulate whether to add to y; else it is overwritten and never read
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or y overlaps X; nothing
     *     is written then
     */
    public static void rowSums(
            int rows, int cols, float[] x, int xOffset, int ldx, float[] y, int yOffset, boolean accumulate) {
        matrix(rows, cols, x, xOffset, ldx);
        Args.vector("y", y, yOffset, rows);
        Args.disjoint("y", y, yOffset, rows, "x", x, xOffset, Args.extent(rows, cols, ldx));
        for (int i = 0; i < rows; i++) {
            float sum = Kernels.SWEEPS.sum(cols, x, xOffset + i * ldx);
            y[yOffset + i] = accumulate ? y[yOffset + i] + sum : sum;
        }
    }

    /**
     * {@code y ← Σ_i x[i][·]} or {@code y ← y + Σ_i x[i][·]}: one sum per column, in ascending order of the rows,
     * started from what y holds or 0.
     *
     * @param rows rows of X
     * @param cols columns of X, length of y
     * @param x X, rows×cols
     * @param xOffset where X starts
     * @param ldx distance of X's rows
     * @param y cols elements
     * @param yOffset where y starts
     * @param accumulate whether to add to y; else it is overwritten and never read
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or y overlaps X; nothing
     *     is written then
     */
    public static void columnSums(
            int rows, int cols, float[] x, int xOffset, int ldx, float[] y, int yOffset, boolean accumulate) {
        matrix(rows, cols, x, xOffset, ldx);
        Args.vector("y", y, yOffset, cols);
        Args.disjoint("y", y, yOffset, cols, "x", x, xOffset, Args.extent(rows, cols, ldx));
        if (!accumulate) {
            Arrays.fill(y, yOffset, yOffset + cols, 0);
        }
        if (cols > 0) {
            Kernels.TILES.addRows(rows, cols, x, xOffset, ldx, y, yOffset);
        }
    }

    private static void matrix(int rows, int cols, float[] x, int xOffset, int ldx) {
        Args.size("rows", rows);
        Args.size("cols", cols);
        Args.matrix("x", x, xOffset, rows, cols, ldx);
    }
}
