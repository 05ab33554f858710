package dev.backlane.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Every number of a forward and a backward pass, as tables and as a drawing. A snapshot: later walks do not change it.
 *
 * <p>Nothing here computes a derivative. The term that a node sends to an input is what the node's own rule gives when
 * it stands alone in a graph with a variable for each input.
 */
public final class Trace {
    private final Graph graph;
    private final Node output;
    private final float[][] values;
    private final float[][] gradients;
    /** From the output back. */
    private final List<Edge> edges = new ArrayList<>();
    /** The edges of a node to its successors, in the order of computation. */
    private final Map<Node, List<Edge>> leaving;

    /** From z back to its k-th input: the term of z's gradient, and the local derivative where both are one number. */
    private record Edge(Node z, int k, float[] term, float[] local) {
        Node x() {
            return z.inputs[k];
        }
    }

    private Trace(Values s, Node output) {
        graph = s.graph;
        this.output = output;
        values = new float[graph.nodes.length][];
        gradients = new float[graph.nodes.length][];
        s.backward(output);
        for (Node node : graph.nodes) {
            values[node.index] = s.values(node);
            gradients[node.index] = s.g.has(node) ? s.gradients(node) : null;
        }
        for (int i = output.index; i >= 0; i--) {
            if (gradients[i] != null) {
                addEdges(graph.nodes[i], s);
            }
        }
        leaving = edges.stream()
                .sorted(Comparator.comparingInt(edge -> edge.z.index))
                .collect(Collectors.groupingBy(Edge::x));
    }

    /**
     * The trace of an output.
     *
     * @param values after {@link Values#forward()}; its gradients are computed again
     * @param output a scalar that depends on a variable
     * @return a snapshot
     * @throws IllegalArgumentException if it is no such node of the graph
     * @throws IllegalStateException if there are no values yet, or these are for inference
     */
    public static Trace of(Values values, Node output) {
        return new Trace(values, output);
    }

    private void addEdges(Node z, Values s) {
        boolean numbers = z.size() == 1 && Arrays.stream(z.inputs).allMatch(x -> x.size() == 1);
        float[][] terms = alone(z, s, gradients[z.index]);
        float[][] locals = numbers ? alone(z, s, 1) : new float[z.inputs.length][];
        for (int k = 0; k < z.inputs.length; k++) {
            if (graph.active[z.inputs[k].index]) {
                edges.add(new Edge(z, k, terms[k], locals[k]));
            }
        }
    }

    /** seedᵀ·∂z/∂xₖ for each input, by z's own rule in a graph of its own. */
    private float[][] alone(Node z, Values s, float... seed) {
        Graph.Builder builder = Graph.builder();
        Node[] inputs = new Node[z.inputs.length];
        for (int k = 0; k < inputs.length; k++) {
            Shape shape = z.inputs[k].shape;
            Leaf.Kind kind = graph.active[z.inputs[k].index] ? Leaf.Kind.VARIABLE : Leaf.Kind.DATA;
            inputs[k] = builder.add(new Leaf(kind, null), shape);
        }
        Node copy = builder.add(z.op, z.shape, inputs);
        float[][] terms = new float[inputs.length][];
        if (inputs.length > 0) {
            Values own = builder.build().values(s.workers);
            for (int k = 0; k < inputs.length; k++) {
                own.set(inputs[k], values[z.inputs[k].index]);
            }
            own.forward().backward(copy, false, seed);
            for (int k = 0; k < inputs.length; k++) {
                terms[k] = own.gradients(inputs[k]);
            }
        }
        return terms;
    }

    /**
     * The forward pass: node, computation with names and numbers, value.
     *
     * @return a table
     */
    public String forward() {
        Table table = new Table("node", "computation", "value");
        for (Node z : graph.nodes) {
            if (z.op instanceof Leaf leaf && leaf.kind == Leaf.Kind.CONSTANT) {
                continue;
            }
            String computation = formula(z, names(z));
            if (z.inputs.length > 0 && Arrays.stream(z.inputs).allMatch(x -> x.size() == 1)) {
                String[] numbers = Arrays.stream(z.inputs)
                        .map(x -> Numbers.factor(values[x.index][0]))
                        .toArray(String[]::new);
                computation += " = " + formula(z, numbers);
            }
            table.row(graph.name(z), computation, Numbers.text(z.shape, values[z.index]));
        }
        return table.toString();
    }

    /**
     * The backward pass: target, the gradients that it uses, the calculation with one term per path that leaves the
     * target, and the value.
     *
     * @return a table
     */
    public String backward() {
        Table table = new Table("target", "using", "calculation", "value");
        for (int i = output.index; i >= 0; i--) {
            if (gradients[i] == null) {
                continue;
            }
            Node x = graph.nodes[i];
            Set<String> using = new LinkedHashSet<>();
            List<String> symbols = new ArrayList<>();
            List<String> numbers = new ArrayList<>();
            for (Edge edge : leaving.getOrDefault(x, List.of())) {
                String gradient = d(output, edge.z);
                using.add(gradient);
                symbols.add(gradient + "·" + d(edge.z, x));
                numbers.add(number(edge));
            }
            String calculation = String.join(" + ", symbols);
            if (x == output) {
                calculation = "1";
            } else if (numbers.size() > 1 || x.size() == 1) {
                calculation += " = " + String.join(" + ", numbers);
            }
            table.row(d(output, x), String.join(", ", using), calculation, Numbers.text(x.shape, gradients[i]));
        }
        return table.toString();
    }

    private String number(Edge edge) {
        return edge.local == null
                ? Numbers.text(edge.x().shape, edge.term)
                : Numbers.factor(gradients[edge.z.index][0]) + "·" + Numbers.factor(edge.local[0]);
    }

    /**
     * The local derivatives, which are the factors of the backward pass: factor, formula, value.
     *
     * @return a table
     */
    public String factors() {
        Table table = new Table("factor", "formula", "value");
        for (Edge edge : edges) {
            String formula = edge.z.op.derivative(edge.z, edge.k, graph.name(edge.z), names(edge.z));
            table.row(d(edge.z, edge.x()), formula, edge.local == null ? "" : Numbers.text(edge.local[0]));
        }
        return table.toString();
    }

    /**
     * The graph in the language of Graphviz: nodes with their values and gradients, edges with their local derivatives.
     *
     * @return a digraph
     */
    public String dot() {
        Map<Node, List<Edge>> entering = edges.stream().collect(Collectors.groupingBy(Edge::z));
        StringBuilder dot = new StringBuilder("digraph {\n  rankdir=LR;\n  node [shape=box, style=filled];\n");
        for (Node z : graph.nodes) {
            StringBuilder label = new StringBuilder(graph.name(z));
            label.append(z.inputs.length == 0 ? "" : " = " + formula(z, names(z)));
            label.append(z.size() == 1 ? "" : "\n" + z.shape);
            label.append("\nvalue ").append(Numbers.text(z.shape, values[z.index]));
            if (gradients[z.index] != null) {
                label.append("\ngradient ").append(Numbers.text(z.shape, gradients[z.index]));
            }
            String colour = z == output
                    ? "gold"
                    : z.inputs.length > 0 ? "white" : graph.active[z.index] ? "lightblue" : "gray90";
            // Not by a format, which writes numbers in the digits of the reader's language.
            dot.append("  v" + z.index + " [label=\"" + escape(label.toString()) + "\", fillcolor=" + colour + "];\n");
            String[] locals = new String[z.inputs.length];
            for (Edge edge : entering.getOrDefault(z, List.of())) {
                locals[edge.k] = edge.local == null ? null : Numbers.text(edge.local[0]);
            }
            for (int k = 0; k < locals.length; k++) {
                String local = locals[k] == null ? "" : " [label=\"" + locals[k] + "\"]";
                dot.append("  v" + z.inputs[k].index + " -> v" + z.index + local + ";\n");
            }
        }
        return dot.append("}\n").toString();
    }

    private static String escape(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private String d(Node z, Node x) {
        return "∂" + graph.name(z) + "/∂" + graph.name(x);
    }

    /** Operands as they stand in a formula: names, or the numbers of constants without one. */
    private String[] names(Node z) {
        return Arrays.stream(z.inputs)
                .map(graph::name)
                .map(name -> name.startsWith("-") ? "(" + name + ")" : name)
                .toArray(String[]::new);
    }

    /** A negative argument of a function needs no parentheses of its own. */
    private static String formula(Node z, String... operands) {
        return z.op.formula(z, operands).replaceAll("\\((\\([^()]*\\))\\)", "$1");
    }

    /** The tables of both passes. */
    @Override
    public String toString() {
        return "Forward pass\n\n" + forward() + "\nBackward pass\n\n" + backward();
    }
}
