package dev.backlane.kernel;

import static dev.backlane.kernel.Simd.F;
import static dev.backlane.kernel.Simd.LANES;
import static dev.backlane.kernel.Simd.V;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import jdk.incubator.vector.FloatVector;

/**
 * Activation functions and derivatives that need no exponential, over at least one hardware vector ({@code n ≥ LANES}); the
 * others are {@link SimdMathSweeps}. The last vector overlaps the one before; it is loaded before the first store, so that
 * the loops may run in place.
 */
final class SimdActivations {
    private SimdActivations() {}

    static void relu(int n, float[] x, int xo, float[] y, int yo) {
        int last = n - LANES;
        FloatVector end = V.cast(FloatVector.fromArray(F, x, xo + last));
        end = end.blend(0f, end.compare(LE, 0f));
        for (int i = 0; i < last; i += LANES) {
            FloatVector v = V.cast(FloatVector.fromArray(F, x, xo + i));
            v.blend(0f, v.compare(LE, 0f)).intoArray(y, yo + i);
        }
        end.intoArray(y, yo + last);
    }

    static void leakyRelu(int n, float slope, float[] x, int xo, float[] y, int yo) {
        int last = n - LANES;
        FloatVector end = V.cast(FloatVector.fromArray(F, x, xo + last));
        end = end.mul(slope).blend(end, end.compare(GT, 0f));
        for (int i = 0; i < last; i += LANES) {
            FloatVector v = V.cast(FloatVector.fromArray(F, x, xo + i));
            v.mul(slope).blend(v, v.compare(GT, 0f)).intoArray(y, yo + i);
        }
        end.intoArray(y, yo + last);
    }

    static void sigmoidDerivative(int n, float[] saved, int so, float[] dy, int dyo, float[] dx, int dxo) {
        int last = n - LANES;
        FloatVector endSaved = V.cast(FloatVector.fromArray(F, saved, so + last));
        FloatVector end = V.cast(FloatVector.fromArray(F, dy, dyo + last));
        end = end.mul(endSaved.neg().fma(endSaved, endSaved));
        for (int i = 0; i < last; i += LANES) {
            FloatVector s = V.cast(FloatVector.fromArray(F, saved, so + i));
            FloatVector d = V.cast(FloatVector.fromArray(F, dy, dyo + i));
            d.mul(s.neg().fma(s, s)).intoArray(dx, dxo + i);
        }
        end.intoArray(dx, dxo + last);
    }

    static void tanhDerivative(int n, float[] saved, int so, float[] dy, int dyo, float[] dx, int dxo) {
        int last = n - LANES;
        FloatVector endSaved = V.cast(FloatVector.fromArray(F, saved, so + last));
        FloatVector end = V.cast(FloatVector.fromArray(F, dy, dyo + last));
        end = end.mul(endSaved.neg().fma(endSaved, FloatVector.broadcast(F, 1f)));
        for (int i = 0; i < last; i += LANES) {
            FloatVector s = V.cast(FloatVector.fromArray(F, saved, so + i));
            FloatVector d = V.cast(FloatVector.fromArray(F, dy, dyo + i));
            d.mul(s.neg().fma(s, FloatVector.broadcast(F, 1f))).intoArray(dx, dxo + i);
        }
        end.intoArray(dx, dxo + last);
    }

    static void kinkDerivative(int n, float slope, float[] saved, int so, float[] dy, int dyo, float[] dx, int dxo) {
        int last = n - LANES;
        FloatVector endSaved = V.cast(FloatVector.fromArray(F, saved, so + last));
        FloatVector end = V.cast(FloatVector.fromArray(F, dy, dyo + last));
        end = end.mul(endSaved.blend(1f, endSaved.compare(GT, 0f)).blend(slope, endSaved.compare(LE, 0f)));
        for (int i = 0; i < last; i += LANES) {
            FloatVector s = V.cast(FloatVector.fromArray(F, saved, so + i));
            FloatVector d = V.cast(FloatVector.fromArray(F, dy, dyo + i));
            // 1 where positive, NaN where NaN, else the slope.
            d.mul(s.blend(1f, s.compare(GT, 0f)).blend(slope, s.compare(LE, 0f)))
                    .intoArray(dx, dxo + i);
        }
        end.intoArray(dx, dxo + last);
    }

    static void eluDerivative(int n, float a, float[] saved, int so, float[] dy, int dyo, float[] dx, int dxo) {
        int last = n - LANES;
        FloatVector endSaved = V.cast(FloatVector.fromArray(F, saved, so + last));
        FloatVector end = V.cast(FloatVector.fromArray(F, dy, dyo + last));
        end = end.mul(endSaved.add(a).blend(1f, endSaved.compare(GT, 0f)));
        for (int i = 0; i < last; i += LANES) {
            FloatVector s = V.cast(FloatVector.fromArray(F, saved, so + i));
            FloatVector d = V.cast(FloatVector.fromArray(F, dy, dyo + i));
            d.mul(s.add(a).blend(1f, s.compare(GT, 0f))).intoArray(dx, dxo + i);
        }
        end.intoArray(dx, dxo + last);
    }
}
