package dev.backlane.digits;

import java.util.List;

/**
 * What one image wants of a network. A neuron's wish is −∂C/∂a, what its activation should do to make the image's own cost smaller,
 * and its nudge −∂C/∂z = wish·f′(z), what its weighted sum should do: size and direction. All else follows from the nudges of the
 * layer above: the bias wants the nudge itself, a weight the nudge times the activation it reads, and an activation below the sum,
 * over the neurons that read it, of nudge times weight.
 *
 * @param index of the image
 * @param label what it shows
 * @param read what the network says
 * @param cost the image's own
 * @param outputs the output layer
 * @param hidden the hidden layers, the last one first: the way the wishes take
 * @param pixels the image, row-major
 * @param pixelWishes what its pixels should do, the wishes of the first layer summed
 */
record Explanation(
        int index,
        int label,
        int read,
        double cost,
        Outputs outputs,
        List<Hidden> hidden,
        float[] pixels,
        float[] pixelWishes) {
    /**
     * The output layer: an element for each digit.
     *
     * @param activations probabilities, where the loss makes them
     * @param targets what they should be
     * @param wishes −∂C/∂a, of the logit where the loss works on logits
     * @param nudges −∂C/∂z
     */
    record Outputs(float[] activations, float[] targets, float[] wishes, float[] nudges) {}

    /**
     * A hidden layer: an element for each neuron.
     *
     * @param layer from 1
     * @param activations what the layer above read
     * @param wishes −∂C/∂a, all neurons above summed
     * @param nudges −∂C/∂z
     */
    record Hidden(int layer, float[] activations, float[] wishes, float[] nudges) {}

    /**
     * The three ways to change one output neuron.
     *
     * @param digit the neuron
     * @param bias what its bias should do
     * @param weights what each weight should do: in proportion to the activation behind it
     * @param wishes what it alone would have each activation do: in proportion to the weight between
     */
    record Avenues(int digit, double bias, float[] weights, float[] wishes) {}

    /**
     * The image's own gradient beside the average of a batch.
     *
     * @param images of the batch, this one included
     * @param layers of each layer, and behind them of all parameters
     */
    record Gradients(int images, List<Direction> layers) {}

    /**
     * Two gradients of the same parameters.
     *
     * @param parameters which
     * @param own norm of the image's
     * @param average norm of the batch's
     * @param cosine of the angle between them; NaN if one is 0
     */
    record Direction(String parameters, double own, double average, double cosine) {}

    /**
     * A weight to which the image's cost is sensitive.
     *
     * @param layer from 1
     * @param from neuron or pixel that it reads
     * @param to neuron that it belongs to
     * @param sensitivity ∂C/∂w
     * @param ratio how many times as sensitive as to the median of the weights whose sensitivity is not 0
     */
    record Weight(int layer, int from, int to, double sensitivity, double ratio) {}
}
