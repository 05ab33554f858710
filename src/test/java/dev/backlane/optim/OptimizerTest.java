package dev.backlane.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {
    private static Optimizer[] rules() {
        return new Optimizer[] {
            new Optimizer.GradientDescent(),
            new Optimizer.Momentum(0.9f),
            new Optimizer.Nesterov(0.9f),
            new Optimizer.Adam(),
            new Optimizer.Adam(0.9f, 0.99f, 1e-6f, 0.01f)
        };
    }

    /** Two, then three updates of one parameter, by hand: learning rate 0.5, gradient 1, µ = 0.5. */
    @Test
    void rulesAreWhatTheySay() {
        assertEquals(-1, after(2, new Optimizer.GradientDescent()));
        assertEquals(-0.5f - 0.5f * 1.5f, after(2, new Optimizer.Momentum(0.5f)));
        assertEquals(-0.5f * 1.5f - 0.5f * 1.75f, after(2, new Optimizer.Nesterov(0.5f)));
        // Moments without bias are 1, so each step is the learning rate; epsilon is not seen beside 1.
        assertEquals(-1, after(2, new Optimizer.Adam()), 1e-6f);
        // Decoupled decay: p ← p·(1 − 0.5·0.5) − 0.5.
        assertEquals(-0.5f * 0.75f - 0.5f, after(2, new Optimizer.Adam(0.9f, 0.999f, 1e-8f, 0.5f)), 1e-6f);
    }

    private static float after(int steps, Optimizer rule) {
        float[] parameter = {0};
        float[] state = new float[rule.stateVectors()];
        for (int step = 1; step <= steps; step++) {
            rule.update(Workers.caller(), 1, step, 0.5f, parameter, 0, new float[] {1}, 0, state, 0);
        }
        return parameter[0];
    }

    @ParameterizedTest
    @MethodSource("rules")
    void arraysThatEndWithTheirVectorsAreEnough(Optimizer rule) {
        int vectors = rule.stateVectors();
        float[] parameters = new float[2 + 5];
        float[] state = vectors == 0 ? null : new float[1 + vectors * 5];
        rule.update(Workers.caller(), 5, 1, 0.5f, parameters, 2, new float[] {7, 7, 7, 1, 1, 1, 1, 1}, 3, state, 1);
        float moved = parameters[2];
        assertTrue(moved < 0, "moved by " + moved);
        assertArrayEquals(new float[] {0, 0, moved, moved, moved, moved, moved}, parameters);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void contract6ShortArraysAreNamed(Optimizer rule) {
        int vectors = rule.stateVectors();
        float[] state = new float[1 + vectors * 5];
        named("parameters needs 5", rule, new float[6], 2, new float[5], 0, state, 1);
        named("gradients needs 5", rule, new float[7], 2, new float[5], 1, state, 1);
        named("gradients needs 5", rule, new float[7], 2, new float[5], -1, state, 1);
        named("parameters must not be null", rule, null, 2, new float[5], 0, state, 1);
        named("gradients must not be null", rule, new float[7], 2, null, 0, state, 1);
        if (vectors > 0) {
            named("state needs " + vectors * 5, rule, new float[7], 2, new float[5], 0, state, 2);
            named("state must not be null", rule, new float[7], 2, new float[5], 0, null, 1);
        }
    }

    private static void named(
            String message,
            Optimizer rule,
            float[] p,
            int pOffset,
            float[] g,
            int gOffset,
            float[] state,
            int sOffset) {
        named(message, () -> rule.update(Workers.caller(), 5, 1, 0.5f, p, pOffset, g, gOffset, state, sOffset));
    }

    @Test
    void contract6ConstantsOutOfRangeAreNamed() {
        for (float bad : new float[] {-0.1f, 1, Float.NaN}) {
            named("momentum", () -> new Optimizer.Momentum(bad));
            named("momentum", () -> new Optimizer.Nesterov(bad));
            named("beta1", () -> new Optimizer.Adam(bad, 0.999f, 1e-8f, 0));
            named("beta2", () -> new Optimizer.Adam(0.9f, bad, 1e-8f, 0));
        }
        for (float bad : new float[] {-1, Float.POSITIVE_INFINITY, Float.NaN}) {
            named("epsilon", () -> new Optimizer.Adam(0.9f, 0.999f, bad, 0));
            named("decay", () -> new Optimizer.Adam(0.9f, 0.999f, 1e-8f, bad));
        }
        named("epsilon", () -> new Optimizer.Adam(0.9f, 0.999f, 0, 0));
    }

    @Test
    void theEndsOfTheRangesAreLegal() {
        assertEquals(0, new Optimizer.Momentum(0).momentum());
        assertEquals(0, new Optimizer.Nesterov(0).momentum());
        Optimizer.Adam adam = new Optimizer.Adam(0, 0, Float.MAX_VALUE, Float.MAX_VALUE);
        assertEquals(Float.MAX_VALUE, adam.epsilon());
        assertEquals(Float.MAX_VALUE, adam.decay());
    }

    private static void named(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
