package dev.backlane.check;

/**
 * What is wrong, where a {@linkplain GradientCheck#inDouble double-precision twin} allows to say.
 *
 * @see GradientCheck#inDouble(GradientCheck)
 */
public enum Cause {
    /** Nothing is wrong. */
    NONE,
    /** The code computes another formula than the derivative: a sign, a factor, a term, an index. */
    FORMULA,
    /**
     * The formula is right, its evaluation in {@code float} loses the result: cancellation, overflow or underflow. Typical:
     * {@code 1 − s·s} for a saturated tanh.
     */
    ARITHMETIC,
    /**
     * Within what one rounding of the inputs to {@code float} does to the exact derivative: no code could do better.
     * Counted as inconclusive.
     */
    ROUNDING,
    /** Not known: no double-precision twin was given, or the measurement was inconclusive. */
    UNDETERMINED
}
