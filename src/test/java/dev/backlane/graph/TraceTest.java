package dev.backlane.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Activation;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables and drawings beyond the examples. */
class TraceTest {
    /** The calculation that a row shows, done again with its own numbers, gives the row's value; a term per path. */
    @ParameterizedTest
    @EnumSource
    void everyRowOfTheExamplesIsRight(WorkedExample example) {
        WorkedExample.Solved solved = example.solve();
        Graph graph = solved.values().graph();
        List<String> rows = solved.trace().backward().lines().skip(3).toList();
        assertTrue(rows.size() >= graph.variables().size());
        for (String row : rows) {
            String[] cells = row.split(" *\\| *", -1);
            String[] sides = cells[2].split(" = ", -1);
            String target = cells[0].substring(cells[0].indexOf("/∂") + 2);
            long uses = graph.nodes().stream()
                    .flatMap(z -> z.inputs().stream())
                    .filter(x -> graph.name(x).equals(target))
                    .count();
            assertEquals(uses, sides[0].split(" \\+ ", -1).length, row);
            double sum = 0;
            for (String term : sides[1].split(" \\+ ", -1)) {
                sum += Arrays.stream(term.split("·", -1))
                        .mapToDouble(factor -> Double.parseDouble(factor.replaceAll("[()]", "")))
                        .reduce(1, (a, b) -> a * b);
            }
            double value = Double.parseDouble(cells[3]);
            assertEquals(value, sum, 1e-4 * (1e-3 + Math.abs(value)), row);
        }
    }

    /** Digits of Arabic script would be no DOT. */
    @Test
    void drawingsAreTheSameInEveryLocale() {
        String expected = WorkedExample.NEURON.solve().trace().dot();
        Locale locale = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertEquals(expected, WorkedExample.NEURON.solve().trace().dot());
        } finally {
            Locale.setDefault(locale);
        }
    }

    /** Quotes and backslashes of names are escaped; a line break of one is a line break of the label. */
    @Test
    void namesAreEscapedInDrawings() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("a \"quoted\\\" name\nof two lines];");
        Node y = g.name("y", g.square(x));
        String dot = Trace.of(g.build().values().set(x, 2).forward(), y).dot();
        assertTrue(
                dot.contains("v0 [label=\"a \\\"quoted\\\\\\\" name\\nof two lines];\\nvalue 2\\ngradient 4\","), dot);
    }

    /** A variable that is called v1 is not the unnamed node with the index 1. */
    @Test
    void unnamedNodesGetNamesOfTheirOwn() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("v1");
        Node y = g.square(x);
        Node z = g.square(y);
        Values v = g.build().values().set(x, 2).forward();
        assertEquals("vv1", v.graph().name(y));
        assertEquals("v2", v.graph().name(z));
        assertTrue(
                Trace.of(v, z).backward().contains("∂v2/∂v1  | ∂v2/∂vv1 | ∂v2/∂vv1·∂vv1/∂v1 = 8·4"),
                () -> Trace.of(v, z).backward());
    }

    /** (−2)², not −2². */
    @Test
    void negativeConstantsStandInParentheses() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x");
        Node y = g.add(g.multiply(x, g.constant(-3)), g.add(g.square(g.constant(-2)), g.exp(g.constant(-1))));
        Trace trace = Trace.of(g.build().values().set(x, 1).forward(), y);
        String table = trace.forward();
        assertTrue(table.contains("| x·(-3) = 1·(-3) "), table);
        assertTrue(table.contains("| (-2)² = (-2)² "), table);
        assertTrue(table.contains("| exp(-1) = exp(-1) "), table);
        assertTrue(trace.dot().contains("= (-2)²"), trace.dot());
        assertFalse(trace.factors().contains("| -3 "), trace.factors());
    }

    /** The output is a variable, and everything behind it has no part in its gradient. */
    @Test
    void theOutputMayBeAnInput() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x");
        g.square(x);
        Values v = g.build().values().set(x, 3).forward();
        assertEquals("""
            target | using | calculation | value
            ------ | ----- | ----------- | -----
            ∂x/∂x  |       | 1           | 1
            """, Trace.of(v, x).backward());
        assertEquals(new Work(1, 0, 1, 0), v.work());
        assertEquals(0, v.direction(x, 1).hessianProduct(x).hessianProducts(x)[0]);
    }

    /** A node that is both operands has two paths. */
    @Test
    void oneNodeTwiceIsTwoTerms() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x");
        Node z = g.name("z", g.divide(x, x));
        Values v = g.build().values().set(x, 4).forward();
        assertTrue(Trace.of(v, z).backward().contains("∂z/∂z·∂z/∂x + ∂z/∂z·∂z/∂x = 1·0.25 + 1·(-0.25) | 0\n"));
    }

    /** A sum of very many terms is one long line, and not the width of all. */
    @Test
    void tablesOfNodesWithManySuccessors() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x");
        Node z = x;
        for (int i = 0; i < 5000; i++) {
            z = g.add(z, x);
        }
        Node out = z;
        Values v = g.build().values().set(x, 1).forward();
        List<String> rows = assertTimeoutPreemptively(
                Duration.ofSeconds(5), () -> Trace.of(v, out).backward().lines().toList());
        assertTrue(rows.get(3).length() < 120, rows.get(3));
        assertEquals(2 * 5001, rows.getLast().split(" \\+ ", -1).length + 1);
        assertTrue(rows.getLast().endsWith(" | 5001"));
    }

    /** A formula and a factor are in numbers only where all of them are single numbers. */
    @Test
    void vectorsAreNotWrittenAsNumbers() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 2);
        Node y = g.name("y", g.sum(x));
        Trace trace = Trace.of(g.build().values().set(x, 1, 2).forward(), y);
        assertFalse(trace.forward().contains(" = "), trace.forward());
        assertFalse(trace.backward().contains(" = "), trace.backward());
        assertTrue(trace.factors().endsWith(" |\n"), trace.factors());
    }

    @Test
    void layersAndMovesAreWrittenAsFormulas() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 1, 2);
        Node w = g.variable("w", 2, 1);
        Node b = g.variable("b", 1);
        Node y = g.name("y", g.dense(Activation.TANH, x, w, b));
        Node z = g.name("z", g.transpose(g.sliceRows(g.concatRows(y, y), 1, 2)));
        Node s = g.name("s", g.sum(z));
        assertEquals("dense tanh", y.op().toString());
        assertEquals("transpose", z.op().toString());
        Trace trace =
                Trace.of(g.build().values().set(x, 1, 2).set(w, 3, 4).set(b, 5).forward(), s);
        for (String formula : new String[] {"tanh(x·w + b)", "[y; y]", "[1…, ·]", "v5ᵀ"}) {
            assertTrue(trace.forward().contains(formula), trace.forward());
        }
        String factors = trace.factors().replaceAll(" +", " ");
        for (String row :
                new String[] {"∂y/∂x | tanh′, ·wᵀ |", "∂y/∂w | tanh′, xᵀ· |", "∂y/∂b | tanh′, 1 |", "1 where y went"}) {
            assertTrue(factors.contains(row), factors);
        }
    }

    @Test
    void productsAndSumsAreWrittenAsFormulas() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 1, 2);
        Node w = g.variable("w", 2, 1);
        Node one = g.name("one", g.matmul(x, w));
        Node two = g.name("two", g.matmul(one, g.variable("k", 1, 1)));
        Node sums = g.name("sums", g.rowSums(two));
        Node means = g.name("means", g.columnMeans(two));
        Node s = g.name("s", g.add(g.sum(sums), g.name("m", g.mean(means))));
        assertEquals(
                "squaredError", g.squaredError(x, g.data("t", 1, 2), 1).op().toString());
        Values v = g.build().values().set(x, 1, 2).set(w, 3, 4);
        Graph graph = v.graph();
        Trace trace =
                Trace.of(v.set(graph.node("k"), 5).set(graph.node("t"), 0, 0).forward(), s);
        for (String formula : new String[] {"x·w", "one·k = 11·5", "rowSums(two) = rowSums(55)", "mean(means)"}) {
            assertTrue(trace.forward().contains(formula), trace.forward());
        }
        String factors = trace.factors().replaceAll(" +", " ");
        for (String row : new String[] {
            "∂one/∂x | ·wᵀ |",
            "∂one/∂w | xᵀ· |",
            "∂two/∂one | k | 5",
            "∂two/∂k | one | 11",
            "∂sums/∂two | 1 | 1",
            "∂means/∂two | 1/n | 1",
            "∂m/∂means | 1/n | 1"
        }) {
            assertTrue(factors.contains(row), factors);
        }
    }

    @Tag("large")
    @Test
    void tablesOfLongChains() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x");
        Node z = x;
        for (int i = 0; i < 100_000; i++) {
            z = g.activation(Activation.RELU, z);
        }
        Node out = z;
        Values v = g.build().values().set(x, 1).forward();
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            Trace trace = Trace.of(v, out);
            assertEquals(100_003, trace.backward().lines().count());
            assertEquals(100_002, trace.factors().lines().count());
            assertEquals(200_005, trace.dot().lines().count());
        });
    }
}
