package dev.backlane.graph;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers for readers: five digits, no trailing zeros. */
final class Numbers {
    private static final MathContext DIGITS = new MathContext(5);
    /** Elements of an array that are printed before it is cut short. */
    private static final int SHOWN = 6;

    private Numbers() {}

    static String text(float x) {
        if (x == 0 || !Float.isFinite(x)) {
            return x == 0 ? "0" : String.valueOf(x);
        }
        float size = Math.abs(x);
        if (size < 1e-4f || size >= 1e7f) {
            return String.format(Locale.ROOT, "%.4e", x);
        }
        return new BigDecimal(x).round(DIGITS).stripTrailingZeros().toPlainString();
    }

    /** In parentheses where it is negative, as a factor of a product is written. */
    static String factor(float x) {
        return x < 0 ? "(" + text(x) + ")" : text(x);
    }

    /** One number as it is, several in brackets: rows apart by semicolons; many cut short, with their number. */
    static String text(Shape shape, float[] x) {
        if (shape.size() == 1) {
            return text(x[0]);
        }
        StringBuilder line = new StringBuilder("[");
        for (int i = 0; i < Math.min(x.length, SHOWN); i++) {
            line.append(i == 0 ? "" : i % shape.cols() == 0 ? "; " : ", ").append(text(x[i]));
        }
        return line.append(x.length > SHOWN ? ", … " + x.length + " in all]" : "]")
                .toString();
    }
}
