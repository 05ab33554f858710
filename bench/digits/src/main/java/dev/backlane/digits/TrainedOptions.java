package dev.backlane.digits;

import dev.backlane.param.SeededRandom;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine.Option;

/** The options of a command that asks a trained network. */
final class TrainedOptions {
    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "What 'digits train' has saved. Default: target/digits/checkpoint.safetensors")
    private Path checkpoint = Checkpoint.DEFAULT;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "A folder with MNIST's four files. Default: the MNIST that comes with digits")
    private Path data;

    /**
     * The network.
     *
     * @return as the file has it
     * @throws IOException if the file is not there, or not a checkpoint
     */
    Checkpoint checkpoint() throws IOException {
        return Checkpoint.read(checkpoint);
    }

    /**
     * Images that a network can read.
     *
     * @param trained the network
     * @return training and test images
     * @throws IOException if they cannot be read, or have another size than the network's
     */
    Mnist data(Checkpoint trained) throws IOException {
        Mnist mnist = data == null ? Mnist.bundled() : Mnist.in(data);
        MnistExamples images = mnist.training();
        if (images.rows() != trained.images().rows()
                || images.columns() != trained.images().columns()) {
            throw new CheckpointException(
                    checkpoint,
                    "reads images of " + trained.images().rows() + " x "
                            + trained.images().columns() + " pixels, but those of " + mnist.origin() + " have "
                            + images.rows() + " x " + images.columns(),
                    null);
        }
        return mnist;
    }

    /**
     * Some of a data set, in random order.
     *
     * @param examples to draw from
     * @param count how many at most
     * @param seed where chance comes from
     * @return indices, none twice
     */
    static int[] draw(MnistExamples examples, int count, long seed) {
        int[] indices = new int[examples.count()];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = i;
        }
        new SeededRandom(seed).shuffle(indices);
        return Arrays.copyOf(indices, Math.min(count, indices.length));
    }
}
