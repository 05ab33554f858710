package dev.backlane.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Workers;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class WorkspaceTest {
    private static final Mlp MLP = Mlp.inputs(1)
            .dense(1, Activation.IDENTITY)
            .dense(2, Activation.SILU)
            .dense(2, Activation.IDENTITY)
            .loss(Loss.SQUARED_ERROR);
    /** One and a half times x; then as it is and doubled; then one beside the other. */
    private static final float[] PARAMETERS = {1.5f, 0, 1, 2, 0, 0, 1, 0, 0, 1, 0, 0};

    private static float[] at(Workspace workspace, int offset, int n) {
        return Arrays.copyOfRange(workspace.memory(), offset, offset + n);
    }

    @Test
    void offsetsAreWhereTheNumbersAre() {
        Workspace workspace = MLP.workspace(3);
        assertEquals(3, workspace.maxBatch());
        assertEquals(3, workspace.losses().length);
        MLP.forward(Workers.caller(), 2, new float[] {2, 4}, 0, 1, PARAMETERS, 0, workspace);
        double loss = MLP.loss(2, new float[4], 0, 2, 0.5f, workspace);
        assertArrayEquals(new float[] {3, 6}, at(workspace, workspace.outputOffset(0), 2));
        assertArrayEquals(new float[] {3, 6, 6, 12}, at(workspace, workspace.preActivationOffset(1), 4));
        float[] y = at(workspace, workspace.outputOffset(2), 4);
        assertArrayEquals(y, at(workspace, workspace.outputOffset(1), 4));
        // dL/dZ of ½·Σ y² is y, where the activation is the identity.
        assertArrayEquals(y, at(workspace, workspace.deltaOffset(2), 4));
        assertEquals((double) y[0] * y[0] + (double) y[1] * y[1], workspace.losses()[0], 1e-5);
        assertEquals(0.5 * (workspace.losses()[0] + (double) workspace.losses()[1]), loss, 1e-5);
        MLP.backward(Workers.caller(), 2, new float[] {2, 4}, 0, 1, PARAMETERS, 0, workspace, new float[12], 0, false);
        float[] delta = at(workspace, workspace.deltaOffset(1), 4);
        assertEquals(delta[0] + 2 * delta[1], workspace.memory()[workspace.deltaOffset(0)], 1e-5f);
    }

    @Test
    void whatNoDerivativeReadsIsNotKept() {
        Workspace workspace = MLP.workspace(3);
        assertEquals(-1, workspace.preActivationOffset(0));
        assertEquals(-1, workspace.preActivationOffset(2));
        assertEquals(3 * (2 * 1 + 3 * 2 + 2 * 2), workspace.memory().length);
    }

    /** Layers take turns in two places; the last one's output is the caller's. */
    @Test
    void inferenceKeepsTwoLayers() {
        assertEquals(5 * (1 + 2), MLP.inferenceWorkspace(5).memory().length);
        Mlp deep = Mlp.inputs(1)
                .dense(4, Activation.TANH)
                .dense(9, Activation.TANH)
                .dense(6, Activation.TANH)
                .dense(99, Activation.TANH)
                .loss(Loss.SQUARED_ERROR);
        assertEquals(2 * (6 + 9), deep.inferenceWorkspace(2).memory().length);
    }

    @Test
    void inferenceKeepsNoLayer() {
        Workspace workspace = MLP.inferenceWorkspace(1);
        for (Executable query : new Executable[] {
            () -> workspace.outputOffset(0), () -> workspace.preActivationOffset(0), () -> workspace.deltaOffset(0)
        }) {
            String message = assertThrows(IllegalStateException.class, query).getMessage();
            assertTrue(message.contains("inference"), message);
        }
    }
}
