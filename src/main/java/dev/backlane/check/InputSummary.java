package dev.backlane.check;

/**
 * What a check found for one input.
 *
 * @param name name of the input
 * @param rows rows of its shape
 * @param columns columns of its shape
 * @param checked comparisons made: coordinates, or directions
 * @param passed of these, how many passed with a derivative other than zero
 * @param zeros how many passed because analytic and numeric derivative are both exactly zero
 * @param failed how many failed
 * @param inconclusive how many could not be resolved; includes kinks and excused ones
 * @param kinks how many of the inconclusive ones are at a kink
 * @param excused how many of the inconclusive ones differ by no more than the absolute tolerance
 * @param largestRelativeError over those that passed or failed; NaN if none did
 * @param sensitivity the smallest error in one typical coordinate, relative to that coordinate, that would have made this
 *     input fail: for directions, the measurement's error over the root mean square of the terms gₖ·dₖ; NaN if nothing
 *     was resolved
 * @param verdict FAIL if any failed; INCONCLUSIVE if too many were, or if no derivative other than zero was resolved
 * @param diagnosis what the failures have in common, or why the verdict is inconclusive; empty if nothing is worth saying
 */
public record InputSummary(
        String name,
        int rows,
        int columns,
        long checked,
        long passed,
        long zeros,
        long failed,
        long inconclusive,
        long kinks,
        long excused,
        double largestRelativeError,
        double sensitivity,
        Verdict verdict,
        String diagnosis) {}
