package dev.backlane.check;

import java.util.Arrays;

/**
 * The function along one direction: {@code φₚ(τ) = Σⱼ cₚⱼ·yⱼ(x + τ·d)} for every probe p at once.
 *
 * <p>Differences are taken output by output and contracted afterwards, in double: outputs that do not move contribute an
 * exact zero, and no noise.
 */
final class Line {
    /**
     * A function that does not move at all may be constant, or stand on a tread of its rounding staircase, which no noise
     * gives away. A tread is taken to be as wide as the rounding of intermediate values this much larger than inputs and
     * outputs.
     */
    private static final double TREAD = 16;

    private final Problem problem;
    private final Direction direction;
    private final double[][] probes;
    private final double[] base;
    private final double[] sigma;
    private final double[] relativeRounding;
    private final double tread;
    private final double[] ahead;
    private final double[] behind;
    private boolean[] dependents;
    private double farthest;

    /**
     * @param base outputs at the point itself
     * @param sigma noise of each output
     * @param scratch two arrays of output size, shared by consecutive lines
     */
    Line(Problem problem, Direction direction, double[][] probes, double[] base, double[] sigma, double[][] scratch) {
        this.problem = problem;
        this.direction = direction;
        this.probes = probes;
        this.base = base;
        this.sigma = sigma;
        this.relativeRounding = problem.relativeRounding();
        double largest = Math.max(1, Math.max(Numbers.largest(base), problem.largest(direction.input)));
        this.tread = TREAD * problem.epsilon() * largest;
        this.ahead = scratch[0];
        this.behind = scratch[1];
    }

    Direction direction() {
        return direction;
    }

    /** What one step shows of one probe. */
    record Reading(
            /* step actually realised, in units of the coordinate for an axis and of the direction otherwise */
            double step,
            /* (φ(τ) − φ(−τ)) / 2τ */
            double slope,
            /* one-sided derivatives' difference: (φ(τ) − φ(0))/τ − (φ(0) − φ(−τ))/τ */
            double bend,
            /* standard deviation of slope; bend's is √6·√2 times it */
            double noise,
            /* no output moved at all, on either side */
            boolean silent) {
        boolean finite() {
            return Double.isFinite(slope) && Double.isFinite(bend);
        }

        double bendNoise() {
            // var(f₊ − 2f₀ + f₋) = 6σ² over τ, against var(f₊ − f₋) = 2σ² over 2τ
            return noise * Math.sqrt(12);
        }
    }

    /**
     * Reads all probes at step τ.
     *
     * @param gradients for a direction of several coordinates: the gradient, per probe, that accounts for the difference
     *     between the step asked for and the step realised; not used for an axis, whose realised step divides
     */
    Reading[] read(double tau, double[][] gradients) {
        int count = probes.length;
        boolean axis = direction.size() == 1;
        double[] asked = new double[count];
        double[] up = move(tau, gradients);
        problem.forward(ahead);
        double[] down = move(-tau, gradients);
        problem.forward(behind);
        unmove();
        double unit = Math.abs(direction.weight(direction.from));
        double stepUp = axis ? up[0] : tau;
        double stepDown = axis ? -down[0] : tau;
        for (int p = 0; p < count && !axis; p++) {
            asked[p] = direction.dot(gradients[p]);
        }
        Reading[] readings = new Reading[count];
        for (int p = 0; p < count; p++) {
            double plus = 0;
            double minus = 0;
            double variance = 0;
            double all = 0;
            boolean silent = true;
            double[] c = probes[p];
            for (int j = 0; j < c.length; j++) {
                if (c[j] == 0) {
                    continue;
                }
                double v = c[j] * c[j] * variance(j);
                all += v;
                boolean moved = ahead[j] != base[j] || behind[j] != base[j];
                if (moved) {
                    plus += c[j] * (ahead[j] - base[j]);
                    minus += c[j] * (base[j] - behind[j]);
                    silent = false;
                }
                // an output that stays put under a far larger step can hide no more than its rounding over that step
                double still = dependents == null ? 0 : dependents[j] ? 1 : Math.min(1, tau / farthest);
                variance += moved ? v : v * still * still;
            }
            double spread = Math.sqrt(2 * (silent || !axis ? all : variance));
            double noise = (silent ? Math.max(spread, tread) : spread) / (stepUp + stepDown);
            double slope = (plus + minus) / (stepUp + stepDown);
            double bend = plus / stepUp - minus / stepDown;
            if (!axis) {
                slope += asked[p] - (up[p] - down[p]) / (2 * tau);
                bend -= (up[p] + down[p]) / tau;
            }
            double step = axis ? (stepUp + stepDown) / 2 : tau * unit;
            readings[p] = new Reading(step, slope, bend, noise, silent);
        }
        return readings;
    }

    /** The noise estimated at the point, and the rounding of values that the step made larger. */
    private double variance(int j) {
        double grown = Math.max(Math.abs(ahead[j]), Math.abs(behind[j])) * relativeRounding[j];
        return sigma[j] * sigma[j] + grown * grown;
    }

    /**
     * {@code φ(τ) − φ(0) − ⟨g, Δx⟩} for Δx as realised, on both sides. NaN where no output moves and none had to.
     */
    double[][] remainders(double tau, double[][] gradients) {
        double[] up = move(tau, gradients);
        problem.forward(ahead);
        double[] down = move(-tau, gradients);
        problem.forward(behind);
        unmove();
        double[][] result = new double[probes.length][2];
        for (int p = 0; p < probes.length; p++) {
            double plus = 0;
            double minus = 0;
            boolean silent = true;
            double[] c = probes[p];
            for (int j = 0; j < c.length; j++) {
                if (c[j] != 0) {
                    silent &= ahead[j] == base[j] && behind[j] == base[j];
                    plus += c[j] * (ahead[j] - base[j]);
                    minus += c[j] * (behind[j] - base[j]);
                }
            }
            boolean axis = direction.size() == 1;
            double k = axis ? gradients[p][direction.from] : 1;
            result[p][0] = plus - k * up[p];
            result[p][1] = minus - k * down[p];
            double expected = Math.max(Math.abs(result[p][0]), Math.abs(result[p][1]));
            if (silent && expected > 0 && expected < 8 * tread) {
                Arrays.fill(result[p], Double.NaN);
            }
        }
        return result;
    }

    /**
     * What kinks may leave in the slope at step τ, per probe: how much the slope of each output by itself changes from 4τ to
     * τ, and of these the root of the sum of squares, less two standard deviations of noise. In a contracted slope the
     * changes of many outputs may cancel by the luck of the cotangents' signs, and what kinks leave in its value need not;
     * squares do not cancel. For kinks anywhere within 4τ the result is 1.5 standard deviations of what they leave. The
     * slope of a smooth output changes as well, by a multiple of τ²: where the step 16τ makes that out, it is taken off.
     */
    double[] kinks(double tau) {
        double[][] narrow = slopes(tau);
        double[][] wide = slopes(4 * tau);
        double[][] wider = slopes(16 * tau);
        double[] result = new double[probes.length];
        for (int p = 0; p < result.length; p++) {
            double whole = 0;
            double rough = 0;
            for (int j = 0; j < base.length; j++) {
                double change = narrow[0][j] - wide[0][j];
                if (probes[p][j] != 0 && change != 0) {
                    double smooth = (wide[0][j] - wider[0][j]) / 16;
                    double noise = 4 * (narrow[1][j] + wide[1][j]);
                    double weight = probes[p][j] * probes[p][j];
                    whole += weight * (change * change - noise);
                    rough += weight * ((change - smooth) * (change - smooth) - noise);
                }
            }
            result[p] = Math.sqrt(Math.max(0, rough < whole ? rough : whole));
        }
        return result;
    }

    /** One step, output by output: the slope, and its variance. */
    private double[][] slopes(double tau) {
        double[] up = move(tau, null);
        problem.forward(ahead);
        double[] down = move(-tau, null);
        problem.forward(behind);
        unmove();
        double width = direction.size() == 1 ? up[0] - down[0] : 2 * tau;
        double[][] slopes = new double[2][base.length];
        for (int j = 0; j < base.length; j++) {
            slopes[0][j] = (ahead[j] - behind[j]) / width;
            slopes[1][j] = 2 * variance(j) / (width * width);
        }
        return slopes;
    }

    /** Standard deviation of {@code φₚ}'s own noise. */
    double noiseOf(int p) {
        double variance = 0;
        for (int j = 0; j < sigma.length; j++) {
            variance += probes[p][j] * probes[p][j] * sigma[j] * sigma[j];
        }
        return Math.sqrt(variance);
    }

    /**
     * Finds the outputs that a large step moves. Where a small step leaves such an output exactly as it was, rounding hid
     * the change, and its noise counts from now on; of the others, as much as the large step would not show either.
     */
    void findDependents(double tau) {
        farthest = tau;
        dependents = new boolean[base.length];
        move(tau, null);
        problem.forward(ahead);
        move(-tau, null);
        problem.forward(behind);
        unmove();
        for (int j = 0; j < base.length; j++) {
            dependents[j] = ahead[j] != base[j] || behind[j] != base[j];
        }
    }

    /**
     * Moves to x + τ·d; answers ⟨gₚ, Δx⟩ for Δx as realised, or Δx itself (for every probe) for an axis; zeros for a
     * direction without gradients.
     */
    private double[] move(double tau, double[][] gradients) {
        Tensor values = problem.inputs.get(direction.input).values;
        double[] x = problem.point(direction.input);
        double[] realised = new double[probes.length];
        boolean axis = direction.size() == 1;
        for (int k = direction.from; k < direction.to; k++) {
            values.set(k, x[k] + tau * direction.weight(k));
            double delta = values.get(k) - x[k];
            for (int p = 0; p < realised.length; p++) {
                realised[p] += axis ? delta : gradients == null ? 0 : gradients[p][k] * delta;
            }
        }
        return realised;
    }

    private void unmove() {
        Tensor values = problem.inputs.get(direction.input).values;
        double[] x = problem.point(direction.input);
        for (int k = direction.from; k < direction.to; k++) {
            values.set(k, x[k]);
        }
    }
}
