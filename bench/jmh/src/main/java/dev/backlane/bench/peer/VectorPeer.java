package dev.backlane.bench.peer;

/** A peer with elementwise functions and losses. */
public interface VectorPeer extends Peer {
    /**
     * Prepares {@code y ← f(x)}, elementwise.
     *
     * @param function {@code sigmoid}, {@code tanh}, {@code exp}, {@code gelu} (in its tanh form) or {@code relu}
     * @param x x, not kept
     * @return a job whose result is y
     */
    Job elementwise(String function, float[] x);

    /**
     * Prepares the softmax cross-entropy, averaged over the batch, and its gradient with respect to the logits.
     *
     * @param batch rows
     * @param classes columns
     * @param logits batch×classes, not kept
     * @param labels one for each row, not kept
     * @return a job whose result is the gradient
     */
    Job softmaxCrossEntropy(int batch, int classes, float[] logits, int[] labels);
}
