package dev.backlane.check;

import java.util.Arrays;

/**
 * A layer and its shortcut, everything by hand: {@code a = tanh(x·w1 + b1)}, {@code y = ½(a·w2 + x·s + b2)}. Weights are
 * [in][out]; gradients of parameters accumulate, the gradient of x is overwritten. x has two paths to y.
 */
final class FloatNet {
    static final int IN = 5;
    static final int OUT = 4;

    final int batch;
    final Bug bug;
    final float[] x, w1, b1, w2, s, b2, y;
    final float[] dx, dw1, db1, dw2, ds, db2, dy;
    final float[] tx, tw1, tb1, tw2, ts, tb2, ty;
    float[] a;
    private float[] previous;

    FloatNet(int batch, Bug bug, long seed, double scale) {
        this.batch = batch;
        this.bug = bug;
        SplitMix random = new SplitMix(seed);
        x = random(random, batch * IN, scale);
        w1 = random(random, IN * OUT, 0.6 / scale);
        b1 = random(random, OUT, 0.5);
        w2 = random(random, OUT * OUT, 0.8);
        s = random(random, IN * OUT, 0.7 / scale);
        b2 = random(random, OUT, 0.5);
        y = new float[batch * OUT];
        a = new float[batch * OUT];
        previous = new float[batch * OUT];
        dx = new float[x.length];
        dw1 = new float[w1.length];
        db1 = new float[b1.length];
        dw2 = new float[w2.length];
        ds = new float[s.length];
        db2 = new float[b2.length];
        dy = new float[y.length];
        tx = new float[x.length];
        tw1 = new float[w1.length];
        tb1 = new float[b1.length];
        tw2 = new float[w2.length];
        ts = new float[s.length];
        tb2 = new float[b2.length];
        ty = new float[y.length];
    }

    private static float[] random(SplitMix random, int n, double scale) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (scale * random.nextWeight());
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
        float[] swap = previous;
        previous = a;
        a = swap;
        for (int r = 0; r < batch; r++) {
            for (int j = 0; j < OUT; j++) {
                float z = b1[j];
                for (int i = 0; i < IN; i++) {
                    z += x[r * IN + i] * w1[i * OUT + j];
                }
                a[r * OUT + j] = (float) StrictMath.tanh(z);
            }
            for (int j = 0; j < OUT; j++) {
                float z = b2[j];
                for (int k = 0; k < OUT; k++) {
                    z += a[r * OUT + k] * w2[k * OUT + j];
                }
                for (int i = 0; i < IN; i++) {
                    z += x[r * IN + i] * s[i * OUT + j];
                }
                y[r * OUT + j] = 0.5f * z;
            }
        }
    }

    void backward() {
        float[] act = bug == Bug.STALE_ACTIVATION ? previous : a;
        float sign = bug == Bug.WRONG_SIGN ? -1 : 1;
        if (bug == Bug.ASSIGN_BUFFER) {
            Arrays.fill(dw2, 0);
        }
        for (int r = 0; r < batch; r++) {
            float[] dz2 = new float[OUT];
            float[] dz1 = new float[OUT];
            for (int j = 0; j < OUT; j++) {
                dz2[j] = 0.5f * dy[r * OUT + j];
                db2[j] += dz2[j];
            }
            for (int k = 0; k < OUT; k++) {
                float da = 0;
                for (int j = 0; j < OUT; j++) {
                    da += dz2[j] * (bug == Bug.TRANSPOSED ? w2[j * OUT + k] : w2[k * OUT + j]);
                    boolean skipped = bug == Bug.TAIL_LANE && j == OUT - 1 && r == batch - 1;
                    float factor = bug == Bug.MISSING_FACTOR ? 2 : skipped ? 0 : 1;
                    dw2[k * OUT + j] += factor * act[r * OUT + k] * dz2[j];
                }
                float v = act[r * OUT + k];
                dz1[k] = da * (bug == Bug.WRONG_ACTIVATION ? v * (1 - v) : 1 - v * v);
                if (bug != Bug.DROPPED_BIAS) {
                    db1[k] += dz1[k];
                }
            }
            int row = bug == Bug.OFF_BY_ONE_ROW ? (r + 1) % batch : r;
            for (int i = 0; i < IN; i++) {
                float first = 0;
                float second = 0;
                for (int j = 0; j < OUT; j++) {
                    float wrong = bug == Bug.ONE_PERCENT && i == 2 && j == 1 ? 1.01f : 1;
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
            float[] ta = new float[OUT];
            for (int j = 0; j < OUT; j++) {
                float tz = tb1[j];
                for (int i = 0; i < IN; i++) {
                    tz += tx[r * IN + i] * w1[i * OUT + j] + x[r * IN + i] * tw1[i * OUT + j];
                }
                float v = a[r * OUT + j];
                ta[j] = (1 - v * v) * tz;
            }
            for (int j = 0; j < OUT; j++) {
                float tz = tb2[j];
                for (int k = 0; k < OUT; k++) {
                    tz += ta[k] * w2[k * OUT + j] + a[r * OUT + k] * tw2[k * OUT + j];
                }
                for (int i = 0; i < IN; i++) {
                    tz += tx[r * IN + i] * s[i * OUT + j] + x[r * IN + i] * ts[i * OUT + j];
                }
                ty[r * OUT + j] = 0.5f * tz;
            }
        }
    }
}
