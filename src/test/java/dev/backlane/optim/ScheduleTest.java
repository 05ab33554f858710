package dev.backlane.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void constantIsConstant() {
        assertEquals(0.1f, new Schedule.Constant(0.1f).rate(0, 10));
        assertEquals(0.1f, new Schedule.Constant(0.1f).rate(9, 10));
    }

    @Test
    void stepDropsByItsFactor() {
        Schedule step = new Schedule.Step(1, 0.5f, 3);
        assertEquals(1, step.rate(2, 100));
        assertEquals(0.5f, step.rate(3, 100));
        assertEquals(0.125f, step.rate(11, 100));
    }

    @Test
    void cosineFallsFromFirstToLast() {
        Schedule cosine = new Schedule.Cosine(1, 0.2f);
        assertEquals(1, cosine.rate(0, 100));
        assertEquals(0.6f, cosine.rate(50, 100), 1e-6f);
        assertEquals(0.2f, cosine.rate(100, 100), 1e-6f);
        assertEquals(0.2f, cosine.rate(500, 100), 1e-6f);
    }

    @Test
    void badConstantsAreNamed() {
        named("rate", () -> new Schedule.Constant(-1));
        named("rate", () -> new Schedule.Cosine(1, Float.POSITIVE_INFINITY));
        named("factor", () -> new Schedule.Step(1, 0, 1));
        named("every", () -> new Schedule.Step(1, 0.5f, 0));
    }

    private static void named(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
