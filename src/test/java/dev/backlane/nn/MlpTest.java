package dev.backlane.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Workers;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MlpTest {
    private static final Activation[] ACTIVATIONS = {
        Activation.IDENTITY,
        Activation.SIGMOID,
        Activation.TANH,
        Activation.RELU,
        Activation.leakyRelu(0.1f),
        Activation.elu(1),
        Activation.SOFTPLUS,
        Activation.SILU,
        Activation.GELU
    };

    /** A random network with data, and its gradient of the summed loss. */
    private static final class Run {
        final Mlp mlp;
        final int batch;
        final float[] x;
        final float[] targets;
        final float[] parameters;
        final float[] gradients;
        final Workspace workspace;

        Run(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            int depth = 1 + random.nextInt(4);
            Mlp.Builder builder = Mlp.inputs(1 + random.nextInt(20));
            Loss loss = Loss.values()[random.nextInt(Loss.values().length)];
            for (int l = 0; l < depth; l++) {
                boolean logits = l == depth - 1 && loss.onLogits();
                builder.dense(
                        1 + random.nextInt(20),
                        logits ? Activation.IDENTITY : ACTIVATIONS[random.nextInt(ACTIVATIONS.length)]);
            }
            mlp = builder.loss(loss);
            batch = 1 + random.nextInt(9);
            x = floats(random, batch * mlp.inputs(), -1);
            targets = floats(random, batch * mlp.outputs(), 0);
            parameters = floats(random, mlp.parameterCount(), -1);
            gradients = new float[parameters.length];
            workspace = mlp.workspace(batch);
        }

        double gradient(Workers workers, int from, int to, float scale, boolean accumulate) {
            int inputs = mlp.inputs();
            int size = to - from;
            mlp.forward(workers, size, x, from * inputs, inputs, parameters, 0, workspace);
            double loss = mlp.loss(size, targets, from * mlp.outputs(), mlp.outputs(), scale, workspace);
            mlp.backward(workers, size, x, from * inputs, inputs, parameters, 0, workspace, gradients, 0, accumulate);
            return loss;
        }
    }

    private static float[] floats(SplittableRandom random, int n, double least) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextDouble(least, 1);
        }
        return x;
    }

    private static double[] doubles(float[] x) {
        double[] y = new double[x.length];
        Arrays.setAll(y, i -> x[i]);
        return y;
    }

    @Property(tries = 150)
    void gradientMatchesFiniteDifferencesOfTheNetworkInDouble(@ForAll long seed) {
        Run run = new Run(seed);
        double loss = run.gradient(Workers.caller(), 0, run.batch, 1, false);
        DoubleMlp oracle = new DoubleMlp(run.mlp);
        double[] x = doubles(run.x);
        double[] targets = doubles(run.targets);
        double[] p = doubles(run.parameters);
        double exact = oracle.loss(run.batch, x, p, targets);
        assertEquals(exact, loss, 1e-5 * Math.max(1, Math.abs(exact)), run.mlp.toString());
        double norm = 0;
        for (float g : run.gradients) {
            norm = Math.max(norm, Math.abs(g));
        }
        SplittableRandom random = new SplittableRandom(seed);
        for (int k = 0; k < 12; k++) {
            int i = random.nextInt(p.length);
            double h = 1e-6;
            double middle = p[i];
            p[i] = middle + h;
            double up = oracle.loss(run.batch, x, p, targets);
            p[i] = middle - h;
            double down = oracle.loss(run.batch, x, p, targets);
            p[i] = middle;
            double second = Math.abs(up - 2 * exact + down);
            // A kink of relu between the two points shows as a second difference of order h and not h².
            if (second > 1e-9 * Math.max(1, Math.abs(exact))) {
                continue;
            }
            assertEquals(
                    (up - down) / (2 * h),
                    run.gradients[i],
                    3e-5 * Math.max(norm, 1e-2),
                    run.mlp + " at parameter " + i);
        }
    }

    @Property(tries = 60)
    void gradientHasTheSameBitsOnAnyNumberOfThreadsAndHoweverTheBatchIsCut(@ForAll long seed) {
        Run run = new Run(seed);
        run.gradient(Workers.caller(), 0, run.batch, 0.25f, false);
        float[] once = run.gradients.clone();
        try (Workers two = Workers.of(2)) {
            run.gradient(two, 0, run.batch, 0.25f, false);
            assertArrayEquals(once, run.gradients);
            int cut = new SplittableRandom(seed).nextInt(run.batch + 1);
            Arrays.fill(run.gradients, 0);
            run.gradient(two, 0, cut, 0.25f, true);
            run.gradient(Workers.caller(), cut, run.batch, 0.25f, true);
            assertArrayEquals(once, run.gradients);
        }
    }

    @Property(tries = 60)
    void predictGivesTheBitsOfForward(@ForAll long seed) {
        Run run = new Run(seed);
        Mlp mlp = run.mlp;
        mlp.forward(Workers.caller(), run.batch, run.x, 0, mlp.inputs(), run.parameters, 0, run.workspace);
        float[] y = new float[run.batch * mlp.outputs()];
        Workspace inference = mlp.inferenceWorkspace(1);
        for (int i = 0; i < run.batch; i++) {
            mlp.predict(
                    Workers.caller(),
                    1,
                    run.x,
                    i * mlp.inputs(),
                    mlp.inputs(),
                    run.parameters,
                    0,
                    inference,
                    y,
                    i * mlp.outputs(),
                    mlp.outputs());
        }
        int at = run.workspace.outputOffset(mlp.layers().size() - 1);
        assertArrayEquals(Arrays.copyOfRange(run.workspace.memory(), at, at + y.length), y);
    }

    /** Wide enough that products and updates are really cut among threads. */
    @Tag("large")
    @Test
    void contract1ABigGradientHasTheSameBitsOnAnyNumberOfThreads() {
        int batch = 64;
        Mlp mlp = Mlp.inputs(784)
                .dense(128, Activation.GELU)
                .dense(90, Activation.SIGMOID)
                .dense(10, Activation.IDENTITY)
                .loss(Loss.SOFTMAX_CROSS_ENTROPY);
        SplittableRandom random = new SplittableRandom(8);
        float[] x = floats(random, batch * 784, 0);
        float[] parameters = new float[mlp.parameterCount()];
        mlp.initialize(3, parameters, 0);
        Workspace workspace = mlp.workspace(batch);
        float[] expected = null;
        try (Workers two = Workers.of(2);
                Workers three = Workers.of(3)) {
            for (Workers workers : new Workers[] {Workers.caller(), two, three}) {
                float[] gradients = new float[parameters.length];
                mlp.forward(workers, batch, x, 0, 784, parameters, 0, workspace);
                mlp.loss(batch, new int[batch], 0, 1f / batch, workspace);
                mlp.backward(workers, batch, x, 0, 784, parameters, 0, workspace, gradients, 0, false);
                if (expected == null) {
                    expected = gradients;
                }
                assertArrayEquals(expected, gradients);
            }
        }
    }

    @Test
    void contract5And6NothingIsWrittenBeforeTheLastLayersArgumentsAreChecked() {
        Mlp mlp = Mlp.inputs(3)
                .dense(4, Activation.TANH)
                .dense(2, Activation.IDENTITY)
                .loss(Loss.SQUARED_ERROR);
        int n = mlp.parameterCount();
        float[] p = new float[n];
        mlp.initialize(1, p, 0);
        float[] before = p.clone();
        float[] x = {1, 2, 3, 4, 5, 6};
        Workspace workspace = mlp.workspace(8);
        mlp.forward(Workers.caller(), 2, x, 0, 3, p, 0, workspace);
        mlp.loss(2, new int[2], 0, 1, workspace);
        float[] g = new float[n];
        named("x needs", () -> mlp.backward(Workers.caller(), 2, new float[2], 0, 3, p, 0, workspace, g, 0, true));
        named("ldx", () -> mlp.backward(Workers.caller(), 2, x, 0, 0, p, 0, workspace, g, 0, true));
        named("gradients", () -> mlp.backward(Workers.caller(), 2, x, 0, 3, p, 0, workspace, p, 0, true));
        named("gradients", () -> mlp.backward(Workers.caller(), 2, g, 0, 3, p, 0, workspace, g, 0, true));
        named("memory", () -> mlp.backward(Workers.caller(), 2, x, 0, 3, p, 0, workspace, workspace.memory(), 0, true));
        named("workspace", () -> mlp.backward(Workers.caller(), 2, x, 0, 3, p, 0, null, g, 0, true));
        Workspace inference = mlp.inferenceWorkspace(2);
        named(
                "y must not overlap parameters",
                () -> mlp.predict(Workers.caller(), 2, x, 0, 3, p, 0, inference, p, 0, 2));
        named("y must not overlap x", () -> mlp.predict(Workers.caller(), 2, x, 0, 3, p, 0, inference, x, 0, 2));
        named("workspace", () -> mlp.predict(Workers.caller(), 2, x, 0, 3, p, 0, null, g, 0, 2));
        named("workspace", () -> mlp.loss(2, new int[2], 0, 1, null));
        named("x needs 6 elements", () -> mlp.forward(Workers.caller(), 2, new float[5], 0, 3, p, 0, workspace));
        named("gradients needs", () -> mlp.backward(Workers.caller(), 2, x, 0, 3, p, 0, workspace, g, 1, true));
        named(
                "x must not overlap the workspace",
                () -> mlp.backward(Workers.caller(), 2, workspace.memory(), 0, 3, p, 0, workspace, g, 0, true));
        named(
                "parameters must not overlap the workspace",
                () -> mlp.backward(Workers.caller(), 2, x, 0, 3, workspace.memory(), 0, workspace, g, 0, true));
        named("y needs", () -> mlp.predict(Workers.caller(), 2, x, 0, 3, p, 0, inference, new float[3], 0, 2));
        named("ldy", () -> mlp.predict(Workers.caller(), 2, x, 0, 3, p, 0, inference, new float[4], 0, 1));
        assertArrayEquals(new float[inference.memory().length], inference.memory());
        assertArrayEquals(before, p);
        assertArrayEquals(new float[n], g);
    }

    /** Side by side in one array, in either order, and where a range of no elements lies inside another. */
    @Test
    void contract5NeighboursDoNotOverlap() {
        Mlp mlp = Mlp.inputs(2).dense(2, Activation.TANH).loss(Loss.SQUARED_ERROR);
        float[] all = {.1f, .2f, .3f, .4f, .5f, .6f, 0, 0, 0, 0, 0, 0, .1f, .2f, .3f, .4f, .5f, .6f};
        float[] x = {1, 2};
        Workspace workspace = mlp.workspace(1);
        for (int parameters : new int[] {0, 12}) {
            mlp.forward(Workers.caller(), 1, x, 0, 2, all, parameters, workspace);
            mlp.loss(1, new int[1], 0, 1, workspace);
            mlp.backward(Workers.caller(), 1, x, 0, 2, all, parameters, workspace, all, 6, false);
            assertTrue(all[10] != 0 && all[10] == all[6], Arrays.toString(all));
        }
        float[] gradients = new float[6];
        mlp.forward(Workers.caller(), 0, gradients, 2, 2, all, 0, workspace);
        mlp.backward(Workers.caller(), 0, gradients, 2, 2, all, 0, workspace, gradients, 0, false);
        mlp.predict(Workers.caller(), 0, x, 0, 2, all, 0, mlp.inferenceWorkspace(1), all, 1, 2);
        assertArrayEquals(new float[6], gradients);
        assertEquals(.2f, all[1]);
    }

    @Test
    void initialParametersDoNotDependOnWhatWasThere() {
        Mlp mlp = Mlp.inputs(3)
                .dense(4, Activation.RELU)
                .dense(2, Activation.IDENTITY)
                .loss(Loss.SQUARED_ERROR);
        assertEquals(3 * 4 + 4 * 2, mlp.multiplyAdds());
        float[] clean = new float[mlp.parameterCount()];
        float[] dirty = new float[mlp.parameterCount()];
        Arrays.fill(dirty, 7);
        mlp.initialize(1, clean, 0);
        mlp.initialize(1, dirty, 0);
        assertArrayEquals(clean, dirty);
        assertArrayEquals(new float[4], Arrays.copyOfRange(dirty, 12, 16));
        assertArrayEquals(new float[2], Arrays.copyOfRange(dirty, 24, 26));
    }

    @Test
    void aLabelStandsForItsOneHotRow() {
        for (Loss loss : Loss.values()) {
            Mlp mlp = Mlp.inputs(3).dense(4, Activation.IDENTITY).loss(loss);
            float[] parameters = new float[mlp.parameterCount()];
            mlp.initialize(5, parameters, 0);
            float[] x = {1, 2, 3, -1, 0, 2};
            Workspace workspace = mlp.workspace(2);
            mlp.forward(Workers.caller(), 2, x, 0, 3, parameters, 0, workspace);
            double byLabel = mlp.loss(2, new int[] {9, 3, 0}, 1, 0.5f, workspace);
            float[] delta =
                    Arrays.copyOfRange(workspace.memory(), workspace.deltaOffset(0), workspace.deltaOffset(0) + 8);
            double byRow = mlp.loss(2, new float[] {0, 0, 0, 1, 1, 0, 0, 0}, 0, 4, 0.5f, workspace);
            float[] again =
                    Arrays.copyOfRange(workspace.memory(), workspace.deltaOffset(0), workspace.deltaOffset(0) + 8);
            assertEquals(byRow, byLabel, 1e-6 * Math.abs(byRow), loss.toString());
            assertArrayEquals(again, delta, 1e-6f, loss.toString());
            mlp.loss(2, new int[] {1, 2}, 0, 0.5f, workspace);
            assertEquals(byLabel, mlp.loss(2, new int[] {3, 0}, 0, 0.5f, workspace), "of other labels nothing is left");
            boolean byTheKernel = loss == Loss.SOFTMAX_CROSS_ENTROPY;
            named(byTheKernel ? "row 0 it is 4" : "labels[1]", () -> mlp.loss(1, new int[] {0, 4}, 1, 1, workspace));
            named(
                    byTheKernel ? "row 1 it is -1" : "labels[2]",
                    () -> mlp.loss(2, new int[] {0, 0, -1}, 1, 1, workspace));
            named("labels needs", () -> mlp.loss(2, new int[2], 1, 1, workspace));
            named("labels", () -> mlp.loss(2, null, 0, 1, workspace));
            named("batch", () -> mlp.loss(3, new int[3], 0, 1, workspace));
            named("batch", () -> mlp.loss(3, new float[12], 0, 4, 1, workspace));
            named("training", () -> mlp.loss(1, new int[1], 0, 1, mlp.inferenceWorkspace(1)));
            named("training", () -> mlp.loss(1, new float[4], 0, 4, 1, mlp.inferenceWorkspace(1)));
        }
    }

    @Test
    void badArgumentsAreNamed() {
        Mlp mlp = Mlp.inputs(2).dense(2, Activation.SIGMOID).loss(Loss.SQUARED_ERROR);
        Mlp other = Mlp.inputs(2).dense(2, Activation.SIGMOID).loss(Loss.SQUARED_ERROR);
        float[] p = new float[6];
        float[] x = new float[4];
        named("inputs", () -> Mlp.inputs(0));
        named("outputs", () -> Mlp.inputs(1).dense(0, Activation.RELU));
        named("activation", () -> Mlp.inputs(1).dense(1, null));
        named("layers", () -> Mlp.inputs(1).loss(Loss.SQUARED_ERROR));
        named("loss", () -> Mlp.inputs(1).dense(1, Activation.RELU).loss(null));
        named("identity", () -> Mlp.inputs(1).dense(1, Activation.RELU).loss(Loss.SOFTMAX_CROSS_ENTROPY));
        named("maxBatch", () -> mlp.workspace(0));
        named("maxBatch", () -> mlp.inferenceWorkspace(-1));
        named("array", () -> mlp.workspace(Integer.MAX_VALUE));
        named("workspace", () -> forward(mlp, 1, x, p, other.workspace(1)));
        named("training", () -> forward(mlp, 1, x, p, mlp.inferenceWorkspace(1)));
        named("batch must be 0 to 1", () -> forward(mlp, 2, x, p, mlp.workspace(1)));
        named("parameters", () -> forward(mlp, 1, x, new float[5], mlp.workspace(1)));
        named("parameters", () -> forward(mlp, 1, x, null, mlp.workspace(1)));
        named("parameters", () -> mlp.initialize(1, new float[5], 0));
        named("x needs", () -> forward(mlp, 2, new float[3], p, mlp.workspace(2)));
    }

    private static void forward(Mlp mlp, int batch, float[] x, float[] parameters, Workspace workspace) {
        mlp.forward(Workers.caller(), batch, x, 0, 2, parameters, 0, workspace);
    }

    private static void named(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
