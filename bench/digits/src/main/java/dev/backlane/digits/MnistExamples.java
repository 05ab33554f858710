package dev.backlane.digits;

import dev.backlane.nn.Examples;
import java.util.zip.CRC32;

/**
 * Grey images and their labels, as a data set: a feature is a pixel, 0 for paper, 1 for ink.
 *
 * <p>The pixels are kept as bytes, four to an int, in planes: with {@code m = ⌈features/4⌉}, word i of an image
 * holds its pixels i, m + i, 2m + i and 3m + i, the first in the lowest byte. So the loops that widen them to floats
 * have lanes of one size, and C2 vectorises them, which it does not do for a {@code byte[]}: a batch costs what copying
 * floats would cost, in a quarter of the memory.
 */
public final class MnistExamples implements Examples {
    /** Labels are 0 to 9. */
    public static final int CLASSES = 10;

    private static final float SCALE = 1 / 255f;

    private final int rows;
    private final int columns;
    private final int plane;
    private final int[] words;
    private final byte[] labels;

    /**
     * A data set.
     *
     * @param imageFile name of the images' file, for messages
     * @param images count × rows × columns
     * @param labelFile name of the labels' file, for messages
     * @param labels count
     * @throws IdxException if the counts differ or a label is above 9
     */
    MnistExamples(String imageFile, Idx images, String labelFile, Idx labels) throws IdxException {
        int count = images.length(0);
        rows = images.length(1);
        columns = images.length(2);
        this.labels = labels.bytes();
        if (count != this.labels.length) {
            throw new IdxException(
                    labelFile, this.labels.length + " labels, but " + imageFile + " has " + count + " images");
        }
        for (int i = 0; i < count; i++) {
            int label = this.labels[i] & 0xff;
            if (label >= CLASSES) {
                throw new IdxException(labelFile, "a label must be 0 to 9, but that of image " + i + " is " + label);
            }
        }
        int features = rows * columns;
        plane = (features + 3) / 4;
        words = new int[count * plane];
        for (int i = 0; i < count; i++) {
            pack(images.bytes(), i * features, features, words, i * plane, plane);
        }
    }

    private static void pack(byte[] pixels, int from, int features, int[] words, int to, int plane) {
        // Words that hold four pixels; the last plane ends before the others where features is no multiple of 4.
        int full = Math.max(0, features - 3 * plane);
        for (int i = 0; i < full; i++) {
            words[to + i] = pixels[from + i] & 0xff
                    | (pixels[from + plane + i] & 0xff) << 8
                    | (pixels[from + 2 * plane + i] & 0xff) << 16
                    | (pixels[from + 3 * plane + i] & 0xff) << 24;
        }
        for (int i = full; i < plane; i++) {
            for (int p = 0; p * plane + i < features; p++) {
                words[to + i] |= (pixels[from + p * plane + i] & 0xff) << 8 * p;
            }
        }
    }

    @Override
    public int count() {
        return labels.length;
    }

    @Override
    public int features() {
        return rows * columns;
    }

    /**
     * Height of an image.
     *
     * @return pixels
     */
    int rows() {
        return rows;
    }

    /**
     * Width of an image.
     *
     * @return pixels
     */
    int columns() {
        return columns;
    }

    /**
     * What an image shows.
     *
     * @param index of the image
     * @return 0 to 9
     */
    int label(int index) {
        return labels[index];
    }

    /**
     * What tells one data set from another without reading all of it.
     *
     * @return CRC-32 of the labels, a byte each
     */
    long labelsCrc() {
        CRC32 crc = new CRC32();
        crc.update(labels);
        return crc.getValue();
    }

    @Override
    public void gather(int[] indices, int from, int to, float[] x, int xOffset) {
        int features = features();
        for (int i = from; i < to; i++) {
            unpack(words, indices[i] * plane, plane, features, x, xOffset + (i - from) * features);
        }
    }

    private static void unpack(int[] words, int from, int plane, int features, float[] x, int to) {
        // One loop a plane: C2 cannot prove that four stores of one loop do not meet.
        int first = Math.min(plane, features);
        for (int i = 0; i < first; i++) {
            x[to + i] = (words[from + i] & 0xff) * SCALE;
        }
        int second = Math.min(plane, features - plane);
        for (int i = 0; i < second; i++) {
            x[to + plane + i] = (words[from + i] >>> 8 & 0xff) * SCALE;
        }
        int third = Math.min(plane, features - 2 * plane);
        for (int i = 0; i < third; i++) {
            x[to + 2 * plane + i] = (words[from + i] >>> 16 & 0xff) * SCALE;
        }
        int fourth = features - 3 * plane;
        for (int i = 0; i < fourth; i++) {
            x[to + 3 * plane + i] = (words[from + i] >>> 24) * SCALE;
        }
    }

    /**
     * One image.
     *
     * @param index of the image
     * @return its pixels, row-major
     */
    float[] pixels(int index) {
        float[] pixels = new float[features()];
        gather(new int[] {index}, 0, 1, pixels, 0);
        return pixels;
    }

    @Override
    public void labels(int[] indices, int from, int to, int[] into) {
        for (int i = from; i < to; i++) {
            into[i - from] = labels[indices[i]];
        }
    }
}
