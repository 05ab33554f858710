package dev.backlane.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Runs the lane form of an elementary function on arrays, if this JVM has the Vector API; loads no class of it otherwise. */
final class ElementaryLanes {
    static final boolean AVAILABLE = Backend.bits() > 0;
    /** Hundreds of times slower. */
    static final boolean EMULATED = Backend.bits() > JvmTraits.widestBits();

    private ElementaryLanes() {}

    /** out[j] ← f(in[j]), j &lt; n, all of it in lanes: the last vector is filled up with zeros. */
    static void apply(ElementaryFunction f, float[] in, float[] out, int n) {
        if (!AVAILABLE) {
            return;
        }
        int whole = Simd.F.loopBound(n);
        LaneLoops.run(f, in, out, whole);
        if (whole < n) {
            float[] rest = Arrays.copyOf(Arrays.copyOfRange(in, whole, n), Simd.F.length());
            LaneLoops.run(f, rest, rest, rest.length);
            System.arraycopy(rest, 0, out, whole, n - whole);
        }
    }

    /** One loop per function, so that C2 inlines each into its own. */
    private static final class LaneLoops {
        private LaneLoops() {}

        static void run(ElementaryFunction f, float[] in, float[] out, int n) {
            switch (f) {
                case EXP -> exp(in, out, n);
                case LOG -> log(in, out, n);
                case EXPM1 -> expm1(in, out, n);
                case SIGMOID -> sigmoid(in, out, n);
                case TANH -> tanh(in, out, n);
                case SOFTPLUS -> softplus(in, out, n);
                case SILU -> silu(in, out, n);
                case GELU -> gelu(in, out, n);
                case ELU -> elu(in, out, n);
                case SILU_DERIVATIVE -> siluDerivative(in, out, n);
                case GELU_DERIVATIVE -> geluDerivative(in, out, n);
            }
        }

        private static void exp(float[] in, float[] out, int n) {
            for (int i = 0; i < n; i += Simd.F.length()) {
                SimdMath.exp(FloatVector.fromArray(Simd.F, in, i)).intoArray(out, i);
            }
        }

        private static void log(float[] in, float[] out, int n) {
            for (int i = 0; i < n; i += Simd.F.length()) {
                SimdMath.log(FloatVector.fromArray(Simd.F, in, i)).intoArray(out, i);
            }
        }

        private static void expm1(float[] in, float[] out, int n) {
            for (int i = 0; i < n; i += Simd.F.length()) {
                SimdMath.expm1(FloatVector.fromArray(Simd.F, in, i)).intoArray(out, i);
            }
        }

        private static void sigmoid(float[] in, float[] out, int n) {
            for (int i = 0; i < n; i += Simd.F.length()) {
                SimdMath.sigmoid(FloatVector.fromArray(Simd.F, in, i)).intoArray(out, i);
            }
        }

        private static void tanh(float[] in, float[] out, int n) {
            for (int i = 0; i < n; i += Simd.F.length()) {
                SimdMath.tanh(FloatVector.fromArray(Simd.F, in, i)).intoArray(out, i);
            }
        }

        private static void softplus(float[] in, float[] out, int n) {
            for (int i = 0; i < n; i += Simd.F.length()) {
                SimdMath.softplus(FloatVector.fromArray(Simd.F, in, i)).intoArray(out, i);
            }
        }

        private static void silu(float[] in, float[] out, int n) {
            for (int i = 0; i < n; i += Simd.F.length()) {
                SimdMath.silu(FloatVector.fromArray(Simd.F, in, i)).intoArray(out, i);
            }
        }

        private static void gelu(float[] in, float[] out, int n) {
            for (int i = 0; i < n; i += Simd.F.length()) {
                SimdMath.gelu(FloatVector.fromArray(Simd.F, in, i)).intoArray(out, i);
            }
        }

        private static void elu(float[] in, float[] out, int n) {
            for (int i = 0; i < n; i += Simd.F.length()) {
                SimdMath.elu(FloatVector.fromArray(Simd.F, in, i), 1f).intoArray(out, i);
            }
        }

        private static void siluDerivative(float[] in, float[] out, int n) {
            for (int i = 0; i < n; i += Simd.F.length()) {
                SimdMath.siluDerivative(FloatVector.fromArray(Simd.F, in, i)).intoArray(out, i);
            }
        }

        private static void geluDerivative(float[] in, float[] out, int n) {
            for (int i = 0; i < n; i += Simd.F.length()) {
                SimdMath.geluDerivative(FloatVector.fromArray(Simd.F, in, i)).intoArray(out, i);
            }
        }
    }
}
