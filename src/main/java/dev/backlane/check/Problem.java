package dev.backlane.check;

import java.util.Arrays;
import java.util.List;

/** The function under test at one point: runs it, and moves numbers between the caller's arrays and double copies. */
final class Problem {
    private static final double TINY = 0x1p-7;

    final List<Slot> inputs;
    final List<Slot> outputs;
    private final Runnable forward;
    private final Runnable backward;
    private final Runnable jvp;
    private final int outputSize;
    private final double[][] original;
    private final double[] largest;
    private double[] rounding;
    private double[][] point;
    private long evaluations;

    Problem(Runnable forward, Runnable backward, Runnable jvp, List<Slot> inputs, List<Slot> outputs) {
        this.forward = forward;
        this.backward = backward;
        this.jvp = jvp;
        this.inputs = inputs;
        this.outputs = outputs;
        this.outputSize = outputs.stream().mapToInt(Slot::size).sum();
        this.original = inputs.stream().map(slot -> slot.values.read()).toArray(double[][]::new);
        this.point = original;
        this.largest = new double[inputs.size()];
        Arrays.fill(largest, Double.NaN);
    }

    int outputSize() {
        return outputSize;
    }

    boolean hasBackward() {
        return backward != null;
    }

    long evaluations() {
        return evaluations;
    }

    /** The inputs at the point of the check. */
    double[] point(int input) {
        return point[input];
    }

    /**
     * What counts as one for an input: 1, or its largest value where all are tiny. A function of inputs near 1e-9 bends at
     * that scale if it bends at all, and a step of thousandths would step over it.
     */
    double smallestUnit(int input) {
        double largest = largest(input);
        return largest == 0 || largest >= TINY ? 1 : Numbers.powerOfTwo(largest);
    }

    /** The largest finite magnitude of an input, computed once. */
    double largest(int input) {
        if (Double.isNaN(largest[input])) {
            largest[input] = Numbers.largest(point[input]);
        }
        return largest[input];
    }

    /** Replaces the point, for a twin that is evaluated where the code under test is. */
    void moveTo(Problem other) {
        point = other.point;
        Arrays.fill(largest, Double.NaN);
        restore();
    }

    /** Gives the caller's arrays back as they were. */
    void leave() {
        point = original;
        restore();
    }

    void restore() {
        for (int i = 0; i < inputs.size(); i++) {
            inputs.get(i).values.write(point[i], 0);
        }
    }

    /** The coarsest precision that takes part: it sets the step. */
    double epsilon() {
        double epsilon = 0;
        for (Slot slot : inputs) {
            epsilon = Math.max(epsilon, slot.values.store().epsilon());
        }
        for (Slot slot : outputs) {
            epsilon = Math.max(epsilon, slot.values.store().epsilon());
        }
        return epsilon;
    }

    /** Standard deviation of one rounding of each output, relative to it: about ε/2√12. */
    double[] relativeRounding() {
        if (rounding == null) {
            rounding = new double[outputSize];
            int from = 0;
            for (Slot slot : outputs) {
                double epsilon = slot.values.store().epsilon();
                Arrays.fill(rounding, from, from + slot.size(), epsilon / (2 * Math.sqrt(12)));
                from += slot.size();
            }
        }
        return rounding;
    }

    double[] forward() {
        double[] result = new double[outputSize];
        forward(result);
        return result;
    }

    void forward(double[] into) {
        evaluations++;
        forward.run();
        int from = 0;
        for (Slot slot : outputs) {
            slot.values.read(into, from);
            from += slot.size();
        }
    }

    /** Forward, then backward with the given cotangent into zeroed buffers. */
    double[][] gradient(double[] cotangent) {
        for (Slot slot : inputs) {
            if (slot.gradient != null) {
                slot.gradient.fill(0);
            }
        }
        return gradientIntoPrefilled(cotangent);
    }

    /** As {@link #gradient}, with whatever the caller put into the gradient buffers. */
    double[][] gradientIntoPrefilled(double[] cotangent) {
        forward.run();
        evaluations++;
        int from = 0;
        for (Slot slot : outputs) {
            if (slot.gradient != null) {
                slot.gradient.write(cotangent, from);
            }
            from += slot.size();
        }
        backward.run();
        return inputs.stream()
                .map(slot -> slot.gradient == null ? null : slot.gradient.read())
                .toArray(double[][]::new);
    }

    /** Forward, then the forward-mode derivative along a tangent that is zero outside one input. */
    double[] tangent(int input, double[] tangent) {
        forward.run();
        evaluations++;
        for (int i = 0; i < inputs.size(); i++) {
            Tensor target = inputs.get(i).tangent;
            if (target != null) {
                target.fill(0);
                if (i == input) {
                    target.write(tangent, 0);
                }
            }
        }
        for (Slot slot : outputs) {
            slot.tangent.fill(0);
        }
        jvp.run();
        double[] result = new double[outputSize];
        int from = 0;
        for (Slot slot : outputs) {
            slot.tangent.read(result, from);
            from += slot.size();
        }
        return result;
    }

    /**
     * Moves every input by a small random amount, to make caches of earlier activations stale or to draw new rounding
     * errors. A small value moves as if it were a 64th of the largest, and all-zero inputs as if they were 1. Moves are
     * powers of two times {@code relative}, so that small multiples of an ulp are exact.
     */
    void jitter(SplitMix random, double relative) {
        for (int i = 0; i < inputs.size(); i++) {
            Tensor values = inputs.get(i).values;
            double floor = largest(i) == 0 ? 1 : Math.max(0x1p-6 * largest(i), Double.MIN_NORMAL);
            for (int k = 0; k < point[i].length; k++) {
                double size = Numbers.powerOfTwo(Math.max(Math.abs(point[i][k]), floor));
                long bits = random.nextLong();
                double weight = (bits < 0 ? -1 : 1) * (1 + (bits & 1));
                values.set(k, point[i][k] + relative * size * weight);
            }
        }
    }
}
