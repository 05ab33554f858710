package dev.backlane.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.backlane.kernel.Activation;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The harness of all operations: each is held against a formula in double, differentiated by finite differences. */
class OpTest {
    private static final double TOLERANCE = 3e-6;
    private static final double STEP = 1e-4;

    private static final List<OpCases.Case> CASES = OpCases.all();

    static List<OpCases.Case> cases() {
        return CASES;
    }

    /** A node under test, with values. */
    private record Built(Node[] inputs, Node z, Values values) {}

    private static Built build(OpCases.Case c, float[][] x, boolean... variable) {
        Graph.Builder g = Graph.builder();
        Node[] inputs = new Node[x.length];
        for (int k = 0; k < x.length; k++) {
            Shape shape = c.shapes().get(k);
            int[] lengths = shape.rank() == 0
                    ? new int[0]
                    : shape.rank() == 1 ? new int[] {shape.cols()} : new int[] {shape.rows(), shape.cols()};
            boolean isVariable = k < c.variables() && (variable.length == 0 || variable[k]);
            inputs[k] = isVariable ? g.variable("x" + k, lengths) : g.data("x" + k, lengths);
        }
        Node z = c.builder().build(g, inputs);
        Values values = g.build().values();
        for (int k = 0; k < x.length; k++) {
            values.set(inputs[k], x[k]);
        }
        return new Built(inputs, z, values.forward());
    }

    /** Only the k-th input is a variable. */
    private static boolean[] only(int k, int n) {
        boolean[] variable = new boolean[n];
        variable[k] = true;
        return variable;
    }

    private static float[] random(long seed, int n) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextDouble(-1, 1);
        }
        return x;
    }

    private static double[][] widen(float[][] x) {
        double[][] wide = new double[x.length][];
        for (int k = 0; k < x.length; k++) {
            wide[k] = new double[x[k].length];
            for (int i = 0; i < x[k].length; i++) {
                wide[k][i] = x[k][i];
            }
        }
        return wide;
    }

    /** x + h·direction; a null direction is zero. */
    private static double[][] moved(double[][] x, float[][] direction, double h) {
        double[][] moved = new double[x.length][];
        for (int k = 0; k < x.length; k++) {
            moved[k] = x[k].clone();
            for (int i = 0; direction[k] != null && i < x[k].length; i++) {
                moved[k][i] += h * direction[k][i];
            }
        }
        return moved;
    }

    private static double[] difference(OpCases.Case c, double[][] x, float[][] direction) {
        double[] up = c.oracle().apply(moved(x, direction, STEP));
        double[] down = c.oracle().apply(moved(x, direction, -STEP));
        for (int i = 0; i < up.length; i++) {
            up[i] = (up[i] - down[i]) / (2 * STEP);
        }
        return up;
    }

    private static double dot(float[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static void assertClose(String what, double[] expected, float[] actual, double tolerance) {
        assertEquals(expected.length, actual.length, what);
        for (int i = 0; i < expected.length; i++) {
            double allowed = tolerance * (1 + Math.abs(expected[i]));
            if (!(Math.abs(expected[i] - actual[i]) <= allowed)) {
                fail(what + ": element " + i + " is " + actual[i] + ", expected " + expected[i]);
            }
        }
    }

    /** Which directions are not zero: all, then each alone. */
    private static List<float[][]> directions(OpCases.Case c) {
        List<float[][]> directions = new ArrayList<>();
        for (int which = -1; which < (c.variables() > 1 ? c.variables() : 0); which++) {
            float[][] direction = new float[c.shapes().size()][];
            for (int k = 0; k < c.variables(); k++) {
                direction[k] = which < 0 || which == k
                        ? random(31 + k, c.shapes().get(k).size())
                        : null;
            }
            directions.add(direction);
        }
        return directions;
    }

    private static void direct(Built built, float[][] direction) {
        built.values.clearDirections();
        for (int k = 0; k < direction.length; k++) {
            if (direction[k] != null) {
                built.values.direction(built.inputs[k], direction[k]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void valueIsTheFormula(OpCases.Case c) {
        float[][] x = c.inputs(1);
        Built built = build(c, x);
        assertClose("value", c.oracle().apply(widen(x)), built.values.values(built.z), TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void jvpIsTheDirectionalDerivative(OpCases.Case c) {
        float[][] x = c.inputs(2);
        Built built = build(c, x);
        for (float[][] direction : directions(c)) {
            direct(built, direction);
            built.values.jvp();
            assertClose("jvp", difference(c, widen(x), direction), built.values.tangents(built.z), 2 * TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void vjpIsTheAdjointOfJvp(OpCases.Case c) {
        float[][] x = c.inputs(3);
        Built built = build(c, x);
        float[] u = random(17, built.z.size());
        built.values.backward(built.z, false, u);
        for (float[][] direction : directions(c)) {
            direct(built, direction);
            built.values.jvp();
            double forward = dot(u, built.values.tangents(built.z));
            double reverse = 0;
            for (int k = 0; k < c.variables(); k++) {
                reverse += direction[k] == null ? 0 : dot(direction[k], built.values.gradients(built.inputs[k]));
            }
            assertEquals(forward, reverse, 3e-6 * (1 + Math.abs(forward)), "⟨u, Jv⟩ and ⟨Jᵀu, v⟩");
        }
    }

    /** Two successors: the second adds to what the first has written, and a second pass adds if it is told to. */
    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAccumulate(OpCases.Case c) {
        float[][] x = c.inputs(5);
        Built once = build(c, x);
        float[] u = random(19, once.z.size());
        float[] w = random(20, once.z.size());
        OpCases.Case twice = new OpCases.Case(
                c.name(),
                c.shapes(),
                c.data(),
                c.draws(),
                (g, n) -> g.concatColumns(
                        g.reshape(c.builder().build(g, n), u.length),
                        g.reshape(c.builder().build(g, n), w.length)),
                c.oracle());
        float[] both = new float[u.length + w.length];
        System.arraycopy(u, 0, both, 0, u.length);
        System.arraycopy(w, 0, both, u.length, w.length);
        Built built = build(twice, x);
        built.values.backward(built.z, false, both);
        float[][] expected = new float[c.variables()][];
        once.values.backward(once.z, false, u);
        for (int k = 0; k < expected.length; k++) {
            expected[k] = once.values.gradients(once.inputs[k]);
        }
        float[][] added = new float[c.variables()][];
        once.values.backward(once.z, true, w);
        for (int k = 0; k < expected.length; k++) {
            added[k] = once.values.gradients(once.inputs[k]);
        }
        once.values.backward(once.z, false, w);
        for (int k = 0; k < expected.length; k++) {
            float[] rest = once.values.gradients(once.inputs[k]);
            double[] sum = new double[rest.length];
            for (int i = 0; i < sum.length; i++) {
                sum[i] = (double) expected[k][i] + rest[i];
            }
            assertClose("two successors, input " + k, sum, built.values.gradients(built.inputs[k]), TOLERANCE);
            assertClose("two passes, input " + k, sum, added[k], TOLERANCE);
        }
    }

    /** Each walk starts afresh: what earlier ones left in the arenas does not show. */
    @ParameterizedTest
    @MethodSource("cases")
    void walksForgetWhatWasBefore(OpCases.Case c) {
        float[][] x = c.inputs(8);
        Built fresh = build(c, x);
        // Another output, which reaches every element of every variable.
        Node[] all = new Node[1];
        OpCases.Case two = new OpCases.Case(
                c.name(),
                c.shapes(),
                c.data(),
                c.draws(),
                (g, n) -> {
                    all[0] = g.constant(0);
                    for (int k = 0; k < c.variables(); k++) {
                        all[0] = g.add(all[0], g.sum(n[k]));
                    }
                    return c.builder().build(g, n);
                },
                c.oracle());
        Built used = build(two, x);
        float[] u = random(23, fresh.z.size());
        used.values
                .backward(all[0])
                .backward(used.z, false, random(24, u.length))
                .backward(used.z, false, u);
        fresh.values.backward(fresh.z, false, u);
        List<float[][]> directions = directions(c);
        for (float[][] direction : directions) {
            direct(used, direction);
            used.values.jvp();
        }
        direct(used, directions.get(0));
        direct(fresh, directions.get(0));
        assertArrayEquals(
                fresh.values.jvp().tangents(fresh.z), used.values.jvp().tangents(used.z), "tangent");
        for (int k = 0; k < c.variables(); k++) {
            assertArrayEquals(
                    fresh.values.gradients(fresh.inputs[k]), used.values.gradients(used.inputs[k]), "input " + k);
        }
    }

    /** What is not a variable costs nothing and changes nothing. */
    @ParameterizedTest
    @MethodSource("cases")
    void gradientOfOneInputHasTheSameBitsWhenTheOthersAreData(OpCases.Case c) {
        float[][] x = c.inputs(6);
        Built all = build(c, x);
        float[] u = random(21, all.z.size());
        all.values.backward(all.z, false, u);
        for (int k = 0; k < c.variables(); k++) {
            Built one = build(c, x, only(k, x.length));
            one.values.backward(one.z, false, u);
            assertArrayEquals(
                    all.values.gradients(all.inputs[k]), one.values.gradients(one.inputs[k]), "gradient of input " + k);
        }
    }

    /** The Hessian of ⟨u, z⟩ times a direction, against second differences of the formula. */
    @ParameterizedTest
    @MethodSource("cases")
    void hessianProductIsTheSecondDerivative(OpCases.Case c) {
        float[][] x = c.inputs(7);
        float[] u = random(22, build(c, x).z.size());
        OpCases.Case scalar = new OpCases.Case(
                c.name(),
                c.shapes(),
                c.data(),
                c.draws(),
                (g, n) -> g.sum(g.multiply(g.reshape(c.builder().build(g, n), u.length), g.constant(u, u.length))),
                c.oracle());
        Built built = build(scalar, x);
        double[][] wide = widen(x);
        for (float[][] direction : directions(c)) {
            direct(built, direction);
            built.values.hessianProduct(built.z);
            for (int k = 0; k < c.variables(); k++) {
                float[][] other = new float[x.length][];
                other[k] = random(41 + k, x[k].length);
                double up = dot(u, difference(c, moved(wide, direction, 1e-3), other));
                double down = dot(u, difference(c, moved(wide, direction, -1e-3), other));
                double expected = (up - down) / 2e-3;
                double actual = dot(other[k], built.values.hessianProducts(built.inputs[k]));
                assertEquals(expected, actual, 5e-5 * (1 + Math.abs(expected)), "⟨w, Hv⟩, w in input " + k);
            }
        }
    }

    /** One node as both operands. */
    @Test
    void bothOperandsMayBeTheSameNode() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 3, 3);
        Node y = g.sum(g.add(g.multiply(x, x), g.add(g.divide(x, x), g.matmul(x, x))));
        Values v = g.build().values().set(x, 1, 2, 3, 4, 5, 6, 7, 8, 10).forward();
        float[] direction = random(3, 9);
        v.direction(x, direction).jvp().backward(y);
        assertEquals(v.tangent(y), dot(direction, v.gradients(x)), 1e-4);
        // Σ x² gives 2·direction; Σ x·x is bilinear with itself: row and column sums of the direction.
        v.hessianProduct(y);
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                double rows = direction[3 * j] + direction[3 * j + 1] + direction[3 * j + 2];
                double cols = direction[i] + direction[3 + i] + direction[6 + i];
                assertEquals(2 * direction[3 * i + j] + rows + cols, v.hessianProducts(x)[3 * i + j], 1e-4);
            }
        }
    }

    /** Fails when an operation, a kind of one, or an activation in one has no case. */
    @Test
    void everyOperationHasACase() throws ReflectiveOperationException {
        Set<String> expected = new TreeSet<>();
        collect(Op.class, expected);
        Set<String> actual = new TreeSet<>();
        for (OpCases.Case c : cases()) {
            actual.add(key(build(c, c.inputs(0)).z.op));
        }
        assertEquals(expected, actual);
        for (Activation.Kind kind : Activation.Kind.values()) {
            assertEquals(
                    1,
                    OpCases.ACTIVATIONS.stream().filter(f -> f.kind() == kind).count(),
                    kind.toString());
        }
    }

    private static void collect(Class<?> type, Set<String> keys) {
        if (type.isSealed()) {
            for (Class<?> sub : type.getPermittedSubclasses()) {
                collect(sub, keys);
            }
            return;
        }
        if (type == Leaf.class) {
            return;
        }
        List<String> kinds = new ArrayList<>(List.of(""));
        for (Class<?> nested : type.getDeclaredClasses()) {
            if (nested.getSimpleName().equals("Kind")) {
                kinds.clear();
                for (Object kind : nested.getEnumConstants()) {
                    kinds.add("." + kind);
                }
            }
        }
        for (String kind : kinds) {
            if (kind.equals(".ACTIVATION") || type == DenseLayer.class) {
                for (Activation.Kind f : Activation.Kind.values()) {
                    keys.add(type.getSimpleName() + kind + "." + f);
                }
            } else {
                keys.add(type.getSimpleName() + kind);
            }
        }
    }

    private static String key(Op op) throws ReflectiveOperationException {
        String key = op.getClass().getSimpleName();
        Object kind = field(op, "kind");
        key += kind == null ? "" : "." + kind;
        boolean activation = kind == Function.Kind.ACTIVATION || op instanceof DenseLayer;
        return activation ? key + "." + ((Activation) field(op, "f")).kind() : key;
    }

    private static Object field(Op op, String name) throws ReflectiveOperationException {
        for (Field field : op.getClass().getDeclaredFields()) {
            if (field.getName().equals(name)) {
                field.setAccessible(true);
                return field.get(op);
            }
        }
        return null;
    }
}
