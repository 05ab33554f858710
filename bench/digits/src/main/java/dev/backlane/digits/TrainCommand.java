package dev.backlane.digits;

import dev.backlane.kernel.Backend;
import dev.backlane.kernel.Vectors;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Trainer;
import dev.backlane.nn.TrainingState;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code digits train}. */
@Command(
        name = "train",
        abbreviateSynopsis = true,
        sortOptions = false,
        description = "Train a network on the 60,000 images of MNIST, or on others, and test it with 10,000 more.",
        footerHeading =
                "%nEach epoch prints its mean loss, the accuracy on the test images, the images per second, and the"
                        + " GFLOP/s at 6 operations per weight and image. Ctrl-C saves a checkpoint, and --resume goes"
                        + " on from there with the same bits as if nothing had been.%n%nExamples:%n",
        footer = {
            "  digits",
            "  digits train --network 512,512 --batch 128 --learning-rate 0.2",
            "  digits train --network 30 --activation sigmoid --loss squared-error",
            "               --optimizer gradient-descent --learning-rate 1 --batch 10",
            "  digits train --data fashion-mnist --epochs 20 --require-accuracy 88",
            "  digits train --report report.html",
            "  digits train --resume target/digits/checkpoint.safetensors",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the accuracy is below --require-accuracy, or the loss is no longer a number",
            "2:a wrong option",
            "3:a file is missing, unreadable, damaged or cannot be written",
            "4:this Java lacks memory, or the backend that was forced",
            "70:a bug",
            "130:stopped by Ctrl-C, after a checkpoint was saved"
        })
final class TrainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ArgGroup(validate = false, heading = "%nNetwork:%n")
    private NetworkOptions networkOptions = new NetworkOptions();

    @ArgGroup(validate = false, heading = "%nOptimizer:%n")
    private OptimizerOptions optimizerOptions = new OptimizerOptions();

    @ArgGroup(validate = false, heading = "%nRun:%n")
    private RunOptions runOptions = new RunOptions();

    @ArgGroup(validate = false, heading = "%nFiles:%n")
    private FileOptions fileOptions = new FileOptions();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("unused")
    private boolean help;

    private final boolean terminal;

    /** Length and surroundings of a run. */
    private static final class RunOptions extends LengthOptions {
        @Option(
                names = "--threads",
                paramLabel = "N",
                description = "How many to compute on. Default: the number of processors")
        private int threads = CommonOptions.defaultThreads();

        @Option(
                names = "--data",
                paramLabel = "DIR",
                description =
                        "A folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and"
                                + " t10k-labels-idx1-ubyte, each gzipped or not. Default: the MNIST that comes with"
                                + " digits")
        private Path data;

        @Option(
                names = "--require-accuracy",
                paramLabel = "PERCENT",
                description = "End with exit code 1 if the last test accuracy is lower. Default: none is required")
        private Double requireAccuracy;

        @Option(names = "--health", description = "After each epoch, print what 'digits health' prints of each layer.")
        private boolean health;

        @Option(names = "--json", description = "Print JSON instead of text: a line for each event.")
        private boolean json;
    }

    /** What a run leaves behind, or starts from. */
    private static final class FileOptions {
        @Option(
                names = "--checkpoint",
                paramLabel = "FILE",
                description =
                        "Save network, optimizer state, epoch and step into this file at the end and at Ctrl-C, in the"
                                + " format safetensors; 'none' for no file. Default: the one that --resume names, else"
                                + " target/digits/checkpoint.safetensors")
        private String checkpoint;

        @Option(
                names = "--save-every",
                paramLabel = "N",
                description = "Save after every N epochs, too. Default: not before the end")
        private int saveEvery = Integer.MAX_VALUE;

        @Option(
                names = "--resume",
                paramLabel = "FILE",
                description =
                        "Go on from a checkpoint. Network, optimizer, batch and seed are the checkpoint's; --epochs"
                                + " may make the run longer than it was meant to be.")
        private Path resume;

        @Option(
                names = "--report",
                paramLabel = "FILE",
                description = "Write a page that shows how the training went and what the network wants.")
        private Path report;
    }

    /** What a line of JSON tells. */
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
     * The command.
     *
     * @param terminal whether people watch the output, so that a progress bar is of use
     */
    TrainCommand(boolean terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        long begin = System.nanoTime();
        PrintWriter out = spec.commandLine().getOut();
        check();
        Path file = checkpointFile();
        String backend = describe();
        if (!runOptions.json) {
            out.println(backend);
            out.flush();
        }
        Checkpoint start = fileOptions.resume == null ? null : Checkpoint.read(fileOptions.resume);
        Mnist data = runOptions.data == null ? Mnist.bundled() : Mnist.in(runOptions.data);
        start = start == null ? fresh(data) : resumed(start, data);
        Trainer trainer = start.trainer();
        printSetting(out, backend, start, data, System.nanoTime() - begin);

        long images = (long) trainer.epochs() * data.training().count();
        try (Interrupt interrupt = Interrupt.open()) {
            TrainingRun run;
            ReportWriter report = null;
            try (Workers workers = usage(() -> Workers.of(runOptions.threads));
                    Progress progress = Progress.start(out, terminal && !runOptions.json, "train", images)) {
                if (fileOptions.report != null) {
                    report = new ReportWriter(start, data, workers);
                }
                run = run(start, data, workers, new Watch(start, data, workers, progress, interrupt, report, file));
                run.run();
            }
            if (run.stopped()) {
                return stopped(out, start, file);
            }
            printResult(out, run);
            if (!run.diverged()) {
                save(out, start, file);
                if (report != null) {
                    report(out, report, run);
                }
            }
            return verdict(run);
        }
    }

    private TrainingRun run(Checkpoint start, Mnist data, Workers workers, TrainingRun.Observer observer) {
        return usage(() -> new TrainingRun(start.trainer(), start.state(), data, workers, observer));
    }

    /** Refuses what can be refused before the data are read. */
    private void check() {
        usage(() -> {
            optimizerOptions.optimizer();
            optimizerOptions.schedule(1);
            CommonOptions.checkThreads(runOptions.threads);
            Double required = runOptions.requireAccuracy;
            if (required != null && !(required > 1 && required <= 100)) {
                throw new IllegalArgumentException(
                        "--require-accuracy is in percent and must be above 1 and at most 100, but is " + required);
            }
            if (fileOptions.saveEvery < 1) {
                throw new IllegalArgumentException("--save-every must be at least 1, but is " + fileOptions.saveEvery);
            }
            if (fileOptions.resume != null) {
                for (String option : Recipe.options()) {
                    if (given(option) && !option.equals("--epochs")) {
                        throw new IllegalArgumentException(option + " has no use with --resume, which has its own");
                    }
                }
            }
            Recipe recipe = recipe();
            return recipe.trainer(recipe.mlp(1), recipe.batch());
        });
        if (fileOptions.report != null) {
            OutputFile.check(fileOptions.report);
        }
    }

    private boolean given(String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    private Recipe recipe() {
        return new Recipe(networkOptions, optimizerOptions, runOptions);
    }

    /** Where to save; null for nowhere. */
    private Path checkpointFile() {
        if ("none".equals(fileOptions.checkpoint)) {
            return null;
        }
        Path file = fileOptions.checkpoint != null ? Path.of(fileOptions.checkpoint) : fileOptions.resume;
        if (file == null) {
            file = Checkpoint.DEFAULT;
            OutputFile.makeFolder(file);
        }
        OutputFile.check(file);
        return file;
    }

    private Checkpoint fresh(Mnist data) {
        return usage(() -> {
            MnistExamples examples = data.training();
            Recipe recipe = recipe();
            Mlp mlp = recipe.mlp(examples.features());
            TrainingState state = recipe.trainer(mlp, examples.count()).start();
            return new Checkpoint(recipe, mlp, state, Checkpoint.Images.of(examples));
        });
    }

    private Checkpoint resumed(Checkpoint start, Mnist data) throws CheckpointException {
        Checkpoint.Images images = Checkpoint.Images.of(data.training());
        if (!images.equals(start.images())) {
            throw new CheckpointException(
                    fileOptions.resume, "was trained on " + start.images() + ", but these are " + images, null);
        }
        return given("--epochs")
                ? new Checkpoint(
                        start.recipe().withEpochs(runOptions.epochs()), start.mlp(), start.state(), start.images())
                : start;
    }

    private static String describe() {
        try {
            String processor = Machine.processor();
            return "Backlane " + Backend.describe() + (processor.isEmpty() ? "" : "; " + processor);
        } catch (IllegalStateException e) {
            throw new Failure(ExitCode.UNAVAILABLE, e.getMessage(), e);
        }
    }

    private void printSetting(PrintWriter out, String backend, Checkpoint start, Mnist data, long nanos) {
        Mlp mlp = start.mlp();
        Recipe recipe = start.recipe();
        if (runOptions.json) {
            print(
                    out,
                    "setting",
                    new Setting(
                            backend,
                            mlp.toString(),
                            mlp.parameterCount(),
                            recipe.words(),
                            runOptions.threads,
                            data.origin(),
                            data.training().count(),
                            data.test().count()));
            return;
        }
        out.println(String.format(Locale.ROOT, "%s: %,d parameters", mlp, mlp.parameterCount()));
        out.println(String.format(
                Locale.ROOT,
                "%s, batch %d, seed %d, %d threads",
                recipe.optimizer(),
                start.trainer().batch(),
                recipe.seed(),
                runOptions.threads));
        out.println(String.format(
                Locale.ROOT,
                "%s: %,d images to train on, %,d to test with, read in %.2f s",
                data.origin(),
                data.training().count(),
                data.test().count(),
                nanos * 1e-9));
        if (fileOptions.resume != null) {
            out.println(fileOptions.resume + ": " + progress(start) + " done");
        }
        out.println(EpochResult.HEADER);
        out.flush();
    }

    private static String progress(Checkpoint at) {
        return String.format(
                Locale.ROOT,
                "epoch %d of %d, step %,d",
                at.state().epoch(),
                at.recipe().epochs(),
                at.state().step());
    }

    private static void print(PrintWriter out, String event, Object data) {
        out.println(Json.exact(new Event(event, data)));
        out.flush();
    }

    /** What happens while a run goes on. */
    private final class Watch implements TrainingRun.Observer {
        private final Checkpoint at;
        private final Progress progress;
        private final Interrupt interrupt;
        private final ReportWriter report;
        private final Path file;
        private final Health.Probe probe;

        Watch(
                Checkpoint at,
                Mnist data,
                Workers workers,
                Progress progress,
                Interrupt interrupt,
                ReportWriter report,
                Path file) {
            this.at = at;
            this.progress = progress;
            this.interrupt = interrupt;
            this.report = report;
            this.file = file;
            probe = runOptions.health
                    ? new Health.Probe(
                            at.trainer(), data.training(), at.recipe().seed(), workers)
                    : null;
        }

        @Override
        public boolean onBatch(long done, double loss) {
            progress.to(done);
            if (report != null) {
                report.onBatch(done, loss);
            }
            return !interrupt.requested();
        }

        @Override
        public void onEpoch(EpochResult result) {
            progress.println(runOptions.json ? Json.exact(new Event("epoch", result)) : result.toString());
            if (report != null) {
                report.onEpoch(result);
            }
            if (probe != null) {
                Health health = probe.measure(at.state());
                progress.println(runOptions.json ? Json.exact(new Event("health", health)) : health.toString());
            }
            if (file != null && result.epoch() % fileOptions.saveEvery == 0 && result.epoch() < result.epochs()) {
                write(at, file);
            }
        }
    }

    private static void write(Checkpoint checkpoint, Path file) {
        float[] parameters = checkpoint.state().parameters();
        if (!Double.isFinite(Vectors.sumOfSquares(parameters.length, parameters, 0))) {
            throw new Failure(
                    ExitCode.GOAL_MISSED,
                    "a parameter is no longer a number: nothing is saved; try a smaller --learning-rate or --clip",
                    null);
        }
        try {
            checkpoint.write(file);
        } catch (IOException e) {
            throw OutputFile.failure(file, e);
        }
    }

    private void save(PrintWriter out, Checkpoint checkpoint, Path file) {
        if (file == null) {
            return;
        }
        write(checkpoint, file);
        if (runOptions.json) {
            TrainingState state = checkpoint.state();
            print(out, "checkpoint", new Saved(file.toString(), state.epoch(), state.step()));
        } else {
            out.println("checkpoint: " + file);
            out.flush();
        }
    }

    private int stopped(PrintWriter out, Checkpoint at, Path file) {
        save(out, at, file);
        if (!runOptions.json) {
            out.println("stopped: " + progress(at) + " done"
                    + (file == null ? "; nothing was saved" : "; to go on: digits train --resume " + file));
            out.flush();
        }
        return ExitCode.INTERRUPTED;
    }

    private void printResult(PrintWriter out, TrainingRun run) {
        ConfusionMatrix matrix = run.matrix();
        double seconds = Duration.between(Machine.processStart(), Instant.now()).toMillis() * 1e-3;
        if (runOptions.json) {
            Result result = new Result(matrix.accuracy(), matrix.wrong(), matrix.total(), seconds, matrix.rows());
            print(out, "result", result);
            return;
        }
        out.println(matrix);
        out.println(String.format(
                Locale.ROOT,
                "test accuracy %.2f%%: %,d of %,d images read wrong; %.2f s since the process started",
                100 * matrix.accuracy(),
                matrix.wrong(),
                matrix.total(),
                seconds));
        out.flush();
    }

    private void report(PrintWriter out, ReportWriter report, TrainingRun run) throws IOException {
        OutputFile.write(fileOptions.report, report.page(run.matrix()));
        if (runOptions.json) {
            print(out, "report", fileOptions.report.toString());
        } else {
            out.println("report: " + fileOptions.report);
            out.flush();
        }
    }

    private int verdict(TrainingRun run) {
        if (run.diverged()) {
            throw new Failure(
                    ExitCode.GOAL_MISSED,
                    "the loss is no longer a number: try a smaller --learning-rate or --clip",
                    null);
        }
        double percent = 100 * run.matrix().accuracy();
        Double required = runOptions.requireAccuracy;
        if (required != null && percent < required) {
            throw new Failure(
                    ExitCode.GOAL_MISSED,
                    String.format(Locale.ROOT, "the accuracy must be at least %s%%, but is %.2f%%", required, percent),
                    null);
        }
        return ExitCode.OK;
    }

    /** Turns the library's refusal of an argument into that of an option. */
    private <T> T usage(Supplier<T> construction) {
        try {
            return construction.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (ArithmeticException e) {
            throw new ParameterException(spec.commandLine(), "--network or --batch is too large for an array", e);
        }
    }
}
