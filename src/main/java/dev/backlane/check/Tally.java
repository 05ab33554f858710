package dev.backlane.check;

import dev.backlane.check.Ladder.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Counts comparisons, keeps the worst of them, and concludes. Memory does not grow with the number of coordinates. */
final class Tally {
    /** Decades of the histogram: below 1e-16, … , 1 and above. */
    static final int DECADES = 18;

    private final Settings settings;
    private final Problem problem;
    private final Probes probes;
    private final DoubleTwin twin;
    private final List<Counter> counters = new ArrayList<>();
    private final PriorityQueue<Finding> worst =
            new PriorityQueue<>(((Comparator<Finding>) Finding::byConcern).reversed());
    private final long[] histogram = new long[DECADES];

    /** @param twin may be null */
    Tally(Settings settings, Problem problem, Probes probes, DoubleTwin twin) {
        this.probes = probes;
        this.settings = settings;
        this.problem = problem;
        this.twin = twin;
        problem.inputs.forEach(slot -> counters.add(new Counter()));
    }

    private static final class Counter {
        long passed;
        long zeros;
        long failed;
        long inconclusive;
        long kinks;
        long excused;
        double largest = Double.NaN;
        double sensitivity = Double.NaN;
        String diagnosis = "";
    }

    /** One coordinate, seen through every probe: counts once, by the worst of them. */
    Finding coordinate(int input, int k, double[] analytic, Outcome[] outcomes) {
        Finding[] ofOutput = new Finding[problem.outputs.size()];
        boolean zero = true;
        for (int p = 0; p < outcomes.length; p++) {
            if (outcomes[p] != null) {
                Finding finding = finding(input, k, -1, p, analytic[p], outcomes[p]);
                int o = probes.outputOf(p);
                ofOutput[o] = ofOutput[o] == null ? finding : outweighs(finding, ofOutput[o]) ? finding : ofOutput[o];
                zero &= outcomes[p].zero();
            }
        }
        Finding worstOutput = Collections.min(Arrays.asList(ofOutput), Finding::byConcern);
        count(input, worstOutput, zero);
        return worstOutput;
    }

    /** Of two probes of one output: a FAIL, else a PASS; what one cotangent cannot resolve another may. */
    private static boolean outweighs(Finding a, Finding b) {
        if (a.verdict() != b.verdict()) {
            return a.verdict() == Verdict.FAIL || a.verdict() == Verdict.PASS && b.verdict() != Verdict.FAIL;
        }
        return Finding.byConcern(a, b) < 0;
    }

    /** One direction, seen through some probes: each counts. */
    void direction(int input, int direction, int[] which, double[] analytic, Outcome[] outcomes) {
        for (int n = 0; n < which.length; n++) {
            count(input, finding(input, -1, direction, which[n], analytic[n], outcomes[n]), outcomes[n].zero());
        }
    }

    /** Lists a coordinate that a bisection found, without counting it as checked. */
    void culprit(int input, int k, int probe, double analytic, Outcome outcome) {
        keep(finding(input, k, -1, probe, analytic, outcome));
    }

    void diagnose(int input, String diagnosis) {
        counters.get(input).diagnosis = diagnosis;
    }

    /** Keeps the finest sensitivity that any direction of the input had. */
    void sensitivity(int input, double relative) {
        Counter c = counters.get(input);
        c.sensitivity = Double.isNaN(c.sensitivity) ? relative : Math.min(c.sensitivity, relative);
    }

    private Finding finding(int input, int k, int direction, int probe, double analytic, Outcome o) {
        Slot slot = problem.inputs.get(input);
        double error = Math.abs(analytic - o.numeric());
        double relative = Double.isFinite(analytic) ? Numbers.relative(analytic, o.numeric()) : Double.NaN;
        Verdict verdict = o.verdict();
        Cause cause = verdict == Verdict.PASS ? Cause.NONE : Cause.UNDETERMINED;
        if (verdict == Verdict.FAIL && twin != null && k >= 0) {
            cause = twin.cause(input, k, probe, analytic, o);
            verdict = cause == Cause.ROUNDING ? Verdict.INCONCLUSIVE : verdict;
        }
        boolean excused =
                verdict != Verdict.PASS && settings.absoluteTolerance() > 0 && error <= settings.absoluteTolerance();
        verdict = excused ? Verdict.INCONCLUSIVE : verdict;
        int columns = Math.max(1, slot.values.columns());
        return new Finding(
                slot.name,
                k < 0 ? -1 : k / columns,
                k < 0 ? -1 : k % columns,
                direction,
                problem.outputs.get(probes.outputOf(probe)).name,
                analytic,
                o.numeric(),
                error,
                relative,
                error / slot.gradient.store().ulp(o.numeric()),
                o.step(),
                o.resolution(),
                o.kink(),
                excused,
                verdict,
                cause,
                Diagnosis.ofOne(analytic, o, verdict, cause, excused));
    }

    private void count(int input, Finding f, boolean zero) {
        Counter c = counters.get(input);
        switch (f.verdict()) {
            case PASS -> {
                c.passed += zero ? 0 : 1;
                c.zeros += zero ? 1 : 0;
            }
            case FAIL -> c.failed++;
            case INCONCLUSIVE -> {
                c.inconclusive++;
                c.kinks += f.kink() ? 1 : 0;
                c.excused += f.excused() ? 1 : 0;
            }
        }
        if (f.verdict() != Verdict.INCONCLUSIVE && !zero) {
            c.largest = Double.isNaN(c.largest) ? f.relativeError() : Math.max(c.largest, f.relativeError());
            histogram[decade(f.relativeError())]++;
        }
        keep(f);
    }

    private void keep(Finding f) {
        worst.add(f);
        if (worst.size() > settings.worst()) {
            worst.poll();
        }
    }

    private static int decade(double relative) {
        if (!(relative < 1)) {
            return DECADES - 1;
        }
        return relative < 1e-16 ? 0 : Math.clamp((int) Math.floor(Math.log10(relative)) + 17, 1, DECADES - 2);
    }

    GradientReport report(List<String> defects, long evaluations, String precision) {
        List<InputSummary> summaries = new ArrayList<>();
        for (int i = 0; i < counters.size(); i++) {
            if (problem.inputs.get(i).takesPart(settings)) {
                summaries.add(summary(i));
            }
        }
        List<Finding> sorted = new ArrayList<>(worst);
        sorted.sort(Finding::byConcern);
        return new GradientReport(
                overall(summaries, defects), settings, precision, summaries, sorted, defects, histogram, evaluations);
    }

    private static Verdict overall(List<InputSummary> summaries, List<String> defects) {
        if (!defects.isEmpty() || summaries.stream().anyMatch(s -> s.verdict() == Verdict.FAIL)) {
            return Verdict.FAIL;
        }
        boolean all = !summaries.isEmpty() && summaries.stream().allMatch(s -> s.verdict() == Verdict.PASS);
        return all ? Verdict.PASS : Verdict.INCONCLUSIVE;
    }

    private InputSummary summary(int input) {
        Counter c = counters.get(input);
        Tensor values = problem.inputs.get(input).values;
        long checked = c.passed + c.zeros + c.failed + c.inconclusive;
        Verdict verdict = Verdict.PASS;
        String diagnosis = c.diagnosis;
        if (c.failed > 0) {
            verdict = Verdict.FAIL;
        } else if (checked == 0) {
            verdict = Verdict.INCONCLUSIVE;
            diagnosis = "nothing was checked";
        } else if (c.inconclusive > settings.maxInconclusive() * checked) {
            verdict = Verdict.INCONCLUSIVE;
            diagnosis = "too many comparisons were inconclusive";
        } else if (c.passed == 0 && settings.only() == null) {
            verdict = Verdict.INCONCLUSIVE;
            diagnosis = "every derivative that was resolved is exactly zero: the formula was not exercised";
        }
        return new InputSummary(
                problem.inputs.get(input).name,
                values.rows(),
                values.columns(),
                checked,
                c.passed,
                c.zeros,
                c.failed,
                c.inconclusive,
                c.kinks,
                c.excused,
                c.largest,
                c.sensitivity,
                verdict,
                diagnosis);
    }
}
