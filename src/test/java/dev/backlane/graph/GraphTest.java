package dev.backlane.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Building, walking, counting, sharing. */
class GraphTest {
    private static String refused(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }

    private static String tooEarly(Executable call) {
        return assertThrows(IllegalStateException.class, call).getMessage();
    }

    @Test
    void aShapeMismatchNamesBothOperandsAndTheirShapes() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 2, 3);
        Node w = g.variable("w", 4, 5);
        Node b = g.variable("b", 2);
        Node y = g.exp(x);
        assertEquals(
                "add: shapes do not fit: x is 2×3 and w is 4×5; they must be equal, or one a scalar or a row of the"
                        + " other",
                refused(() -> g.add(x, w)));
        assertEquals(
                "multiply: shapes do not fit: v3 is 2×3 and b is 2; they must be equal, or one a scalar or a row of the"
                        + " other",
                refused(() -> g.multiply(y, b)));
        assertEquals(
                "matmul: shapes do not fit: x is 2×3 and w is 4×5; the columns of the first must be as many as the"
                        + " rows of the second",
                refused(() -> g.matmul(x, w)));
        assertEquals(
                "dense: shapes do not fit: w is 4×5 and b is 2; the second must be a vector, as long as the first has"
                        + " columns",
                refused(() -> g.dense(Activation.RELU, g.data("d", 7, 4), w, b)));
        assertEquals("transpose: b is 2, but must be a matrix", refused(() -> g.transpose(b)));
        assertEquals("reshape: x is 2×3 cannot become 4×2", refused(() -> g.reshape(x, 4, 2)));
        assertEquals(
                "sliceRows: from and to must be a part of [0, 2) of x is 2×3, but are 1 and 3",
                refused(() -> g.sliceRows(x, 1, 3)));
        assertTrue(refused(() -> g.concatRows(x, b)).startsWith("concatRows: shapes do not fit: x is 2×3 and b is 2;"));
        assertTrue(refused(() -> g.concatColumns(x, w)).startsWith("concatColumns: shapes do not fit: x is 2×3 and w"));
        assertEquals(
                "squaredError: shapes do not fit: x is 2×3 and t is 3×2; they must be equal",
                refused(() -> g.squaredError(x, g.data("t", 3, 2), 1)));
        assertEquals("columnSums", g.columnSums(x).op().toString());
        assertEquals(
                "squaredError: targets must not depend on a variable: v3 is 2×3",
                refused(() -> g.squaredError(x, y, 1)));
    }

    @Test
    void badArgumentsAreRefused() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 2);
        assertTrue(refused(() -> g.variable("x")).contains("name must be new"));
        assertTrue(refused(() -> g.variable("")).contains("name must be new"));
        assertTrue(refused(() -> g.name("y", x)).contains("is called x"));
        assertTrue(refused(() -> g.variable("m", 1, 2, 3)).contains("at most 2 lengths"));
        assertTrue(refused(() -> g.variable("m", 0)).contains("at least 1"));
        assertTrue(refused(() -> g.variable("m", 1 << 20, 1 << 20)).contains("1048576·1048576"));
        assertTrue(refused(() -> g.constant(new float[3], 2, 2)).contains("4 elements"));
        assertTrue(refused(() -> g.exp(null)).contains("node of this builder"));
        assertTrue(refused(() -> g.exp(Graph.builder().variable("x"))).contains("node of this builder"));
        assertTrue(refused(() -> g.activation(null, x)).contains("f must not be null"));
        assertTrue(refused(() -> g.concatRows()).contains("at least one"));
        Node y = g.sum(x);
        Node data = g.data("data");
        Graph graph = g.build();
        assertThrows(IllegalStateException.class, () -> g.exp(x));
        assertSame(x, graph.node("x"));
        assertTrue(refused(() -> graph.node("y")).contains("but is y"));
        Values v = graph.values();
        assertEquals("x has no numbers yet: set or bind it", tooEarly(v::forward));
        assertTrue(refused(() -> v.set(x, 1)).contains("needs 2 numbers, but got 1"));
        assertTrue(refused(() -> v.set(y, 1)).contains("must be a variable or data"));
        assertTrue(refused(() -> v.bind(x, new float[3], 2)).contains("needs 2 elements from offset 2, but has 3"));
        assertTrue(refused(() -> v.bindGradient(data, new float[3], 0)).contains("must be a variable"));
        assertTrue(refused(() -> v.direction(data, 1)).contains("must be a variable"));
        assertTrue(refused(() -> v.set(Graph.builder().variable("x"), 1)).contains("node of this graph"));
        v.set(x, 1, 2).set(data, 3);
        assertTrue(tooEarly(() -> v.value(y)).contains("call forward"));
        assertTrue(tooEarly(() -> v.backward(y)).contains("call forward"));
        assertTrue(tooEarly(v::jvp).contains("call forward"));
        v.forward();
        assertTrue(tooEarly(() -> v.gradients(x)).contains("call backward"));
        assertTrue(tooEarly(() -> v.tangents(x)).contains("call jvp"));
        assertTrue(tooEarly(() -> v.hessianProducts(x)).contains("call hessianProduct"));
        assertEquals("v1 is scalar and needs 1 numbers, but got 2", refused(() -> v.backward(y, false, 1, 2)));
        assertTrue(refused(() -> v.backward(data)).contains("must depend on a variable"));
        assertTrue(refused(() -> v.value(x)).contains("x is 2"));
    }

    /** Rungs of two sides, each side the sum of both sides below: 2^k paths, and work that grows with k alone. */
    @Test
    void workIsProportionalToNodesNotToPaths() {
        for (int k : new int[] {10, 20, 60, 1000}) {
            Graph.Builder g = Graph.builder();
            Node x = g.variable("x");
            Node left = x;
            Node right = x;
            for (int i = 0; i < k; i++) {
                Node l = g.multiply(g.add(left, right), g.constant(0.5f));
                Node r = g.multiply(g.add(right, left), g.constant(0.5f));
                left = l;
                right = r;
            }
            Node top = g.add(left, right);
            Values v = g.build().values().set(x, 3).forward().backward(top);
            assertEquals(6, v.value(top));
            assertEquals(2, v.gradient(x));
            Work work = v.work();
            assertEquals(4 * k + 2, work.nodes());
            assertEquals(6 * k + 2, work.localDerivatives());
            assertEquals(Math.pow(2, k + 1), work.paths());
            assertTrue(work.reused() >= Math.pow(2, k), () -> "reused " + work);
            if (k == 10) {
                assertEquals(
                        "42 nodes visited once, 62 local derivatives computed once;"
                                + " 2,048 paths to variables would take 6,078 more",
                        work.toString());
            }
        }
    }

    @Tag("large")
    @Test
    void aChainOfAMillionNodesWorks() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x");
        Node one = g.constant(1);
        Node z = x;
        int n = 1_000_000;
        for (int i = 0; i < n; i++) {
            z = i % 2 == 0 ? g.add(z, one) : g.subtract(z, one);
        }
        Graph graph = g.build();
        Values v = graph.values().set(x, 0.25f).forward().backward(z);
        assertEquals(0.25f, v.value(z));
        assertEquals(1, v.gradient(x));
        assertEquals(n + 1, v.work().nodes());
        v.direction(x, 2).jvp();
        assertEquals(2, v.tangent(z));
        // Two places of one float are enough, whatever the length.
        Memory memory = graph.memory(z);
        assertEquals(n, memory.kept());
        assertEquals(2, memory.reused());
        assertEquals(
                0.25f,
                graph.inference(Workers.caller(), z).set(x, 0.25f).forward().value(z));
    }

    /** Two hidden layers and a skip connection, in inference: the same values in less memory. */
    @Test
    void inferenceUsesMemoryAgain() {
        Graph.Builder g = Graph.builder();
        Node x = g.data("x", 4, 10);
        Node h = x;
        List<Node> leaves = new ArrayList<>(List.of(x));
        for (int l = 0; l < 6; l++) {
            Node w = g.variable("w" + l, 10, 10);
            Node b = g.variable("b" + l, 10);
            leaves.addAll(List.of(w, b));
            h = l == 3 ? g.add(h, g.activation(Activation.GELU, h)) : g.dense(Activation.SILU, h, w, b);
        }
        Node loss = g.softmaxCrossEntropy(h, g.data("y", 4), 1);
        leaves.add(g.data("unused", 3));
        Graph graph = g.build();
        Values training = graph.values();
        Values inference = graph.inference(Workers.caller(), h, loss);
        SplittableRandom random = new SplittableRandom(5);
        for (Node leaf : leaves) {
            float[] numbers = new float[leaf.size()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (float) random.nextDouble(-1, 1);
            }
            training.set(leaf, numbers);
            if (!graph.name(leaf).equals("unused")) {
                inference.set(leaf, numbers);
            }
        }
        int[] labels = {3, 1, 4, 1};
        training.setLabels(graph.node("y"), labels, 0).forward();
        inference.setLabels(graph.node("y"), labels, 0).forward();
        assertArrayEquals(training.values(h), inference.values(h));
        assertEquals(training.value(loss), inference.value(loss));
        Memory memory = graph.memory(h, loss);
        assertEquals(8, memory.nodes());
        assertEquals(7 * 40 + 1, memory.kept());
        // Three at once where the skip is added: both operands and the sum.
        assertEquals(3 * 40, memory.live());
        assertEquals(3 * 40, memory.reused());
        assertTrue(
                memory.toString().contains("1,124 bytes without reuse, 480 with (2.3 times less"), memory.toString());
        Node hidden = graph.nodes().get(3);
        assertTrue(tooEarly(() -> inference.values(hidden)).contains("is not an output"));
        assertTrue(tooEarly(() -> inference.backward(loss)).contains("inference"));
        assertTrue(refused(() -> graph.memory()).contains("at least one"));
    }

    /** Random graphs of vectors of many lengths: no place is given away while someone still reads it. */
    @Property(tries = 60)
    void inferenceHasTheValuesOfTraining(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Graph.Builder g = Graph.builder();
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            nodes.add(g.variable("x" + i, 1 + random.nextInt(9)));
        }
        for (int i = 0; i < 40; i++) {
            Node x = nodes.get(random.nextInt(nodes.size()));
            Node y = nodes.get(random.nextInt(nodes.size()));
            int length = x.shape().cols();
            nodes.add(
                    switch (random.nextInt(4)) {
                        case 0 -> g.activation(Activation.TANH, x);
                        case 1 -> length + y.shape().cols() > 40 ? g.mean(x) : g.concatColumns(x, y);
                        case 2 -> length > 2 ? g.sliceColumns(x, 1, length - 1) : g.square(x);
                        default -> g.add(x, g.mean(y));
                    });
        }
        Node[] outputs = {nodes.get(random.nextInt(44)), nodes.get(random.nextInt(44)), nodes.get(43)};
        Graph graph = g.build();
        Values training = graph.values();
        Values inference = graph.inference(Workers.caller(), outputs);
        for (Node x : graph.variables()) {
            float[] numbers = new float[x.size()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (float) random.nextDouble(-1, 1);
            }
            training.set(x, numbers);
            inference.set(x, numbers);
        }
        training.forward();
        inference.forward();
        for (Node output : outputs) {
            assertArrayEquals(training.values(output), inference.values(output), () -> graph.name(output));
        }
        Memory memory = graph.memory(outputs);
        assertTrue(memory.live() <= memory.reused() && memory.reused() <= memory.kept(), memory.toString());
    }

    /** The caller's own arrays: read and written in place. */
    @Test
    void boundArraysAreNotCopied() {
        Graph.Builder g = Graph.builder();
        Node w = g.variable("w", 3);
        Node u = g.variable("u", 2);
        Node free = g.variable("free");
        Node y = g.add(g.sum(g.square(w)), g.multiply(g.sum(u), g.constant(0)));
        float[] parameters = {9, 1, 2, 3, 4, 5, 9};
        float[] gradients = {9, 9, 9, 9, 9, 9, 9};
        Values v =
                g.build().values().bind(w, parameters, 1).bind(u, parameters, 4).set(free, 1);
        v.bindGradient(w, gradients, 1).bindGradient(u, gradients, 4).bindGradient(free, gradients, 6);
        v.forward().backward(y);
        assertArrayEquals(new float[] {9, 2, 4, 6, 0, 0, 0}, gradients);
        parameters[1] = -1;
        v.forward().backward(y, true, 10);
        assertArrayEquals(new float[] {9, 2 - 20, 4 + 40, 6 + 60, 0, 0, 0}, gradients);
        assertEquals(0, v.gradient(free));
    }

    @Test
    void whatTheOutputDoesNotDependOnHasGradientZero() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x");
        Node y = g.variable("y");
        Node a = g.square(x);
        Node b = g.square(y);
        Node later = g.add(a, b);
        Values v = g.build().values().set(x, 3).set(y, 5).forward();
        v.backward(later);
        assertEquals(10, v.gradient(y));
        v.backward(a);
        assertEquals(6, v.gradient(x));
        assertEquals(0, v.gradient(y));
        assertEquals(0, v.gradient(b));
        assertEquals(0, v.gradient(later));
        v.backward(x);
        assertEquals(1, v.gradient(x));
        v.direction(x, 1).jvp();
        assertEquals(0, v.tangent(b));
        assertEquals(6, v.tangent(later));
        v.clearDirections().direction(y, 1).jvp();
        assertEquals(0, v.tangent(a));
        assertEquals(10, v.tangent(later));
    }

    /** Where operands are equal the first takes it; at the kink of abs nobody does. */
    @Test
    void tiesAndKinks() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 3);
        Node y = g.variable("y", 3);
        Node z = g.sum(g.add(g.add(g.max(x, y), g.min(x, y)), g.abs(x)));
        Values v = g.build().values().set(x, 0, 2, 1).set(y, 0, 1, 2).forward().backward(z);
        assertArrayEquals(new float[] {2, 2, 2}, v.gradients(x));
        assertArrayEquals(new float[] {0, 1, 1}, v.gradients(y));
    }

    /** Weights that something else uses as well, as in weight decay: the layer adds to theirs and overwrites the bias's. */
    @Test
    void weightsOfALayerMayBeUsedElsewhere() {
        Graph.Builder g = Graph.builder();
        Node x = g.constant(new float[] {1, 2, 3, 4}, 2, 2);
        Node w = g.variable("w", 2, 2);
        Node b = g.variable("b", 2);
        Node y = g.sum(g.dense(Activation.IDENTITY, x, w, b));
        Node loss = g.add(y, g.multiply(g.sum(g.square(w)), g.constant(0.5f)));
        Node other = g.add(y, g.multiply(g.sum(g.square(b)), g.constant(0.5f)));
        Values v = g.build().values().set(w, 1, 2, 3, 4).set(b, 5, 6).forward();
        for (int i = 0; i < 2; i++) {
            v.backward(loss);
            assertArrayEquals(new float[] {4 + 1, 4 + 2, 6 + 3, 6 + 4}, v.gradients(w));
            assertArrayEquals(new float[] {2, 2}, v.gradients(b));
            v.backward(other);
            assertArrayEquals(new float[] {4, 4, 6, 6}, v.gradients(w));
            assertArrayEquals(new float[] {2 + 5, 2 + 6}, v.gradients(b));
        }
    }

    /** A full gradient in forward mode takes a pass per input; in reverse mode one. */
    @Test
    void gradientCostComparesTheModes() {
        Graph.Builder g = Graph.builder();
        Node w = g.variable("w", 7, 5);
        Node b = g.variable("b", 5);
        Node y = g.dense(Activation.SIGMOID, g.data("x", 3, 7), w, b);
        Node loss = g.squaredError(y, g.data("t", 3, 5), 1);
        Values v = g.build().values().set(w, new float[35]).set(b, new float[5]);
        v.set(v.graph().node("x"), new float[21])
                .set(v.graph().node("t"), new float[15])
                .forward();
        GradientCost cost = GradientCost.of(v, loss);
        assertEquals(40, cost.variables());
        assertEquals(3 * 7 * 5 + 15 + 15, cost.valueMultiplyAdds());
        assertEquals(3 * 7 * 5 + 15 + 15, cost.reverseMultiplyAdds());
        assertEquals(35 * (3 * 7 * 5 + 15) + 5 * (15 + 15), cost.forwardMultiplyAdds());
        assertEquals(40, cost.timedPasses());
        assertTrue(cost.toString().contains("forward | 40"), cost.toString());
    }

    /** One graph, eight threads, each with its own numbers: the bits of one thread. */
    @Test
    void manyThreadsWalkOneGraph() throws InterruptedException {
        Graph.Builder g = Graph.builder();
        Node x = g.data("x", 3, 17);
        Node w = g.variable("w", 17, 9);
        Node b = g.variable("b", 9);
        Node loss = g.softmaxCrossEntropy(g.dense(Activation.TANH, x, w, b), g.data("y", 3), 1);
        Graph graph = g.build();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        float[][] expected = new float[8][];
        for (int t = 0; t < 8; t++) {
            expected[t] = gradients(graph, loss, t, 1);
        }
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            int id = t;
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    assertArrayEquals(expected[id], gradients(graph, loss, id, 20));
                } catch (Throwable e) {
                    failure.set(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertSame(null, failure.get());
    }

    private static float[] gradients(Graph graph, Node loss, int seed, int times) {
        Values v = graph.values();
        SplittableRandom random = new SplittableRandom(seed);
        for (String name : List.of("x", "w", "b")) {
            float[] numbers = new float[graph.node(name).size()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (float) random.nextDouble(-1, 1);
            }
            v.set(graph.node(name), numbers);
        }
        v.setLabels(graph.node("y"), new int[] {seed, 0, 8}, 0);
        for (int i = 0; i < times; i++) {
            v.forward().backward(loss);
        }
        return v.gradients(graph.node("w"));
    }
}
