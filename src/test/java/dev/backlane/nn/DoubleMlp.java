package dev.backlane.nn;

import dev.backlane.kernel.Activation;
import dev.backlane.param.ParameterLayout;

/** The tests' oracle: the same network in double, one example and one neuron at a time, sharing no code with the kernels. */
final class DoubleMlp {
    private final Mlp mlp;

    DoubleMlp(Mlp mlp) {
        this.mlp = mlp;
    }

    /** Σ over the batch of the examples' losses. */
    double loss(int batch, double[] x, double[] parameters, double[] targets) {
        double sum = 0;
        for (int e = 0; e < batch; e++) {
            double[] a = java.util.Arrays.copyOfRange(x, e * mlp.inputs(), (e + 1) * mlp.inputs());
            for (int l = 0; l < mlp.layers().size(); l++) {
                Mlp.Layer layer = mlp.layers().get(l);
                ParameterLayout.Block w = mlp.layout().block("layer" + l + ".weights");
                ParameterLayout.Block b = mlp.layout().block("layer" + l + ".bias");
                double[] y = new double[layer.outputs()];
                for (int j = 0; j < y.length; j++) {
                    double z = parameters[b.offset() + j];
                    for (int i = 0; i < a.length; i++) {
                        z += a[i] * parameters[w.offset() + i * y.length + j];
                    }
                    y[j] = activate(layer.activation(), z);
                }
                a = y;
            }
            sum += loss(a, targets, e * a.length);
        }
        return sum;
    }

    static double activate(Activation f, double x) {
        return switch (f.kind()) {
            case IDENTITY -> x;
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case TANH -> Math.tanh(x);
            case RELU -> Math.max(x, 0);
            case LEAKY_RELU -> x > 0 ? x : f.parameter() * x;
            case ELU -> x > 0 ? x : f.parameter() * Math.expm1(x);
            case SOFTPLUS -> Math.log1p(Math.exp(x));
            case SILU -> x / (1 + Math.exp(-x));
            case GELU -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
        };
    }

    private double loss(double[] a, double[] targets, int from) {
        double sum = 0;
        double exps = 0;
        for (double z : a) {
            exps += Math.exp(z);
        }
        for (int j = 0; j < a.length; j++) {
            double t = targets[from + j];
            sum += switch (mlp.loss()) {
                case SQUARED_ERROR -> (a[j] - t) * (a[j] - t);
                case MEAN_SQUARED_ERROR -> (a[j] - t) * (a[j] - t) / a.length;
                case BINARY_CROSS_ENTROPY -> Math.log1p(Math.exp(a[j])) - t * a[j];
                case SOFTMAX_CROSS_ENTROPY -> t * (Math.log(exps) - a[j]);
            };
        }
        return sum;
    }
}
