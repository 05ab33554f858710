package dev.backlane.check;

import java.util.Arrays;

/**
 * A segment of one input and how far each of its coordinates moves per unit of step: {@code dₖ = ±max(1, |xₖ|)}, rounded
 * to a power of two. For an input whose values are all tiny, the largest of them takes the place of 1.
 */
final class Direction {
    final int input;
    final int from;
    final int to;
    private final double[] weights;

    private Direction(int input, int from, int to, double[] weights) {
        this.input = input;
        this.from = from;
        this.to = to;
        this.weights = weights;
    }

    /** One coordinate, upwards. */
    static Direction axis(Problem problem, int input, int k) {
        return new Direction(
                input, k, k + 1, new double[] {size(problem.point(input)[k], problem.smallestUnit(input))});
    }

    /** Random signs over the whole input. */
    static Direction rademacher(Problem problem, int input, SplitMix random) {
        double[] point = problem.point(input);
        double[] weights = new double[point.length];
        double unit = problem.smallestUnit(input);
        for (int k = 0; k < weights.length; k++) {
            weights[k] = random.nextSign() * size(point[k], unit);
        }
        return new Direction(input, 0, weights.length, weights);
    }

    /** The same direction, zero outside {@code [from, to)}. */
    Direction restrictedTo(int from, int to) {
        return new Direction(input, from, to, Arrays.copyOfRange(weights, from - this.from, to - this.from));
    }

    private static double size(double x, double unit) {
        return Double.isFinite(x) ? Numbers.powerOfTwo(Math.max(unit, Math.abs(x))) : 1;
    }

    int size() {
        return to - from;
    }

    double weight(int k) {
        return weights[k - from];
    }

    /** {@code ⟨g, d⟩}. */
    double dot(double[] gradient) {
        double sum = 0;
        for (int k = from; k < to; k++) {
            sum += gradient[k] * weights[k - from];
        }
        return sum;
    }

    /** {@code ‖g ∘ d‖₂}: what ⟨g, d⟩ amounts to for typical signs. */
    double norm(double[] gradient) {
        double sum = 0;
        for (int k = from; k < to; k++) {
            double term = gradient[k] * weights[k - from];
            sum += term * term;
        }
        return Math.sqrt(sum);
    }
}
