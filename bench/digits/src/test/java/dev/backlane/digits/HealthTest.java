package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.digits.VanishingGradient.Network;
import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Activation.Kind;
import dev.backlane.kernel.Activations;
import dev.backlane.kernel.Vectors;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Trainer;
import dev.backlane.nn.TrainingState;
import dev.backlane.optim.Optimizer;
import dev.backlane.optim.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Layers whose health is known. */
class HealthTest {
    private static final Workers CALLER = Workers.caller();

    @TempDir
    private Path folder;

    private MnistExamples examples;

    @BeforeEach
    void files() throws IOException {
        IdxFiles.writeBars(folder, 120, 20);
        examples = Mnist.in(folder).training();
    }

    private static Trainer trainer(Activation activation) {
        Mlp mlp = Mlp.inputs(100)
                .dense(8, activation)
                .dense(10, Activation.IDENTITY)
                .loss(Loss.SOFTMAX_CROSS_ENTROPY);
        return new Trainer(mlp, new Optimizer.GradientDescent(), new Schedule.Constant(0.25f), 30, 2, 1);
    }

    private Health measure(Trainer trainer, TrainingState state) {
        return new Health.Probe(trainer, examples, 1, CALLER).measure(state);
    }

    @Test
    void saturatedAndDeadUnits() {
        Trainer sigmoid = trainer(Activation.SIGMOID);
        TrainingState state = sigmoid.start();
        int bias = sigmoid.mlp().layout().block("layer0.bias").offset();
        Arrays.fill(state.parameters(), 0, bias + 8, 0);
        Health.Layer flat = measure(sigmoid, state).layers().getFirst();
        assertEquals(0, flat.saturated());
        assertEquals(List.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 120 * 8), flat.slopes());
        state.parameters()[bias + 2] = 50;
        state.parameters()[bias + 5] = -50;
        // f′ = 0.031, which is an eighth of the largest: not saturated.
        state.parameters()[bias + 3] = 3.4f;
        Health.Layer layer = measure(sigmoid, state).layers().getFirst();
        assertEquals(2 / 8.0, layer.saturated());
        assertEquals(2, layer.dead());
        assertEquals(List.of(240, 120, 0, 0, 0, 0, 0, 0, 0, 600), layer.slopes());
        Trainer relu = trainer(Activation.RELU);
        TrainingState dead = relu.start();
        dead.parameters()[bias + 7] = -1000;
        assertEquals(1, measure(relu, dead).layers().getFirst().dead());
    }

    @Test
    void normsAndTheUpdateThatFollows() {
        Trainer trainer = trainer(Activation.TANH);
        TrainingState state = trainer.start();
        float[] before = state.parameters().clone();
        Health health = measure(trainer, state);
        assertArrayEquals(before, state.parameters());
        Batch batch = new Batch(trainer.mlp(), examples, TrainedOptions.draw(examples, 500, 1));
        assertEquals(batch.loss(CALLER, before), health.loss());
        float[] gradient = batch.backward(CALLER, before);
        int split = trainer.mlp().layout().block("layer1.weights").offset();
        Health.Layer first = health.layers().getFirst();
        Health.Layer second = health.layers().getLast();
        assertEquals(Vectors.norm(split, gradient, 0), first.gradientNorm());
        assertEquals(Vectors.norm(gradient.length - split, gradient, split), second.gradientNorm());
        assertEquals(Vectors.norm(split, before, 0), first.weightNorm());
        assertEquals(0.25 * first.gradientNorm() / first.weightNorm(), first.updateRatio(), 1e-4 * first.updateRatio());
        assertEquals(2, health.toString().lines().skip(2).count());
    }

    /** No slope of any activation is steeper than what the histogram ends with, and one is about as steep. */
    @ParameterizedTest
    @EnumSource
    void largestSlopes(Kind kind) {
        Activation f = Activation.of(kind.name());
        int n = 200_001;
        float[] x = new float[n];
        float[] slopes = new float[n];
        float[] saved = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (i - n / 2) * 1e-4f;
        }
        Arrays.fill(slopes, 1);
        Activations.forward(f, n, x, 0, saved, 0);
        boolean output = f.reads() == Activation.Reads.OUTPUT;
        Activations.backward(f, n, output ? saved : x, 0, slopes, 0, slopes, 0);
        float steepest = 0;
        for (float slope : slopes) {
            steepest = Math.max(steepest, Math.abs(slope));
        }
        assertTrue(steepest <= 1.0001 * Health.largestSlope(f), steepest + " of " + f);
        assertTrue(steepest >= 0.9999 * Health.largestSlope(f), steepest + " of " + f);
    }

    @Test
    void theGradientVanishesInSigmoidsAndNotInRelus() {
        VanishingGradient deep = VanishingGradient.measure(examples, 1, CALLER);
        Network sigmoid = deep.networks().getFirst();
        Network relu = deep.networks().getLast();
        assertEquals(8, sigmoid.start().layers().size());
        assertEquals(deep.updates(), relu.end().step());
        assertTrue(Network.arrives(sigmoid.start()) < 0.01, deep.toString());
        assertTrue(Network.arrives(relu.start()) > 0.1, deep.toString());
        assertTrue(relu.end().loss() < 0.5 * sigmoid.end().loss(), deep.toString());
    }

    @Test
    void bars() {
        assertEquals("  ▁▄█", Health.bars(List.of(0, 0, 1, 50, 100)));
        assertEquals("  ", Health.bars(List.of(0, 0)));
    }
}
