package dev.backlane.bench.peer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A matrix product: op(A) is m×k, op(B) is k×n.
 *
 * @param transposeA whether A itself is k×m
 * @param transposeB whether B itself is n×k
 * @param m rows of C
 * @param n columns of C
 * @param k terms of each element of C
 */
public record Shape(boolean transposeA, boolean transposeB, int m, int n, int k) {
    private static final Pattern FORM = Pattern.compile("(?:([NT])([NT]):)?(\\d+)(?:[x×](\\d+)[x×](\\d+))?");

    /**
     * Reads a shape.
     *
     * @param text {@code MxNxK}, or one number for a square, behind {@code NN:} (default), {@code TN:}, {@code NT:} or
     *     {@code TT:}
     * @return the shape
     * @throws IllegalArgumentException if it has another form
     */
    public static Shape of(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("shape must be like 512, 64x128x784 or TN:64x128x784, but is " + text);
        }
        int m = Integer.parseInt(matcher.group(3));
        boolean square = matcher.group(4) == null;
        return new Shape(
                "T".equals(matcher.group(1)),
                "T".equals(matcher.group(2)),
                m,
                square ? m : Integer.parseInt(matcher.group(4)),
                square ? m : Integer.parseInt(matcher.group(5)));
    }

    /**
     * The same sizes with other transposes.
     *
     * @param operations {@code NN}, {@code TN}, {@code NT} or {@code TT}
     * @return the shape
     */
    public Shape with(String operations) {
        return of(operations + ':' + m + 'x' + n + 'x' + k);
    }

    /**
     * Length of A's rows.
     *
     * @return leading dimension without a gap
     */
    public int lda() {
        return transposeA ? m : k;
    }

    /**
     * Length of B's rows.
     *
     * @return leading dimension without a gap
     */
    public int ldb() {
        return transposeB ? k : n;
    }

    /**
     * Elements of A.
     *
     * @return m·k
     */
    public int sizeA() {
        return Math.multiplyExact(m, k);
    }

    /**
     * Elements of B.
     *
     * @return k·n
     */
    public int sizeB() {
        return Math.multiplyExact(k, n);
    }

    /**
     * Elements of C.
     *
     * @return m·n
     */
    public int sizeC() {
        return Math.multiplyExact(m, n);
    }

    /**
     * Floating-point operations of the product.
     *
     * @return 2·m·n·k
     */
    public double flops() {
        return 2.0 * m * n * k;
    }

    /** The form that {@link #of} reads. */
    @Override
    public String toString() {
        return (transposeA ? "T" : "N") + (transposeB ? "T" : "N") + ':' + m + 'x' + n + 'x' + k;
    }
}
