package dev.backlane.digits;

import dev.backlane.kernel.Backend;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
                        + " GFLOP/s at 6 operations per weight and image.%n%nExamples:%n",
        footer = {
            "  digits",
            "  digits train --network 512,512 --batch 128 --learning-rate 0.2",
            "  digits train --network 30 --activation sigmoid --loss squared-error",
            "               --optimizer gradient-descent --learning-rate 1 --batch 10",
            "  digits train --data fashion-mnist --epochs 20 --require-accuracy 88",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the accuracy is below --require-accuracy, or the loss is no longer a number",
            "2:a wrong option",
            "3:a file of the data set is missing, unreadable or damaged",
            "4:this Java lacks memory, or the backend that was forced",
            "70:a bug"
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

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("unused")
    private boolean help;

    private final boolean terminal;

    /** Length and surroundings of a run. */
    private static final class RunOptions {
        @Option(names = "--batch", paramLabel = "N", description = "Images of an update. Default: 64")
        private int batch = 64;

        @Option(names = "--epochs", paramLabel = "N", description = "Times that each image is used. Default: 5")
        private int epochs = 5;

        @Option(
                names = "--seed",
                paramLabel = "N",
                description =
                        "Of the first parameters and the order of the images: the same seed gives the same network,"
                                + " on any number of threads. Default: 1")
        private long seed = 1;

        @Option(
                names = "--threads",
                paramLabel = "N",
                description = "How many to compute on. Default: the number of processors")
        private int threads = Math.min(Runtime.getRuntime().availableProcessors(), 1024);

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
        PrintWriter out = spec.commandLine().getOut();
        check();
        out.println(describe());
        out.flush();
        Mnist data = runOptions.data == null ? Mnist.bundled() : Mnist.in(runOptions.data);
        Trainer trainer = usage(() -> trainer(data.training()));
        printSetting(out, trainer, data, System.nanoTime() - begin);

        long images = (long) trainer.epochs() * data.training().count();
        TrainingRun run;
        try (Workers workers = usage(() -> Workers.of(runOptions.threads));
                Progress progress = Progress.start(out, terminal, "train", images)) {
            run = usage(() -> new TrainingRun(trainer, data, workers, progress));
            run.run();
        }
        return printResult(out, run);
    }

    /** Refuses what can be refused before the data are read. */
    private void check() {
        usage(() -> {
            optimizerOptions.optimizer();
            optimizerOptions.schedule(1);
            if (runOptions.threads < 1 || runOptions.threads > 1024) {
                throw new IllegalArgumentException("--threads must be 1 to 1024, but is " + runOptions.threads);
            }
            Double required = runOptions.requireAccuracy;
            if (required != null && !(required > 1 && required <= 100)) {
                throw new IllegalArgumentException(
                        "--require-accuracy is in percent and must be above 1 and at most 100, but is " + required);
            }
            return new Trainer(
                    networkOptions.network(1),
                    optimizerOptions.optimizer(),
                    optimizerOptions.schedule(1),
                    runOptions.batch,
                    runOptions.epochs,
                    runOptions.seed,
                    optimizerOptions.clip());
        });
    }

    private Trainer trainer(MnistExamples examples) {
        int batch = Math.min(runOptions.batch, examples.count());
        return new Trainer(
                networkOptions.network(examples.features()),
                optimizerOptions.optimizer(),
                optimizerOptions.schedule((examples.count() + batch - 1L) / batch),
                batch,
                runOptions.epochs,
                runOptions.seed,
                optimizerOptions.clip());
    }

    private static String describe() {
        try {
            String processor = Machine.processor();
            return "Backlane " + Backend.describe() + (processor.isEmpty() ? "" : "; " + processor);
        } catch (IllegalStateException e) {
            throw new Failure(ExitCode.UNAVAILABLE, e.getMessage(), e);
        }
    }

    private void printSetting(PrintWriter out, Trainer trainer, Mnist data, long nanos) {
        Mlp mlp = trainer.mlp();
        out.println(String.format(Locale.ROOT, "%s: %,d parameters", mlp, mlp.parameterCount()));
        out.println(String.format(
                Locale.ROOT,
                "%s, batch %d, seed %d, %d threads",
                optimizerOptions,
                trainer.batch(),
                trainer.seed(),
                runOptions.threads));
        out.println(String.format(
                Locale.ROOT,
                "%s: %,d images to train on, %,d to test with, read in %.2f s",
                data.origin(),
                data.training().count(),
                data.test().count(),
                nanos * 1e-9));
        out.println(TrainingRun.HEADER);
        out.flush();
    }

    private int printResult(PrintWriter out, TrainingRun run) {
        ConfusionMatrix matrix = run.matrix();
        double percent = 100 * matrix.accuracy();
        out.println(matrix);
        out.println(String.format(
                Locale.ROOT,
                "test accuracy %.2f%%: %,d of %,d images read wrong; %.2f s since the process started",
                percent,
                matrix.wrong(),
                matrix.total(),
                Duration.between(Machine.processStart(), Instant.now()).toMillis() * 1e-3));
        out.flush();
        if (run.diverged()) {
            throw new Failure(
                    ExitCode.GOAL_MISSED,
                    "the loss is no longer a number: try a smaller --learning-rate or --clip",
                    null);
        }
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
