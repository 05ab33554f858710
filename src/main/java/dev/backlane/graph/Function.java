package dev.backlane.graph;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Activations;
import dev.backlane.kernel.Elementwise;
import java.util.Locale;

/** Functions of one operand, element by element, activations among them: z = f(x). */
final class Function extends Pointwise {
    enum Kind {
        EXP("exp(%s)", "%2$s"),
        LOG("log(%s)", "1/%1$s"),
        SQRT("√%s", "1/(2·%2$s)"),
        SQUARE("%s²", "2·%1$s"),
        /** At 0 the derivative is 0. */
        ABS("|%s|", "sign(%1$s)"),
        /** xᵖ with a constant p. */
        POWER("%s^%3$s", "%3$s·%1$s^(%3$s - 1)"),
        ACTIVATION("%3$s(%1$s)", "%3$s′(%1$s)");

        final String formula;
        final String derivative;

        Kind(String formula, String derivative) {
            this.formula = formula;
            this.derivative = derivative;
        }
    }

    private final Kind kind;
    /** Exponent of a power. */
    private final float p;
    /** Which activation, if it is one. */
    private final Activation f;

    Function(Kind kind) {
        this(kind, 0, Activation.IDENTITY);
    }

    Function(float exponent) {
        this(Kind.POWER, exponent, Activation.IDENTITY);
    }

    Function(Activation f) {
        this(Kind.ACTIVATION, 0, f);
    }

    private Function(Kind kind, float p, Activation f) {
        this.kind = kind;
        this.p = p;
        this.f = f;
    }

    @Override
    void value(Node z, Values s, Slots v) {
        Node input = z.inputs[0];
        int n = z.size();
        float[] x = v.array(input);
        int xo = v.at(input);
        float[] y = v.array(z);
        int yo = v.at(z);
        switch (kind) {
            case EXP -> Activations.exp(n, x, xo, y, yo);
            case LOG -> Elementwise.log(n, x, xo, y, yo);
            case SQRT -> Elementwise.sqrt(n, x, xo, y, yo);
            case SQUARE -> Elementwise.square(n, x, xo, y, yo);
            case ABS -> Elementwise.abs(n, x, xo, y, yo);
            case POWER -> Elementwise.power(n, p, x, xo, y, yo);
            case ACTIVATION -> Activations.forward(f, n, x, xo, y, yo);
        }
    }

    @Override
    void partial(int k, Term term) {
        Node z = term.z;
        Node x = z.inputs[0];
        Slots v = term.s.v;
        switch (kind) {
            case EXP -> term.times(v, z);
            case LOG -> term.over(v, x);
            case SQRT -> term.times(0.5f).over(v, z);
            case SQUARE -> term.times(2).times(v, x);
            case ABS -> term.times(scratch(term).sign(x));
            case POWER -> powerTimes(p, p - 1, term);
            case ACTIVATION -> term.timesDerivative(f, reads(z));
        }
    }

    @Override
    boolean bends(int k, Node z, Slots t) {
        return kind != Kind.ABS;
    }

    @Override
    void bend(int k, Term term) {
        Node z = term.z;
        Node x = z.inputs[0];
        Slots v = term.s.v;
        switch (kind) {
            case EXP -> term.times(v, z);
            case LOG -> term.times(-1).over(v, x).over(v, x);
            case SQRT -> term.times(-0.25f).over(v, z).over(v, x);
            case SQUARE -> term.times(2);
            case ABS -> throw new IllegalStateException("abs does not bend");
            case POWER -> powerTimes(p * (p - 1), p - 2, term);
            case ACTIVATION -> term.timesSecondDerivative(f, reads(z));
        }
        term.times(term.s.t, x);
    }

    /** term·factor·x^exponent; where the factor is 0 the power may be infinite. */
    private static void powerTimes(float factor, float exponent, Term term) {
        if (factor == 0) {
            term.times(0);
        } else {
            term.times(scratch(term).power(term.z.inputs[0], exponent)).times(factor);
        }
    }

    private static Term scratch(Term term) {
        return term.s.second.start(term.z, term.s.v, term.z);
    }

    private Node reads(Node z) {
        return f.reads() == Activation.Reads.OUTPUT ? z : z.inputs[0];
    }

    @Override
    String formula(Node node, String... x) {
        return String.format(kind.formula, x[0], x[0], parameter());
    }

    @Override
    String derivative(Node node, int k, String z, String... x) {
        return String.format(kind.derivative, x[0], z, parameter());
    }

    private String parameter() {
        return kind == Kind.ACTIVATION ? f.toString() : Numbers.text(p);
    }

    @Override
    public String toString() {
        return switch (kind) {
            case ACTIVATION -> f.toString();
            case POWER -> "power:" + Numbers.text(p);
            default -> kind.name().toLowerCase(Locale.ROOT);
        };
    }
}
