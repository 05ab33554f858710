package dev.backlane.nn;

import dev.backlane.kernel.Updates;
import dev.backlane.kernel.Workers;
import dev.backlane.optim.Optimizer;
import dev.backlane.optim.Schedule;
import dev.backlane.param.SeededRandom;

/**
 * Mini-batch gradient descent: each epoch visits every example once, in a random order that depends on the seed and the epoch
 * alone; each update follows the gradient of the mean loss of its batch, the last and perhaps smaller batch included. The same
 * seed gives the same parameters bit for bit on every backend and number of threads, and a run resumed from a {@link
 * TrainingState} those of a run that never stopped.
 *
 * @param mlp the network
 * @param optimizer the update rule
 * @param schedule the learning rate
 * @param batch examples of an update, at least 1
 * @param epochs length of the whole run, at least 0
 * @param seed of the initial parameters and of the order of the examples
 * @param maxNorm gradients with a larger global norm are scaled down to it; infinity for no clipping
 */
public record Trainer(
        Mlp mlp, Optimizer optimizer, Schedule schedule, int batch, int epochs, long seed, float maxNorm) {
    /**
     * Checks the arguments.
     *
     * @throws IllegalArgumentException if one is null or out of its range
     */
    public Trainer {
        if (mlp == null || optimizer == null || schedule == null) {
            throw new IllegalArgumentException("mlp, optimizer and schedule must not be null");
        }
        if (batch < 1) {
            throw new IllegalArgumentException("batch must be at least 1, but is " + batch);
        }
        if (epochs < 0) {
            throw new IllegalArgumentException("epochs must be at least 0, but is " + epochs);
        }
        if (!(maxNorm > 0)) {
            throw new IllegalArgumentException("maxNorm must be positive, but is " + maxNorm);
        }
    }

    /**
     * Without clipping.
     *
     * @param mlp the network
     * @param optimizer the update rule
     * @param schedule the learning rate
     * @param batch examples of an update, at least 1
     * @param epochs length of the whole run, at least 0
     * @param seed of the initial parameters and of the order of the examples
     */
    public Trainer(Mlp mlp, Optimizer optimizer, Schedule schedule, int batch, int epochs, long seed) {
        this(mlp, optimizer, schedule, batch, epochs, seed, Float.POSITIVE_INFINITY);
    }

    /**
     * Updates of one epoch.
     *
     * @param count examples of the data set, at least 1
     * @return ⌈count/batch⌉
     */
    public int stepsPerEpoch(int count) {
        return (count - 1) / batch + 1;
    }

    /**
     * The state before the first step: initial parameters, no moments.
     *
     * @return a new state
     */
    public TrainingState start() {
        float[] parameters = new float[mlp.parameterCount()];
        mlp.initialize(seed, parameters, 0);
        int state = Math.multiplyExact(optimizer.stateVectors(), parameters.length);
        return new TrainingState(parameters, new float[state], 0, 0);
    }

    /**
     * Trains on examples that this process holds, until {@link #epochs()} are done or the listener says stop, from wherever the
     * state stands: at the start, between two epochs or within one.
     *
     * @param workers the threads it may use
     * @param examples the data set, not empty
     * @param state moved on, update by update
     * @param listener told of each batch and epoch
     * @throws IllegalArgumentException if the data set is empty, its examples do not fit the network, a label is out of range,
     *     or the state is not one of this network, optimiser, batch and number of examples
     */
    public void train(Workers workers, Examples examples, TrainingState state, TrainingListener listener) {
        Checks.notNull("workers", workers);
        int count = Checks.notNull("examples", examples).count();
        check(count, state, listener);
        if (examples.features() != mlp.inputs()) {
            throw new IllegalArgumentException(
                    "examples must have " + mlp.inputs() + " features, but have " + examples.features());
        }
        checkLabels(examples);
        GradientPass pass = new GradientPass(mlp, Math.min(batch, count));
        BatchGradient here = (order, from, to, parameters, gradients) ->
                pass.run(workers, examples, order, from, to, 1f / (to - from), parameters, gradients);
        train(workers, count, here, state, listener);
    }

    /**
     * Trains by gradients from elsewhere, until {@link #epochs()} are done or the listener says stop, from wherever the state stands.
     *
     * @param workers the threads that the updates may use
     * @param count examples in the data set, at least 1
     * @param source of the gradient of each batch, a range of a random order of 0 to count − 1
     * @param state moved on, update by update; what the source throws leaves it as the last update did
     * @param listener told of each batch and epoch
     * @throws IllegalArgumentException if count is 0 or less, or the state is not one of this network, optimiser, batch and
     *     number of examples
     */
    public void train(
            Workers workers, int count, BatchGradient source, TrainingState state, TrainingListener listener) {
        Checks.notNull("workers", workers);
        Checks.notNull("source", source);
        check(count, state, listener);
        int n = mlp.parameterCount();
        int largest = Math.min(batch, count);
        int perEpoch = stepsPerEpoch(count);
        long steps = (long) epochs * perEpoch;
        long within = state.step() - (long) state.epoch() * perEpoch;
        if (within < 0 || within >= perEpoch) {
            throw new IllegalArgumentException("state must have 0 to " + (perEpoch - 1) + " steps more than "
                    + state.epoch() + " epochs of " + perEpoch + ", but has done " + state.step());
        }
        int from = (int) within * largest;
        int[] order = new int[count];
        float[] gradients = new float[n];
        while (state.epoch() < epochs) {
            int epoch = state.epoch();
            long begin = System.nanoTime();
            for (int i = 0; i < count; i++) {
                order[i] = i;
            }
            // Streams below 2³² belong to the layers' initial weights.
            new SeededRandom(seed, (1L << 32) + epoch).shuffle(order);
            boolean more = true;
            for (int size; from < count; from += size) {
                size = Math.min(largest, count - from);
                double loss = source.compute(order, from, from + size, state.parameters(), gradients);
                if (maxNorm < Float.POSITIVE_INFINITY) {
                    Updates.clipByGlobalNorm(n, maxNorm, gradients, 0);
                }
                float rate = schedule.rate(state.step(), steps);
                state.stepDone();
                optimizer.update(
                        workers, n, state.step(), rate, state.parameters(), 0, gradients, 0, state.optimizerState(), 0);
                state.lossDone(loss * size);
                more = listener.onBatch(epoch, from + size, loss);
                if (!more && from + size < count) {
                    return;
                }
            }
            from = 0;
            double mean = state.lossSum() / count;
            state.epochDone();
            if (!listener.onEpoch(epoch, mean, (System.nanoTime() - begin) * 1e-9) || !more) {
                return;
            }
        }
    }

    private void check(int count, TrainingState state, TrainingListener listener) {
        Checks.notNull("state", state);
        Checks.notNull("listener", listener);
        if (count < 1) {
            throw new IllegalArgumentException("examples must not be empty");
        }
        int n = mlp.parameterCount();
        if (state.parameters().length != n || state.optimizerState().length != (long) optimizer.stateVectors() * n) {
            throw new IllegalArgumentException("state must have " + n + " parameters and "
                    + (long) optimizer.stateVectors() * n + " elements of optimizerState, but has "
                    + state.parameters().length + " and " + state.optimizerState().length);
        }
    }

    /** All of them before the first update, so that a bad one costs no training. */
    private void checkLabels(Examples examples) {
        int[] order = new int[examples.count()];
        int[] labels = new int[Math.min(batch, order.length)];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        for (int from = 0, size; from < order.length; from += size) {
            size = Math.min(labels.length, order.length - from);
            examples.labels(order, from, from + size, labels);
            for (int i = 0; i < size; i++) {
                if (labels[i] < 0 || labels[i] >= mlp.outputs()) {
                    throw new IllegalArgumentException("label of example " + (from + i) + " must be in [0, "
                            + mlp.outputs() + "), but is " + labels[i]);
                }
            }
        }
    }
}
