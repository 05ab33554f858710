package dev.backlane.nn;

import dev.backlane.kernel.Vectors;

/**
 * Norms of each example's gradient, without forming the gradients. Forms and changes nothing: it reads what a training step
 * left in the workspace.
 */
public final class ExampleGradients {
    private ExampleGradients() {}

    /**
     * Squared Euclidean norm of each example's gradient with respect to all parameters. The gradient of example e with
     * respect to a layer's weights is the outer product of the layer's input and delta, and that with respect to its bias
     * is the delta; an outer product's norm is the product of the norms, so that
     *
     * <pre>
     *   ‖∂L_e/∂(W, b)‖² = ‖aₑ‖²·‖δₑ‖² + ‖δₑ‖²,   norms[e] = Σ_layers ‖δₑ‖²·(‖aₑ‖² + 1)
     * </pre>
     *
     * <p>with aₑ what the layer read (row e of x for the first) and δₑ = ∂L/∂Z. That takes batch·Σ(in + out) multiply-adds,
     * where forming the gradients takes batch·Σ in·out. Sums are in double, where no finite delta or activation of float
     * overflows, and a row gets the same bits whatever batch it arrives in.
     *
     * <p>The scale given to the loss is a factor of every delta: with 1 the norms are those of the examples' own gradients,
     * with {@code 1f / batch} they are smaller by batch². The factor is exact for a power of two, else it is rounded into
     * each delta.
     *
     * <p>Source: I. Goodfellow, <cite>Efficient Per-Example Gradient Computations</cite>, arXiv:1510.01799, 2015.
     *
     * @param mlp the network
     * @param batch examples
     * @param x what {@link Mlp#forward} read, batch×inputs
     * @param xOffset where x starts
     * @param ldx distance of its rows
     * @param workspace after {@link Mlp#backward} for these examples, which leaves the deltas of all layers
     * @param norms batch elements, overwritten
     * @param normsOffset where they start
     * @throws IllegalArgumentException if a size does not fit, or the workspace is not for training this network; nothing is
     *     written then
     */
    public static void squaredNorms(
            Mlp mlp, int batch, float[] x, int xOffset, int ldx, Workspace workspace, double[] norms, int normsOffset) {
        Checks.notNull("mlp", mlp);
        Checks.notNull("workspace", workspace).require(mlp, batch, true);
        int inputs = mlp.inputs();
        Checks.rows("x", x, xOffset, batch, inputs, ldx);
        Checks.notNull("norms", norms);
        if (normsOffset < 0 || (long) normsOffset + batch > norms.length) {
            throw new IllegalArgumentException(
                    "norms needs " + batch + " elements from normsOffset " + normsOffset + ", but has " + norms.length);
        }
        float[] memory = workspace.memory;
        int layers = mlp.layers().size();
        for (int e = 0; e < batch; e++) {
            double sum = 0;
            for (int l = 0; l < layers; l++) {
                Mlp.Layer layer = mlp.layers().get(l);
                double read = l == 0
                        ? Vectors.sumOfSquares(inputs, x, xOffset + e * ldx)
                        : Vectors.sumOfSquares(layer.inputs(), memory, workspace.outputs[l - 1] + e * layer.inputs());
                double delta = Vectors.sumOfSquares(layer.outputs(), memory, workspace.deltas[l] + e * layer.outputs());
                sum += delta * (read + 1);
            }
            norms[normsOffset + e] = sum;
        }
    }
}
