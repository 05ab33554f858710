package dev.backlane.suite;

import static org.junit.jupiter.api.Assertions.fail;

import dev.backlane.check.Cause;
import dev.backlane.check.Finding;
import dev.backlane.check.GradientCheck;
import dev.backlane.check.GradientReport;
import dev.backlane.check.InputSummary;
import dev.backlane.check.Mode;
import dev.backlane.check.Verdict;
import java.util.List;

/** What is asked of a report. */
final class Judge {
    private static final double MOST = 0.6;

    private Judge() {}

    /** On saturated numbers f′ = 1 − y² is rounded to a multiple of ε: what that leaves is excused, and not certified. */
    static GradientReport run(GradientCheck check, Mode mode, Terrain terrain) {
        return run(check.absoluteTolerance(terrain == Terrain.SATURATED ? 2e-3 : 0), mode);
    }

    static GradientReport run(GradientCheck check, Mode mode) {
        return check.mode(mode).sample(16).directions(3).worst(10_000).check();
    }

    /**
     * Certified: not wrong, and most comparisons of every input PASS. The others are sums that happen to cancel, of which
     * float leaves few digits; or, where a derivative may rightly be zero, all are resolved as exactly zero.
     */
    static void passes(String what, GradientReport report, boolean flat) {
        isNotWrong(what, report);
        for (InputSummary s : report.inputs()) {
            boolean zero = flat && s.zeros() == s.checked() && s.checked() > 0;
            if (!zero && !(s.passed() > 0 && s.passed() + s.zeros() >= MOST * s.checked())) {
                fail(what + "\n" + report);
            }
        }
    }

    /**
     * Not wrong: no defect, and no failure but of digits that float does not have. A direction that fails is excused by such
     * a coordinate of the same input, which its bisection names.
     */
    static void isNotWrong(String what, GradientReport report) {
        List<Finding> failures =
                report.worst().stream().filter(f -> f.verdict() == Verdict.FAIL).toList();
        for (Finding f : failures) {
            boolean digits = f.row() >= 0
                    ? f.cause() == Cause.ARITHMETIC
                    : failures.stream()
                            .anyMatch(
                                    g -> g.row() >= 0 && g.input().equals(f.input()) && g.cause() == Cause.ARITHMETIC);
            if (!digits) {
                fail(what + "\n" + report);
            }
        }
        if (!report.defects().isEmpty()) {
            fail(what + "\n" + report);
        }
    }

    /** Sound: deterministic, accumulating as declared, no stray writes, linear, and finite. */
    static void isSound(String what, GradientReport report) {
        if (!report.defects().isEmpty() || report.worst().stream().anyMatch(f -> !Double.isFinite(f.analytic()))) {
            fail(what + "\n" + report);
        }
    }
}
