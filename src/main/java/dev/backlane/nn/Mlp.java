package dev.backlane.nn;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Activations;
import dev.backlane.kernel.Dense;
import dev.backlane.kernel.Workers;
import dev.backlane.param.Initializer;
import dev.backlane.param.ParameterLayout;
import dev.backlane.param.SeededRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A multi-layer perceptron: dense layers, one behind the other, and a loss. A description only: parameters, gradients and
 * workspace are the caller's arrays, so one Mlp serves any number of threads, each with a workspace of its own.
 *
 * <p>A training step is {@link #forward}, {@link #loss(int, int[], int, float, Workspace) loss}, {@link #backward}, and an
 * update of the parameters. Parameters lie as {@link #layout()} says: for each layer its weights in×out, then its bias.
 */
public final class Mlp {
    /**
     * One dense layer {@code f(X·W + b)}.
     *
     * @param inputs rows of W
     * @param outputs columns of W
     * @param activation f
     */
    public record Layer(int inputs, int outputs, Activation activation) {
        boolean keepsPreActivation() {
            return activation.reads() == Activation.Reads.PRE_ACTIVATION;
        }
    }

    private final List<Layer> layers;
    private final Loss loss;
    private final ParameterLayout layout;
    private final int[] weights;
    private final int[] biases;

    private Mlp(List<Layer> layers, Loss loss) {
        this.layers = List.copyOf(layers);
        this.loss = loss;
        weights = new int[layers.size()];
        biases = new int[layers.size()];
        ParameterLayout.Builder builder = ParameterLayout.builder();
        for (int l = 0; l < layers.size(); l++) {
            Layer layer = layers.get(l);
            builder.add("layer" + l + ".weights", layer.inputs, layer.outputs)
                    .add("layer" + l + ".bias", layer.outputs);
        }
        layout = builder.build();
        for (int l = 0; l < layers.size(); l++) {
            weights[l] = layout.block("layer" + l + ".weights").offset();
            biases[l] = layout.block("layer" + l + ".bias").offset();
        }
    }

    /**
     * Starts a network.
     *
     * @param inputs features of an example, at least 1
     * @return a builder without layers
     */
    public static Builder inputs(int inputs) {
        return new Builder(inputs);
    }

    /**
     * The network of a line as {@link #toString()} gives it, to be sent or kept beside the parameters.
     *
     * @param text for instance {@code 784-128 sigmoid-10, SOFTMAX_CROSS_ENTROPY}
     * @return a network with the same layers, loss and layout
     * @throws IllegalArgumentException if it is no such line, or no network that the builder would make
     */
    public static Mlp of(String text) {
        return MlpText.read(text);
    }

    /** Adds layers from the input to the output. */
    public static final class Builder {
        private final List<Layer> layers = new ArrayList<>();
        private int width;

        private Builder(int inputs) {
            width = Checks.positive("inputs", inputs);
        }

        /**
         * Adds a layer.
         *
         * @param outputs its neurons, at least 1
         * @param activation its f
         * @return this
         */
        public Builder dense(int outputs, Activation activation) {
            Checks.notNull("activation", activation);
            layers.add(new Layer(width, Checks.positive("outputs", outputs), activation));
            width = outputs;
            return this;
        }

        /**
         * Ends the network.
         *
         * @param loss what to train for
         * @return the network
         * @throws IllegalArgumentException if it has no layer, the loss wants logits and the last activation is not the
         *     identity, or the parameters would not fit one array
         */
        public Mlp loss(Loss loss) {
            Checks.notNull("loss", loss);
            if (layers.isEmpty()) {
                throw new IllegalArgumentException("layers must not be empty");
            }
            Activation last = layers.get(layers.size() - 1).activation;
            if (loss.onLogits() && last.kind() != Activation.Kind.IDENTITY) {
                throw new IllegalArgumentException(
                        loss + " wants logits: activation of the last layer must be identity, but is " + last);
            }
            return new Mlp(layers, loss);
        }
    }

    /**
     * The layers.
     *
     * @return from the input to the output
     */
    public List<Layer> layers() {
        return layers;
    }

    /**
     * The loss.
     *
     * @return as given to the builder
     */
    public Loss loss() {
        return loss;
    }

    /**
     * Features of an example.
     *
     * @return inputs of the first layer
     */
    public int inputs() {
        return layers.get(0).inputs;
    }

    /**
     * Outputs for an example.
     *
     * @return outputs of the last layer
     */
    public int outputs() {
        return layers.get(layers.size() - 1).outputs;
    }

    /**
     * Where each weight and bias lies in the parameter vector.
     *
     * @return blocks {@code layer0.weights}, {@code layer0.bias}, {@code layer1.weights}, …
     */
    public ParameterLayout layout() {
        return layout;
    }

    /**
     * Length of the parameter vector.
     *
     * @return number of weights and biases
     */
    public int parameterCount() {
        return layout.size();
    }

    /**
     * Multiply-adds of a forward pass of one example; a training step of it takes about three times as many.
     *
     * @return number of weights
     */
    public long multiplyAdds() {
        return layers.stream()
                .mapToLong(layer -> (long) layer.inputs * layer.outputs)
                .sum();
    }

    /**
     * Fills the parameters: weights at random with the variance that suits each layer's activation (He for relu and its
     * relatives, Xavier for the others, both normal), biases zero.
     *
     * @param seed the same seed gives the same numbers on every machine
     * @param parameters overwritten
     * @param offset where they start
     * @throws IllegalArgumentException if parameters is too short
     */
    public void initialize(long seed, float[] parameters, int offset) {
        Checks.length("parameters", parameters, offset, layout.size());
        for (int l = 0; l < layers.size(); l++) {
            Layer layer = layers.get(l);
            Initializer initializer = switch (layer.activation.kind()) {
                case RELU, LEAKY_RELU, ELU, SOFTPLUS, SILU, GELU -> Initializer.HE_NORMAL;
                default -> Initializer.XAVIER_NORMAL;
            };
            int bias = offset + biases[l];
            int at = offset + weights[l];
            initializer.fill(new SeededRandom(seed, l), layer.inputs, layer.outputs, bias - at, parameters, at);
            Arrays.fill(parameters, bias, bias + layer.outputs, 0);
        }
    }

    /**
     * Memory for training steps.
     *
     * @param maxBatch most examples of a step, at least 1
     * @return a workspace of this network
     */
    public Workspace workspace(int maxBatch) {
        return Workspace.forTraining(this, maxBatch);
    }

    /**
     * Memory for {@link #predict}: two layers' outputs, no gradients.
     *
     * @param maxBatch most examples at once, at least 1
     * @return a workspace of this network
     */
    public Workspace inferenceWorkspace(int maxBatch) {
        return Workspace.forInference(this, maxBatch);
    }

    /**
     * Forward pass that keeps what the backward pass needs.
     *
     * @param workers the threads it may use
     * @param batch examples
     * @param x batch×inputs
     * @param xOffset where x starts
     * @param ldx distance of its rows
     * @param parameters as {@link #layout()} says
     * @param parametersOffset where they start
     * @param workspace overwritten: activations of every layer
     * @throws IllegalArgumentException if a size does not fit, or the workspace is not for training this network
     */
    public void forward(
            Workers workers,
            int batch,
            float[] x,
            int xOffset,
            int ldx,
            float[] parameters,
            int parametersOffset,
            Workspace workspace) {
        Checks.inputs(this, batch, true, x, xOffset, ldx, parameters, parametersOffset, workspace);
        float[] memory = workspace.memory;
        for (int l = 0; l < layers.size(); l++) {
            Layer layer = layers.get(l);
            boolean keep = layer.keepsPreActivation();
            Dense.forward(
                    workers,
                    layer.activation,
                    batch,
                    layer.inputs,
                    layer.outputs,
                    l == 0 ? x : memory,
                    l == 0 ? xOffset : workspace.outputs[l - 1],
                    l == 0 ? ldx : layer.inputs,
                    parameters,
                    parametersOffset + weights[l],
                    layer.outputs,
                    parameters,
                    parametersOffset + biases[l],
                    keep ? memory : null,
                    workspace.preActivations[l],
                    layer.outputs,
                    memory,
                    workspace.outputs[l],
                    layer.outputs);
        }
    }

    /**
     * Loss of the outputs in the workspace, and its gradient with respect to the last layer's Z, left there for {@link
     * #backward}. With a loss other than softmax cross-entropy a label stands for the row that is 1 there and 0 elsewhere.
     *
     * @param batch examples
     * @param labels one for each, in [0, outputs)
     * @param labelsOffset where they start
     * @param scale factor of loss and gradient: 1 sums over the batch, 1f/batch averages
     * @param workspace after {@link #forward}
     * @return scale·Σ of the examples' losses
     * @throws IllegalArgumentException if a size does not fit or a label is out of range
     */
    public double loss(int batch, int[] labels, int labelsOffset, float scale, Workspace workspace) {
        Checks.notNull("workspace", workspace).require(this, batch, true);
        if (loss == Loss.SOFTMAX_CROSS_ENTROPY) {
            return workspace.softmaxCrossEntropy(batch, labels, labelsOffset, scale);
        }
        workspace.oneHot(batch, labels, labelsOffset);
        return loss(batch, workspace.targets, 0, outputs(), scale, workspace);
    }

    /**
     * Loss of the outputs in the workspace, and its gradient with respect to the last layer's Z, left there for {@link
     * #backward}.
     *
     * @param batch examples
     * @param targets batch×outputs
     * @param targetsOffset where they start
     * @param ldTargets distance of their rows
     * @param scale factor of loss and gradient: 1 sums over the batch, 1f/batch averages
     * @param workspace after {@link #forward}
     * @return scale·Σ of the examples' losses
     * @throws IllegalArgumentException if a size does not fit
     */
    public double loss(int batch, float[] targets, int targetsOffset, int ldTargets, float scale, Workspace workspace) {
        Checks.notNull("workspace", workspace).require(this, batch, true);
        int last = layers.size() - 1;
        Layer layer = layers.get(last);
        float[] memory = workspace.memory;
        int delta = workspace.deltas[last];
        double value = loss.formula.apply(
                batch,
                layer.outputs,
                scale,
                memory,
                workspace.outputs[last],
                layer.outputs,
                targets,
                targetsOffset,
                ldTargets,
                workspace.losses,
                0,
                memory,
                delta,
                layer.outputs);
        if (layer.activation.kind() != Activation.Kind.IDENTITY) {
            int saved = layer.keepsPreActivation() ? workspace.preActivations[last] : workspace.outputs[last];
            Activations.backward(layer.activation, batch * layer.outputs, memory, saved, memory, delta, memory, delta);
        }
        return value;
    }

    /**
     * Backward pass: the gradient of the loss with respect to every parameter.
     *
     * @param workers the threads it may use
     * @param batch examples
     * @param x what {@link #forward} read
     * @param xOffset where x starts
     * @param ldx distance of its rows
     * @param parameters what {@link #forward} read
     * @param parametersOffset where they start
     * @param workspace after {@link #loss(int, int[], int, float, Workspace) loss}
     * @param gradients same layout as the parameters
     * @param gradientsOffset where they start
     * @param accumulate whether to add to the gradients; else they are overwritten
     * @throws IllegalArgumentException if a size does not fit
     */
    public void backward(
            Workers workers,
            int batch,
            float[] x,
            int xOffset,
            int ldx,
            float[] parameters,
            int parametersOffset,
            Workspace workspace,
            float[] gradients,
            int gradientsOffset,
            boolean accumulate) {
        Checks.inputs(this, batch, true, x, xOffset, ldx, parameters, parametersOffset, workspace);
        int n = layout.size();
        Checks.length("gradients", gradients, gradientsOffset, n);
        Checks.output(
                "gradients",
                gradients,
                gradientsOffset,
                n,
                this,
                batch,
                x,
                xOffset,
                ldx,
                parameters,
                parametersOffset,
                workspace);
        float[] memory = workspace.memory;
        for (int l = layers.size() - 1; l >= 0; l--) {
            Layer layer = layers.get(l);
            Dense.backwardWeights(
                    workers,
                    batch,
                    layer.inputs,
                    layer.outputs,
                    l == 0 ? x : memory,
                    l == 0 ? xOffset : workspace.outputs[l - 1],
                    l == 0 ? ldx : layer.inputs,
                    memory,
                    workspace.deltas[l],
                    layer.outputs,
                    gradients,
                    gradientsOffset + weights[l],
                    layer.outputs,
                    gradients,
                    gradientsOffset + biases[l],
                    accumulate);
            if (l > 0) {
                Layer below = layers.get(l - 1);
                int saved = below.keepsPreActivation() ? workspace.preActivations[l - 1] : workspace.outputs[l - 1];
                Dense.backwardInput(
                        workers,
                        below.activation,
                        batch,
                        layer.inputs,
                        layer.outputs,
                        memory,
                        workspace.deltas[l],
                        layer.outputs,
                        parameters,
                        parametersOffset + weights[l],
                        layer.outputs,
                        memory,
                        saved,
                        layer.inputs,
                        memory,
                        workspace.deltas[l - 1],
                        layer.inputs,
                        false);
            }
        }
    }

    /**
     * Forward pass alone: nothing is kept but the result.
     *
     * @param workers the threads it may use
     * @param batch examples
     * @param x batch×inputs
     * @param xOffset where x starts
     * @param ldx distance of its rows
     * @param parameters as {@link #layout()} says
     * @param parametersOffset where they start
     * @param workspace from {@link #inferenceWorkspace}
     * @param y batch×outputs, overwritten: logits where the loss is a cross-entropy
     * @param yOffset where y starts
     * @param ldy distance of its rows
     * @throws IllegalArgumentException if a size does not fit
     */
    public void predict(
            Workers workers,
            int batch,
            float[] x,
            int xOffset,
            int ldx,
            float[] parameters,
            int parametersOffset,
            Workspace workspace,
            float[] y,
            int yOffset,
            int ldy) {
        Checks.inputs(this, batch, false, x, xOffset, ldx, parameters, parametersOffset, workspace);
        Checks.rows("y", y, yOffset, batch, outputs(), ldy);
        long n = Checks.extent(batch, outputs(), ldy);
        Checks.output("y", y, yOffset, n, this, batch, x, xOffset, ldx, parameters, parametersOffset, workspace);
        float[] memory = workspace.memory;
        int last = layers.size() - 1;
        for (int l = 0; l <= last; l++) {
            Layer layer = layers.get(l);
            Dense.forward(
                    workers,
                    layer.activation,
                    batch,
                    layer.inputs,
                    layer.outputs,
                    l == 0 ? x : memory,
                    l == 0 ? xOffset : workspace.outputs[l - 1],
                    l == 0 ? ldx : layer.inputs,
                    parameters,
                    parametersOffset + weights[l],
                    layer.outputs,
                    parameters,
                    parametersOffset + biases[l],
                    null,
                    0,
                    layer.outputs,
                    l == last ? y : memory,
                    l == last ? yOffset : workspace.outputs[l],
                    l == last ? ldy : layer.outputs);
        }
    }

    /** The network in one line, which {@link #of} reads: {@code 784-128 sigmoid-10, SOFTMAX_CROSS_ENTROPY}. */
    @Override
    public String toString() {
        return MlpText.write(this);
    }
}
