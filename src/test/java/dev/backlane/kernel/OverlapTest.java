package dev.backlane.kernel;

import static dev.backlane.kernel.TestArrays.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.TestArrays.Values;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Clause 5 by brute force: operands wherever they may lie in one array, their elements listed one by one. */
class OverlapTest {
    /** Where a matrix lies in the array. */
    private record Place(int offset, int rows, int cols, int ld) {
        static Place random(SplittableRandom random, int rows, int cols, int ld) {
            return new Place(random.nextInt(60), rows, cols, ld == 0 ? cols + random.nextInt(6) : ld);
        }

        Set<Integer> elements() {
            Set<Integer> elements = new HashSet<>();
            for (int i = 0; i < rows * cols; i++) {
                elements.add(offset + i / cols * ld + i % cols);
            }
            return elements;
        }

        boolean shares(Place other) {
            Set<Integer> both = elements();
            both.retainAll(other.elements());
            return !both.isEmpty();
        }

        /** Whether it ends before the other starts, or starts behind its end. */
        boolean isApartFrom(Place other) {
            return end() <= other.offset || other.end() <= offset;
        }

        private int end() {
            return offset + (rows - 1) * ld + cols;
        }
    }

    /** A product is refused wherever C shares an element with A or B, and wherever it is not refused it is right. */
    @Property(tries = 2_000)
    void contract5AProductThatWouldWriteIntoItsOperandsIsRefused(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int m = 1 + random.nextInt(4);
        int n = 1 + random.nextInt(4);
        int k = 1 + random.nextInt(4);
        int ld = random.nextBoolean() ? 0 : 4 + random.nextInt(8);
        Place a = Place.random(random, m, k, ld);
        Place b = Place.random(random, k, n, ld);
        Place c = Place.random(random, m, n, ld);
        float[] array = new float[150];
        for (int i = 0; i < array.length; i++) {
            array[i] = Values.PLAIN.next(random);
        }
        float[] expected = array.clone();
        product(m, n, k, array.clone(), a, b, expected, c);
        float[] actual = array.clone();
        String what = "a " + a + ", b " + b + ", c " + c;
        if (refused(() -> product(m, n, k, actual, a, b, actual, c))) {
            assertSameBits(array, actual, what);
            assertTrue(c.shares(a) || c.shares(b) || !(admitted(c, a) && admitted(c, b)), what);
        } else {
            assertTrue(!c.shares(a) && !c.shares(b), what);
            assertSameBits(expected, actual, what);
        }
    }

    /** Apart altogether; or interleaved columns, where one leading dimension makes them easy to tell. */
    private static boolean admitted(Place x, Place y) {
        return x.isApartFrom(y) || x.ld == y.ld;
    }

    private static void product(int m, int n, int k, float[] from, Place a, Place b, float[] to, Place c) {
        Workers caller = Workers.caller();
        Gemm.sgemm(caller, false, false, m, n, k, 1, from, a.offset, a.ld, from, b.offset, b.ld, 0, to, c.offset, c.ld);
    }

    /** A sweep from elements {@code x} to elements {@code y} of arrays that may be one. */
    private interface Sweep {
        void run(int n, float[] from, int x, float[] to, int y);
    }

    /** Exactly in place gives the bits of out of place; one element off is refused. */
    @Test
    void contract5SweepsRunExactlyInPlaceOrApart() {
        Map<String, Sweep> sweeps = new LinkedHashMap<>();
        for (Activation f : SweepsTest.ACTIVATIONS) {
            sweeps.put(f.toString(), (n, from, x, to, y) -> Activations.forward(f, n, from, x, to, y));
        }
        sweeps.put("exp", Activations::exp);
        sweeps.put("scale", (n, from, x, to, y) -> Vectors.scale(n, 3, from, x, to, y));
        sweeps.put("relu′", (n, from, x, to, y) -> Activations.backward(Activation.RELU, n, from, x, from, x, to, y));
        sweeps.put("softmax", (n, from, x, to, y) -> Rows.softmax(1, n, from, x, n, to, y, n));
        SplittableRandom random = new SplittableRandom(5);
        for (int n : new int[] {1, 7, 40}) {
            float[] array = new float[3 * n + 2];
            for (int i = 0; i < array.length; i++) {
                array[i] = Values.PLAIN.next(random);
            }
            sweeps.forEach((name, sweep) -> {
                int x = n + 1;
                for (int y = 0; y <= 2 * n + 2; y++) {
                    int to = y;
                    float[] expected = array.clone();
                    sweep.run(n, array, x, expected, to);
                    float[] actual = array.clone();
                    boolean overlaps = x != y && Math.abs(x - y) < n;
                    String what = name + ", n " + n + ", from " + x + " to " + y;
                    assertEquals(overlaps, refused(() -> sweep.run(n, actual, x, actual, to)), what);
                    assertSameBits(overlaps ? array : expected, actual, what);
                }
            });
        }
    }

    private static boolean refused(Runnable call) {
        try {
            call.run();
            return false;
        } catch (IllegalArgumentException e) {
            assertTrue(e.getMessage().contains("overlap"), e.getMessage());
            return true;
        }
    }
}
