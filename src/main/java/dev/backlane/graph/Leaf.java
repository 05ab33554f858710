package dev.backlane.graph;

import java.util.Locale;

/** A node without inputs: its numbers come from the caller or, for a constant, from the graph. */
final class Leaf extends Op {
    enum Kind {
        /** What derivatives are taken by. */
        VARIABLE,
        /** Given, with no gradient: examples, targets. */
        DATA,
        /** Fixed when the graph was built. */
        CONSTANT
    }

    final Kind kind;
    /** Of a constant; else null. */
    final float[] numbers;

    Leaf(Kind kind, float[] numbers) {
        this.kind = kind;
        this.numbers = numbers;
    }

    @Override
    void value(Node z, Values s, Slots v) {}

    @Override
    void jvp(Node z, Values s) {}

    @Override
    void vjp(Node z, Values s, Slots from, Slots to) {}

    @Override
    int scratch(Node z) {
        return 0;
    }

    @Override
    long multiplyAdds(Node z) {
        return 0;
    }

    @Override
    String formula(Node node, String... x) {
        return toString();
    }

    @Override
    String derivative(Node node, int k, String z, String... x) {
        throw new IllegalStateException("a leaf has no inputs");
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
