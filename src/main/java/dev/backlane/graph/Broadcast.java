package dev.backlane.graph;

import dev.backlane.kernel.Elementwise;
import dev.backlane.kernel.Vectors;

/** Elementwise kernels on operands of different shapes: a scalar goes with every element, a vector with every row. */
final class Broadcast {
    /** One of {@link Elementwise}'s kernels of two operands. */
    interface Kernel {
        void run(int n, float[] x, int xo, int xs, float[] y, int yo, int ys, float[] z, int zo);
    }

    private Broadcast() {}

    /** The shape that both fit, or null. */
    static Shape fit(Shape x, Shape y) {
        return x.equals(y) || y.rank() == 0 || isRowOf(y, x) ? x : x.rank() == 0 || isRowOf(x, y) ? y : null;
    }

    private static boolean isRowOf(Shape row, Shape matrix) {
        return row.rank() == 1 && matrix.rank() == 2 && row.cols() == matrix.cols();
    }

    /** {@code out ← kernel(x, y)}, of shape z. */
    static void apply(
            Kernel kernel, Shape z, Shape xs, float[] x, int xo, Shape ys, float[] y, int yo, float[] out, int at) {
        boolean rowX = xs.size() != 1 && xs.size() != z.size();
        boolean rowY = ys.size() != 1 && ys.size() != z.size();
        // One element that is all of z counts as a vector: only a vector may be worked on in place.
        int xStep = xs.size() == 1 && z.size() != 1 ? 0 : 1;
        int yStep = ys.size() == 1 && z.size() != 1 ? 0 : 1;
        if (!rowX && !rowY) {
            kernel.run(z.size(), x, xo, xStep, y, yo, yStep, out, at);
            return;
        }
        int cols = z.cols();
        for (int i = 0; i < z.size(); i += cols) {
            int xi = rowX ? xo : xo + i * xStep;
            int yi = rowY ? yo : yo + i * yStep;
            kernel.run(cols, x, xi, xStep, y, yi, yStep, out, at + i);
        }
    }

    /** {@code to ← term} or {@code to ← to + term}, with term, of shape z, summed over what an x was spread to. */
    static void reduce(Shape z, float[] term, int at, Shape x, boolean adds, float[] to, int toAt) {
        if (x.size() == z.size()) {
            // A first term of x's size was made in x's own place.
            Vectors.axpy(z.size(), 1, term, at, to, toAt);
        } else if (x.size() == 1) {
            float sum = Vectors.sum(z.size(), term, at);
            to[toAt] = adds ? to[toAt] + sum : sum;
        } else {
            Elementwise.columnSums(z.rows(), z.cols(), term, at, z.cols(), to, toAt, adds);
        }
    }
}
