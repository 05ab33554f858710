package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Trainer;
import dev.backlane.nn.TrainingState;
import dev.backlane.optim.Optimizer;
import dev.backlane.optim.Schedule;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short training learns, prints a line an epoch, and gives the same bits on any number of threads. */
class TrainingRunTest {
    @TempDir
    private Path folder;

    private Mnist data;
    private TrainingState state;

    @BeforeEach
    void files() throws IOException {
        IdxFiles.writeBars(folder, 503, 200);
        data = Mnist.in(folder);
    }

    private TrainingRun run(int threads, long seed, StringWriter lines) {
        Mlp mlp = Mlp.inputs(100)
                .dense(37, Activation.TANH)
                .dense(10, Activation.IDENTITY)
                .loss(Loss.SOFTMAX_CROSS_ENTROPY);
        Trainer trainer = new Trainer(mlp, new Optimizer.Adam(), new Schedule.Cosine(0.01f, 0), 25, 4, seed);
        state = trainer.start();
        try (Workers workers = Workers.of(threads);
                Progress progress = Progress.start(new PrintWriter(lines), false, "train", 4 * 503)) {
            TrainingRun run = new TrainingRun(trainer, state, data, workers, new TrainingRun.Observer() {
                @Override
                public void onEpoch(EpochResult result) {
                    progress.println(result.toString());
                }
            });
            run.run();
            return run;
        }
    }

    private float[] parameters(int threads, long seed) {
        run(threads, seed, new StringWriter());
        return state.parameters();
    }

    @Test
    void learns() {
        StringWriter lines = new StringWriter();
        TrainingRun run = run(2, 1, lines);
        assertEquals(200, run.matrix().total());
        assertTrue(run.matrix().accuracy() > 0.95, run.matrix().toString());
        String last = lines.toString().lines().toList().get(3);
        assertTrue(last.startsWith("  4/4  "), last);
        assertTrue(last.matches(" +4/4 +\\d\\.\\d{5} +\\d+\\.\\d\\d% +[\\d,]+ +\\d+\\.\\d"), last);
        assertEquals(4, lines.toString().lines().count());
    }

    @Test
    void theSameSeedGivesTheSameBitsOnAnyNumberOfThreads() {
        float[] one = parameters(1, 5);
        assertArrayEquals(one, parameters(2, 5));
        assertArrayEquals(one, parameters(3, 5));
    }

    @Test
    void anotherSeedGivesAnotherNetwork() {
        assertTrue(java.util.Arrays.mismatch(parameters(1, 5), parameters(1, 6)) >= 0);
    }
}
