package dev.backlane.check;

import dev.backlane.check.Ladder.Outcome;

/**
 * {@code ⟨J·t, c⟩ = ⟨t, Jᵀ·c⟩}, input by input. Both sides are rounded; by how much is measured: the identity holds at
 * every point, so what its residual does from one nearby point to the next is noise, and what stays is error.
 */
final class AdjointMode {
    private static final int POINTS = 5;
    private static final double SIGMAS = 8;
    private static final double SLACK = 64;

    private final CheckRun run;

    AdjointMode(CheckRun run) {
        this.run = run;
    }

    /** Averages over the nearby points, and the spread of the residual. */
    private record Sides(double forward, double reverse, double noise, double norm) {
        double residual() {
            return Math.abs(forward - reverse);
        }
    }

    void run(Tally tally) {
        for (int i = 0; i < run.inputCount(); i++) {
            if (!run.differentiates(i) || run.shape(i).size() == 0) {
                continue;
            }
            boolean bisected = false;
            for (int trial = 0; trial < run.settings().directions(); trial++) {
                double[] tangent = tangent(i, trial);
                int[] which = run.probes().ofVariant(trial);
                double[] analytic = new double[which.length];
                Outcome[] outcomes = new Outcome[which.length];
                for (int p = 0; p < which.length; p++) {
                    Sides sides = measure(i, which[p], tangent, POINTS);
                    analytic[p] = sides.reverse();
                    outcomes[p] = judge(sides);
                    if (outcomes[p].verdict() == Verdict.PASS && !outcomes[p].zero()) {
                        double typical = sides.norm() / Math.sqrt(tangent.length);
                        tally.sensitivity(i, bar(sides) / typical);
                    }
                }
                tally.direction(i, trial, which, analytic, outcomes);
                for (int p = 0; p < which.length && !bisected; p++) {
                    if (outcomes[p].verdict() == Verdict.FAIL) {
                        bisected = true;
                        bisect(i, which[p], tangent, tally);
                    }
                }
            }
        }
    }

    private double[] tangent(int input, int trial) {
        SplitMix random = new SplitMix(run.seed(), 9, input, trial);
        double[] tangent = new double[run.shape(input).size()];
        for (int k = 0; k < tangent.length; k++) {
            tangent[k] = random.nextWeight();
        }
        return tangent;
    }

    private Sides measure(int input, int probe, double[] tangent, int points) {
        Problem problem = run.tested();
        double[] residuals = new double[points];
        double forward = 0;
        double reverse = 0;
        double norm = 0;
        double mean = 0;
        for (int s = 0; s < points; s++) {
            problem.jitter(new SplitMix(run.seed(), 10, s), s == 0 ? 0 : 2 * problem.epsilon());
            double[] moved = problem.tangent(input, tangent);
            double[] gradient = problem.gradient(run.probes().cotangent(probe))[input];
            double lhs = Numbers.dot(moved, run.probes().cotangent(probe));
            double rhs = Numbers.dot(tangent, gradient);
            forward += lhs / points;
            reverse += rhs / points;
            residuals[s] = lhs - rhs;
            mean += residuals[s] / points;
            norm = Math.max(
                    norm, Math.max(termNorm(moved, run.probes().cotangent(probe)), termNorm(tangent, gradient)));
        }
        problem.restore();
        double variance = 0;
        for (double r : residuals) {
            variance += (r - mean) * (r - mean) / Math.max(1, points - 1);
        }
        return new Sides(forward, reverse, Math.sqrt(variance), norm);
    }

    private static double termNorm(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k] * a[k] * b[k];
        }
        return Math.sqrt(sum);
    }

    private double bar(Sides sides) {
        return SIGMAS * sides.noise() + SLACK * run.tested().epsilon() * sides.norm();
    }

    private Outcome judge(Sides sides) {
        double bar = bar(sides);
        Verdict verdict = !(sides.residual() <= bar)
                ? Double.isFinite(sides.forward()) ? Verdict.FAIL : Verdict.INCONCLUSIVE
                : bar <= run.rtol() * sides.norm() ? Verdict.PASS : Verdict.INCONCLUSIVE;
        boolean zero = sides.norm() == 0;
        // an outcome's resolution is six times its noise
        return new Outcome(zero ? Verdict.PASS : verdict, sides.forward(), bar / 6, 0, Double.NaN, false, zero);
    }

    /** Exact halving: both sides are linear in the tangent. */
    private void bisect(int input, int probe, double[] whole, Tally tally) {
        int from = 0;
        int to = whole.length;
        double left = signedResidual(input, probe, whole);
        while (to - from > 1) {
            int middle = (from + to) >>> 1;
            double low = signedResidual(input, probe, masked(whole, from, middle));
            // the two halves add up to what is left: the larger one holds at least half of it; NaN is followed
            if (!(Math.abs(low) < Math.abs(left - low))) {
                to = middle;
                left = low;
            } else {
                from = middle;
                left -= low;
            }
        }
        double[] unit = new double[whole.length];
        unit[from] = 1;
        Sides sides = measure(input, probe, unit, POINTS);
        tally.culprit(input, from, probe, sides.reverse(), judge(sides));
        tally.diagnose(input, "bisected to " + Structure.at(run.shape(input), from));
    }

    private double signedResidual(int input, int probe, double[] tangent) {
        Sides sides = measure(input, probe, tangent, 1);
        return sides.forward() - sides.reverse();
    }

    private static double[] masked(double[] whole, int from, int to) {
        double[] part = new double[whole.length];
        System.arraycopy(whole, from, part, from, to - from);
        return part;
    }
}
