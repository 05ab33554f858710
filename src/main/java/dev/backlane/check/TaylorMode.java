package dev.backlane.check;

import dev.backlane.check.Ladder.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;

/** The slope of the Taylor remainder along random signed directions. */
final class TaylorMode {
    private static final double RATIO = 4;
    /** A remainder counts only this many noise deviations above the floor. */
    private static final double LEGIBLE = 10;
    /** The slope is read off the smallest legible steps, where a linear part shows first. */
    private static final int POINTS = 3;

    /** A linear part of less than this many epsilons is the rounding of the gradient itself. */
    private static final double SLACK = 2048;

    private static final double QUADRATIC = 1.75;
    private static final double LINEAR = 0.15;
    /** Noise of a remainder's odd part: it is the mean of two, and this is four of its standard deviations. */
    private static final double ODD = 2;
    /** How far the rate of a linear part may vary: half of what LINEAR grants the largest step. */
    private static final double BETWEEN = 0.25;
    /** No linear part is concluded from larger steps: a slope of 1 there may be any function's. */
    private static final double WIDEST = 0x1p-4;

    private final CheckRun run;

    TaylorMode(CheckRun run) {
        this.run = run;
    }

    /** Both remainders at one step, and their parts: odd holds what a wrong slope leaves, even what a kink leaves. */
    private record Point(double tau, double size, double odd, double even) {}

    void run(Tally tally) {
        for (int i = 0; i < run.inputCount(); i++) {
            if (!run.differentiates(i) || run.shape(i).size() == 0) {
                continue;
            }
            for (int trial = 0; trial < run.settings().directions(); trial++) {
                check(i, trial, tally);
            }
        }
    }

    private void check(int input, int trial, Tally tally) {
        Direction direction = run.rademacher(input, trial);
        int[] which = run.probes().ofVariant(trial);
        Line line = run.line(direction, which);
        double[][] gradients = run.gradients(input, which);
        int probes = which.length;
        List<List<Point>> points = new ArrayList<>();
        for (int p = 0; p < probes; p++) {
            points.add(new ArrayList<>());
        }
        double largest = Numbers.powerOfTwo(0.5 / Math.sqrt(Math.sqrt(direction.size())));
        double smallest = run.baseStep() * run.baseStep();
        for (double tau = largest; tau >= smallest; tau /= RATIO) {
            double[][] remainders = line.remainders(tau, gradients);
            for (int p = 0; p < probes; p++) {
                double plus = remainders[p][0];
                double minus = remainders[p][1];
                if (Double.isNaN(plus) && Double.isFinite(direction.dot(gradients[p]))) {
                    continue;
                }
                points.get(p)
                        .add(new Point(
                                tau, (Math.abs(plus) + Math.abs(minus)) / 2, (plus - minus) / 2, (plus + minus) / 2));
            }
        }
        double[] analytic = run.analytic(direction, which);
        IntToDoubleFunction rounding = run.rounding(direction, which);
        Outcome[] outcomes = new Outcome[probes];
        for (int p = 0; p < probes; p++) {
            Ray ray = new Ray(line, gradients, p, rounding);
            outcomes[p] = judge(ray, points.get(p), analytic[p], direction.norm(gradients[p]), largest);
        }
        tally.direction(input, trial, which, analytic, outcomes);
    }

    /** One probe of a line. */
    private record Ray(Line line, double[][] gradients, int probe, IntToDoubleFunction rounding) {
        double odd(double tau) {
            double[] remainders = line.remainders(tau, gradients)[probe];
            return (remainders[0] - remainders[1]) / 2;
        }

        double kinks(double tau) {
            return line.kinks(tau)[probe];
        }
    }

    private Outcome judge(Ray ray, List<Point> all, double analytic, double norm, double largest) {
        double noise = ray.line().noiseOf(ray.probe());
        double remainderNoise = noise * Math.sqrt(2);
        List<Point> legible =
                all.stream().filter(q -> q.size() > LEGIBLE * remainderNoise).toList();
        boolean finite = all.stream().allMatch(q -> Double.isFinite(q.size()));
        if (!finite || !Double.isFinite(analytic)) {
            boolean wrong = !Double.isFinite(analytic) && Double.isFinite(noise);
            return outcome(wrong ? Verdict.FAIL : Verdict.INCONCLUSIVE, Double.NaN, noise, largest, false, false);
        }
        if (all.stream().allMatch(q -> q.size() == 0) && norm == 0) {
            return outcome(Verdict.PASS, 0, remainderNoise, largest, false, true);
        }
        List<Point> linear =
                linear(all, remainderNoise, SLACK * run.tested().epsilon() * Math.max(norm, Math.abs(analytic)));
        if (!linear.isEmpty()) {
            Point narrow = linear.getLast();
            double rate = narrow.odd() / narrow.tau();
            boolean kinks = kinked(ray, linear, remainderNoise);
            // a gradient that comes of cancelled numbers has lost more digits than SLACK allows for
            boolean lost = Math.abs(rate) <= Ladder.FAIL_SIGMAS * ray.rounding().applyAsDouble(ray.probe());
            Verdict verdict = kinks || lost ? Verdict.INCONCLUSIVE : Verdict.FAIL;
            return outcome(verdict, analytic + rate, remainderNoise / narrow.tau(), narrow.tau(), kinks, false);
        }
        for (Point q : all) {
            // no remainder at a step at which one of the tolerance's size would show: the function is linear up to here
            if (q.size() <= LEGIBLE * remainderNoise && LEGIBLE * remainderNoise <= run.rtol() * norm * q.tau()) {
                double numeric = analytic + q.odd() / q.tau();
                return outcome(Verdict.PASS, numeric, remainderNoise / q.tau(), q.tau(), false, false);
            }
        }
        if (legible.size() < 2) {
            return outcome(Verdict.INCONCLUSIVE, analytic, remainderNoise / largest, largest, false, false);
        }
        List<Point> used = legible.subList(Math.max(0, legible.size() - POINTS), legible.size());
        Point narrow = used.getLast();
        double slope = slope(used, Point::size);
        boolean bent = Math.abs(narrow.even()) > 0.5 * Math.abs(narrow.odd());
        boolean kink = slope < QUADRATIC && bent && slope(used, Point::even) < 1.5;
        double numeric = analytic + narrow.odd() / narrow.tau();
        Verdict verdict = slope >= QUADRATIC ? Verdict.PASS : Verdict.INCONCLUSIVE;
        return outcome(verdict, numeric, remainderNoise / narrow.tau(), narrow.tau(), kink, false);
    }

    /** Whether kinks may be what looks like a linear part: then it is of no one rate at steps between, or small beside them. */
    private static boolean kinked(Ray ray, List<Point> linear, double noise) {
        double narrow = linear.getLast().tau();
        double rate = linear.getLast().odd() / narrow;
        for (double tau = 2 * narrow; tau < linear.getFirst().tau(); tau *= 2) {
            if (!(Math.abs(ray.odd(tau) - rate * tau) <= ODD * noise + BETWEEN * Math.abs(rate) * tau)) {
                return true;
            }
        }
        double kinks = 0;
        for (int i = 1; i < linear.size(); i++) {
            kinks = Math.max(kinks, ray.kinks(linear.get(i).tau()));
        }
        return !(Math.abs(rate) > Ladder.KINKS * kinks);
    }

    /**
     * The points that show a linear part of the remainder, if it has one, be it hidden under the quadratic one: it has the odd part for itself, where
     * a correct gradient leaves slope 3, and goes on down to the noise. A kink farther from the point than the smallest
     * steps vanishes there; a nearer one leaves as much in the even part, and nothing is concluded then.
     */
    private static List<Point> linear(List<Point> all, double noise, double slack) {
        List<Point> legible =
                all.stream().filter(q -> Math.abs(q.odd()) > LEGIBLE * noise).toList();
        if (legible.size() < POINTS) {
            return List.of();
        }
        List<Point> used = legible.subList(legible.size() - POINTS, legible.size());
        Point wide = used.getFirst();
        Point narrow = used.getLast();
        double rate = narrow.odd() / narrow.tau();
        boolean goesOn = all.stream()
                .filter(q -> q.tau() < narrow.tau())
                .allMatch(q -> Math.abs(q.odd() - rate * q.tau()) <= ODD * noise + 0.2 * Math.abs(rate) * q.tau());
        double even = Math.abs(narrow.even());
        boolean smooth = even <= 3 * noise + 0.1 * Math.abs(narrow.odd()) || slope(used, Point::even) > QUADRATIC;
        boolean straight = Math.abs(slope(used, Point::odd) - 1) <= LINEAR;
        return Math.abs(rate) > slack && wide.tau() <= WIDEST && goesOn && smooth && straight ? used : List.of();
    }

    /** Slope in a plot of log |y| against log τ, from the first to the last point. */
    private static double slope(List<Point> points, ToDoubleFunction<Point> y) {
        Point wide = points.getFirst();
        Point narrow = points.getLast();
        return Math.log(Math.abs(y.applyAsDouble(wide) / y.applyAsDouble(narrow)))
                / Math.log(wide.tau() / narrow.tau());
    }

    private static Outcome outcome(
            Verdict verdict, double numeric, double noise, double step, boolean kink, boolean zero) {
        return new Outcome(verdict, numeric, noise, 0, step, kink, zero);
    }
}
