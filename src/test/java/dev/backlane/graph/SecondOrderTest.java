package dev.backlane.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlane.kernel.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Hessian-vector products of whole graphs: finite differences of the gradient, symmetry, linearity. */
class SecondOrderTest {
    @Provide
    Arbitrary<Activation> activation() {
        return Arbitraries.of(OpCases.ACTIVATIONS);
    }

    /** A network of dense layers and loose operations with all its variables. */
    private record Net(Values values, Node loss, List<Node> variables) {
        void product(float[][] direction) {
            for (int k = 0; k < direction.length; k++) {
                values.direction(variables.get(k), direction[k]);
            }
            values.hessianProduct(loss);
        }

        double dot(float[][] w) {
            double sum = 0;
            for (int k = 0; k < w.length; k++) {
                float[] h = values.hessianProducts(variables.get(k));
                for (int i = 0; i < h.length; i++) {
                    sum += (double) h[i] * w[k][i];
                }
            }
            return sum;
        }

        /** ⟨gradient, w⟩ at the variables moved by h·direction. */
        double slope(float[][] at, float[][] direction, double h, float[][] w) {
            for (int k = 0; k < at.length; k++) {
                float[] moved = at[k].clone();
                for (int i = 0; i < moved.length; i++) {
                    moved[i] += (float) (h * direction[k][i]);
                }
                values.set(variables.get(k), moved);
            }
            values.forward().backward(loss);
            double sum = 0;
            for (int k = 0; k < at.length; k++) {
                float[] g = values.gradients(variables.get(k));
                for (int i = 0; i < g.length; i++) {
                    sum += (double) g[i] * w[k][i];
                }
            }
            return sum;
        }
    }

    private static Net net(long seed, Activation f) {
        SplittableRandom random = new SplittableRandom(seed);
        Graph.Builder g = Graph.builder();
        List<Node> variables = new ArrayList<>();
        Node x = g.variable("x", 3, 4);
        Node w1 = g.variable("w1", 4, 5);
        Node b1 = g.variable("b1", 5);
        Node w2 = g.variable("w2", 5, 4);
        Node b2 = g.variable("b2", 4);
        variables.addAll(List.of(x, w1, b1, w2, b2));
        Node h = g.dense(f, x, w1, b1);
        // The hidden layer fans out; the same weights are used once fused and once loose.
        Node a = g.dense(Activation.TANH, h, w2, b2);
        Node b = g.activation(Activation.SIGMOID, g.add(g.matmul(h, w2), b2));
        Node c = g.divide(g.multiply(a, b), g.add(g.exp(b), g.sqrt(g.add(g.square(a), g.constant(1)))));
        Node y = g.data("y", 3);
        Node loss = g.add(g.softmaxCrossEntropy(g.add(c, x), y, 0.5f), g.mean(g.square(c)));
        Values v = g.build().values();
        v.setLabels(y, new int[] {random.nextInt(4), random.nextInt(4), random.nextInt(4)}, 0);
        float[][] at = random(seed, variables, 1);
        for (int k = 0; k < at.length; k++) {
            v.set(variables.get(k), at[k]);
        }
        return new Net(v.forward(), loss, variables);
    }

    private static float[][] random(long seed, List<Node> variables, double size) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][] x = new float[variables.size()][];
        for (int k = 0; k < x.length; k++) {
            x[k] = new float[variables.get(k).size()];
            for (int i = 0; i < x[k].length; i++) {
                x[k][i] = (float) random.nextDouble(-size, size);
            }
        }
        return x;
    }

    @Property(tries = 40)
    void theHessianIsSymmetric(@ForAll long seed, @ForAll("activation") Activation f) {
        Net net = net(seed, f);
        float[][] u = random(seed + 1, net.variables, 1);
        float[][] w = random(seed + 2, net.variables, 1);
        net.product(u);
        double wHu = net.dot(w);
        net.product(w);
        double uHw = net.dot(u);
        assertEquals(wHu, uHw, 2e-5 * (1 + Math.abs(wHu)));
    }

    @Property(tries = 40)
    void theProductIsTheChangeOfTheGradient(@ForAll long seed) {
        // Smooth activations only: a step across a kink is no derivative.
        Activation f = List.of(
                        Activation.TANH, Activation.GELU, Activation.SOFTPLUS, Activation.SIGMOID, Activation.SILU)
                .get(Math.floorMod(seed, 5));
        Net net = net(seed, f);
        float[][] at = random(seed, net.variables, 1);
        float[][] u = random(seed + 1, net.variables, 1);
        float[][] w = random(seed + 2, net.variables, 1);
        net.product(u);
        double actual = net.dot(w);
        double h = 1.0 / 128;
        double first = (net.slope(at, u, h, w) - net.slope(at, u, -h, w)) / (2 * h);
        double second = (net.slope(at, u, 2 * h, w) - net.slope(at, u, -2 * h, w)) / (4 * h);
        // Richardson: the error of order h² drops out.
        assertEquals((4 * first - second) / 3, actual, 2e-3 * (1 + Math.abs(actual)));
    }

    @Property(tries = 20)
    void theProductIsLinearInTheDirection(@ForAll long seed, @ForAll("activation") Activation f) {
        Net net = net(seed, f);
        float[][] u = random(seed + 1, net.variables, 1);
        float[][] w = random(seed + 2, net.variables, 1);
        net.product(u);
        double once = net.dot(w);
        for (float[] part : u) {
            for (int i = 0; i < part.length; i++) {
                part[i] *= -4;
            }
        }
        net.product(u);
        assertEquals(-4 * once, net.dot(w), 1e-5 * (1 + Math.abs(4 * once)));
    }
}
