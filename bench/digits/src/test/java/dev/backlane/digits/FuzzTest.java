package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.nn.Mlp;
import dev.backlane.safetensors.SafetensorsWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Spoilt files, the same in every run; with {@code -Dfuzz.seconds=300}, for as long as that in each test. Of a failure the message
 * has the bytes.
 */
class FuzzTest {
    private static final long SECONDS = Long.getLong("fuzz.seconds", 0);

    @AfterAll
    static void clean() throws IOException {
        FuzzTarget.clean();
    }

    private static void feed(FuzzTarget target, int tries, Function<SplittableRandom, byte[]> spoil) {
        long end = System.nanoTime() + 1_000_000_000 * SECONDS;
        int fed = 0;
        for (; fed < tries || System.nanoTime() < end; fed++) {
            target.feed(spoil.apply(new SplittableRandom(fed)));
        }
        if (SECONDS > 0) {
            System.out.println(target + ": " + fed + " files");
        }
    }

    @Test
    void idxFiles() {
        byte[] pixels = new byte[600];
        new SplittableRandom(1).nextBytes(pixels);
        byte[] images = IdxFiles.images(6, 10, 10, pixels);
        byte[] labels = IdxFiles.labels((byte) 7, (byte) 0, (byte) 9);
        byte[] gzipped = IdxFiles.gzip(images);
        feed(FuzzTarget.IDX, 15_000, random -> switch (random.nextInt(4)) {
            case 0 -> Mutation.of(images, labels, random);
            case 1 -> Mutation.of(labels, images, random);
            case 2 -> IdxFiles.gzip(Mutation.of(images, labels, random));
            default -> Mutation.of(gzipped, IdxFiles.gzip(labels), random);
        });
    }

    @Test
    void safetensorsFiles() throws IOException {
        byte[] valid = safetensors();
        feed(FuzzTarget.SAFETENSORS, 3_000, random -> spoilt(valid, random));
    }

    @Test
    void checkpoints() throws IOException {
        byte[] valid = checkpoint();
        feed(FuzzTarget.CHECKPOINT, 1_000, random -> spoilt(valid, random));
    }

    /** Stack, time or memory that would grow faster than the file. */
    @Test
    @Timeout(60)
    void filesThatAskForMuch() throws IOException {
        byte[] empty = IdxFiles.gzip();
        byte[] members = new byte[100_000 * empty.length];
        for (int at = 0; at < members.length; at += empty.length) {
            System.arraycopy(empty, 0, members, at, empty.length);
        }
        FuzzTarget.IDX.feed(members);
        byte[] valid = checkpoint();
        String text = new String(header(valid), StandardCharsets.US_ASCII);
        for (String words :
                List.of("--network " + "1,".repeat(500_000) + "1", "1 ".repeat(20_000), " ".repeat(20_000))) {
            String much = text.replaceFirst("--network[^\"]*", words);
            FuzzTarget.CHECKPOINT.feed(withHeader(valid, much.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    /** A valid file. */
    static byte[] safetensors() throws IOException {
        Path file = Files.createTempFile("valid", ".safetensors");
        try {
            new SafetensorsWriter()
                    .metadata("key", "π \"word\"")
                    .tensor("matrix", new float[12], 0, 3, 4)
                    .tensor("none", new float[0], 0, 0)
                    .tensor("scalar", new float[1], 0)
                    .write(file);
            return Files.readAllBytes(file);
        } finally {
            Files.delete(file);
        }
    }

    /** A valid file. */
    static byte[] checkpoint() throws IOException {
        Recipe recipe = Recipe.parse("--network 2 --optimizer adam");
        Mlp mlp = recipe.mlp(25);
        Path file = Files.createTempFile("valid", ".safetensors");
        try {
            new Checkpoint(recipe, mlp, recipe.trainer(mlp, 50).start(), new Checkpoint.Images(5, 5, 50, 1))
                    .write(file);
            Checkpoint.read(file);
            return Files.readAllBytes(file);
        } finally {
            Files.delete(file);
        }
    }

    /** Half of them with a header whose length is right, so that what stands in it is reached. */
    private static byte[] spoilt(byte[] valid, SplittableRandom random) {
        if (random.nextBoolean()) {
            return Mutation.of(valid, valid, random);
        }
        byte[] text = header(valid);
        return withHeader(valid, Mutation.of(text, text, random));
    }

    private static byte[] header(byte... safetensors) {
        int length = ByteBuffer.wrap(safetensors).order(ByteOrder.LITTLE_ENDIAN).getInt();
        return Arrays.copyOfRange(safetensors, 8, 8 + length);
    }

    private static byte[] withHeader(byte[] safetensors, byte[] header) {
        int data = 8 + header(safetensors).length;
        return ByteBuffer.allocate(8 + header.length + safetensors.length - data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(safetensors, data, safetensors.length - data)
                .array();
    }

    /** Behind a gzip stream is nothing, neither within the reader's buffer nor behind it. */
    @Test
    void whatFollowsAGzipStreamIsRefused() throws IOException {
        byte[] pixels = new byte[300_000];
        new SplittableRandom(1).nextBytes(pixels);
        for (int count : new int[] {600, 300_000}) {
            byte[] stored = IdxFiles.gzip(IdxFiles.images(count / 100, 10, 10, Arrays.copyOf(pixels, count)));
            for (int more : new int[] {0, 1, 7, 8, 20, 100, 200_000}) {
                byte[] longer = Arrays.copyOf(stored, stored.length + more);
                Arrays.fill(longer, stored.length, longer.length, (byte) 1);
                if (more == 0) {
                    Idx.read("f", 3, new ByteArrayInputStream(longer), longer.length);
                } else {
                    String message = assertThrows(
                                    IdxException.class,
                                    () -> Idx.read("f", 3, new ByteArrayInputStream(longer), longer.length))
                            .getMessage();
                    assertTrue(message.contains("more follows the gzip stream"), message);
                }
            }
        }
    }

    /** Two gigabytes of zeros in two megabytes, as the header says: refused at 64 megabytes. */
    @Test
    void aGzipBombThatItsHeaderAnnounces() {
        byte[] bomb = IdxFiles.gzip(Arrays.copyOf(IdxFiles.images(2_000_000, 28, 28), 70_000_000));
        ByteArrayInputStream in = new ByteArrayInputStream(bomb);
        String message = assertThrows(IdxException.class, () -> Idx.read("f", 3, in, bomb.length))
                .getMessage();
        assertTrue(message.contains("a gzip bomb: " + bomb.length + " bytes hold more than 8388608"), message);
    }
}
