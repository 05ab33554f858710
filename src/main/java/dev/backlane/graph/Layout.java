package dev.backlane.graph;

import java.util.Arrays;
import java.util.Comparator;
import java.util.TreeSet;

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
            at += z.size() + z.op.saved(z);
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
        if (outputs == null || outputs.length == 0) {
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
            int floats = z.size();
            offsets[z.index] = (int) (leaves + places.take(floats));
            nodes++;
            kept += floats;
            live += floats;
            most = Math.max(most, live);
            for (Node x : z.inputs) {
                if (lastReader[x.index] == z.index && !readable[x.index]) {
                    places.give(offsets[x.index] - leaves, x.size());
                    live -= x.size();
                    // It may be an operand twice, and is free once.
                    lastReader[x.index] = -1;
                }
            }
        }
        Memory memory = new Memory(nodes, leaves, kept, places.end, most);
        return new Layout(offsets, leaves + places.end, computed, readable, memory);
    }

    private record Place(long start, long length) {
        long end() {
            return start + length;
        }
    }

    /** Free places below an end that moves up when none is large enough. No two touch. */
    private static final class Places {
        private final TreeSet<Place> byStart = new TreeSet<>(Comparator.comparingLong(Place::start));
        private final TreeSet<Place> byLength =
                new TreeSet<>(Comparator.comparingLong(Place::length).thenComparingLong(Place::start));

        long end;

        long take(int length) {
            Place place = byLength.ceiling(new Place(0, length));
            if (place == null) {
                // The last free place may reach to the end: then only what it lacks is new.
                boolean reaches = !byStart.isEmpty() && byStart.last().end() == end;
                place = reaches ? byStart.last() : new Place(end, 0);
                end = place.start + length;
            }
            remove(place);
            if (place.length > length) {
                add(new Place(place.start + length, place.length - length));
            }
            return place.start;
        }

        void give(long start, int length) {
            Place given = new Place(start, length);
            Place before = byStart.lower(given);
            Place behind = byStart.higher(given);
            if (before != null && before.end() == start) {
                remove(before);
                given = new Place(before.start, before.length + given.length);
            }
            if (behind != null && behind.start == given.end()) {
                remove(behind);
                given = new Place(given.start, given.length + behind.length);
            }
            add(given);
        }

        private void add(Place place) {
            byStart.add(place);
            byLength.add(place);
        }

        private void remove(Place place) {
            byStart.remove(place);
            byLength.remove(place);
        }
    }
}
