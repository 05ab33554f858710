package dev.backlane.kernel;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import org.junit.jupiter.api.function.Executable;

/**
 * What tests of kernels share: arrays in canaries, values that are worth a test, sizes around every lane width, comparison of
 * bits, the contract's error bound. Shares no code with the kernels.
 */
final class TestArrays {
    /** Half a unit in the last place of 1. */
    static final double U = 0x1p-24;

    /** A NaN that no arithmetic yields. */
    private static final int CANARY_BITS = 0x7fc0cafe;

    private static final float CANARY = Float.intBitsToFloat(CANARY_BITS);

    private static final int[] SIZES = {
        0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 23, 31, 32, 33, 47, 61, 63, 64, 65, 67, 97, 127, 128, 129, 131, 193,
        263
    };

    private static final float[] SPECIALS = {
        0f,
        -0f,
        1f,
        -1f,
        0.5f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        0x1p-127f,
        -0x1p-127f,
        Float.MIN_NORMAL,
        0x1p-24f,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN,
        88.7f,
        -87.4f,
        104f,
        -104f,
        17f,
        -17f,
        1e-10f,
        -1e-10f
    };

    private TestArrays() {}

    /** Sizes of a vector: {@code @ForAll(supplier = TestArrays.Sizes.class) int n}. */
    static final class Sizes implements ArbitrarySupplier<Integer> {
        @Override
        public Arbitrary<Integer> get() {
            Integer[] boxed = new Integer[SIZES.length];
            for (int i = 0; i < boxed.length; i++) {
                boxed[i] = SIZES[i];
            }
            return Arbitraries.of(boxed);
        }
    }

    /** How an array is filled. */
    enum Values {
        /** Uniform in (−2, 2). */
        PLAIN,
        /** Uniform in (−100, 100), where exponentials saturate. */
        LARGE,
        /** Random sign, significand and exponent: all finite floats, subnormals among them. */
        WIDE,
        /** {@link #WIDE}, zeros of both signs, infinities, NaN, and where functions bend. */
        SPECIAL;

        float next(SplittableRandom random) {
            return switch (this) {
                case PLAIN -> (float) random.nextDouble(-2, 2);
                case LARGE -> (float) random.nextDouble(-100, 100);
                case WIDE -> {
                    float v = Float.intBitsToFloat(random.nextInt());
                    yield Float.isFinite(v) ? v : 1f;
                }
                case SPECIAL -> random.nextInt(3) > 0 ? SPECIALS[random.nextInt(SPECIALS.length)] : WIDE.next(random);
            };
        }
    }

    /**
     * A matrix (or a vector, of one row) somewhere inside an array whose other elements are canaries.
     *
     * @param array what kernels are given
     * @param offset where the first row starts
     * @param rows number of rows
     * @param cols number of columns
     * @param ld distance of the rows
     */
    record Grid(float[] array, int offset, int rows, int cols, int ld) {
        float get(int row, int col) {
            return array[offset + row * ld + col];
        }

        /** Element of a vector. */
        float get(int i) {
            return array[offset + i];
        }

        void set(int row, int col, float value) {
            array[offset + row * ld + col] = value;
        }

        /** Puts the value everywhere inside. */
        Grid filled(float value) {
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < cols; j++) {
                    set(i, j, value);
                }
            }
            return this;
        }

        Grid copy() {
            return new Grid(array.clone(), offset, rows, cols, ld);
        }

        /** The same values at another offset and distance. */
        Grid moved(SplittableRandom random) {
            Grid to = grid(random, rows, cols);
            for (int i = 0; i < rows; i++) {
                System.arraycopy(array, offset + i * ld, to.array, to.offset + i * to.ld, cols);
            }
            return to;
        }

        /** The elements, row after row. */
        float[] values() {
            float[] values = new float[rows * cols];
            for (int i = 0; i < rows; i++) {
                System.arraycopy(array, offset + i * ld, values, i * cols, cols);
            }
            return values;
        }

        /** Fails if anything outside the matrix was written. */
        void assertCanaries() {
            for (int at = 0; at < array.length; at++) {
                int beyond = at - offset;
                boolean inside = beyond >= 0 && beyond / ld < rows && beyond % ld < cols;
                if (!inside && Float.floatToRawIntBits(array[at]) != CANARY_BITS) {
                    fail("written outside: index " + at + " of " + this);
                }
            }
        }

        @Override
        public String toString() {
            return rows + "×" + cols + " from " + offset + ", ld " + ld + ", in " + array.length;
        }
    }

    /** A vector of canaries in canaries. */
    static Grid grid(SplittableRandom random, int n) {
        int offset = random.nextInt(20);
        return canaries(offset, 1, n, Math.max(1, n), offset + n + 1 + random.nextInt(20));
    }

    /** A matrix of canaries in canaries, often with a leading dimension greater than its columns. */
    static Grid grid(SplittableRandom random, int rows, int cols) {
        int offset = random.nextInt(20);
        int ld = Math.max(1, cols + random.nextInt(4) * random.nextInt(4));
        return canaries(offset, rows, cols, ld, offset + rows * ld + 1 + random.nextInt(20));
    }

    private static Grid canaries(int offset, int rows, int cols, int ld, int length) {
        float[] array = new float[length];
        Arrays.fill(array, CANARY);
        return new Grid(array, offset, rows, cols, ld);
    }

    static Grid random(SplittableRandom random, Values values, int n) {
        return fill(random, values, grid(random, n));
    }

    static Grid random(SplittableRandom random, Values values, int rows, int cols) {
        return fill(random, values, grid(random, rows, cols));
    }

    private static Grid fill(SplittableRandom random, Values values, Grid grid) {
        for (int i = 0; i < grid.rows; i++) {
            for (int j = 0; j < grid.cols; j++) {
                grid.set(i, j, values.next(random));
            }
        }
        return grid;
    }

    /** γ(k) = k·u/(1 − k·u): the relative error of k roundings. */
    static double gamma(int k) {
        return k * U / (1 - k * U);
    }

    /** One rounding of a value, in absolute terms: half a unit in its last place, subnormals included. */
    static double ulp(double exact) {
        return Math.abs(exact) > Float.MAX_VALUE ? Double.POSITIVE_INFINITY : Math.ulp((float) exact);
    }

    static void assertWithin(double exact, double actual, double bound, String what) {
        boolean same = exact == actual || (Double.isNaN(exact) && Double.isNaN(actual));
        if (!same && !(Math.abs(exact - actual) <= bound)) {
            fail(what + ": exact " + exact + ", actual " + actual + ", off by " + Math.abs(exact - actual)
                    + ", allowed " + bound);
        }
    }

    /** The same bits, any NaN for any NaN. */
    static boolean same(float a, float b) {
        return Float.floatToIntBits(a) == Float.floatToIntBits(b);
    }

    static void assertSameBits(float[] expected, float[] actual, String what) {
        assertTrue(expected.length == actual.length, () -> what + ": " + expected.length + " and " + actual.length);
        for (int i = 0; i < expected.length; i++) {
            if (!same(expected[i], actual[i])) {
                fail(what + ": element " + i + " of " + expected.length + " is " + Float.toHexString(actual[i]) + " = "
                        + actual[i] + ", expected " + Float.toHexString(expected[i]) + " = " + expected[i]);
            }
        }
    }

    static void assertSameBits(double expected, double actual, String what) {
        if (Double.doubleToLongBits(expected) != Double.doubleToLongBits(actual)) {
            fail(what + ": is " + Double.toHexString(actual) + " = " + actual + ", expected "
                    + Double.toHexString(expected) + " = " + expected);
        }
    }

    /** The same insides, intact canaries. */
    static void assertSame(Grid expected, Grid actual, String what) {
        actual.assertCanaries();
        assertSameBits(expected.values(), actual.values(), what);
    }

    /** All of the array, canaries as well, as it was when the copy was taken. */
    static void assertUnchanged(Grid before, Grid now, String what) {
        for (int i = 0; i < before.array.length; i++) {
            if (Float.floatToRawIntBits(before.array[i]) != Float.floatToRawIntBits(now.array[i])) {
                fail(what + " was written at " + i + " of " + now);
            }
        }
    }

    /** The call is refused, the message names the argument, and none of the arrays is written. */
    static void assertRefused(String argument, Executable call, float[]... arrays) {
        float[][] before = new float[arrays.length][];
        for (int i = 0; i < arrays.length; i++) {
            before[i] = arrays[i] == null ? null : arrays[i].clone();
        }
        var refusal = assertThrows(IllegalArgumentException.class, call);
        assertTrue(
                Pattern.compile("\\b" + Pattern.quote(argument) + "\\b")
                        .matcher(refusal.getMessage())
                        .find(),
                () -> "\"" + refusal.getMessage() + "\" does not name " + argument);
        for (int i = 0; i < arrays.length; i++) {
            if (arrays[i] != null) {
                assertSameBits(before[i], arrays[i], "array " + i + " after the refusal of " + argument);
            }
        }
    }

    /** Whether vectors run as instructions, so that timings and allocation mean something. */
    static boolean emulated() {
        return Backend.describe().contains("emulated");
    }

    /** Fails unless the call stops allocating once it is compiled, which may take a while on a busy machine. */
    static void assertAllocatesNothing(String what, Runnable call) {
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
        assertTrue(bytes == 0, what + " allocates " + bytes + " bytes per call");
    }
}
