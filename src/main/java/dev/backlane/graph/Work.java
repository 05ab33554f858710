package dev.backlane.graph;

import java.util.Locale;

/**
 * What one backward pass did, counted as it went, and what it would have taken to follow every path from the output to
 * every variable on its own.
 *
 * @param nodes nodes visited, each once; after a pass that accumulates also variables whose gradient is from before
 * @param localDerivatives local derivatives ∂z/∂xₖ computed: one per edge
 * @param paths paths from the output to the variables
 * @param reused local derivatives that following every path by plain recursion would have computed again; the pass
 *     finds their products in the gradient that is already whole
 */
public record Work(long nodes, long localDerivatives, double paths, double reused) {
    /** One line. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d nodes visited once, %,d local derivatives computed once; %s paths to variables would take %s more",
                nodes,
                localDerivatives,
                count(paths),
                count(reused));
    }

    private static String count(double x) {
        return String.format(Locale.ROOT, x < 1e15 ? "%,.0f" : "%.3e", x);
    }

    static Work of(Values s, Node output) {
        double[] paths = new double[s.graph.nodes.length];
        double toVariables = 0;
        double derivatives = 0;
        paths[output.index] = 1;
        for (int i = output.index; i >= 0; i--) {
            Node z = s.graph.nodes[i];
            for (Node x : z.inputs) {
                if (s.graph.active[x.index]) {
                    paths[x.index] += paths[i];
                    derivatives += paths[i];
                }
            }
            toVariables += s.graph.active[i] && z.inputs.length == 0 ? paths[i] : 0;
        }
        return new Work(s.visited, s.localDerivatives, toVariables, derivatives - s.localDerivatives);
    }
}
