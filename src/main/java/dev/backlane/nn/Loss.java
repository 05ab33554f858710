package dev.backlane.nn;

/** What a network is trained to make small; {@link dev.backlane.kernel.Losses} has the formulas. */
public enum Loss {
    /** Σ_j (a_j − y_j)², the notes' form. */
    SQUARED_ERROR(false),
    /** Mean over j of (a_j − y_j)². */
    MEAN_SQUARED_ERROR(false),
    /** Σ_j of the binary cross-entropy of sigmoid(z_j) with target y_j in [0, 1]; the outputs are logits. */
    BINARY_CROSS_ENTROPY(true),
    /** Cross-entropy of softmax(z) with a label or a row of target probabilities; the outputs are logits. */
    SOFTMAX_CROSS_ENTROPY(true);

    private final boolean onLogits;

    Loss(boolean onLogits) {
        this.onLogits = onLogits;
    }

    /**
     * Whether it wants logits, hence an output layer with the identity as activation.
     *
     * @return true for the cross-entropies
     */
    public boolean onLogits() {
        return onLogits;
    }
}
