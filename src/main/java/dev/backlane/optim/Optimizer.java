package dev.backlane.optim;

import dev.backlane.kernel.Updates;
import dev.backlane.kernel.Workers;

/**
 * A rule that moves parameters against their gradient. Holds its constants only: the state (velocities, moments) is the caller's
 * flat array, so that it can be saved, and each update is one sweep.
 */
public sealed interface Optimizer {
    /**
     * Vectors of state, each as long as the parameters: 0, 1 or 2.
     *
     * @return how many
     */
    int stateVectors();

    /**
     * One update in place.
     *
     * @param workers the threads it may use
     * @param n number of parameters
     * @param step 1 for the first update, then 2, …
     * @param learningRate step size, finite and at least 0
     * @param parameters updated
     * @param parametersOffset where they start
     * @param gradients read
     * @param gradientsOffset where they start
     * @param state {@code stateVectors()·n} elements, updated; zeros before the first update
     * @param stateOffset where it starts
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or two overlap
     */
    void update(
            Workers workers,
            int n,
            long step,
            float learningRate,
            float[] parameters,
            int parametersOffset,
            float[] gradients,
            int gradientsOffset,
            float[] state,
            int stateOffset);

    /** {@code p ← p − η·g}. */
    record GradientDescent() implements Optimizer {
        @Override
        public int stateVectors() {
            return 0;
        }

        @Override
        public void update(
                Workers workers,
                int n,
                long step,
                float learningRate,
                float[] parameters,
                int parametersOffset,
                float[] gradients,
                int gradientsOffset,
                float[] state,
                int stateOffset) {
            check(this, n, parameters, parametersOffset, gradients, gradientsOffset, state, stateOffset);
            Updates.gradientDescent(workers, n, learningRate, parameters, parametersOffset, gradients, gradientsOffset);
        }
    }

    /**
     * {@code v ← µ·v + g; p ← p − η·v} (Polyak 1964).
     *
     * @param momentum µ in [0, 1)
     */
    record Momentum(float momentum) implements Optimizer {
        /** Checks µ. */
        public Momentum {
            requireRate("momentum", momentum);
        }

        @Override
        public int stateVectors() {
            return 1;
        }

        @Override
        public void update(
                Workers workers,
                int n,
                long step,
                float learningRate,
                float[] parameters,
                int parametersOffset,
                float[] gradients,
                int gradientsOffset,
                float[] state,
                int stateOffset) {
            check(this, n, parameters, parametersOffset, gradients, gradientsOffset, state, stateOffset);
            Updates.momentum(
                    workers,
                    n,
                    learningRate,
                    momentum,
                    parameters,
                    parametersOffset,
                    gradients,
                    gradientsOffset,
                    state,
                    stateOffset);
        }
    }

    /**
     * {@code v ← µ·v + g; p ← p − η·(g + µ·v)} (Nesterov 1983, in the form of Sutskever et al. 2013).
     *
     * @param momentum µ in [0, 1)
     */
    record Nesterov(float momentum) implements Optimizer {
        /** Checks µ. */
        public Nesterov {
            requireRate("momentum", momentum);
        }

        @Override
        public int stateVectors() {
            return 1;
        }

        @Override
        public void update(
                Workers workers,
                int n,
                long step,
                float learningRate,
                float[] parameters,
                int parametersOffset,
                float[] gradients,
                int gradientsOffset,
                float[] state,
                int stateOffset) {
            check(this, n, parameters, parametersOffset, gradients, gradientsOffset, state, stateOffset);
            Updates.nesterov(
                    workers,
                    n,
                    learningRate,
                    momentum,
                    parameters,
                    parametersOffset,
                    gradients,
                    gradientsOffset,
                    state,
                    stateOffset);
        }
    }

    /**
     * Adam (Kingma and Ba 2015), with decoupled weight decay (AdamW, Loshchilov and Hutter 2019) where decay is not 0.
     *
     * @param beta1 decay of the first moment, in [0, 1)
     * @param beta2 decay of the second moment, in [0, 1)
     * @param epsilon added to the root of the second moment, positive
     * @param decay weight decay λ: p shrinks by η·λ·p at each step
     */
    record Adam(float beta1, float beta2, float epsilon, float decay) implements Optimizer {
        /** Checks the constants. */
        public Adam {
            requireRate("beta1", beta1);
            requireRate("beta2", beta2);
            if (!(epsilon > 0 && epsilon <= Float.MAX_VALUE)) {
                throw new IllegalArgumentException("epsilon must be positive and finite, but is " + epsilon);
            }
            if (!(decay >= 0 && decay <= Float.MAX_VALUE)) {
                throw new IllegalArgumentException("decay must be at least 0 and finite, but is " + decay);
            }
        }

        /** The usual constants: 0.9, 0.999, 10⁻⁸, no decay. */
        public Adam() {
            this(0.9f, 0.999f, 1e-8f, 0);
        }

        @Override
        public int stateVectors() {
            return 2;
        }

        @Override
        public void update(
                Workers workers,
                int n,
                long step,
                float learningRate,
                float[] parameters,
                int parametersOffset,
                float[] gradients,
                int gradientsOffset,
                float[] state,
                int stateOffset) {
            check(this, n, parameters, parametersOffset, gradients, gradientsOffset, state, stateOffset);
            if (decay == 0) {
                Updates.adam(
                        workers,
                        n,
                        step,
                        learningRate,
                        beta1,
                        beta2,
                        epsilon,
                        parameters,
                        parametersOffset,
                        gradients,
                        gradientsOffset,
                        state,
                        stateOffset,
                        state,
                        stateOffset + n);
            } else {
                Updates.adamW(
                        workers,
                        n,
                        step,
                        learningRate,
                        beta1,
                        beta2,
                        epsilon,
                        decay,
                        parameters,
                        parametersOffset,
                        gradients,
                        gradientsOffset,
                        state,
                        stateOffset,
                        state,
                        stateOffset + n);
            }
        }
    }

    /** The kernels would name their own arguments, not these. */
    private static void check(
            Optimizer optimizer,
            int n,
            float[] parameters,
            int parametersOffset,
            float[] gradients,
            int gradientsOffset,
            float[] state,
            int stateOffset) {
        vector("parameters", parameters, parametersOffset, n);
        vector("gradients", gradients, gradientsOffset, n);
        if (optimizer.stateVectors() > 0) {
            vector("state", state, stateOffset, (long) optimizer.stateVectors() * n);
        }
    }

    private static void vector(String name, float[] array, int offset, long n) {
        if (array == null) {
            throw new IllegalArgumentException(name + " must not be null");
        }
        if (offset < 0 || offset + n > array.length) {
            throw new IllegalArgumentException(
                    name + " needs " + n + " elements from " + name + "Offset " + offset + ", but has " + array.length);
        }
    }

    private static void requireRate(String name, float value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " must be in [0, 1), but is " + value);
        }
    }
}
