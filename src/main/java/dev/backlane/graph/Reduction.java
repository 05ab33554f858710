package dev.backlane.graph;

import dev.backlane.kernel.Elementwise;
import dev.backlane.kernel.Vectors;
import java.util.Arrays;

/** Sums and means: of all elements, of each row, or of each column. Linear: a tangent is summed as the value is. */
final class Reduction extends Op {
    enum Kind {
        SUM,
        MEAN,
        ROW_SUMS,
        ROW_MEANS,
        COLUMN_SUMS,
        COLUMN_MEANS
    }

    private final Kind kind;

    Reduction(Kind kind) {
        this.kind = kind;
    }

    /** Over what: elements that each result sums. */
    private static int count(Node z) {
        return z.inputs[0].size() / z.size();
    }

    private float factor(Node z) {
        return switch (kind) {
            case MEAN, ROW_MEANS, COLUMN_MEANS -> 1f / count(z);
            default -> 1;
        };
    }

    @Override
    void value(Node z, Values s, Slots v) {
        Node input = z.inputs[0];
        int rows = input.shape.rows();
        int cols = input.shape.cols();
        float[] x = v.array(input);
        int xo = v.at(input);
        float[] y = v.array(z);
        int yo = v.at(z);
        switch (kind) {
            case SUM, MEAN -> y[yo] = Vectors.sum(input.size(), x, xo);
            case ROW_SUMS, ROW_MEANS -> Elementwise.rowSums(rows, cols, x, xo, cols, y, yo, false);
            case COLUMN_SUMS, COLUMN_MEANS -> Elementwise.columnSums(rows, cols, x, xo, cols, y, yo, false);
        }
        float factor = factor(z);
        if (factor != 1) {
            Vectors.scale(z.size(), factor, y, yo, y, yo);
        }
    }

    @Override
    void jvp(Node z, Values s) {
        value(z, s, s.t);
        s.t.fill(z);
    }

    /** Every summand takes the gradient of its sum. */
    @Override
    void vjp(Node z, Values s, Slots from, Slots to) {
        Node x = z.inputs[0];
        if (!to.wants(x)) {
            return;
        }
        boolean adds = to.addsTo(x);
        float[] place = adds ? s.scratch : to.array(x);
        int at = adds ? 0 : to.at(x);
        float[] g = from.array(z);
        int go = from.at(z);
        int cols = x.shape.cols();
        for (int i = 0; i < x.shape.rows(); i++) {
            switch (kind) {
                case SUM, MEAN -> Arrays.fill(place, at + i * cols, at + (i + 1) * cols, g[go]);
                case ROW_SUMS, ROW_MEANS -> Arrays.fill(place, at + i * cols, at + (i + 1) * cols, g[go + i]);
                case COLUMN_SUMS, COLUMN_MEANS -> System.arraycopy(g, go, place, at + i * cols, cols);
            }
        }
        if (adds) {
            Vectors.axpy(x.size(), factor(z), place, at, to.array(x), to.at(x));
        } else if (factor(z) != 1) {
            Vectors.scale(x.size(), factor(z), place, at, place, at);
        }
    }

    @Override
    int scratch(Node z) {
        return z.inputs[0].size();
    }

    @Override
    long multiplyAdds(Node z) {
        return z.inputs[0].size();
    }

    @Override
    String formula(Node node, String... x) {
        return this + "(" + x[0] + ")";
    }

    @Override
    String derivative(Node node, int k, String z, String... x) {
        return kind == Kind.SUM || kind == Kind.ROW_SUMS || kind == Kind.COLUMN_SUMS ? "1" : "1/n";
    }

    @Override
    public String toString() {
        return name(kind);
    }
}
