package dev.backlane.digits;

import com.sun.management.ThreadMXBean;
import dev.backlane.safetensors.Dtype;
import dev.backlane.safetensors.SafetensorsException;
import dev.backlane.safetensors.SafetensorsReader;
import dev.backlane.safetensors.TensorInfo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

/**
 * Readers of files, fed any bytes: they give what the file holds or throw the exception that they document, and take no more memory
 * than some multiple of the file. Also an entry point for Jazzer.
 */
public enum FuzzTarget {
    /** Plain or gzipped. Deflate makes bytes up to 1032 times fewer; an array that grows is allocated twice over. */
    IDX(3_000) {
        @Override
        void read(byte[] bytes) throws IOException {
            for (int dimensions : new int[] {1, 3}) {
                try {
                    Idx.read("fuzzed", dimensions, new ByteArrayInputStream(bytes), bytes.length);
                } catch (IdxException e) {
                    check(e.getMessage().startsWith("fuzzed: "), e);
                }
            }
        }
    },
    /** With all its tensors. */
    SAFETENSORS(100) {
        @Override
        void read(byte[] bytes) throws IOException {
            Path file = Files.write(FILE, bytes);
            try (SafetensorsReader reader = SafetensorsReader.open(file)) {
                for (TensorInfo tensor : reader.tensors().values()) {
                    check(tensor.end() <= bytes.length, null);
                    if (tensor.dtype() == Dtype.F32) {
                        reader.read(tensor.name(), new float[(int) tensor.elements()], 0);
                    }
                }
            } catch (SafetensorsException e) {
                check(said(file, e), e);
            }
        }
    },
    /** Of this application. */
    CHECKPOINT(100) {
        @Override
        void read(byte[] bytes) throws IOException {
            Path file = Files.write(FILE, bytes);
            try {
                Checkpoint.read(file);
            } catch (CheckpointException | SafetensorsException e) {
                check(said(file, e), e);
            }
        }
    };

    private static final Path FILE =
            Path.of("target", "fuzzed-" + ProcessHandle.current().pid());
    /** Buffers, and the parser of a checkpoint's options, which takes some megabytes whatever they are. */
    private static final long FIXED = 20_000_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final long multiple;

    FuzzTarget(long multiple) {
        this.multiple = multiple;
    }

    abstract void read(byte[] bytes) throws IOException;

    private static void check(boolean good, Exception e) {
        if (!good) {
            throw new AssertionError(e);
        }
    }

    /** Names the file, and is no copy of it. */
    private static boolean said(Path file, Exception e) {
        return e.getMessage().startsWith(file + ": ") && e.getMessage().length() < 1_000;
    }

    /** Reads, or throws an AssertionError that says on which bytes what went wrong. */
    final void feed(byte[] bytes) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        feedUnmeasured(bytes);
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (allocated > FIXED + multiple * bytes.length) {
            throw new AssertionError(this + " allocated " + allocated + " for " + bytes.length + ": " + text(bytes));
        }
    }

    private void feedUnmeasured(byte[] bytes) {
        try {
            read(bytes);
        } catch (Throwable e) {
            throw new AssertionError(this + " threw " + e + " on " + text(bytes), e);
        }
    }

    private static String text(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * Jazzer's start: it mutates valid files.
     *
     * @throws IOException if they cannot be written
     */
    public static void fuzzerInitialize() throws IOException {
        Path corpus = Files.createDirectories(Path.of(System.getProperty("fuzz.corpus")));
        seed(corpus, IDX, IdxFiles.images(1, 2, 3, new byte[6]));
        seed(corpus, IDX, IdxFiles.gzip(IdxFiles.labels((byte) 7, (byte) 0)));
        seed(corpus, SAFETENSORS, FuzzTest.safetensors());
        seed(corpus, CHECKPOINT, FuzzTest.checkpoint());
    }

    private static void seed(Path corpus, FuzzTarget target, byte[] valid) throws IOException {
        byte[] input = new byte[1 + valid.length];
        input[0] = (byte) target.ordinal();
        System.arraycopy(valid, 0, input, 1, valid.length);
        Files.write(corpus.resolve(target + "-" + valid.length), input);
    }

    /**
     * Jazzer's way in: the first byte picks the reader. Memory is not measured, since Jazzer takes some itself.
     *
     * @param input any bytes
     */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 0) {
            values()[(input[0] & 0xff) % values().length].feedUnmeasured(Arrays.copyOfRange(input, 1, input.length));
        }
    }

    /** Removes what the readers read. */
    static void clean() throws IOException {
        Files.deleteIfExists(FILE);
    }
}
