package dev.backlane.digits;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** How often an image of one digit was read as another. */
final class ConfusionMatrix {
    private final int classes;
    private final int[] counts;

    /**
     * An empty matrix.
     *
     * @param classes its rows and columns
     */
    ConfusionMatrix(int classes) {
        this.classes = classes;
        counts = new int[classes * classes];
    }

    /**
     * Counts one image.
     *
     * @param shown what it shows
     * @param read what the network says
     */
    void add(int shown, int read) {
        counts[shown * classes + read]++;
    }

    /**
     * An element.
     *
     * @param shown row
     * @param read column
     * @return how many images of {@code shown} were read as {@code read}
     */
    int count(int shown, int read) {
        return counts[shown * classes + read];
    }

    /**
     * All images.
     *
     * @return how many were counted
     */
    int total() {
        int total = 0;
        for (int count : counts) {
            total += count;
        }
        return total;
    }

    /**
     * The images that were read as something else.
     *
     * @return how many
     */
    int wrong() {
        int wrong = total();
        for (int i = 0; i < classes; i++) {
            wrong -= count(i, i);
        }
        return wrong;
    }

    /**
     * The share of images that were read right.
     *
     * @return 0 to 1; NaN without images
     */
    double accuracy() {
        int total = total();
        return (double) (total - wrong()) / total;
    }

    /**
     * All elements.
     *
     * @return a list of counts for each digit shown
     */
    List<List<Integer>> rows() {
        return IntStream.range(0, classes)
                .mapToObj(i ->
                        IntStream.range(0, classes).mapToObj(j -> count(i, j)).toList())
                .toList();
    }

    /** Rows and columns with their digits, and of each row the share that was read right. */
    @Override
    public String toString() {
        StringBuilder table = new StringBuilder("shown \\ read");
        for (int j = 0; j < classes; j++) {
            table.append("%6d".formatted(j));
        }
        table.append("     right");
        for (int i = 0; i < classes; i++) {
            table.append("%n%12d".formatted(i));
            int row = 0;
            for (int j = 0; j < classes; j++) {
                table.append("%6d".formatted(count(i, j)));
                row += count(i, j);
            }
            table.append(row == 0 ? "         -" : String.format(Locale.ROOT, "%9.2f%%", 100.0 * count(i, i) / row));
        }
        return table.toString();
    }
}
