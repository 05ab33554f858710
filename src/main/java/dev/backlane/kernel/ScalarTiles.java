package dev.backlane.kernel;

/**
 * The tiles in plain Java: the fallback where the Vector API cannot run. Loops over contiguous columns, four steps of k at a
 * time, which C2 vectorises by itself where it runs; the panel is wide because that loop needs room.
 */
final class ScalarTiles extends Tiles {
    ScalarTiles() {
        super(4, 4, 4, 256, 64, 4);
    }

    @Override
    void tile(
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
            int ldc) {
        for (int i = 0; i < height; i++, ao += rs, so += lds, co += ldc) {
            if (s != c || so != co) {
                System.arraycopy(s, so, c, co, cols);
            }
            row(cols, k, a, ao, cs, b, bo, ldb, c, co);
        }
    }

    @Override
    void row(int n, int k, float[] a, int ao, int cs, float[] b, int bo, int ldb, float[] c, int co) {
        int p = 0;
        for (; p + 4 <= k; p += 4) {
            row4(
                    n,
                    a[ao + p * cs],
                    a[ao + (p + 1) * cs],
                    a[ao + (p + 2) * cs],
                    a[ao + (p + 3) * cs],
                    b,
                    bo + p * ldb,
                    ldb,
                    c,
                    co);
        }
        for (; p < k; p++) {
            row1(n, a[ao + p * cs], b, bo + p * ldb, c, co);
        }
    }

    private static void row4(
            int n, float x0, float x1, float x2, float x3, float[] b, int b0, int ldb, float[] c, int co) {
        int b1 = b0 + ldb;
        int b2 = b1 + ldb;
        int b3 = b2 + ldb;
        for (int j = 0; j < n; j++) {
            float y = Fma.fma(x0, b[b0 + j], c[co + j]);
            y = Fma.fma(x1, b[b1 + j], y);
            y = Fma.fma(x2, b[b2 + j], y);
            c[co + j] = Fma.fma(x3, b[b3 + j], y);
        }
    }

    private static void row1(int n, float x, float[] b, int bo, float[] c, int co) {
        for (int j = 0; j < n; j++) {
            c[co + j] = Fma.fma(x, b[bo + j], c[co + j]);
        }
    }

    @Override
    void packPanel(int panel, int k, int width, float[] b, int bo, int ldb, float[] to, int toOffset) {
        Packing.panel(panel, k, width, b, bo, ldb, to, toOffset);
    }

    @Override
    void packPanelTransposed(int panel, int k, int width, float[] b, int bo, int ldb, float[] to, int toOffset) {
        Packing.transpose(panel, k, width, b, bo, ldb, to, toOffset, panel);
    }

    @Override
    void addRows(int k, int n, float[] b, int bo, int ldb, float[] sum, int sumOffset) {
        Packing.addRows(k, n, b, bo, ldb, sum, sumOffset);
    }
}
