package dev.backlane.graph;

/**
 * The shape of a node: a scalar, a vector or a matrix. Numbers lie row-major; a vector counts as one row.
 *
 * @param rank 0 for a scalar, 1 for a vector, 2 for a matrix
 * @param rows 1 unless a matrix
 * @param cols 1 for a scalar, the length of a vector
 */
public record Shape(int rank, int rows, int cols) {
    /** One number. */
    public static final Shape SCALAR = new Shape(0, 1, 1);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if they describe no shape, or one with more elements than an array can have
     */
    public Shape {
        if (rank < 0 || rank > 2 || rows < 1 || cols < 1 || (rank < 2 && rows != 1) || (rank < 1 && cols != 1)) {
            throw new IllegalArgumentException(
                    "shape must be a scalar, a vector or a matrix with lengths of at least 1, but has rank " + rank
                            + ", rows " + rows + ", cols " + cols);
        }
        if ((long) rows * cols > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "shape must fit an array, but has " + rows + "·" + cols + " = " + (long) rows * cols + " elements");
        }
    }

    /**
     * The shape of such lengths.
     *
     * @param lengths none for a scalar, the length of a vector, or rows and columns of a matrix
     * @return the shape
     * @throws IllegalArgumentException if there are more than two lengths or one is below 1
     */
    public static Shape of(int... lengths) {
        return switch (lengths.length) {
            case 0 -> SCALAR;
            case 1 -> new Shape(1, 1, lengths[0]);
            case 2 -> new Shape(2, lengths[0], lengths[1]);
            default ->
                throw new IllegalArgumentException("shape must have at most 2 lengths, but has " + lengths.length);
        };
    }

    /**
     * Number of elements.
     *
     * @return rows·cols
     */
    public int size() {
        return rows * cols;
    }

    /** {@code scalar}, the length of a vector, or {@code rows×cols}. */
    @Override
    public String toString() {
        return rank == 0 ? "scalar" : rank == 1 ? String.valueOf(cols) : rows + "×" + cols;
    }
}
