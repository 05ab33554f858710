package dev.backlane.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ColdStartTest {
    /** Half a second to the first step, half a second at 10 ms a step, then 0.1 ms a step for a second. */
    @Test
    void findsWhenTheStepsBecomeFast() {
        double[] ends = DoubleStream.concat(
                        DoubleStream.iterate(0.5, t -> t + 0.01).limit(51),
                        DoubleStream.iterate(1.0001, t -> t + 0.0001).limit(10_000))
                .toArray();
        double[] summary = ColdStart.summary(ends);
        assertEquals(500, summary[0], 1e-9);
        assertEquals(1000, summary[1], 15);
        assertEquals(100, summary[2], 1e-6);
    }

    @Test
    void steadyFromTheStart() {
        double[] ends = DoubleStream.iterate(0.3, t -> t + 0.001).limit(1000).toArray();
        double[] summary = ColdStart.summary(ends);
        assertEquals(300, summary[1], 10);
        assertEquals(1000, summary[2], 1e-6);
    }

    @Test
    void aFewSlowSteps() {
        assertEquals(1e6, ColdStart.summary(new double[] {1, 2, 3})[2], 1e-6);
        assertEquals(1000, ColdStart.summary(new double[] {1})[0], 1e-6);
    }
}
