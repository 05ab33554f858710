package dev.backlane.graph;

import java.util.Arrays;
import java.util.Locale;

/**
 * What the gradient of one output by all variables costs in either mode: one backward pass, or one forward pass of
 * tangents for every element of every variable. A tangent pass computes all nodes that its variable moves, whether the
 * output needs them or not.
 *
 * @param variables elements of all variables
 * @param valueMultiplyAdds multiply-adds of the values alone
 * @param reverseMultiplyAdds multiply-adds of the backward pass
 * @param forwardMultiplyAdds multiply-adds of all tangent passes
 * @param reverseSeconds time of the backward pass, the median of several
 * @param forwardSeconds time of all tangent passes, likewise
 * @param timedPasses tangent passes that were timed; where these are not all, the time of all is in proportion
 */
public record GradientCost(
        long variables,
        long valueMultiplyAdds,
        long reverseMultiplyAdds,
        long forwardMultiplyAdds,
        double reverseSeconds,
        double forwardSeconds,
        long timedPasses) {
    private static final int REPEATS = 7;
    private static final int MOST_PASSES = 50;

    /**
     * Counts and times both modes.
     *
     * @param values after {@link Values#forward()}; its gradients are computed again and its directions cleared
     * @param output a scalar that depends on a variable
     * @return the report
     * @throws IllegalArgumentException if it is no such node of the graph
     * @throws IllegalStateException if there are no values yet, or these are for inference
     */
    public static GradientCost of(Values values, Node output) {
        double reverseSeconds = median(() -> values.backward(output));
        long value = 0;
        for (Node z : values.graph.nodes) {
            value += z.op.multiplyAdds(z);
        }
        long reverse = multiplyAdds(values.graph, values.g, true);
        long variables = 0;
        long forward = 0;
        for (Node x : values.graph.variables()) {
            values.clearDirections().direction(x, new float[x.size()]).jvp();
            forward += x.size() * multiplyAdds(values.graph, values.t, false);
            variables += x.size();
        }
        long step = Math.max(1, variables / MOST_PASSES);
        long timed = (variables + step - 1) / step;
        double forwardSeconds = median(() -> sweep(values, step)) / timed * variables;
        values.clearDirections();
        return new GradientCost(variables, value, reverse, forward, reverseSeconds, forwardSeconds, timed);
    }

    /** Both modes alike: what the first call costs, which loads and compiles, is in neither. */
    private static double median(Runnable mode) {
        double[] seconds = new double[REPEATS];
        for (int i = 0; i < REPEATS; i++) {
            long begin = System.nanoTime();
            mode.run();
            seconds[i] = (System.nanoTime() - begin) * 1e-9;
        }
        Arrays.sort(seconds);
        return seconds[REPEATS / 2];
    }

    /** Tangent passes along every step-th element of all variables. */
    private static void sweep(Values values, long step) {
        long next = 0;
        long first = 0;
        for (Node x : values.graph.variables()) {
            values.clearDirections().direction(x, new float[x.size()]);
            float[] direction = values.t.array(x);
            int at = values.t.at(x);
            for (; next < first + x.size(); next += step) {
                int i = at + (int) (next - first);
                direction[i] = 1;
                values.jvp();
                direction[i] = 0;
            }
            first += x.size();
        }
    }

    private static long multiplyAdds(Graph graph, Slots slots, boolean reverse) {
        long sum = 0;
        for (Node z : graph.nodes) {
            for (int k = 0; k < z.inputs.length; k++) {
                if (slots.has(z) && (reverse ? slots.wants(z.inputs[k]) : slots.has(z.inputs[k]))) {
                    sum += z.op.multiplyAdds(z, k);
                }
            }
        }
        return sum;
    }

    /** A table of both modes. */
    @Override
    public String toString() {
        Table table = new Table("mode", "passes", "multiply-adds", "of the value's", "time");
        row(table, "reverse", 1, reverseMultiplyAdds, reverseSeconds);
        row(table, "forward", variables, forwardMultiplyAdds, forwardSeconds);
        return table
                + (timedPasses == variables ? "" : "(time of " + timedPasses + " forward passes, in proportion)\n");
    }

    private void row(Table table, String mode, long passes, long multiplyAdds, double seconds) {
        table.row(
                mode,
                String.format(Locale.ROOT, "%,d", passes),
                String.format(Locale.ROOT, "%,d", multiplyAdds),
                String.format(Locale.ROOT, "%,.1f×", (double) multiplyAdds / Math.max(1, valueMultiplyAdds)),
                String.format(Locale.ROOT, "%,.1f µs", seconds * 1e6));
    }
}
