package dev.backlane.digits;

import dev.backlane.kernel.Rows;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Workspace;
import java.util.Arrays;

/**
 * Asks a network what each image of a data set shows. Holds the memory for it; not for two threads at the same time.
 */
final class Evaluation {
    private static final int BATCH = 256;

    private final Mlp mlp;
    private final MnistExamples examples;
    private final int[] indices;
    private final float[] x;
    private final float[] y;
    private final int[] digits;
    private final Workspace workspace;

    /**
     * An evaluation, to be run any number of times.
     *
     * @param mlp the network
     * @param examples the images
     */
    Evaluation(Mlp mlp, MnistExamples examples) {
        this.mlp = mlp;
        this.examples = examples;
        indices = new int[examples.count()];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = i;
        }
        int batch = Math.min(BATCH, examples.count());
        x = new float[Math.multiplyExact(batch, mlp.inputs())];
        y = new float[batch * mlp.outputs()];
        digits = new int[batch];
        workspace = mlp.inferenceWorkspace(batch);
    }

    /**
     * Reads every image.
     *
     * @param workers the threads it may use
     * @param parameters of the network
     * @return what was shown and what was read
     */
    ConfusionMatrix run(Workers workers, float[] parameters) {
        ConfusionMatrix matrix = new ConfusionMatrix(mlp.outputs());
        each(workers, parameters, (image, row, digit) -> matrix.add(examples.label(image), digit));
        return matrix;
    }

    /**
     * What each image was read as.
     *
     * @param digits an element for each image
     * @param probabilities of those digits, as the network sees it
     */
    record Reading(int[] digits, float[] probabilities) {}

    /**
     * Reads every image.
     *
     * @param workers the threads it may use
     * @param parameters of the network
     * @return what each was read as
     */
    Reading read(Workers workers, float[] parameters) {
        Reading reading = new Reading(new int[indices.length], new float[indices.length]);
        int n = mlp.outputs();
        each(workers, parameters, (image, row, digit) -> {
            reading.digits[image] = digit;
            reading.probabilities[image] = Probabilities.of(mlp, Arrays.copyOfRange(y, row * n, (row + 1) * n))[digit];
        });
        return reading;
    }

    private interface Sink {
        void accept(int image, int row, int digit);
    }

    private void each(Workers workers, float[] parameters, Sink sink) {
        for (int from = 0; from < indices.length; from += digits.length) {
            int size = Math.min(digits.length, indices.length - from);
            examples.gather(indices, from, from + size, x, 0);
            mlp.predict(workers, size, x, 0, mlp.inputs(), parameters, 0, workspace, y, 0, mlp.outputs());
            Rows.argmax(size, mlp.outputs(), y, 0, mlp.outputs(), digits, 0);
            for (int i = 0; i < size; i++) {
                sink.accept(from + i, i, digits[i]);
            }
        }
    }
}
