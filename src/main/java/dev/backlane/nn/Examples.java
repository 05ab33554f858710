package dev.backlane.nn;

/**
 * A data set that can hand out any of its examples as rows of floats. May be read by several threads at once.
 */
public interface Examples {
    /**
     * How many there are.
     *
     * @return number of examples
     */
    int count();

    /**
     * Length of an example.
     *
     * @return number of features
     */
    int features();

    /**
     * Copies examples into rows.
     *
     * @param indices which ones
     * @param from first index into {@code indices}
     * @param to behind the last
     * @param x overwritten: row {@code i − from} is example {@code indices[i]}
     * @param xOffset where the rows start
     */
    void gather(int[] indices, int from, int to, float[] x, int xOffset);

    /**
     * Copies the labels of examples.
     *
     * @param indices which ones
     * @param from first index into {@code indices}
     * @param to behind the last
     * @param labels overwritten: element {@code i − from} is the label of example {@code indices[i]}
     */
    void labels(int[] indices, int from, int to, int[] labels);

    /**
     * Examples in flat arrays, which are used and not copied.
     *
     * @param features length of an example, at least 1
     * @param x count×features
     * @param labels count labels
     * @return the examples
     * @throws IllegalArgumentException if the lengths do not fit
     */
    static Examples of(int features, float[] x, int[] labels) {
        Checks.notNull("x", x);
        Checks.notNull("labels", labels);
        if (features < 1 || (long) labels.length * features != x.length) {
            throw new IllegalArgumentException("x must have labels·features elements, features at least 1: "
                    + labels.length + "·" + features + ", but has " + x.length);
        }
        return new Examples() {
            @Override
            public int count() {
                return labels.length;
            }

            @Override
            public int features() {
                return features;
            }

            @Override
            public void gather(int[] indices, int from, int to, float[] rows, int xOffset) {
                for (int i = from; i < to; i++) {
                    System.arraycopy(x, indices[i] * features, rows, xOffset + (i - from) * features, features);
                }
            }

            @Override
            public void labels(int[] indices, int from, int to, int[] into) {
                for (int i = from; i < to; i++) {
                    into[i - from] = labels[indices[i]];
                }
            }
        };
    }
}
