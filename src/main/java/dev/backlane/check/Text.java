package dev.backlane.check;

import java.util.Locale;

/** Numbers as text: short, and the same in every locale. */
final class Text {
    private Text() {}

    static String number(double v) {
        if (!Double.isFinite(v)) {
            return Double.toString(v);
        }
        double size = Math.abs(v);
        return size == 0 || size >= 1e-3 && size < 1e5
                ? String.format(Locale.ROOT, "%.6g", v)
                : String.format(Locale.ROOT, "%.5e", v);
    }

    static String small(double v) {
        return Double.isFinite(v) ? String.format(Locale.ROOT, "%.1e", v) : Double.isNaN(v) ? "-" : Double.toString(v);
    }
}
