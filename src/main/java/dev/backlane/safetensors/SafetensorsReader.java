package dev.backlane.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.SequencedMap;

/**
 * A file of tensors: the length of its header as 64-bit little-endian integer, the header as JSON, the tensors' bytes, row-major and
 * little-endian.
 *
 * <p>Trusts nothing. The header's length is held against the file's and a cap before memory is taken for it; its text must be UTF-8
 * and JSON of the format's own narrow grammar, without a name that comes twice; every dtype must be known, no shape may overflow or have more than 64 dimensions; and
 * the tensors must cover what is behind the header exactly, without overlap, hole or overhang. What is not so is refused with a
 * {@link SafetensorsException} that names file and fault. Numbers that are not finite are not refused but counted, since only the
 * caller knows what they mean.
 *
 * <p>Any number of threads may read at the same time.
 */
public final class SafetensorsReader implements AutoCloseable {
    /** The longest header, in bytes: what the format's reference implementation allows. */
    public static final int MAX_HEADER = 100_000_000;

    private static final int CHUNK = 1 << 16;

    private final Path file;
    private final FileChannel channel;
    private final Header header;
    private final long dataAt;

    private SafetensorsReader(Path file, FileChannel channel, Header header, long dataAt) {
        this.file = file;
        this.channel = channel;
        this.header = header;
        this.dataAt = dataAt;
    }

    /**
     * Opens a file and checks its header.
     *
     * @param file to be read, and open until {@link #close()}
     * @return the file's content, its tensors not yet read
     * @throws SafetensorsException if it is not a whole file of this format
     * @throws IOException if reading fails
     */
    public static SafetensorsReader open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        boolean good = false;
        try {
            long size = channel.size();
            if (size < 8) {
                throw new SafetensorsException(
                        file, "a safetensors file starts with 8 bytes of length, but this has " + size);
            }
            ByteBuffer first = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            fill(file, channel, first, 0);
            long length = first.getLong();
            if (length < 0 || length > MAX_HEADER) {
                throw new SafetensorsException(
                        file,
                        "the header must have at most " + MAX_HEADER + " bytes, but is said to have "
                                + Long.toUnsignedString(length));
            }
            if (length > size - 8) {
                throw new SafetensorsException(
                        file, "the header is said to have " + length + " bytes, but only " + (size - 8) + " follow");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) length);
            fill(file, channel, bytes, 8);
            Header header = Header.parse(
                    StandardCharsets.UTF_8.newDecoder().decode(bytes).toString(), size - 8 - length);
            good = true;
            return new SafetensorsReader(file, channel, header, 8 + length);
        } catch (Header.Refusal e) {
            throw new SafetensorsException(file, e.getMessage());
        } catch (CharacterCodingException e) {
            throw new SafetensorsException(file, "the header is not UTF-8");
        } finally {
            if (!good) {
                channel.close();
            }
        }
    }

    /**
     * The header's words about the file.
     *
     * @return the entry {@code __metadata__}; empty if there is none
     */
    public SequencedMap<String, String> metadata() {
        return Collections.unmodifiableSequencedMap(header.metadata());
    }

    /**
     * The tensors.
     *
     * @return by name, in the order of the header
     */
    public SequencedMap<String, TensorInfo> tensors() {
        return Collections.unmodifiableSequencedMap(header.tensors());
    }

    /**
     * Reads a tensor of {@link Dtype#F32}.
     *
     * @param name one of {@link #tensors()}
     * @param into overwritten from {@code offset} on, row-major
     * @param offset where the tensor's first element goes
     * @return how many of its elements are not finite
     * @throws SafetensorsException if there is no such tensor, or it is of another dtype, or the file has become shorter
     * @throws IllegalArgumentException if {@code into} is too short
     * @throws IOException if reading fails
     */
    public long read(String name, float[] into, int offset) throws IOException {
        TensorInfo info = header.tensors().get(name);
        if (info == null) {
            throw new SafetensorsException(file, "there is no tensor \"" + name + "\"");
        }
        if (info.dtype() != Dtype.F32) {
            throw new SafetensorsException(file, "tensor \"" + name + "\" must be F32, but is " + info.dtype());
        }
        if (offset < 0 || info.elements() > into.length - (long) offset) {
            throw new IllegalArgumentException(
                    "into needs " + info.elements() + " elements from offset " + offset + ", but has " + into.length);
        }
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, info.end() - info.begin()))
                .order(ByteOrder.LITTLE_ENDIAN);
        int at = offset;
        for (long from = info.begin(); from < info.end(); from += chunk.limit()) {
            chunk.clear().limit((int) Math.min(CHUNK, info.end() - from));
            fill(file, channel, chunk, dataAt + from);
            int floats = chunk.limit() / Float.BYTES;
            chunk.asFloatBuffer().get(into, at, floats);
            at += floats;
        }
        long notFinite = 0;
        for (int i = offset; i < at; i++) {
            notFinite += Float.isFinite(into[i]) ? 0 : 1;
        }
        return notFinite;
    }

    private static void fill(Path file, FileChannel channel, ByteBuffer buffer, long from) throws IOException {
        long at = from;
        while (buffer.hasRemaining()) {
            int got = channel.read(buffer, at);
            if (got < 0) {
                throw new SafetensorsException(file, "ends at byte " + at + ", before its content does");
            }
            at += got;
        }
        buffer.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
