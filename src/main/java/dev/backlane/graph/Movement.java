package dev.backlane.graph;

import dev.backlane.kernel.Elementwise;
import dev.backlane.kernel.Vectors;
import java.util.Arrays;

/**
 * Operations that only move numbers: they are linear, so a tangent moves as the value does, and a gradient moves back.
 *
 * <p>All but the transpose copy rectangular blocks between an input and z; they differ in where the block lies.
 */
final class Movement extends Op {
    enum Kind {
        TRANSPOSE,
        RESHAPE,
        /** One input above the other. */
        CONCAT_ROWS,
        /** One input beside the other. */
        CONCAT_COLUMNS,
        SLICE_ROWS,
        SLICE_COLUMNS
    }

    private final Kind kind;
    /** First row or column of a slice. */
    private final int from;

    Movement(Kind kind, int from) {
        this.kind = kind;
        this.from = from;
    }

    @Override
    void value(Node z, Values s, Slots v) {
        if (kind == Kind.TRANSPOSE) {
            transpose(z.inputs[0], v, z, v.array(z), v.at(z));
            return;
        }
        int place = 0;
        for (Node x : z.inputs) {
            if (v.has(x)) {
                block(z, x, place, v.array(x), v.at(x), v.array(z), v.at(z), true, false);
            } else {
                // A tangent that is not there.
                Arrays.fill(s.scratch, 0, x.size(), 0);
                block(z, x, place, s.scratch, 0, v.array(z), v.at(z), true, false);
            }
            place += length(x);
        }
    }

    @Override
    void jvp(Node z, Values s) {
        value(z, s, s.t);
        s.t.fill(z);
    }

    @Override
    void vjp(Node z, Values s, Slots from, Slots to) {
        int place = 0;
        for (Node x : z.inputs) {
            if (to.wants(x)) {
                boolean adds = to.addsTo(x);
                if (kind == Kind.TRANSPOSE) {
                    transpose(z, from, x, adds ? s.scratch : to.array(x), adds ? 0 : to.at(x));
                    if (adds) {
                        Vectors.axpy(x.size(), 1, s.scratch, 0, to.array(x), to.at(x));
                    }
                } else {
                    if (!adds && x.size() > z.size()) {
                        to.clear(x);
                    }
                    block(z, x, place, from.array(z), from.at(z), to.array(x), to.at(x), false, adds);
                }
            }
            place += length(x);
        }
    }

    private static void transpose(Node from, Slots slots, Node to, float[] y, int yo) {
        int cols = from.shape.cols();
        Elementwise.transpose(from.shape.rows(), cols, slots.array(from), slots.at(from), cols, y, yo, to.shape.cols());
    }

    private int length(Node x) {
        return kind == Kind.CONCAT_ROWS ? x.shape.rows() : x.shape.cols();
    }

    /** Copies what z and x have in common, from x to z or back. */
    private void block(
            Node z,
            Node x,
            int place,
            float[] source,
            int sourceAt,
            float[] target,
            int targetAt,
            boolean forth,
            boolean adds) {
        Shape common = z.inputs.length > 1 ? x.shape : z.shape;
        int rows = common.rows();
        int cols = common.cols();
        int ldz = z.shape.cols();
        int ldx = x.shape.cols();
        int inZ = 0;
        int inX = 0;
        switch (kind) {
            case CONCAT_ROWS -> inZ = place * ldz;
            case CONCAT_COLUMNS -> inZ = place;
            case SLICE_ROWS -> inX = from * ldx;
            case SLICE_COLUMNS -> inX = from;
            default -> {
                rows = 1;
                cols = z.size();
            }
        }
        for (int i = 0; i < rows; i++) {
            int a = sourceAt + (forth ? inX + i * ldx : inZ + i * ldz);
            int b = targetAt + (forth ? inZ + i * ldz : inX + i * ldx);
            if (adds) {
                Vectors.axpy(cols, 1, source, a, target, b);
            } else {
                System.arraycopy(source, a, target, b, cols);
            }
        }
    }

    @Override
    int scratch(Node z) {
        int size = 0;
        for (Node x : z.inputs) {
            size = Math.max(size, x.size());
        }
        return size;
    }

    @Override
    long multiplyAdds(Node z) {
        return 0;
    }

    @Override
    long multiplyAdds(Node z, int k) {
        return 0;
    }

    @Override
    String formula(Node node, String... x) {
        return switch (kind) {
            case TRANSPOSE -> x[0] + "ᵀ";
            case CONCAT_ROWS -> "[" + String.join("; ", x) + "]";
            case CONCAT_COLUMNS -> "[" + String.join(", ", x) + "]";
            case SLICE_ROWS -> x[0] + "[" + from + "…, ·]";
            case SLICE_COLUMNS -> x[0] + "[·, " + from + "…]";
            case RESHAPE -> "reshape(" + x[0] + ")";
        };
    }

    @Override
    String derivative(Node node, int k, String z, String... x) {
        return "1 where " + x[k] + " went";
    }

    @Override
    public String toString() {
        return name(kind);
    }
}
