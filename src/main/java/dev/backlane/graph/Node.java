package dev.backlane.graph;

import java.util.List;

/** A handle on one node of a {@link Graph}: what computes it, from what, and its shape. Immutable; holds no numbers. */
public final class Node {
    /** Place in the graph's order, in which every node comes behind its inputs. */
    final int index;

    final Op op;
    final Shape shape;
    final Node[] inputs;
    /** Whose node this is: its builder. */
    final Object owner;

    Node(Object owner, int index, Op op, Shape shape, Node... inputs) {
        this.owner = owner;
        this.index = index;
        this.op = op;
        this.shape = shape;
        this.inputs = inputs;
    }

    /**
     * Place in the graph's order, in which every node comes behind its inputs.
     *
     * @return 0 for the first
     */
    public int index() {
        return index;
    }

    /**
     * What computes it.
     *
     * @return its operation
     */
    public Op op() {
        return op;
    }

    /**
     * Its shape, fixed when the graph was built.
     *
     * @return the shape
     */
    public Shape shape() {
        return shape;
    }

    /**
     * What it is computed from.
     *
     * @return nodes before it, in the order of its operation's operands
     */
    public List<Node> inputs() {
        return List.of(inputs);
    }

    int size() {
        return shape.size();
    }

    /** Index, operation and shape: {@code v3: add, 2×4}. */
    @Override
    public String toString() {
        return "v" + index + ": " + op + ", " + shape;
    }
}
