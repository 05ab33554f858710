package dev.backlane.graph;

import java.util.Locale;

/**
 * What a graph needs to compute some outputs and no derivatives.
 *
 * @param nodes nodes that are computed
 * @param leaves floats of variables, data and constants
 * @param kept floats of the computed nodes if each keeps its own place
 * @param reused floats of the computed nodes if a place is used again as soon as its node was read for the last time
 * @param live floats that some moment needs at once: no arrangement can do with less
 */
public record Memory(int nodes, long leaves, long kept, long reused, long live) {
    /** One line: bytes with and without reuse. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d nodes computed: %,d bytes without reuse, %,d with (%.1f times less; at least %,d are live at once);"
                        + " leaves %,d bytes",
                nodes,
                4 * kept,
                4 * reused,
                reused == 0 ? 1 : (double) kept / reused,
                4 * live,
                4 * leaves);
    }
}
