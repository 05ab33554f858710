package dev.backlane.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The examples and their tables, against values that were derived by hand, finite differences and {@code nn}. */
class WorkedExampleTest {
    private static void assertGradient(double expected, WorkedExample.Solved solved, String name) {
        float actual = solved.values().gradient(solved.values().graph().node(name));
        assertEquals(expected, actual, 1e-6 * (1 + Math.abs(expected)), name);
    }

    @Test
    void sumTimesSumPrintsItsTables() {
        WorkedExample.Solved solved = WorkedExample.SUM_TIMES_SUM.solve();
        assertEquals("""
            node | computation   | value
            ---- | ------------- | -----
            a    | variable      | 2
            b    | variable      | 1
            c    | a + b = 2 + 1 | 3
            d    | b + 1 = 1 + 1 | 2
            e    | c·d = 3·2     | 6
            """, solved.trace().forward());
        assertEquals("""
            target | using        | calculation                           | value
            ------ | ------------ | ------------------------------------- | -----
            ∂e/∂e  |              | 1                                     | 1
            ∂e/∂d  | ∂e/∂e        | ∂e/∂e·∂e/∂d = 1·3                     | 3
            ∂e/∂c  | ∂e/∂e        | ∂e/∂e·∂e/∂c = 1·2                     | 2
            ∂e/∂b  | ∂e/∂c, ∂e/∂d | ∂e/∂c·∂c/∂b + ∂e/∂d·∂d/∂b = 2·1 + 3·1 | 5
            ∂e/∂a  | ∂e/∂c        | ∂e/∂c·∂c/∂a = 2·1                     | 2
            """, solved.trace().backward());
        assertEquals("""
            digraph {
              rankdir=LR;
              node [shape=box, style=filled];
              v0 [label="a\\nvalue 2\\ngradient 2", fillcolor=lightblue];
              v1 [label="b\\nvalue 1\\ngradient 5", fillcolor=lightblue];
              v2 [label="c = a + b\\nvalue 3\\ngradient 2", fillcolor=white];
              v0 -> v2 [label="1"];
              v1 -> v2 [label="1"];
              v3 [label="1\\nvalue 1", fillcolor=gray90];
              v4 [label="d = b + 1\\nvalue 2\\ngradient 3", fillcolor=white];
              v1 -> v4 [label="1"];
              v3 -> v4;
              v5 [label="e = c·d\\nvalue 6\\ngradient 1", fillcolor=gold];
              v2 -> v5 [label="2"];
              v4 -> v5 [label="3"];
            }
            """, solved.trace().dot());
    }

    @Test
    void theReadmeShowsWhatIsPrinted() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        assertTrue(
                readme.contains("\n```\n" + WorkedExample.SUM_TIMES_SUM.solve().trace() + "```\n"));
    }

    @Test
    void fanOutPrintsItsTables() {
        Trace trace = WorkedExample.FAN_OUT.solve().trace();
        assertEquals("""
            node | computation   | value
            ---- | ------------- | -----
            x    | variable      | 2
            y    | variable      | 3
            p    | x² = 2²       | 4
            q    | x + y = 2 + 3 | 5
            z    | p·q = 4·5     | 20
            """, trace.forward());
        assertTrue(trace.backward().contains("∂z/∂x  | ∂z/∂p, ∂z/∂q | ∂z/∂p·∂p/∂x + ∂z/∂q·∂q/∂x = 5·4 + 4·1 | 24\n"));
        assertTrue(trace.backward().contains("∂z/∂y  | ∂z/∂q        | ∂z/∂q·∂q/∂y = 4·1                     | 4\n"));
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }

    @Test
    void neuronNamesItsThreeFactors() {
        WorkedExample.Solved solved = WorkedExample.NEURON.solve();
        double a = sigmoid(0.8 * 1.5 - 0.5);
        double slope = 2 * (a - 1) * a * (1 - a);
        assertGradient(2 * (a - 1), solved, "a");
        assertGradient(slope, solved, "z");
        assertGradient(slope * 1.5, solved, "w");
        assertGradient(slope, solved, "b");
        assertEquals("""
            factor | formula     | value
            ------ | ----------- | --------
            ∂C/∂a  | 2(a - y)    | -0.66362
            ∂a/∂z  | sigmoid′(z) | 0.22171
            ∂z/∂w  | x           | 1.5
            ∂z/∂b  | 1           | 1
            """, solved.trace().factors());
        assertTrue(solved.trace().forward().contains("z    | x·w + b = 1.5·0.8 + (-0.5) | 0.7\n"));
        assertTrue(solved.trace().forward().contains("C    | (a - y)² = (0.66819 - 1)²"));
        assertTrue(solved.trace().backward().contains("∂C/∂w  | ∂C/∂z | ∂C/∂z·∂z/∂w = (-0.14713)·1.5     | -0.2207\n"));
    }

    @Test
    void chainOfFourHandsItsGradientsDown() {
        WorkedExample.Solved solved = WorkedExample.CHAIN_OF_FOUR.solve();
        double[] w = {1.2, -0.7, 2, 0.9};
        double[] b = {0.1, 0.3, -0.4, 0.2};
        double[] a = new double[5];
        a[0] = 0.5;
        for (int l = 0; l < 4; l++) {
            a[l + 1] = sigmoid(w[l] * a[l] + b[l]);
        }
        double byActivation = 2 * (a[4] - 1);
        for (int l = 4; l > 0; l--) {
            assertGradient(byActivation, solved, "a" + l);
            double byZ = byActivation * a[l] * (1 - a[l]);
            assertGradient(byZ * a[l - 1], solved, "w" + l);
            assertGradient(byZ, solved, "b" + l);
            byActivation = byZ * w[l - 1];
        }
        assertTrue(
                solved.trace().forward().contains("sigmoid(z2) = sigmoid(-0.16773) "),
                solved.trace().forward());
    }

    @Test
    void twoLayersSumOverTheNeuronsThatAHiddenActivationFeeds() {
        WorkedExample.Solved solved = WorkedExample.TWO_LAYERS.solve();
        double h1 = sigmoid(0.5 - 0.2);
        double h2 = sigmoid(-0.3 + 0.4);
        double o1 = sigmoid(0.7 * h1 - 1.1 * h2 + 0.1);
        double o2 = sigmoid(-0.3 * h1 + 0.5 * h2 - 0.2);
        double s1 = 2 * (o1 - 1) * o1 * (1 - o1);
        double s2 = 2 * o2 * o2 * (1 - o2);
        assertGradient(s1, solved, "s1");
        assertGradient(s2, solved, "s2");
        assertGradient(0.7 * s1 - 0.3 * s2, solved, "a1");
        assertGradient(-1.1 * s1 + 0.5 * s2, solved, "a2");
        assertGradient((0.7 * s1 - 0.3 * s2) * h1 * (1 - h1) * 0.5, solved, "w1");
        assertGradient(s2 * h2, solved, "u22");
        assertTrue(solved.trace().backward().contains("∂C/∂a1  | ∂C/∂p1, ∂C/∂p2 | ∂C/∂p1·∂p1/∂a1 + ∂C/∂p2·∂p2/∂a1 = "));
    }

    /** The neuron, the chain and the two layers as networks of {@code nn}. */
    @Test
    void networksAgreeWithNn() {
        assertNn(
                Mlp.inputs(1).dense(1, Activation.SIGMOID).loss(Loss.SQUARED_ERROR),
                WorkedExample.NEURON.solve(),
                new float[] {1},
                "w",
                "b");
        Mlp.Builder chain = Mlp.inputs(1);
        for (int l = 0; l < 4; l++) {
            chain.dense(1, Activation.SIGMOID);
        }
        assertNn(
                chain.loss(Loss.SQUARED_ERROR),
                WorkedExample.CHAIN_OF_FOUR.solve(),
                new float[] {1},
                "w1",
                "b1",
                "w2",
                "b2",
                "w3",
                "b3",
                "w4",
                "b4");
        assertNn(
                Mlp.inputs(1)
                        .dense(2, Activation.SIGMOID)
                        .dense(2, Activation.SIGMOID)
                        .loss(Loss.SQUARED_ERROR),
                WorkedExample.TWO_LAYERS.solve(),
                new float[] {1, 0},
                "w1",
                "w2",
                "b1",
                "b2",
                "u11",
                "u12",
                "u21",
                "u22",
                "c1",
                "c2");
    }

    private static void assertNn(Mlp mlp, WorkedExample.Solved solved, float[] targets, String... names) {
        Values v = solved.values();
        float[] parameters = new float[names.length];
        float[] expected = new float[names.length];
        float[] gradients = new float[names.length];
        for (int i = 0; i < names.length; i++) {
            parameters[i] = v.value(v.graph().node(names[i]));
            expected[i] = v.gradient(v.graph().node(names[i]));
        }
        Workspace workspace = mlp.workspace(1);
        float[] x = {v.value(v.graph().node("x"))};
        mlp.forward(Workers.caller(), 1, x, 0, 1, parameters, 0, workspace);
        double loss = mlp.loss(1, targets, 0, targets.length, 1, workspace);
        mlp.backward(Workers.caller(), 1, x, 0, 1, parameters, 0, workspace, gradients, 0, false);
        assertEquals(v.value(solved.output()), loss, 1e-6);
        assertArrayEquals(expected, gradients, 1e-6f);
    }

    /** Every gradient by variables against differences of the output. */
    @ParameterizedTest
    @EnumSource
    void finiteDifferencesAgree(WorkedExample example) {
        WorkedExample.Solved solved = example.solve();
        Values v = solved.values();
        float h = 1f / 128;
        for (Node x : v.graph().variables()) {
            float at = v.value(x);
            float expected = v.backward(solved.output()).gradient(x);
            double[] f = new double[4];
            for (int i = 0; i < 4; i++) {
                v.set(x, at + h * new float[] {-2, -1, 1, 2}[i]).forward();
                f[i] = v.value(solved.output());
            }
            v.set(x, at).forward();
            double slope = (8 * (f[2] - f[1]) - (f[3] - f[0])) / (12 * h);
            assertEquals(
                    slope, expected, 1e-4 * (1 + Math.abs(expected)), v.graph().name(x));
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyExampleHasATitleAndBothTables(WorkedExample example) {
        String text = example.solve().trace().toString();
        assertTrue(text.startsWith("Forward pass\n\nnode "), text);
        assertTrue(text.contains("\nBackward pass\n\ntarget "), text);
        assertTrue(!example.title().isEmpty());
    }

    /** Arrays are cut short, and what is no single number has terms but no factors. */
    @Test
    void vectorsAndMatrices() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 2, 2);
        Node w = g.variable("w", 9);
        Node p = g.name("p", g.matmul(x, x));
        Node y = g.name("y", g.add(g.sum(p), g.sum(w)));
        Values v = g.build()
                .values()
                .set(x, 1, 2, 3, 4)
                .set(w, 1, 2, 3, 4, 5, 6, 7, 8, 9)
                .forward();
        Trace trace = Trace.of(v, y);
        assertTrue(trace.forward().contains("| [1, 2; 3, 4]\n"), trace.forward());
        assertTrue(trace.forward().contains("| [1, 2, 3, 4, 5, 6, … 9 in all]"), trace.forward());
        assertTrue(
                trace.backward().contains("∂y/∂p·∂p/∂x + ∂y/∂p·∂p/∂x = [3, 7; 3, 7] + [4, 4; 6, 6] | [7, 11; 9, 13]"),
                trace.backward());
        assertTrue(trace.factors().contains("∂p/∂x  | ·xᵀ "), trace.factors());
    }
}
