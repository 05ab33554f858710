package dev.backlane.bench.peer;

import dev.backlane.kernel.Activation;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A classifier with dense layers, softmax cross-entropy and gradient descent, with everything that a peer needs to do
 * the same: data, labels, and the parameters to start from. Steps walk through several batches in turn, since real data
 * does not wait in the first cache either.
 */
public final class Network {
    /** Batches that steps walk through. */
    public static final int BATCHES = 8;
    /** Small, so that a million steps on the same few batches stay far from overflow and subnormals. */
    public static final float LEARNING_RATE = 0.01f;

    private final Mlp mlp;
    private final List<Integer> sizes;
    private final Activation activation;
    private final int batch;
    private final float[] x;
    private final int[] labels;
    private final float[] parameters;

    /**
     * Reads a network.
     *
     * @param form sizes of the layers and activation of the hidden ones, like {@code 784-128-10 sigmoid}
     * @param batch examples of a step
     */
    public Network(String form, int batch) {
        String[] parts = form.split(" ", 2);
        sizes = Arrays.stream(parts[0].split("-", -1)).map(Integer::valueOf).toList();
        activation = Activation.of(parts[1]);
        this.batch = batch;
        Mlp.Builder builder = Mlp.inputs(sizes.get(0));
        for (int l = 1; l < sizes.size(); l++) {
            builder.dense(sizes.get(l), l == sizes.size() - 1 ? Activation.IDENTITY : activation);
        }
        mlp = builder.loss(Loss.SOFTMAX_CROSS_ENTROPY);
        parameters = new float[mlp.parameterCount()];
        mlp.initialize(1, parameters, 0);
        SplittableRandom random = new SplittableRandom(2);
        x = new float[BATCHES * batch * mlp.inputs()];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextInt(1 << 20) * 0x1p-20f;
        }
        labels = random.ints((long) BATCHES * batch, 0, mlp.outputs()).toArray();
    }

    /**
     * Backlane's description of it.
     *
     * @return the network
     */
    public Mlp mlp() {
        return mlp;
    }

    /**
     * Layer sizes.
     *
     * @return from the input to the output
     */
    public List<Integer> sizes() {
        return sizes;
    }

    /**
     * Activation of the hidden layers.
     *
     * @return sigmoid, tanh or relu
     */
    public Activation activation() {
        return activation;
    }

    /**
     * Examples of a step.
     *
     * @return as given
     */
    public int batch() {
        return batch;
    }

    /**
     * Data of all batches.
     *
     * @return (BATCHES·batch)×inputs
     */
    public float[] x() {
        return x;
    }

    /**
     * Labels of all batches.
     *
     * @return BATCHES·batch of them
     */
    public int[] labels() {
        return labels;
    }

    /**
     * Parameters before the first step, in Backlane's layout.
     *
     * @return for each layer W, in×out, then b
     */
    public float[] parameters() {
        return parameters;
    }

    /**
     * Weights of a layer the other way round, as libraries with {@code Y = X·Wᵀ} hold them.
     *
     * @param layer 0 for the first
     * @return out×in
     */
    public float[] transposedWeights(int layer) {
        int in = sizes.get(layer);
        int out = sizes.get(layer + 1);
        int offset = mlp.layout().block("layer" + layer + ".weights").offset();
        float[] w = new float[in * out];
        for (int i = 0; i < in; i++) {
            for (int j = 0; j < out; j++) {
                w[j * in + i] = parameters[offset + i * out + j];
            }
        }
        return w;
    }

    /**
     * Bias of a layer.
     *
     * @param layer 0 for the first
     * @return out elements
     */
    public float[] bias(int layer) {
        int offset = mlp.layout().block("layer" + layer + ".bias").offset();
        return Arrays.copyOfRange(parameters, offset, offset + sizes.get(layer + 1));
    }

    /**
     * Puts parameters of the other layout into Backlane's.
     *
     * @param weights for each layer W, out×in
     * @param biases for each layer b
     * @return for each layer W, in×out, then b
     */
    public float[] flatten(List<float[]> weights, List<float[]> biases) {
        float[] flat = new float[parameters.length];
        int at = 0;
        for (int l = 0; l < weights.size(); l++) {
            int in = sizes.get(l);
            int out = sizes.get(l + 1);
            for (int i = 0; i < in; i++) {
                for (int j = 0; j < out; j++) {
                    flat[at++] = weights.get(l)[j * in + i];
                }
            }
            System.arraycopy(biases.get(l), 0, flat, at, out);
            at += out;
        }
        return flat;
    }

    /**
     * Prepares a job of a peer that has been verified against Backlane's.
     *
     * @param peer whose job it is
     * @param training a training step, else inference
     * @return the job, run once
     * @throws IllegalStateException if the peer computes something else
     */
    public Peer.Job verified(NetworkPeer peer, boolean training) {
        NetworkPeer own = new BacklanePeer();
        Peer.Job job = training ? peer.training(this) : peer.inference(this);
        try (Peer.Job ours = training ? own.training(this) : own.inference(this)) {
            job.run();
            ours.run();
            float[] expected = ours.result();
            Verification.requireClose(
                    peer.name() + (training ? " training step" : " inference"),
                    expected,
                    job.result(),
                    training ? stepTolerance(expected) : outputTolerance(expected));
        }
        return job;
    }

    /** A thousandth of the largest change of any parameter: far below what any wrong term of a gradient would be. */
    private double[] stepTolerance(float[] after) {
        double largest = 0;
        for (int i = 0; i < after.length; i++) {
            largest = Math.max(largest, Math.abs(after[i] - parameters[i]));
        }
        double[] tolerance = new double[after.length];
        for (int i = 0; i < after.length; i++) {
            tolerance[i] = 1e-3 * largest + 2 * Math.ulp(after[i]);
        }
        return tolerance;
    }

    private static double[] outputTolerance(float[] y) {
        double largest = 0;
        for (float v : y) {
            largest = Math.max(largest, Math.abs(v));
        }
        double[] tolerance = new double[y.length];
        Arrays.fill(tolerance, 1e-4 * largest);
        return tolerance;
    }

    /** Rows of one batch in {@link #x()}. */
    List<float[]> batches() {
        List<float[]> rows = new ArrayList<>();
        int n = batch * mlp.inputs();
        for (int i = 0; i < BATCHES; i++) {
            rows.add(Arrays.copyOfRange(x, i * n, (i + 1) * n));
        }
        return rows;
    }
}
