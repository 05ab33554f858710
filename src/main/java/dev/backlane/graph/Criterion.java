package dev.backlane.graph;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Activations;
import dev.backlane.kernel.Elementwise;
import dev.backlane.kernel.Losses;
import dev.backlane.kernel.Rows;
import dev.backlane.kernel.Vectors;
import java.util.Arrays;

/**
 * A loss of outputs a (batch×n) and targets y, times a scale: a scalar. The kernel gives value and gradient at once, so
 * the gradient is kept behind the value until it is asked for.
 */
final class Criterion extends Op {
    enum Kind {
        /** Σ(a − y)². */
        SQUARED_ERROR("2({x} - {y})"),
        /** Σ(a − y)²/n. */
        MEAN_SQUARED_ERROR("2({x} - {y})/n"),
        /** Cross-entropy of sigmoid(a) with y. */
        BINARY_CROSS_ENTROPY("sigmoid({x}) - {y}"),
        /** Cross-entropy of softmax(a) with rows y of probabilities, or with labels. */
        SOFTMAX_CROSS_ENTROPY("softmax({x}) - {y}");

        final String derivative;

        Kind(String derivative) {
            this.derivative = derivative;
        }
    }

    private final Kind kind;
    private final float scale;

    Criterion(Kind kind, float scale) {
        this.kind = kind;
        this.scale = scale;
    }

    /** Whether targets are labels, one per row, and not rows. */
    private static boolean hasLabels(Node z) {
        return !z.inputs[0].shape.equals(z.inputs[1].shape);
    }

    @Override
    void value(Node z, Values s, Slots v) {
        Node x = z.inputs[0];
        Node y = z.inputs[1];
        int rows = x.shape.rows();
        int n = x.shape.cols();
        float[] memory = v.array(z);
        float[] delta = s.training ? memory : null;
        int deltaAt = v.at(z) + 1;
        double loss;
        if (hasLabels(z)) {
            float[] targets = v.array(y);
            for (int i = 0; i < rows; i++) {
                float label = targets[v.at(y) + i];
                s.labels[i] = (int) label;
                if (s.labels[i] != label) {
                    throw new IllegalArgumentException(
                            s.graph.name(y) + " must have whole numbers for labels, but has " + label + " in row " + i);
                }
            }
            loss = Losses.softmaxCrossEntropy(
                    rows, n, scale, v.array(x), v.at(x), n, s.labels, 0, null, 0, delta, deltaAt, n);
        } else {
            loss = loss(rows, n, v.array(x), v.at(x), v.array(y), v.at(y), delta, deltaAt);
        }
        memory[v.at(z)] = (float) loss;
    }

    private double loss(int rows, int n, float[] a, int ao, float[] y, int yo, float[] delta, int at) {
        return switch (kind) {
            case SQUARED_ERROR -> Losses.squaredError(rows, n, scale, a, ao, n, y, yo, n, null, 0, delta, at, n);
            case MEAN_SQUARED_ERROR ->
                Losses.meanSquaredError(rows, n, scale, a, ao, n, y, yo, n, null, 0, delta, at, n);
            case BINARY_CROSS_ENTROPY ->
                Losses.binaryCrossEntropy(rows, n, scale, a, ao, n, y, yo, n, null, 0, delta, at, n);
            case SOFTMAX_CROSS_ENTROPY ->
                Losses.softmaxCrossEntropy(rows, n, scale, a, ao, n, y, yo, n, null, 0, delta, at, n);
        };
    }

    /** ż = ⟨∂z/∂a, ȧ⟩. */
    @Override
    void jvp(Node z, Values s) {
        Node x = z.inputs[0];
        s.t.array(z)[s.t.at(z)] = Vectors.dot(x.size(), s.v.array(z), s.v.at(z) + 1, s.t.array(x), s.t.at(x));
        s.t.fill(z);
    }

    @Override
    void vjp(Node z, Values s, Slots from, Slots to) {
        if (to.wants(z.inputs[0])) {
            send(from.array(z)[from.at(z)], s.v.array(z), s.v.at(z) + 1, z.inputs[0], to);
        }
    }

    private static void send(float factor, float[] term, int at, Node x, Slots to) {
        if (to.addsTo(x)) {
            Vectors.axpy(x.size(), factor, term, at, to.array(x), to.at(x));
        } else {
            Vectors.scale(x.size(), factor, term, at, to.array(x), to.at(x));
        }
    }

    /**
     * The Hessian of the loss times ȧ. Of a squared error the gradient is linear: it is the gradient at ȧ with targets
     * 0.
     */
    @Override
    void curve(Node z, Values s) {
        Node x = z.inputs[0];
        int n = x.size();
        int cols = x.shape.cols();
        float[] a = s.v.array(x);
        int ao = s.v.at(x);
        float[] dot = s.t.array(x);
        int dotAt = s.t.at(x);
        float[] bent = s.scratch;
        float factor = s.g.array(z)[s.g.at(z)];
        switch (kind) {
            case SQUARED_ERROR, MEAN_SQUARED_ERROR -> {
                Arrays.fill(s.more, 0, n, 0);
                loss(x.shape.rows(), cols, dot, dotAt, s.more, 0, bent, 0);
            }
            case BINARY_CROSS_ENTROPY -> {
                Activations.forward(Activation.SIGMOID, n, a, ao, bent, 0);
                Activations.backward(Activation.SIGMOID, n, bent, 0, dot, dotAt, bent, 0);
                factor *= scale;
            }
            case SOFTMAX_CROSS_ENTROPY -> {
                Rows.softmax(x.shape.rows(), cols, a, ao, cols, bent, 0, cols);
                Node y = z.inputs[1];
                for (int i = 0; i < n; i += cols) {
                    // Σy·p⊙(ȧ − ⟨p, ȧ⟩), with p the softmax
                    float weight = hasLabels(z) ? 1 : Vectors.sum(cols, s.v.array(y), s.v.at(y) + i);
                    s.one[0] = Vectors.dot(cols, bent, i, dot, dotAt + i);
                    Elementwise.subtract(cols, dot, dotAt + i, 1, s.one, 0, 0, s.more, 0);
                    Elementwise.multiply(cols, bent, i, 1, s.more, 0, 1, bent, i);
                    Vectors.scale(cols, weight, bent, i, bent, i);
                }
                factor *= scale;
            }
        }
        if (s.h.wants(x)) {
            send(factor, bent, 0, x, s.h);
        }
    }

    @Override
    int saved(Node z) {
        return z.inputs[0].size();
    }

    @Override
    int scratch(Node z) {
        return z.inputs[0].size();
    }

    @Override
    long multiplyAdds(Node z) {
        return z.inputs[0].size();
    }

    @Override
    String formula(Node node, String... x) {
        String loss = switch (kind) {
            case SQUARED_ERROR -> (node.inputs[0].size() == 1 ? "(" : "Σ(") + x[0] + " - " + x[1] + ")²";
            case MEAN_SQUARED_ERROR -> "mean (" + x[0] + " - " + x[1] + ")²";
            default -> this + "(" + x[0] + ", " + x[1] + ")";
        };
        return scale == 1 ? loss : Numbers.text(scale) + "·" + loss;
    }

    @Override
    String derivative(Node node, int k, String z, String... x) {
        String slope = kind.derivative.replace("{x}", x[0]).replace("{y}", x[1]);
        return scale == 1 ? slope : Numbers.text(scale) + "·(" + slope + ")";
    }

    @Override
    public String toString() {
        return name(kind);
    }
}
