package dev.backlane.graph;

import dev.backlane.kernel.Activation;
import java.util.ArrayList;
import java.util.List;

/** Small graphs with numbers that can be followed by hand, from one sum to a network of two layers. */
public enum WorkedExample {
    /** e = (a + b)·(b + 1) at a = 2, b = 1: b reaches e by two paths. */
    SUM_TIMES_SUM("e = (a + b)·(b + 1): b reaches e by two paths") {
        @Override
        Node build(Graph.Builder g, Setting at) {
            Node a = at.variable("a", 2);
            Node b = at.variable("b", 1);
            Node c = g.name("c", g.add(a, b));
            Node d = g.name("d", g.add(b, g.constant(1)));
            return g.name("e", g.multiply(c, d));
        }
    },
    /** z = x²·(x + y) at x = 2, y = 3: x fans out to two nodes. */
    FAN_OUT("z = x²·(x + y): x fans out to two nodes") {
        @Override
        Node build(Graph.Builder g, Setting at) {
            Node x = at.variable("x", 2);
            Node y = at.variable("y", 3);
            Node p = g.name("p", g.square(x));
            Node q = g.name("q", g.add(x, y));
            return g.name("z", g.multiply(p, q));
        }
    },
    /** One neuron: ∂C/∂w is the product of three factors, ∂C/∂a, ∂a/∂z and ∂z/∂w. */
    NEURON("a = sigmoid(w·x + b), C = (a - y)²: ∂C/∂w = ∂C/∂a·∂a/∂z·∂z/∂w") {
        @Override
        Node build(Graph.Builder g, Setting at) {
            Node x = at.data("x", 1.5f, 1);
            Node y = at.data("y", 1, 1);
            return g.name("C", g.squaredError(at.neuron("", x, 0.8f, -0.5f), y, 1));
        }
    },
    /** Four neurons, one per layer: ∂C/∂w, ∂C/∂b and ∂C/∂a of each layer from those of the next. */
    CHAIN_OF_FOUR("four neurons, one per layer: each layer's gradients from those of the next") {
        @Override
        Node build(Graph.Builder g, Setting at) {
            Node a = at.data("x", 0.5f, 1);
            Node y = at.data("y", 1, 1);
            a = at.neuron("1", a, 1.2f, 0.1f);
            a = at.neuron("2", a, -0.7f, 0.3f);
            a = at.neuron("3", a, 2, -0.4f);
            a = at.neuron("4", a, 0.9f, 0.2f);
            return g.name("C", g.squaredError(a, y, 1));
        }
    },
    /** Two layers of two neurons: each hidden activation feeds both neurons of the next layer. */
    TWO_LAYERS("two layers of two neurons: each hidden activation feeds both outputs") {
        @Override
        Node build(Graph.Builder g, Setting at) {
            Node x = at.data("x", 0.5f, 1);
            Node h1 = at.neuron("1", x, 1, -0.2f);
            Node h2 = at.neuron("2", x, -0.6f, 0.4f);
            Node c1 = output(g, at, "1", h1, h2, 0.7f, -1.1f, 0.1f, 1);
            Node c2 = output(g, at, "2", h1, h2, -0.3f, 0.5f, -0.2f, 0);
            return g.name("C", g.add(c1, c2));
        }

        private static Node output(
                Graph.Builder g, Setting at, String j, Node h1, Node h2, float w1, float w2, float b, float y) {
            Node u1 = at.variable("u1" + j, w1, 1, 1);
            Node u2 = at.variable("u2" + j, w2, 1, 1);
            Node first = g.name("p" + j, g.dense(Activation.IDENTITY, h1, u1, at.variable("c" + j, b, 1)));
            Node z = g.name("s" + j, g.add(first, g.name("q" + j, g.matmul(h2, u2))));
            Node o = g.name("o" + j, g.activation(Activation.SIGMOID, z));
            return g.name("C" + j, g.squaredError(o, at.data("y" + j, y, 1), 1));
        }
    };

    private final String title;

    WorkedExample(String title) {
        this.title = title;
    }

    /** Builds the graph; the setting remembers the numbers of its leaves. */
    abstract Node build(Graph.Builder g, Setting at);

    /**
     * What it shows, in one line.
     *
     * @return formula and point
     */
    public String title() {
        return title;
    }

    /**
     * The example, computed.
     *
     * @return graph, output and numbers, with values and gradients
     */
    public Solved solve() {
        Graph.Builder builder = Graph.builder();
        Setting setting = new Setting(builder, new ArrayList<>(), new ArrayList<>());
        Node output = build(builder, setting);
        Values values = builder.build().values();
        for (int i = 0; i < setting.leaves.size(); i++) {
            values.set(setting.leaves.get(i), setting.numbers.get(i));
        }
        values.forward().backward(output);
        return new Solved(output, values);
    }

    /**
     * An example with its numbers.
     *
     * @param output what is differentiated
     * @param values of the graph, with gradients
     */
    public record Solved(Node output, Values values) {
        /**
         * Its tables and drawing.
         *
         * @return the trace of the output
         */
        public Trace trace() {
            return Trace.of(values, output);
        }
    }

    /** Leaves and where they are set. */
    record Setting(Graph.Builder builder, List<Node> leaves, List<Float> numbers) {
        Node variable(String name, float number, int... lengths) {
            return set(builder.variable(name, lengths), number);
        }

        Node data(String name, float number, int... lengths) {
            return set(builder.data(name, lengths), number);
        }

        private Node set(Node leaf, float number) {
            leaves.add(leaf);
            numbers.add(number);
            return leaf;
        }

        /** a = sigmoid(z), z = w·x + b. */
        Node neuron(String l, Node x, float weight, float bias) {
            Node w = variable("w" + l, weight, 1, 1);
            Node b = variable("b" + l, bias, 1);
            Node z = builder.name("z" + l, builder.dense(Activation.IDENTITY, x, w, b));
            return builder.name("a" + l, builder.activation(Activation.SIGMOID, z));
        }
    }
}
