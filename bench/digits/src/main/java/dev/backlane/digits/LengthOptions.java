package dev.backlane.digits;

import picocli.CommandLine.Option;

/** The options that say how long a run is and where its chance comes from. */
class LengthOptions {
    @Option(names = "--batch", paramLabel = "N", description = "Images of an update. Default: 64")
    private int batch = 64;

    @Option(names = "--epochs", paramLabel = "N", description = "Times that each image is used. Default: 5")
    private int epochs = 5;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of the first parameters and the order of the images: the same seed gives the same network,"
                    + " on any number of threads. Default: 1")
    private long seed = 1;

    /**
     * Images of an update.
     *
     * @return as given
     */
    int batch() {
        return batch;
    }

    /**
     * Times that each image is used.
     *
     * @return as given
     */
    int epochs() {
        return epochs;
    }

    /**
     * Where chance comes from.
     *
     * @return as given
     */
    long seed() {
        return seed;
    }
}
