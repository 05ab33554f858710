package dev.backlane.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A row-major matrix in a larger array whose other elements are canaries: a NaN of a rare pattern, so that a kernel that reads
 * one spoils its result and one that writes one is found.
 */
final class TestMatrix {
    private static final int CANARY = 0x7fc0_beef;

    final int rows;
    final int cols;
    final int ld;
    final int offset;
    final float[] array;
    private final float[] before;

    private TestMatrix(int rows, int cols, int ld, int offset, float[] array) {
        this.rows = rows;
        this.cols = cols;
        this.ld = ld;
        this.offset = offset;
        this.array = array;
        before = array.clone();
    }

    /** Random elements in (−1, 1), a random offset below 8 and up to 5 elements between rows. */
    static TestMatrix random(SplittableRandom random, int rows, int cols) {
        int ld = Math.max(1, cols) + (random.nextBoolean() ? 0 : random.nextInt(6));
        int offset = random.nextInt(8);
        float[] array = new float[offset + rows * ld + 8];
        Arrays.fill(array, Float.intBitsToFloat(CANARY));
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                array[offset + i * ld + j] = (float) random.nextDouble(-1, 1);
            }
        }
        return new TestMatrix(rows, cols, ld, offset, array);
    }

    float get(int i, int j) {
        return array[offset + i * ld + j];
    }

    /** The element before anything was run. */
    float old(int i, int j) {
        return before[offset + i * ld + j];
    }

    void set(int i, int j, float value) {
        array[offset + i * ld + j] = value;
        before[offset + i * ld + j] = value;
    }

    void fill(float value) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                set(i, j, value);
            }
        }
    }

    TestMatrix copy() {
        return new TestMatrix(rows, cols, ld, offset, array.clone());
    }

    /** For inputs. */
    void assertUntouched(String name) {
        for (int i = 0; i < array.length; i++) {
            assertEquals(bits(before[i]), bits(array[i]), name + " changed at " + i);
        }
    }

    /** For outputs. */
    void assertCanaries(String name) {
        for (int i = 0; i < array.length; i++) {
            int row = i < offset ? -1 : (i - offset) / ld;
            boolean inside = row >= 0 && row < rows && (i - offset) % ld < cols;
            if (!inside) {
                assertEquals(CANARY, bits(array[i]), name + " written outside at " + i);
            }
        }
    }

    void assertSameBits(TestMatrix other, String what) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                TestMatrix.assertSameBits(get(i, j), other.get(i, j), what + " at " + i + ", " + j);
            }
        }
    }

    /** Bit for bit, any NaN being as good as another. */
    static void assertSameBits(float expected, float actual, String what) {
        assertEquals(
                Float.floatToIntBits(expected),
                Float.floatToIntBits(actual),
                () -> what + ": expected " + expected + " but was " + actual);
    }

    private static int bits(float x) {
        return Float.floatToRawIntBits(x);
    }

    /** γ(n) = n·u/(1 − n·u), u the unit roundoff of float: Higham 2002, lemma 3.1. */
    static double gamma(int n) {
        double nu = n * 0x1p-24;
        return nu / (1 - nu);
    }

    @Override
    public String toString() {
        return rows + "×" + cols + " at " + offset + " ld " + ld;
    }
}
