package dev.backlane.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.check.Ladder.Outcome;
import dev.backlane.check.Ladder.Rule;
import dev.backlane.check.Line.Reading;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** What decides a verdict, taken by itself. Numbers are powers of two, so that equality means equality. */
class RulesTest {
    private static final double NORM = 8;
    private static final double SLACK = 0x1p-7;
    private static final double RTOL = 0x1p-3;
    /** Rounding of the gradient that any direction is allowed. */
    private static final double ROOM = SLACK * NORM;

    private static Outcome measured(double numeric, double noise, double truncation) {
        return new Outcome(Verdict.INCONCLUSIVE, numeric, noise, truncation, 1, false, false);
    }

    private static Rule rule(IntToDoubleFunction rounding) {
        return Ladder.directionRule(RTOL, SLACK, new double[] {NORM}, rounding);
    }

    private static Verdict judge(double error, double noise, double rounding) {
        return rule(p -> rounding).judge(0, 1 + error, measured(1, noise, 0));
    }

    @Test
    void whatAMeasurementCouldHaveMissed() {
        assertEquals(8 * 0.5 + 10 * 0.25, measured(1, 0.5, 0.25).bar());
        assertEquals(6 * 0.5 + 3 * 0.25, measured(1, 0.5, 0.25).resolution());
    }

    @Test
    void aDirectionPassesWithinTheRoundingOfItsGradientIfThatCanBeSeen() {
        assertEquals(Verdict.PASS, judge(0, 0, 0));
        assertEquals(Verdict.PASS, judge(ROOM, 0, 0));
        assertEquals(Verdict.PASS, judge(0, ROOM / 8, 0));
        assertEquals(Verdict.INCONCLUSIVE, judge(0, ROOM / 4, 0));
    }

    @Test
    void aDirectionFailsBeyondNoiseUnlessItsGradientHasLostTheDigits() {
        assertEquals(Verdict.FAIL, judge(2 * ROOM, 0, 0));
        assertEquals(Verdict.INCONCLUSIVE, judge(ROOM + 0.25, 0, 0.25 / 8));
        assertEquals(Verdict.FAIL, judge(ROOM + 0.25, 0, 0.125 / 8));
        assertEquals(Verdict.INCONCLUSIVE, judge(0.5, 0, 1));
    }

    /** Nor is the rounding asked for then, which costs backward passes. */
    @Test
    void noLossOfDigitsExcusesMoreThanTheTolerance() {
        Rule unasked = rule(p -> {
            throw new AssertionError("asked for");
        });
        assertEquals(Verdict.FAIL, unasked.judge(0, 1 + 2 * RTOL * NORM, measured(1, 0, 0)));
        assertEquals(Verdict.PASS, unasked.judge(0, 1, measured(1, 0, 0)));
        assertEquals(Verdict.INCONCLUSIVE, judge(RTOL * NORM, 0, 1));
    }

    @Test
    void readingsAreFiniteWhereBothSlopesAre() {
        assertTrue(new Reading(1, 2, 3, 0, false).finite());
        assertFalse(new Reading(1, Double.NaN, 3, 0, false).finite());
        assertFalse(new Reading(1, 2, Double.POSITIVE_INFINITY, 0, false).finite());
    }

    private static Finding finding(Verdict verdict, double relative) {
        return new Finding(
                "x", 0, 0, -1, "y", 1, 1, relative, relative, 0, 1, 0, false, false, verdict, Cause.NONE, "");
    }

    @Test
    void failuresComeFirstHoweverSmall() {
        Finding failed = finding(Verdict.FAIL, 0.01);
        Finding open = finding(Verdict.INCONCLUSIVE, 0.5);
        Finding passed = finding(Verdict.PASS, 0.9);
        List<Finding> sorted = Arrays.asList(passed, open, failed);
        sorted.sort(Finding::byConcern);
        assertEquals(List.of(failed, open, passed), sorted);
    }

    @Test
    void eachPrecisionHasItsOwnDigits() {
        assertEquals(0x1p-22, new Store.Floats(new float[1]).ulp(-3));
        assertEquals(0x1p-51, new Store.Doubles(new double[1]).ulp(-3));
        assertEquals(0x1p-23, new Store.Floats(new float[1]).epsilon());
        assertEquals(0x1p-52, new Store.Doubles(new double[1]).epsilon());
    }

    @Test
    void wholeNumbersAreTheUpperBitsOfASeedsSequence() {
        SplitMix bits = new SplitMix(3, 1);
        SplitMix numbers = new SplitMix(3, 1);
        for (int i = 0; i < 20; i++) {
            assertEquals((int) ((bits.nextLong() >>> 1) % 1000), numbers.nextInt(1000));
        }
    }

    private static Problem problem(Runnable backward, double[] x, double[] dx) {
        Slot input = new Slot("x", Tensor.of(x), Tensor.of(dx), false);
        Slot output = new Slot("y", Tensor.of(new double[1]), Tensor.of(new double[1]), false);
        return new Problem(() -> {}, backward, () -> {}, List.of(input), List.of(output));
    }

    @Test
    void aPartOfADirectionIsThatPart() {
        double[] x = {1, 2, 4, 8, 16, 32, 64, 128};
        Direction whole = Direction.rademacher(problem(() -> {}, x, new double[8]), 0, new SplitMix(5));
        Direction part = whole.restrictedTo(2, 8).restrictedTo(5, 7);
        double[] gradient = {0, 0, 0, 0, 1000, 3, 0.5, 1000};
        assertEquals(2, part.size());
        assertEquals(whole.weight(5), part.weight(5));
        assertEquals(whole.weight(6), part.weight(6));
        assertEquals(3 * whole.weight(5) + 0.5 * whole.weight(6), part.dot(gradient));
        assertEquals(Math.hypot(3 * 32, 0.5 * 64), part.norm(gradient), 1e-12);
    }

    /** A gradient with errors of up to 10⁻⁶ either way, that no two nearby points have in common. */
    @Test
    void theRoundingOfAGradientIsEstimated() {
        double[] x = {1};
        double[] dx = new double[1];
        Runnable backward = () -> {
            long bits = SplitMix.mix(Double.doubleToLongBits(x[0]));
            dx[0] = 1 + 1e-6 * (bits * 0x1p-63);
        };
        Problem noisy = problem(backward, x, dx);
        double[] estimates = new double[9];
        for (int seed = 0; seed < estimates.length; seed++) {
            estimates[seed] = Noise.ofGradient(noisy, new double[] {1}, Direction.axis(noisy, 0, 0), seed);
        }
        Arrays.sort(estimates);
        double truth = 1e-6 / Math.sqrt(3);
        assertEquals(truth, estimates[4], 0.5 * truth, Arrays.toString(estimates));
        assertArrayEquals(new double[] {1}, x);
        dx[0] = 1;
        Problem exact = problem(() -> dx[0] = 1, x, dx);
        assertEquals(0, Noise.ofGradient(exact, new double[] {1}, Direction.axis(exact, 0, 0), 1));
    }

    @Test
    void cotangentsOfSeveralOutputsAreAllDifferent() {
        Slot input = new Slot("x", Tensor.of(new double[2]), Tensor.of(new double[2]), false);
        Slot first = new Slot("a", Tensor.of(new double[3]), Tensor.of(new double[3]), false);
        Slot second = new Slot("b", Tensor.of(new double[2]), Tensor.of(new double[2]), false);
        Probes probes =
                new Probes(new Problem(() -> {}, () -> {}, () -> {}, List.of(input), List.of(first, second)), 1);
        assertEquals(6, probes.count());
        for (int p = 0; p < 6; p++) {
            for (int j = 0; j < 5; j++) {
                assertEquals(j < 3 == (probes.outputOf(p) == 0), probes.cotangent(p)[j] != 0, p + " at " + j);
            }
            for (int q = 0; q < p; q++) {
                assertFalse(Arrays.equals(probes.cotangent(p), probes.cotangent(q)), p + " and " + q);
            }
        }
    }
}
