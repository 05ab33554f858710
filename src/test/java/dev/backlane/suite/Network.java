package dev.backlane.suite;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Activation.Kind;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Workspace;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A network with a batch of data, as a plain value: its one line of text says everything that is needed to build it again.
 *
 * @param batch examples
 * @param inputs features of an example
 * @param layers at least one
 * @param loss what to train for; a loss on logits replaces the last activation by the identity
 * @param seed of parameters, inputs and targets
 */
record Network(int batch, int inputs, List<Layer> layers, Loss loss, long seed) {
    /**
     * One layer.
     *
     * @param width its neurons
     * @param activation its function
     */
    record Layer(int width, Activation activation) {}

    Mlp mlp() {
        Mlp.Builder builder = Mlp.inputs(inputs);
        for (int l = 0; l < layers.size(); l++) {
            boolean logits = loss.onLogits() && l == layers.size() - 1;
            builder.dense(layers.get(l).width, logits ? Activation.IDENTITY : layers.get(l).activation);
        }
        return builder.loss(loss);
    }

    boolean hasKinks() {
        return layers.stream()
                .map(layer -> layer.activation.kind())
                .anyMatch(kind -> kind == Kind.RELU || kind == Kind.LEAKY_RELU || kind == Kind.ELU);
    }

    Data data(Terrain terrain) {
        return new Data(this, terrain);
    }

    @Override
    public String toString() {
        return mlp() + ", batch " + batch + ", seed " + seed;
    }

    /** The arrays that a training step of the network works on. */
    static final class Data {
        final Mlp mlp;
        final int batch;
        final float[] x;
        final float[] targets;
        final float[] parameters;
        final Workspace workspace;

        Data(Network network, Terrain terrain) {
            mlp = network.mlp();
            batch = network.batch;
            SplittableRandom random = new SplittableRandom(network.seed);
            x = terrain.numbers(random, batch * mlp.inputs(), 1);
            targets = Terrain.ORDINARY.numbers(random, batch * mlp.outputs(), 1);
            for (int i = 0; i < targets.length; i++) {
                targets[i] = 0.75f * Math.abs(targets[i]);
            }
            parameters = new float[mlp.parameterCount()];
            for (int l = 0; l < mlp.layers().size(); l++) {
                Mlp.Layer layer = mlp.layers().get(l);
                fill(terrain, random, "layer" + l + ".weights", 2 / Math.sqrt(layer.inputs()));
                fill(terrain, random, "layer" + l + ".bias", 0.5);
            }
            workspace = mlp.workspace(batch);
        }

        private void fill(Terrain terrain, SplittableRandom random, String name, double gain) {
            var block = mlp.layout().block(name);
            System.arraycopy(terrain.numbers(random, block.size(), gain), 0, parameters, block.offset(), block.size());
        }
    }
}
