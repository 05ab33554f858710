package dev.backlane.graph;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a node does: how its value follows from its inputs, and its derivatives, side by side in one file per family.
 * The rules call kernels of {@link dev.backlane.kernel}; no formula of theirs is repeated here.
 *
 * <p>With z = f(x₁, x₂, …), a dot for a tangent (derivative along a direction of the variables) and a bar for a
 * gradient (derivative of one output):
 *
 * <pre>
 *   value  z ← f(x₁, x₂, …)
 *   jvp    ż ← Σₖ ∂z/∂xₖ·ẋₖ           forward mode: from the tangents of the inputs to that of z
 *   vjp    x̄ₖ ← x̄ₖ + z̄·∂z/∂xₖ         reverse mode: from the gradient of z to those of the inputs
 *   curve  hₖ ← hₖ + z̄·d(∂z/∂xₖ)      second order: how vjp changes as the inputs move along their tangents
 * </pre>
 *
 * <p>The tangent of the reverse pass, which is the Hessian times the direction, needs no more than these: by the
 * product rule it is vjp applied to the tangents h of the gradients, plus curve. For linear operations curve is
 * nothing.
 */
public abstract sealed class Op permits Leaf, Pointwise, MatMul, Movement, Reduction, DenseLayer, Criterion {
    Op() {}

    /** {@code v(z) ← f(v(inputs))}. */
    abstract void value(Node z, Values s, Slots v);

    /** {@code t(z) ← Σₖ ∂z/∂xₖ·t(xₖ)}; at least one input has a tangent. */
    abstract void jvp(Node z, Values s);

    /** {@code to(xₖ) ← to(xₖ) + from(z)·∂z/∂xₖ} for every input that {@code to} wants. */
    abstract void vjp(Node z, Values s, Slots from, Slots to);

    /**
     * {@code h(xₖ) ← h(xₖ) + g(z)·d(∂z/∂xₖ)} for every input that h wants, with d along t; z has a tangent and a
     * gradient.
     */
    void curve(Node z, Values s) {}

    /** Floats that are kept behind a node's value for its derivatives; none where these are not asked for. */
    int saved(Node z) {
        return 0;
    }

    /** Elements of the scratch vectors that the rules use. */
    int scratch(Node z) {
        return z.size();
    }

    /** Multiply-adds of the value, counting any elementwise operation as one per element. */
    long multiplyAdds(Node z) {
        return z.size();
    }

    /** Multiply-adds of the product with the local derivative ∂z/∂xₖ, in either mode. */
    long multiplyAdds(Node z, int k) {
        return Math.max(z.size(), z.inputs[k].size());
    }

    /** The formula, with the operands filled in: names or numbers. */
    abstract String formula(Node node, String... x);

    /** The formula of ∂z/∂xₖ, for the reader, with the names of the node and its operands filled in. */
    abstract String derivative(Node node, int k, String z, String... x);

    /** A kind as the builder's method spells it: {@code COLUMN_SUMS} is {@code columnSums}. */
    static String name(Enum<?> kind) {
        return Pattern.compile("_(.)")
                .matcher(kind.name().toLowerCase(Locale.ROOT))
                .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
    }

    /** The operation's name, with its parameter where there is one. */
    @Override
    public abstract String toString();
}
