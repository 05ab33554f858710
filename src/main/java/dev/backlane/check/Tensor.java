package dev.backlane.check;

import java.util.Objects;

/**
 * A view of an array that the caller owns: row-major, with an offset and a leading dimension. Nothing is copied, so a
 * block of one flat parameter vector is {@code Tensor.of(params, 784, 128).at(offset)}.
 *
 * <p>A shape of more than two dimensions is seen as {@code [product of the others][last]}, and a vector of {@code n} as
 * {@code [1][n]}: coordinates are reported as (row, column).
 */
public final class Tensor {
    private final Store store;
    private final int rows;
    private final int columns;
    private final int offset;
    private final int leading;

    private Tensor(Store store, int rows, int columns, int offset, int leading) {
        this.store = store;
        this.rows = rows;
        this.columns = columns;
        this.offset = offset;
        this.leading = leading;
    }

    /**
     * A view of a {@code float[]} from its first element on.
     *
     * @param array the caller's array
     * @param shape the dimensions, outermost first; none for the whole array as one vector
     * @return the view
     */
    public static Tensor of(float[] array, int... shape) {
        Objects.requireNonNull(array, "array");
        return of(new Store.Floats(array), shape);
    }

    /**
     * A view of a {@code double[]} from its first element on.
     *
     * @param array the caller's array
     * @param shape the dimensions, outermost first; none for the whole array as one vector
     * @return the view
     */
    public static Tensor of(double[] array, int... shape) {
        Objects.requireNonNull(array, "array");
        return of(new Store.Doubles(array), shape);
    }

    private static Tensor of(Store store, int... shape) {
        long rows = 1;
        for (int d = 0; d < shape.length; d++) {
            Arguments.require(shape[d] >= 0, "shape[" + d + "]", "to be at least 0", shape[d]);
            if (d < shape.length - 1) {
                rows = Math.multiplyExact(rows, (long) shape[d]);
            }
        }
        int columns = shape.length == 0 ? store.length() : shape[shape.length - 1];
        Arguments.require(rows <= Integer.MAX_VALUE, "shape", "at most 2^31 - 1 rows", rows);
        return new Tensor(store, (int) rows, columns, 0, columns);
    }

    /**
     * The same shape, from another element of the array on.
     *
     * @param offset index of the element (0, 0)
     * @return the moved view
     */
    public Tensor at(int offset) {
        Arguments.require(offset >= 0, "offset", "to be at least 0", offset);
        return new Tensor(store, rows, columns, offset, leading);
    }

    /**
     * The same shape, with rows further apart.
     *
     * @param leadingDimension distance from the start of one row to the start of the next; at least the columns
     * @return the spread view
     */
    public Tensor leading(int leadingDimension) {
        Arguments.require(
                leadingDimension >= columns,
                "leadingDimension",
                "to be at least the " + columns + " columns",
                leadingDimension);
        return new Tensor(store, rows, columns, offset, leadingDimension);
    }

    /** Refuses a view that reaches past its array; here and not in {@code of}, since {@code at} may still follow. */
    Tensor checked(String name) {
        long end = size() == 0 ? offset : offset + (rows - 1L) * leading + columns;
        Arguments.require(
                end <= store.length(),
                name,
                "an array of at least " + end + " elements (offset " + offset + ", shape " + shape()
                        + ", leading dimension " + leading + ")",
                store.length());
        Arguments.require((long) rows * columns <= Integer.MAX_VALUE, name, "at most 2^31 - 1 elements", shape());
        return this;
    }

    Store store() {
        return store;
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    int offset() {
        return offset;
    }

    int leading() {
        return leading;
    }

    int size() {
        return rows * columns;
    }

    String shape() {
        return "[" + rows + "x" + columns + "]";
    }

    boolean sameShape(Tensor other) {
        return rows == other.rows && columns == other.columns;
    }

    private int index(int k) {
        return leading == columns ? offset + k : offset + k / columns * leading + k % columns;
    }

    /** Element number k in row-major order. */
    double get(int k) {
        return store.get(index(k));
    }

    void set(int k, double value) {
        store.set(index(k), value);
    }

    double[] read() {
        double[] copy = new double[size()];
        read(copy, 0);
        return copy;
    }

    void read(double[] into, int from) {
        int size = size();
        for (int k = 0; k < size; k++) {
            into[from + k] = store.get(index(k));
        }
    }

    void write(double[] source, int from) {
        int size = size();
        for (int k = 0; k < size; k++) {
            store.set(index(k), source[from + k]);
        }
    }

    void fill(double value) {
        int size = size();
        for (int k = 0; k < size; k++) {
            store.set(index(k), value);
        }
    }
}
