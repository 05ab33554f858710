package dev.backlane.check;

import dev.backlane.check.Ladder.Outcome;
import java.util.List;

/**
 * The same computation in double, evaluated where the code under test is: supplies the derivative that float is judged
 * by, and tells a wrong formula from lost digits.
 */
final class DoubleTwin {
    private static final int SAMPLES = 3;
    /**
     * How far outputs of the two may be apart, relative to the largest of each output, unless the caller excuses more. Of
     * σ′(35) in float no digit is left, and nothing but the caller tells that this size does not matter.
     */
    private static final double SAME_FUNCTION = 1e-3;

    private final Problem problem;
    private final Problem tested;
    private final Probes probes;
    private final double[] outputs;
    /** Per probe and input: the twin's backward pass; null without one. */
    private final double[][][] exact;
    /** How much the exact derivative moves when the inputs move by a rounding error of the precision under test. */
    private final double[][][] condition;
    /** The same for the backward pass under test. */
    private final double[][][] spread;
    /**
     * The largest derivative of each input: exact, or else as claimed. A claim that is too large errs by its own size, and
     * so cannot pass for lost digits itself.
     */
    private final double[][] largest;

    DoubleTwin(Problem problem, Problem tested, Probes probes, double[] base, Settings settings, List<String> defects) {
        this.problem = problem;
        this.tested = tested;
        problem.moveTo(tested);
        this.probes = probes;
        outputs = problem.forward();
        compare(outputs, base, settings.absoluteTolerance(), defects);
        long seed = settings.seed();
        exact = problem.hasBackward() ? gradients(problem, probes) : null;
        condition = problem.hasBackward() ? spread(problem, probes, exact, seed) : null;
        double[][][] claimed = gradients(tested, probes);
        spread = spread(tested, probes, claimed, seed);
        largest = new double[probes.count()][claimed[0].length];
        for (int p = 0; p < largest.length; p++) {
            for (int i = 0; i < largest[p].length; i++) {
                double[] known = exact == null || exact[p][i] == null ? claimed[p][i] : exact[p][i];
                largest[p][i] = known == null ? 0 : Numbers.largest(known);
            }
        }
    }

    Problem problem() {
        return problem;
    }

    private static double[][][] gradients(Problem of, Probes probes) {
        double[][][] result = new double[probes.count()][][];
        for (int p = 0; p < result.length; p++) {
            result[p] = of.gradient(probes.cotangent(p));
        }
        return result;
    }

    private double[][][] spread(Problem of, Probes probes, double[][][] center, long seed) {
        double[][][] spread = new double[probes.count()][center[0].length][];
        for (int s = 0; s < SAMPLES; s++) {
            of.jitter(new SplitMix(seed, 3, s), tested.epsilon());
            for (int p = 0; p < spread.length; p++) {
                double[][] moved = of.gradient(probes.cotangent(p));
                for (int i = 0; i < moved.length; i++) {
                    if (moved[i] == null) {
                        continue;
                    }
                    spread[p][i] = spread[p][i] == null ? new double[moved[i].length] : spread[p][i];
                    for (int k = 0; k < moved[i].length; k++) {
                        spread[p][i][k] = Math.max(spread[p][i][k], Math.abs(moved[i][k] - center[p][i][k]));
                    }
                }
            }
        }
        of.restore();
        return spread;
    }

    private void compare(double[] own, double[] base, double excused, List<String> defects) {
        int from = 0;
        for (Slot slot : tested.outputs) {
            double largest = 0;
            for (int j = from; j < from + slot.size(); j++) {
                largest = Math.max(largest, Math.abs(own[j]));
            }
            double apart = Math.max(SAME_FUNCTION * largest, excused);
            for (int j = from; j < from + slot.size(); j++) {
                if (Double.isFinite(own[j]) && !(Math.abs(own[j] - base[j]) <= apart)) {
                    defects.add("the double-precision twin computes something else: " + slot.name
                            + Structure.at(slot.values, j - from) + " is " + own[j] + " in double and " + base[j]
                            + " in the code under test");
                    break;
                }
            }
            from += slot.size();
        }
    }

    /** The size of a derivative for which nothing cancels: of the outputs, weighted, over that of the input. */
    private double natural(int input, int probe) {
        double[] cotangent = probes.cotangent(probe);
        double weighted = 0;
        for (int j = 0; j < cotangent.length; j++) {
            weighted = Math.max(weighted, Math.abs(cotangent[j] * outputs[j]));
        }
        double size = tested.largest(input);
        return Double.isFinite(weighted) ? weighted / (size == 0 ? 1 : size) : 0;
    }

    Cause cause(int input, int k, int probe, double analytic, Outcome measured) {
        double truth = measured.numeric();
        boolean known = exact != null && exact[probe][input] != null;
        if (known) {
            double own = exact[probe][input][k];
            double size = Math.max(Math.abs(own), Math.abs(truth));
            if (!(Math.abs(own - truth) <= 1e-6 * size + measured.bar())) {
                return Cause.FORMULA;
            }
            truth = own;
        }
        if (!Double.isFinite(analytic)) {
            return Cause.ARITHMETIC;
        }
        double error = Math.abs(analytic - truth);
        if (known && error <= 4 * condition[probe][input][k]) {
            return Cause.ROUNDING;
        }
        double scale = Math.max(Math.max(largest[probe][input], Math.abs(truth)), natural(input, probe));
        boolean underflow = analytic == 0 && Math.abs(truth) < Float.MIN_NORMAL;
        boolean lostDigits = error <= 16 * spread[probe][input][k] + 64 * tested.epsilon() * scale;
        return underflow || lostDigits ? Cause.ARITHMETIC : Cause.FORMULA;
    }
}
