package dev.backlane.check;

import dev.backlane.check.Ladder.Outcome;

/** Random signed directions over each input; a failure is bisected to the coordinate that contributes most to it. */
final class ProjectionMode {
    private final CheckRun run;

    ProjectionMode(CheckRun run) {
        this.run = run;
    }

    void run(Tally tally) {
        for (int i = 0; i < run.inputCount(); i++) {
            if (run.differentiates(i) && run.shape(i).size() > 0) {
                check(i, tally);
            }
        }
    }

    private void check(int input, Tally tally) {
        boolean bisected = false;
        for (int trial = 0; trial < run.settings().directions(); trial++) {
            Direction direction = run.rademacher(input, trial);
            int[] which = run.probes().ofVariant(trial);
            if (direction.size() == 1) {
                // one coordinate has one direction, judged as such
                tally.coordinate(input, 0, run.analytic(input, 0), run.coordinate(input, 0, 0, null));
                return;
            }
            Outcome[] outcomes = run.direction(direction, which);
            tally.direction(input, trial, which, run.analytic(direction, which), outcomes);
            for (int n = 0; n < which.length; n++) {
                if (outcomes[n].verdict() == Verdict.FAIL && !bisected) {
                    bisected = true;
                    bisect(direction, which[n], tally);
                } else if (outcomes[n].verdict() == Verdict.PASS && !outcomes[n].zero()) {
                    double norm = direction.norm(run.gradient(input, which[n]));
                    double typical = norm / Math.sqrt(direction.size());
                    tally.sensitivity(input, (outcomes[n].bar() + run.slack() * norm) / typical);
                }
            }
        }
    }

    /** Halves the direction, each time keeping a half with the larger part of the disagreement that stands out from noise. */
    private void bisect(Direction whole, int probe, Tally tally) {
        Direction current = whole;
        Disagreement left = disagreement(whole, probe);
        while (current.size() > 1) {
            int middle = current.from + current.size() / 2;
            Direction low = current.restrictedTo(current.from, middle);
            Direction high = current.restrictedTo(middle, current.to);
            Disagreement ofLow = disagreement(low, probe);
            // the signed halves add up to the whole: one of them has at least half of it. NaN is followed
            if (ofLow.standsOut() && !(Math.abs(ofLow.signed()) < Math.abs(left.signed()) / 2)) {
                current = low;
                left = ofLow;
                continue;
            }
            Disagreement ofHigh = disagreement(high, probe);
            if (!ofLow.standsOut() && !ofHigh.standsOut()) {
                tally.diagnose(whole.input, "spread out over " + range(current) + ": no half of it stands out");
                return;
            }
            current = ofHigh.standsOut() ? high : low;
            left = ofHigh.standsOut() ? ofHigh : ofLow;
        }
        int k = current.from;
        Outcome outcome = run.coordinate(whole.input, k, 0, null)[probe];
        if (outcome != null) {
            tally.culprit(whole.input, k, probe, run.gradient(whole.input, probe)[k], outcome);
        }
        tally.diagnose(whole.input, "bisected to " + Structure.at(run.shape(whole.input), k));
    }

    private record Disagreement(double signed, boolean standsOut) {}

    private Disagreement disagreement(Direction direction, int probe) {
        int[] one = {probe};
        double analytic = run.analytic(direction, one)[0];
        if (direction.size() == 1) {
            Outcome o = run.coordinate(direction.input, direction.from, 0, null)[probe];
            // unread where another probe of the same output passed
            double slope = o == null ? 0 : o.numeric() * direction.weight(direction.from);
            return new Disagreement(slope - analytic, o != null && o.verdict() == Verdict.FAIL);
        }
        Outcome o = run.direction(direction, one)[0];
        double signed = o.numeric() - analytic;
        return new Disagreement(signed, !(Math.abs(signed) <= o.bar()));
    }

    private String range(Direction direction) {
        Tensor shape = run.shape(direction.input);
        return Structure.at(shape, direction.from) + " to " + Structure.at(shape, direction.to - 1);
    }
}
