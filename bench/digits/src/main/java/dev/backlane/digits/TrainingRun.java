package dev.backlane.digits;

import dev.backlane.kernel.Workers;
import dev.backlane.nn.Trainer;
import dev.backlane.nn.TrainingListener;
import dev.backlane.nn.TrainingState;

/**
 * Trains a network, and measures it on the test images after each epoch.
 *
 * <p>A training step counts as six operations for each weight and image: a multiplication and an addition in the forward pass,
 * in the gradient of the weights and in that of the inputs.
 */
final class TrainingRun implements TrainingListener {
    private static final double FLOPS_PER_MULTIPLY_ADD = 6;

    private final Trainer trainer;
    private final TrainingState state;
    private final Mnist data;
    private final Workers workers;
    private final Observer observer;
    private final Evaluation evaluation;
    private ConfusionMatrix matrix;
    private double loss;
    private long partly;

    /** Told how a run goes. */
    interface Observer {
        /**
         * After each update.
         *
         * @param done images trained on, those of earlier epochs included
         * @param loss mean loss of the batch
         * @return whether to go on
         */
        default boolean onBatch(long done, double loss) {
            return true;
        }

        /**
         * After each epoch.
         *
         * @param result what it came to
         */
        default void onEpoch(EpochResult result) {}
    }

    /**
     * A run that has not started.
     *
     * @param trainer network, update rule and length
     * @param state where to start, moved on
     * @param data to train on and to test with
     * @param workers the threads it may use
     * @param observer told how it goes
     */
    TrainingRun(Trainer trainer, TrainingState state, Mnist data, Workers workers, Observer observer) {
        this.trainer = trainer;
        this.state = state;
        this.data = data;
        this.workers = workers;
        this.observer = observer;
        evaluation = new Evaluation(trainer.mlp(), data.test());
        // An epoch that began in an earlier process has been trained here only from there on.
        partly = (state.step()
                        - (long) state.epoch()
                                * trainer.stepsPerEpoch(data.training().count()))
                * trainer.batch();
    }

    /** Trains until the last epoch, until the observer says stop, or until the loss is no longer a number. */
    void run() {
        trainer.train(workers, data.training(), state, this);
        if (matrix == null && !stopped()) {
            matrix = evaluation.run(workers, state.parameters());
        }
    }

    /**
     * The last measurement on the test images.
     *
     * @return null before {@link #run}, or if the observer stopped it in its first epoch
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

    /**
     * Whether the observer ended the run.
     *
     * @return true if epochs are left
     */
    boolean stopped() {
        return state.epoch() < trainer.epochs() && !diverged();
    }

    @Override
    public boolean onBatch(int epoch, int examples, double batchLoss) {
        return observer.onBatch((long) epoch * data.training().count() + examples, batchLoss);
    }

    @Override
    public boolean onEpoch(int epoch, double meanLoss, double seconds) {
        matrix = evaluation.run(workers, state.parameters());
        loss = meanLoss;
        double images = (data.training().count() - partly) / seconds;
        partly = 0;
        observer.onEpoch(new EpochResult(
                epoch + 1,
                trainer.epochs(),
                meanLoss,
                matrix.accuracy(),
                images,
                images * FLOPS_PER_MULTIPLY_ADD * trainer.mlp().multiplyAdds() * 1e-9));
        return !diverged();
    }
}
