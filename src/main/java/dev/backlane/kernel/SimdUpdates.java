package dev.backlane.kernel;

import static dev.backlane.kernel.Simd.F;
import static dev.backlane.kernel.Simd.LANES;
import static dev.backlane.kernel.Simd.V;

import jdk.incubator.vector.FloatVector;

/**
 * Optimiser updates over whole vectors, one pass each. State is read and written in the same pass, so what is left at the end
 * cannot be done by a vector that overlaps: each method returns how many elements it did.
 */
final class SimdUpdates {
    private SimdUpdates() {}

    static int momentum(int n, float rate, float mu, float[] p, int po, float[] g, int go, float[] v, int vo) {
        FloatVector decay = V.cast(FloatVector.broadcast(F, mu));
        FloatVector down = V.cast(FloatVector.broadcast(F, -rate));
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector velocity = decay.fma(FloatVector.fromArray(F, v, vo + i), FloatVector.fromArray(F, g, go + i));
            velocity.intoArray(v, vo + i);
            down.fma(velocity, FloatVector.fromArray(F, p, po + i)).intoArray(p, po + i);
        }
        return i;
    }

    static int nesterov(int n, float rate, float mu, float[] p, int po, float[] g, int go, float[] v, int vo) {
        FloatVector decay = V.cast(FloatVector.broadcast(F, mu));
        FloatVector down = V.cast(FloatVector.broadcast(F, -rate));
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector slope = FloatVector.fromArray(F, g, go + i);
            FloatVector velocity = decay.fma(FloatVector.fromArray(F, v, vo + i), slope);
            velocity.intoArray(v, vo + i);
            down.fma(decay.fma(velocity, slope), FloatVector.fromArray(F, p, po + i))
                    .intoArray(p, po + i);
        }
        return i;
    }

    static int adam(
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
        FloatVector keepFirst = V.cast(FloatVector.broadcast(F, beta1));
        FloatVector addFirst = V.cast(FloatVector.broadcast(F, 1 - beta1));
        FloatVector keepSecond = V.cast(FloatVector.broadcast(F, beta2));
        FloatVector addSecond = V.cast(FloatVector.broadcast(F, 1 - beta2));
        FloatVector unbias = FloatVector.broadcast(F, root);
        FloatVector guard = FloatVector.broadcast(F, epsilon);
        FloatVector down = V.cast(FloatVector.broadcast(F, -rate));
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector slope = FloatVector.fromArray(F, g, go + i);
            FloatVector first = keepFirst.fma(FloatVector.fromArray(F, m, mo + i), addFirst.mul(slope));
            FloatVector second = keepSecond.fma(
                    FloatVector.fromArray(F, v, vo + i), addSecond.mul(slope).mul(slope));
            first.intoArray(m, mo + i);
            second.intoArray(v, vo + i);
            FloatVector step = first.div(second.sqrt().fma(unbias, guard));
            down.fma(step, V.cast(FloatVector.fromArray(F, p, po + i)).mul(keep))
                    .intoArray(p, po + i);
        }
        return i;
    }
}
