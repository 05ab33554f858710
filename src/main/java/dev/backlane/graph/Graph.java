package dev.backlane.graph;

import dev.backlane.kernel.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A computation graph: nodes in an order in which each comes behind its inputs, with shapes that are fixed. Immutable;
 * holds no numbers but its constants. {@link Values} has the numbers and walks the graph: forward for values, backward
 * for gradients, forward for tangents. Any number of threads may walk one graph at once, each with its own {@code
 * Values}.
 *
 * <pre>{@code
 * Graph.Builder g = Graph.builder();
 * Node a = g.variable("a");
 * Node b = g.variable("b");
 * Node e = g.multiply(g.add(a, b), g.add(b, g.constant(1)));
 * Values v = g.build().values();
 * v.set(a, 2).set(b, 1).forward().backward(e);
 * v.gradient(b); // 5
 * }</pre>
 */
public final class Graph {
    final Object owner;
    final Node[] nodes;
    final String[] names;
    private final Set<String> used;
    /** Which nodes depend on a variable. */
    final boolean[] active;

    private Graph(Builder builder) {
        owner = builder;
        nodes = builder.nodes.toArray(Node[]::new);
        names = builder.names.toArray(String[]::new);
        used = builder.used;
        active = new boolean[nodes.length];
        for (Node node : nodes) {
            active[node.index] = builder.active.get(node.index);
        }
    }

    /**
     * Starts a graph.
     *
     * @return a builder without nodes
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * All nodes.
     *
     * @return in the order of computation
     */
    public List<Node> nodes() {
        return Collections.unmodifiableList(Arrays.asList(nodes));
    }

    /**
     * The node of a name.
     *
     * @param name as given to the builder
     * @return the node
     * @throws IllegalArgumentException if there is none
     */
    public Node node(String name) {
        int index = Arrays.asList(names).indexOf(name);
        if (name == null || index < 0) {
            throw new IllegalArgumentException("name must be one of a node of this graph, but is " + name);
        }
        return nodes[index];
    }

    /**
     * The name of a node: as given to the builder; else a scalar constant's number; else v and its index, with another v
     * in front while that is the name of another node.
     *
     * @param node a node of this graph
     * @return the name
     */
    public String name(Node node) {
        require("node", node);
        return name(names[node.index], node, used);
    }

    private static String name(String given, Node node, Set<String> used) {
        if (given != null) {
            return given;
        }
        if (node.op instanceof Leaf leaf && leaf.numbers != null && node.shape.rank() == 0) {
            return Numbers.text(leaf.numbers[0]);
        }
        String name = "v" + node.index;
        while (used.contains(name)) {
            name = "v" + name;
        }
        return name;
    }

    /**
     * The variables: what gradients are taken by.
     *
     * @return in the order in which they were added
     */
    public List<Node> variables() {
        List<Node> variables = new ArrayList<>();
        for (Node node : nodes) {
            if (node.op instanceof Leaf leaf && leaf.kind == Leaf.Kind.VARIABLE) {
                variables.add(node);
            }
        }
        return variables;
    }

    /**
     * Numbers for this graph, computed on the calling thread.
     *
     * @return a new arena in which every node keeps its value
     */
    public Values values() {
        return values(Workers.caller());
    }

    /**
     * Numbers for this graph.
     *
     * @param workers the threads that its kernels may use
     * @return a new arena in which every node keeps its value
     */
    public Values values(Workers workers) {
        return new Values(this, workers, Layout.keepAll(this), true);
    }

    /**
     * Numbers for this graph where only some nodes are wanted, and no derivatives: the others' memory is used again as
     * soon as the last node that reads it is computed.
     *
     * @param workers the threads that its kernels may use
     * @param outputs the nodes whose values are wanted
     * @return a new arena; {@link #memory} tells its size
     * @throws IllegalArgumentException if there is no output, or one is not of this graph
     */
    public Values inference(Workers workers, Node... outputs) {
        return new Values(this, workers, Layout.reuse(this, outputs), false);
    }

    /**
     * What inference needs.
     *
     * @param outputs the nodes whose values are wanted
     * @return floats with and without reuse
     * @throws IllegalArgumentException if there is no output, or one is not of this graph
     */
    public Memory memory(Node... outputs) {
        return Layout.reuse(this, outputs).memory;
    }

    void require(String what, Node node) {
        if (node == null || node.owner != owner) {
            throw new IllegalArgumentException(what + " must be a node of this graph, but is " + node);
        }
    }

    /** Its size. */
    int requireLeaf(Node node) {
        require("node", node);
        if (!(node.op instanceof Leaf leaf) || leaf.kind == Leaf.Kind.CONSTANT) {
            throw new IllegalArgumentException("node must be a variable or data, but " + name(node) + " is " + node.op);
        }
        return node.size();
    }

    /** Its size. */
    int requireVariable(Node node) {
        require("node", node);
        if (!(node.op instanceof Leaf leaf) || leaf.kind != Leaf.Kind.VARIABLE) {
            throw new IllegalArgumentException("node must be a variable, but " + name(node) + " is " + node.op);
        }
        return node.size();
    }

    /** Adds nodes; each method returns a handle on the new one. A node may be an input of any number of others. */
    public static final class Builder extends Operations {
        private final List<Node> nodes = new ArrayList<>();
        private final List<String> names = new ArrayList<>();
        private final Set<String> used = new HashSet<>();
        private final BitSet active = new BitSet();
        private boolean built;

        private Builder() {}

        /**
         * Ends the graph.
         *
         * @return all nodes added so far; nothing can be added any more
         */
        public Graph build() {
            built = true;
            return new Graph(this);
        }

        /**
         * Names a node, for tables and messages.
         *
         * @param name not yet used
         * @param node a node of this builder
         * @return the node
         * @throws IllegalArgumentException if the name is used or empty, or the node has another
         * @throws IllegalStateException if the graph is built
         */
        public Node name(String name, Node node) {
            requireOpen();
            require(node);
            requireNew(name);
            if (names.get(node.index) != null) {
                throw new IllegalArgumentException(
                        "node must not have a name yet, but is called " + names.get(node.index));
            }
            used.add(name);
            names.set(node.index, name);
            return node;
        }

        /**
         * Adds a variable: derivatives are taken by it.
         *
         * @param name not yet used
         * @param lengths none for a scalar, one for a vector, rows and columns for a matrix
         * @return the node
         */
        public Node variable(String name, int... lengths) {
            return leaf(name, new Leaf(Leaf.Kind.VARIABLE, null), Shape.of(lengths));
        }

        /**
         * Adds data: given like a variable, but no derivative is taken by it, which spares the work.
         *
         * @param name not yet used
         * @param lengths none for a scalar, one for a vector, rows and columns for a matrix
         * @return the node
         */
        public Node data(String name, int... lengths) {
            return leaf(name, new Leaf(Leaf.Kind.DATA, null), Shape.of(lengths));
        }

        /**
         * Adds a constant.
         *
         * @param number its value
         * @return the node, a scalar
         */
        public Node constant(float number) {
            return add(new Leaf(Leaf.Kind.CONSTANT, new float[] {number}), Shape.SCALAR);
        }

        /**
         * Adds a constant.
         *
         * @param numbers its value, row-major; copied
         * @param lengths one for a vector, rows and columns for a matrix
         * @return the node
         * @throws IllegalArgumentException if the lengths do not fit the numbers
         */
        public Node constant(float[] numbers, int... lengths) {
            Shape shape = Shape.of(lengths);
            if (numbers == null || numbers.length != shape.size()) {
                throw new IllegalArgumentException("numbers must have " + shape.size() + " elements for shape " + shape
                        + ", but has " + (numbers == null ? "none" : String.valueOf(numbers.length)));
            }
            return add(new Leaf(Leaf.Kind.CONSTANT, numbers.clone()), shape);
        }

        private void requireOpen() {
            if (built) {
                throw new IllegalStateException("the graph is built: nothing can be added or named");
            }
        }

        private void requireNew(String name) {
            if (name == null || name.isEmpty() || used.contains(name)) {
                throw new IllegalArgumentException("name must be new and not empty, but is " + name);
            }
        }

        private Node leaf(String name, Leaf leaf, Shape shape) {
            requireNew(name);
            return name(name, add(leaf, shape));
        }

        @Override
        Node add(Op op, Shape shape, Node... inputs) {
            requireOpen();
            Node node = new Node(this, nodes.size(), op, shape, inputs);
            nodes.add(node);
            names.add(null);
            boolean depends = op instanceof Leaf leaf && leaf.kind == Leaf.Kind.VARIABLE;
            for (Node x : inputs) {
                depends |= active.get(x.index);
            }
            active.set(node.index, depends);
            return node;
        }

        @Override
        Node require(Node node) {
            if (node == null || node.owner != this) {
                throw new IllegalArgumentException("operand must be a node of this builder, but is " + node);
            }
            return node;
        }

        @Override
        boolean isActive(Node node) {
            return active.get(node.index);
        }

        @Override
        String describe(Node node) {
            return Graph.name(names.get(node.index), node, used) + " is " + node.shape;
        }
    }
}
