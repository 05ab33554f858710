package dev.backlane.kernel;

/**
 * The checks at the public door: each throws an {@link IllegalArgumentException} that names the argument, what it needed
 * and what it got. Messages are built only on failure, so a passing check costs a few compares and no allocation.
 */
final class Args {
    private Args() {}

    /** Every kernel takes a size: hence also where a backend that cannot run is refused, before any class that needs it. */
    static void size(String name, int n) {
        Backend.bits();
        if (n < 0) {
            throw new IllegalArgumentException(name + " must be at least 0, but is " + n);
        }
    }

    static void positive(String name, float value) {
        if (!(value > 0 && value <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException(name + " must be positive and finite, but is " + value);
        }
    }

    static void nonNegative(String name, float value) {
        if (!(value >= 0 && value <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException(name + " must be at least 0 and finite, but is " + value);
        }
    }

    /** A decay rate: in [0, 1). */
    static void rate(String name, float value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " must be in [0, 1), but is " + value);
        }
    }

    static <T> T notNull(String name, T value) {
        if (value == null) {
            throw new IllegalArgumentException(name + " must not be null");
        }
        return value;
    }

    /** {@code n} elements of {@code array} from {@code offset}. */
    static void vector(String name, float[] array, int offset, int n) {
        if (array == null) {
            throw new IllegalArgumentException(name + " must not be null");
        }
        range(name, array.length, offset, n);
    }

    static void vector(String name, int[] array, int offset, int n) {
        if (array == null) {
            throw new IllegalArgumentException(name + " must not be null");
        }
        range(name, array.length, offset, n);
    }

    private static void range(String name, int length, int offset, int n) {
        if (offset < 0) {
            throw new IllegalArgumentException(name + "Offset must be at least 0, but is " + offset);
        }
        if ((long) offset + n > length) {
            throw new IllegalArgumentException(name + " needs " + ((long) offset + n) + " elements (" + n
                    + " from offset " + offset + "), but has " + length);
        }
    }

    /** {@code rows × cols}, row-major from {@code offset}, rows {@code ld} apart. */
    static void matrix(String name, float[] array, int offset, int rows, int cols, int ld) {
        if (array == null) {
            throw new IllegalArgumentException(name + " must not be null");
        }
        if (offset < 0) {
            throw new IllegalArgumentException(name + "Offset must be at least 0, but is " + offset);
        }
        if (ld < Math.max(1, cols)) {
            throw new IllegalArgumentException(
                    "ld" + name + " must be at least " + Math.max(1, cols) + ", but is " + ld);
        }
        long end = offset + extent(rows, cols, ld);
        if (end > array.length) {
            throw new IllegalArgumentException(name + " needs " + end + " elements (" + rows + '×' + cols
                    + " with leading dimension " + ld + " from offset " + offset + "), but has " + array.length);
        }
    }

    /** Elements between the first and the last of a matrix, both included; 0 if it has none. */
    static long extent(int rows, int cols, int ld) {
        return rows == 0 || cols == 0 ? 0 : (rows - 1L) * ld + cols;
    }

    /** Refuses two vectors that share an element. */
    static void disjoint(String name, float[] a, int aOffset, long n, String other, float[] b, int bOffset, long m) {
        if (a == b && n > 0 && m > 0 && aOffset < bOffset + m && bOffset < aOffset + n) {
            throw overlap(name, other);
        }
    }

    /** Refuses two vectors of {@code n} elements that share one, unless they are the same: exactly in place. */
    static void disjointOrSame(String name, float[] a, int aOffset, int n, String other, float[] b, int bOffset) {
        if (aOffset != bOffset) {
            disjoint(name, a, aOffset, n, other, b, bOffset, n);
        }
    }

    /**
     * Refuses two matrices that share an element. Two column blocks of one matrix (same leading dimension) may interleave;
     * otherwise their whole extents must be apart.
     */
    static void disjoint(
            String name,
            float[] a,
            int aOffset,
            int aRows,
            int aCols,
            int lda,
            String other,
            float[] b,
            int bOffset,
            int bRows,
            int bCols,
            int ldb) {
        if (a != b) {
            return;
        }
        long n = extent(aRows, aCols, lda);
        long m = extent(bRows, bCols, ldb);
        if (n == 0 || m == 0 || aOffset >= bOffset + m || bOffset >= aOffset + n) {
            return;
        }
        if (lda == ldb) {
            // Columns of B seen from A's first column, cyclically: B starts behind A's last and ends before its first.
            int shift = Math.floorMod(bOffset - aOffset, lda);
            if (shift >= aCols && (long) shift + bCols <= lda) {
                return;
            }
        }
        throw overlap(name, other);
    }

    private static IllegalArgumentException overlap(String name, String other) {
        return new IllegalArgumentException(name + " must not overlap " + other + ", but their ranges of one array do");
    }
}
