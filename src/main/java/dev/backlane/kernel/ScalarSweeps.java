package dev.backlane.kernel;

/**
 * The sweeps in plain Java: the fallback where the Vector API cannot run, and what finishes vectors shorter than one of
 * the hardware's.
 */
final class ScalarSweeps extends Sweeps {
    @Override
    void activate(Activation f, int n, float[] x, int xo, float[] y, int yo) {
        switch (f.kind()) {
            case IDENTITY -> copy(n, x, xo, y, yo);
            case SIGMOID -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = ScalarMath.sigmoid(x[xo + i]);
                }
            }
            case TANH -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = ScalarMath.tanh(x[xo + i]);
                }
            }
            case RELU -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = x[xo + i] <= 0 ? 0 : x[xo + i];
                }
            }
            case LEAKY_RELU -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = x[xo + i] > 0 ? x[xo + i] : f.parameter() * x[xo + i];
                }
            }
            case ELU -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = ScalarMath.elu(x[xo + i], f.parameter());
                }
            }
            case SOFTPLUS -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = ScalarMath.softplus(x[xo + i]);
                }
            }
            case SILU -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = ScalarMath.silu(x[xo + i]);
                }
            }
            case GELU -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = ScalarMath.gelu(x[xo + i]);
                }
            }
        }
    }

    @Override
    void derivative(Activation f, int n, float[] saved, int so, float[] dy, int dyo, float[] dx, int dxo) {
        switch (f.kind()) {
            case IDENTITY -> copy(n, dy, dyo, dx, dxo);
            case SIGMOID -> {
                for (int i = 0; i < n; i++) {
                    float y = saved[so + i];
                    dx[dxo + i] = dy[dyo + i] * Fma.fma(-y, y, y);
                }
            }
            case TANH -> {
                for (int i = 0; i < n; i++) {
                    float y = saved[so + i];
                    dx[dxo + i] = dy[dyo + i] * Fma.fma(-y, y, 1);
                }
            }
            case RELU, LEAKY_RELU -> {
                for (int i = 0; i < n; i++) {
                    float y = saved[so + i];
                    dx[dxo + i] = dy[dyo + i] * (y > 0 ? 1 : y <= 0 ? f.parameter() : y);
                }
            }
            case ELU -> {
                for (int i = 0; i < n; i++) {
                    float y = saved[so + i];
                    dx[dxo + i] = dy[dyo + i] * (y > 0 ? 1 : y + f.parameter());
                }
            }
            case SOFTPLUS -> {
                for (int i = 0; i < n; i++) {
                    dx[dxo + i] = dy[dyo + i] * ScalarMath.sigmoid(saved[so + i]);
                }
            }
            case SILU -> {
                for (int i = 0; i < n; i++) {
                    dx[dxo + i] = dy[dyo + i] * ScalarMath.siluDerivative(saved[so + i]);
                }
            }
            case GELU -> {
                for (int i = 0; i < n; i++) {
                    dx[dxo + i] = dy[dyo + i] * ScalarMath.geluDerivative(saved[so + i]);
                }
            }
        }
    }

    static void copy(int n, float[] x, int xo, float[] y, int yo) {
        if (x != y || xo != yo) {
            System.arraycopy(x, xo, y, yo, n);
        }
    }

    @Override
    void exp(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = ScalarMath.exp(x[xo + i]);
        }
    }

    @Override
    void axpy(int n, float alpha, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Fma.fma(alpha, x[xo + i], y[yo + i]);
        }
    }

    @Override
    void scale(int n, float alpha, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = alpha * x[xo + i];
        }
    }

    @Override
    float dot(int n, float[] x, int xo, float[] y, int yo) {
        Lanes lanes = Lanes.POOL.take();
        lanes.clear();
        float[] sums = lanes.floats;
        for (int i = 0; i < n; i++) {
            sums[i % LANES] = Fma.fma(x[xo + i], y[yo + i], sums[i % LANES]);
        }
        float sum = lanes.sum();
        Lanes.POOL.give(lanes);
        return sum;
    }

    @Override
    float sum(int n, float[] x, int xo) {
        Lanes lanes = Lanes.POOL.take();
        lanes.clear();
        float[] sums = lanes.floats;
        for (int i = 0; i < n; i++) {
            sums[i % LANES] += x[xo + i];
        }
        float sum = lanes.sum();
        Lanes.POOL.give(lanes);
        return sum;
    }

    @Override
    double sumWide(int n, float[] x, int xo, Lanes lanes) {
        lanes.clearWide();
        double[] sums = lanes.doubles;
        for (int i = 0; i < n; i++) {
            sums[i % WIDE_LANES] += x[xo + i];
        }
        return lanes.sumWide();
    }

    @Override
    double sumOfSquares(int n, float[] x, int xo, Lanes lanes) {
        lanes.clearWide();
        double[] sums = lanes.doubles;
        for (int i = 0; i < n; i++) {
            double v = x[xo + i];
            sums[i % WIDE_LANES] += v * v;
        }
        return lanes.sumWide();
    }

    @Override
    double squaredDistance(int n, float[] x, int xo, float[] y, int yo, Lanes lanes) {
        lanes.clearWide();
        double[] sums = lanes.doubles;
        for (int i = 0; i < n; i++) {
            double d = (double) x[xo + i] - y[yo + i];
            sums[i % WIDE_LANES] = Fma.fma(d, d, sums[i % WIDE_LANES]);
        }
        return lanes.sumWide();
    }

    @Override
    double weightedGap(int n, float top, float[] x, int xo, float[] y, int yo, Lanes lanes) {
        lanes.clearWide();
        double[] sums = lanes.doubles;
        for (int i = 0; i < n; i++) {
            double gap = (double) top - x[xo + i];
            sums[i % WIDE_LANES] = Fma.fma(gap, (double) y[yo + i], sums[i % WIDE_LANES]);
        }
        return lanes.sumWide();
    }

    @Override
    float max(int n, float[] x, int xo) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            max = v > max || Float.isNaN(v) ? v : max;
        }
        return max + 0f;
    }

    @Override
    int indexOfMax(int n, float[] x, int xo) {
        int best = 0;
        float max = x[xo];
        for (int i = 1; i < n && !Float.isNaN(max); i++) {
            float v = x[xo + i];
            if (v > max || Float.isNaN(v)) {
                max = v;
                best = i;
            }
        }
        return best;
    }

    @Override
    float expSum(int n, float shift, float[] x, int xo, float[] y, int yo, Lanes lanes) {
        lanes.clear();
        float[] sums = lanes.floats;
        for (int i = 0; i < n; i++) {
            float e = ScalarMath.exp(x[xo + i] - shift);
            sums[i % LANES] += e;
            if (y != null) {
                y[yo + i] = e;
            }
        }
        return lanes.sum();
    }

    @Override
    void difference(int n, float factor, float[] x, int xo, float[] y, int yo, float[] g, int go) {
        for (int i = 0; i < n; i++) {
            g[go + i] = (x[xo + i] - y[yo + i]) * factor;
        }
    }

    @Override
    void softmaxDelta(int n, float inverse, float factor, float[] e, int eo, float[] y, int yo, float[] g, int go) {
        for (int i = 0; i < n; i++) {
            g[go + i] = Fma.fma(e[eo + i], inverse, -y[yo + i]) * factor;
        }
    }

    @Override
    void sigmoidDelta(int n, float factor, float[] z, int zo, float[] y, int yo, float[] g, int go) {
        for (int i = 0; i < n; i++) {
            g[go + i] = (ScalarMath.sigmoid(z[zo + i]) - y[yo + i]) * factor;
        }
    }

    @Override
    void sigmoidTerms(int n, float[] z, int zo, float[] y, int yo, float[] t, int to) {
        for (int i = 0; i < n; i++) {
            float v = z[zo + i];
            float linear = Fma.fma(-v, y[yo + i], v <= 0 ? 0 : v);
            t[to + i] = linear + ScalarMath.softplus(-Math.abs(v));
        }
    }

    @Override
    boolean inUnitInterval(int n, float[] x, int xo) {
        for (int i = 0; i < n; i++) {
            if (!(x[xo + i] >= 0 && x[xo + i] <= 1)) {
                return false;
            }
        }
        return true;
    }

    @Override
    void momentum(int n, float rate, float mu, float[] p, int po, float[] g, int go, float[] v, int vo) {
        for (int i = 0; i < n; i++) {
            float velocity = Fma.fma(mu, v[vo + i], g[go + i]);
            v[vo + i] = velocity;
            p[po + i] = Fma.fma(-rate, velocity, p[po + i]);
        }
    }

    @Override
    void nesterov(int n, float rate, float mu, float[] p, int po, float[] g, int go, float[] v, int vo) {
        for (int i = 0; i < n; i++) {
            float velocity = Fma.fma(mu, v[vo + i], g[go + i]);
            v[vo + i] = velocity;
            p[po + i] = Fma.fma(-rate, Fma.fma(mu, velocity, g[go + i]), p[po + i]);
        }
    }

    @Override
    void adam(
            int n,
            float rate,
            float beta1,
            float beta2,
            float root,
            float epsilon,
            float keep,
            float[] p,
            int po,
            float[] g,
            int go,
            float[] m,
            int mo,
            float[] v,
            int vo) {
        for (int i = 0; i < n; i++) {
            float slope = g[go + i];
            float first = Fma.fma(beta1, m[mo + i], (1 - beta1) * slope);
            float second = Fma.fma(beta2, v[vo + i], (1 - beta2) * slope * slope);
            m[mo + i] = first;
            v[vo + i] = second;
            float step = first / Fma.fma((float) Math.sqrt(second), root, epsilon);
            p[po + i] = Fma.fma(-rate, step, keep * p[po + i]);
        }
    }
}
