package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.digits.Explanation.Avenues;
import dev.backlane.digits.Explanation.Direction;
import dev.backlane.digits.Explanation.Hidden;
import dev.backlane.digits.Explanation.Weight;
import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Wishes and nudges against differences of the cost, computed in double by the textbook's formulas. */
class ExplainerTest {
    private static final int IMAGE = 3;

    @TempDir
    private Path folder;

    private MnistExamples examples;

    @BeforeEach
    void files() throws IOException {
        IdxFiles.writeBars(folder, 60, 20);
        examples = Mnist.in(folder).test();
    }

    static Stream<Arguments> networks() {
        List<Arguments> all = new ArrayList<>();
        for (Loss loss : Loss.values()) {
            for (String activation : List.of("sigmoid", "tanh", "gelu", "softplus", "silu", "elu:0.7")) {
                Activation last = loss.onLogits() ? Activation.IDENTITY : Activation.SIGMOID;
                all.add(Arguments.of(Mlp.inputs(100)
                        .dense(13, Activation.of(activation))
                        .dense(9, Activation.of(activation))
                        .dense(10, last)
                        .loss(loss)));
            }
        }
        return all.stream();
    }

    private static float[] parameters(Mlp mlp) {
        float[] parameters = new float[mlp.parameterCount()];
        mlp.initialize(5, parameters, 0);
        for (int i = 0; i < parameters.length; i += 7) {
            parameters[i] += 0.05f;
        }
        return parameters;
    }

    private static double[] doubles(float... values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    /** −∂cost/∂vᵢ by a central difference. */
    private double wish(Mlp mlp, double[] pixels, double[] parameters, double[] moved, int i) {
        double h = 1e-5;
        double old = moved[i];
        int[] label = {examples.label(IMAGE)};
        moved[i] = old + h;
        double up = DoubleNetwork.loss(mlp, pixels, label, parameters);
        moved[i] = old - h;
        double down = DoubleNetwork.loss(mlp, pixels, label, parameters);
        moved[i] = old;
        return (down - up) / (2 * h);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void wishesAndNudgesAreTheNegativeGradient(Mlp mlp) {
        float[] floats = parameters(mlp);
        double[] parameters = doubles(floats);
        Explainer explainer = new Explainer(mlp, floats, examples);
        Explanation it = explainer.explain(IMAGE);
        double[] pixels = doubles(it.pixels());
        assertEquals(DoubleNetwork.loss(mlp, pixels, new int[] {examples.label(IMAGE)}, parameters), it.cost(), 1e-5);
        for (int i = 0; i < 100; i += 9) {
            assertEquals(wish(mlp, pixels, parameters, pixels, i), it.pixelWishes()[i], 1e-5, "pixel " + i);
        }
        // A nudge is what the bias wants.
        for (int l = 0; l < 3; l++) {
            int bias = mlp.layout().block("layer" + l + ".bias").offset();
            float[] nudges =
                    l == 2 ? it.outputs().nudges() : it.hidden().get(1 - l).nudges();
            for (int j = 0; j < nudges.length; j++) {
                double wish = wish(mlp, pixels, parameters, parameters, bias + j);
                assertEquals(wish, nudges[j], 1e-5, "neuron " + j + " of layer " + l);
            }
        }
        int weights = mlp.layout().block("layer2.weights").offset();
        Hidden below = it.hidden().getFirst();
        double[] sum = new double[9];
        for (int digit = 0; digit < 10; digit++) {
            Avenues avenues = explainer.avenues(it, digit);
            assertEquals(it.outputs().nudges()[digit], avenues.bias());
            for (int i = 0; i < 9; i++) {
                double wish = wish(mlp, pixels, parameters, parameters, weights + i * 10 + digit);
                assertEquals(wish, avenues.weights()[i], 1e-5, "weight " + i + " of output " + digit);
                sum[i] += avenues.wishes()[i];
            }
        }
        for (int i = 0; i < 9; i++) {
            assertEquals(sum[i], below.wishes()[i], 1e-6, "the wishes of all ten outputs, summed");
        }
        if (mlp.loss() == Loss.SOFTMAX_CROSS_ENTROPY || mlp.loss() == Loss.SQUARED_ERROR) {
            double factor = mlp.loss() == Loss.SQUARED_ERROR ? 2 : 1;
            for (int j = 0; j < 10; j++) {
                double away = it.outputs().targets()[j] - it.outputs().activations()[j];
                assertEquals(factor * away, it.outputs().wishes()[j], 1e-6, "output " + j);
            }
        }
    }

    @Test
    void aNetworkWithoutHiddenLayersIsExplainedByItsPixels() {
        Mlp mlp = Mlp.inputs(100).dense(10, Activation.IDENTITY).loss(Loss.SOFTMAX_CROSS_ENTROPY);
        float[] parameters = parameters(mlp);
        Explainer explainer = new Explainer(mlp, parameters, examples);
        Explanation it = explainer.explain(IMAGE);
        assertTrue(it.hidden().isEmpty());
        Avenues avenues = explainer.avenues(it, 4);
        assertEquals(avenues.bias() * it.pixels()[7], avenues.weights()[7], 1e-7);
        assertEquals(avenues.bias() * parameters[74], avenues.wishes()[7], 1e-7);
    }

    @Test
    void gradientsPointWhereTheyPoint() {
        Mlp mlp = (Mlp) networks().toList().get(1).get()[0];
        float[] parameters = parameters(mlp);
        Explainer explainer = new Explainer(mlp, parameters, examples);
        for (Direction alone : explainer.gradients(IMAGE, IMAGE).layers()) {
            assertEquals(1, alone.cosine(), 1e-9);
            assertEquals(alone.own(), alone.average());
        }
        Batch batch = new Batch(mlp, examples, IMAGE, 4, 5);
        batch.loss(Workers.caller(), parameters);
        float[] average = batch.backward(Workers.caller(), parameters).clone();
        Batch one = new Batch(mlp, examples, IMAGE);
        one.loss(Workers.caller(), parameters);
        float[] own = one.backward(Workers.caller(), parameters);
        double cosine = 0;
        double ownNorm = 0;
        double norm = 0;
        for (int i = 0; i < own.length; i++) {
            cosine += (double) own[i] * average[i];
            ownNorm += (double) own[i] * own[i];
            norm += (double) average[i] * average[i];
        }
        List<Direction> directions = explainer.gradients(IMAGE, IMAGE, 4, 5).layers();
        assertEquals(4, directions.size());
        assertEquals(cosine / Math.sqrt(ownNorm * norm), directions.getLast().cosine(), 1e-9);
        assertEquals(Math.sqrt(norm), directions.getLast().average(), 1e-9);
        List<Weight> weights = explainer.sensitive(IMAGE, 5);
        float largest = 0;
        for (int l = 0; l < 3; l++) {
            var block = mlp.layout().block("layer" + l + ".weights");
            for (int i = block.offset(); i < block.offset() + block.size(); i++) {
                largest = Math.max(largest, Math.abs(own[i]));
            }
        }
        Weight first = weights.getFirst();
        assertEquals(5, weights.size());
        assertEquals(largest, Math.abs(first.sensitivity()));
        var block = mlp.layout().block("layer" + (first.layer() - 1) + ".weights");
        int out = mlp.layers().get(first.layer() - 1).outputs();
        assertEquals(own[block.offset() + first.from() * out + first.to()], first.sensitivity());
        assertTrue(first.ratio() > 1 && first.ratio() > weights.getLast().ratio());
        assertArrayEquals(
                weights.stream()
                        .mapToDouble(weight -> -Math.abs(weight.sensitivity()))
                        .sorted()
                        .toArray(),
                weights.stream()
                        .mapToDouble(weight -> -Math.abs(weight.sensitivity()))
                        .toArray());
    }
}
