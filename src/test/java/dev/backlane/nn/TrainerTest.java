package dev.backlane.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Workers;
import dev.backlane.optim.Optimizer;
import dev.backlane.optim.Schedule;
import dev.backlane.param.SeededRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class TrainerTest {
    private static final TrainingListener QUIET = new TrainingListener() {};
    private static final List<Optimizer> OPTIMIZERS = List.of(
            new Optimizer.GradientDescent(),
            new Optimizer.Momentum(0.9f),
            new Optimizer.Nesterov(0.9f),
            new Optimizer.Adam(),
            new Optimizer.Adam(0.9f, 0.99f, 1e-6f, 0.01f));

    /** Points in a square, labelled by the quadrant they lie in. */
    private static Examples quadrants(int count) {
        SeededRandom random = new SeededRandom(77);
        float[] x = new float[2 * count];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            x[2 * i] = (float) (2 * random.nextDouble() - 1);
            x[2 * i + 1] = (float) (2 * random.nextDouble() - 1);
            labels[i] = (x[2 * i] > 0 ? 1 : 0) + (x[2 * i + 1] > 0 ? 2 : 0);
        }
        return Examples.of(2, x, labels);
    }

    private static Mlp network(Activation activation) {
        return Mlp.inputs(2).dense(19, activation).dense(4, Activation.IDENTITY).loss(Loss.SOFTMAX_CROSS_ENTROPY);
    }

    /**
     * Every backend and number of threads must end at this very checksum: the suite runs once per backend, so the constant is
     * what joins them. It moves only when the arithmetic is changed on purpose.
     */
    @Test
    void contract1AWholeRunHasTheSameBitsOnEveryBackendAndNumberOfThreads() {
        CRC32 crc = new CRC32();
        for (Optimizer optimizer : OPTIMIZERS) {
            for (Activation activation : List.of(Activation.SIGMOID, Activation.TANH, Activation.GELU)) {
                Trainer trainer = new Trainer(
                        network(activation), optimizer, new Schedule.Cosine(0.05f, 0.001f), 33, 3, 11, 0.5f);
                TrainingState one = trainer.start();
                trainer.train(Workers.caller(), quadrants(200), one, QUIET);
                try (Workers three = Workers.of(3)) {
                    TrainingState many = trainer.start();
                    trainer.train(three, quadrants(200), many, QUIET);
                    assertArrayEquals(one.parameters(), many.parameters(), optimizer + " " + activation);
                }
                for (float p : one.parameters()) {
                    int bits = Float.floatToRawIntBits(p);
                    crc.update(new byte[] {(byte) bits, (byte) (bits >> 8), (byte) (bits >> 16), (byte) (bits >> 24)});
                }
            }
        }
        assertEquals("7e633e7e", Long.toHexString(crc.getValue()));
    }

    /** Wide enough that products and updates are really cut among threads. */
    @Test
    void contract1AWideRunHasTheSameBitsOnAnyNumberOfThreads() {
        Mlp mlp = Mlp.inputs(2)
                .dense(120, Activation.TANH)
                .dense(600, Activation.RELU)
                .dense(4, Activation.IDENTITY)
                .loss(Loss.SOFTMAX_CROSS_ENTROPY);
        Trainer trainer = new Trainer(mlp, new Optimizer.Adam(), new Schedule.Constant(0.001f), 64, 1, 5);
        float[] expected = null;
        try (Workers two = Workers.of(2);
                Workers three = Workers.of(3)) {
            for (Workers workers : new Workers[] {Workers.caller(), two, three}) {
                TrainingState state = trainer.start();
                trainer.train(workers, quadrants(150), state, QUIET);
                if (expected == null) {
                    expected = state.parameters();
                }
                assertArrayEquals(expected, state.parameters());
            }
        }
    }

    /** The bad label is the last example's, yet not one update is made. */
    @Test
    void contract6ABadLabelIsFoundBeforeTheFirstUpdate() {
        Trainer trainer = new Trainer(
                network(Activation.RELU), new Optimizer.GradientDescent(), new Schedule.Constant(0.1f), 1, 1, 1);
        TrainingState state = trainer.start();
        float[] before = state.parameters().clone();
        named("example 2", () -> train(trainer, Examples.of(2, new float[6], new int[] {0, 1, 4}), state));
        named("listener", () -> trainer.train(Workers.caller(), quadrants(3), state, null));
        named("state", () -> trainer.train(Workers.caller(), quadrants(3), null, QUIET));
        named("examples", () -> trainer.train(Workers.caller(), null, state, QUIET));
        assertArrayEquals(before, state.parameters());
        assertEquals(0, state.step());
    }

    @Test
    void everyOptimizerLearns() {
        Examples examples = quadrants(400);
        for (Optimizer optimizer : OPTIMIZERS) {
            float rate = optimizer instanceof Optimizer.GradientDescent ? 0.5f : 0.03f;
            double[] losses = new double[2];
            Trainer trainer = new Trainer(network(Activation.TANH), optimizer, new Schedule.Constant(rate), 20, 30, 3);
            trainer.train(Workers.caller(), examples, trainer.start(), new TrainingListener() {
                @Override
                public boolean onEpoch(int epoch, double meanLoss, double seconds) {
                    losses[epoch == 0 ? 0 : 1] = meanLoss;
                    return true;
                }
            });
            assertTrue(losses[1] < 0.2 && losses[1] < losses[0] / 3, optimizer + ": " + Arrays.toString(losses));
        }
    }

    @Test
    void xorIsLearned() {
        Examples xor = Examples.of(2, new float[] {0, 0, 0, 1, 1, 0, 1, 1}, new int[] {0, 1, 1, 0});
        Mlp mlp = Mlp.inputs(2)
                .dense(8, Activation.TANH)
                .dense(2, Activation.SIGMOID)
                .loss(Loss.SQUARED_ERROR);
        Trainer trainer = new Trainer(mlp, new Optimizer.Momentum(0.9f), new Schedule.Constant(0.2f), 4, 500, 1);
        TrainingState state = trainer.start();
        trainer.train(Workers.caller(), xor, state, QUIET);
        float[] y = new float[8];
        mlp.predict(
                Workers.caller(),
                4,
                new float[] {0, 0, 0, 1, 1, 0, 1, 1},
                0,
                2,
                state.parameters(),
                0,
                mlp.inferenceWorkspace(4),
                y,
                0,
                2);
        for (int i = 0; i < 4; i++) {
            boolean odd = i == 1 || i == 2;
            assertTrue(odd ? y[2 * i + 1] > 0.9f : y[2 * i] > 0.9f, Arrays.toString(y));
        }
    }

    @Test
    void aResumedRunHasTheBitsOfOneThatNeverStopped() {
        Examples examples = quadrants(101);
        Trainer trainer =
                new Trainer(network(Activation.RELU), new Optimizer.Adam(), new Schedule.Cosine(0.01f, 0), 10, 6, 5);
        TrainingState whole = trainer.start();
        trainer.train(Workers.caller(), examples, whole, QUIET);
        TrainingState first = trainer.start();
        trainer.train(Workers.caller(), examples, first, new TrainingListener() {
            @Override
            public boolean onEpoch(int epoch, double meanLoss, double seconds) {
                return epoch < 2;
            }
        });
        assertEquals(3, first.epoch());
        TrainingState second = new TrainingState(
                first.parameters().clone(), first.optimizerState().clone(), first.epoch(), first.step());
        trainer.train(Workers.caller(), examples, second, QUIET);
        assertArrayEquals(whole.parameters(), second.parameters());
        assertEquals(whole.step(), second.step());
        assertEquals(6 * 11, whole.step());
    }

    /** Stopped after every single update, the last of an epoch included, and each time from a copy of the state. */
    @Test
    void aRunMayStopAndResumeAtAnyUpdate() {
        Examples examples = quadrants(23);
        Trainer trainer = new Trainer(
                network(Activation.TANH), new Optimizer.Nesterov(0.9f), new Schedule.Cosine(0.05f, 0), 5, 3, 5);
        List<Double> expected = new ArrayList<>();
        TrainingState whole = trainer.start();
        trainer.train(Workers.caller(), examples, whole, new TrainingListener() {
            @Override
            public boolean onEpoch(int epoch, double meanLoss, double seconds) {
                return expected.add(meanLoss);
            }
        });
        List<Double> losses = new ArrayList<>();
        TrainingState state = trainer.start();
        for (int stop = 1; stop <= 15; stop++) {
            state = new TrainingState(
                    state.parameters().clone(),
                    state.optimizerState().clone(),
                    state.epoch(),
                    state.step(),
                    state.lossSum());
            trainer.train(Workers.caller(), examples, state, new TrainingListener() {
                @Override
                public boolean onBatch(int epoch, int count, double loss) {
                    return false;
                }

                @Override
                public boolean onEpoch(int epoch, double meanLoss, double seconds) {
                    return losses.add(meanLoss);
                }
            });
            assertEquals(stop, state.step());
        }
        assertEquals(3, state.epoch());
        assertEquals(expected, losses);
        assertArrayEquals(whole.parameters(), state.parameters());
        assertArrayEquals(whole.optimizerState(), state.optimizerState());
    }

    @Test
    void theLastPartialBatchCountsAndEveryExampleIsSeenOnce() {
        int[] batches = new int[2];
        int[] seen = new int[1];
        Trainer trainer = new Trainer(
                network(Activation.RELU), new Optimizer.GradientDescent(), new Schedule.Constant(0.1f), 7, 1, 5);
        trainer.train(Workers.caller(), quadrants(23), trainer.start(), new TrainingListener() {
            @Override
            public boolean onBatch(int epoch, int examples, double loss) {
                batches[0]++;
                seen[0] = examples;
                return true;
            }
        });
        assertEquals(4, batches[0]);
        assertEquals(23, seen[0]);
        assertEquals(4, trainer.stepsPerEpoch(23));
        assertEquals(3, trainer.stepsPerEpoch(21));
        assertEquals(1, trainer.stepsPerEpoch(1));
    }

    /** An epoch's loss is the mean over its examples, not over its batches, which need not be of one size. */
    @Test
    void anEpochTellsItsMeanLossAndItsSeconds() {
        Trainer trainer = new Trainer(
                network(Activation.RELU), new Optimizer.GradientDescent(), new Schedule.Constant(0.1f), 7, 1, 5);
        double[] sum = new double[1];
        double[] told = new double[2];
        long begin = System.nanoTime();
        trainer.train(Workers.caller(), quadrants(23), trainer.start(), new TrainingListener() {
            @Override
            public boolean onBatch(int epoch, int examples, double loss) {
                sum[0] += loss * (examples == 23 ? 2 : 7);
                return true;
            }

            @Override
            public boolean onEpoch(int epoch, double meanLoss, double seconds) {
                told[0] = meanLoss;
                told[1] = seconds;
                return true;
            }
        });
        assertEquals(sum[0] / 23, told[0], 1e-12);
        assertTrue(told[1] > 0 && told[1] <= (System.nanoTime() - begin) * 1e-9, told[1] + " s");
    }

    @Test
    void aRunWithoutEpochsLeavesTheStateAsItIs() {
        Trainer trainer = new Trainer(
                network(Activation.RELU), new Optimizer.GradientDescent(), new Schedule.Constant(0.1f), 7, 0, 5);
        TrainingState state = trainer.start();
        train(trainer, quadrants(23), state);
        assertArrayEquals(trainer.start().parameters(), state.parameters());
    }

    /** One step of plain gradient descent moves against the mean of the examples' gradients. */
    @Test
    void theGradientIsAveragedOverTheBatch() {
        Examples examples = quadrants(8);
        Mlp mlp = network(Activation.TANH);
        Trainer trainer = new Trainer(mlp, new Optimizer.GradientDescent(), new Schedule.Constant(1), 8, 1, 5);
        TrainingState state = trainer.start();
        float[] before = state.parameters().clone();
        trainer.train(Workers.caller(), examples, state, QUIET);
        double[] mean = new double[before.length];
        float[] gradient = new float[before.length];
        float[] x = new float[2];
        int[] label = new int[1];
        Workspace workspace = mlp.workspace(1);
        for (int i = 0; i < 8; i++) {
            examples.gather(new int[] {i}, 0, 1, x, 0);
            examples.labels(new int[] {i}, 0, 1, label);
            mlp.forward(Workers.caller(), 1, x, 0, 2, before, 0, workspace);
            mlp.loss(1, label, 0, 1, workspace);
            mlp.backward(Workers.caller(), 1, x, 0, 2, before, 0, workspace, gradient, 0, false);
            for (int k = 0; k < mean.length; k++) {
                mean[k] += gradient[k] / 8.0;
            }
        }
        for (int k = 0; k < mean.length; k++) {
            assertEquals(before[k] - mean[k], state.parameters()[k], 1e-6);
        }
    }

    @Test
    void badArgumentsAreNamed() {
        Mlp mlp = network(Activation.RELU);
        Optimizer descent = new Optimizer.GradientDescent();
        Schedule rate = new Schedule.Constant(0.1f);
        named("mlp", () -> new Trainer(null, descent, rate, 1, 1, 1));
        named("batch", () -> new Trainer(mlp, descent, rate, 0, 1, 1));
        named("epochs", () -> new Trainer(mlp, descent, rate, 1, -1, 1));
        named("maxNorm", () -> new Trainer(mlp, descent, rate, 1, 1, 1, Float.NaN));
        named("maxNorm", () -> new Trainer(mlp, descent, rate, 1, 1, 1, 0));
        named("rate", () -> new Schedule.Constant(Float.NaN));
        named("momentum", () -> new Optimizer.Momentum(1));
        named("beta2", () -> new Optimizer.Adam(0.9f, Float.NaN, 1e-8f, 0));
        Trainer trainer = new Trainer(mlp, descent, rate, 4, 1, 1);
        named("empty", () -> train(trainer, Examples.of(2, new float[0], new int[0]), trainer.start()));
        named("2 features", () -> train(trainer, Examples.of(3, new float[3], new int[1]), trainer.start()));
        named("label of example 0", () -> train(trainer, Examples.of(2, new float[2], new int[] {4}), trainer.start()));
        named("parameters must", () -> descent.update(Workers.caller(), 1, 1, 1, null, 0, null, 0, null, 0));
        named(
                "state must",
                () -> new Optimizer.Adam()
                        .update(Workers.caller(), 1, 1, 1, new float[1], 0, new float[1], 0, null, 0));
        named("state", () -> train(trainer, quadrants(4), new TrainingState(new float[3], new float[0], 0, 0)));
        named("example 3", () -> train(trainer, Examples.of(2, new float[8], new int[] {0, 1, 2, 4}), trainer.start()));
        Trainer adam = new Trainer(mlp, new Optimizer.Adam(), rate, 4, 1, 1);
        int n = mlp.parameterCount();
        named(n + " parameters and " + 2 * n, () -> train(adam, quadrants(4), trainer.start()));
        float[] parameters = new float[mlp.parameterCount()];
        named("0 to 2 steps", () -> train(trainer, quadrants(9), new TrainingState(parameters, new float[0], 1, 2)));
        named("0 to 2 steps", () -> train(trainer, quadrants(9), new TrainingState(parameters, new float[0], 1, 6)));
        named("features", () -> Examples.of(0, new float[0], new int[0]));
        assertEquals(1, Examples.of(1, new float[2], new int[2]).features());
        named("x must not be null", () -> Examples.of(1, null, new int[0]));
        named("labels must not be null", () -> Examples.of(1, new float[0], null));
        named("epoch", () -> new TrainingState(new float[1], new float[0], -1, 0));
    }

    private static void train(Trainer trainer, Examples examples, TrainingState state) {
        trainer.train(Workers.caller(), examples, state, QUIET);
    }

    private static void named(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
