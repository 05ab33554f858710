package dev.backlane.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Workers;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Places for the values of inference: what the plan costs, and what it says. */
class MemoryTest {
    /** Every other node is freed first, so that as many free places lie apart as can be. */
    @Tag("large")
    @Test
    void planningTakesHardlyLongerThanTheGraphHasNodes() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x");
        Node y = g.variable("y", 3);
        int n = 200_000;
        Node[] small = new Node[n];
        Node[] large = new Node[n];
        for (int i = 0; i < n; i++) {
            small[i] = g.square(x);
            large[i] = g.square(y);
        }
        Node sum = x;
        for (Node next : small) {
            sum = g.add(sum, next);
        }
        Node sums = y;
        for (Node next : large) {
            sums = g.add(sums, next);
        }
        Node out = g.sum(g.add(sum, sums));
        Graph graph = g.build();
        Memory memory = assertTimeoutPreemptively(Duration.ofSeconds(10), () -> graph.memory(out));
        assertEquals(8 * n + 4, memory.kept());
        assertTrue(memory.live() <= memory.reused(), memory.toString());
    }

    /** One node with very many operands, some of them twice. */
    @Tag("large")
    @Test
    void manyOperandsOfOneNode() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x");
        int n = 300_000;
        Node[] parts = new Node[n + 1];
        for (int i = 0; i < n; i++) {
            parts[i] = g.square(x);
        }
        parts[n] = parts[0];
        Node out = g.sum(g.concatColumns(parts));
        Graph graph = g.build();
        Memory memory = assertTimeoutPreemptively(Duration.ofSeconds(10), () -> graph.memory(out));
        assertEquals(n + n + 1, memory.live());
        assertEquals(
                4f * (n + 1),
                graph.inference(Workers.caller(), out).set(x, 2).forward().value(out));
    }

    /** What {@link Memory} reports is all there is: derivatives alone need rooms to work in. */
    @Test
    void inferenceAllocatesNoRoomForDerivatives() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 40, 50);
        Node out = g.sum(g.transpose(g.concatRows(g.exp(x), x)));
        Graph graph = g.build();
        Values inference = graph.inference(Workers.caller(), out);
        Memory memory = graph.memory(out);
        assertEquals(memory.leaves() + memory.reused(), inference.v.flat.length);
        assertEquals(0, inference.scratch.length);
        float[] ones = new float[2000];
        Arrays.fill(ones, 1);
        assertEquals(2000 + 2000 * Math.E, inference.set(x, ones).forward().value(out), 1e-2);
    }

    /** What is left of a place that a smaller node took, alone and joined with its neighbour, serves the next. */
    @Test
    void restsOfPlacesAreUsed() {
        Graph.Builder g = Graph.builder();
        Node b = g.exp(g.exp(g.variable("x", 4)));
        Node sum = g.add(g.sum(b), g.sum(g.exp(g.variable("y", 3))));
        Node out = g.add(sum, g.mean(b));
        Memory alone = g.build().memory(out);
        assertEquals(9, alone.live());
        assertEquals(9, alone.reused());
        Graph.Builder h = Graph.builder();
        Node first = h.sum(h.exp(h.exp(h.variable("x", 2))));
        Node then = h.add(first, h.sum(h.exp(h.variable("y", 3))));
        Memory joined = h.build().memory(then);
        assertEquals(5, joined.live());
        assertEquals(5, joined.reused());
        // The later of two neighbours is free first.
        Graph.Builder j = Graph.builder();
        Node early = j.exp(j.variable("x", 2));
        Node late = j.sum(j.exp(j.variable("y", 2)));
        Node five = j.concatColumns(early, j.variable("z", 3));
        Node four = j.exp(j.variable("w", 4));
        Node all = j.add(late, j.add(j.sum(five), j.sum(four)));
        Memory backwards = j.build().memory(all);
        assertEquals(11, backwards.live());
        assertEquals(11, backwards.reused());
    }

    @Test
    void moreThanAnArrayCanHaveIsRefused() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 1_000_000_000);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> g.concatColumns(x, x, x))
                .getMessage()
                .contains("3000000000"));
        Node a = g.exp(x);
        Node b = g.exp(a);
        Node out = g.sum(g.add(a, b));
        Graph graph = g.build();
        assertTrue(assertThrows(IllegalArgumentException.class, () -> graph.memory(out))
                .getMessage()
                .contains("4000000000 floats"));
    }
}
