package dev.backlane.kernel;

/** What one thread needs for one product; grows to the largest product it has served. */
final class GemmScratch {
    /** In {@link #tile}, where a row lies that all chains start from. */
    static final int START = Kernels.TILES.rows * Kernels.TILES.cols;

    private float[] a = {};
    private float[] b = {};
    private float[] edge = {};
    private float[] product = {};
    private final float[] tile = new float[START + Kernels.TILES.cols];

    /** Packed tiles of A, at least so many floats; contents survive a call with a smaller number. */
    float[] a(int floats) {
        if (a.length < floats) {
            a = new float[floats];
        }
        return a;
    }

    /** Packed panels of B. */
    float[] b(int floats) {
        if (b.length < floats) {
            b = new float[floats];
        }
        return b;
    }

    /** A tile of A that has fewer rows than its tile. */
    float[] edge(int floats) {
        if (edge.length < floats) {
            edge = new float[floats];
        }
        return edge;
    }

    /** A product that is not yet added to its destination. */
    float[] product(int floats) {
        if (product.length < floats) {
            product = new float[floats];
        }
        return product;
    }

    /** One tile of C that reaches over its edge, and behind it the row at {@link #START}. */
    float[] tile() {
        return tile;
    }
}
