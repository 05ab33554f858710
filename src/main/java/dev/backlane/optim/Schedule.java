package dev.backlane.optim;

/** The learning rate as a function of the step. */
public sealed interface Schedule {
    /**
     * The rate of one step.
     *
     * @param step 0 for the first step of the run
     * @param totalSteps steps of the whole run, at least 1
     * @return the learning rate
     */
    float rate(long step, long totalSteps);

    /**
     * The same rate throughout.
     *
     * @param rate finite and at least 0
     */
    record Constant(float rate) implements Schedule {
        /** Checks the rate. */
        public Constant {
            requireRate(rate);
        }

        @Override
        public float rate(long step, long totalSteps) {
            return rate;
        }
    }

    /**
     * {@code rate·factor^⌊step/every⌋}.
     *
     * @param rate finite and at least 0
     * @param factor in (0, 1]
     * @param every steps between two drops, at least 1
     */
    record Step(float rate, float factor, long every) implements Schedule {
        /** Checks the constants. */
        public Step {
            requireRate(rate);
            if (!(factor > 0 && factor <= 1)) {
                throw new IllegalArgumentException("factor must be in (0, 1], but is " + factor);
            }
            if (every < 1) {
                throw new IllegalArgumentException("every must be at least 1, but is " + every);
            }
        }

        @Override
        public float rate(long step, long totalSteps) {
            return (float) (rate * StrictMath.pow(factor, (double) Math.floorDiv(step, every)));
        }
    }

    /**
     * Half a cosine from {@code rate} to {@code last} over the run (Loshchilov and Hutter 2017, without restarts).
     *
     * @param rate of the first step, finite and at least 0
     * @param last towards which it falls, finite and at least 0
     */
    record Cosine(float rate, float last) implements Schedule {
        /** Checks the rates. */
        public Cosine {
            requireRate(rate);
            requireRate(last);
        }

        @Override
        public float rate(long step, long totalSteps) {
            double done = Math.min(1, (double) step / Math.max(1, totalSteps));
            return (float) (last + ((double) rate - last) * (1 + StrictMath.cos(Math.PI * done)) / 2);
        }
    }

    private static void requireRate(float rate) {
        if (!(rate >= 0 && rate <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException("rate must be at least 0 and finite, but is " + rate);
        }
    }
}
