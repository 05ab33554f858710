package dev.backlane.check;

import dev.backlane.check.Ladder.Outcome;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;

/** Puts the likely mistake into words, from what the wrong coordinates have in common. */
final class Diagnosis {
    private static final double ALIKE = 0.01;

    private Diagnosis() {}

    static String ofOne(double analytic, Outcome o, Verdict verdict, Cause cause, boolean excused) {
        if (verdict == Verdict.PASS) {
            return "";
        }
        if (excused) {
            return "excused by the absolute tolerance";
        }
        if (cause == Cause.ROUNDING) {
            return "no worse than rounding the inputs makes the exact derivative";
        }
        if (verdict == Verdict.INCONCLUSIVE) {
            if (!Double.isFinite(o.numeric())) {
                return "the forward pass is not finite here";
            }
            return o.kink() ? "kink: the one-sided derivatives differ" : "below what differences can resolve here";
        }
        String what = !Double.isFinite(analytic)
                ? "analytic is not finite, the function is"
                : "analytic = " + Text.number(analytic / o.numeric()) + " x numeric";
        return switch (cause) {
            case FORMULA -> what + "; the formula is wrong";
            case ARITHMETIC -> what + "; the formula is right, the arithmetic loses it";
            default -> what;
        };
    }

    /** @param failed coordinates of this input that failed */
    static String ofInput(Tensor shape, double[] analytic, double[] numeric, BitSet failed) {
        int count = failed.cardinality();
        int size = shape.size();
        if (count == 0) {
            return "";
        }
        String where = where(shape, failed, count);
        if (failed.stream().allMatch(k -> analytic[k] == 0)) {
            return where + ": analytic is 0 where the derivative is not (never written, dropped or overwritten?)";
        }
        double ratio = commonRatio(analytic, numeric, failed);
        if (!Double.isNaN(ratio) && count > 1) {
            return where
                    + (Math.abs(ratio + 1) < ALIKE
                            ? ": analytic = -numeric (a sign?)"
                            : ": analytic = " + Text.number(ratio) + " x numeric throughout (a factor?)");
        }
        int rows = shape.rows();
        int columns = shape.columns();
        if (rows > 1 && columns > 1) {
            // element (r, c) holds what belongs to element (c, r) of the transposed buffer
            if (permuted(analytic, numeric, failed, k -> k % rows * columns + k / rows)) {
                return where + ": analytic is the numeric derivative transposed";
            }
            if (permuted(analytic, numeric, failed, k -> k + columns < size ? k + columns : -1)) {
                return where + ": analytic row r is numeric row r + 1 (off by one row?)";
            }
            if (permuted(analytic, numeric, failed, k -> k - columns)) {
                return where + ": analytic row r is numeric row r - 1 (off by one row?)";
            }
        }
        if (columns > 1) {
            if (permuted(analytic, numeric, failed, k -> k + 1 < size ? k + 1 : -1)) {
                return where + ": analytic is numeric shifted by one column";
            }
            if (permuted(analytic, numeric, failed, k -> k - 1)) {
                return where + ": analytic is numeric shifted by one column";
            }
        }
        return where;
    }

    private static String where(Tensor shape, BitSet failed, int count) {
        int columns = shape.columns();
        int size = shape.size();
        if (count == size) {
            return "all coordinates fail";
        }
        if (count == 1) {
            int k = failed.nextSetBit(0);
            return "one coordinate of " + size + " fails, " + Structure.at(shape, k);
        }
        int firstColumn = failed.stream().map(k -> k % columns).min().getAsInt();
        int lastColumn = failed.stream().map(k -> k % columns).max().getAsInt();
        int firstRow = failed.nextSetBit(0) / columns;
        int lastRow = (failed.length() - 1) / columns;
        String text = count + " of " + size + " coordinates fail";
        if (firstColumn > 0 && lastColumn == columns - 1) {
            return text + ", all in the last columns, from " + firstColumn + " on (the tail of a loop?)";
        }
        if (firstColumn > 0 || lastColumn < columns - 1) {
            return text + ", all in columns " + firstColumn + " to " + lastColumn;
        }
        return lastRow - firstRow + 1 < shape.rows() ? text + ", all in rows " + firstRow + " to " + lastRow : text;
    }

    private static double commonRatio(double[] analytic, double[] numeric, BitSet failed) {
        double first = Double.NaN;
        for (int k = failed.nextSetBit(0); k >= 0; k = failed.nextSetBit(k + 1)) {
            double ratio = analytic[k] / numeric[k];
            if (Double.isNaN(first)) {
                first = ratio;
            }
            if (!(Math.abs(ratio - first) <= ALIKE * Math.abs(first))) {
                return Double.NaN;
            }
        }
        return first;
    }

    /** Whether analytic[k] is the numeric value of another coordinate, for all failures that have such a partner. */
    private static boolean permuted(double[] analytic, double[] numeric, BitSet failed, IntUnaryOperator partner) {
        int matches = 0;
        for (int k = failed.nextSetBit(0); k >= 0; k = failed.nextSetBit(k + 1)) {
            int other = partner.applyAsInt(k);
            if (other < 0 || other >= numeric.length) {
                continue;
            }
            if (!(Numbers.relative(analytic[k], numeric[other]) <= ALIKE)) {
                return false;
            }
            matches++;
        }
        return matches > 2 && 2 * matches > failed.cardinality();
    }
}
