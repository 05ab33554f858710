package dev.backlane.digits;

import dev.backlane.nn.Mlp;
import dev.backlane.nn.TrainingState;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** What {@code digits train} prints: text for people, or for a program a line of JSON for each event. */
final class TrainingOutput {
    private final PrintWriter out;
    private final boolean json;
    private String backend;

    private record Event(String event, Object data) {}

    private record Setting(
            String backend,
            String network,
            int parameters,
            String options,
            int threads,
            String data,
            int training,
            int test) {}

    private record Result(double accuracy, int wrong, int total, double seconds, List<List<Integer>> confusion) {}

    private record Saved(String file, int epoch, long step) {}

    /**
     * An output.
     *
     * @param out where to
     * @param json whether for a program
     */
    TrainingOutput(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    private void println(String line) {
        out.println(line);
        out.flush();
    }

    private void event(String name, Object data) {
        println(Json.exact(new Event(name, data)));
    }

    /**
     * Says what computes, as soon as that is known.
     *
     * @param backend in one line
     */
    void backend(String backend) {
        this.backend = backend;
        if (!json) {
            println(backend);
        }
    }

    /**
     * Says what is about to run.
     *
     * @param start network and state
     * @param data what it trains on and is tested with
     * @param threads to compute on
     * @param resumed the checkpoint that it goes on from, or null
     * @param nanos time since the start
     */
    void setting(Checkpoint start, Mnist data, int threads, Path resumed, long nanos) {
        Mlp mlp = start.mlp();
        Recipe recipe = start.recipe();
        int training = data.training().count();
        int test = data.test().count();
        if (json) {
            event(
                    "setting",
                    new Setting(
                            backend,
                            mlp.toString(),
                            mlp.parameterCount(),
                            recipe.words(),
                            threads,
                            data.origin(),
                            training,
                            test));
            return;
        }
        out.println(String.format(Locale.ROOT, "%s: %,d parameters", mlp, mlp.parameterCount()));
        out.println(String.format(
                Locale.ROOT,
                "%s, batch %d, seed %d, %d threads",
                recipe.optimizer(),
                start.trainer().batch(),
                recipe.seed(),
                threads));
        out.println(String.format(
                Locale.ROOT,
                "%s: %,d images to train on, %,d to test with, read in %.2f s",
                data.origin(),
                training,
                test,
                nanos * 1e-9));
        if (resumed != null) {
            out.println(resumed + ": " + done(start));
        }
        println(EpochResult.HEADER);
    }

    /**
     * A progress bar, where it is of use.
     *
     * @param terminal whether people watch the output
     * @param images when it is done
     * @return to be closed
     */
    Progress progress(boolean terminal, long images) {
        return Progress.start(out, terminal && !json, "train", images);
    }

    /**
     * Tells of something that happened during the run.
     *
     * @param progress the bar that the text stands above
     * @param name of the event
     * @param data a record whose text is for people
     */
    void event(Progress progress, String name, Record data) {
        progress.println(json ? Json.exact(new Event(name, data)) : data.toString());
    }

    private static String done(Checkpoint at) {
        return String.format(
                Locale.ROOT,
                "epoch %d of %d, step %,d done",
                at.state().epoch(),
                at.recipe().epochs(),
                at.state().step());
    }

    /**
     * Tells what the run came to.
     *
     * @param matrix of the trained network on the test images
     */
    void result(ConfusionMatrix matrix) {
        double seconds = Duration.between(Machine.processStart(), Instant.now()).toMillis() * 1e-3;
        if (json) {
            event("result", new Result(matrix.accuracy(), matrix.wrong(), matrix.total(), seconds, matrix.rows()));
            return;
        }
        out.println(matrix);
        println(String.format(
                Locale.ROOT,
                "test accuracy %.2f%%: %,d of %,d images read wrong; %.2f s since the process started",
                100 * matrix.accuracy(),
                matrix.wrong(),
                matrix.total(),
                seconds));
    }

    /**
     * Tells where the network is.
     *
     * @param checkpoint as it was saved
     * @param file into which
     */
    void saved(Checkpoint checkpoint, Path file) {
        if (json) {
            TrainingState state = checkpoint.state();
            event("checkpoint", new Saved(file.toString(), state.epoch(), state.step()));
        } else {
            println("checkpoint: " + file);
        }
    }

    /**
     * Tells that the run was stopped, and how to go on.
     *
     * @param at where it stands
     * @param file into which that was saved, or null
     */
    void stopped(Checkpoint at, Path file) {
        if (!json) {
            println("stopped: " + done(at)
                    + (file == null ? "; nothing was saved" : "; to go on: digits train --resume " + file));
        }
    }

    /**
     * Tells where the report is.
     *
     * @param file that was written
     */
    void report(Path file) {
        if (json) {
            event("report", file.toString());
        } else {
            println("report: " + file);
        }
    }
}
