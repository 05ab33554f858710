package dev.backlane.digits;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Images to train on and images to test with, in MNIST's four files: the ones that come with this application, or those
 * of a folder.
 *
 * @param origin where they are from, for people
 * @param training to train on
 * @param test to test with, of the same size
 */
public record Mnist(String origin, MnistExamples training, MnistExamples test) {
    /** The four files, each with the SHA-256 of the one that comes with this application. */
    private enum Part {
        TRAINING_IMAGES(
                "train-images-idx3-ubyte", 3, "0b367032e93c5d0cea0925647cfdb18614af8ee15f83e6f2fc2ad904a6835971"),
        TRAINING_LABELS(
                "train-labels-idx1-ubyte", 1, "1787548bbe0bff1ec2ecdc0ef292b02df999e2d1a6002d27500982c652b17203"),
        TEST_IMAGES("t10k-images-idx3-ubyte", 3, "1a1a05eab793c14bb050b398624a11b0ffd1a2953baed553b1b9bd079e2a20be"),
        TEST_LABELS("t10k-labels-idx1-ubyte", 1, "b91679a0acfe4ba0e50a2437a903084cba1f5f92592b016a25a7dfd00455798b");

        private final String file;
        private final int dimensions;
        private final String sha256;

        Part(String file, int dimensions, String sha256) {
            this.file = file;
            this.dimensions = dimensions;
            this.sha256 = sha256;
        }
    }

    /** Where a part's bytes come from. */
    private interface Source {
        String name(Part part);

        Idx read(Part part) throws IOException;
    }

    /**
     * The MNIST that comes with this application.
     *
     * @return 60,000 training and 10,000 test images
     * @throws IOException if a file is damaged
     */
    public static Mnist bundled() throws IOException {
        return load("MNIST", new Source() {
            @Override
            public String name(Part part) {
                return part.file + ".gz";
            }

            @Override
            public Idx read(Part part) throws IOException {
                return readResource(name(part), part.dimensions, part.sha256);
            }
        });
    }

    /**
     * The four files of a folder, named as MNIST's, each with or without {@code .gz}.
     *
     * @param folder where they are
     * @return the images in it
     * @throws IOException if a file is not there, unreadable or damaged, or they do not belong together
     */
    public static Mnist in(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IdxException(folder.toString(), "no such folder");
        }
        return load(folder.toString(), new Source() {
            @Override
            public String name(Part part) {
                return locate(folder, part.file).toString();
            }

            @Override
            public Idx read(Part part) throws IOException {
                return readFile(locate(folder, part.file), part.dimensions);
            }
        });
    }

    private static Mnist load(String origin, Source source) throws IOException {
        // The training images are most of the work, so they have a thread of their own.
        FutureTask<MnistExamples> training =
                background("training data", () -> pair(source, Part.TRAINING_IMAGES, Part.TRAINING_LABELS));
        MnistExamples test = pair(source, Part.TEST_IMAGES, Part.TEST_LABELS);
        MnistExamples train = join(training);
        if (test.rows() != train.rows() || test.columns() != train.columns()) {
            throw new IdxException(
                    source.name(Part.TEST_IMAGES),
                    "the images have " + test.rows() + " x " + test.columns() + " pixels, but those of "
                            + source.name(Part.TRAINING_IMAGES) + " have " + train.rows() + " x " + train.columns());
        }
        return new Mnist(origin, train, test);
    }

    private static MnistExamples pair(Source source, Part images, Part labels) throws IOException {
        Idx labelContent = source.read(labels);
        return new MnistExamples(source.name(images), source.read(images), source.name(labels), labelContent);
    }

    private static Path locate(Path folder, String file) {
        Path plain = folder.resolve(file);
        Path gzipped = folder.resolve(file + ".gz");
        return !Files.exists(plain) && Files.exists(gzipped) ? gzipped : plain;
    }

    private static Idx readFile(Path path, int dimensions) throws IOException {
        String name = path.toString();
        try {
            if (!Files.exists(path)) {
                throw new NoSuchFileException(name);
            }
            if (!Files.isRegularFile(path)) {
                throw new IdxException(name, "not a file");
            }
            try (InputStream stored = Files.newInputStream(path)) {
                return Idx.read(name, dimensions, stored, Files.size(path));
            }
        } catch (NoSuchFileException e) {
            throw new IdxException(name, "no such file, nor with .gz", e);
        } catch (AccessDeniedException e) {
            throw new IdxException(name, "access denied", e);
        }
    }

    /** A file beside this class, whose bytes must have the digest given. */
    static Idx readResource(String name, int dimensions, String sha256) throws IOException {
        byte[] stored;
        try (InputStream in = Mnist.class.getResourceAsStream("mnist/" + name)) {
            if (in == null) {
                throw new IdxException(name, "missing from this build");
            }
            stored = in.readAllBytes();
        }
        FutureTask<String> digest = background("checksum", () -> sha256(stored));
        Idx content = Idx.read(name, dimensions, new ByteArrayInputStream(stored), stored.length);
        String found = join(digest);
        if (!found.equals(sha256)) {
            throw new IdxException(name, "the SHA-256 must be " + sha256 + ", but is " + found);
        }
        return content;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static <T> FutureTask<T> background(String name, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().name(name).start(task);
        return task;
    }

    private static <T> T join(FutureTask<T> task) throws IOException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw new AssertionError(e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading", e);
        }
    }
}
