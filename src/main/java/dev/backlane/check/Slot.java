package dev.backlane.check;

import java.util.ArrayList;
import java.util.List;

/** One named input or output: its values, and where the backward and the forward-mode pass keep its derivatives. */
final class Slot {
    final String name;
    final Tensor values;
    /** Null for an input that is not differentiated. */
    final Tensor gradient;
    /** Null unless a jvp was declared. */
    Tensor tangent;
    /** Null where the caller did not declare it: then either is accepted, but not both in one tensor. */
    Boolean accumulates;
    /** A scalar loss has no array for its cotangent: it is 1. */
    final boolean loss;

    Slot(String name, Tensor values, Tensor gradient, boolean loss) {
        this.name = name;
        this.values = values;
        this.gradient = gradient;
        this.loss = loss;
    }

    /** Whether a check with these settings compares this input's gradient. */
    boolean takesPart(Settings settings) {
        boolean selected = settings.only() == null || settings.only().input().equals(name);
        return gradient != null && selected && (settings.mode() != Mode.ADJOINT || tangent != null);
    }

    int size() {
        return values.size();
    }

    /** A twin's slots, found by name and in the order of the slots of the check that they are a twin of. */
    static List<Slot> matching(String kind, List<Slot> own, List<Slot> twins) {
        List<Slot> matched = new ArrayList<>();
        for (Slot slot : own) {
            Slot match = twins.stream()
                    .filter(t -> t.name.equals(slot.name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "twin needs the " + kind + " \"" + slot.name + "\", got none of that name"));
            Arguments.require(
                    match.values.sameShape(slot.values),
                    "twin's " + slot.name,
                    "shape " + slot.values.shape(),
                    match.values.shape());
            Arguments.require(match.values.store().epsilon() < 1e-10, "twin's " + slot.name, "a double[]", "a float[]");
            matched.add(match);
        }
        return matched;
    }
}
