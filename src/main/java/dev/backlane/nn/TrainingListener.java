package dev.backlane.nn;

/** Told how a training run goes, on the thread that trains. */
public interface TrainingListener {
    /**
     * After each update.
     *
     * @param epoch the current one, from 0
     * @param examples done in this epoch
     * @param loss mean loss of the batch, before its update
     * @return whether to go on; the state can be resumed within the epoch
     */
    default boolean onBatch(int epoch, int examples, double loss) {
        return true;
    }

    /**
     * After each epoch.
     *
     * @param epoch just done, from 0
     * @param meanLoss mean over its examples, each before the update it contributed to
     * @param seconds time the epoch took
     * @return whether to go on
     */
    default boolean onEpoch(int epoch, double meanLoss, double seconds) {
        return true;
    }
}
