package dev.backlane.check;

/**
 * One comparison: of a coordinate, or of a whole direction.
 *
 * @param input name of the input
 * @param row row of the coordinate; −1 for a direction
 * @param column column of the coordinate; −1 for a direction
 * @param direction number of the random direction; −1 for a coordinate
 * @param output name of the output whose cotangent was non-zero
 * @param analytic what the backward pass says
 * @param numeric what differences (or the jvp) say; in {@link Mode#TAYLOR}, the analytic value plus the slope that the
 *     remainder still contains at its smallest legible step
 * @param absoluteError {@code |analytic − numeric|}
 * @param relativeError {@code |analytic − numeric| / max(|analytic|, |numeric|)}
 * @param ulps the absolute error in units in the last place of the numeric value, in the precision of the gradient
 * @param step the step, as realised; NaN where there is none
 * @param resolution the measurement's own error: a smaller difference means nothing
 * @param kink whether the function bends too sharply here to have a derivative
 * @param excused whether the difference is at most the absolute tolerance, which excuses it but does not certify it
 * @param verdict the verdict
 * @param cause what is wrong
 * @param diagnosis the same in words
 */
public record Finding(
        String input,
        int row,
        int column,
        int direction,
        String output,
        double analytic,
        double numeric,
        double absoluteError,
        double relativeError,
        double ulps,
        double step,
        double resolution,
        boolean kink,
        boolean excused,
        Verdict verdict,
        Cause cause,
        String diagnosis) {

    /**
     * Where it is.
     *
     * @return {@code W[2, 7]}, or {@code W direction 3}
     */
    public String where() {
        return row < 0 ? input + " direction " + direction : input + "[" + row + ", " + column + "]";
    }

    /** Most worrying first: failures, then the unresolved, and the larger relative error first within each. */
    static int byConcern(Finding a, Finding b) {
        int byVerdict = Integer.compare(rank(a.verdict), rank(b.verdict));
        if (byVerdict != 0) {
            return byVerdict;
        }
        // NaN sorts above every number: a non-finite analytic value comes first
        int byError = Double.compare(b.relativeError, a.relativeError);
        return byError != 0 ? byError : Double.compare(b.absoluteError, a.absoluteError);
    }

    private static int rank(Verdict verdict) {
        return switch (verdict) {
            case FAIL -> 0;
            case INCONCLUSIVE -> 1;
            case PASS -> 2;
        };
    }
}
