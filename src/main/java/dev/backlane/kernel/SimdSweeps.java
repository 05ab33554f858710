package dev.backlane.kernel;

import static dev.backlane.kernel.Simd.F;
import static dev.backlane.kernel.Simd.M;
import static dev.backlane.kernel.Simd.V;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LE;

import jdk.incubator.vector.FloatVector;

/**
 * The sweeps on vectors of the hardware's width. Elementwise ones finish with a vector that overlaps the one before, loaded
 * before the first store so that they may run in place; vectors shorter than the hardware's go to the scalar code.
 */
final class SimdSweeps extends Sweeps {
    private static final int WIDTH = Simd.LANES;
    private static final ScalarSweeps SHORT = new ScalarSweeps();

    @Override
    void activate(Activation f, int n, float[] x, int xo, float[] y, int yo) {
        if (n < WIDTH) {
            SHORT.activate(f, n, x, xo, y, yo);
            return;
        }
        switch (f.kind()) {
            case IDENTITY -> ScalarSweeps.copy(n, x, xo, y, yo);
            case SIGMOID -> SimdMathSweeps.run(SimdMathSweeps.SIGMOID, n, 0, x, xo, y, yo);
            case TANH -> SimdMathSweeps.run(SimdMathSweeps.TANH, n, 0, x, xo, y, yo);
            case RELU -> SimdActivations.relu(n, x, xo, y, yo);
            case LEAKY_RELU -> SimdActivations.leakyRelu(n, f.parameter(), x, xo, y, yo);
            case ELU -> SimdMathSweeps.run(SimdMathSweeps.ELU, n, f.parameter(), x, xo, y, yo);
            case SOFTPLUS -> SimdMathSweeps.run(SimdMathSweeps.SOFTPLUS, n, 0, x, xo, y, yo);
            case SILU -> SimdMathSweeps.run(SimdMathSweeps.SILU, n, 0, x, xo, y, yo);
            case GELU -> SimdMathSweeps.run(SimdMathSweeps.GELU, n, 0, x, xo, y, yo);
        }
    }

    @Override
    void derivative(Activation f, int n, float[] saved, int so, float[] dy, int dyo, float[] dx, int dxo) {
        if (n < WIDTH) {
            SHORT.derivative(f, n, saved, so, dy, dyo, dx, dxo);
            return;
        }
        switch (f.kind()) {
            case IDENTITY -> ScalarSweeps.copy(n, dy, dyo, dx, dxo);
            case SIGMOID -> SimdActivations.sigmoidDerivative(n, saved, so, dy, dyo, dx, dxo);
            case TANH -> SimdActivations.tanhDerivative(n, saved, so, dy, dyo, dx, dxo);
            case RELU, LEAKY_RELU -> SimdActivations.kinkDerivative(n, f.parameter(), saved, so, dy, dyo, dx, dxo);
            case ELU -> SimdActivations.eluDerivative(n, f.parameter(), saved, so, dy, dyo, dx, dxo);
            case SOFTPLUS -> SimdMathSweeps.run(SimdMathSweeps.SIGMOID_TIMES, n, 0, saved, so, dy, dyo, dx, dxo);
            case SILU -> SimdMathSweeps.run(SimdMathSweeps.SILU_DERIVATIVE_TIMES, n, 0, saved, so, dy, dyo, dx, dxo);
            case GELU -> SimdMathSweeps.run(SimdMathSweeps.GELU_DERIVATIVE_TIMES, n, 0, saved, so, dy, dyo, dx, dxo);
        }
    }

    @Override
    void exp(int n, float[] x, int xo, float[] y, int yo) {
        if (n < WIDTH) {
            SHORT.exp(n, x, xo, y, yo);
        } else {
            SimdMathSweeps.run(SimdMathSweeps.EXP, n, 0, x, xo, y, yo);
        }
    }

    @Override
    void axpy(int n, float alpha, float[] x, int xo, float[] y, int yo) {
        if (n < WIDTH) {
            SHORT.axpy(n, alpha, x, xo, y, yo);
            return;
        }
        int last = n - WIDTH;
        FloatVector factor = FloatVector.broadcast(F, alpha);
        FloatVector end =
                V.cast(FloatVector.fromArray(F, x, xo + last)).fma(factor, FloatVector.fromArray(F, y, yo + last));
        for (int i = 0; i < last; i += WIDTH) {
            V.cast(FloatVector.fromArray(F, x, xo + i))
                    .fma(factor, FloatVector.fromArray(F, y, yo + i))
                    .intoArray(y, yo + i);
        }
        end.intoArray(y, yo + last);
    }

    @Override
    void scale(int n, float alpha, float[] x, int xo, float[] y, int yo) {
        if (n < WIDTH) {
            SHORT.scale(n, alpha, x, xo, y, yo);
            return;
        }
        int last = n - WIDTH;
        FloatVector end = V.cast(FloatVector.fromArray(F, x, xo + last)).mul(alpha);
        for (int i = 0; i < last; i += WIDTH) {
            V.cast(FloatVector.fromArray(F, x, xo + i)).mul(alpha).intoArray(y, yo + i);
        }
        end.intoArray(y, yo + last);
    }

    @Override
    float dot(int n, float[] x, int xo, float[] y, int yo) {
        return SimdReductions.dot(n, x, xo, y, yo);
    }

    @Override
    float sum(int n, float[] x, int xo) {
        return SimdReductions.sum(n, x, xo);
    }

    @Override
    double sumWide(int n, float[] x, int xo, Lanes lanes) {
        return SimdReductions.sumWide(n, x, xo, lanes);
    }

    @Override
    double sumOfSquares(int n, float[] x, int xo, Lanes lanes) {
        return SimdReductions.sumOfSquares(n, x, xo, lanes);
    }

    @Override
    double squaredDistance(int n, float[] x, int xo, float[] y, int yo, Lanes lanes) {
        return SimdReductions.squaredDistance(n, x, xo, y, yo, lanes);
    }

    @Override
    double weightedGap(int n, float top, float[] x, int xo, float[] y, int yo, Lanes lanes) {
        return SimdReductions.weightedGap(n, top, x, xo, y, yo, lanes);
    }

    @Override
    float max(int n, float[] x, int xo) {
        return n < WIDTH ? SHORT.max(n, x, xo) : SimdReductions.max(n, x, xo);
    }

    @Override
    int indexOfMax(int n, float[] x, int xo) {
        // Two vector passes lose to one scalar pass over a few vectors.
        return n < 4 * WIDTH ? SHORT.indexOfMax(n, x, xo) : SimdReductions.indexOfMax(n, x, xo);
    }

    @Override
    float expSum(int n, float shift, float[] x, int xo, float[] y, int yo, Lanes lanes) {
        return SimdReductions.expSum(n, shift, x, xo, y, yo, lanes);
    }

    @Override
    void difference(int n, float factor, float[] x, int xo, float[] y, int yo, float[] g, int go) {
        if (n < WIDTH) {
            SHORT.difference(n, factor, x, xo, y, yo, g, go);
            return;
        }
        int last = n - WIDTH;
        FloatVector end = V.cast(FloatVector.fromArray(F, x, xo + last))
                .sub(FloatVector.fromArray(F, y, yo + last))
                .mul(factor);
        for (int i = 0; i < last; i += WIDTH) {
            V.cast(FloatVector.fromArray(F, x, xo + i))
                    .sub(FloatVector.fromArray(F, y, yo + i))
                    .mul(factor)
                    .intoArray(g, go + i);
        }
        end.intoArray(g, go + last);
    }

    @Override
    void softmaxDelta(int n, float inverse, float factor, float[] e, int eo, float[] y, int yo, float[] g, int go) {
        if (n < WIDTH) {
            SHORT.softmaxDelta(n, inverse, factor, e, eo, y, yo, g, go);
            return;
        }
        int last = n - WIDTH;
        FloatVector by = FloatVector.broadcast(F, inverse);
        FloatVector end = V.cast(FloatVector.fromArray(F, e, eo + last))
                .fma(by, V.cast(FloatVector.fromArray(F, y, yo + last)).neg())
                .mul(factor);
        for (int i = 0; i < last; i += WIDTH) {
            V.cast(FloatVector.fromArray(F, e, eo + i))
                    .fma(by, V.cast(FloatVector.fromArray(F, y, yo + i)).neg())
                    .mul(factor)
                    .intoArray(g, go + i);
        }
        end.intoArray(g, go + last);
    }

    @Override
    void sigmoidDelta(int n, float factor, float[] z, int zo, float[] y, int yo, float[] g, int go) {
        if (n < WIDTH) {
            SHORT.sigmoidDelta(n, factor, z, zo, y, yo, g, go);
        } else {
            SimdMathSweeps.run(SimdMathSweeps.SIGMOID_DELTA, n, factor, z, zo, y, yo, g, go);
        }
    }

    @Override
    void sigmoidTerms(int n, float[] z, int zo, float[] y, int yo, float[] t, int to) {
        if (n < WIDTH) {
            SHORT.sigmoidTerms(n, z, zo, y, yo, t, to);
        } else {
            SimdMathSweeps.run(SimdMathSweeps.SIGMOID_TERMS, n, 0, z, zo, y, yo, t, to);
        }
    }

    @Override
    boolean inUnitInterval(int n, float[] x, int xo) {
        int i = 0;
        for (; i <= n - WIDTH; i += WIDTH) {
            FloatVector v = V.cast(FloatVector.fromArray(F, x, xo + i));
            if (!M.cast(v.compare(GE, 0f)).and(v.compare(LE, 1f)).allTrue()) {
                return false;
            }
        }
        return SHORT.inUnitInterval(n - i, x, xo + i);
    }

    @Override
    void momentum(int n, float rate, float mu, float[] p, int po, float[] g, int go, float[] v, int vo) {
        int i = SimdUpdates.momentum(n, rate, mu, p, po, g, go, v, vo);
        SHORT.momentum(n - i, rate, mu, p, po + i, g, go + i, v, vo + i);
    }

    @Override
    void nesterov(int n, float rate, float mu, float[] p, int po, float[] g, int go, float[] v, int vo) {
        int i = SimdUpdates.nesterov(n, rate, mu, p, po, g, go, v, vo);
        SHORT.nesterov(n - i, rate, mu, p, po + i, g, go + i, v, vo + i);
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
        int i = SimdUpdates.adam(n, rate, beta1, beta2, root, epsilon, keep, p, po, g, go, m, mo, v, vo);
        SHORT.adam(n - i, rate, beta1, beta2, root, epsilon, keep, p, po + i, g, go + i, m, mo + i, v, vo + i);
    }
}
