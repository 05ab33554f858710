package dev.backlane.digits;

import java.util.Locale;

/**
 * What an epoch came to. Images per second and GFLOP/s are those of the training alone, without the measuring.
 *
 * @param epoch the epoch, from 1
 * @param epochs of the whole run
 * @param loss mean over the training images, each before the update it contributed to
 * @param accuracy share of the test images read right, after the epoch
 * @param imagesPerSecond trained on
 * @param gflops at six operations for each weight and image
 */
record EpochResult(int epoch, int epochs, double loss, double accuracy, double imagesPerSecond, double gflops) {
    /** Heads the lines of the epochs. */
    static final String HEADER = "epoch        loss  accuracy    images/s   GFLOP/s";

    /** One line. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%5s  %10.5f  %7.2f%%  %,10.0f  %8.1f",
                epoch + "/" + epochs,
                loss,
                100 * accuracy,
                imagesPerSecond,
                gflops);
    }
}
