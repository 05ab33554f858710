package dev.backlane.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Activation;
import org.junit.jupiter.api.Test;

/** Numbers, shapes, names and tables as the reader gets them. */
class TextTest {
    @Test
    void numbersOutsideOfSevenDigitsHaveAnExponent() {
        assertEquals("0.0001", Numbers.text(1e-4f));
        assertEquals("9.9990e-05", Numbers.text(9.999e-5f));
        assertEquals("1000000", Numbers.text(1e6f));
        assertEquals("-1.0000e+07", Numbers.text(-1e7f));
        assertEquals("0", Numbers.factor(0));
        assertEquals("(-0.5)", Numbers.factor(-0.5f));
    }

    @Test
    void longArraysAreCutShort() {
        assertEquals("[1, 2, 3; 4, 5, 6]", Numbers.text(Shape.of(2, 3), new float[] {1, 2, 3, 4, 5, 6}));
        assertEquals("[1, 2, 3, 4, 5, 6, … 7 in all]", Numbers.text(Shape.of(7), new float[] {1, 2, 3, 4, 5, 6, 7}));
    }

    @Test
    void aCellThatIsTooLongWidensNoColumn() {
        Table table = new Table("a", "b");
        table.row("x".repeat(120), "y");
        assertEquals(
                "a" + " ".repeat(119) + " | b",
                table.toString().lines().findFirst().orElseThrow());
        Table wider = new Table("a", "b");
        wider.row("x".repeat(121), "y");
        assertEquals("a | b", wider.toString().lines().findFirst().orElseThrow());
    }

    @Test
    void countsAreWrittenOutUpToFifteenDigits() {
        String line = new Work(1, 2, 1e15, 999_999_999_999_999.0).toString();
        assertTrue(line.contains("1.000e+15 paths"), line);
        assertTrue(line.contains("999,999,999,999,999 more"), line);
    }

    @Test
    void shapes() {
        assertEquals(Integer.MAX_VALUE - 8, new Shape(1, 1, Integer.MAX_VALUE - 8).size());
        assertEquals(6, new Shape(2, 6, 1).size());
        assertEquals(Shape.SCALAR, new Shape(0, 1, 1));
        for (int[] bad : new int[][] {{-1, 1, 1}, {0, 1, 2}, {1, 2, 3}, {2, 0, 1}, {2, 1, 0}, {3, 1, 1}}) {
            assertThrows(IllegalArgumentException.class, () -> new Shape(bad[0], bad[1], bad[2]));
        }
        assertThrows(IllegalArgumentException.class, () -> Shape.of(Integer.MAX_VALUE - 7));
        String message = assertThrows(IllegalArgumentException.class, () -> Shape.of(1 << 20, 1 << 21))
                .getMessage();
        assertTrue(message.contains("1048576·2097152 = 2199023255552 elements"), message);
    }

    @Test
    void memoryIsToldInBytes() {
        assertEquals(
                "3 nodes computed: 4,000 bytes without reuse, 2,000 with (2.0 times less; at least 1,600 are live at"
                        + " once); leaves 40 bytes",
                new Memory(3, 10, 1000, 500, 400).toString());
        assertTrue(new Memory(0, 10, 0, 0, 0).toString().contains("(1.0 times less"));
    }

    @Test
    void nodesTellTheirPlaceOperationAndShape() {
        Graph.Builder g = Graph.builder();
        Node x = g.transpose(g.variable("x", 2, 3));
        assertEquals(1, x.index());
        assertEquals("v1: transpose, 3×2", x.toString());
    }

    @Test
    void operationsAndFactors() {
        Graph.Builder g = Graph.builder();
        Node a = g.variable("a");
        Node b = g.variable("b");
        Node c = g.name("c", g.multiply(a, b));
        Node d = g.name("d", g.exp(c));
        assertEquals("multiply", c.op().toString());
        assertEquals("exp", d.op().toString());
        String factors = Trace.of(g.build().values().set(a, 2).set(b, 3).forward(), d)
                .factors()
                .replaceAll(" +", " ");
        assertTrue(factors.contains("∂c/∂a | b | 3\n"), factors);
        assertTrue(factors.contains("∂c/∂b | a | 2\n"), factors);
    }

    /** Of a layer of one weight the factors are numbers, too. */
    @Test
    void aLayerOfOneWeight() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 1, 1);
        Node w = g.variable("w", 1, 1);
        Node y = g.name("y", g.dense(Activation.IDENTITY, x, w, g.variable("b", 1)));
        assertEquals("matmul", g.matmul(x, w).op().toString());
        Values v = g.build().values().set(x, 2).set(w, 3);
        String factors =
                Trace.of(v.set(v.graph().node("b"), 5).forward(), y).factors().replaceAll(" +", " ");
        assertTrue(factors.contains("∂y/∂x | w | 3\n∂y/∂w | x | 2\n∂y/∂b | 1 | 1\n"), factors);
    }
}
