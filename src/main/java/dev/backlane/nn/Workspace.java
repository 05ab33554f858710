package dev.backlane.nn;

import dev.backlane.kernel.Losses;
import java.util.Arrays;

/**
 * The memory of one training step or one prediction: activations, pre-activations where a derivative reads them, and deltas,
 * which are the gradients of the loss with respect to each layer's Z. Allocated once; not for two threads at the same time.
 */
public final class Workspace {
    final float[] memory;
    final int[] outputs;
    final int[] preActivations;
    final int[] deltas;
    final float[] losses;
    final float[] targets;

    private final Mlp mlp;
    private final int maxBatch;
    private final boolean training;

    private Workspace(Mlp mlp, int maxBatch, boolean training, int[] outputs, int[] pre, int[] deltas, long floats) {
        if (floats > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "maxBatch " + maxBatch + " makes the workspace longer than an array can be");
        }
        this.mlp = mlp;
        this.maxBatch = maxBatch;
        this.training = training;
        this.outputs = outputs;
        preActivations = pre;
        this.deltas = deltas;
        memory = new float[(int) floats];
        losses = new float[training ? maxBatch : 0];
        boolean oneHot = training && mlp.loss() != Loss.SOFTMAX_CROSS_ENTROPY;
        targets = new float[oneHot ? Math.multiplyExact(maxBatch, mlp.outputs()) : 0];
    }

    static Workspace forTraining(Mlp mlp, int maxBatch) {
        requireBatch(maxBatch);
        int layers = mlp.layers().size();
        int[] outputs = new int[layers];
        int[] pre = new int[layers];
        int[] deltas = new int[layers];
        long at = 0;
        for (int l = 0; l < layers; l++) {
            Mlp.Layer layer = mlp.layers().get(l);
            long floats = (long) maxBatch * layer.outputs();
            outputs[l] = (int) at;
            at += floats;
            if (layer.keepsPreActivation()) {
                pre[l] = (int) at;
                at += floats;
            }
            deltas[l] = (int) at;
            at += floats;
        }
        return new Workspace(mlp, maxBatch, true, outputs, pre, deltas, at);
    }

    static Workspace forInference(Mlp mlp, int maxBatch) {
        requireBatch(maxBatch);
        int layers = mlp.layers().size();
        int[] outputs = new int[layers];
        long[] widest = new long[2];
        for (int l = 0; l < layers - 1; l++) {
            widest[l % 2] = Math.max(
                    widest[l % 2], (long) maxBatch * mlp.layers().get(l).outputs());
        }
        for (int l = 0; l < layers - 1; l++) {
            outputs[l] = l % 2 == 0 ? 0 : (int) widest[0];
        }
        return new Workspace(mlp, maxBatch, false, outputs, new int[layers], new int[0], widest[0] + widest[1]);
    }

    private static void requireBatch(int maxBatch) {
        if (maxBatch < 1) {
            throw new IllegalArgumentException("maxBatch must be at least 1, but is " + maxBatch);
        }
    }

    /** Refuses a workspace that does not fit, and what of the caller's lies inside it. */
    void require(Mlp mlp, int batch, boolean training, float[] x, float[] parameters) {
        require(mlp, batch, training);
        if (x == memory || parameters == memory) {
            throw new IllegalArgumentException(
                    (x == memory ? "x" : "parameters") + " must not overlap the workspace's memory");
        }
    }

    void require(Mlp mlp, int batch, boolean training) {
        if (this.mlp != mlp) {
            throw new IllegalArgumentException("workspace must be one of this network, but is one of " + this.mlp);
        }
        if (training && !this.training) {
            throw new IllegalArgumentException("workspace must be for training, but is for inference");
        }
        if (!training && this.training) {
            throw new IllegalArgumentException("workspace must be for inference, but is for training");
        }
        if (batch < 0 || batch > maxBatch) {
            throw new IllegalArgumentException("batch must be 0 to " + maxBatch + ", but is " + batch);
        }
    }

    /** Softmax cross-entropy of the last layer with labels, straight and not by way of one-hot rows. */
    double softmaxCrossEntropy(int batch, int[] labels, int offset, float scale) {
        int last = outputs.length - 1;
        int width = mlp.outputs();
        return Losses.softmaxCrossEntropy(
                batch,
                width,
                scale,
                memory,
                outputs[last],
                width,
                labels,
                offset,
                losses,
                0,
                memory,
                deltas[last],
                width);
    }

    void oneHot(int batch, int[] labels, int offset) {
        int classes = mlp.outputs();
        if (labels == null || offset < 0 || (long) offset + batch > labels.length) {
            throw new IllegalArgumentException("labels needs " + batch + " elements from labelsOffset " + offset
                    + ", but has " + (labels == null ? "none" : String.valueOf(labels.length)));
        }
        for (int i = 0; i < batch; i++) {
            int label = labels[offset + i];
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException(
                        "labels[" + (offset + i) + "] must be in [0, " + classes + "), but is " + label);
            }
        }
        Arrays.fill(targets, 0, batch * classes, 0);
        for (int i = 0; i < batch; i++) {
            targets[i * classes + labels[offset + i]] = 1;
        }
    }

    /**
     * The array that holds activations and deltas.
     *
     * @return the workspace's own array, not a copy
     */
    public float[] memory() {
        return memory;
    }

    /**
     * Where a layer's output Y = f(Z) starts in {@link #memory()}: batch×outputs, rows one behind the other.
     *
     * @param layer 0 for the first
     * @return an index
     */
    public int outputOffset(int layer) {
        requireTraining();
        return outputs[layer];
    }

    /**
     * Where a layer's Z starts in {@link #memory()}, if the derivative of its activation reads it.
     *
     * @param layer 0 for the first
     * @return an index, or −1 if Z is not kept
     */
    public int preActivationOffset(int layer) {
        requireTraining();
        return mlp.layers().get(layer).keepsPreActivation() ? preActivations[layer] : -1;
    }

    /**
     * Where a layer's delta dL/dZ starts in {@link #memory()}: batch×outputs, rows one behind the other.
     *
     * @param layer 0 for the first
     * @return an index
     */
    public int deltaOffset(int layer) {
        requireTraining();
        return deltas[layer];
    }

    /**
     * Each example's loss, unscaled, as the last call of a loss left it.
     *
     * @return the workspace's own array, not a copy
     */
    public float[] losses() {
        return losses;
    }

    /**
     * Most examples of a step.
     *
     * @return as given
     */
    public int maxBatch() {
        return maxBatch;
    }

    private void requireTraining() {
        if (!training) {
            throw new IllegalStateException("a workspace for inference keeps no layer");
        }
    }
}
