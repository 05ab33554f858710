package dev.backlane.digits;

import dev.backlane.kernel.Workers;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Workspace;

/** Some images of a data set, and the memory for a forward and backward pass of a network over them. */
final class Batch {
    private final Mlp mlp;
    private final int[] indices;
    private final float[] x;
    private final int[] labels;
    private final Workspace workspace;
    private final float[] gradients;

    /**
     * A batch.
     *
     * @param mlp the network
     * @param examples the data set
     * @param indices which of its images
     */
    Batch(Mlp mlp, MnistExamples examples, int... indices) {
        this.mlp = mlp;
        this.indices = indices.clone();
        int n = indices.length;
        x = new float[Math.multiplyExact(n, mlp.inputs())];
        labels = new int[n];
        examples.gather(indices, 0, n, x, 0);
        examples.labels(indices, 0, n, labels);
        workspace = mlp.workspace(n);
        gradients = new float[mlp.parameterCount()];
    }

    /**
     * Forward pass and loss.
     *
     * @param workers the threads it may use
     * @param parameters of the network
     * @return mean loss; its gradient with respect to the last layer's Z is left in the workspace
     */
    double loss(Workers workers, float[] parameters) {
        int n = indices.length;
        mlp.forward(workers, n, x, 0, mlp.inputs(), parameters, 0, workspace);
        return mlp.loss(n, labels, 0, 1f / n, workspace);
    }

    /**
     * Backward pass of the mean loss, after {@link #loss}.
     *
     * @param workers the threads it may use
     * @param parameters of the network
     * @return the gradient, in an array that the next call overwrites; the deltas of all layers are left in the workspace
     */
    float[] backward(Workers workers, float[] parameters) {
        mlp.backward(workers, indices.length, x, 0, mlp.inputs(), parameters, 0, workspace, gradients, 0, false);
        return gradients;
    }

    /**
     * How many images.
     *
     * @return at least 1
     */
    int size() {
        return indices.length;
    }

    /**
     * The images.
     *
     * @return size × pixels, not a copy
     */
    float[] x() {
        return x;
    }

    /**
     * What they show.
     *
     * @return not a copy
     */
    int[] labels() {
        return labels;
    }

    /**
     * Activations and deltas.
     *
     * @return as the last passes left them
     */
    Workspace workspace() {
        return workspace;
    }

    /**
     * Where {@link #backward} writes.
     *
     * @return not a copy
     */
    float[] gradients() {
        return gradients;
    }
}
