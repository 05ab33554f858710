package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The four files together, bundled and in a folder. */
class MnistTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void files() throws IOException {
        IdxFiles.writeBars(folder, 30, 20);
    }

    private void assertRefused(Path file, String because) {
        IdxException e = assertThrows(IdxException.class, () -> Mnist.in(folder));
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        assertTrue(e.getMessage().contains(because), e.getMessage());
    }

    @Test
    void bundled() throws IOException {
        Mnist data = Mnist.bundled();
        assertEquals(60_000, data.training().count());
        assertEquals(10_000, data.test().count());
        assertEquals(28, data.training().rows());
        assertEquals(28, data.training().columns());
        // The first image to train on is the well-known 5; row 7 of it starts "0 0 0 0 0 0 0 49 238 253 253".
        assertEquals(5, data.training().label(0));
        float[] x = new float[784];
        data.training().gather(new int[] {0}, 0, 1, x, 0);
        assertEquals(49 / 255f, x[7 * 28 + 7], 1e-6f);
        assertEquals(238 / 255f, x[7 * 28 + 8], 1e-6f);
        int[] perDigit = new int[10];
        for (int i = 0; i < data.test().count(); i++) {
            perDigit[data.test().label(i)]++;
        }
        assertEquals(980, perDigit[0]);
        assertEquals(1135, perDigit[1]);
        assertEquals(1009, perDigit[9]);
    }

    @Test
    void aDamagedBundleIsRefused() {
        IdxException e = assertThrows(
                IdxException.class, () -> Mnist.readResource("t10k-labels-idx1-ubyte.gz", 1, "0".repeat(64)));
        assertTrue(e.getMessage().startsWith("t10k-labels-idx1-ubyte.gz: the SHA-256 must be 000"), e.getMessage());
        IdxException missing =
                assertThrows(IdxException.class, () -> Mnist.readResource("no-such.gz", 1, "0".repeat(64)));
        assertEquals("no-such.gz: missing from this build", missing.getMessage());
    }

    @Test
    void aFolder() throws IOException {
        Mnist data = Mnist.in(folder);
        assertEquals(30, data.training().count());
        assertEquals(20, data.test().count());
        assertEquals(100, data.training().features());
        assertEquals(folder.toString(), data.origin());
    }

    @Test
    void contentTellsWhetherGzipped() throws IOException {
        Path gzipped = folder.resolve("t10k-images-idx3-ubyte.gz");
        Files.move(gzipped, folder.resolve("t10k-images-idx3-ubyte"));
        Path plain = folder.resolve("t10k-labels-idx1-ubyte");
        Files.move(plain, folder.resolve("t10k-labels-idx1-ubyte.gz"));
        assertEquals(20, Mnist.in(folder).test().count());
    }

    @Test
    void missingFilesAndFolders() throws IOException {
        Path labels = folder.resolve("train-labels-idx1-ubyte");
        Files.delete(labels);
        assertRefused(labels, "no such file");
        Files.createDirectory(labels);
        assertRefused(labels, "not a file");
        Path nowhere = folder.resolve("nowhere");
        IdxException e = assertThrows(IdxException.class, () -> Mnist.in(nowhere));
        assertEquals(nowhere + ": no such folder", e.getMessage());
    }

    @Test
    void filesThatDoNotBelongTogether() throws IOException {
        Path images = folder.resolve("t10k-images-idx3-ubyte.gz");
        Files.write(images, IdxFiles.images(20, 10, 9, new byte[1800]));
        assertRefused(images, "10 x 9 pixels, but those of ");
        Files.write(images, IdxFiles.images(19, 10, 10, new byte[1900]));
        assertRefused(folder.resolve("t10k-labels-idx1-ubyte"), "20 labels, but ");
        Files.write(images, new byte[0]);
        assertRefused(images, "magic number");
    }
}
