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

    /** Whether a full panel of B is better packed by its {@link #firstTile}. */
    boolean packsOnTheWay() {
        return false;
    }

    /** Width of the next panel of B where so many columns are left: {@link #cols}, or less at the end. */
    int panel(int left) {
        return cols;
    }

    /** Whether A is packed as it lies, by rows or by columns, and not as {@link #packTile} does. */
    boolean packsRows() {
        return false;
    }

    /** Rows of less than a panel, to or from the room of a whole tile. */
    static void copy(int rows, int width, float[] from, int fromAt, int ldFrom, float[] to, int at, int ldTo) {
        for (int r = 0; r < rows; r++) {
            System.arraycopy(from, fromAt + r * ldFrom, to, at + r * ldTo, width);
        }
    }

    /** Whether a tile of A at such distances, alpha being 1, is better packed for n columns. */
    boolean packA(int m, int n, int rs, int cs) {
        return cs != 1;
    }

    Tiles(int rows, int rowMajorRows, int smallRows, int cols, int depth, int inPlaceRows) {
        this.rows = rows;
        this.rowMajorRows = rowMajorRows;
        this.smallRows = smallRows;
        this.cols = cols;
        this.depth = depth;
        this.inPlaceRows = inPlaceRows;
    }

    /**
     * One tile: {@code C ← S + A·B}, with {@code height} rows and the columns of its panel.
     *
     * @param height {@link #rows} or {@link #smallRows} of a packed A, {@link #rowMajorRows} or {@link #smallRows} otherwise
     * @param k length of the product
     * @param a A; element (i, p) at {@code ao + i·rs + p·cs}, where cs is 1, or rs is 1 and cs the height: rows, or a tile as {@link
     *     #packTile} leaves it; or columns in place, where {@link #packA} does not want them packed
     * @param b B; element (p, j) at {@code bo + p·ldb + j}: in place, or a packed panel, whose ldb is that of {@link #panel};
     *     packed where A is
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

    /** {@link #tile} with a full panel of B in place, row p at {@code bo + p·ldb}, which it packs to {@code to}, as {@link #packPanel}. */
    void firstTile(
            int height,
            int k,
            float[] a,
            int ao,
            int rs,
            int cs,
            float[] b,
            int bo,
            int ldb,
            float[] to,
            int toOffset,
            float[] s,
            int so,
            int lds,
            float[] c,
            int co,
            int ldc) {
        packPanel(cols, k, cols, b, bo, ldb, to, toOffset);
        tile(height, k, a, ao, rs, cs, to, toOffset, cols, s, so, lds, c, co, ldc);
    }

    /**
     * One row, B unpacked: {@code c[0..n) ← c + Σ_p a[ao + p·cs]·B[p][0..n)}, p ascending.
     *
     * @param b B, row-major; row p at {@code bo + p·ldb}
     */
    abstract void row(int n, int k, float[] a, int ao, int cs, float[] b, int bo, int ldb, float[] c, int co);

    /** {@code to[p·panel + j] ← B[p][j]} for {@code width ≤ panel} columns, anything behind; B row-major. */
    abstract void packPanel(int panel, int k, int width, float[] b, int bo, int ldb, float[] to, int toOffset);

    /** So many full panels side by side: panel q by {@link #packPanel} at {@code toOffset + q·cols·k}. */
    void packPanels(int panels, int k, float[] b, int bo, int ldb, float[] to, int toOffset) {
        for (int q = 0; q < panels; q++) {
            packPanel(cols, k, cols, b, bo + q * cols, ldb, to, toOffset + q * cols * k);
        }
    }

    /** {@code to[p·panel + j] ← Bᵀ}: element (p, j) is {@code b[bo + j·ldb + p]}; {@code width ≤ panel}, zeros behind. */
    abstract void packPanelTransposed(
            int panel, int k, int width, float[] b, int bo, int ldb, float[] to, int toOffset);

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
