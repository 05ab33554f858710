package dev.backlane.digits;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Activations;
import dev.backlane.kernel.Rows;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;

/** What a network's outputs say, as numbers from 0 to 1. */
final class Probabilities {
    private Probabilities() {}

    /**
     * The outputs of one image.
     *
     * @param mlp the network
     * @param outputs of its last layer
     * @return softmax or sigmoid of logits; sigmoid outputs as they are, which need not sum to 1
     */
    static float[] of(Mlp mlp, float... outputs) {
        float[] y = outputs.clone();
        if (mlp.loss() == Loss.SOFTMAX_CROSS_ENTROPY) {
            Rows.softmax(1, y.length, outputs, 0, y.length, y, 0, y.length);
        } else if (mlp.loss() == Loss.BINARY_CROSS_ENTROPY) {
            Activations.forward(Activation.SIGMOID, y.length, outputs, 0, y, 0);
        }
        return y;
    }
}
