package dev.backlane.check;

/**
 * {@link FloatMlp} in double, line by line, parameters in one flat array, gradients in another of the same layout: {@code
 * h = act(h·W + b)}, the last layer without activation if it feeds a loss. Gradients accumulate.
 */
final class DoubleMlp {
    enum Act {
        SIGMOID,
        TANH,
        RELU;

        double apply(double z) {
            return switch (this) {
                case SIGMOID -> (1 / (1 + Math.exp(-z)));
                case TANH -> Math.tanh(z);
                case RELU -> z > 0 ? z : 0;
            };
        }

        /** From the value: s·(1 − s), 1 − t·t, 1 for t > 0. */
        double slope(double v) {
            return switch (this) {
                case SIGMOID -> v * (1 - v);
                case TANH -> 1 - v * v;
                case RELU -> v > 0 ? 1 : 0;
            };
        }
    }

    final int batch;
    final int[] widths;
    final Act act;
    final double[] params, grads;
    final double[][] h, dh;
    final int[] labels;

    DoubleMlp(int batch, Act act, long seed, double gain, int... widths) {
        this.batch = batch;
        this.act = act;
        this.widths = widths;
        int size = 0;
        h = new double[widths.length][];
        dh = new double[widths.length][];
        for (int l = 0; l < widths.length; l++) {
            h[l] = new double[batch * widths[l]];
            dh[l] = new double[batch * widths[l]];
            size += l == 0 ? 0 : (widths[l - 1] + 1) * widths[l];
        }
        params = new double[size];
        grads = new double[size];
        SplitMix random = new SplitMix(seed, 99);
        int p = 0;
        for (int l = 1; l < widths.length; l++) {
            for (int i = 0; i < (widths[l - 1] + 1) * widths[l]; i++) {
                params[p++] = (gain * random.nextWeight() / Math.sqrt(widths[l - 1] + 1));
            }
        }
        for (int i = 0; i < h[0].length; i++) {
            h[0][i] = random.nextWeight();
        }
        labels = new int[batch];
        for (int r = 0; r < batch; r++) {
            labels[r] = random.nextInt(widths[widths.length - 1]);
        }
    }

    /** Adds the identity to every square layer, so that a long chain neither dies out nor explodes. */
    DoubleMlp nearIdentity() {
        int p = 0;
        for (int l = 1; l < widths.length; l++) {
            for (int i = 0; widths[l - 1] == widths[l] && i < widths[l]; i++) {
                params[p + i * widths[l] + i] += 1;
            }
            p += (widths[l - 1] + 1) * widths[l];
        }
        return this;
    }

    private GradientCheck inputs(GradientCheck check) {
        int p = 0;
        for (int l = 1; l < widths.length; l++) {
            int in = widths[l - 1];
            int out = widths[l];
            check.input(
                    "w" + l,
                    Tensor.of(params, in, out).at(p),
                    Tensor.of(grads, in, out).at(p));
            p += in * out;
            check.input(
                    "b" + l, Tensor.of(params, out).at(p), Tensor.of(grads, out).at(p));
            p += out;
        }
        return check.accumulates(true).input("x", h[0], dh[0], batch, widths[0]).accumulates("x", false);
    }

    GradientCheck check() {
        int last = widths.length - 1;
        return inputs(GradientCheck.of(() -> forward(false), () -> backward(false)))
                .output("y", h[last], dh[last], batch, widths[last]);
    }

    /** A twin that knows no derivative. */
    GradientCheck forwardAlone() {
        int last = widths.length - 1;
        GradientCheck twin = GradientCheck.ofForward(() -> forward(false));
        int p = 0;
        for (int l = 1; l <= last; l++) {
            int in = widths[l - 1];
            int out = widths[l];
            twin.input("w" + l, Tensor.of(params, in, out).at(p));
            twin.input("b" + l, Tensor.of(params, out).at(p + in * out));
            p += (in + 1) * out;
        }
        return twin.input("x", Tensor.of(h[0], batch, widths[0])).output("y", Tensor.of(h[last], batch, widths[last]));
    }

    /** Mean softmax cross-entropy on top. */
    GradientCheck lossCheck() {
        return inputs(GradientCheck.ofLoss(
                () -> {
                    forward(true);
                    return loss();
                },
                () -> backward(true)));
    }

    void forward(boolean linearEnd) {
        int p = 0;
        for (int l = 1; l < widths.length; l++) {
            int in = widths[l - 1];
            int out = widths[l];
            for (int r = 0; r < batch; r++) {
                for (int j = 0; j < out; j++) {
                    double z = params[p + in * out + j];
                    for (int i = 0; i < in; i++) {
                        z += h[l - 1][r * in + i] * params[p + i * out + j];
                    }
                    h[l][r * out + j] = linearEnd && l == widths.length - 1 ? z : act.apply(z);
                }
            }
            p += (in + 1) * out;
        }
    }

    private double loss() {
        int last = widths.length - 1;
        int n = widths[last];
        double sum = 0;
        for (int r = 0; r < batch; r++) {
            double max = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < n; j++) {
                max = Math.max(max, h[last][r * n + j]);
            }
            double total = 0;
            for (int j = 0; j < n; j++) {
                total += Math.exp(h[last][r * n + j] - max);
            }
            sum += Math.log(total) + max - h[last][r * n + labels[r]];
            for (int j = 0; j < n; j++) {
                double q = Math.exp(h[last][r * n + j] - max) / total;
                dh[last][r * n + j] = (q - (j == labels[r] ? 1 : 0)) / batch;
            }
        }
        return sum / batch;
    }

    void backward(boolean linearEnd) {
        int p = params.length;
        for (int l = widths.length - 1; l >= 1; l--) {
            int in = widths[l - 1];
            int out = widths[l];
            p -= (in + 1) * out;
            double[] dz = new double[batch * out];
            for (int k = 0; k < dz.length; k++) {
                dz[k] = dh[l][k] * (linearEnd && l == widths.length - 1 ? 1 : act.slope(h[l][k]));
            }
            for (int r = 0; r < batch; r++) {
                for (int i = 0; i < in; i++) {
                    double d = 0;
                    for (int j = 0; j < out; j++) {
                        grads[p + i * out + j] += h[l - 1][r * in + i] * dz[r * out + j];
                        d += dz[r * out + j] * params[p + i * out + j];
                    }
                    dh[l - 1][r * in + i] = d;
                }
                for (int j = 0; j < out; j++) {
                    grads[p + in * out + j] += dz[r * out + j];
                }
            }
        }
    }
}
