package dev.backlane.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Numbers from different points never meet in one derivative. */
class ValuesTest {
    private static String tooEarly(Executable call) {
        return assertThrows(IllegalStateException.class, call).getMessage();
    }

    /** x² at 3, then x set to 5: the derivative would be that at 5, beside the value at 3. */
    @Test
    void derivativesAreRefusedBetweenSetAndForward() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x");
        Node y = g.square(x);
        Values v = g.build().values().set(x, 3).forward();
        v.set(x, 5);
        assertTrue(tooEarly(() -> v.backward(y)).contains("call forward"));
        assertTrue(tooEarly(v::jvp).contains("call forward"));
        assertTrue(tooEarly(() -> v.hessianProduct(y)).contains("call forward"));
        assertTrue(tooEarly(() -> Trace.of(v, y)).contains("call forward"));
        assertTrue(tooEarly(() -> GradientCost.of(v, y)).contains("call forward"));
        assertEquals(10, v.forward().backward(y).gradient(x));
        v.bind(x, new float[] {7}, 0);
        assertTrue(tooEarly(() -> v.backward(y)).contains("call forward"));
        assertEquals(14, v.forward().backward(y).gradient(x));
    }

    @Test
    void derivativesAreRefusedAfterAForwardPassThatFailed() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 2, 3);
        Node y = g.data("y", 2);
        Node loss = g.softmaxCrossEntropy(x, y, 1);
        float[] labels = {0, 2};
        Values v =
                g.build().values().set(x, 1, 2, 3, 4, 5, 6).bind(y, labels, 0).forward();
        labels[0] = 3;
        assertThrows(IllegalArgumentException.class, v::forward);
        assertTrue(tooEarly(() -> v.backward(loss)).contains("call forward"));
    }

    @Test
    void labelsAreWholeNumbers() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 2, 3);
        Node y = g.data("y", 2);
        g.softmaxCrossEntropy(x, y, 1);
        Values v = g.build().values().set(x, 1, 2, 3, 4, 5, 6);
        for (float label : new float[] {1.5f, -0.25f, Float.NaN, Float.POSITIVE_INFINITY}) {
            v.set(y, 0, label);
            assertEquals(
                    "y must have whole numbers for labels, but has " + label + " in row 1",
                    assertThrows(IllegalArgumentException.class, v::forward).getMessage());
        }
        v.set(y, 0, 2).forward();
    }

    @Test
    void anOutputThatIsNoScalarNeedsASeed() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 2);
        Values v = g.build().values().set(x, 1, 2).forward();
        assertEquals(
                "output must be a scalar, or have a seed of 2 numbers, but x is 2",
                assertThrows(IllegalArgumentException.class, () -> v.backward(x))
                        .getMessage());
        assertArrayEquals(new float[] {3, 4}, v.backward(x, false, 3, 4).gradients(x));
    }

    /** What the new array holds is no gradient. */
    @Test
    void boundGradientsAreThereAfterTheNextPass() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x");
        Node y = g.square(x);
        Values v = g.build().values().set(x, 3).forward().backward(y);
        float[] gradient = {-1};
        v.bindGradient(x, gradient, 0);
        assertTrue(tooEarly(() -> v.gradient(x)).contains("call backward"));
        assertEquals(6, v.backward(y).gradient(x));
        assertEquals(6, gradient[0]);
    }

    /** A bound leaf lives in the caller's array, so that is where it is set. */
    @Test
    void settingABoundLeafWritesToItsArray() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 2);
        float[] array = {9, 1, 2, 9};
        Values v = g.build().values().bind(x, array, 1).set(x, 3, 4);
        assertArrayEquals(new float[] {9, 3, 4, 9}, array);
        assertArrayEquals(new float[] {3, 4}, v.values(x));
    }

    @Test
    void aGraphThatIsBuiltCannotBeRenamed() {
        Graph.Builder g = Graph.builder();
        Node x = g.square(g.variable("x"));
        Graph graph = g.build();
        assertTrue(tooEarly(() -> g.name("late", x)).contains("is built"));
        assertEquals("v1", graph.name(x));
    }

    /** One pass per input, each along one axis, gives what the backward pass gives at once. */
    @Test
    void forwardModeGivesTheGradientByOnePassPerInput() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 2, 3);
        Node w = g.variable("w", 3, 2);
        Node loss = g.sum(g.exp(g.matmul(x, g.multiply(w, w))));
        Values v = g.build()
                .values()
                .set(x, 0.1f, -0.2f, 0.3f, 0.4f, 0.5f, -0.6f)
                .set(w, 1, -0.5f, 0.25f, 0.75f, -1, 0.5f)
                .forward()
                .backward(loss);
        for (Node variable : v.graph().variables()) {
            float[] byPasses = new float[variable.size()];
            for (int i = 0; i < byPasses.length; i++) {
                float[] axis = new float[byPasses.length];
                axis[i] = 1;
                byPasses[i] =
                        v.clearDirections().direction(variable, axis).jvp().tangent(loss);
            }
            assertArrayEquals(v.gradients(variable), byPasses, 1e-5f);
        }
    }
}
