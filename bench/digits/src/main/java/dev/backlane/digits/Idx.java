package dev.backlane.digits;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The content of an IDX file of unsigned bytes, the format of MNIST: the magic number {@code 0x000008dd} with dd the
 * number of dimensions, each dimension's length as a big-endian 32-bit integer, then the bytes, row-major. Gzipped or
 * not: the content tells, the name does not.
 *
 * <p>The header is not trusted: it never makes the reader allocate more than a fixed multiple of what the file really
 * holds, nor read on behind the size that it states. What grows under gzip to more than 64 megabytes and a hundred times its stored
 * size is taken for a bomb and refused there.
 */
final class Idx {
    private static final int MAGIC = 0x00000800;
    private static final int CHUNK = 1 << 16;
    /** Gzip makes images 4 to 6 times smaller. What claims to be more is read into an array that grows with it. */
    private static final long USUAL_RATIO = 8;
    /** Deflate can reach 1032, and does for zeros alone. */
    private static final long BOMB_RATIO = 100;

    private static final int HARMLESS = 1 << 23;

    private final int[] shape;
    private final byte[] bytes;

    private Idx(int[] shape, byte[] bytes) {
        this.shape = shape;
        this.bytes = bytes;
    }

    /**
     * Length of a dimension.
     *
     * @param dimension 0 for the outermost
     * @return at least 1
     */
    int length(int dimension) {
        return shape[dimension];
    }

    /**
     * The elements.
     *
     * @return row-major, not a copy
     */
    byte[] bytes() {
        return bytes;
    }

    /**
     * Reads a file to its end.
     *
     * @param file its name, for messages
     * @param dimensions how many it must have: 3 for images, 1 for labels
     * @param stored its bytes as stored
     * @param length how many those are
     * @return the content
     * @throws IdxException if it is not a whole IDX file of that many dimensions and nothing else
     * @throws IOException if reading fails
     */
    static Idx read(String file, int dimensions, InputStream stored, long length) throws IOException {
        InputStream in = new BufferedInputStream(stored, CHUNK);
        boolean gzip = startsGzip(in);
        try (InputStream content = gzip ? new Gzip(in) : in) {
            int[] shape = header(file, dimensions, content);
            int size = size(file, shape);
            int header = 4 + 4 * dimensions;
            if (!gzip && length - header != size) {
                throw new IdxException(file, claim(shape, size) + ", but " + Math.max(0, length - header) + " follow");
            }
            byte[] bytes = body(file, shape, content, size, gzip ? length : size);
            if (content instanceof Gzip whole && whole.moreFollows()) {
                throw new IdxException(file, "more follows the gzip stream");
            }
            return new Idx(shape, bytes);
        } catch (EOFException e) {
            throw new IdxException(file, "the gzip stream is truncated", e);
        } catch (ZipException e) {
            throw new IdxException(file, "the gzip stream is corrupt: " + e.getMessage(), e);
        }
    }

    /** Passes over in silence what follows the stream, as Java's does, but knows of it. */
    private static final class Gzip extends GZIPInputStream {
        private static final int TRAILER = 8;
        private static final int MOST_EMPTY = 100;

        private final InputStream stored;
        private int depth;

        Gzip(InputStream stored) throws IOException {
            super(stored, CHUNK);
            this.stored = stored;
        }

        /** Java's calls this anew for each member, so that a file of many empty ones would need a stack as long as it is. */
        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (depth > MOST_EMPTY) {
                throw new ZipException("more than " + MOST_EMPTY + " empty members in a row");
            }
            depth++;
            try {
                return super.read(into, offset, length);
            } finally {
                depth--;
            }
        }

        /** Once its end has been read. */
        boolean moreFollows() throws IOException {
            return inf.getRemaining() > TRAILER || stored.read() >= 0;
        }
    }

    private static boolean startsGzip(InputStream in) throws IOException {
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return gzip;
    }

    private static int[] header(String file, int dimensions, InputStream content) throws IOException {
        byte[] header = content.readNBytes(4 + 4 * dimensions);
        ByteBuffer buffer = ByteBuffer.wrap(header);
        if (header.length < 4) {
            throw new IdxException(
                    file, "an IDX file starts with 4 bytes of magic number, but this has " + header.length);
        }
        int magic = buffer.getInt();
        if (magic != MAGIC + dimensions) {
            throw new IdxException(
                    file, "the magic number must be 0x%08x, but is 0x%08x".formatted(MAGIC + dimensions, magic));
        }
        if (header.length < 4 + 4 * dimensions) {
            throw new IdxException(
                    file, "truncated: the header needs " + (4 + 4 * dimensions) + " bytes, but has " + header.length);
        }
        int[] shape = new int[dimensions];
        buffer.asIntBuffer().get(shape);
        return shape;
    }

    /** The product of unsigned lengths, refused where no array could hold it. */
    private static int size(String file, int[] shape) throws IdxException {
        long size = 1;
        for (int length : shape) {
            if (length == 0) {
                throw new IdxException(file, "a dimension is 0 in the header's " + times(shape));
            }
            size *= Integer.toUnsignedLong(length);
            if (size > Integer.MAX_VALUE - 8) {
                throw new IdxException(file, "the header's " + times(shape) + " bytes are more than an array can hold");
            }
        }
        return (int) size;
    }

    private static byte[] body(String file, int[] shape, InputStream content, int size, long length)
            throws IOException {
        int limit = (int) Math.min(size, Math.max(HARMLESS, BOMB_RATIO * length));
        byte[] bytes = new byte[(int) Math.min(size, USUAL_RATIO * length)];
        int n = 0;
        while (n < size) {
            if (n == limit) {
                throw new IdxException(file, "a gzip bomb: " + length + " bytes hold more than " + limit);
            }
            if (n == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(limit, 2L * n));
            }
            int got = content.read(bytes, n, Math.min(CHUNK, bytes.length - n));
            if (got < 0) {
                throw new IdxException(file, claim(shape, size) + ", but " + n + " follow");
            }
            n += got;
        }
        if (content.read() >= 0) {
            throw new IdxException(file, claim(shape, size) + ", but more follow");
        }
        return bytes;
    }

    private static String claim(int[] shape, int size) {
        return "the header says " + times(shape) + (shape.length > 1 ? " = " + size : "") + " bytes";
    }

    private static String times(int[] shape) {
        return Arrays.stream(shape).mapToObj(Integer::toUnsignedString).collect(Collectors.joining(" x "));
    }
}
