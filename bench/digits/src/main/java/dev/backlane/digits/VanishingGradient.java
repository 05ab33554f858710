package dev.backlane.digits;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Trainer;
import dev.backlane.nn.TrainingListener;
import dev.backlane.nn.TrainingState;
import dev.backlane.optim.Optimizer;
import dev.backlane.optim.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One deep network, once with sigmoids and once with relus: what of the gradient reaches its first layer, before the first update
 * and after some. Plain gradient descent, same seed, same images, each with the initial weights that suit its activation.
 *
 * @param updates between the two measurements
 * @param networks the two
 */
record VanishingGradient(int updates, List<Network> networks) {
    private static final int LAYERS = 8;
    private static final int WIDTH = 32;
    private static final int UPDATES = 400;
    private static final int BATCH = 64;
    private static final float RATE = 0.1f;

    /**
     * One of the two.
     *
     * @param activation of the hidden layers
     * @param start before the first update
     * @param end after the last
     */
    record Network(String activation, Health start, Health end) {
        /** Gradient norm of the first layer over that of the last. */
        static double arrives(Health health) {
            return health.layers().getFirst().gradientNorm()
                    / health.layers().getLast().gradientNorm();
        }
    }

    /**
     * Trains and measures both.
     *
     * @param examples to train on
     * @param seed where chance comes from
     * @param workers the threads it may use
     * @return what was seen
     */
    static VanishingGradient measure(MnistExamples examples, long seed, Workers workers) {
        List<Network> networks = new ArrayList<>();
        for (Activation activation : List.of(Activation.SIGMOID, Activation.RELU)) {
            Mlp.Builder builder = Mlp.inputs(examples.features());
            for (int l = 1; l < LAYERS; l++) {
                builder.dense(WIDTH, activation);
            }
            Mlp mlp = builder.dense(MnistExamples.CLASSES, Activation.IDENTITY).loss(Loss.SOFTMAX_CROSS_ENTROPY);
            Trainer trainer = new Trainer(
                    mlp,
                    new Optimizer.GradientDescent(),
                    new Schedule.Constant(RATE),
                    Math.min(BATCH, examples.count()),
                    UPDATES,
                    seed);
            Health.Probe probe = new Health.Probe(trainer, examples, seed, workers);
            TrainingState state = trainer.start();
            Health start = probe.measure(state);
            trainer.train(workers, examples, state, new TrainingListener() {
                @Override
                public boolean onBatch(int epoch, int done, double loss) {
                    return state.step() < UPDATES;
                }
            });
            networks.add(new Network(activation.toString(), start, probe.measure(state)));
        }
        return new VanishingGradient(UPDATES, networks);
    }

    /** The gradient norms of all layers side by side. */
    @Override
    public String toString() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%d layers, %d units each, before the first and after %d updates of gradient descent%n|gradient|",
                LAYERS,
                WIDTH,
                updates));
        for (Network network : networks) {
            table.append(String.format("  %11s", network.activation + ", 0"))
                    .append(String.format("  %11s", network.activation + ", " + updates));
        }
        for (int l = 0; l < LAYERS; l++) {
            table.append(String.format("%nlayer %-4d", l + 1));
            for (Network network : networks) {
                for (Health health : List.of(network.start, network.end)) {
                    table.append(String.format(
                            Locale.ROOT, "  %11.3e", health.layers().get(l).gradientNorm()));
                }
            }
        }
        table.append(String.format("%n1 over 8  "));
        for (Network network : networks) {
            for (Health health : List.of(network.start, network.end)) {
                table.append(String.format(Locale.ROOT, "  %11.2g", Network.arrives(health)));
            }
        }
        table.append(String.format("%nloss      "));
        for (Network network : networks) {
            for (Health health : List.of(network.start, network.end)) {
                table.append(String.format(Locale.ROOT, "  %11.4f", health.loss()));
            }
        }
        return table.toString();
    }
}
