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
        for (float bad : new float[] {-1, Float.POSITIVE_INFINITY, Float.NaN}) {
            named("rate", () -> new Schedule.Constant(bad));
            named("rate", () -> new Schedule.Step(bad, 0.5f, 1));
            named("rate", () -> new Schedule.Cosine(bad, 1));
            named("rate", () -> new Schedule.Cosine(1, bad));
        }
        for (float bad : new float[] {0, 1.1f, Float.NaN}) {
            named("factor", () -> new Schedule.Step(1, bad, 1));
        }
        named("every", () -> new Schedule.Step(1, 0.5f, 0));
    }

    @Test
    void theEndsOfTheRangesAreLegal() {
        assertEquals(0, new Schedule.Constant(0).rate(0, 10));
        assertEquals(Float.MAX_VALUE, new Schedule.Constant(Float.MAX_VALUE).rate(0, 10));
        assertEquals(2, new Schedule.Step(2, 1, 1).rate(5, 10));
    }

    private static void named(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
