package dev.backlane.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What does not fit is refused by the call that got it; what just fits is not. */
class RefusalTest {
    private static void refused(String part, Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }

    private static void tooEarly(String part, Executable call) {
        String message = assertThrows(IllegalStateException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void whatTakesAMatrixRefusesAVector() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 3);
        refused("rowSums: x is 3, but must be a matrix", () -> g.rowSums(x));
        refused("rowMeans: x is 3, but must be a matrix", () -> g.rowMeans(x));
        refused("columnSums: x is 3, but must be a matrix", () -> g.columnSums(x));
        refused("columnMeans: x is 3, but must be a matrix", () -> g.columnMeans(x));
        refused("sliceRows: x is 3, but must be a matrix", () -> g.sliceRows(x, 0, 1));
    }

    @Test
    void aSliceMayBeAllButNotNothing() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 2, 3);
        assertEquals(x.shape(), g.sliceRows(x, 0, 2).shape());
        assertEquals(x.shape(), g.sliceColumns(x, 0, 3).shape());
        refused("sliceRows: from and to", () -> g.sliceRows(x, 1, 1));
        refused("sliceRows: from and to", () -> g.sliceRows(x, -1, 1));
        refused("sliceColumns: from and to", () -> g.sliceColumns(x, 2, 2));
        refused("sliceColumns: from and to", () -> g.sliceColumns(x, 1, 4));
    }

    @Test
    void labelsAreAVector() {
        Graph.Builder g = Graph.builder();
        Node logits = g.variable("logits", 2, 3);
        refused("they must be equal", () -> g.softmaxCrossEntropy(logits, g.data("column", 2, 1), 1));
        refused("they must be equal", () -> g.softmaxCrossEntropy(logits, g.data("three", 3), 1));
        assertEquals(
                Shape.SCALAR,
                g.softmaxCrossEntropy(logits, g.data("labels", 2), 1).shape());
    }

    @Test
    void arraysThatAreTooShortAreRefused() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 2);
        Node labels = g.data("labels", 2);
        g.add(x, labels);
        Values v = g.build().values();
        refused("array needs 2 elements from offset 1, but has 2", () -> v.set(x, new float[2], 1));
        refused("array needs 2 elements from offset 1, but has 2", () -> v.bindGradient(x, new float[2], 1));
        refused("array needs 2 elements from offset 0, but has none", () -> v.bindGradient(x, null, 0));
        refused("needs 2 numbers, but got 3", () -> v.direction(x, 1, 2, 3));
        refused("needs 2 labels from offset 1, but has 2", () -> v.setLabels(labels, new int[2], 1));
        refused("needs 2 labels from offset 0, but has none", () -> v.setLabels(labels, null, 0));
        v.set(x, new float[] {9, 1, 2}, 1).setLabels(labels, new int[] {9, 3, 4}, 1);
        refused("to needs 2 elements from offset 1, but has 2", () -> v.copyValues(x, new float[2], 1));
        float[] copy = new float[3];
        v.copyValues(labels, copy, 1);
        assertArrayEquals(new float[] {0, 3, 4}, copy);
        Node stranger = Graph.builder().variable("x", 2);
        refused("node of this graph", () -> v.values(stranger));
        refused("node of this graph", () -> v.graph().name(stranger));
        refused("node of this graph", () -> v.graph().memory(stranger));
        refused("node of this graph", () -> v.bindGradient(stranger, new float[2], 0));
        refused("node of this graph", () -> v.forward().tangents(stranger));
    }

    @Test
    void namesAreGivenOnce() {
        Graph.Builder g = Graph.builder();
        Node y = g.square(g.variable("x"));
        refused("name must be new", () -> g.name("x", y));
        refused("4 elements for shape 2×2, but has none", () -> g.constant(null, 2, 2));
    }

    @Test
    void inferenceHasNoDerivatives() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x");
        Node y = g.square(x);
        Values v = g.build().inference(Workers.caller(), y);
        for (Executable call : new Executable[] {
            v::jvp,
            () -> v.backward(y),
            () -> v.hessianProduct(y),
            () -> v.direction(x, 1),
            v::clearDirections,
            () -> v.bindGradient(x, new float[1], 0)
        }) {
            tooEarly("no derivatives", call);
        }
    }
}
