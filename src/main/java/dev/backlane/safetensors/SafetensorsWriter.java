package dev.backlane.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gathers tensors, and writes them into a file in one go. The arrays are read when the file is written, not before.
 *
 * <p>A file is replaced whole or not at all: its new content goes into another file of the same folder, is forced to the disk, and takes
 * the old one's place in one step. Whoever is killed meanwhile leaves the old file as it was, and perhaps beside it a hidden one whose
 * name ends in {@code .tmp}.
 */
public final class SafetensorsWriter {
    private static final int CHUNK = 1 << 16;

    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Source> tensors = new LinkedHashMap<>();

    private record Source(float[] values, int offset, long elements, List<Long> shape) {}

    /** A writer without tensors. */
    public SafetensorsWriter() {}

    /**
     * Adds a word about the file.
     *
     * @param key not yet used
     * @param value any text
     * @return this
     * @throws IllegalArgumentException if the key is used, or either is null or no text that UTF-8 can hold
     */
    public SafetensorsWriter metadata(String key, String value) {
        text("key", key);
        text("value", value);
        if (metadata.putIfAbsent(key, value) != null) {
            throw new IllegalArgumentException("key must be new, but is " + key);
        }
        return this;
    }

    /**
     * Adds a tensor of {@link Dtype#F32}.
     *
     * @param name not yet used
     * @param values where its elements are, row-major
     * @param offset of the first
     * @param shape length of each dimension, outermost first; none for a scalar
     * @return this
     * @throws IllegalArgumentException if the name is used or reserved, an argument null, a length negative, values too
     *     short, or the shape has more than 64 dimensions
     */
    public SafetensorsWriter tensor(String name, float[] values, int offset, int... shape) {
        text("name", name);
        if (name.equals(Header.METADATA) || tensors.containsKey(name)) {
            throw new IllegalArgumentException("name must be new and not " + Header.METADATA + ", but is " + name);
        }
        if (values == null) {
            throw new IllegalArgumentException("values must not be null");
        }
        if (shape.length > Header.MOST_DIMENSIONS) {
            throw new IllegalArgumentException(
                    "shape must have at most " + Header.MOST_DIMENSIONS + " dimensions, but has " + shape.length);
        }
        long elements = 1;
        List<Long> lengths = new ArrayList<>();
        for (int length : shape) {
            if (length < 0) {
                throw new IllegalArgumentException("shape must not have a negative length, but has " + length);
            }
            lengths.add((long) length);
            // Stays too large for an array once it is, unless a length is 0.
            elements = length == 0 || elements <= Integer.MAX_VALUE ? elements * length : elements;
        }
        if (offset < 0 || elements > values.length - (long) offset) {
            throw new IllegalArgumentException(
                    "values needs " + elements + " elements from offset " + offset + ", but has " + values.length);
        }
        tensors.put(name, new Source(values, offset, elements, lengths));
        return this;
    }

    private static void text(String argument, String text) {
        if (text == null) {
            throw new IllegalArgumentException(argument + " must not be null");
        }
        try {
            StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(argument + " must not have half a surrogate pair", e);
        }
    }

    /**
     * Writes the file, and returns when it is on the disk.
     *
     * @param file made, or replaced
     * @throws IOException if it cannot be written; then it is as it was before
     */
    public void write(Path file) throws IOException {
        // Of a link, what it points to is replaced, and not the link.
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            throw new FileSystemException(file.toString(), null, "not a file");
        }
        // Made new, or not at all; the time keeps apart what another thread or machine may save here.
        Path fresh =
                target.resolveSibling("." + target.getFileName() + "." + Long.toHexString(System.nanoTime()) + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content(channel);
                channel.force(true);
            }
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (Throwable e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
        forceFolder(target.getParent());
    }

    private void content(FileChannel channel) throws IOException {
        byte[] header = header();
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        drain(channel, buffer.putLong(header.length));
        ByteBuffer rest = ByteBuffer.wrap(header);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
        for (Source tensor : tensors.values()) {
            int end = tensor.offset + (int) tensor.elements;
            for (int from = tensor.offset, n; from < end; from += n) {
                n = Math.min(CHUNK / Float.BYTES, end - from);
                buffer.asFloatBuffer().put(tensor.values, from, n);
                drain(channel, buffer.position(n * Float.BYTES));
            }
        }
    }

    private static void drain(FileChannel channel, ByteBuffer buffer) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    /** Filled up with blanks, so that the tensors are aligned to 8 bytes. */
    private byte[] header() {
        StringBuilder json = new StringBuilder("{");
        if (!metadata.isEmpty()) {
            quote(json, Header.METADATA).append(":{");
            metadata.forEach(
                    (key, value) -> quote(quote(json, key).append(':'), value).append(','));
            json.setLength(json.length() - 1);
            json.append("},");
        }
        long at = 0;
        for (Map.Entry<String, Source> entry : tensors.entrySet()) {
            Source tensor = entry.getValue();
            long end = at + Float.BYTES * tensor.elements;
            quote(json, entry.getKey()).append(":{\"dtype\":\"F32\",\"shape\":");
            json.append(tensor.shape.toString().replace(" ", ""));
            json.append(",\"data_offsets\":[")
                    .append(at)
                    .append(',')
                    .append(end)
                    .append("]},");
            at = end;
        }
        if (json.length() > 1) {
            json.setLength(json.length() - 1);
        }
        json.append('}');
        int bytes = json.toString().getBytes(StandardCharsets.UTF_8).length;
        return json.repeat(' ', -bytes & 7).toString().getBytes(StandardCharsets.UTF_8);
    }

    private static StringBuilder quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"');
    }

    /** So that the new name outlives a loss of power; not every system lets a folder be opened. */
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // The file itself is on the disk.
        }
    }
}
