package dev.backlane.digits;

import dev.backlane.kernel.Workers;
import dev.backlane.nn.Trainer;
import dev.backlane.nn.TrainingListener;
import dev.backlane.nn.TrainingState;
import java.util.Locale;

/**
 * Trains a network, measures it on the test images after each epoch, and prints a line for each.
 *
 * <p>Images per second and GFLOP/s are those of the training alone, without the measuring. A training step counts as
 * six operations for each weight and image: a multiplication and an addition in the forward pass, in the gradient of
 * the weights and in that of the inputs.
 */
final class TrainingRun implements TrainingListener {
    /** Heads the lines of the epochs. */
    static final String HEADER = "epoch        loss  accuracy    images/s   GFLOP/s";

    private static final double FLOPS_PER_MULTIPLY_ADD = 6;

    private final Trainer trainer;
    private final Mnist data;
    private final Workers workers;
    private final Progress progress;
    private final Evaluation evaluation;
    private final TrainingState state;
    private ConfusionMatrix matrix;
    private double loss;

    /**
     * A run that has not started.
     *
     * @param trainer network, update rule and length
     * @param data to train on and to test with
     * @param workers the threads it may use
     * @param progress where the lines go
     */
    TrainingRun(Trainer trainer, Mnist data, Workers workers, Progress progress) {
        this.trainer = trainer;
        this.data = data;
        this.workers = workers;
        this.progress = progress;
        state = trainer.start();
        evaluation = new Evaluation(trainer.mlp(), data.test());
    }

    /** Trains until the last epoch, or until the loss is no longer a number. */
    void run() {
        trainer.train(workers, data.training(), state, this);
        if (matrix == null) {
            matrix = evaluation.run(workers, state.parameters());
        }
    }

    /**
     * The parameters.
     *
     * @return the run's own array, not a copy
     */
    float[] parameters() {
        return state.parameters();
    }

    /**
     * The last measurement on the test images.
     *
     * @return null before {@link #run}
     */
    ConfusionMatrix matrix() {
        return matrix;
    }

    /**
     * Whether the loss is no longer a number.
     *
     * @return true if the run ended for that
     */
    boolean diverged() {
        return !Double.isFinite(loss);
    }

    @Override
    public void onBatch(int epoch, int examples, double batchLoss) {
        progress.to((long) epoch * data.training().count() + examples);
    }

    @Override
    public boolean onEpoch(int epoch, double meanLoss, double seconds) {
        matrix = evaluation.run(workers, state.parameters());
        loss = meanLoss;
        double images = data.training().count() / seconds;
        progress.println(String.format(
                Locale.ROOT,
                "%5s  %10.5f  %7.2f%%  %,10.0f  %8.1f",
                epoch + 1 + "/" + trainer.epochs(),
                meanLoss,
                100 * matrix.accuracy(),
                images,
                images * FLOPS_PER_MULTIPLY_ADD * trainer.mlp().multiplyAdds() * 1e-9));
        return !diverged();
    }
}
