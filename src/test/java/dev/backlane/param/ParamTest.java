package dev.backlane.param;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ParamTest {
    /** SplitMix64's published first outputs for seed 1234567 (Vigna's reference program). */
    @Test
    void theGeneratorIsSplitMix64() {
        SeededRandom random = new SeededRandom(1234567);
        assertEquals(6457827717110365317L, random.nextLong());
        assertEquals(3203168211198807973L, random.nextLong());
        assertEquals("9817491932198370423", Long.toUnsignedString(random.nextLong()));
    }

    @Test
    void deviatesHaveTheirMoments() {
        SeededRandom random = new SeededRandom(1);
        int n = 200_000;
        double uniform = 0;
        double mean = 0;
        double square = 0;
        for (int i = 0; i < n; i++) {
            uniform += random.nextDouble();
            double g = random.nextGaussian();
            mean += g;
            square += g * g;
        }
        assertEquals(0.5, uniform / n, 0.005);
        assertEquals(0, mean / n, 0.01);
        assertEquals(1, square / n, 0.02);
    }

    @Test
    void streamsDiffer() {
        long[] first = new long[100];
        for (int s = 0; s < first.length; s++) {
            first[s] = new SeededRandom(3, s).nextLong();
        }
        assertEquals(100, Arrays.stream(first).distinct().count());
    }

    @Test
    void shufflingKeepsEveryElement() {
        int[] items = new int[1000];
        Arrays.setAll(items, i -> i);
        new SeededRandom(9).shuffle(items);
        assertTrue(items[0] != 0 || items[1] != 1 || items[2] != 2);
        Arrays.sort(items);
        for (int i = 0; i < items.length; i++) {
            assertEquals(i, items[i]);
        }
    }

    @Test
    void initializersHaveTheirVariance() {
        for (Initializer initializer : Initializer.values()) {
            float[] w = new float[100_002];
            w[0] = 5;
            w[w.length - 1] = 5;
            initializer.fill(new SeededRandom(4), 300, 100, 100_000, w, 1);
            assertEquals(5, w[0]);
            assertEquals(5, w[w.length - 1]);
            double square = 0;
            double largest = 0;
            for (int i = 1; i <= 100_000; i++) {
                square += (double) w[i] * w[i];
                largest = Math.max(largest, Math.abs(w[i]));
            }
            double expected = switch (initializer) {
                case ZEROS -> 0;
                case XAVIER_UNIFORM, XAVIER_NORMAL -> 2.0 / 400;
                case HE_UNIFORM, HE_NORMAL -> 2.0 / 300;
            };
            assertEquals(expected, square / 100_000, 0.03 * expected, initializer.toString());
            if (initializer == Initializer.XAVIER_UNIFORM) {
                assertTrue(largest <= Math.sqrt(6.0 / 400));
            }
        }
    }

    @Test
    void aLayoutPutsBlocksOneBehindTheOther() {
        ParameterLayout layout = ParameterLayout.builder()
                .add("w", 3, 4)
                .add("b", 4)
                .add("none", 0, 9)
                .build();
        assertEquals(16, layout.size());
        assertEquals(12, layout.block("b").offset());
        assertEquals(4, layout.block("b").size());
        assertEquals(16, layout.block("none").offset());
        assertTrue(layout.toString().contains("3×4"), layout.toString());
        assertEquals(
                layout,
                ParameterLayout.builder()
                        .add("w", 3, 4)
                        .add("b", 4)
                        .add("none", 0, 9)
                        .build());
    }

    @Test
    void badLayoutsAreRefused() {
        named("name", () -> ParameterLayout.builder().add("w", 1).add("w", 1));
        named("shape", () -> ParameterLayout.builder().add("w"));
        named("shape", () -> ParameterLayout.builder().add("w", -1));
        named("shape", () -> ParameterLayout.builder().add("w", 65536, 65536));
        named(
                "shape",
                () -> ParameterLayout.builder().add("w", Integer.MAX_VALUE - 8).add("b", 1));
        named("name", () -> ParameterLayout.builder().add("w", 1).build().block("v"));
        named("bound", () -> new SeededRandom(1).nextInt(0));
        named("fanIn", () -> Initializer.HE_NORMAL.fill(new SeededRandom(1), 0, 1, 0, new float[0], 0));
        named("w needs", () -> Initializer.ZEROS.fill(new SeededRandom(1), 1, 1, 2, new float[2], 1));
    }

    private static void named(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
