package dev.backlane.nn;

import dev.backlane.kernel.Workers;
import java.util.Arrays;

/**
 * The gradient of a batch's loss, or of a share of a batch: gathers examples, forward pass, loss, backward pass. Owns the memory
 * for that, which a later run uses again; not for two threads at the same time.
 */
public final class GradientPass {
    private final Mlp mlp;
    private final float[] x;
    private final int[] labels;
    private final Workspace workspace;

    /**
     * Memory for passes.
     *
     * @param mlp the network
     * @param maxBatch most examples at once, at least 1; a longer run takes them in turns
     * @throws IllegalArgumentException if mlp is null, or maxBatch is out of its range
     */
    public GradientPass(Mlp mlp, int maxBatch) {
        this.mlp = Checks.notNull("mlp", mlp);
        workspace = mlp.workspace(maxBatch);
        x = new float[Math.multiplyExact(maxBatch, mlp.inputs())];
        labels = new int[maxBatch];
    }

    /**
     * {@code gradients ← scale·Σ ∇loss} over some examples. The bits depend on the examples and their order, not on {@code
     * maxBatch}: each gradient is one chain of fused multiply-adds over the examples.
     *
     * <p>The scale is a factor of each example's delta, as in {@link Mlp#loss(int, int[], int, float, Workspace)}: with 1 over
     * the size of the whole batch, the sum of all shares' gradients is the gradient of the mean.
     *
     * @param workers the threads it may use
     * @param examples as many features as the network has inputs
     * @param indices numbers of examples
     * @param from index into {@code indices} of the first
     * @param to behind the last; with none, the gradients are zeros
     * @param scale factor of loss and gradient: 1 sums, 1f/batch averages
     * @param parameters of the network
     * @param gradients overwritten
     * @return scale·Σ losses
     * @throws IllegalArgumentException if a size does not fit or a label is out of range
     */
    public double run(
            Workers workers,
            Examples examples,
            int[] indices,
            int from,
            int to,
            float scale,
            float[] parameters,
            float[] gradients) {
        Checks.length("gradients", gradients, 0, mlp.parameterCount());
        Checks.range("indices", indices, from, to);
        int features = Checks.notNull("examples", examples).features();
        if (features != mlp.inputs()) {
            throw new IllegalArgumentException(
                    "examples must have " + mlp.inputs() + " features, but have " + features);
        }
        if (from == to) {
            Arrays.fill(gradients, 0, mlp.parameterCount(), 0);
        }
        double loss = 0;
        for (int at = from, size; at < to; at += size) {
            size = Math.min(labels.length, to - at);
            examples.gather(indices, at, at + size, x, 0);
            examples.labels(indices, at, at + size, labels);
            mlp.forward(workers, size, x, 0, features, parameters, 0, workspace);
            loss += mlp.loss(size, labels, 0, scale, workspace);
            mlp.backward(workers, size, x, 0, features, parameters, 0, workspace, gradients, 0, at > from);
        }
        return loss;
    }
}
