package dev.backlane.graph;

import java.util.Arrays;

/**
 * One number array per node, all in one flat arena: the values of a graph's nodes, or their gradients, or their
 * tangents. A leaf's array may instead be the caller's own.
 *
 * <p>A node whose array was not written in the current pass stands for zeros: nothing has to be cleared, and the first
 * contribution overwrites.
 */
final class Slots {
    final float[] flat;
    private final int[] offsets;
    private final boolean[] wanted;
    private final boolean[] filled;
    private float[][] bound;
    private int[] boundAt;

    /**
     * @param offsets where each node's array starts in the arena
     * @param size of the arena
     * @param wanted which nodes are written at all
     */
    Slots(int[] offsets, int size, boolean[] wanted) {
        flat = new float[size];
        this.offsets = offsets;
        this.wanted = wanted;
        filled = new boolean[offsets.length];
    }

    float[] array(Node x) {
        return isBound(x) ? bound[x.index] : flat;
    }

    int at(Node x) {
        return isBound(x) ? boundAt[x.index] : offsets[x.index];
    }

    boolean isBound(Node x) {
        return bound != null && bound[x.index] != null;
    }

    void bind(Node x, float[] array, int offset) {
        if (bound == null) {
            bound = new float[offsets.length][];
            boundAt = new int[offsets.length];
        }
        bound[x.index] = array;
        boundAt[x.index] = offset;
    }

    /** Whether anything wants the numbers of this node. */
    boolean wants(Node x) {
        return wanted[x.index];
    }

    /** Whether the node's array was written; else it stands for zeros. */
    boolean has(Node x) {
        return filled[x.index];
    }

    void fill(Node x) {
        filled[x.index] = true;
    }

    /** Whether the next contribution adds to what is there; else it must overwrite. From now on there is something. */
    boolean addsTo(Node x) {
        boolean adds = filled[x.index];
        filled[x.index] = true;
        return adds;
    }

    void forget() {
        Arrays.fill(filled, false);
    }

    void forget(Node x) {
        filled[x.index] = false;
    }

    void clear(Node x) {
        Arrays.fill(array(x), at(x), at(x) + x.size(), 0);
    }

    void copy(Node x, float[] to, int offset) {
        System.arraycopy(array(x), at(x), to, offset, x.size());
    }
}
