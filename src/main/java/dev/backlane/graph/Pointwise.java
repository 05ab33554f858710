package dev.backlane.graph;

/**
 * Operations whose element depends on one element of each operand. A kind states its partial derivatives; the modes
 * follow from them and are the same for all.
 */
abstract sealed class Pointwise extends Op permits Arithmetic, Function {
    /** {@code term ← term·∂z/∂xₖ}. */
    abstract void partial(int k, Term term);

    /** Whether d(∂z/∂xₖ), the change of a partial derivative along the tangents, is anything but 0. */
    abstract boolean bends(int k, Node z, Slots t);

    /** {@code term ← term·d(∂z/∂xₖ)}. */
    abstract void bend(int k, Term term);

    @Override
    final void jvp(Node z, Values s) {
        for (int k = 0; k < z.inputs.length; k++) {
            Node x = z.inputs[k];
            if (s.t.has(x)) {
                Term term = s.term.start(z, s.t, x).into(z, s.t);
                partial(k, term);
                term.end();
            }
        }
    }

    @Override
    final void vjp(Node z, Values s, Slots from, Slots to) {
        for (int k = 0; k < z.inputs.length; k++) {
            Node x = z.inputs[k];
            if (to.wants(x)) {
                Term term = s.term.start(z, from, z).into(x, to);
                partial(k, term);
                term.end();
            }
        }
    }

    @Override
    final void curve(Node z, Values s) {
        for (int k = 0; k < z.inputs.length; k++) {
            Node x = z.inputs[k];
            if (s.h.wants(x) && bends(k, z, s.t)) {
                Term term = s.term.start(z, s.g, z).into(x, s.h);
                bend(k, term);
                term.end();
            }
        }
    }
}
