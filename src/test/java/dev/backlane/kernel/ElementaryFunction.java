package dev.backlane.kernel;

import java.util.function.DoubleUnaryOperator;

/**
 * An elementary function under test: its scalar form, the bounds of its contract, its exact value in double, which shares no
 * code with it, and how far the one is from the other.
 */
public enum ElementaryFunction {
    EXP("exp", 2, 0, 0, ScalarMath::exp, Math::exp, 1, 1, 0.5),
    LOG("log", 2, 0, 0, ScalarMath::log, Math::log, Double.NaN, 0, 0),
    EXPM1("expm1", 4, 0, 0, ScalarMath::expm1, Math::expm1, 0, 1, 0.5),
    SIGMOID("sigmoid", 2, 0, 0, ScalarMath::sigmoid, ElementaryFunction::logistic, 0.5, 0.25, 0),
    TANH("tanh", 2, 0, 0, ScalarMath::tanh, Math::tanh, 0, 1, 0),
    SOFTPLUS("softplus", 4, 0, 0, ScalarMath::softplus, ElementaryFunction::softplus, Math.log(2), 0.5, 0.125),
    SILU("silu", 4, 0, 0, ScalarMath::silu, x -> gated(x, x), 0, 0.5, 0.25),
    GELU("gelu", 4, 1e-3, 1e-7, ScalarMath::gelu, x -> gated(x, geluExponent(x)), 0, 0.5, Math.sqrt(0.5 / Math.PI)),
    ELU("elu", 4, 0, 0, x -> ScalarMath.elu(x, 1f), x -> x > 0 ? x : Math.expm1(x), Double.NaN, 0, 0),
    SILU_DERIVATIVE(
            "siluDerivative", 0, 2, 4e-7, ScalarMath::siluDerivative, ElementaryFunction::siluDerivative, 0.5, 0.5, 0),
    GELU_DERIVATIVE(
            "geluDerivative",
            0,
            2,
            4e-7,
            ScalarMath::geluDerivative,
            ElementaryFunction::geluDerivative,
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

    ElementaryFunction(
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

    public String label() {
        return label;
    }

    /** What the contract bounds: the error in units of the last place, or below the function's floor the absolute one. */
    public enum Measure {
        ULP,
        ABSOLUTE
    }

    Measure measure(double exact) {
        return Math.abs(exact) < floor ? Measure.ABSOLUTE : Measure.ULP;
    }

    /** The contract; 0 where it says nothing in this measure. */
    double bound(Measure measure) {
        return measure == Measure.ULP ? maxUlp : maxAbsolute;
    }

    /** Below this |exact|, the contract is absolute. */
    double floor() {
        return floor;
    }

    /** The contract, absolute, at an exact result. */
    public double allowed(double exact) {
        return measure(exact) == Measure.ABSOLUTE ? maxAbsolute : maxUlp * ulp(exact);
    }

    public double exact(double x) {
        boolean series = Math.abs(x) < 0x1p-30 && !Double.isNaN(constant);
        return series ? constant + x * (linear + x * quadratic) : exact.applyAsDouble(x);
    }

    float scalar(float x) {
        return scalar.apply(x);
    }

    /**
     * How far y is from the exact value, in its {@link #measure}. 0 for the float next to it, which no other result can beat;
     * ∞ where only one of the two is NaN. An infinite y, and what is exactly beyond the floats, count as 2^128.
     */
    double error(double exact, float y) {
        if (y == (float) exact) {
            return 0;
        }
        if (Double.isNaN(exact) || Float.isNaN(y)) {
            return Double.isNaN(exact) && Float.isNaN(y) ? 0 : Double.POSITIVE_INFINITY;
        }
        double within = Math.clamp(exact, -0x1p128, 0x1p128);
        double error = Math.abs(Math.clamp(y, -0x1p128, 0x1p128) - within);
        return measure(exact) == Measure.ABSOLUTE ? error : error / ulp(within);
    }

    /** The spacing of floats at |exact|: 2^-149 among the subnormals. */
    public static double ulp(double exact) {
        return Math.scalb(1.0, Math.clamp(Math.getExponent(exact), Float.MIN_EXPONENT, Float.MAX_EXPONENT) - 23);
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
