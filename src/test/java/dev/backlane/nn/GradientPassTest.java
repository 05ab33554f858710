package dev.backlane.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Workers;
import dev.backlane.optim.Optimizer;
import dev.backlane.optim.Schedule;
import dev.backlane.param.SeededRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gradient in pieces, and a run whose gradients are added up from parts. */
class GradientPassTest {
    private static final int COUNT = 150;
    private static final Mlp MLP = Mlp.inputs(7)
            .dense(19, Activation.TANH)
            .dense(5, Activation.IDENTITY)
            .loss(Loss.SOFTMAX_CROSS_ENTROPY);

    private final float[] x = new float[7 * COUNT];
    private final int[] labels = new int[COUNT];
    private final Examples examples = Examples.of(7, x, labels);

    GradientPassTest() {
        SeededRandom random = new SeededRandom(5);
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < COUNT; i++) {
            labels[i] = random.nextInt(5);
        }
    }

    private static int[] upTo(int n) {
        int[] indices = new int[n];
        for (int i = 0; i < n; i++) {
            indices[i] = i;
        }
        return indices;
    }

    private float[] gradient(int maxBatch, int from, int to) {
        float[] parameters = new float[MLP.parameterCount()];
        MLP.initialize(3, parameters, 0);
        float[] gradients = new float[parameters.length];
        Arrays.fill(gradients, Float.NaN);
        new GradientPass(MLP, maxBatch)
                .run(Workers.caller(), examples, upTo(COUNT), from, to, 0.01f, parameters, gradients);
        return gradients;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64, 149, 1000})
    void contract1TheBitsDoNotDependOnHowManyExamplesGoAtOnce(int maxBatch) {
        assertArrayEquals(gradient(COUNT, 0, COUNT), gradient(maxBatch, 0, COUNT));
    }

    @Test
    void withoutExamplesTheGradientIsZero() {
        assertArrayEquals(new float[MLP.parameterCount()], gradient(4, 9, 9));
    }

    /** The trainer with gradients from a number of parts, which come in backwards. */
    private TrainingState inParts(Trainer trainer, int parts) {
        TrainingState state = trainer.start();
        GradientPass pass = new GradientPass(MLP, 8);
        BatchGradient source = (order, from, to, parameters, gradients) -> {
            GradientSum sum = GradientSum.none(parts);
            for (int p = parts - 1; p >= 0; p--) {
                int part = p;
                int[] own = Arrays.stream(order, from, to)
                        .filter(i -> (long) i * parts / COUNT == part)
                        .toArray();
                float[] share = new float[gradients.length];
                double loss =
                        pass.run(Workers.caller(), examples, own, 0, own.length, 1f / (to - from), parameters, share);
                sum.add(GradientSum.of(part, parts, own.length, loss, share));
            }
            assertEquals(to - from, sum.examples());
            System.arraycopy(sum.gradients(), 0, gradients, 0, gradients.length);
            return sum.loss();
        };
        trainer.train(Workers.caller(), COUNT, source, state, new TrainingListener() {});
        return state;
    }

    /** 40 is no power of two: scaling after the sum would give other bits. */
    @Test
    void onePartGivesTheBitsOfTheTrainerAndMoreThanOneItsNumbers() {
        Trainer trainer = new Trainer(MLP, new Optimizer.Adam(), new Schedule.Cosine(0.01f, 0), 40, 4, 11, 0.5f);
        TrainingState alone = trainer.start();
        trainer.train(Workers.caller(), examples, alone, new TrainingListener() {});
        assertArrayEquals(alone.parameters(), inParts(trainer, 1).parameters());
        float[] three = inParts(trainer, 3).parameters();
        assertNotEquals(Arrays.toString(alone.parameters()), Arrays.toString(three));
        assertArrayEquals(alone.parameters(), three, 1e-4f);
    }

    @Test
    void badArgumentsAreNamed() {
        float[] parameters = new float[MLP.parameterCount()];
        GradientPass pass = new GradientPass(MLP, 4);
        named("mlp", () -> new GradientPass(null, 4));
        named("maxBatch", () -> new GradientPass(MLP, 0));
        named("indices", () -> pass.run(Workers.caller(), examples, new int[3], 1, 4, 1, parameters, parameters));
        named("gradients", () -> pass.run(Workers.caller(), examples, new int[3], 0, 1, 1, parameters, new float[3]));
        named("gradients", () -> pass.run(Workers.caller(), examples, new int[3], 1, 1, 1, parameters, new float[3]));
        Examples narrow = Examples.of(3, new float[3], new int[1]);
        named("7 features", () -> pass.run(Workers.caller(), narrow, new int[1], 0, 1, 1, parameters, new float[999]));
        Trainer trainer = new Trainer(MLP, new Optimizer.Adam(), new Schedule.Constant(1), 1, 1, 1);
        named("source", () -> trainer.train(Workers.caller(), 1, null, trainer.start(), new TrainingListener() {}));
        named(
                "empty",
                () -> trainer.train(
                        Workers.caller(), 0, (o, f, t, p, g) -> 0, trainer.start(), new TrainingListener() {}));
    }

    private static void named(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
