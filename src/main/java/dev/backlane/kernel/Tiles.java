package dev.backlane.kernel;

/**
 * The innermost pieces of a matrix product, which differ from backend to backend; {@link GemmCall} is the loop nest around
 * them. Every element of C is one chain of fused multiply-adds in ascending k, whatever the tile: hence the same bits.
 *
 * <p>No method checks its arguments or allocates. Only {@link #packTile} reads beyond its block, never beyond the array.
 */
abstract class Tiles {
    /** Rows of a full tile where A is packed: the most of any tile. */
    final int rows;
    /** Rows of a full tile where A is read in place. */
    final int rowMajorRows;
    /** Rows of the small tile, for products of few rows. */
    final int smallRows;
    /** Columns of a tile, and of a packed panel of B. */
    final int cols;
    /** Longest k of one pass: a panel of B of that length stays in the first-level cache. */
    final int depth;

    /** Most rows of A for which B is better read in place than packed first. */
    final int inPlaceRows;

    Tiles(int rows, int rowMajorRows, int smallRows, int cols, int depth, int inPlaceRows) {
        this.rows = rows;
        this.rowMajorRows = rowMajorRows;
        this.smallRows = smallRows;
        this.cols = cols;
        this.depth = depth;
        this.inPlaceRows = inPlaceRows;
    }

    /**
     * One tile: {@code C ← S + A·B}, with {@code height} rows, {@link #cols} columns.
     *
     * @param height {@link #rows} or {@link #smallRows} of a packed A, {@link #rowMajorRows} or {@link #smallRows} otherwise
     * @param k length of the product
     * @param a A; element (i, p) at {@code ao + i·rs + p·cs}, where cs is 1, or rs is 1 and cs the height: rows, or a tile as {@link
     *     #packTile} leaves it
     * @param b B; element (p, j) at {@code bo + p·ldb + j}: in place, or a packed panel, whose ldb is {@link #cols}; packed
     *     where A is
     * @param s where each chain starts; row i at {@code so + i·lds}. C itself, a bias with {@code lds = 0}, or zeros
     * @param c C; row i at {@code co + i·ldc}; written only after all of S has been read
     */
    abstract void tile(
            int height,
            int k,
            float[] a,
            int ao,
            int rs,
            int cs,
            float[] b,
            int bo,
            int ldb,
            float[] s,
            int so,
            int lds,
            float[] c,
            int co,
            int ldc);

    /** Whether m rows of a row-major A, {@code rs} apart, are packed for n columns: they need not be, alpha being 1. */
    boolean packA(int m, int n, int rs) {
        return false;
    }

    /**
     * One row, B unpacked: {@code c[0..n) ← c + Σ_p a[ao + p·cs]·B[p][0..n)}, p ascending.
     *
     * @param b B, row-major; row p at {@code bo + p·ldb}
     */
    abstract void row(int n, int k, float[] a, int ao, int cs, float[] b, int bo, int ldb, float[] c, int co);

    /** {@code to[p·cols + j] ← B[p][j]} for {@code width ≤ cols} columns, zeros behind; B row-major. */
    abstract void packPanel(int k, int width, float[] b, int bo, int ldb, float[] to, int toOffset);

    /** So many full panels side by side: panel q by {@link #packPanel} at {@code toOffset + q·cols·k}. */
    void packPanels(int panels, int k, float[] b, int bo, int ldb, float[] to, int toOffset) {
        for (int q = 0; q < panels; q++) {
            packPanel(k, cols, b, bo + q * cols, ldb, to, toOffset + q * cols * k);
        }
    }

    /** {@code to[p·cols + j] ← Bᵀ}: element (p, j) is {@code b[bo + j·ldb + p]}; {@code width ≤ cols}, zeros behind. */
    abstract void packPanelTransposed(int k, int width, float[] b, int bo, int ldb, float[] to, int toOffset);

    /**
     * One tile of A: {@code to[p·height + i] ← alpha·A[i][p]} for i below {@code rows}, anything from there to {@code height}.
     * May write up to a vector behind the tile, which the next tile then overwrites.
     *
     * @param a element (i, p) at {@code ao + i·rs + p·cs}
     */
    void packTile(int height, int rows, int k, float alpha, float[] a, int ao, int rs, int cs, float[] to, int t) {
        Packing.tileOfA(height, rows, k, alpha, a, ao, rs, cs, to, t);
    }

    /** {@code sum[j] ← sum[j] + Σ_p B[p][j]}, p ascending: the bias gradient. */
    abstract void addRows(int k, int n, float[] b, int bo, int ldb, float[] sum, int sumOffset);
}
