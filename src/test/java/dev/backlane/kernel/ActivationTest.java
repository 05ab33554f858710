package dev.backlane.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ActivationTest {
    @Test
    void namesAreRead() {
        assertEquals(Activation.SIGMOID, Activation.of("sigmoid"));
        assertEquals(Activation.leakyRelu(0.01f), Activation.of("leaky_relu"));
        assertEquals(Activation.leakyRelu(0.2f), Activation.of("Leaky_ReLU:0.2"));
        assertEquals(Activation.elu(1), Activation.of("elu"));
        assertEquals(Activation.elu(3), Activation.of("elu:3"));
        assertEquals("leaky_relu:0.2", Activation.leakyRelu(0.2f).toString());
        assertEquals("gelu", Activation.GELU.toString());
    }

    @Test
    void aParameterIsPositiveWhereThereIsOneAndElseNone() {
        for (float bad : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
            named("parameter", () -> Activation.leakyRelu(bad));
            named("parameter", () -> Activation.elu(bad));
        }
        named("parameter must be 0 for RELU", () -> new Activation(Activation.Kind.RELU, 1));
        named("kind", () -> new Activation(null, 0));
        assertEquals(Activation.RELU, new Activation(Activation.Kind.RELU, -0f));
        named("\"swish\"", () -> Activation.of("swish"));
        named("\"relu:1\"", () -> Activation.of("relu:1"));
        named("name", () -> Activation.of(null));
    }

    private static void named(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void secondDerivativeOfALongVectorIsThatOfItsElements() {
        int n = 700;
        float[] saved = new float[n];
        float[] dy = new float[n];
        for (int i = 0; i < n; i++) {
            saved[i] = (i % 41 - 20) / 8f;
            dy[i] = 1 + i % 13;
        }
        for (Activation f : new Activation[] {Activation.SOFTPLUS, Activation.SILU, Activation.GELU, Activation.TANH}) {
            float[] whole = new float[n];
            float[] single = new float[n];
            Elementwise.secondDerivative(f, n, saved, 0, dy, 0, whole, 0);
            for (int i = 0; i < n; i++) {
                Elementwise.secondDerivative(f, 1, saved, i, dy, i, single, i);
            }
            assertArrayEquals(single, whole, f.toString());
        }
    }
}
