package dev.backlane.check;

/** The outcome of one comparison, of one input, or of a whole check. */
public enum Verdict {
    /** Measured sharply enough, and equal. */
    PASS,
    /** Different by more than tolerance and measurement error explain. */
    FAIL,
    /** The measurement could not tell: noise, a kink, a derivative excused by the absolute tolerance, or nothing to check. */
    INCONCLUSIVE
}
