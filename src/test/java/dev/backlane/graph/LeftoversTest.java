package dev.backlane.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Rules share scratch memory and arenas: what one leaves there must not reach another. */
class LeftoversTest {
    /** What has no tangent has zeros, whatever a second-order pass left behind. */
    @Test
    void aTangentThatIsNotThereIsZero() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 2);
        Node both = g.concatColumns(x, g.data("d", 2));
        Node loss = g.squaredError(both, g.data("t", 4), 1);
        Graph graph = g.build();
        Values v = graph.values().set(x, 1, 2).set(graph.node("d"), 3, 4).set(graph.node("t"), 0, 0, 0, 0);
        v.forward().direction(x, 5, 6).hessianProduct(loss);
        assertArrayEquals(new float[] {10, 12}, v.hessianProducts(x));
        assertArrayEquals(new float[] {5, 6, 0, 0}, v.jvp().tangents(both));
        assertEquals(2 * 5 + 4 * 6, v.tangent(loss));
    }

    /** The Hessian of a sum of two losses is the sum of theirs. */
    @Test
    void twoLossesOfOneNode() {
        for (boolean swapped : new boolean[] {false, true}) {
            Graph.Builder g = Graph.builder();
            Node x = g.variable("x", 2);
            Node t = g.data("t", 2);
            Node entropy = swapped ? g.softmaxCrossEntropy(x, t, 1) : null;
            Node error = g.squaredError(x, t, 1);
            entropy = swapped ? entropy : g.softmaxCrossEntropy(x, t, 1);
            Node sum = g.add(error, entropy);
            Values v = g.build()
                    .values()
                    .set(x, 1, 2)
                    .set(t, 0.25f, 0.75f)
                    .forward()
                    .direction(x, 3, -1);
            float[] one = v.hessianProduct(entropy).hessianProducts(x);
            assertArrayEquals(new float[] {6, -2}, v.hessianProduct(error).hessianProducts(x));
            assertArrayEquals(
                    new float[] {6 + one[0], one[1] - 2}, v.hessianProduct(sum).hessianProducts(x), 1e-6f);
        }
    }

    /** Also where this pass is the first of these values, and where the output is the variable itself. */
    @Test
    void anAccumulatingPassAddsToTheCallersNumbers() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x");
        Node y = g.square(x);
        float[] gradient = {10};
        Values v = g.build().values().set(x, 3).bindGradient(x, gradient, 0).forward();
        assertEquals(16, v.backward(y, true, 1).gradient(x));
        assertEquals(18, v.backward(x, true, 2).gradient(x));
        assertEquals(18, gradient[0]);
        assertEquals(6, v.backward(y, false, 1).gradient(x));
    }

    /** One that is not the first in the arena, whose gradient first is written and then is added to. */
    @Test
    void aVariableIsTransposedTwice() {
        Graph.Builder g = Graph.builder();
        Node other = g.variable("other", 5);
        Node x = g.variable("x", 1, 2);
        Node d = g.constant(new float[] {2, 3}, 2, 1);
        Node e = g.constant(new float[] {10, 20}, 2, 1);
        Node one = g.sum(g.multiply(g.transpose(x), d));
        Node two = g.add(one, g.sum(g.multiply(g.transpose(x), e)));
        Node sum = g.add(two, g.sum(other));
        Values v = g.build().values().set(x, 1, 2).set(other, 0, 0, 0, 0, 0).forward();
        assertArrayEquals(new float[] {2, 3}, v.backward(one).gradients(x));
        assertArrayEquals(new float[] {12, 23}, v.backward(sum).gradients(x));
        assertArrayEquals(new float[] {1, 1, 1, 1, 1}, v.gradients(other));
    }
}
