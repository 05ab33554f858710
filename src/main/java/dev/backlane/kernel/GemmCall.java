package dev.backlane.kernel;

import java.util.Arrays;

/**
 * One matrix product {@code C ← start + alpha·op(A)·op(B)} with what is fused to it: the loop nest around {@link Tiles}, in the
 * manner of Goto and van de Geijn (2008), here with A read in place wherever it can be. An object because its parts run on
 * several threads; pooled because a call may not allocate.
 *
 * <p>k is cut into passes of at most {@link Tiles#depth}, each of which continues the chains that the one before left in C.
 * Within a pass, a panel of B is packed once and used for a block of rows of A that stays in the second-level cache.
 */
final class GemmCall implements Workers.Job {
    /** What is done to a block of C once its products are complete. */
    enum Then {
        NOTHING,
        /** {@code out ← f(C)}. */
        ACTIVATE,
        /** {@code C ← C·f′(saved)}. */
        DIFFERENTIATE,
        /** {@code out ← out + C·f′(saved)}, C being scratch. */
        DIFFERENTIATE_AND_ADD
    }

    private static final Pool<GemmCall> CALLS = new Pool<>(GemmCall::new);
    private static final Pool<GemmScratch> SCRATCH = new Pool<>(GemmScratch::new);

    private static final Tiles TILES = Kernels.TILES;
    /** Where chains start that start at zero. */
    private static final float[] ZEROS = new float[TILES.cols];

    /** Rows of A per block: with {@link Tiles#depth} it stays in the second-level cache. */
    private static final int BLOCK_ROWS = 180;
    /** Columns of packed B at once: with {@link Tiles#depth} at most 3 MiB. */
    private static final int BLOCK_COLS = 2048;
    /** Panels of B that are packed together. */
    private static final int PANELS = 4;
    /** Floats between packed rows or columns of A: behind a full pass or block no power of two divides their distance by much. */
    private static final int STRIP_GAP = 16;
    /** What {@link Tiles#packTile} may write behind a tile. */
    private static final int SLACK = 64;

    private int m;
    private int n;
    private int k;
    private float alpha;
    private float[] a;
    private int ao;
    private int rs;
    private int cs;
    private boolean transposeB;
    private float[] b;
    private int bo;
    private int ldb;
    private float[] start;
    private int so;
    private int lds;
    private float[] c;
    private int co;
    private int ldc;
    private Then then;
    private Activation f;
    private float[] saved;
    private int savedOffset;
    private int ldSaved;
    private float[] out;
    private int outOffset;
    private int ldOut;
    private float[] rowSum;
    private int rowSumOffset;
    private int gridRows;
    private int gridCols;

    private GemmCall() {}

    static GemmCall take() {
        GemmCall call = CALLS.take();
        call.then = Then.NOTHING;
        call.alpha = 1;
        return call;
    }

    GemmCall size(int m, int n, int k) {
        this.m = m;
        this.n = n;
        this.k = k;
        return this;
    }

    GemmCall a(boolean transpose, float alpha, float[] a, int aOffset, int lda) {
        this.alpha = alpha;
        this.a = a;
        ao = aOffset;
        rs = transpose ? 1 : lda;
        cs = transpose ? lda : 1;
        return this;
    }

    GemmCall b(boolean transpose, float[] b, int bOffset, int ldb) {
        transposeB = transpose;
        this.b = b;
        bo = bOffset;
        this.ldb = ldb;
        return this;
    }

    /** Chains start at C itself. */
    GemmCall addTo(float[] c, int cOffset, int ldc) {
        start = c;
        so = cOffset;
        lds = ldc;
        this.c = c;
        co = cOffset;
        this.ldc = ldc;
        return this;
    }

    /** Chains start at zero. */
    GemmCall overwrite(float[] c, int cOffset, int ldc) {
        addTo(c, cOffset, ldc);
        start = null;
        return this;
    }

    /** Every row's chains start at the same vector. */
    GemmCall startFrom(float[] bias, int biasOffset) {
        start = bias;
        so = biasOffset;
        lds = 0;
        return this;
    }

    GemmCall activate(Activation f, float[] out, int outOffset, int ldOut) {
        then = Then.ACTIVATE;
        this.f = f;
        this.out = out;
        this.outOffset = outOffset;
        this.ldOut = ldOut;
        return this;
    }

    GemmCall differentiate(Activation f, float[] saved, int savedOffset, int ldSaved) {
        then = Then.DIFFERENTIATE;
        this.f = f;
        this.saved = saved;
        this.savedOffset = savedOffset;
        this.ldSaved = ldSaved;
        return this;
    }

    GemmCall addInto(float[] out, int outOffset, int ldOut) {
        then = Then.DIFFERENTIATE_AND_ADD;
        this.out = out;
        this.outOffset = outOffset;
        this.ldOut = ldOut;
        return this;
    }

    /** Also {@code rowSum += Σ rows of B}, on the pass that packs B. */
    GemmCall addRowsOfB(float[] rowSum, int rowSumOffset) {
        this.rowSum = rowSum;
        this.rowSumOffset = rowSumOffset;
        return this;
    }

    /** Runs and goes back to the pool; not if it throws, for then a thread may still be running it. */
    void run(Workers workers) {
        workers.run(this, cut(workers));
        a = null;
        b = null;
        c = null;
        start = null;
        saved = null;
        out = null;
        rowSum = null;
        CALLS.give(this);
    }

    /** Cuts C into a grid for the threads, by whichever shape leaves the least for the busiest; returns its parts. */
    private int cut(Workers workers) {
        int threads = workers.threads();
        gridRows = 1;
        gridCols = 1;
        if (threads == 1 || (long) m * n * Math.max(k, 1) < workers.leastProduct) {
            return 1;
        }
        int tilesDown = ceilDiv(m, TILES.rows);
        int tilesAcross = ceilDiv(n, TILES.cols);
        long best = Long.MAX_VALUE;
        for (int down = 1; down <= threads; down++) {
            // Columns first: they divide the packing of B as well, rows repeat it.
            int across = Math.min(threads / down, tilesAcross);
            long most = (long) ceilDiv(tilesDown, down) * ceilDiv(tilesAcross, across);
            if (most < best) {
                best = most;
                gridRows = down;
                gridCols = across;
            }
        }
        return gridRows * gridCols;
    }

    @Override
    public void run(int part) {
        int down = part / gridCols;
        int across = part % gridCols;
        int m0 = edge(m, TILES.rows, down, gridRows);
        int m1 = edge(m, TILES.rows, down + 1, gridRows);
        int n0 = edge(n, TILES.cols, across, gridCols);
        int n1 = edge(n, TILES.cols, across + 1, gridCols);
        GemmScratch scratch = SCRATCH.take();
        try {
            if (then == Then.DIFFERENTIATE_AND_ADD) {
                intoScratch(m0, m1, n0, n1, scratch);
            } else {
                block(m0, m1, n0, n1, c, co, ldc, scratch);
            }
        } finally {
            SCRATCH.give(scratch);
        }
    }

    /** First row or column of part {@code i} of {@code parts}, on a tile's edge. */
    private static int edge(int size, int tile, int i, int parts) {
        return (int) Math.min(size, (long) ceilDiv(size, tile) * i / parts * tile);
    }

    private static int ceilDiv(int x, int y) {
        return (int) (((long) x + y - 1) / y);
    }

    /** The products must be whole before the derivative can scale them, so they cannot be summed straight into out. */
    private void intoScratch(int m0, int m1, int n0, int n1, GemmScratch scratch) {
        int width = n1 - n0;
        int rows = Math.clamp(BLOCK_ROWS * (long) BLOCK_COLS / Math.max(1, width), 1, BLOCK_ROWS);
        for (int i0 = m0; i0 < m1; i0 += rows) {
            int i1 = Math.min(m1, i0 + rows);
            float[] product = scratch.product(rows * width);
            // Element (i0, n0) of the product lies at 0, where block() computes the place of (i, j) from the origin.
            block(i0, i1, n0, n1, product, -(i0 * width + n0), width, scratch);
        }
    }

    private void block(int m0, int m1, int n0, int n1, float[] c, int co, int ldc, GemmScratch scratch) {
        if (m0 >= m1 || n0 >= n1) {
            return;
        }
        if (!transposeB && alpha == 1 && (m == 1 || k <= 2)) {
            rowByRow(m0, m1, n0, n1, c, co, ldc);
            return;
        }
        if (k == 0) {
            for (int i = m0; i < m1; i++) {
                begin(i, n0, n1 - n0, c, co + i * ldc + n0);
            }
            finish(m0, m1, n0, n1, c, co, ldc);
            return;
        }
        int passes = ceilDiv(k, TILES.depth);
        // A multiple of what is transposed at once.
        int depth = ceilDiv(ceilDiv(k, passes), 8) * 8;
        boolean packA = alpha != 1 || TILES.packA(m, n1 - n0, rs, cs);
        int strip = packA && TILES.packsRows() ? (cs == 1 ? depth : BLOCK_ROWS) + STRIP_GAP : 0;
        int height = height(m1 - m0, packA);
        // Blocks of like height: a low last one would read all of B for little.
        int rows = ceilDiv(ceilDiv(m1 - m0, ceilDiv(m1 - m0, BLOCK_ROWS)), height) * height;
        for (int j0 = n0; j0 < n1; j0 += BLOCK_COLS) {
            int j1 = Math.min(n1, j0 + BLOCK_COLS);
            float[] packedB = scratch.b(ceilDiv(j1 - j0, TILES.cols) * TILES.cols * depth);
            for (int p0 = 0; p0 < k; p0 += depth) {
                int p1 = Math.min(k, p0 + depth);
                if (rowSum != null && m0 == 0) {
                    TILES.addRows(p1 - p0, j1 - j0, b, bo + p0 * ldb + j0, ldb, rowSum, rowSumOffset + j0);
                }
                for (int i0 = m0; i0 < m1; i0 += rows) {
                    int i1 = Math.min(m1, i0 + rows);
                    pass(i0, i1, j0, j1, p0, p1, i0 == m0, height, packA, strip, packedB, c, co, ldc, scratch);
                    if (p1 == k) {
                        finish(i0, i1, j0, j1, c, co, ldc);
                    }
                }
            }
        }
    }

    /** Rows i0 to i1, columns j0 to j1, k from p0 to p1: panels outside, tiles inside, so that a panel stays close. */
    private void pass(
            int i0,
            int i1,
            int j0,
            int j1,
            int p0,
            int p1,
            boolean packB,
            int height,
            boolean packA,
            int strip,
            float[] packedB,
            float[] c,
            int co,
            int ldc,
            GemmScratch scratch) {
        int depth = p1 - p0;
        boolean inPlace = !packA && !transposeB && m <= TILES.inPlaceRows;
        float[] packedA = packA
                ? scratch.a((BLOCK_ROWS + TILES.rows) * (depth + STRIP_GAP) + SLACK)
                : scratch.edge(TILES.rows * depth + SLACK);
        if (strip > 0 && cs == 1) {
            Packing.rows(i1 - i0, depth, alpha, a, ao + i0 * rs + p0, rs, packedA, strip);
        } else if (strip > 0) {
            Packing.rows(depth, i1 - i0, alpha, a, ao + i0 + p0 * cs, cs, packedA, strip);
        } else if (packA) {
            packRows(i0, i1, p0, depth, height, packedA);
        }
        int packedPanels = 0;
        int ldPanel = 0;
        for (int j = j0, panel = 0; j < j1; j += ldPanel, panel += ldPanel * depth) {
            ldPanel = TILES.panel(j1 - j);
            int width = Math.min(ldPanel, j1 - j);
            boolean full = width == TILES.cols;
            boolean panelInPlace = inPlace && full;
            boolean pack = packB && !panelInPlace;
            boolean onTheWay = pack && full && !transposeB && TILES.packsOnTheWay() && i1 - i0 >= height;
            if (pack && !onTheWay) {
                if (transposeB) {
                    TILES.packPanelTransposed(ldPanel, depth, width, b, bo + j * ldb + p0, ldb, packedB, panel);
                } else if (full) {
                    if (packedPanels == 0) {
                        packedPanels = Math.min(PANELS, (j1 - j) / TILES.cols);
                        TILES.packPanels(packedPanels, depth, b, bo + p0 * ldb + j, ldb, packedB, panel);
                    }
                    packedPanels--;
                } else {
                    TILES.packPanel(ldPanel, depth, width, b, bo + p0 * ldb + j, ldb, packedB, panel);
                }
            }
            float[] panelB = panelInPlace ? b : packedB;
            int panelAt = panelInPlace ? bo + p0 * ldb + j : panel;
            int distance = panelInPlace ? ldb : ldPanel;
            for (int i = i0, packed = 0; i < i1; i += height, packed += height * depth) {
                int rows = Math.min(height, i1 - i);
                int tall = tall(rows, height);
                float[] tileA = a;
                int tileAt = ao + i * rs + p0 * cs;
                int tileRs = rs;
                int tileCs = cs;
                if (strip > 0) {
                    tileA = packedA;
                    tileAt = cs == 1 ? (i - i0) * strip : i - i0;
                    tileRs = cs == 1 ? strip : 1;
                    tileCs = cs == 1 ? 1 : strip;
                } else if (packA) {
                    tileA = packedA;
                    tileAt = packed;
                    tileRs = 1;
                    tileCs = tall;
                } else if (rows < tall) {
                    // Only the last tile can be short of rows, so the copy that the first panel makes serves them all.
                    if (j == j0) {
                        copyRows(rows, tall, depth, tileAt, packedA);
                    }
                    tileA = packedA;
                    tileAt = 0;
                    tileRs = cs == 1 ? depth : 1;
                    tileCs = cs == 1 ? 1 : tall;
                }
                int at = co + i * ldc + j;
                float[] from = p0 > 0 ? c : start == null ? ZEROS : start;
                int fromAt = p0 > 0 ? at : start == null ? 0 : so + i * lds + j;
                int ldFrom = p0 > 0 ? ldc : start == null ? 0 : lds;
                if (onTheWay && i == i0) {
                    TILES.firstTile(
                            height,
                            depth,
                            tileA,
                            tileAt,
                            tileRs,
                            tileCs,
                            b,
                            bo + p0 * ldb + j,
                            ldb,
                            packedB,
                            panel,
                            from,
                            fromAt,
                            ldFrom,
                            c,
                            at,
                            ldc);
                } else if (rows == tall && width == ldPanel) {
                    TILES.tile(
                            tall, depth, tileA, tileAt, tileRs, tileCs, panelB, panelAt, distance, from, fromAt, ldFrom,
                            c, at, ldc);
                } else {
                    float[] tile = scratch.tile();
                    if (ldFrom == 0 && from != ZEROS) {
                        Tiles.copy(1, width, from, fromAt, 0, tile, GemmScratch.START, 0);
                        from = tile;
                        fromAt = GemmScratch.START;
                    } else if (ldFrom != 0) {
                        Tiles.copy(rows, width, from, fromAt, ldFrom, tile, 0, ldPanel);
                        from = tile;
                        fromAt = 0;
                        ldFrom = ldPanel;
                    }
                    TILES.tile(
                            tall, depth, tileA, tileAt, tileRs, tileCs, panelB, panelAt, distance, from, fromAt, ldFrom,
                            tile, 0, ldPanel);
                    Tiles.copy(rows, width, tile, 0, ldPanel, c, at, ldc);
                }
            }
        }
    }

    private void packRows(int i0, int i1, int p0, int depth, int height, float[] to) {
        for (int i = i0, t = 0; i < i1; i += height, t += height * depth) {
            int rows = Math.min(height, i1 - i);
            int tall = tall(rows, height);
            TILES.packTile(tall, rows, depth, alpha, a, ao + i * rs + p0 * cs, rs, cs, to, t);
        }
    }

    /** A tile of A in place that has fewer rows than its tile, completed by anything. */
    private void copyRows(int rows, int height, int depth, int at, float[] to) {
        if (cs != 1) {
            TILES.packTile(height, rows, depth, 1, a, at, rs, cs, to, 0);
        } else {
            Packing.rows(rows, depth, 1, a, at, rs, to, depth);
        }
    }

    /** Rows of a tile of a product of so many rows: small ones if that saves a ninth. */
    private int height(int rows, boolean packed) {
        int full = packed ? TILES.rows : TILES.rowMajorRows;
        int small = TILES.smallRows;
        long byFull = (long) rows / full * full + (rows % full == 0 ? 0 : tall(rows % full, full));
        long bySmall = (long) ceilDiv(rows, small) * small;
        return 9 * bySmall <= 8 * byFull ? small : full;
    }

    /**
     * Of the last tile, with so many rows: small where a full one would be a fortieth of the product. Not where there are many rows,
     * for a tile that runs once in a product stays uncompiled, a hundred times slower, for hundreds of products.
     */
    private int tall(int rows, int height) {
        int small = TILES.smallRows;
        return rows <= small && 40 * (height - small) >= m ? small : height;
    }

    /** Few rows or a short k: B is used too little to be worth packing, so its rows stream through. */
    private void rowByRow(int m0, int m1, int n0, int n1, float[] c, int co, int ldc) {
        if (rowSum != null && m0 == 0) {
            TILES.addRows(k, n1 - n0, b, bo + n0, ldb, rowSum, rowSumOffset + n0);
        }
        for (int i = m0; i < m1; i++) {
            int at = co + i * ldc + n0;
            begin(i, n0, n1 - n0, c, at);
            TILES.row(n1 - n0, k, a, ao + i * rs, cs, b, bo + n0, ldb, c, at);
        }
        finish(m0, m1, n0, n1, c, co, ldc);
    }

    /** Puts the start of the chains of row i into C. */
    private void begin(int i, int j, int width, float[] c, int at) {
        if (start == null) {
            Arrays.fill(c, at, at + width, 0);
        } else if (start != c || so + i * lds + j != at) {
            System.arraycopy(start, so + i * lds + j, c, at, width);
        }
    }

    private void finish(int i0, int i1, int j0, int j1, float[] c, int co, int ldc) {
        if (then == Then.NOTHING) {
            return;
        }
        int width = j1 - j0;
        for (int i = i0; i < i1; i++) {
            int at = co + i * ldc + j0;
            switch (then) {
                case ACTIVATE -> Kernels.SWEEPS.activate(f, width, c, at, out, outOffset + i * ldOut + j0);
                case DIFFERENTIATE ->
                    Kernels.SWEEPS.derivative(f, width, saved, savedOffset + i * ldSaved + j0, c, at, c, at);
                default -> {
                    Kernels.SWEEPS.derivative(f, width, saved, savedOffset + i * ldSaved + j0, c, at, c, at);
                    Kernels.SWEEPS.axpy(width, 1, c, at, out, outOffset + i * ldOut + j0);
                }
            }
        }
    }
}
