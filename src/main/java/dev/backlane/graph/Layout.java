package dev.backlane.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where each node's numbers lie in an arena. */
final class Layout {
    final int[] offsets;
    final int size;
    /** Which nodes are computed. */
    final boolean[] computed;
    /** Which nodes can be read afterwards. */
    final boolean[] readable;
    /** What reuse saves; null where every node keeps its place. */
    final Memory memory;

    private Layout(int[] offsets, long size, boolean[] computed, boolean[] readable, Memory memory) {
        if (size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "the graph needs an arena of " + size + " floats, more than an array can have");
        }
        this.offsets = offsets;
        this.size = (int) size;
        this.computed = computed;
        this.readable = readable;
        this.memory = memory;
    }

    /** One behind the other, with what each node saves for its derivatives. */
    static Layout keepAll(Graph graph) {
        boolean[] all = new boolean[graph.nodes.length];
        Arrays.fill(all, true);
        int[] offsets = new int[graph.nodes.length];
        long at = 0;
        for (Node z : graph.nodes) {
            offsets[z.index] = (int) at;
            at += z.size() + z.op.saved(z, true);
        }
        return new Layout(offsets, at, all, all, null);
    }

    /** Places for what has a derivative: nodes that depend on a variable. */
    static Layout active(Graph graph) {
        int[] offsets = new int[graph.nodes.length];
        long at = 0;
        for (Node z : graph.nodes) {
            offsets[z.index] = (int) at;
            at += graph.active[z.index] ? z.size() : 0;
        }
        return new Layout(offsets, at, graph.active, graph.active, null);
    }

    /**
     * Leaves one behind the other; then the rest, best fit, each place free again behind the last reader of its node.
     */
    static Layout reuse(Graph graph, Node... outputs) {
        if (outputs.length == 0) {
            throw new IllegalArgumentException("outputs must have at least one node");
        }
        int n = graph.nodes.length;
        boolean[] computed = new boolean[n];
        boolean[] readable = new boolean[n];
        for (Node output : outputs) {
            graph.require("output", output);
            computed[output.index] = true;
            readable[output.index] = true;
        }
        int[] lastReader = new int[n];
        for (int i = n - 1; i >= 0; i--) {
            if (computed[i]) {
                for (Node x : graph.nodes[i].inputs) {
                    computed[x.index] = true;
                    lastReader[x.index] = Math.max(lastReader[x.index], i);
                }
            }
        }
        int[] offsets = new int[n];
        long leaves = 0;
        for (Node z : graph.nodes) {
            if (z.op instanceof Leaf) {
                readable[z.index] = true;
                offsets[z.index] = (int) leaves;
                leaves += z.size();
            }
        }
        Places places = new Places();
        int nodes = 0;
        long kept = 0;
        long live = 0;
        long most = 0;
        for (Node z : graph.nodes) {
            if (!computed[z.index] || z.op instanceof Leaf) {
                continue;
            }
            int floats = z.size() + z.op.saved(z, false);
            offsets[z.index] = (int) (leaves + places.take(floats));
            nodes++;
            kept += floats;
            live += floats;
            most = Math.max(most, live);
            for (int k = 0; k < z.inputs.length; k++) {
                Node x = z.inputs[k];
                boolean again = Arrays.asList(z.inputs).indexOf(x) < k;
                if (!again && lastReader[x.index] == z.index && !readable[x.index]) {
                    int freed = x.size() + x.op.saved(x, false);
                    places.give((int) (offsets[x.index] - leaves), freed);
                    live -= freed;
                }
            }
        }
        Memory memory = new Memory(nodes, leaves, kept, places.end, most);
        return new Layout(offsets, leaves + places.end, computed, readable, memory);
    }

    /** Free places below an end that moves up when none is large enough. */
    private static final class Places {
        /** Start and length, ascending, no two touching. */
        private final List<int[]> free = new ArrayList<>();

        int end;

        int take(int length) {
            int[] best = null;
            for (int[] place : free) {
                if (place[1] >= length && (best == null || place[1] < best[1])) {
                    best = place;
                }
            }
            if (best == null) {
                // The last free place may reach to the end: then only what it lacks is new.
                best = free.isEmpty() ? null : free.get(free.size() - 1);
                if (best == null || best[0] + best[1] != end) {
                    best = new int[] {end, 0};
                    free.add(best);
                }
                end = Math.addExact(best[0], length);
                best[1] = length;
            }
            int start = best[0];
            best[0] += length;
            best[1] -= length;
            if (best[1] == 0) {
                free.remove(best);
            }
            return start;
        }

        void give(int start, int length) {
            int i = 0;
            while (i < free.size() && free.get(i)[0] < start) {
                i++;
            }
            free.add(i, new int[] {start, length});
            join(i);
            if (i > 0) {
                join(i - 1);
            }
        }

        private void join(int i) {
            if (i + 1 < free.size() && free.get(i)[0] + free.get(i)[1] == free.get(i + 1)[0]) {
                free.get(i)[1] += free.remove(i + 1)[1];
            }
        }
    }
}
