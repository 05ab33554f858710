package dev.backlane.nn;

/**
 * Where the gradient of a mini-batch comes from. {@link Trainer} asks for one and updates the parameters by it, so an engine that
 * holds the examples on other machines implements this alone: the order of the examples, the learning rate, clipping, the update
 * and resumption stay the trainer's. {@link GradientPass} computes a share of a batch, {@link GradientSum} adds the shares up.
 */
@FunctionalInterface
public interface BatchGradient {
    /**
     * The gradient of the mean loss of some examples.
     *
     * @param order numbers of examples, not to be changed
     * @param from index into {@code order} of the batch's first
     * @param to behind its last; the batch is not empty
     * @param parameters of the network; not to be changed, and no longer read after this call has ended
     * @param gradients {@code ∇ (1/(to − from))·Σ losses}, overwritten
     * @return the mean loss
     */
    double compute(int[] order, int from, int to, float[] parameters, float[] gradients);
}
