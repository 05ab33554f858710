package dev.backlane.digits;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * A picture of one digit, made into what MNIST's pictures are: grey from 0 for paper to 1 for ink, the digit scaled to fit a square
 * of 20 of 28 pixels, and its centre of mass in the middle. Any size, dark on light or light on dark: what the border shows is paper.
 *
 * <p>Not trusted: only PNG and JPEG are read, and how large a picture is, is looked at before memory is taken for it.
 */
final class DigitImage {
    private static final long MAX_PIXELS = 50_000_000;
    private static final List<String> FORMATS = List.of("png", "jpeg");
    private static final double LEAST_CONTRAST = 0.1;
    private static final double LEAST_FLOOR = 0.08;
    /** Of MNIST's 28 pixels, the digit has 20. */
    private static final double SHARE = 20 / 28.0;

    private DigitImage() {}

    /**
     * Ink, row by row.
     *
     * @param floor what is less is the paper's own unevenness
     */
    private record Ink(int rows, int columns, double[] ink, double floor) {
        double at(int r, int c) {
            return r < 0 || r >= rows || c < 0 || c >= columns ? 0 : ink[r * columns + c];
        }
    }

    /**
     * Reads a file.
     *
     * @param file PNG or JPEG
     * @param rows height of the result
     * @param columns width of the result
     * @return its pixels, row-major
     * @throws IOException if it is neither, damaged, too large, or shows nothing
     */
    static float[] read(Path file, int rows, int columns) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + (Files.exists(file) ? ": not a file" : ": no such file"));
        }
        if (!Files.isReadable(file)) {
            throw new IOException(file + ": permission denied");
        }
        BufferedImage picture = decode(file);
        try {
            return fit(picture, rows, columns);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static BufferedImage decode(Path file) throws IOException {
        ImageIO.setUseCache(false);
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers =
                    in == null ? List.<ImageReader>of().iterator() : ImageIO.getImageReaders(in);
            ImageReader reader = readers.hasNext() ? readers.next() : null;
            if (reader == null || !FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
                throw new IOException(file + ": neither PNG nor JPEG");
            }
            try {
                reader.setInput(in, true, true);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > MAX_PIXELS) {
                    throw new IOException(file + ": " + pixels + " pixels are more than " + MAX_PIXELS);
                }
                return reader.read(0);
            } catch (IOException | RuntimeException e) {
                // The decoders throw whatever a damaged file leads them to.
                String reason = String.valueOf(e.getMessage());
                throw new IOException(
                        reason.startsWith(file + ":") ? reason : file + ": cannot be decoded: " + reason, e);
            } finally {
                reader.dispose();
            }
        }
    }

    /**
     * Makes a picture into one of MNIST's kind.
     *
     * @param picture any
     * @param rows height of the result
     * @param columns width of the result
     * @return its pixels, row-major
     * @throws IllegalArgumentException if it shows nothing
     */
    static float[] fit(BufferedImage picture, int rows, int columns) {
        Ink ink = ink(picture);
        int top = ink.rows;
        int bottom = -1;
        int left = ink.columns;
        int right = -1;
        for (int r = 0; r < ink.rows; r++) {
            for (int c = 0; c < ink.columns; c++) {
                if (ink.at(r, c) > ink.floor) {
                    top = Math.min(top, r);
                    bottom = r;
                    left = Math.min(left, c);
                    right = Math.max(right, c);
                } else {
                    ink.ink[r * ink.columns + c] = 0;
                }
            }
        }
        double size = Math.max(bottom - top, right - left) + 1.0;
        double step = Math.max(size / (SHARE * Math.min(rows, columns)), 1e-6);
        // The box starts on the grid of the result, and is moved by whole pixels, so that nothing is blurred twice.
        double margin = Math.round((1 - SHARE) / 2 * Math.min(rows, columns)) * step;
        float[] boxed = sample(ink, rows, columns, top - margin, left - margin, step);
        double mass = 0;
        double r = 0;
        double c = 0;
        for (int i = 0; i < boxed.length; i++) {
            int row = i / columns;
            mass += boxed[i];
            r += boxed[i] * row;
            c += boxed[i] * (i % columns);
        }
        // MNIST's centres of mass lie around pixel (14, 14), which is half a pixel off the middle.
        double down = Math.round(r / mass - rows / 2.0) * step;
        double along = Math.round(c / mass - columns / 2.0) * step;
        return sample(ink, rows, columns, top - margin + down, left - margin + along, step);
    }

    /** Paper is what the border shows, ink what differs from it, and most ink 1. */
    private static Ink ink(BufferedImage picture) {
        int rows = picture.getHeight();
        int columns = picture.getWidth();
        int[] argb = picture.getRGB(0, 0, columns, rows, null, 0, columns);
        double[] grey = new double[argb.length];
        double opaque = 0;
        double weight = 0;
        for (int pixel : argb) {
            opaque += luminance(pixel) * (pixel >>> 24);
            weight += pixel >>> 24;
        }
        // What is drawn on glass is drawn for the other side: light ink for dark ground, and dark for light.
        double ground = weight > 0 && opaque / weight > 0.5 ? 0 : 1;
        for (int i = 0; i < grey.length; i++) {
            double alpha = (argb[i] >>> 24) / 255.0;
            grey[i] = alpha * luminance(argb[i]) + (1 - alpha) * ground;
        }
        double[] border = border(grey, rows, columns);
        Arrays.sort(border);
        double paper = border[border.length / 2];
        double least = Arrays.stream(grey).min().orElse(0);
        double most = Arrays.stream(grey).max().orElse(0);
        double contrast = Math.max(paper - least, most - paper);
        if (contrast < LEAST_CONTRAST) {
            throw new IllegalArgumentException("shows nothing: it is blank");
        }
        boolean dark = paper - least > most - paper;
        for (int i = 0; i < grey.length; i++) {
            grey[i] = Math.max(0, (dark ? paper - grey[i] : grey[i] - paper) / contrast);
        }
        double uneven = (border[border.length * 19 / 20] - border[border.length / 20]) / contrast;
        double floor = Math.min(Math.max(LEAST_FLOOR, uneven), threshold(grey) / 2);
        return new Ink(rows, columns, grey, floor);
    }

    private static double luminance(int rgb) {
        return (0.299 * (rgb >> 16 & 255) + 0.587 * (rgb >> 8 & 255) + 0.114 * (rgb & 255)) / 255;
    }

    private static double[] border(double[] grey, int rows, int columns) {
        double[] border = new double[2 * (rows + columns)];
        for (int r = 0; r < rows; r++) {
            border[r] = grey[r * columns];
            border[rows + r] = grey[r * columns + columns - 1];
        }
        for (int c = 0; c < columns; c++) {
            border[2 * rows + c] = grey[c];
            border[2 * rows + columns + c] = grey[(rows - 1) * columns + c];
        }
        return border;
    }

    /** Otsu's: where the variance between what is below and what is above is largest. */
    private static double threshold(double... ink) {
        int levels = 256;
        long[] histogram = new long[levels];
        double total = 0;
        for (double value : ink) {
            int level = (int) (value * (levels - 1));
            histogram[level]++;
            total += level;
        }
        double below = 0;
        double sum = 0;
        double best = -1;
        int at = 0;
        for (int t = 0; t < levels - 1; t++) {
            below += histogram[t];
            sum += (double) t * histogram[t];
            double above = ink.length - below;
            if (below > 0 && above > 0) {
                double distance = sum / below - (total - sum) / above;
                double variance = below * above * distance * distance;
                if (variance > best) {
                    best = variance;
                    at = t;
                }
            }
        }
        return (at + 1.0) / (levels - 1);
    }

    /** Squares of {@code step} pixels, averaged, from a corner on. */
    private static float[] sample(Ink ink, int rows, int columns, double top, double left, double step) {
        float[] pixels = new float[rows * columns];
        for (int i = 0; i < pixels.length; i++) {
            int r = i / columns;
            pixels[i] = (float) Math.min(1, mean(ink, top + r * step, left + i % columns * step, step));
        }
        return pixels;
    }

    private static double mean(Ink ink, double top, double left, double step) {
        double sum = 0;
        for (int r = (int) Math.floor(top); r < top + step; r++) {
            double height = Math.min(r + 1, top + step) - Math.max(r, top);
            for (int c = (int) Math.floor(left); c < left + step; c++) {
                double width = Math.min(c + 1, left + step) - Math.max(c, left);
                sum += ink.at(r, c) * height * width;
            }
        }
        return sum / (step * step);
    }
}
