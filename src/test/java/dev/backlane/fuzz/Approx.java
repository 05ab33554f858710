package dev.backlane.fuzz;

import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;

/**
 * A number that float arithmetic gives: its value without roundings, and how far roundings may take it. Formulas written in it
 * are the oracle: in double, whatever the order and the fusing of the kernel. Where a result hangs on roundings, because
 * something may overflow or a divisor vanish, it becomes {@link #ANY}.
 *
 * @param value exact, NaN and infinities as IEEE 754 has them
 * @param error bound of the absolute error; 0 beside NaN and infinities, ∞ if nothing is known
 */
record Approx(double value, double error) {
    static final Approx ANY = new Approx(Double.NaN, Double.POSITIVE_INFINITY);

    /** Half a unit in the last place of 1, and half the least subnormal. */
    private static final double U = 0x1p-24;

    private static final double TINY = 0x1p-150;
    private static final double MAX = Float.MAX_VALUE;

    static Approx exact(double value) {
        return new Approx(value, 0);
    }

    /** γ(k) = k·u/(1 − k·u): the relative error of k roundings. */
    static double gamma(int k) {
        return k * U / (1 - k * U);
    }

    /** A result of float arithmetic, beyond the floats infinite. */
    static Approx of(double value, double error) {
        if (Double.isNaN(error) || error == Double.POSITIVE_INFINITY) {
            return ANY;
        }
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return exact(value);
        }
        if (Math.abs(value) - error > MAX * (1 + U)) {
            return exact(Math.copySign(Double.POSITIVE_INFINITY, value));
        }
        return Math.abs(value) + error >= MAX && error > 0 ? ANY : new Approx(value, error);
    }

    /** The same, with one rounding yet to come. */
    static Approx rounded(double value, double error) {
        if (value == 0 && error == 0) {
            return exact(value);
        }
        double size = Math.abs(value) + error;
        double more = U * size + (Math.abs(value) - error < Float.MIN_NORMAL ? TINY : 0);
        return of(value, Double.isInfinite(size) && error < size ? 0 : error + more);
    }

    boolean any() {
        return error == Double.POSITIVE_INFINITY;
    }

    /** May be 0 or of either sign, and is not known to be 0. */
    boolean vague() {
        return error > 0 && Math.abs(value) <= error;
    }

    boolean admits(double actual) {
        if (any()) {
            return true;
        }
        if (Double.isNaN(value)) {
            return Double.isNaN(actual);
        }
        // The formulas in double have roundings of their own.
        double slack = error == 0 ? 0 : 1e-6 * error + 0x1p-50 * Math.abs(value);
        return actual == value || Math.abs(actual - value) <= error + slack;
    }

    Approx negated() {
        return new Approx(-value, error);
    }

    Approx plus(Approx b) {
        return any() || b.any() ? ANY : rounded(value + b.value, error + b.error);
    }

    Approx minus(Approx b) {
        return plus(b.negated());
    }

    Approx times(Approx b) {
        return fma(b, exact(0));
    }

    Approx times(double b) {
        return times(exact(b));
    }

    /** this·b + c, rounded once. */
    Approx fma(Approx b, Approx c) {
        if (any() || b.any() || c.any()) {
            return ANY;
        }
        double product = value * b.value;
        if (Double.isNaN(product) || Double.isInfinite(product)) {
            return vague() || b.vague() ? ANY : rounded(product + c.value, 0);
        }
        double off = Math.abs(value) * b.error + Math.abs(b.value) * error + error * b.error;
        return rounded(product + c.value, off + c.error);
    }

    Approx over(Approx b) {
        if (any() || b.any() || b.vague() || (b.value == 0 && vague())) {
            return ANY;
        }
        double quotient = value / b.value;
        if (Double.isNaN(quotient) || Double.isInfinite(quotient)) {
            return exact(quotient);
        }
        return rounded(quotient, (error + Math.abs(quotient) * b.error) / (Math.abs(b.value) - b.error));
    }

    /** A monotone function, itself off by as much as allowed at its result. */
    Approx monotone(DoubleUnaryOperator f, DoubleUnaryOperator allowed) {
        if (any()) {
            return ANY;
        }
        double y = f.applyAsDouble(value);
        double off = 0;
        if (error > 0) {
            off = Math.max(Math.abs(f.applyAsDouble(value + error) - y), Math.abs(y - f.applyAsDouble(value - error)));
        }
        return applied(y, off, allowed);
    }

    /** A function whose slope is bounded. */
    Approx smooth(DoubleUnaryOperator f, double slope, DoubleUnaryOperator allowed) {
        return any() ? ANY : applied(f.applyAsDouble(value), slope * error, allowed);
    }

    private static Approx applied(double y, double off, DoubleUnaryOperator allowed) {
        if (Double.isNaN(y) || Double.isInfinite(y)) {
            return off == 0 ? exact(y) : ANY;
        }
        return of(y, off + allowed.applyAsDouble(Math.abs(y) + off));
    }

    Approx sqrt() {
        return monotone(Math::sqrt, y -> U * y);
    }

    /** A sum in whatever order, with so many roundings of each term on its way. */
    static Approx sum(int roundings, int n, IntFunction<Approx> term) {
        double value = 0;
        double size = 0;
        double error = 0;
        for (int i = 0; i < n; i++) {
            Approx t = term.apply(i);
            value += t.value;
            error += t.error;
            size += Double.isInfinite(t.value) || Double.isNaN(t.value) ? 0 : Math.abs(t.value) + t.error;
        }
        return Double.isNaN(error) || size > MAX ? ANY : of(value, error + gamma(roundings) * size);
    }

    /**
     * {@code start + Σ (alpha·a)·b}, within clause 2 of the numeric contract: γ(k + 2) times the sizes of all terms, and what
     * underflow loses.
     */
    static Approx dot(int k, double alpha, IntToDoubleFunction a, IntToDoubleFunction b, Approx start) {
        if (start.any()) {
            return ANY;
        }
        double value = start.value;
        double size = Double.isFinite(value) ? Math.abs(value) : 0;
        double lost = (k + 2) * TINY;
        for (int p = 0; p < k; p++) {
            double factor = alpha * a.applyAsDouble(p);
            double other = b.applyAsDouble(p);
            double term = factor * other;
            value += term;
            if (Double.isFinite(factor) && Double.isFinite(other)) {
                size += Math.abs(factor) > MAX ? Double.POSITIVE_INFINITY : Math.abs(term);
                lost += alpha == 1 ? 0 : Math.abs(other) * TINY;
            } else if (Double.isInfinite(other) && factor != 0 && Math.abs(factor) < Float.MIN_NORMAL) {
                // Rounded to 0 or not, it makes NaN or infinity of the other.
                return ANY;
            }
        }
        return size > MAX ? ANY : of(value, gamma(k + 2) * size + lost);
    }
}
