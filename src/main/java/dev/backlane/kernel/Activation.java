package dev.backlane.kernel;

import java.util.Locale;

/**
 * An elementwise activation function {@code y = f(x)}: what it is, and what its derivative reads. {@link Activations} and
 * {@link Dense} compute it.
 *
 * <table>
 * <caption>The functions</caption>
 * <tr><th>name</th><th>f(x)</th><th>f′(x)</th><th>f′ reads</th></tr>
 * <tr><td>identity</td><td>x</td><td>1</td><td>nothing (output)</td></tr>
 * <tr><td>sigmoid</td><td>1/(1 + e⁻ˣ)</td><td>y(1 − y)</td><td>output</td></tr>
 * <tr><td>tanh</td><td>tanh x</td><td>1 − y²</td><td>output</td></tr>
 * <tr><td>relu</td><td>max(x, 0)</td><td>y &gt; 0 ? 1 : 0</td><td>output</td></tr>
 * <tr><td>leaky_relu:s</td><td>x &gt; 0 ? x : s·x</td><td>y &gt; 0 ? 1 : s</td><td>output</td></tr>
 * <tr><td>elu:a</td><td>x &gt; 0 ? x : a(eˣ − 1)</td><td>y &gt; 0 ? 1 : y + a</td><td>output</td></tr>
 * <tr><td>softplus</td><td>log(1 + eˣ)</td><td>sigmoid(x)</td><td>pre-activation</td></tr>
 * <tr><td>silu</td><td>x·σ(x)</td><td>σ(1 + x(1 − σ))</td><td>pre-activation</td></tr>
 * <tr><td>gelu</td><td>x(1 + tanh u)/2, u = √(2/π)(x + 0.044715x³)</td><td>(1 + tanh u)/2 + x(1 − tanh² u)u′/2</td>
 *     <td>pre-activation</td></tr>
 * </table>
 *
 * <p>At 0, where relu, leaky relu and elu have a kink or a joint, the derivative is that of the left side. NaN stays NaN in
 * value and derivative.
 *
 * @param kind which function
 * @param parameter slope s of leaky relu, scale a of elu; 0 for the others
 */
public record Activation(Kind kind, float parameter) {
    /** The function families. */
    public enum Kind {
        /** x. */
        IDENTITY,
        /** 1/(1 + e⁻ˣ). */
        SIGMOID,
        /** tanh x. */
        TANH,
        /** max(x, 0). */
        RELU,
        /** x where positive, else slope·x. */
        LEAKY_RELU,
        /** x where positive, else a(eˣ − 1). */
        ELU,
        /** log(1 + eˣ). */
        SOFTPLUS,
        /** x·sigmoid(x), also called swish. */
        SILU,
        /** Gaussian error linear unit in its tanh form. */
        GELU
    }

    /** What a derivative is computed from, hence what a forward pass must keep. */
    public enum Reads {
        /** y = f(x). */
        OUTPUT,
        /** x. */
        PRE_ACTIVATION
    }

    /** x. */
    public static final Activation IDENTITY = new Activation(Kind.IDENTITY, 0);
    /** 1/(1 + e⁻ˣ). */
    public static final Activation SIGMOID = new Activation(Kind.SIGMOID, 0);
    /** tanh x. */
    public static final Activation TANH = new Activation(Kind.TANH, 0);
    /** max(x, 0). */
    public static final Activation RELU = new Activation(Kind.RELU, 0);
    /** log(1 + eˣ). */
    public static final Activation SOFTPLUS = new Activation(Kind.SOFTPLUS, 0);
    /** x·sigmoid(x). */
    public static final Activation SILU = new Activation(Kind.SILU, 0);
    /** x(1 + tanh(√(2/π)(x + 0.044715x³)))/2. */
    public static final Activation GELU = new Activation(Kind.GELU, 0);

    /**
     * Checks the parameter.
     *
     * @throws IllegalArgumentException if kind is null, or the parameter is not positive and finite where the kind has one,
     *     or not 0 where it has none: the sign of a leaky relu's or an elu's output must tell that of its input
     */
    public Activation {
        Args.notNull("kind", kind);
        if (kind == Kind.LEAKY_RELU || kind == Kind.ELU) {
            Args.positive("parameter", parameter);
        } else if (parameter != 0) {
            throw new IllegalArgumentException("parameter must be 0 for " + kind + ", but is " + parameter);
        } else {
            parameter = 0; // not −0, which would make it another record
        }
    }

    /**
     * Leaky relu.
     *
     * @param slope s, the slope for negative x
     * @return x where positive, else s·x
     */
    public static Activation leakyRelu(float slope) {
        return new Activation(Kind.LEAKY_RELU, slope);
    }

    /**
     * Exponential linear unit.
     *
     * @param a the scale for negative x
     * @return x where positive, else a(eˣ − 1)
     */
    public static Activation elu(float a) {
        return new Activation(Kind.ELU, a);
    }

    /**
     * What the derivative reads.
     *
     * @return output or pre-activation
     */
    public Reads reads() {
        return switch (kind) {
            case SOFTPLUS, SILU, GELU -> Reads.PRE_ACTIVATION;
            default -> Reads.OUTPUT;
        };
    }

    /**
     * The activation of a name as {@link #toString()} gives it, in any case; the parameter may be left out: 0.01 for
     * leaky_relu, 1 for elu.
     *
     * @param name for instance {@code sigmoid} or {@code leaky_relu:0.2}
     * @return the activation
     * @throws IllegalArgumentException if there is none of that name
     */
    public static Activation of(String name) {
        Args.notNull("name", name);
        String[] parts = name.toUpperCase(Locale.ROOT).split(":", 2);
        try {
            Kind kind = Kind.valueOf(parts[0].trim());
            float usual = kind == Kind.LEAKY_RELU ? 0.01f : kind == Kind.ELU ? 1 : 0;
            return new Activation(kind, parts.length == 1 ? usual : Float.parseFloat(parts[1]));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "activation must be one of identity, sigmoid, tanh, relu, leaky_relu[:slope], elu[:a], softplus,"
                            + " silu, gelu, but is \"" + name + '"',
                    e);
        }
    }

    /** The name, with the parameter where there is one: {@code sigmoid}, {@code leaky_relu:0.01}. */
    @Override
    public String toString() {
        String name = kind.name().toLowerCase(Locale.ROOT);
        return parameter == 0 ? name : name + ':' + parameter;
    }
}
