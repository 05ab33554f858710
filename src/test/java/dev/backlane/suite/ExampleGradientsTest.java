package dev.backlane.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.ExampleGradients;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Workspace;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.junit.jupiter.api.Test;

/** Per-example gradients: their norms against forming them, and their sum against the gradient of the batch. */
@Domain(BacklaneDomain.class)
class ExampleGradientsTest {
    private static final Workers CALLER = Workers.caller();

    /** Gradient of examples [from, to) with the loss scaled. */
    private static float[] gradient(Network.Data data, int from, int to, float scale) {
        Mlp mlp = data.mlp;
        float[] gradient = new float[mlp.parameterCount()];
        int at = from * mlp.inputs();
        int n = to - from;
        mlp.forward(CALLER, n, data.x, at, mlp.inputs(), data.parameters, 0, data.workspace);
        mlp.loss(n, data.targets, from * mlp.outputs(), mlp.outputs(), scale, data.workspace);
        mlp.backward(CALLER, n, data.x, at, mlp.inputs(), data.parameters, 0, data.workspace, gradient, 0, false);
        return gradient;
    }

    private static double[] norms(Network.Data data, int from, int n) {
        double[] norms = new double[n + 2];
        norms[0] = norms[n + 1] = -1;
        int inputs = data.mlp.inputs();
        ExampleGradients.squaredNorms(data.mlp, n, data.x, from * inputs, inputs, data.workspace, norms, 1);
        assertTrue(norms[0] == -1 && norms[n + 1] == -1);
        return Arrays.copyOfRange(norms, 1, n + 1);
    }

    @Property(tries = 60)
    void normsAreThoseOfTheFormedGradients(@ForAll Network network, @ForAll Terrain terrain) {
        Network.Data data = network.data(terrain);
        gradient(data, 0, data.batch, 0.5f);
        double[] norms = norms(data, 0, data.batch);
        for (int e = 0; e < data.batch; e++) {
            double formed = 0;
            for (float g : gradient(data, e, e + 1, 0.5f)) {
                formed += (double) g * g;
            }
            // every element of the formed gradient is rounded once; below the subnormals not even that holds
            assertEquals(formed, norms[e], 3e-7 * formed + 1e-80, network + " example " + e);
            assertEquals(norms[e], norms(data, e, 1)[0], "same bits in whatever batch");
        }
    }

    @Property(tries = 60)
    void theExamplesGradientsAddUpToTheGradientOfTheBatch(@ForAll Network network, @ForAll Terrain terrain) {
        Network.Data data = network.data(terrain);
        double[] sum = new double[data.parameters.length];
        double[] size = new double[sum.length];
        for (int e = 0; e < data.batch; e++) {
            float[] gradient = gradient(data, e, e + 1, 1);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += gradient[i];
                size[i] += Math.abs(gradient[i]);
            }
        }
        float[] whole = gradient(data, 0, data.batch, 1);
        for (int i = 0; i < sum.length; i++) {
            double bound = (data.batch + 1) * 0x1p-24 * size[i] + data.batch * Float.MIN_VALUE;
            assertEquals(sum[i], whole[i], bound, network + " parameter " + i);
        }
    }

    @Test
    void scaleIsAFactorOfTheNorm() {
        Network.Data data = new Network(
                        4,
                        7,
                        List.of(new Network.Layer(9, Activation.TANH), new Network.Layer(3, Activation.IDENTITY)),
                        Loss.SOFTMAX_CROSS_ENTROPY,
                        1)
                .data(Terrain.ORDINARY);
        gradient(data, 0, 4, 1);
        double[] whole = norms(data, 0, 4);
        gradient(data, 0, 4, 0.25f);
        double[] mean = norms(data, 0, 4);
        for (int e = 0; e < 4; e++) {
            assertTrue(whole[e] > 0);
            assertEquals(whole[e], 16 * mean[e], 1e-6 * whole[e]);
        }
    }

    @Test
    void badArgumentsAreNamed() {
        Mlp mlp = Mlp.inputs(2).dense(2, Activation.SIGMOID).loss(Loss.SQUARED_ERROR);
        Mlp other = Mlp.inputs(2).dense(2, Activation.SIGMOID).loss(Loss.SQUARED_ERROR);
        Workspace workspace = mlp.workspace(2);
        float[] x = new float[4];
        ExampleGradients.squaredNorms(mlp, 2, x, 0, 2, workspace, new double[2], 0);
        named("mlp", () -> ExampleGradients.squaredNorms(null, 2, x, 0, 2, workspace, new double[2], 0));
        named("workspace", () -> ExampleGradients.squaredNorms(mlp, 2, x, 0, 2, null, new double[2], 0));
        named("workspace", () -> ExampleGradients.squaredNorms(mlp, 2, x, 0, 2, other.workspace(2), new double[2], 0));
        named("batch", () -> ExampleGradients.squaredNorms(mlp, 3, x, 0, 2, workspace, new double[3], 0));
        named("x needs", () -> ExampleGradients.squaredNorms(mlp, 2, x, 1, 2, workspace, new double[2], 0));
        named("x must", () -> ExampleGradients.squaredNorms(mlp, 2, null, 0, 2, workspace, new double[2], 0));
        named("ldx", () -> ExampleGradients.squaredNorms(mlp, 2, x, 0, 1, workspace, new double[2], 0));
        named("norms needs", () -> ExampleGradients.squaredNorms(mlp, 2, x, 0, 2, workspace, new double[2], 1));
        named("norms must", () -> ExampleGradients.squaredNorms(mlp, 2, x, 0, 2, workspace, null, 0));
    }

    private static void named(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
