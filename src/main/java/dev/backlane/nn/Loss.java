package dev.backlane.nn;

import dev.backlane.kernel.Losses;

/** What a network is trained to make small; {@link dev.backlane.kernel.Losses} has the formulas. */
public enum Loss {
    /** Σ_j (a_j − y_j)², the notes' form. */
    SQUARED_ERROR(Losses::squaredError, false),
    /** Mean over j of (a_j − y_j)². */
    MEAN_SQUARED_ERROR(Losses::meanSquaredError, false),
    /** Σ_j of the binary cross-entropy of sigmoid(z_j) with target y_j in [0, 1]; the outputs are logits. */
    BINARY_CROSS_ENTROPY(Losses::binaryCrossEntropy, true),
    /** Cross-entropy of softmax(z) with a label or a row of target probabilities; the outputs are logits. */
    SOFTMAX_CROSS_ENTROPY(Losses::softmaxCrossEntropy, true);

    /** A loss of {@link Losses} with rows of targets. */
    @FunctionalInterface
    interface Formula {
        double apply(
                int batch,
                int cols,
                float scale,
                float[] a,
                int aOffset,
                int lda,
                float[] y,
                int yOffset,
                int ldy,
                float[] losses,
                int lossesOffset,
                float[] da,
                int daOffset,
                int ldda);
    }

    final Formula formula;
    private final boolean onLogits;

    Loss(Formula formula, boolean onLogits) {
        this.formula = formula;
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
