package dev.backlane.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleUnaryOperator;
import jdk.incubator.vector.FloatVector;

/**
 * Runs every function of {@link ScalarMath} over float bit patterns, all 2^32 by default, and prints a Markdown table
 * of its largest error. Where lanes are available, compares their bits on the way.
 *
 * <p>Arguments: {@code [step [threads [function...]]]}. A step above 1 samples every step-th pattern. One
 * function per process is fastest, because then C2 inlines it. From the classes
 * of a build: {@code java --add-modules jdk.incubator.vector -cp target/classes:target/test-classes
 * dev.backlane.kernel.ExhaustiveAccuracy}.
 */
public final class ExhaustiveAccuracy {
    private static final int BLOCK = 1 << 12;
    private static final long PATTERNS = 1L << 32;

    private ExhaustiveAccuracy() {}

    /** A function under test: its scalar form, its contract, and its exact value in double, which shares no code. */
    enum Function {
        EXP("exp", 2, 0, 0, ScalarMath::exp, Math::exp, 1, 1, 0.5),
        LOG("log", 2, 0, 0, ScalarMath::log, Math::log, Double.NaN, 0, 0),
        EXPM1("expm1", 4, 0, 0, ScalarMath::expm1, Math::expm1, 0, 1, 0.5),
        SIGMOID("sigmoid", 2, 0, 0, ScalarMath::sigmoid, Function::logistic, 0.5, 0.25, 0),
        TANH("tanh", 2, 0, 0, ScalarMath::tanh, Math::tanh, 0, 1, 0),
        SOFTPLUS("softplus", 4, 0, 0, ScalarMath::softplus, Function::softplus, Math.log(2), 0.5, 0.125),
        SILU("silu", 4, 0, 0, ScalarMath::silu, x -> gated(x, x), 0, 0.5, 0.25),
        GELU("gelu", 4, 1e-3, 1e-7, ScalarMath::gelu, x -> gated(x, geluExponent(x)), 0, 0.5, Math.sqrt(0.5 / Math.PI)),
        ELU("elu", 4, 0, 0, x -> ScalarMath.elu(x, 1f), x -> x > 0 ? x : Math.expm1(x), Double.NaN, 0, 0),
        SILU_DERIVATIVE(
                "siluDerivative", 0, 2, 4e-7, ScalarMath::siluDerivative, Function::siluDerivative, 0.5, 0.5, 0),
        GELU_DERIVATIVE(
                "geluDerivative",
                0,
                2,
                4e-7,
                ScalarMath::geluDerivative,
                Function::geluDerivative,
                0.5,
                Math.sqrt(2 / Math.PI),
                0);

        interface FloatFunction {
            float apply(float x);
        }

        private final String label;
        private final double maxUlp;
        private final double floor;
        private final double maxAbsolute;
        private final FloatFunction scalar;
        private final DoubleUnaryOperator exact;
        /** The first terms of the series at 0, or NaN for none: all that is needed for the many inputs next to 0. */
        private final double constant;

        private final double linear;
        private final double quadratic;

        Function(
                String label,
                double maxUlp,
                double floor,
                double maxAbsolute,
                FloatFunction scalar,
                DoubleUnaryOperator exact,
                double constant,
                double linear,
                double quadratic) {
            this.label = label;
            this.maxUlp = maxUlp;
            this.floor = floor;
            this.maxAbsolute = maxAbsolute;
            this.scalar = scalar;
            this.exact = exact;
            this.constant = constant;
            this.linear = linear;
            this.quadratic = quadratic;
        }

        String label() {
            return label;
        }

        /** The contract in ulp, where |exact| is at least the floor. */
        double maxUlp() {
            return maxUlp;
        }

        /** Below this |exact|, the contract is absolute. */
        double floor() {
            return floor;
        }

        double maxAbsolute() {
            return maxAbsolute;
        }

        double exact(double x) {
            boolean series = Math.abs(x) < 0x1p-30 && !Double.isNaN(constant);
            return series ? constant + x * (linear + x * quadratic) : exact.applyAsDouble(x);
        }

        float scalar(float x) {
            return scalar.apply(x);
        }

        private static double logistic(double z) {
            double e = Math.exp(-Math.abs(z));
            return (z < 0 ? e : 1) / (1 + e);
        }

        private static double softplus(double x) {
            return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
        }

        /** x·logistic(z). */
        private static double gated(double x, double z) {
            return x == Double.NEGATIVE_INFINITY ? -0.0 : x * logistic(z);
        }

        private static double geluExponent(double x) {
            return 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
        }

        private static double siluDerivative(double x) {
            if (Double.isInfinite(x)) {
                return x > 0 ? 1 : 0;
            }
            return logistic(x) * (1 + x * logistic(-x));
        }

        private static double geluDerivative(double x) {
            double z = geluExponent(x);
            if (Math.abs(x) > 1e10) {
                return x > 0 ? 1 : 0;
            }
            double slope = 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
            return logistic(z) + x * logistic(z) * logistic(-z) * slope;
        }
    }

    /** Runs the lane form on arrays, if this JVM has the Vector API; loads no class of it otherwise. */
    static final class LaneForms {
        static final boolean AVAILABLE = Backend.bits() > 0;
        /** Hundreds of times slower. */
        static final boolean EMULATED = Backend.bits() > JvmTraits.widestBits();

        private LaneForms() {}

        /** out[j] ← f(in[j]), j &lt; n, all of it in lanes: the last vector is filled up with zeros. */
        static void apply(Function f, float[] in, float[] out, int n) {
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
    }

    /** One loop per function, so that C2 inlines each into its own. */
    private static final class LaneLoops {
        private LaneLoops() {}

        static void run(Function f, float[] in, float[] out, int n) {
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

    /** The largest error seen, in ulp and absolute, and the inputs that gave it. */
    private static final class Worst {
        double ulp;
        float ulpAt;
        double absolute;
        float absoluteAt;
        /** Absolute error where |exact| is below the function's floor, in place of the ulp. */
        double small;

        float smallAt;
        long aboveOne;
        long nonFinite;
        float nonFiniteAt;
        long laneBits;
        float laneBitsAt;

        void add(Function function, float x, float y) {
            double exact = function.exact(x);
            float rounded = (float) exact;
            if (y == rounded) {
                // At most half an ulp, and most inputs.
                return;
            }
            if (Double.isNaN(exact) || Float.isInfinite(rounded) || Float.isNaN(y) || Float.isInfinite(y)) {
                // An overflow may come one ulp early or late.
                boolean same = Float.isNaN(rounded) == Float.isNaN(y)
                        && (Float.isNaN(y) || Math.abs(rounded) == Float.MAX_VALUE || Math.abs(y) == Float.MAX_VALUE);
                if (!same) {
                    nonFinite++;
                    nonFiniteAt = x;
                }
                return;
            }
            double error = Math.abs(y - exact);
            if (error > absolute) {
                absolute = error;
                absoluteAt = x;
            }
            if (Math.abs(exact) < function.floor()) {
                if (error > small) {
                    small = error;
                    smallAt = x;
                }
                return;
            }
            double inUlp = error / ulp(exact);
            if (inUlp > 1) {
                aboveOne++;
            }
            if (inUlp > ulp) {
                ulp = inUlp;
                ulpAt = x;
            }
        }

        void merge(Worst w) {
            if (w.ulp > ulp) {
                ulp = w.ulp;
                ulpAt = w.ulpAt;
            }
            if (w.absolute > absolute) {
                absolute = w.absolute;
                absoluteAt = w.absoluteAt;
            }
            if (w.small > small) {
                small = w.small;
                smallAt = w.smallAt;
            }
            aboveOne += w.aboveOne;
            if (w.nonFinite > 0) {
                nonFinite += w.nonFinite;
                nonFiniteAt = w.nonFiniteAt;
            }
            if (w.laneBits > 0) {
                laneBits += w.laneBits;
                laneBitsAt = w.laneBitsAt;
            }
        }
    }

    public static void main(String[] args) throws Exception {
        long step = args.length > 0 ? Long.parseLong(args[0]) : 1;
        int threads = args.length > 1 ? Integer.parseInt(args[1]) : 1;
        Set<String> names =
                args.length > 2 ? Set.of(List.of(args).subList(2, args.length).toArray(String[]::new)) : Set.of();
        System.out.println(
                Backend.describe() + (step == 1 ? "; all" : "; every " + step + "th of the") + " 2^32 inputs");
        System.out.println(
                "| function | max ulp | at | inputs above 1 ulp | max absolute | at | wrong NaN or ∞ | lanes differ |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (Function function : Function.values()) {
                if (!names.isEmpty() && !names.contains(function.label())) {
                    continue;
                }
                List<Callable<Worst>> parts = new ArrayList<>();
                int count = 64;
                for (int part = 0; part < count; part++) {
                    long from = PATTERNS / count * part;
                    parts.add(() -> sweep(function, from, from + PATTERNS / count, step));
                }
                Worst worst = new Worst();
                for (Future<Worst> future : pool.invokeAll(parts)) {
                    worst.merge(future.get());
                }
                print(function, worst);
            }
        }
    }

    /** The spacing of floats at |exact|: 2^-149 among the subnormals. */
    static double ulp(double exact) {
        return Math.scalb(1.0, Math.max(Math.getExponent(exact), Float.MIN_EXPONENT) - 23);
    }

    private static Worst sweep(Function function, long from, long to, long step) {
        Worst worst = new Worst();
        float[] in = new float[BLOCK];
        float[] scalar = new float[BLOCK];
        float[] lanes = new float[BLOCK];
        long first = (from + step - 1) / step * step;
        for (long bits = first; bits < to; ) {
            int n = 0;
            for (; n < BLOCK && bits < to; bits += step) {
                in[n++] = Float.intBitsToFloat((int) bits);
            }
            for (int j = 0; j < n; j++) {
                scalar[j] = function.scalar(in[j]);
            }
            LaneForms.apply(function, in, lanes, n);
            for (int j = 0; j < n; j++) {
                worst.add(function, in[j], scalar[j]);
                if (LaneForms.AVAILABLE && Float.floatToIntBits(scalar[j]) != Float.floatToIntBits(lanes[j])) {
                    worst.laneBits++;
                    worst.laneBitsAt = in[j];
                }
            }
        }
        return worst;
    }

    private static void print(Function function, Worst w) {
        String floor = function.floor() > 0
                ? String.format(Locale.ROOT, " (below %.0e: absolute %.2e at %s)", function.floor(), w.small, w.smallAt)
                : "";
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %s | %s | %.3e | %s | %s | %s |%n",
                function.label(),
                function.maxUlp() > 0 ? String.format(Locale.ROOT, "%.3f%s", w.ulp, floor) : "n/a",
                w.ulpAt + " = " + Float.toHexString(w.ulpAt),
                w.aboveOne,
                w.absolute,
                w.absoluteAt,
                w.nonFinite == 0 ? "0" : w.nonFinite + " e.g. " + w.nonFiniteAt,
                w.laneBits == 0 ? "0" : w.laneBits + " e.g. " + w.laneBitsAt);
    }
}
