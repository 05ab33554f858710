package dev.backlane.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InterleavedTest {
    @Test
    void everyContestantGetsEveryRound() throws InterruptedException {
        Interleaved rounds = new Interleaved(5, 0.002);
        rounds.add("short", () -> pause(20_000));
        rounds.add("long", () -> pause(200_000));
        Map<String, double[]> seconds = rounds.run(false);
        assertEquals(5, seconds.get("short").length);
        double[] times = seconds.get("long").clone();
        Arrays.sort(times);
        assertEquals(5, times.length);
        assertTrue(times[0] >= 200e-6 && times[0] > seconds.get("short")[0], Arrays.toString(times));
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
