package dev.backlane.digits;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Makes IDX files, right and wrong. */
final class IdxFiles {
    private IdxFiles() {}

    /** A header of any magic number and lengths, and then any bytes. */
    static byte[] idx(int magic, int[] shape, byte... content) {
        ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * shape.length + content.length);
        buffer.putInt(magic);
        for (int length : shape) {
            buffer.putInt(length);
        }
        return buffer.put(content).array();
    }

    static byte[] images(int count, int rows, int columns, byte... pixels) {
        return idx(0x803, new int[] {count, rows, columns}, pixels);
    }

    static byte[] labels(byte... labels) {
        return idx(0x801, new int[] {labels.length}, labels);
    }

    static byte[] gzip(byte... content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * A data set of 10 × 10 pixels that a network learns in no time: digit d is a bar in column d, on dirty paper.
     */
    static void writeBars(Path folder, int training, int test) throws IOException {
        writeBars(folder, "train", training, 1);
        writeBars(folder, "t10k", test, 2);
    }

    private static void writeBars(Path folder, String name, int count, long seed) throws IOException {
        java.util.Random random = new java.util.Random(seed);
        byte[] pixels = new byte[count * 100];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) random.nextInt(10);
            for (int p = 0; p < 100; p++) {
                pixels[i * 100 + p] = (byte) (random.nextInt(100) + (p % 10 == labels[i] ? 120 : 0));
            }
        }
        Files.write(folder.resolve(name + "-images-idx3-ubyte.gz"), gzip(images(count, 10, 10, pixels)));
        Files.write(folder.resolve(name + "-labels-idx1-ubyte"), labels(labels));
    }
}
