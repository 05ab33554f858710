package dev.backlane.digits;

import dev.backlane.kernel.Vectors;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Trainer;
import dev.backlane.nn.TrainingState;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
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
            "130:stopped by Ctrl-C; a checkpoint was saved, or a line says why not"
        })
final class TrainCommand implements Callable<Integer> {
    private static final Path NONE = Path.of("none");

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
    private Interrupt interrupt;

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
        private Path checkpoint;

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
        TrainingOutput out = new TrainingOutput(spec.commandLine().getOut(), runOptions.json);
        check();
        Path file = checkpointFile();
        out.backend(describe());
        Checkpoint start = fileOptions.resume == null ? null : Checkpoint.read(fileOptions.resume);
        Mnist data = runOptions.data == null ? Mnist.bundled() : Mnist.in(runOptions.data);
        start = start == null ? fresh(data) : resumed(start, data);
        Trainer trainer = start.trainer();
        out.setting(start, data, runOptions.threads, fileOptions.resume, System.nanoTime() - begin);

        long images = (long) trainer.epochs() * data.training().count();
        interrupt = Interrupt.open();
        TrainingRun run;
        ReportWriter report = null;
        try (Workers workers = usage(() -> Workers.of(runOptions.threads));
                Progress progress = out.progress(terminal, images)) {
            if (fileOptions.report != null) {
                report = new ReportWriter(start, data, workers);
            }
            run = run(start, data, workers, new Watch(start, data, workers, out, progress, report, file));
            run.run();
        }
        if (!run.stopped()) {
            out.result(run.matrix());
        }
        if (!run.diverged()) {
            save(out, start, file);
        }
        if (run.stopped()) {
            out.stopped(start, file);
            return ExitCode.INTERRUPTED;
        }
        if (report != null && !run.diverged()) {
            OutputFile.write(fileOptions.report, report.page(run.matrix()));
            out.report(fileOptions.report);
        }
        return verdict(run);
    }

    /** Lets Ctrl-C end the process, when nothing is left to be saved or said. */
    void release() {
        if (interrupt != null) {
            interrupt.close();
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
        if (NONE.equals(fileOptions.checkpoint)) {
            return null;
        }
        Path file = fileOptions.checkpoint != null ? fileOptions.checkpoint : fileOptions.resume;
        if (file == null) {
            file = Checkpoint.DEFAULT;
            OutputFile.makeFolder(file);
        }
        OutputFile.check(file);
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw OutputFile.failure(file, new FileSystemException(file.toString(), null, "not a file"));
        }
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
        String processor = Machine.processor();
        return "Backlane " + CommonOptions.backend() + (processor.isEmpty() ? "" : "; " + processor);
    }

    /** What happens while a run goes on. */
    private final class Watch implements TrainingRun.Observer {
        private final Checkpoint at;
        private final TrainingOutput out;
        private final Progress progress;
        private final ReportWriter report;
        private final Path file;
        private final Health.Probe probe;

        Watch(
                Checkpoint at,
                Mnist data,
                Workers workers,
                TrainingOutput out,
                Progress progress,
                ReportWriter report,
                Path file) {
            this.at = at;
            this.out = out;
            this.progress = progress;
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
            out.event(progress, "epoch", result);
            if (report != null) {
                report.onEpoch(result);
            }
            if (probe != null) {
                out.event(progress, "health", probe.measure(at.state()));
            }
            if (file != null && result.epoch() % fileOptions.saveEvery == 0 && result.epoch() < result.epochs()) {
                write(at, file);
            }
        }
    }

    private static void save(TrainingOutput out, Checkpoint checkpoint, Path file) {
        if (file != null) {
            write(checkpoint, file);
            out.saved(checkpoint, file);
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
