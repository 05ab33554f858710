package dev.backlane.graph;

import dev.backlane.kernel.Gemm;

/** Z = A·B with A m×k and B k×n; a vector on the left is a row, on the right a column. */
final class MatMul extends Op {
    static final MatMul INSTANCE = new MatMul();

    private MatMul() {}

    /** The shape of the product, or null. */
    static Shape shape(Shape a, Shape b) {
        if (a.rank() == 0 || b.rank() == 0 || a.cols() != k(b)) {
            return null;
        }
        return switch (a.rank() + b.rank()) {
            case 4 -> Shape.of(a.rows(), b.cols());
            case 3 -> Shape.of(a.rank() == 2 ? a.rows() : b.cols());
            default -> Shape.SCALAR;
        };
    }

    private static int k(Shape b) {
        return b.rank() == 1 ? b.cols() : b.rows();
    }

    private static int n(Shape b) {
        return b.rank() == 1 ? 1 : b.cols();
    }

    @Override
    void value(Node z, Values s, Slots v) {
        product(z, s, v, v, v.array(z), v.at(z), false);
    }

    /** Ż = Ȧ·B + A·Ḃ. */
    @Override
    void jvp(Node z, Values s) {
        if (s.t.has(z.inputs[0])) {
            product(z, s, s.t, s.v, s.t.array(z), s.t.at(z), s.t.addsTo(z));
        }
        if (s.t.has(z.inputs[1])) {
            product(z, s, s.v, s.t, s.t.array(z), s.t.at(z), s.t.addsTo(z));
        }
    }

    private static void product(Node z, Values s, Slots as, Slots bs, float[] c, int at, boolean adds) {
        Node a = z.inputs[0];
        Node b = z.inputs[1];
        int m = a.shape.rows();
        int n = n(b.shape);
        int k = a.shape.cols();
        Gemm.sgemm(
                s.workers,
                false,
                false,
                m,
                n,
                k,
                1,
                as.array(a),
                as.at(a),
                k,
                bs.array(b),
                bs.at(b),
                n,
                adds ? 1 : 0,
                c,
                at,
                n);
    }

    /** Ā += Z̄·Bᵀ, B̄ += Aᵀ·Z̄. */
    @Override
    void vjp(Node z, Values s, Slots from, Slots to) {
        pull(z, s, s.v, from, to);
    }

    /** The product is linear in either operand: its curve is its vjp with tangents for values. */
    @Override
    void curve(Node z, Values s) {
        pull(z, s, s.t, s.g, s.h);
    }

    private static void pull(Node z, Values s, Slots values, Slots from, Slots to) {
        Node a = z.inputs[0];
        Node b = z.inputs[1];
        int m = a.shape.rows();
        int n = n(b.shape);
        int k = a.shape.cols();
        if (to.wants(a) && values.has(b)) {
            Gemm.sgemm(
                    s.workers,
                    false,
                    true,
                    m,
                    k,
                    n,
                    1,
                    from.array(z),
                    from.at(z),
                    n,
                    values.array(b),
                    values.at(b),
                    n,
                    to.addsTo(a) ? 1 : 0,
                    to.array(a),
                    to.at(a),
                    k);
        }
        if (to.wants(b) && values.has(a)) {
            Gemm.sgemm(
                    s.workers,
                    true,
                    false,
                    k,
                    n,
                    m,
                    1,
                    values.array(a),
                    values.at(a),
                    k,
                    from.array(z),
                    from.at(z),
                    n,
                    to.addsTo(b) ? 1 : 0,
                    to.array(b),
                    to.at(b),
                    n);
        }
    }

    @Override
    int scratch(Node z) {
        return 0;
    }

    @Override
    long multiplyAdds(Node z) {
        return (long) z.inputs[0].size() * n(z.inputs[1].shape);
    }

    @Override
    long multiplyAdds(Node z, int k) {
        return multiplyAdds(z);
    }

    @Override
    String formula(Node node, String... x) {
        return x[0] + "·" + x[1];
    }

    @Override
    String derivative(Node node, int k, String z, String... x) {
        if (node.inputs[k].size() == 1) {
            return x[1 - k];
        }
        return k == 0 ? "·" + x[1] + "ᵀ" : x[0] + "ᵀ·";
    }

    @Override
    public String toString() {
        return "matmul";
    }
}
