package dev.backlane.nn;

/**
 * All that a training run changes: enough, with the {@link Trainer}, to go on with exactly the bits of a run that never stopped.
 * The arrays are the state itself, not copies.
 */
public final class TrainingState {
    private final float[] parameters;
    private final float[] optimizerState;
    private int epoch;
    private long step;
    private double lossSum;

    /**
     * A state between two epochs, fresh or from a checkpoint.
     *
     * @param parameters the network's
     * @param optimizerState the optimiser's vectors, one behind the other
     * @param epoch epochs done
     * @param step updates done
     */
    public TrainingState(float[] parameters, float[] optimizerState, int epoch, long step) {
        this(parameters, optimizerState, epoch, step, 0);
    }

    /**
     * A state between two updates, fresh or from a checkpoint.
     *
     * @param parameters the network's
     * @param optimizerState the optimiser's vectors, one behind the other
     * @param epoch epochs done
     * @param step updates done, those of the unfinished epoch included
     * @param lossSum sum of the losses of the unfinished epoch's examples so far
     */
    public TrainingState(float[] parameters, float[] optimizerState, int epoch, long step, double lossSum) {
        if (parameters == null || optimizerState == null) {
            throw new IllegalArgumentException("parameters and optimizerState must not be null");
        }
        if (epoch < 0 || step < 0) {
            throw new IllegalArgumentException("epoch and step must be at least 0, but are " + epoch + " and " + step);
        }
        this.parameters = parameters;
        this.optimizerState = optimizerState;
        this.epoch = epoch;
        this.step = step;
        this.lossSum = lossSum;
    }

    /**
     * The network's parameters.
     *
     * @return laid out as {@link Mlp#layout()}
     */
    public float[] parameters() {
        return parameters;
    }

    /**
     * The optimiser's vectors.
     *
     * @return each as long as the parameters, one behind the other
     */
    public float[] optimizerState() {
        return optimizerState;
    }

    /**
     * Epochs done.
     *
     * @return 0 at the start
     */
    public int epoch() {
        return epoch;
    }

    /**
     * Updates done.
     *
     * @return 0 at the start
     */
    public long step() {
        return step;
    }

    /**
     * Sum of the losses of the unfinished epoch's examples so far, each before the update it contributed to.
     *
     * @return 0 between two epochs
     */
    public double lossSum() {
        return lossSum;
    }

    void stepDone() {
        step++;
    }

    void lossDone(double loss) {
        lossSum += loss;
    }

    void epochDone() {
        epoch++;
        lossSum = 0;
    }
}
