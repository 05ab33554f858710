package dev.backlane.fuzz;

import static dev.backlane.fuzz.Approx.exact;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.ElementaryFunction;

/** Activations and their derivatives, with the errors that the contract allows them. */
final class Formulas {
    private static final String[] ACTIVATIONS = {
        "identity",
        "sigmoid",
        "tanh",
        "relu",
        "leaky_relu:0.01",
        "leaky_relu:1.5",
        "elu:1",
        "elu:0.3",
        "softplus",
        "silu",
        "gelu"
    };

    private Formulas() {}

    static Activation draw(Draw draw) {
        return Activation.of(draw.of("f", ACTIVATIONS));
    }

    static Case.Function argument(Activation f) {
        return new Case.Function(f.toString());
    }

    static Approx monotone(ElementaryFunction f, Approx x) {
        return x.monotone(f::exact, f::allowed);
    }

    /** f(x). */
    static Approx value(Activation f, Approx x) {
        double p = f.parameter();
        return switch (f.kind()) {
            case IDENTITY -> x;
            case RELU -> x.monotone(v -> v <= 0 ? 0 : v, y -> 0);
            case LEAKY_RELU -> x.monotone(v -> v > 0 ? v : p * v, y -> ElementaryFunction.ulp(y));
            case ELU -> x.monotone(v -> v > 0 ? v : p * Math.expm1(v), y -> 4 * ElementaryFunction.ulp(y));
            case SIGMOID -> monotone(ElementaryFunction.SIGMOID, x);
            case TANH -> monotone(ElementaryFunction.TANH, x);
            case SOFTPLUS -> monotone(ElementaryFunction.SOFTPLUS, x);
            case SILU -> x.smooth(ElementaryFunction.SILU::exact, 1.1, ElementaryFunction.SILU::allowed);
            case GELU -> x.smooth(ElementaryFunction.GELU::exact, 1.13, ElementaryFunction.GELU::allowed);
        };
    }

    /** f′, from what it reads. */
    static Approx slope(Activation f, float saved) {
        Approx y = exact(saved);
        return switch (f.kind()) {
            case IDENTITY -> exact(1);
            case RELU, LEAKY_RELU -> saved > 0 ? exact(1) : saved <= 0 ? exact(f.parameter()) : y;
            case ELU -> saved > 0 ? exact(1) : y.plus(exact(f.parameter()));
            case SIGMOID -> y.negated().fma(y, y);
            case TANH -> y.negated().fma(y, exact(1));
            case SOFTPLUS -> monotone(ElementaryFunction.SIGMOID, y);
            case SILU -> monotone(ElementaryFunction.SILU_DERIVATIVE, y);
            case GELU -> monotone(ElementaryFunction.GELU_DERIVATIVE, y);
        };
    }

    /** f″, from what it reads. Where x is read, within 4e-6: terms cancel there. */
    static Approx bend(Activation f, float saved) {
        Approx y = exact(saved);
        return switch (f.kind()) {
            case IDENTITY, RELU, LEAKY_RELU -> Float.isNaN(saved) ? y : exact(0);
            case ELU -> saved > 0 ? exact(0) : y.plus(exact(f.parameter()));
            case SIGMOID -> y.negated().fma(y, y).times(exact(-2).fma(y, exact(1)));
            case TANH -> y.times(-2).times(y.negated().fma(y, exact(1)));
            case SOFTPLUS, SILU, GELU -> new Approx(secondDerivative(f.kind(), Math.abs((double) saved)), 4e-6);
        };
    }

    /** Even functions, which vanish far from 0. */
    private static double secondDerivative(Activation.Kind kind, double x) {
        if (x > 128) {
            return 0;
        }
        double argument = kind == Activation.Kind.GELU ? 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x) : x;
        double s = 1 / (1 + Math.exp(argument));
        double bell = s * (1 - s);
        return switch (kind) {
            case SOFTPLUS -> bell;
            case SILU -> bell * (2 - x * (1 - 2 * s));
            default -> {
                // x·σ(z) with z′ and z″; σ at −z is s.
                double z1 = 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
                double z2 = 2 * Math.sqrt(2 / Math.PI) * 6 * 0.044715 * x;
                yield bell * (2 * z1 + x * (z2 - (1 - 2 * s) * z1 * z1));
            }
        };
    }
}
