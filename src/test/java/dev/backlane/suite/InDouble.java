package dev.backlane.suite;

import dev.backlane.kernel.Activation;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import java.util.Arrays;

/** The twins: the textbook formulas in double, one element at a time, sharing no code with the kernels. */
final class InDouble {
    private InDouble() {}

    static double f(Activation f, double x) {
        return switch (f.kind()) {
            case IDENTITY -> x;
            case SIGMOID -> sigmoid(x);
            case TANH -> Math.tanh(x);
            case RELU -> Math.max(x, 0);
            case LEAKY_RELU -> x > 0 ? x : f.parameter() * x;
            case ELU -> x > 0 ? x : f.parameter() * Math.expm1(x);
            case SOFTPLUS -> softplus(x);
            case SILU -> x * sigmoid(x);
            case GELU -> x / 2 * (1 + Math.tanh(u(x)));
        };
    }

    /** f′, for the checks of f″. */
    static double slope(Activation f, double x) {
        double s = sigmoid(x);
        return switch (f.kind()) {
            case IDENTITY -> 1;
            case SIGMOID -> s * sigmoid(-x);
            case TANH -> 4 * sigmoid(2 * x) * sigmoid(-2 * x);
            case RELU -> x > 0 ? 1 : 0;
            case LEAKY_RELU -> x > 0 ? 1 : f.parameter();
            case ELU -> x > 0 ? 1 : f.parameter() * Math.exp(x);
            case SOFTPLUS -> s;
            case SILU -> s * (1 + x * sigmoid(-x));
            case GELU -> {
                double t = Math.tanh(u(x));
                double du = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
                yield (1 + t) / 2 + x / 2 * (1 - t * t) * du;
            }
        };
    }

    private static double u(double x) {
        return Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /** op(A)·op(B), element (i, j); lda and ldb are the stored columns. */
    static double dot(boolean ta, boolean tb, int k, double[] a, int lda, double[] b, int ldb, int i, int j) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
            sum += (ta ? a[p * lda + i] : a[i * lda + p]) * (tb ? b[j * ldb + p] : b[p * ldb + j]);
        }
        return sum;
    }

    /** f(x·W + b) of one example; x starts at from, W and b lie in one array. */
    static double[] layer(Activation f, double[] x, int in, int out, double[] w, int wAt, double[] b, int bAt) {
        double[] y = new double[out];
        for (int j = 0; j < out; j++) {
            double z = b[bAt + j];
            for (int i = 0; i < in; i++) {
                z += x[i] * w[wAt + i * out + j];
            }
            y[j] = f(f, z);
        }
        return y;
    }

    /** The loss of one example. */
    static double loss(Loss loss, double[] a, double[] targets, int from) {
        double max = Arrays.stream(a).max().orElse(0);
        double exps = Arrays.stream(a).map(z -> Math.exp(z - max)).sum();
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            double y = targets[from + j];
            sum += switch (loss) {
                case SQUARED_ERROR -> (a[j] - y) * (a[j] - y);
                case MEAN_SQUARED_ERROR -> (a[j] - y) * (a[j] - y) / a.length;
                case BINARY_CROSS_ENTROPY -> softplus(a[j]) - y * a[j];
                case SOFTMAX_CROSS_ENTROPY -> y * (max + Math.log(exps) - a[j]);
            };
        }
        return sum;
    }

    /** Σ over the batch of the examples' losses of a network. */
    static double loss(Mlp mlp, int batch, double[] x, double[] parameters, double[] targets) {
        double sum = 0;
        for (int e = 0; e < batch; e++) {
            double[] a = Arrays.copyOfRange(x, e * mlp.inputs(), (e + 1) * mlp.inputs());
            for (int l = 0; l < mlp.layers().size(); l++) {
                Mlp.Layer layer = mlp.layers().get(l);
                int w = mlp.layout().block("layer" + l + ".weights").offset();
                int b = mlp.layout().block("layer" + l + ".bias").offset();
                a = layer(layer.activation(), a, layer.inputs(), layer.outputs(), parameters, w, parameters, b);
            }
            sum += loss(mlp.loss(), a, targets, e * a.length);
        }
        return sum;
    }
}
