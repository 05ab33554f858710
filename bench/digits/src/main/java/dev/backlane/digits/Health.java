package dev.backlane.digits;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Activations;
import dev.backlane.kernel.Vectors;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Trainer;
import dev.backlane.nn.TrainingState;
import dev.backlane.nn.Workspace;
import dev.backlane.param.ParameterLayout.Block;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How well each layer of a network learns, measured on some images. A unit is saturated for an image where |f′(z)| is below a
 * twentieth of the largest that f has, and dead where that is so for every image.
 *
 * @param step updates done
 * @param images measured on
 * @param loss their mean loss
 * @param learningRate of the last update
 * @param layers from the input to the output
 */
record Health(long step, int images, double loss, double learningRate, List<Layer> layers) {
    private static final double SATURATED = 0.05;
    private static final int BINS = 10;
    private static final String BARS = "▁▂▃▄▅▆▇█";

    /**
     * One layer.
     *
     * @param layer from 1
     * @param units its neurons
     * @param activation f
     * @param saturated share of units and images
     * @param dead units that are saturated for every image
     * @param slopes how many units and images have an |f′(z)| in each tenth of 0 to {@code largestSlope}
     * @param largestSlope the largest |f′| there is
     * @param gradientNorm of the mean loss, with respect to weights and bias
     * @param weightNorm of weights and bias
     * @param updateRatio norm of the update that this gradient would lead to, over that of weights and bias
     */
    record Layer(
            int layer,
            int units,
            String activation,
            double saturated,
            int dead,
            List<Integer> slopes,
            double largestSlope,
            double gradientNorm,
            double weightNorm,
            double updateRatio) {}

    /** Measures one network again and again, on the same images. Not for two threads at the same time. */
    static final class Probe {
        private static final int IMAGES = 500;

        private final Trainer trainer;
        private final Workers workers;
        private final Batch batch;
        private final long steps;

        /**
         * A probe.
         *
         * @param trainer whose network it is, and whose update rule
         * @param examples to draw images from
         * @param seed where chance comes from
         * @param workers the threads it may use
         */
        Probe(Trainer trainer, MnistExamples examples, long seed, Workers workers) {
            this.trainer = trainer;
            this.workers = workers;
            batch = new Batch(trainer.mlp(), examples, TrainedOptions.draw(examples, IMAGES, seed));
            steps = (long) trainer.epochs() * trainer.stepsPerEpoch(examples.count());
        }

        /**
         * Measures.
         *
         * @param state of the training; read, not changed
         * @return what it is worth
         */
        Health measure(TrainingState state) {
            Mlp mlp = trainer.mlp();
            float[] parameters = state.parameters();
            double loss = batch.loss(workers, parameters);
            float[] gradients = batch.backward(workers, parameters);
            float rate = trainer.schedule().rate(Math.max(0, state.step() - 1), Math.max(1, steps));
            float[] update = parameters.clone();
            trainer.optimizer()
                    .update(
                            workers,
                            update.length,
                            state.step() + 1,
                            rate,
                            update,
                            0,
                            gradients,
                            0,
                            state.optimizerState().clone(),
                            0);
            Vectors.axpy(update.length, -1, parameters, 0, update, 0);
            List<Layer> layers = new ArrayList<>();
            for (int l = 0; l < mlp.layers().size(); l++) {
                layers.add(layer(l, parameters, gradients, update));
            }
            return new Health(state.step(), batch.size(), loss, rate, layers);
        }

        private Layer layer(int l, float[] parameters, float[] gradients, float[] update) {
            Mlp.Layer layer = trainer.mlp().layers().get(l);
            int units = layer.outputs();
            float[] slopes = slopes(layer.activation(), l, units);
            double largest = largestSlope(layer.activation());
            int[] histogram = new int[BINS];
            int[] awake = new int[units];
            int saturated = 0;
            for (int i = 0; i < slopes.length; i++) {
                double slope = Math.abs(slopes[i]);
                histogram[(int) Math.min(BINS - 1, BINS * slope / largest)]++;
                if (slope < SATURATED * largest) {
                    saturated++;
                } else {
                    awake[i % units]++;
                }
            }
            // Weights and bias of a layer lie one behind the other.
            Block weights = trainer.mlp().layout().block("layer" + l + ".weights");
            int n = weights.size() + units;
            double weightNorm = Vectors.norm(n, parameters, weights.offset());
            return new Layer(
                    l + 1,
                    units,
                    layer.activation().toString(),
                    (double) saturated / slopes.length,
                    (int) Arrays.stream(awake).filter(images -> images == 0).count(),
                    Arrays.stream(histogram).boxed().toList(),
                    largest,
                    Vectors.norm(n, gradients, weights.offset()),
                    weightNorm,
                    Vectors.norm(n, update, weights.offset()) / weightNorm);
        }

        /** f′(z) of every unit and image: what the backward pass multiplies 1 by. */
        private float[] slopes(Activation f, int l, int units) {
            Workspace workspace = batch.workspace();
            int n = batch.size() * units;
            float[] slopes = new float[n];
            Arrays.fill(slopes, 1);
            int saved =
                    f.reads() == Activation.Reads.OUTPUT ? workspace.outputOffset(l) : workspace.preActivationOffset(l);
            Activations.backward(f, n, workspace.memory(), saved, slopes, 0, slopes, 0);
            return slopes;
        }
    }

    /**
     * The largest |f′|.
     *
     * @param f the function
     * @return positive
     */
    static double largestSlope(Activation f) {
        return switch (f.kind()) {
            case SIGMOID -> 0.25;
            case IDENTITY, TANH, RELU, SOFTPLUS -> 1;
            case LEAKY_RELU, ELU -> Math.max(1, f.parameter());
            case SILU -> 1.0999;
            case GELU -> 1.1290;
        };
    }

    /** A table with a line for each layer. */
    @Override
    public String toString() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "step %,d: loss %.5f on %d images, learning rate %.3g%n",
                step,
                loss,
                images,
                learningRate));
        table.append(String.format(
                "layer                saturated   dead  |f′|: 0 to max     |gradient|  |update|/|weights|"));
        for (Layer layer : layers) {
            boolean linear = layer.activation.equals("identity");
            table.append(String.format(
                    Locale.ROOT,
                    "%n%d  %-18s %8s  %5s  %s %-6.4g  %10.3e  %18.3e",
                    layer.layer,
                    layer.units + " " + layer.activation,
                    linear ? "-" : String.format(Locale.ROOT, "%.1f%%", 100 * layer.saturated),
                    linear ? "-" : String.valueOf(layer.dead),
                    bars(layer.slopes),
                    layer.largestSlope,
                    layer.gradientNorm,
                    layer.updateRatio));
        }
        return table.toString();
    }

    /** A bar for each count, and a blank for 0. */
    static String bars(List<Integer> counts) {
        int most = counts.stream().mapToInt(Integer::intValue).max().orElse(0);
        StringBuilder bars = new StringBuilder();
        for (int count : counts) {
            bars.append(count == 0 ? ' ' : BARS.charAt((int) ((BARS.length() - 1L) * count / most)));
        }
        return bars.toString();
    }
}
