package dev.backlane.check;

import dev.backlane.check.Line.Reading;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * Chooses the step for one line, and judges what it shows.
 *
 * <p>Steps are {@code h₀·4ᵏ}. A pair of neighbours {@code (h, h/4)} gives Richardson's value {@code R = D(h/4) + (D(h/4) −
 * D(h))/15}, its noise from the estimated noise of the function, and its truncation error from two signs that vanish with
 * h for a smooth function: {@code T = |D(h/4) − D(h)|/5 + |4·B(h/4) − B(h)|/6}, with B the difference of the one-sided
 * slopes. One kink at distance {@code u·h} from the point with a jump J in slope puts an error of {@code J·|1/2 − 21u/10|}
 * (u &lt; 1/4) or {@code J·(1 − u)/30} into R, and 3T is larger than that for every u: a kink cannot make a correct
 * gradient FAIL. Nor can the kinks of many outputs, of which {@link Line#kinks} keeps account before a FAIL. Where noise is
 * the larger part the step grows, otherwise it shrinks. A FAIL needs two pairs that find the same error: what several kinks
 * inside one output leave changes from step to step.
 */
final class Ladder {
    /** Pairs tried before giving up. */
    private static final int MAX_PAIRS = 12;
    /**
     * Noise counts this many standard deviations against a FAIL: over 10⁶ coordinates 5 would misfire once if the standard
     * deviation were known, and it is an estimate of few degrees of freedom.
     */
    static final double FAIL_SIGMAS = 8;
    /** What the truncation estimate counts against a FAIL: it is good for small steps only. */
    private static final double FAIL_TRUNCATIONS = 10;

    /** What {@link Line#kinks} counts against a FAIL: six standard deviations of what kinks leave. */
    static final double KINKS = 4;

    private static final double PASS_SIGMAS = 3;
    /** Pairs that may be less sharp than the sharpest so far before a search that could settle does. */
    private static final int PATIENCE = 2;

    private static final int LOWEST = -40;
    private static final int HIGHEST = 140;

    private final Line line;
    private final double h0;
    private final int highest;
    private final double[][] gradients;
    private final double[] analytic;
    private final int[] outputOf;
    private final Reading[][] readings = new Reading[HIGHEST - LOWEST + 1][];
    private final double[][] kinks = new double[readings.length][];
    private int level;

    /** The verdict on one probe of the line, with the numbers behind it. */
    record Outcome(
            Verdict verdict, double numeric, double noise, double truncation, double step, boolean kink, boolean zero) {
        /** What the measurement could have missed. */
        double bar() {
            return FAIL_SIGMAS * noise + FAIL_TRUNCATIONS * truncation;
        }

        /** What it could have missed, but for bad luck. */
        double resolution() {
            return 2 * PASS_SIGMAS * noise + 3 * truncation;
        }

        Outcome as(Verdict verdict, boolean kink) {
            return new Outcome(verdict, numeric, noise, truncation, step, kink, zero);
        }
    }

    /** When a numeric value agrees with the analytic one. */
    interface Rule {
        /** The verdict of one pair, with which the search may stop. */
        Verdict judge(int p, double analytic, Outcome measured);

        /** The verdict of the sharpest pair, when the search has ended without one. */
        Verdict settle(int p, double analytic, Outcome measured);
    }

    /** For one coordinate: only what is resolved relatively to the derivative itself passes. */
    static Rule coordinateRule(double rtol) {
        return new Rule() {
            @Override
            public Verdict judge(int p, double a, Outcome o) {
                double tolerance = rtol * Math.max(Math.abs(a), Math.abs(o.numeric()));
                double error = Math.abs(o.numeric() - a);
                if (error <= tolerance && PASS_SIGMAS * o.noise() + o.truncation() <= tolerance) {
                    return Verdict.PASS;
                }
                return error > tolerance + o.bar() ? Verdict.FAIL : Verdict.INCONCLUSIVE;
            }

            @Override
            public Verdict settle(int p, double a, Outcome o) {
                return Verdict.INCONCLUSIVE;
            }
        };
    }

    /**
     * For a direction: the analytic value may cancel, so {@code ‖g∘d‖} sets the scale. Any disagreement beyond the
     * measurement's error and {@code slack·‖g∘d‖} (the rounding of g itself) is a FAIL, however small relatively: one wrong
     * coordinate among many is. For the same reason the search goes on for as long as the measurement gets sharper. But a g
     * that comes of cancelled numbers has lost digits that its size does not tell of: within the tolerance, what it is rounded by
     * is estimated before a FAIL.
     *
     * @param rounding per probe, the standard deviation of the rounding of ⟨g, d⟩; asked for where it matters only
     */
    static Rule directionRule(double rtol, double slack, double[] norms, IntToDoubleFunction rounding) {
        return new Rule() {
            @Override
            public Verdict judge(int p, double a, Outcome o) {
                double scale = Math.max(norms[p], Math.abs(o.numeric()));
                double error = Math.abs(o.numeric() - a);
                double most = slack * scale + o.bar();
                if (error > most && (error > rtol * scale || error > most + FAIL_SIGMAS * rounding.applyAsDouble(p))) {
                    return Verdict.FAIL;
                }
                if (error > most) {
                    return Verdict.INCONCLUSIVE;
                }
                return o.bar() <= slack * scale ? Verdict.PASS : Verdict.INCONCLUSIVE;
            }

            @Override
            public Verdict settle(int p, double a, Outcome o) {
                double tolerance = rtol * Math.max(norms[p], Math.abs(o.numeric()));
                boolean agrees = o.resolution() <= tolerance && Math.abs(o.numeric() - a) <= tolerance;
                return agrees ? Verdict.PASS : Verdict.INCONCLUSIVE;
            }
        };
    }

    /**
     * @param line what to read
     * @param h0 first step, in units of the direction
     * @param reach largest step, in the same units
     * @param gradients per probe, as {@link Line#read} wants them
     * @param analytic per probe, the derivative to compare with
     * @param outputOf per probe, its output: of several probes of one output, one that passes is enough
     */
    Ladder(Line line, double h0, double reach, double[][] gradients, double[] analytic, int[] outputOf) {
        this.outputOf = outputOf;
        this.line = line;
        this.h0 = h0;
        this.gradients = gradients;
        this.analytic = analytic;
        this.highest = Math.clamp((int) Math.floor(Math.log(reach / h0) / Math.log(4)), 0, HIGHEST);
    }

    private double stepOf(int level) {
        return Math.scalb(h0, 2 * level);
    }

    private Reading[] at(int level) {
        int slot = level - LOWEST;
        if (readings[slot] == null) {
            readings[slot] = line.read(stepOf(level), gradients);
        }
        return readings[slot];
    }

    /** The level at which {@link #judge} stopped: a good start for the next line of the same input. */
    int level() {
        return level;
    }

    /** Searches until every output has a verdict, or no pair is left that promises more. */
    Outcome[] judge(int startLevel, Rule rule, double rtol) {
        int count = analytic.length;
        Outcome[] outcomes = new Outcome[count];
        Outcome[] best = new Outcome[count];
        double[] failedBy = new double[count];
        int[] worse = new int[count];
        boolean[] tried = new boolean[readings.length];
        boolean hiddenKnown = line.direction().size() > 1;
        level = Math.clamp(startLevel, LOWEST + 1, highest);
        if (settledByOneStep(outcomes, rule, rtol)) {
            return outcomes;
        }
        for (int pair = 0; pair < MAX_PAIRS; pair++) {
            tried[level - LOWEST] = true;
            Outcome guide = null;
            double guided = 0;
            for (int p = 0; p < count; p++) {
                if (outcomes[p] != null || failedBy[p] == 0 && passedElsewhere(p, outcomes)) {
                    continue;
                }
                Outcome o = pairOutcome(p, rule);
                if (o.verdict() == Verdict.FAIL && !hiddenKnown) {
                    // before the first FAIL: learn which outputs rounding may have frozen, and read this pair again
                    line.findDependents(Math.min(0.5, stepOf(highest)));
                    hiddenKnown = true;
                    Arrays.fill(readings, null);
                    o = pairOutcome(p, rule);
                }
                boolean sharper = best[p] == null || o.bar() < best[p].bar();
                best[p] = sharper ? o : best[p];
                worse[p] = sharper ? 0 : worse[p] + 1;
                double error = o.numeric() - analytic[p];
                boolean failed = o.verdict() == Verdict.FAIL;
                if (o.verdict() == Verdict.PASS || failed && persists(failedBy[p], error)) {
                    outcomes[p] = o;
                    continue;
                }
                failedBy[p] = failed ? error : failedBy[p];
                boolean hopeless = worse[p] >= PATIENCE && rule.settle(p, analytic[p], best[p]) == Verdict.PASS;
                if (guide == null && !hopeless) {
                    guide = o;
                    guided = analytic[p];
                }
            }
            if (guide == null || !next(guide, guided, tried)) {
                break;
            }
        }
        for (int p = 0; p < count; p++) {
            if (outcomes[p] == null && best[p] != null) {
                Verdict verdict = failedBy[p] != 0 ? Verdict.INCONCLUSIVE : rule.settle(p, analytic[p], best[p]);
                outcomes[p] = best[p].as(verdict, verdict == Verdict.INCONCLUSIVE && kinked(p, rtol));
            }
        }
        return outcomes;
    }

    /** Whether two pairs find one error, rather than each its own. */
    private static boolean persists(double before, double now) {
        return before != 0 && (!Double.isFinite(now) || now / before > 0.5 && now / before < 2);
    }

    private boolean passedElsewhere(int p, Outcome[] outcomes) {
        for (int q = 0; q < outcomes.length; q++) {
            if (outputOf[q] == outputOf[p] && outcomes[q] != null && outcomes[q].verdict() == Verdict.PASS) {
                return true;
            }
        }
        return false;
    }

    /** The cheap way out, for nearly every coordinate of a correct gradient: two evaluations. */
    /* entries may stay null where another probe of the same output passed */
    private boolean settledByOneStep(Outcome[] outcomes, Rule rule, double rtol) {
        Reading[] first = at(level);
        boolean all = line.direction().size() == 1;
        for (int p = 0; p < outcomes.length && all; p++) {
            Reading r = first[p];
            double a = analytic[p];
            if (r.silent() && a == 0) {
                outcomes[p] = new Outcome(Verdict.PASS, 0, r.noise(), 0, r.step(), false, true);
            } else if (r.finite() && !r.silent() && Math.abs(r.bend()) <= 0.25 * Math.abs(a)) {
                // no second step bounds the truncation error, so ask for less error and less noise than the rule does
                Outcome o = new Outcome(Verdict.PASS, r.slope(), 2 * r.noise(), 0, r.step(), false, false);
                boolean close = Numbers.relative(a, r.slope()) <= rtol / 4;
                outcomes[p] = close && rule.judge(p, a, o) == Verdict.PASS ? o : null;
            }
        }
        for (int p = 0; p < outcomes.length && all; p++) {
            all = outcomes[p] != null || passedElsewhere(p, outcomes);
        }
        if (!all) {
            Arrays.fill(outcomes, null);
        }
        return all;
    }

    /** A zero is believed only if no step so far moved an output: below some step, rounding silences every function. */
    private boolean silentThroughout(int p) {
        for (Reading[] reading : readings) {
            if (reading != null && !reading[p].silent()) {
                return false;
            }
        }
        return true;
    }

    private Outcome pairOutcome(int p, Rule rule) {
        Reading wide = at(level)[p];
        Reading narrow = at(level - 1)[p];
        double a = analytic[p];
        if (a == 0 && silentThroughout(p)) {
            return new Outcome(Verdict.PASS, 0, narrow.noise(), 0, wide.step(), false, true);
        }
        double value = narrow.slope();
        double noise = narrow.noise();
        double truncation = Double.POSITIVE_INFINITY;
        if (narrow.finite() && wide.finite()) {
            double change = narrow.slope() - wide.slope();
            double excess = Math.abs(4 * narrow.bend() - wide.bend()) - PASS_SIGMAS * 4 * narrow.bendNoise();
            truncation = Math.max(0, Math.abs(change) - PASS_SIGMAS * noise) / 5 + Math.max(0, excess) / 6;
            value += change / 15;
            noise *= 16.0 / 15;
        }
        Outcome measured = new Outcome(Verdict.INCONCLUSIVE, value, noise, truncation, narrow.step(), false, false);
        if (!Double.isFinite(truncation)) {
            return measured;
        }
        if (!Double.isFinite(a)) {
            return measured.as(Verdict.FAIL, false);
        }
        if (rule.judge(p, a, measured) == Verdict.FAIL) {
            int slot = level - LOWEST;
            kinks[slot] = kinks[slot] == null ? line.kinks(stepOf(level - 1)) : kinks[slot];
            truncation = Math.max(truncation, KINKS / FAIL_TRUNCATIONS * kinks[slot][p]);
            measured = new Outcome(Verdict.INCONCLUSIVE, value, noise, truncation, narrow.step(), false, false);
        }
        return measured.as(rule.judge(p, a, measured), false);
    }

    /** Moves to a pair not yet tried: to larger steps where noise dominates, to smaller ones where truncation does. */
    private boolean next(Outcome guide, double analytic, boolean[] tried) {
        boolean up = guide.noise() * PASS_SIGMAS > guide.truncation();
        boolean far = !(guide.truncation() < 0.1 * Math.max(Math.abs(guide.numeric()), Math.abs(analytic)));
        // noise falls by 4 a level: how many levels until it is a part in 2¹⁰ of the derivative
        double size = Math.max(Math.abs(guide.numeric()), Math.abs(analytic));
        double lacking = Math.log(1024 * PASS_SIGMAS * guide.noise() / size) / Math.log(4);
        int climb = lacking > 4 ? (int) Math.min(lacking, highest - level) - 1 : 1;
        int[] wanted = up
                ? new int[] {level + climb, level + 1, level + 2, level - 1}
                : new int[] {far ? level - 3 : level - 1, level - 1, level + 1};
        for (int candidate : wanted) {
            if (candidate > LOWEST && candidate <= highest && !tried[candidate - LOWEST]) {
                level = candidate;
                return true;
            }
        }
        return false;
    }

    /** A kink shows as one-sided slopes that differ as much at the smallest legible step as at four times that step. */
    private boolean kinked(int p, double rtol) {
        for (int k = 1; k < readings.length; k++) {
            if (readings[k] != null && readings[k - 1] != null) {
                Reading wide = readings[k][p];
                Reading narrow = readings[k - 1][p];
                double bend = Math.abs(narrow.bend());
                double scale = Math.max(Math.abs(analytic[p]), Math.abs(narrow.slope()));
                if (narrow.finite()
                        && wide.finite()
                        && bend > FAIL_SIGMAS * narrow.bendNoise()
                        && bend >= 0.5 * Math.abs(wide.bend())
                        && bend > rtol * scale) {
                    return true;
                }
            }
        }
        return false;
    }
}
