package dev.backlane.graph;

import dev.backlane.kernel.Elementwise;
import java.util.Locale;

/** Arithmetic on two operands; a scalar goes with every element of the other, a vector with every row. */
final class Arithmetic extends Pointwise {
    enum Kind {
        ADD("%s + %s", Elementwise::add, "1", "1"),
        SUBTRACT("%s - %s", Elementwise::subtract, "1", "-1"),
        MULTIPLY("%s·%s", Elementwise::multiply, "%2$s", "%1$s"),
        DIVIDE("%s/%s", Elementwise::divide, "1/%2$s", "-%3$s/%2$s"),
        /** Where both are equal, the first operand takes the gradient. */
        MAX("max(%s, %s)", Elementwise::max, "[%1$s ≥ %2$s]", "[%2$s > %1$s]"),
        /** Where both are equal, the first operand takes the gradient. */
        MIN("min(%s, %s)", Elementwise::min, "[%1$s ≤ %2$s]", "[%2$s < %1$s]");

        final String formula;
        final Broadcast.Kernel kernel;
        final String[] derivatives;

        Kind(String formula, Broadcast.Kernel kernel, String... derivatives) {
            this.formula = formula;
            this.kernel = kernel;
            this.derivatives = derivatives;
        }
    }

    private final Kind kind;

    Arithmetic(Kind kind) {
        this.kind = kind;
    }

    @Override
    void value(Node z, Values s, Slots v) {
        Node x = z.inputs[0];
        Node y = z.inputs[1];
        Broadcast.apply(
                kind.kernel, z.shape, x.shape, v.array(x), v.at(x), y.shape, v.array(y), v.at(y), v.array(z), v.at(z));
    }

    @Override
    void partial(int k, Term term) {
        Node z = term.z;
        Node x = z.inputs[0];
        Node y = z.inputs[1];
        Slots v = term.s.v;
        switch (kind) {
            case ADD -> term.times(1);
            case SUBTRACT -> term.times(k == 0 ? 1 : -1);
            case MULTIPLY -> term.times(v, k == 0 ? y : x);
            case DIVIDE -> (k == 0 ? term : term.times(v, z).times(-1)).over(v, y);
            case MAX ->
                term.times(k == 0 ? atLeast(term, x, y) : atLeast(term, x, y).complement());
            case MIN ->
                term.times(k == 0 ? atLeast(term, y, x) : atLeast(term, y, x).complement());
        }
    }

    private static Term atLeast(Term term, Node x, Node y) {
        return term.s.second.start(term.z, term.s.v, x).atLeast(x, y);
    }

    @Override
    boolean bends(int k, Node z, Slots t) {
        return switch (kind) {
            case MULTIPLY -> t.has(z.inputs[1 - k]);
            case DIVIDE -> k == 1 || t.has(z.inputs[1]);
            default -> false;
        };
    }

    /** d(1/y) = −ẏ/y²; d(−z/y) = (−ż − (−z/y)·ẏ)/y. */
    @Override
    void bend(int k, Term term) {
        Node z = term.z;
        Node y = z.inputs[1];
        Slots t = term.s.t;
        Slots v = term.s.v;
        if (kind == Kind.MULTIPLY) {
            term.times(t, z.inputs[1 - k]);
        } else if (k == 0) {
            term.times(t, y).times(-1).over(v, y).over(v, y);
        } else if (t.has(y)) {
            Term moved = term.s.second.start(z, t, y).times(v, z).over(v, y);
            moved.minus(term.s.third.start(z, t, z));
            term.times(moved).over(v, y);
        } else {
            term.times(t, z).times(-1).over(v, y);
        }
    }

    @Override
    String formula(Node node, String... x) {
        return String.format(kind.formula, (Object[]) x);
    }

    @Override
    String derivative(Node node, int k, String z, String... x) {
        return String.format(kind.derivatives[k], x[0], x[1], z);
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
