package dev.backlane.embedders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.backlane.kernel.Backend;
import java.lang.management.ManagementFactory;
import java.util.Random;

/** What the tests of all embedders share. */
final class Steady {
    private Steady() {}

    /** Fails unless the call stops allocating once it is compiled: whoever copies must allocate. */
    static void assertAllocatesNothing(Runnable call) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long deadline = System.nanoTime() + 20_000_000_000L;
        long bytes;
        do {
            for (int i = 0; i < 1_000; i++) {
                call.run();
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
                call.run();
            }
            bytes = (threads.getCurrentThreadAllocatedBytes() - before) / 100;
        } while (bytes > 0 && System.nanoTime() < deadline);
        assertEquals(0, bytes, "bytes per call, " + Backend.describe());
    }

    static float[] random(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }

    /** For chains of some hundred terms of size 1. */
    static void assertClose(float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; i++) {
            float difference = Math.abs(expected[i] - actual[i]);
            assertTrue(difference <= 1e-4f, "element " + i + ": " + expected[i] + ", but " + actual[i]);
        }
    }
}
