package dev.backlane.check;

import java.util.Arrays;

/**
 * {@link FloatNet} in double, line by line: {@code a = tanh(x·w1 + b1)}, {@code y = ½(a·w2 + x·s + b2)}. Weights are
 * [in][out]; gradients of parameters accumulate, the gradient of x is overwritten. x has two paths to y.
 */
final class DoubleNet {
    static final int IN = 5;
    static final int OUT = 4;

    final int batch;
    final Bug bug;
    final double[] x, w1, b1, w2, s, b2, y;
    final double[] dx, dw1, db1, dw2, ds, db2, dy;
    final double[] tx, tw1, tb1, tw2, ts, tb2, ty;
    double[] a;
    private double[] previous;

    DoubleNet(int batch, Bug bug, long seed, double scale) {
        this.batch = batch;
        this.bug = bug;
        SplitMix random = new SplitMix(seed);
        x = random(random, batch * IN, scale);
        w1 = random(random, IN * OUT, 0.6 / scale);
        b1 = random(random, OUT, 0.5);
        w2 = random(random, OUT * OUT, 0.8);
        s = random(random, IN * OUT, 0.7 / scale);
        b2 = random(random, OUT, 0.5);
        y = new double[batch * OUT];
        a = new double[batch * OUT];
        previous = new double[batch * OUT];
        dx = new double[x.length];
        dw1 = new double[w1.length];
        db1 = new double[b1.length];
        dw2 = new double[w2.length];
        ds = new double[s.length];
        db2 = new double[b2.length];
        dy = new double[y.length];
        tx = new double[x.length];
        tw1 = new double[w1.length];
        tb1 = new double[b1.length];
        tw2 = new double[w2.length];
        ts = new double[s.length];
        tb2 = new double[b2.length];
        ty = new double[y.length];
    }

    private static double[] random(SplitMix random, int n, double scale) {
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = (scale * random.nextWeight());
        }
        return values;
    }

    GradientCheck check() {
        return GradientCheck.of(this::forward, this::backward)
                .input("w1", w1, dw1, IN, OUT)
                .input("b1", b1, db1)
                .input("w2", w2, dw2, OUT, OUT)
                .input("s", s, ds, IN, OUT)
                .input("b2", b2, db2)
                .accumulates(true)
                .input("x", x, dx, batch, IN)
                .accumulates("x", false)
                .output("y", y, dy, batch, OUT)
                .jvp(this::tangent)
                .tangent("x", Tensor.of(tx, batch, IN))
                .tangent("w1", Tensor.of(tw1, IN, OUT))
                .tangent("b1", Tensor.of(tb1))
                .tangent("w2", Tensor.of(tw2, OUT, OUT))
                .tangent("s", Tensor.of(ts, IN, OUT))
                .tangent("b2", Tensor.of(tb2))
                .tangent("y", Tensor.of(ty, batch, OUT));
    }

    void forward() {
        double[] swap = previous;
        previous = a;
        a = swap;
        for (int r = 0; r < batch; r++) {
            for (int j = 0; j < OUT; j++) {
                double z = b1[j];
                for (int i = 0; i < IN; i++) {
                    z += x[r * IN + i] * w1[i * OUT + j];
                }
                a[r * OUT + j] = StrictMath.tanh(z);
            }
            for (int j = 0; j < OUT; j++) {
                double z = b2[j];
                for (int k = 0; k < OUT; k++) {
                    z += a[r * OUT + k] * w2[k * OUT + j];
                }
                for (int i = 0; i < IN; i++) {
                    z += x[r * IN + i] * s[i * OUT + j];
                }
                y[r * OUT + j] = 0.5 * z;
            }
        }
    }

    void backward() {
        double[] act = bug == Bug.STALE_ACTIVATION ? previous : a;
        double sign = bug == Bug.WRONG_SIGN ? -1 : 1;
        if (bug == Bug.ASSIGN_BUFFER) {
            Arrays.fill(dw2, 0);
        }
        for (int r = 0; r < batch; r++) {
            double[] dz2 = new double[OUT];
            double[] dz1 = new double[OUT];
            for (int j = 0; j < OUT; j++) {
                dz2[j] = 0.5 * dy[r * OUT + j];
                db2[j] += dz2[j];
            }
            for (int k = 0; k < OUT; k++) {
                double da = 0;
                for (int j = 0; j < OUT; j++) {
                    da += dz2[j] * (bug == Bug.TRANSPOSED ? w2[j * OUT + k] : w2[k * OUT + j]);
                    boolean skipped = bug == Bug.TAIL_LANE && j == OUT - 1 && r == batch - 1;
                    double factor = bug == Bug.MISSING_FACTOR ? 2 : skipped ? 0 : 1;
                    dw2[k * OUT + j] += factor * act[r * OUT + k] * dz2[j];
                }
                double v = act[r * OUT + k];
                dz1[k] = da * (bug == Bug.WRONG_ACTIVATION ? v * (1 - v) : 1 - v * v);
                if (bug != Bug.DROPPED_BIAS) {
                    db1[k] += dz1[k];
                }
            }
            int row = bug == Bug.OFF_BY_ONE_ROW ? (r + 1) % batch : r;
            for (int i = 0; i < IN; i++) {
                double first = 0;
                double second = 0;
                for (int j = 0; j < OUT; j++) {
                    double wrong = bug == Bug.ONE_PERCENT && i == 2 && j == 1 ? 1.01 : 1;
                    dw1[i * OUT + j] += sign * wrong * x[row * IN + i] * dz1[j];
                    ds[i * OUT + j] += x[r * IN + i] * dz2[j];
                    first += dz1[j] * w1[i * OUT + j];
                    second += dz2[j] * s[i * OUT + j];
                }
                dx[r * IN + i] = first;
                if (bug == Bug.ASSIGN_PATH) {
                    dx[r * IN + i] = second;
                } else if (bug != Bug.MISSING_TERM) {
                    dx[r * IN + i] += second;
                }
            }
        }
    }

    void tangent() {
        for (int r = 0; r < batch; r++) {
            double[] ta = new double[OUT];
            for (int j = 0; j < OUT; j++) {
                double tz = tb1[j];
                for (int i = 0; i < IN; i++) {
                    tz += tx[r * IN + i] * w1[i * OUT + j] + x[r * IN + i] * tw1[i * OUT + j];
                }
                double v = a[r * OUT + j];
                ta[j] = (1 - v * v) * tz;
            }
            for (int j = 0; j < OUT; j++) {
                double tz = tb2[j];
                for (int k = 0; k < OUT; k++) {
                    tz += ta[k] * w2[k * OUT + j] + a[r * OUT + k] * tw2[k * OUT + j];
                }
                for (int i = 0; i < IN; i++) {
                    tz += tx[r * IN + i] * s[i * OUT + j] + x[r * IN + i] * ts[i * OUT + j];
                }
                ty[r * OUT + j] = 0.5 * tz;
            }
        }
    }
}
