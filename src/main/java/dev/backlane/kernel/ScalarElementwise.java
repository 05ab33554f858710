package dev.backlane.kernel;

import static dev.backlane.kernel.Fma.fma;

/** The elementwise passes in plain Java: the fallback, and what finishes vectors shorter than one of the hardware's. */
final class ScalarElementwise extends ElementwiseOps {
    @Override
    void add(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        for (int i = 0; i < n; i++) {
            z[zo + i] = x[xo + i] + y[yo + i];
        }
    }

    @Override
    void subtract(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        for (int i = 0; i < n; i++) {
            z[zo + i] = x[xo + i] - y[yo + i];
        }
    }

    @Override
    void multiply(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        for (int i = 0; i < n; i++) {
            z[zo + i] = x[xo + i] * y[yo + i];
        }
    }

    @Override
    void multiplyAdd(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        for (int i = 0; i < n; i++) {
            z[zo + i] = fma(x[xo + i], y[yo + i], z[zo + i]);
        }
    }

    @Override
    void divide(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        for (int i = 0; i < n; i++) {
            z[zo + i] = x[xo + i] / y[yo + i];
        }
    }

    @Override
    void max(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        for (int i = 0; i < n; i++) {
            z[zo + i] = Math.max(x[xo + i], y[yo + i]);
        }
    }

    @Override
    void min(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        for (int i = 0; i < n; i++) {
            z[zo + i] = Math.min(x[xo + i], y[yo + i]);
        }
    }

    @Override
    void atLeast(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        for (int i = 0; i < n; i++) {
            float a = x[xo + i];
            float b = y[yo + i];
            z[zo + i] = a >= b ? 1 : a < b ? 0 : Float.NaN;
        }
    }

    @Override
    void log(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = ScalarMath.log(x[xo + i]);
        }
    }

    @Override
    void sqrt(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) Math.sqrt(x[xo + i]);
        }
    }

    @Override
    void abs(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.abs(x[xo + i]);
        }
    }

    @Override
    void sign(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            float a = x[xo + i];
            y[yo + i] = a > 0 ? 1 : a < 0 ? -1 : a;
        }
    }

    @Override
    void cube(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            float a = x[xo + i];
            y[yo + i] = a * a * a;
        }
    }

    @Override
    void negative(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            float a = -Math.abs(x[xo + i]);
            y[yo + i] = a < FLAT ? FLAT : a;
        }
    }

    @Override
    void geluArgument(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            float a = x[xo + i];
            y[yo + i] = 2 * a * fma(U3 * a, a * (1 / 3f), U1);
        }
    }

    @Override
    void kinkSecond(int n, float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo) {
        for (int i = 0; i < n; i++) {
            float a = y[yo + i];
            dx[dxo + i] = dy[dyo + i] * (Float.isNaN(a) ? a : 0);
        }
    }

    @Override
    void sigmoidSecond(int n, float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo) {
        for (int i = 0; i < n; i++) {
            float a = y[yo + i];
            dx[dxo + i] = dy[dyo + i] * (fma(-a, a, a) * fma(-2, a, 1));
        }
    }

    @Override
    void tanhSecond(int n, float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo) {
        for (int i = 0; i < n; i++) {
            float a = y[yo + i];
            dx[dxo + i] = dy[dyo + i] * (-2 * a * fma(-a, a, 1));
        }
    }

    @Override
    void eluSecond(int n, float a, float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo) {
        for (int i = 0; i < n; i++) {
            float b = y[yo + i];
            dx[dxo + i] = dy[dyo + i] * (b > 0 ? 0 : b + a);
        }
    }

    @Override
    void softplusSecond(int n, float[] s, int so, float[] dy, int dyo, float[] dx, int dxo) {
        for (int i = 0; i < n; i++) {
            float a = s[so + i];
            dx[dxo + i] = dy[dyo + i] * fma(-a, a, a);
        }
    }

    @Override
    void siluSecond(int n, float[] x, int xo, float[] s, int so, float[] dy, int dyo, float[] dx, int dxo) {
        for (int i = 0; i < n; i++) {
            float a = s[so + i];
            dx[dxo + i] = dy[dyo + i] * (fma(-a, a, a) * fma(x[xo + i], fma(-2, a, 1), 2));
        }
    }

    @Override
    void geluSecond(int n, float[] x, int xo, float[] s, int so, float[] dy, int dyo, float[] dx, int dxo) {
        for (int i = 0; i < n; i++) {
            float a = x[xo + i];
            float b = s[so + i];
            float bend = U3 * a;
            float slope = fma(bend, a, U1);
            float t = fma(2, b, -1);
            dx[dxo + i] = dy[dyo + i] * (4 * fma(-b, b, b) * fma(a, fma(-t * slope, slope, bend), slope));
        }
    }
}
