package dev.backlane.digits;

import dev.backlane.kernel.Activation;
import dev.backlane.nn.Mlp;
import java.util.Arrays;

/**
 * The forward pass of a network by the textbook's formulas in double, sharing no code with the kernels: what a check of their gradients
 * takes differences of.
 */
final class DoubleNetwork {
    private DoubleNetwork() {}

    /**
     * Mean loss of some examples.
     *
     * @param mlp the network
     * @param x examples × inputs
     * @param labels what they show
     * @param parameters as {@link Mlp#layout()} says
     * @return the loss
     */
    static double loss(Mlp mlp, double[] x, int[] labels, double[] parameters) {
        double sum = 0;
        for (int e = 0; e < labels.length; e++) {
            double[] a = Arrays.copyOfRange(x, e * mlp.inputs(), (e + 1) * mlp.inputs());
            for (int l = 0; l < mlp.layers().size(); l++) {
                a = forward(mlp, l, a, parameters);
            }
            sum += loss(mlp, a, labels[e]);
        }
        return sum / labels.length;
    }

    private static double[] forward(Mlp mlp, int l, double[] a, double[] parameters) {
        Mlp.Layer layer = mlp.layers().get(l);
        int weights = mlp.layout().block("layer" + l + ".weights").offset();
        int bias = mlp.layout().block("layer" + l + ".bias").offset();
        double[] z = Arrays.copyOfRange(parameters, bias, bias + layer.outputs());
        for (int i = 0; i < a.length; i++) {
            // Paper is most of an image.
            if (a[i] != 0) {
                int row = weights + i * z.length;
                for (int j = 0; j < z.length; j++) {
                    z[j] += a[i] * parameters[row + j];
                }
            }
        }
        for (int j = 0; j < z.length; j++) {
            z[j] = f(layer.activation(), z[j]);
        }
        return z;
    }

    private static double f(Activation f, double z) {
        return switch (f.kind()) {
            case IDENTITY -> z;
            case SIGMOID -> sigmoid(z);
            case TANH -> Math.tanh(z);
            case RELU -> Math.max(z, 0);
            case LEAKY_RELU -> z > 0 ? z : f.parameter() * z;
            case ELU -> z > 0 ? z : f.parameter() * Math.expm1(z);
            case SOFTPLUS -> softplus(z);
            case SILU -> z * sigmoid(z);
            case GELU -> z / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z)));
        };
    }

    private static double loss(Mlp mlp, double[] a, int label) {
        double max = Arrays.stream(a).max().orElse(0);
        double exps = Arrays.stream(a).map(z -> Math.exp(z - max)).sum();
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            double y = j == label ? 1 : 0;
            sum += switch (mlp.loss()) {
                case SQUARED_ERROR -> (a[j] - y) * (a[j] - y);
                case MEAN_SQUARED_ERROR -> (a[j] - y) * (a[j] - y) / a.length;
                case BINARY_CROSS_ENTROPY -> softplus(a[j]) - y * a[j];
                case SOFTMAX_CROSS_ENTROPY -> y * (max + Math.log(exps) - a[j]);
            };
        }
        return sum;
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }

    private static double softplus(double z) {
        return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
    }
}
