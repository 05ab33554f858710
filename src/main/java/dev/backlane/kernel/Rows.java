package dev.backlane.kernel;

/** Functions of each row of a matrix: softmax, and where the greatest element is. */
public final class Rows {
    private Rows() {}

    /**
     * {@code yᵢⱼ ← e^(xᵢⱼ − mᵢ) / Σₖ e^(xᵢₖ − mᵢ)}, mᵢ the greatest element of row i: stable for all finite x, ±{@link
     * Float#MAX_VALUE} included. −∞ gives 0. A row that holds NaN or +∞, or nothing but −∞, becomes NaN, as in IEEE 754 do
     * ∞ − ∞ and what follows from it.
     *
     * @param rows rows of x and y
     * @param cols columns of x and y
     * @param x rows×cols
     * @param xOffset where x starts
     * @param ldx distance of x's rows
     * @param y rows×cols, overwritten; may be x
     * @param yOffset where y starts
     * @param ldy distance of y's rows
     * @throws IllegalArgumentException if an argument is null or out of its range, an array too short, or y overlaps x
     *     otherwise than exactly; nothing is written then
     */
    public static void softmax(int rows, int cols, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
        Args.size("rows", rows);
        Args.size("cols", cols);
        Args.matrix("x", x, xOffset, rows, cols, ldx);
        Args.matrix("y", y, yOffset, rows, cols, ldy);
        apartOrSame("y", y, yOffset, ldy, "x", x, xOffset, ldx, rows, cols);
        Lanes lanes = Lanes.POOL.take();
        for (int i = 0; i < rows; i++) {
            int from = xOffset + i * ldx;
            int to = yOffset + i * ldy;
            float max = Kernels.SWEEPS.max(cols, x, from);
            float sum = Kernels.SWEEPS.expSum(cols, max, x, from, y, to, lanes);
            Kernels.SWEEPS.scale(cols, 1 / sum, y, to, y, to);
        }
        Lanes.POOL.give(lanes);
    }

    /**
     * The column of each row's greatest element, the first of equals. NaN counts as greater than everything, so that a broken row
     * is seen and not hidden: the first NaN wins.
     *
     * @param rows rows of x
     * @param cols columns of x, at least 1 where there are rows
     * @param x rows×cols
     * @param xOffset where x starts
     * @param ldx distance of x's rows
     * @param indices rows elements, overwritten
     * @param indicesOffset where indices starts
     * @throws IllegalArgumentException if an argument is null or out of its range, or an array too short; nothing is
     *     written then
     */
    public static void argmax(int rows, int cols, float[] x, int xOffset, int ldx, int[] indices, int indicesOffset) {
        Args.size("rows", rows);
        Args.size("cols", cols);
        if (rows > 0 && cols == 0) {
            throw new IllegalArgumentException("cols must be at least 1 where there are rows, but is 0");
        }
        Args.matrix("x", x, xOffset, rows, cols, ldx);
        Args.vector("indices", indices, indicesOffset, rows);
        for (int i = 0; i < rows; i++) {
            indices[indicesOffset + i] = Kernels.SWEEPS.indexOfMax(cols, x, xOffset + i * ldx);
        }
    }

    /** Refuses two matrices of the same shape that share an element, unless they are the same: exactly in place. */
    static void apartOrSame(
            String name,
            float[] a,
            int aOffset,
            int lda,
            String other,
            float[] b,
            int bOffset,
            int ldb,
            int rows,
            int cols) {
        if (a != b || aOffset != bOffset || lda != ldb && rows > 1) {
            Args.disjoint(name, a, aOffset, rows, cols, lda, other, b, bOffset, rows, cols, ldb);
        }
    }
}
