package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Right files are read, gzipped or not; wrong ones are refused with a message that names the file and the thing. */
class IdxTest {
    private static final byte[] PIXELS = {1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -2, -3};
    private static final byte[] IMAGES = IdxFiles.images(2, 2, 3, PIXELS);
    private static final byte[] LABELS = IdxFiles.labels((byte) 7, (byte) 0, (byte) 9);

    private static Idx read(int dimensions, byte... stored) throws IOException {
        return Idx.read("some-file", dimensions, new ByteArrayInputStream(stored), stored.length);
    }

    private static void assertRefused(String because, int dimensions, byte... stored) {
        IdxException e = assertThrows(IdxException.class, () -> read(dimensions, stored));
        assertTrue(e.getMessage().startsWith("some-file: "), e.getMessage());
        assertTrue(e.getMessage().contains(because), e.getMessage());
    }

    @Test
    void plainAndGzippedImages() throws IOException {
        for (byte[] stored : new byte[][] {IMAGES, IdxFiles.gzip(IMAGES)}) {
            Idx idx = read(3, stored);
            assertEquals(2, idx.length(0));
            assertEquals(2, idx.length(1));
            assertEquals(3, idx.length(2));
            assertArrayEquals(PIXELS, idx.bytes());
        }
    }

    @Test
    void aFileOfSeveralGzipMembers() throws IOException {
        ByteArrayOutputStream stored = new ByteArrayOutputStream();
        stored.writeBytes(IdxFiles.gzip(Arrays.copyOf(IMAGES, 20)));
        stored.writeBytes(IdxFiles.gzip());
        stored.writeBytes(IdxFiles.gzip(Arrays.copyOfRange(IMAGES, 20, IMAGES.length)));
        stored.writeBytes(IdxFiles.gzip());
        assertArrayEquals(PIXELS, read(3, stored.toByteArray()).bytes());
        for (int i = 0; i < 200; i++) {
            stored.writeBytes(IdxFiles.gzip());
        }
        assertRefused("more than 100 empty members in a row", 3, stored.toByteArray());
    }

    @Test
    void labels() throws IOException {
        Idx idx = read(1, LABELS);
        assertEquals(3, idx.length(0));
        assertArrayEquals(new byte[] {7, 0, 9}, idx.bytes());
    }

    @Test
    void wrongMagicNumber() {
        assertRefused("must be 0x00000803, but is 0x00000801", 3, LABELS);
        assertRefused("must be 0x00000801, but is 0x00000803", 1, IMAGES);
        assertRefused("must be 0x00000801, but is 0x00000d01", 1, IdxFiles.idx(0xd01, new int[] {1}, new byte[4]));
        assertRefused("must be 0x00000803, but is 0x01080000", 3, IdxFiles.idx(0x01080000, new int[3], new byte[4]));
        assertRefused("magic", 3, IdxFiles.gzip(LABELS));
    }

    @Test
    void emptyAndCutHeaders() {
        assertRefused("magic number, but this has 0", 3);
        assertRefused("magic number, but this has 3", 3, (byte) 0, (byte) 0, (byte) 8);
        assertRefused("header needs 16 bytes, but has 15", 3, Arrays.copyOf(IMAGES, 15));
        assertRefused("header needs 8 bytes, but has 4", 1, Arrays.copyOf(LABELS, 4));
    }

    @Test
    void truncatedOversized() {
        assertRefused("says 2 x 2 x 3 = 12 bytes, but 11 follow", 3, Arrays.copyOf(IMAGES, IMAGES.length - 1));
        assertRefused("says 2 x 2 x 3 = 12 bytes, but 13 follow", 3, Arrays.copyOf(IMAGES, IMAGES.length + 1));
        assertRefused("says 3 bytes, but 0 follow", 1, Arrays.copyOf(LABELS, 8));
        assertRefused("12 bytes, but 11 follow", 3, IdxFiles.gzip(Arrays.copyOf(IMAGES, IMAGES.length - 1)));
        assertRefused("12 bytes, but more follow", 3, IdxFiles.gzip(Arrays.copyOf(IMAGES, IMAGES.length + 1)));
    }

    @Test
    void absurdDimensions() {
        assertRefused("2 x 0 x 3", 3, IdxFiles.images(2, 0, 3));
        assertRefused("dimension is 0", 1, IdxFiles.labels());
        assertRefused(
                "4294967295 x 4294967295 x 4294967295 bytes are more than an array can hold",
                3,
                IdxFiles.images(-1, -1, -1));
        assertRefused("65536 x 65536 x 1 bytes are more", 3, IdxFiles.images(1 << 16, 1 << 16, 1));
        assertRefused("2147483647 bytes are more", 1, IdxFiles.idx(0x801, new int[] {Integer.MAX_VALUE}));
    }

    @Test
    void aLargeClaimAllocatesNothing() {
        byte[] claim = IdxFiles.images(2_000_000, 28, 28);
        long before = allocated();
        for (int i = 0; i < 20; i++) {
            assertRefused("1568000000 bytes, but 0 follow", 3, claim);
            assertRefused("1568000000 bytes, but 0 follow", 3, IdxFiles.gzip(claim));
        }
        assertTrue(allocated() - before < 50_000_000, "allocated " + (allocated() - before));
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }

    @Test
    void readingEndsSoonBehindTheHeadersSize() {
        byte[] content = new byte[2_000_000];
        new Random(1).nextBytes(content);
        System.arraycopy(IMAGES, 0, content, 0, IMAGES.length);
        byte[] stored = IdxFiles.gzip(content);
        ByteArrayInputStream in = new ByteArrayInputStream(stored);
        IdxException e = assertThrows(IdxException.class, () -> Idx.read("long", 3, in, stored.length));
        assertTrue(e.getMessage().contains("12 bytes, but more follow"), e.getMessage());
        assertTrue(in.available() > stored.length * 0.8, in.available() + " left of " + stored.length);
    }

    @Test
    void aGzipBombDoesNotGoOff() {
        byte[] bomb = IdxFiles.gzip(Arrays.copyOf(IMAGES, 50_000_000));
        long before = allocated();
        assertRefused("12 bytes, but more follow", 3, bomb);
        assertTrue(allocated() - before < 1_000_000, "allocated " + (allocated() - before));
    }

    @Test
    void contentThatCompressesWell() throws IOException {
        byte[] pixels = new byte[3_000_000];
        pixels[2_999_999] = 5;
        Idx idx = read(3, IdxFiles.gzip(IdxFiles.images(3, 1000, 1000, pixels)));
        assertArrayEquals(pixels, idx.bytes());
    }

    @Property(tries = 200)
    void everyCutOfAGzipFileIsRefused(@ForAll @IntRange(min = 0, max = 2000) int cut) {
        byte[] pixels = new byte[900];
        new Random(1).nextBytes(pixels);
        byte[] stored = IdxFiles.gzip(IdxFiles.images(1, 30, 30, pixels));
        assertThrows(IdxException.class, () -> read(3, Arrays.copyOf(stored, Math.min(cut, stored.length - 1))));
    }

    @Property(tries = 500)
    void aFlippedBitIsRefusedOrHarmless(@ForAll @IntRange(min = 0, max = 7999) int bit) throws IOException {
        byte[] pixels = new byte[900];
        new Random(1).nextBytes(pixels);
        byte[] stored = IdxFiles.gzip(IdxFiles.images(1, 30, 30, pixels));
        int at = bit / 8 % stored.length;
        stored[at] ^= (byte) (1 << bit % 8);
        try {
            // Harmless are time and system in gzip's own header, and what pads its bits to bytes.
            assertArrayEquals(pixels, read(3, stored).bytes());
        } catch (IdxException e) {
            assertTrue(e.getMessage().startsWith("some-file: "), e.getMessage());
        }
    }
}
