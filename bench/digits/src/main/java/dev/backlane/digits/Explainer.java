package dev.backlane.digits;

import dev.backlane.digits.Explanation.Avenues;
import dev.backlane.digits.Explanation.Direction;
import dev.backlane.digits.Explanation.Gradients;
import dev.backlane.digits.Explanation.Hidden;
import dev.backlane.digits.Explanation.Outputs;
import dev.backlane.digits.Explanation.Weight;
import dev.backlane.kernel.Gemm;
import dev.backlane.kernel.Losses;
import dev.backlane.kernel.Rows;
import dev.backlane.kernel.Vectors;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Workspace;
import dev.backlane.param.ParameterLayout.Block;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Asks a network what one image wants: a forward and a backward pass of that image alone, whose deltas, negated, are the nudges. Not
 * for two threads at the same time.
 */
final class Explainer {
    private static final Workers CALLER = Workers.caller();

    private final Mlp mlp;
    private final float[] parameters;
    private final MnistExamples examples;

    /**
     * An explainer.
     *
     * @param mlp the network
     * @param parameters its parameters
     * @param examples the images it is asked about
     */
    Explainer(Mlp mlp, float[] parameters, MnistExamples examples) {
        this.mlp = mlp;
        this.parameters = parameters;
        this.examples = examples;
    }

    /**
     * Asks.
     *
     * @param index of the image
     * @return what it wants
     */
    Explanation explain(int index) {
        Batch one = passed(index);
        Workspace workspace = one.workspace();
        float[] memory = workspace.memory();
        int last = mlp.layers().size() - 1;
        Outputs outputs = outputs(one);
        List<Hidden> hidden = new ArrayList<>();
        for (int l = last - 1; l >= 0; l--) {
            int width = mlp.layers().get(l).outputs();
            hidden.add(new Hidden(
                    l + 1,
                    copy(memory, workspace.outputOffset(l), width),
                    wishes(workspace, l + 1),
                    negated(copy(memory, workspace.deltaOffset(l), width))));
        }
        int[] read = new int[1];
        Rows.argmax(1, mlp.outputs(), outputs.activations(), 0, mlp.outputs(), read, 0);
        return new Explanation(
                index,
                examples.label(index),
                read[0],
                workspace.losses()[0],
                outputs,
                hidden,
                examples.pixels(index),
                wishes(workspace, 0));
    }

    private Batch passed(int... indices) {
        Batch batch = new Batch(mlp, examples, indices);
        batch.loss(CALLER, parameters);
        batch.backward(CALLER, parameters);
        return batch;
    }

    private Outputs outputs(Batch one) {
        Workspace workspace = one.workspace();
        int last = mlp.layers().size() - 1;
        int n = mlp.outputs();
        float[] y = copy(workspace.memory(), workspace.outputOffset(last), n);
        float[] targets = new float[n];
        targets[one.labels()[0]] = 1;
        float[] nudges = negated(copy(workspace.memory(), workspace.deltaOffset(last), n));
        float[] wishes = nudges.clone();
        float[] loss = new float[1];
        // Where the loss works on logits there is no other activation than z, and the delta is its gradient already.
        if (mlp.loss() == Loss.SQUARED_ERROR) {
            Losses.squaredError(1, n, 1, y, 0, n, targets, 0, n, loss, 0, wishes, 0, n);
            negated(wishes);
        } else if (mlp.loss() == Loss.MEAN_SQUARED_ERROR) {
            Losses.meanSquaredError(1, n, 1, y, 0, n, targets, 0, n, loss, 0, wishes, 0, n);
            negated(wishes);
        }
        return new Outputs(Probabilities.of(mlp, y), targets, wishes, nudges);
    }

    /** −∂C/∂a of what a layer reads: its nudges, each times a weight, summed over the neurons. */
    private float[] wishes(Workspace workspace, int layer) {
        int in = mlp.layers().get(layer).inputs();
        int out = mlp.layers().get(layer).outputs();
        float[] wishes = new float[in];
        Gemm.sgemm(
                CALLER,
                false,
                true,
                1,
                in,
                out,
                -1,
                workspace.memory(),
                workspace.deltaOffset(layer),
                out,
                parameters,
                weights(layer).offset(),
                out,
                0,
                wishes,
                0,
                in);
        return wishes;
    }

    private Block weights(int layer) {
        return mlp.layout().block("layer" + layer + ".weights");
    }

    /**
     * The three ways to change one output neuron.
     *
     * @param explanation of the image
     * @param digit the neuron
     * @return bias, weights and activations below, each with its nudge
     */
    Avenues avenues(Explanation explanation, int digit) {
        int last = mlp.layers().size() - 1;
        int in = mlp.layers().get(last).inputs();
        int out = mlp.outputs();
        float nudge = explanation.outputs().nudges()[digit];
        float[] read = explanation.hidden().isEmpty()
                ? explanation.pixels()
                : explanation.hidden().getFirst().activations();
        float[] weights = new float[in];
        float[] wishes = new float[in];
        for (int i = 0; i < in; i++) {
            weights[i] = nudge * read[i];
            wishes[i] = nudge * parameters[weights(last).offset() + i * out + digit];
        }
        return new Avenues(digit, nudge, weights, wishes);
    }

    /**
     * The image's own gradient beside the average over a batch.
     *
     * @param index of the image
     * @param batch indices, of which the image should be one
     * @return norms and cosine of each layer and of all
     */
    Gradients gradients(int index, int... batch) {
        float[] own = passed(index).gradients();
        float[] average = passed(batch).gradients();
        List<Direction> directions = new ArrayList<>();
        for (int l = 0; l < mlp.layers().size(); l++) {
            int n = weights(l).size() + mlp.layers().get(l).outputs();
            directions.add(
                    direction("layer " + (l + 1), own, average, weights(l).offset(), n));
        }
        directions.add(direction("all", own, average, 0, own.length));
        return new Gradients(batch.length, directions);
    }

    private static Direction direction(String name, float[] own, float[] average, int from, int n) {
        double ownNorm = Vectors.norm(n, own, from);
        double averageNorm = Vectors.norm(n, average, from);
        double dot = 0;
        for (int i = from; i < from + n; i++) {
            dot += (double) own[i] * average[i];
        }
        return new Direction(name, ownNorm, averageNorm, dot / (ownNorm * averageNorm));
    }

    /**
     * The weights to which the image's cost is most sensitive.
     *
     * @param index of the image
     * @param count how many at most
     * @return the most sensitive first; none whose sensitivity is 0
     */
    List<Weight> sensitive(int index, int count) {
        float[] own = passed(index).gradients();
        List<Weight> best = new ArrayList<>();
        List<Float> sizes = new ArrayList<>();
        for (int l = 0; l < mlp.layers().size(); l++) {
            int from = weights(l).offset();
            int out = mlp.layers().get(l).outputs();
            for (int i = 0; i < weights(l).size(); i++) {
                if (own[from + i] != 0) {
                    sizes.add(Math.abs(own[from + i]));
                }
            }
            int layer = l;
            top(Arrays.copyOfRange(own, from, from + weights(l).size()), count)
                    .forEach(i -> best.add(new Weight(layer + 1, i / out, i % out, own[from + i], 0)));
        }
        sizes.sort(Comparator.naturalOrder());
        return best.stream()
                .filter(weight -> weight.sensitivity() != 0)
                .sorted(Comparator.comparingDouble(weight -> -Math.abs(weight.sensitivity())))
                .limit(count)
                .map(weight -> new Weight(
                        weight.layer(),
                        weight.from(),
                        weight.to(),
                        weight.sensitivity(),
                        Math.abs(weight.sensitivity()) / sizes.get(sizes.size() / 2)))
                .toList();
    }

    /**
     * The elements with the largest magnitude.
     *
     * @param values any
     * @param count how many at most
     * @return their indices, the largest first
     */
    static List<Integer> top(float[] values, int count) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -Math.abs(values[i])))
                .limit(count)
                .toList();
    }

    private static float[] copy(float[] from, int offset, int n) {
        return Arrays.copyOfRange(from, offset, offset + n);
    }

    private static float[] negated(float[] x) {
        for (int i = 0; i < x.length; i++) {
            // 0 − x, so that 0 stays 0 and does not become −0.
            x[i] = 0 - x[i];
        }
        return x;
    }
}
