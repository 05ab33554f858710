package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever becomes of an image of MNIST as a picture, it comes back much as it was. */
class DigitImageTest {
    private static final int SIDE = 28;
    private static final int IMAGES = 60;

    private static MnistExamples mnist;

    @TempDir
    private Path folder;

    @BeforeAll
    static void data() throws IOException {
        mnist = Mnist.bundled().test();
    }

    /** An image of MNIST drawn on paper of another size, somewhere on it. */
    private static BufferedImage draw(
            int index, int width, int height, int side, int left, int top, Color ink, Color paper) {
        float[] pixels = mnist.pixels(index);
        BufferedImage small = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < pixels.length; i++) {
            int alpha = Math.round(255 * pixels[i]);
            small.setRGB(i % SIDE, i / SIDE, alpha << 24 | ink.getRGB() & 0xffffff);
        }
        boolean glass = paper.getAlpha() == 0;
        BufferedImage picture =
                new BufferedImage(width, height, glass ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        if (!glass) {
            graphics.setColor(paper);
            graphics.fillRect(0, 0, width, height);
        }
        if (side % SIDE != 0) {
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        }
        graphics.drawImage(small, left, top, side, side, null);
        graphics.dispose();
        return picture;
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }
        return dot / Math.sqrt(aa * bb);
    }

    @ParameterizedTest
    @CsvSource({
        // width, height, side of the 28 pixels, left, top, ink, paper, format, least mean cosine; smoothed where it is
        // drawn
        // at another scale than a whole one, which alone costs some of it
        "28, 28, 28, 0, 0, FFFFFF, 000000, png, 0.99",
        "28, 28, 28, 0, 0, 000000, FFFFFF, png, 0.99",
        "280, 280, 280, 0, 0, 000000, FFFFFF, png, 0.99",
        "400, 300, 140, 250, 20, 102060, E8E0C8, png, 0.99",
        "400, 300, 140, 250, 20, 102060, E8E0C8, jpg, 0.97",
        "640, 480, 400, 10, 40, FFE0A0, 203020, jpg, 0.92",
        "60, 50, 40, 5, 5, 777777, FFFFFF, png, 0.9",
    })
    void comesBack(
            int width, int height, int side, int left, int top, String ink, String paper, String format, double least)
            throws IOException {
        double sum = 0;
        for (int i = 0; i < IMAGES; i++) {
            BufferedImage picture =
                    draw(i, width, height, side, left, top, Color.decode("#" + ink), Color.decode("#" + paper));
            Path file = folder.resolve(i + "." + format);
            assertTrue(ImageIO.write(picture, format, file.toFile()));
            sum += cosine(mnist.pixels(i), DigitImage.read(file, SIDE, SIDE));
        }
        assertTrue(sum / IMAGES > least, "mean cosine " + sum / IMAGES);
    }

    @Test
    void whatIsDrawnOnGlassIsSeenFromEitherSide() throws IOException {
        for (Color ink : List.of(Color.BLACK, Color.WHITE)) {
            BufferedImage picture = draw(0, 90, 90, 56, 10, 10, ink, new Color(0, 0, 0, 0));
            assertTrue(cosine(mnist.pixels(0), DigitImage.fit(picture, SIDE, SIDE)) > 0.98, ink.toString());
        }
    }

    /** Independent of what MNIST's makers did with each image: the box and the centre of mass. */
    @Test
    void fitsABoxOfTwentyAroundTheCentreOfMass() {
        BufferedImage picture = new BufferedImage(300, 200, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(210, 30, 50, 100);
        graphics.dispose();
        float[] pixels = DigitImage.fit(picture, SIDE, SIDE);
        float[] expected = new float[SIDE * SIDE];
        for (int r = 4; r < 24; r++) {
            Arrays.fill(expected, r * SIDE + 9, r * SIDE + 19, 1);
        }
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], pixels[i], 1e-6, i / SIDE + ", " + i % SIDE);
        }
    }

    @Test
    void aSinglePixelIsEnough() {
        BufferedImage picture = new BufferedImage(5, 5, BufferedImage.TYPE_BYTE_GRAY);
        picture.setRGB(2, 2, 0xffffff);
        float[] pixels = DigitImage.fit(picture, SIDE, SIDE);
        assertEquals(1, pixels[14 * SIDE + 14]);
        assertEquals(0, pixels[0]);
    }

    private void refused(Path file, String part) {
        String message = assertThrows(IOException.class, () -> DigitImage.read(file, SIDE, SIDE))
                .getMessage();
        assertTrue(message.startsWith(file + ": ") && message.contains(part), message);
    }

    @Test
    void whatIsNoPictureOfADigit() throws IOException {
        Path file = folder.resolve("x.png");
        refused(file, "no such file");
        refused(folder, "not a file");
        Files.writeString(file, "no picture");
        refused(file, "neither PNG nor JPEG");
        Files.write(file, new byte[0]);
        refused(file, "neither PNG nor JPEG");
        ImageIO.write(new BufferedImage(9, 9, BufferedImage.TYPE_BYTE_GRAY), "gif", file.toFile());
        refused(file, "neither PNG nor JPEG");
        ImageIO.write(new BufferedImage(9, 9, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
        refused(file, "shows nothing: it is blank");
        for (String format : List.of("png", "jpg")) {
            ImageIO.write(draw(0, 90, 90, 70, 10, 10, Color.BLACK, Color.WHITE), format, file.toFile());
            byte[] whole = Files.readAllBytes(file);
            for (int length : new int[] {9, 30, 60, 200}) {
                Files.write(file, Arrays.copyOf(whole, length));
                assertThrows(IOException.class, () -> DigitImage.read(file, SIDE, SIDE), format + " " + length);
            }
        }
    }

    /** The header of a PNG that says it has more pixels than memory, and nothing behind it. */
    @Test
    void aPictureThatIsTooLarge() throws IOException {
        ByteBuffer png = ByteBuffer.allocate(33);
        png.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}).putInt(13);
        png.put(new byte[] {'I', 'H', 'D', 'R'}).putInt(100_000).putInt(100_000).put(new byte[] {8, 0, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(png.array(), 12, 17);
        Path file = folder.resolve("large.png");
        Files.write(file, png.putInt((int) crc.getValue()).array());
        refused(file, "10000000000 pixels are more than 50000000");
    }
}
