package dev.backlane.nn;

/**
 * Checks of a whole network's arguments: a network writes layer by layer, so what a later layer's kernel would refuse must be
 * refused before the first.
 */
final class Checks {
    private Checks() {}

    static <T> T notNull(String name, T value) {
        if (value == null) {
            throw new IllegalArgumentException(name + " must not be null");
        }
        return value;
    }

    static int positive(String name, int n) {
        if (n < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + n);
        }
        return n;
    }

    static void length(String name, float[] array, int offset, int n) {
        notNull(name, array);
        if (offset < 0 || (long) offset + n > array.length) {
            throw new IllegalArgumentException(
                    name + " needs " + n + " elements from " + name + "Offset " + offset + ", but has " + array.length);
        }
    }

    static void range(String name, int[] array, int from, int to) {
        notNull(name, array);
        if (from < 0 || to < from || to > array.length) {
            throw new IllegalArgumentException(
                    name + " must reach from 0 to " + array.length + ", but the range is " + from + " to " + to);
        }
    }

    static void rows(String name, float[] array, int offset, int rows, int cols, int ld) {
        notNull(name, array);
        if (ld < cols) {
            throw new IllegalArgumentException("ld" + name + " must be at least " + cols + ", but is " + ld);
        }
        if (offset < 0 || offset + extent(rows, cols, ld) > array.length) {
            throw new IllegalArgumentException(name + " needs " + extent(rows, cols, ld) + " elements from " + name
                    + "Offset " + offset + ", but has " + array.length);
        }
    }

    static long extent(int rows, int cols, int ld) {
        return rows == 0 ? 0 : (rows - 1L) * ld + cols;
    }

    static void apart(String name, float[] a, int aOffset, long n, String other, float[] b, int bOffset, long m) {
        if (a == b && n > 0 && m > 0 && aOffset < bOffset + m && bOffset < aOffset + n) {
            throw new IllegalArgumentException(
                    name + " must not overlap " + other + ", but their ranges of one array do");
        }
    }

    /** What every pass reads. */
    static void inputs(
            Mlp mlp,
            int batch,
            boolean training,
            float[] x,
            int xOffset,
            int ldx,
            float[] parameters,
            int parametersOffset,
            Workspace workspace) {
        notNull("workspace", workspace).require(mlp, batch, training, x, parameters);
        rows("x", x, xOffset, batch, mlp.inputs(), ldx);
        length("parameters", parameters, parametersOffset, mlp.parameterCount());
    }

    /** What a pass writes, n elements, must be apart from all that it reads. */
    static void output(
            String name,
            float[] a,
            int aOffset,
            long n,
            Mlp mlp,
            int batch,
            float[] x,
            int xOffset,
            int ldx,
            float[] parameters,
            int parametersOffset,
            Workspace workspace) {
        apart(name, a, aOffset, n, "parameters", parameters, parametersOffset, mlp.parameterCount());
        apart(name, a, aOffset, n, "x", x, xOffset, extent(batch, mlp.inputs(), ldx));
        apart(name, a, 0, n, "the workspace's memory", workspace.memory, 0, Integer.MAX_VALUE);
    }
}
