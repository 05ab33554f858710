package dev.backlane.digits;

import dev.backlane.optim.Optimizer;
import dev.backlane.optim.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The options that say how parameters follow their gradient. */
public final class OptimizerOptions {
    private static final int STEP_EPOCHS = 3;
    private static final float STEP_FACTOR = 0.3f;

    /** The update rules. */
    enum Rule {
        /** Plain. */
        GRADIENT_DESCENT(0.5f),
        /** Polyak's. */
        MOMENTUM(0.1f),
        /** Nesterov's. */
        NESTEROV(0.15f),
        /** Without decay. */
        ADAM(0.002f),
        /** With decoupled decay. */
        ADAMW(0.002f);

        private final float learningRate;

        Rule(float learningRate) {
            this.learningRate = learningRate;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** The schedules. */
    enum Course {
        /** As it starts. */
        CONSTANT,
        /** Falls by a factor now and then. */
        STEP,
        /** Falls to 0 along half a cosine. */
        COSINE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            description = "gradient-descent, momentum, nesterov, adam or adamw. Default: nesterov")
    private Rule rule = Rule.NESTEROV;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            description = "At the start. Default: 0.15 for nesterov, 0.1 for momentum, 0.5 for gradient-descent, 0.002"
                    + " for adam and adamw")
    private Float learningRate;

    @Option(names = "--momentum", paramLabel = "M", description = "Of momentum and nesterov, in [0, 1). Default: 0.9")
    private Float momentum;

    @Option(
            names = "--beta1",
            paramLabel = "B",
            description = "Decay of the first moment of adam and adamw, in [0, 1). Default: 0.9")
    private Float beta1;

    @Option(
            names = "--beta2",
            paramLabel = "B",
            description = "Decay of the second moment of adam and adamw, in [0, 1). Default: 0.999")
    private Float beta2;

    @Option(
            names = "--epsilon",
            paramLabel = "E",
            description = "What adam and adamw add to the root of the second moment. Default: 1e-8")
    private Float epsilon;

    @Option(names = "--decay", paramLabel = "D", description = "Weight decay of adamw. Default: 0.01")
    private Float decay;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            description = "Of the learning rate: constant, step, or cosine, which ends at 0. Default: cosine")
    private Course course = Course.COSINE;

    @Option(
            names = "--step-epochs",
            paramLabel = "N",
            description = "Epochs between two drops of the schedule step. Default: 3")
    private Integer stepEpochs;

    @Option(
            names = "--step-factor",
            paramLabel = "F",
            description = "What a drop of the schedule step multiplies the rate by, in (0, 1]. Default: 0.3")
    private Float stepFactor;

    @Option(
            names = "--clip",
            paramLabel = "NORM",
            description = "Scale a gradient with a larger norm down to this one. Default: no clipping")
    private float clip = Float.POSITIVE_INFINITY;

    /**
     * The update rule that the options describe.
     *
     * @return with its constants
     * @throws IllegalArgumentException if a constant is out of its range or of another rule
     */
    public Optimizer optimizer() {
        boolean velocity = rule == Rule.MOMENTUM || rule == Rule.NESTEROV;
        boolean moments = rule == Rule.ADAM || rule == Rule.ADAMW;
        requireUse("--momentum", momentum, velocity);
        requireUse("--beta1", beta1, moments);
        requireUse("--beta2", beta2, moments);
        requireUse("--epsilon", epsilon, moments);
        requireUse("--decay", decay, rule == Rule.ADAMW);
        return switch (rule) {
            case GRADIENT_DESCENT -> new Optimizer.GradientDescent();
            case MOMENTUM -> new Optimizer.Momentum(or(momentum, 0.9f));
            case NESTEROV -> new Optimizer.Nesterov(or(momentum, 0.9f));
            case ADAM, ADAMW ->
                new Optimizer.Adam(
                        or(beta1, 0.9f),
                        or(beta2, 0.999f),
                        or(epsilon, 1e-8f),
                        rule == Rule.ADAMW ? or(decay, 0.01f) : 0);
        };
    }

    /**
     * The learning rate that the options describe.
     *
     * @param stepsPerEpoch updates of an epoch
     * @return as a function of the update
     * @throws IllegalArgumentException if a constant is out of its range or of another schedule
     */
    public Schedule schedule(long stepsPerEpoch) {
        requireUse("--step-epochs", stepEpochs, course == Course.STEP);
        requireUse("--step-factor", stepFactor, course == Course.STEP);
        float rate = or(learningRate, rule.learningRate);
        return switch (course) {
            case CONSTANT -> new Schedule.Constant(rate);
            case STEP -> new Schedule.Step(rate, or(stepFactor, STEP_FACTOR), or(stepEpochs) * stepsPerEpoch);
            case COSINE -> new Schedule.Cosine(rate, 0);
        };
    }

    /**
     * The options that describe this rule and its course, with every default spelt out.
     *
     * @return each name before its value
     */
    List<String> words() {
        List<String> words = new ArrayList<>();
        add(words, "--optimizer", rule);
        add(words, "--learning-rate", or(learningRate, rule.learningRate));
        add(words, "--schedule", course);
        if (course == Course.STEP) {
            add(words, "--step-epochs", or(stepEpochs));
            add(words, "--step-factor", or(stepFactor, STEP_FACTOR));
        }
        switch (optimizer()) {
            case Optimizer.GradientDescent none -> {}
            case Optimizer.Momentum m -> add(words, "--momentum", m.momentum());
            case Optimizer.Nesterov m -> add(words, "--momentum", m.momentum());
            case Optimizer.Adam m -> {
                add(words, "--beta1", m.beta1());
                add(words, "--beta2", m.beta2());
                add(words, "--epsilon", m.epsilon());
                if (rule == Rule.ADAMW) {
                    add(words, "--decay", m.decay());
                }
            }
        }
        add(words, "--clip", clip);
        return words;
    }

    private static void add(List<String> words, String option, Object value) {
        words.add(option);
        words.add(value.toString());
    }

    /**
     * Largest norm of a gradient.
     *
     * @return infinity for no clipping
     */
    public float clip() {
        return clip;
    }

    /** Rule, rate and schedule in a few words. */
    @Override
    public String toString() {
        return rule + ", learning rate " + or(learningRate, rule.learningRate) + " " + course;
    }

    private static int or(Integer stepEpochs) {
        return stepEpochs == null ? STEP_EPOCHS : stepEpochs;
    }

    private static float or(Float value, float otherwise) {
        return value == null ? otherwise : value;
    }

    private void requireUse(String option, Object value, boolean used) {
        if (value != null && !used) {
            throw new IllegalArgumentException(
                    option + " has no use with --optimizer " + rule + " --schedule " + course);
        }
    }
}
