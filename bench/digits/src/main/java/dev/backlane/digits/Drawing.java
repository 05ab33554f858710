package dev.backlane.digits;

import dev.backlane.graph.Graph;
import dev.backlane.graph.Node;
import dev.backlane.graph.WorkedExample;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a picture of a computation graph shows, before anything has a place. All text is that of the trace's DOT, so that
 * a picture and a DOT file never differ.
 *
 * @param title in one line
 * @param boxes a box per node, in the order of computation
 * @param arrows an arrow per operand, from the operand to the node that reads it
 */
record Drawing(String title, List<Box> boxes, List<Arrow> arrows) {
    private static final String LABEL = "label=\"((?:[^\"\\\\]|\\\\.)*)\"";
    private static final Pattern NODE = Pattern.compile("\\s*v(\\d+) \\[" + LABEL + ".*];");
    private static final Pattern EDGE = Pattern.compile("\\s*v(\\d+) -> v(\\d+)(?: \\[" + LABEL + "])?;");
    private static final Pattern ESCAPED = Pattern.compile("\\\\(.)");
    private static final String GRADIENT = "gradient ";

    /** What a node is for. */
    enum Kind {
        VARIABLE("variable"),
        DATA("data, constant"),
        COMPUTED("computed"),
        OUTPUT("output");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** For a legend. */
        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * A node.
     *
     * @param kind what it is for
     * @param lines name and formula, then what is known of it
     */
    record Box(Kind kind, List<String> lines) {
        private boolean hasGradient() {
            return lines.stream().anyMatch(line -> line.startsWith(GRADIENT));
        }
    }

    /**
     * An operand.
     *
     * @param from index of its box
     * @param to index of the box of the node that reads it
     * @param label the local derivative; empty where there is none, or it is not one number
     * @param differentiable whether the backward pass comes along here
     */
    record Arrow(int from, int to, String label, boolean differentiable) {}

    /**
     * The drawing of an example.
     *
     * @param example which
     * @return its nodes and their operands
     */
    static Drawing of(WorkedExample example) {
        WorkedExample.Solved solved = example.solve();
        Graph graph = solved.values().graph();
        List<Node> nodes = graph.nodes();
        Set<Node> variables = new HashSet<>(graph.variables());
        List<Box> boxes = new ArrayList<>();
        List<Matcher> edges = new ArrayList<>();
        for (String statement : solved.trace().dot().lines().toList()) {
            Matcher node = NODE.matcher(statement);
            Matcher edge = EDGE.matcher(statement);
            if (edge.matches()) {
                edges.add(edge);
            } else if (node.matches()) {
                Node z = nodes.get(Integer.parseInt(node.group(1)));
                boxes.add(new Box(
                        kind(z, solved.output(), variables),
                        unescape(node.group(2)).lines().toList()));
            }
        }
        List<Arrow> arrows = new ArrayList<>();
        for (Matcher edge : edges) {
            int from = Integer.parseInt(edge.group(1));
            int to = Integer.parseInt(edge.group(2));
            String derivative = "∂" + graph.name(nodes.get(to)) + "/∂" + graph.name(nodes.get(from)) + " = ";
            arrows.add(new Arrow(
                    from,
                    to,
                    edge.group(3) == null ? "" : derivative + unescape(edge.group(3)),
                    boxes.get(from).hasGradient() && boxes.get(to).hasGradient()));
        }
        return new Drawing(example.title(), List.copyOf(boxes), List.copyOf(arrows));
    }

    private static Kind kind(Node node, Node output, Set<Node> variables) {
        if (node.equals(output)) {
            return Kind.OUTPUT;
        }
        if (!node.inputs().isEmpty()) {
            return Kind.COMPUTED;
        }
        return variables.contains(node) ? Kind.VARIABLE : Kind.DATA;
    }

    private static String unescape(String label) {
        return ESCAPED.matcher(label)
                .replaceAll(
                        escaped -> escaped.group(1).equals("n") ? "\n" : Matcher.quoteReplacement(escaped.group(1)));
    }
}
