package dev.backlane.graph;

import dev.backlane.kernel.Workers;

/**
 * The numbers of one {@link Graph} and the walks over it. Values, gradients, tangents and Hessian products are each one
 * flat arena, allocated when first needed; no walk allocates anything after that. Not for two threads at the same time:
 * give each its own.
 *
 * <ul>
 *   <li>{@link #forward()} computes every node's value once, in order.
 *   <li>{@link #backward(Node)} walks back from one output and gives every node the sum over its successors of
 *       (successor's gradient × local derivative): each node and each local derivative once, however many paths.
 *   <li>{@link #jvp()} computes the derivative of every node along one direction of the variables.
 *   <li>{@link #hessianProduct(Node)} is the tangent of the backward walk along that direction.
 * </ul>
 *
 * <p>Derivatives are those at the numbers of the last forward pass: after a leaf was set or bound they need another one.
 * A leaf that is bound to the caller's array changes with it, which nobody sees here: call forward then, too.
 */
public final class Values {
    private static final float[] ONE = {1};

    final Graph graph;
    final Workers workers;
    /** Whether all values are kept and derivatives can be asked for. */
    final boolean training;

    private final Layout layout;
    private final Layout activeLayout;

    /** Values, gradients, tangents of values, tangents of gradients. */
    final Slots v;

    Slots g;
    Slots t;
    Slots h;

    // What the rules work in.
    final Term term;
    final Term second;
    final Term third;
    final float[] scratch;
    final float[] more;
    final float[] one = new float[1];
    final int[] labels;

    private boolean computed;
    private Node differentiated;
    private boolean hasTangents;
    private boolean hasProducts;
    long visited;
    long localDerivatives;

    Values(Graph graph, Workers workers, Layout layout, boolean training) {
        if (workers == null) {
            throw new IllegalArgumentException("workers must not be null");
        }
        this.graph = graph;
        this.workers = workers;
        this.layout = layout;
        this.training = training;
        activeLayout = training ? Layout.active(graph) : null;
        v = new Slots(layout.offsets, layout.size, layout.computed);
        int room = 0;
        int rows = 0;
        for (Node z : graph.nodes) {
            room = Math.max(room, z.op.scratch(z));
            if (z.op instanceof Criterion) {
                rows = Math.max(rows, z.inputs[0].shape.rows());
            }
            if (z.op instanceof Leaf leaf && leaf.numbers != null) {
                System.arraycopy(leaf.numbers, 0, v.array(z), v.at(z), z.size());
                v.fill(z);
            }
        }
        room = training ? room : 0;
        scratch = new float[room];
        more = new float[room];
        term = new Term(this, room);
        second = new Term(this, room);
        third = new Term(this, room);
        labels = new int[rows];
    }

    /**
     * The graph.
     *
     * @return whose numbers these are
     */
    public Graph graph() {
        return graph;
    }

    /**
     * Sets a variable or data; one that is bound is set in the array that it lives in.
     *
     * @param leaf which
     * @param numbers as many as it has elements, row-major; copied
     * @return this
     * @throws IllegalArgumentException if it is not a variable or data of this graph, or the length does not fit
     */
    public Values set(Node leaf, float... numbers) {
        requireLength(numbers, leaf, graph.requireLeaf(leaf));
        return set(leaf, numbers, 0);
    }

    /**
     * Sets a variable or data; one that is bound is set in the array that it lives in.
     *
     * @param leaf which
     * @param array holds its numbers, row-major; copied
     * @param offset where they start
     * @return this
     * @throws IllegalArgumentException if it is not a variable or data of this graph, or the array is too short
     */
    public Values set(Node leaf, float[] array, int offset) {
        requireRange("array", array, offset, graph.requireLeaf(leaf));
        System.arraycopy(array, offset, v.array(leaf), v.at(leaf), leaf.size());
        return given(leaf);
    }

    /**
     * Sets labels for {@link Operations#softmaxCrossEntropy}.
     *
     * @param leaf data with one element per label
     * @param array holds the labels; copied
     * @param offset where they start
     * @return this
     * @throws IllegalArgumentException if it is not data of this graph, or the array is too short
     */
    public Values setLabels(Node leaf, int[] array, int offset) {
        int n = graph.requireLeaf(leaf);
        if (array == null || offset < 0 || (long) offset + n > array.length) {
            throw new IllegalArgumentException("array needs " + n + " labels from offset " + offset + ", but has "
                    + (array == null ? "none" : String.valueOf(array.length)));
        }
        float[] to = v.array(leaf);
        for (int i = 0; i < n; i++) {
            to[v.at(leaf) + i] = array[offset + i];
        }
        return given(leaf);
    }

    /**
     * Lets a variable or data live in the caller's array from now on: read there by every walk, copied never.
     *
     * @param leaf which
     * @param array holds its numbers, row-major; kept
     * @param offset where they start
     * @return this
     * @throws IllegalArgumentException if it is not a variable or data of this graph, or the array is too short
     */
    public Values bind(Node leaf, float[] array, int offset) {
        requireRange("array", array, offset, graph.requireLeaf(leaf));
        v.bind(leaf, array, offset);
        return given(leaf);
    }

    /** It has numbers, and what follows from them is not computed yet. */
    private Values given(Node leaf) {
        v.fill(leaf);
        computed = false;
        return this;
    }

    /**
     * Lets the gradient of a variable live in the caller's array from now on. There are no gradients then until the next
     * backward pass.
     *
     * @param variable which
     * @param array takes its gradient, row-major; kept
     * @param offset where it starts
     * @return this
     * @throws IllegalArgumentException if it is not a variable of this graph, or the array is too short
     */
    public Values bindGradient(Node variable, float[] array, int offset) {
        requireRange("array", array, offset, graph.requireVariable(variable));
        gradients().bind(variable, array, offset);
        differentiated = null;
        return this;
    }

    /**
     * Forward pass: the value of every node, each once. For inference, of every node that the outputs need.
     *
     * @return this
     * @throws IllegalArgumentException if data that serve as labels are not whole numbers from 0 to the columns less one
     * @throws IllegalStateException if a variable or data has no numbers yet
     */
    public Values forward() {
        computed = false;
        Walk.forward(this, layout.computed);
        computed = true;
        differentiated = null;
        hasTangents = false;
        hasProducts = false;
        return this;
    }

    /**
     * Reverse mode: the gradient of a scalar with respect to every node.
     *
     * @param output a scalar that depends on a variable
     * @return this
     * @throws IllegalArgumentException if it is no such node of this graph
     * @throws IllegalStateException if there are no values yet, or these are for inference
     */
    public Values backward(Node output) {
        require(output);
        if (output.size() != 1) {
            throw new IllegalArgumentException("output must be a scalar, or have a seed of " + output.size()
                    + " numbers, but " + graph.name(output) + " is " + output.shape);
        }
        return backward(output, false, ONE);
    }

    /**
     * Reverse mode: seedᵀ·J, with J the derivative of an output with respect to every node.
     *
     * @param output a node that depends on a variable
     * @param accumulate whether to add to the variables' gradients; else they are overwritten
     * @param seed as many numbers as the output has elements
     * @return this
     * @throws IllegalArgumentException if it is no such node of this graph, or the length does not fit
     * @throws IllegalStateException if there are no values yet, or these are for inference
     */
    public Values backward(Node output, boolean accumulate, float... seed) {
        requireDerivable(output);
        requireLength(seed, output, output.size());
        gradients();
        Walk.backward(this, output, accumulate, seed);
        hasProducts = false;
        differentiated = output;
        return this;
    }

    /**
     * Sets the direction of a variable for {@link #jvp()}; directions that are not set are zero.
     *
     * @param variable which
     * @param direction as many numbers as it has elements, row-major; copied
     * @return this
     * @throws IllegalArgumentException if it is not a variable of this graph, or the length does not fit
     */
    public Values direction(Node variable, float... direction) {
        int n = graph.requireVariable(variable);
        requireLength(direction, variable, n);
        Slots t = tangents();
        System.arraycopy(direction, 0, t.array(variable), t.at(variable), n);
        t.fill(variable);
        hasTangents = false;
        return this;
    }

    /**
     * Makes the directions of all variables zero.
     *
     * @return this
     */
    public Values clearDirections() {
        tangents().forget();
        hasTangents = false;
        return this;
    }

    /**
     * Forward mode: the derivative of every node along the direction that was set, in one pass.
     *
     * @return this
     * @throws IllegalStateException if there are no values yet, or these are for inference
     */
    public Values jvp() {
        requireComputed();
        tangents();
        Walk.jvp(this);
        hasTangents = true;
        hasProducts = false;
        return this;
    }

    /**
     * Second order, forward over reverse: the Hessian of a scalar times the direction that was set, for every node the
     * tangent of its gradient. Walks forward for tangents, backward for gradients, and backward for the tangents of the
     * gradients.
     *
     * @param output a scalar that depends on a variable
     * @return this
     * @throws IllegalArgumentException if it is no such node of this graph
     * @throws IllegalStateException if there are no values yet, or these are for inference
     */
    public Values hessianProduct(Node output) {
        backward(output);
        jvp();
        if (h == null) {
            h = new Slots(activeLayout.offsets, activeLayout.size, activeLayout.computed);
        }
        Walk.hessianProduct(this, output);
        hasProducts = true;
        return this;
    }

    /**
     * A scalar's value.
     *
     * @param node a scalar
     * @return its value after {@link #forward()}, or as set
     * @throws IllegalArgumentException if it is no scalar of this graph
     * @throws IllegalStateException if it has no value, or inference has used its memory again
     */
    public float value(Node node) {
        return scalar(node, values(node));
    }

    /**
     * A node's value.
     *
     * @param node which
     * @return a copy, row-major
     * @throws IllegalArgumentException if it is not of this graph
     * @throws IllegalStateException if it has no value, or inference has used its memory again
     */
    public float[] values(Node node) {
        float[] copy = new float[require(node).size()];
        copyValues(node, copy, 0);
        return copy;
    }

    /**
     * Copies a node's value.
     *
     * @param node which
     * @param to overwritten, row-major
     * @param offset where it starts
     * @throws IllegalArgumentException if it is not of this graph or the array too short
     * @throws IllegalStateException if it has no value, or inference has used its memory again
     */
    public void copyValues(Node node, float[] to, int offset) {
        requireRange("to", to, offset, require(node).size());
        if (!layout.readable[node.index]) {
            throw new IllegalStateException(
                    graph.name(node) + " is not an output: inference has used its memory again");
        }
        if (!v.has(node)) {
            throw new IllegalStateException(graph.name(node) + " has no value yet: call forward");
        }
        v.copy(node, to, offset);
    }

    /**
     * The gradient of the last {@link #backward(Node)} with respect to a scalar.
     *
     * @param node a scalar
     * @return its gradient; 0 if the output does not depend on it, or it on no variable
     * @throws IllegalArgumentException if it is no scalar of this graph
     * @throws IllegalStateException if there are no gradients
     */
    public float gradient(Node node) {
        return scalar(node, gradients(node));
    }

    /**
     * The gradient of the last {@link #backward(Node)} with respect to a node.
     *
     * @param node which
     * @return a copy, row-major; zeros if the output does not depend on it, or it on no variable
     * @throws IllegalArgumentException if it is not of this graph
     * @throws IllegalStateException if there are no gradients
     */
    public float[] gradients(Node node) {
        return read(node, differentiated == null ? null : g, "gradients", "backward");
    }

    /**
     * The derivative of a scalar along the direction.
     *
     * @param node a scalar
     * @return its tangent
     * @throws IllegalArgumentException if it is no scalar of this graph
     * @throws IllegalStateException if there are no tangents
     */
    public float tangent(Node node) {
        return scalar(node, tangents(node));
    }

    /**
     * The derivative of a node along the direction.
     *
     * @param node which
     * @return a copy, row-major
     * @throws IllegalArgumentException if it is not of this graph
     * @throws IllegalStateException if there are no tangents
     */
    public float[] tangents(Node node) {
        return read(node, hasTangents ? t : null, "tangents", "jvp");
    }

    /**
     * The part of the last {@link #hessianProduct(Node)} that belongs to a node: for a variable, its rows of the
     * Hessian times the direction.
     *
     * @param node which
     * @return a copy, row-major
     * @throws IllegalArgumentException if it is not of this graph
     * @throws IllegalStateException if there is no Hessian product
     */
    public float[] hessianProducts(Node node) {
        return read(node, hasProducts ? h : null, "Hessian products", "hessianProduct");
    }

    /**
     * What the last {@link #backward(Node)} did.
     *
     * @return its counters
     * @throws IllegalStateException if there was none
     */
    public Work work() {
        if (differentiated == null) {
            throw new IllegalStateException("there are no gradients yet: call backward");
        }
        return Work.of(this, differentiated);
    }

    private float[] read(Node node, Slots slots, String what, String walk) {
        float[] copy = new float[require(node).size()];
        if (slots == null) {
            throw new IllegalStateException("there are no " + what + " yet: call " + walk);
        }
        if (slots.has(node)) {
            slots.copy(node, copy, 0);
        }
        return copy;
    }

    private float scalar(Node node, float[] numbers) {
        if (numbers.length != 1) {
            throw new IllegalArgumentException(
                    "node must have one element, but " + graph.name(node) + " is " + node.shape);
        }
        return numbers[0];
    }

    private Slots gradients() {
        requireTraining();
        if (g == null) {
            g = new Slots(activeLayout.offsets, activeLayout.size, activeLayout.computed);
        }
        return g;
    }

    private Slots tangents() {
        requireTraining();
        if (t == null) {
            t = new Slots(activeLayout.offsets, activeLayout.size, activeLayout.computed);
        }
        return t;
    }

    private void requireTraining() {
        if (!training) {
            throw new IllegalStateException("values for inference have no derivatives: use those of Graph.values");
        }
    }

    private void requireComputed() {
        requireTraining();
        if (!computed) {
            throw new IllegalStateException("there are no values yet: call forward");
        }
    }

    private void requireDerivable(Node output) {
        require(output);
        requireComputed();
        if (!graph.active[output.index]) {
            throw new IllegalArgumentException("output must depend on a variable, but is " + graph.name(output));
        }
    }

    private Node require(Node node) {
        graph.require("node", node);
        return node;
    }

    private void requireLength(float[] numbers, Node node, int n) {
        if (numbers == null || numbers.length != n) {
            throw new IllegalArgumentException(graph.name(node) + " is " + node.shape + " and needs " + n
                    + " numbers, but got " + (numbers == null ? "none" : String.valueOf(numbers.length)));
        }
    }

    private static void requireRange(String name, float[] array, int offset, int n) {
        if (array == null || offset < 0 || (long) offset + n > array.length) {
            throw new IllegalArgumentException(name + " needs " + n + " elements from offset " + offset + ", but has "
                    + (array == null ? "none" : String.valueOf(array.length)));
        }
    }
}
