package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Pixels come back as they went in, whatever the size of an image. */
class MnistExamplesTest {
    private static Idx idx(int dimensions, byte... content) throws IOException {
        return Idx.read("file", dimensions, new ByteArrayInputStream(content), content.length);
    }

    private static MnistExamples examples(int rows, int columns, byte[] pixels, byte... labels) throws IOException {
        return new MnistExamples(
                "images",
                idx(3, IdxFiles.images(pixels.length / (rows * columns), rows, columns, pixels)),
                "labels",
                idx(1, IdxFiles.labels(labels)));
    }

    @Property(tries = 200)
    void gatherIsPixelsOver255(
            @ForAll @IntRange(min = 1, max = 9) int rows, @ForAll @IntRange(min = 1, max = 9) int columns)
            throws IOException {
        int count = 5;
        int features = rows * columns;
        byte[] pixels = new byte[count * features];
        new Random(rows * 10 + columns).nextBytes(pixels);
        MnistExamples examples = examples(rows, columns, pixels, new byte[count]);
        assertEquals(count, examples.count());
        assertEquals(features, examples.features());

        int[] indices = {99, 4, 0, 0, 2, 99};
        float[] x = new float[3 + 4 * features + 2];
        Arrays.fill(x, -7);
        examples.gather(indices, 1, 5, x, 3);
        float[] expected = new float[x.length];
        Arrays.fill(expected, -7);
        for (int i = 0; i < 4; i++) {
            for (int p = 0; p < features; p++) {
                expected[3 + i * features + p] = (pixels[indices[1 + i] * features + p] & 0xff) * (1 / 255f);
            }
        }
        assertArrayEquals(expected, x, 0);
    }

    @Test
    void paperIsZeroAndInkIsOne() throws IOException {
        float[] x = new float[2];
        examples(1, 2, new byte[] {0, -1}, (byte) 3).gather(new int[] {0}, 0, 1, x, 0);
        assertArrayEquals(new float[] {0, 1}, x, 0);
    }

    @Test
    void labels() throws IOException {
        MnistExamples examples = examples(1, 1, new byte[4], (byte) 3, (byte) 0, (byte) 9, (byte) 1);
        int[] into = {-1, -1, -1};
        examples.labels(new int[] {0, 2, 1}, 1, 3, into);
        assertArrayEquals(new int[] {9, 0, -1}, into);
        assertEquals(9, examples.label(2));
    }

    @Test
    void labelsAboveNineAndOtherCountsAreRefused() {
        IdxException label =
                assertThrows(IdxException.class, () -> examples(1, 1, new byte[3], (byte) 1, (byte) 9, (byte) 10));
        assertEquals("labels: a label must be 0 to 9, but that of image 2 is 10", label.getMessage());
        IdxException negative = assertThrows(IdxException.class, () -> examples(1, 1, new byte[1], (byte) -1));
        assertEquals("labels: a label must be 0 to 9, but that of image 0 is 255", negative.getMessage());
        IdxException count = assertThrows(IdxException.class, () -> examples(1, 1, new byte[3], (byte) 1, (byte) 9));
        assertEquals("labels: 2 labels, but images has 3 images", count.getMessage());
    }
}
