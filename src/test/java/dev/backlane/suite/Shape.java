package dev.backlane.suite;

/**
 * The sizes of one case and how its arrays lie in memory.
 *
 * @param rows of the batch, m of a product
 * @param in columns of the input, k of a product
 * @param out columns of the output, n of a product
 * @param offset where each matrix starts in its array
 * @param gap elements between the rows of each matrix
 * @param seed of the numbers
 */
record Shape(int rows, int in, int out, int offset, int gap, long seed) {
    @Override
    public String toString() {
        return rows + "×" + in + "×" + out + " offset " + offset + " gap " + gap + " seed " + seed;
    }
}
