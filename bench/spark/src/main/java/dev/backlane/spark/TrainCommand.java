package dev.backlane.spark;

import dev.backlane.digits.NetworkOptions;
import dev.backlane.digits.OptimizerOptions;
import dev.backlane.kernel.Backend;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Trainer;
import dev.backlane.nn.TrainingListener;
import dev.backlane.nn.TrainingState;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.zip.CRC32;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code backlane-spark train}. */
@Command(
        name = "train",
        abbreviateSynopsis = true,
        sortOptions = false,
        description = "Train a network on a labelled data set, one share of each batch on each partition, and test it.",
        footerHeading = "%n",
        footer = "The last line has a checksum of the parameters: the same for the same options, data and number of"
                + " partitions, on whatever cluster.%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the accuracy is below --require-accuracy, or the loss is no longer a number",
            "2:a wrong option",
            "3:data or a checkpoint are missing, damaged or of another run"
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

    /** Length and surroundings of a run. */
    private static final class RunOptions {
        @Option(
                names = "--data",
                paramLabel = "DIR",
                description = "MNIST's four files, or train.parquet and test.parquet with label, features and perhaps"
                        + " id; seen by every executor. Default: the MNIST that comes with the application")
        private String data;

        @Option(
                names = "--partitions",
                paramLabel = "N",
                description = "Shares of a batch. Default: as many as there are cores")
        private Integer partitions;

        @Option(
                names = "--batch",
                paramLabel = "N",
                description = "Examples of an update, of all partitions together. Default: 512")
        private int batch = 512;

        @Option(names = "--epochs", paramLabel = "N", description = "Times that each example is used. Default: 10")
        private int epochs = 10;

        @Option(
                names = "--seed",
                paramLabel = "N",
                description = "Of the first parameters and the order of the examples. Default: 1")
        private long seed = 1;

        @Option(
                names = "--depth",
                paramLabel = "N",
                description = "Of treeAggregate. 1 sends all shares to the driver. Default: 2")
        private int depth = 2;

        @Option(
                names = "--checkpoints",
                paramLabel = "DIR",
                description = "Store each epoch's state there, and go on from the last one that is there already")
        private String checkpoints;

        @Option(
                names = "--require-accuracy",
                paramLabel = "PERCENT",
                description = "End with exit code 1 if the test accuracy is lower. Default: none is required")
        private double requireAccuracy;
    }

    @Override
    public Integer call() throws IOException {
        try (SparkSession session = Main.session()) {
            return run(session, JavaSparkContext.fromSparkContext(session.sparkContext()));
        } catch (IllegalArgumentException e) {
            throw Main.usage(spec.commandLine(), e);
        }
    }

    private int run(SparkSession session, JavaSparkContext context) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        long begin = System.nanoTime();
        int parts = runOptions.partitions == null ? context.defaultParallelism() : runOptions.partitions;
        if (parts < 1) {
            throw new IllegalArgumentException("--partitions must be at least 1, but is " + parts);
        }
        try (SparkExamples examples = examples(session, context, parts)) {
            Dataset<Row> test = test(session);
            Mlp mlp = networkOptions.network(examples.features());
            int batch = Math.min(runOptions.batch, examples.count());
            Trainer trainer = new Trainer(
                    mlp,
                    optimizerOptions.optimizer(),
                    optimizerOptions.schedule((examples.count() + batch - 1L) / batch),
                    batch,
                    runOptions.epochs,
                    runOptions.seed,
                    optimizerOptions.clip());
            out.printf(
                    Locale.ROOT,
                    "Spark %s, %s; driver: Backlane %s%n%s: %,d parameters; %,d examples in %d partitions, batch %d%n",
                    context.version(),
                    context.master(),
                    Backend.describe(),
                    mlp,
                    mlp.parameterCount(),
                    examples.count(),
                    parts,
                    batch);
            SparkGradient gradient = new SparkGradient(context, mlp, examples, runOptions.depth);
            Optional<Checkpoints> checkpoints = checkpoints(context, trainer, examples);
            TrainingState state = start(out, trainer, checkpoints);
            Progress progress = new Progress(out, trainer, examples.count(), state, checkpoints);
            trainer.train(Workers.caller(), examples.count(), gradient, state, progress);
            double accuracy = Frames.accuracy(session, test, mlp, state.parameters());
            out.printf(
                    Locale.ROOT,
                    "test accuracy %.2f%%, %.1f s, parameters %s%n",
                    100 * accuracy,
                    (System.nanoTime() - begin) * 1e-9,
                    checksum(state.parameters()));
            return progress.diverged || 100 * accuracy < runOptions.requireAccuracy ? Main.GOAL_MISSED : Main.OK;
        }
    }

    private boolean parquet(SparkSession session) throws IOException {
        if (runOptions.data == null) {
            return false;
        }
        Path path = new Path(runOptions.data, "train.parquet");
        return path.getFileSystem(session.sparkContext().hadoopConfiguration()).exists(path);
    }

    private SparkExamples examples(SparkSession session, JavaSparkContext context, int parts) throws IOException {
        return parquet(session)
                ? SparkExamples.of(session.read().parquet(runOptions.data + "/train.parquet"), parts)
                : SparkExamples.idx(context, runOptions.data, parts);
    }

    private Dataset<Row> test(SparkSession session) throws IOException {
        return parquet(session)
                ? session.read().parquet(runOptions.data + "/test.parquet")
                : Frames.idx(session, runOptions.data, true, 2);
    }

    private Optional<Checkpoints> checkpoints(JavaSparkContext context, Trainer trainer, SparkExamples examples)
            throws IOException {
        if (runOptions.checkpoints == null) {
            return Optional.empty();
        }
        String run = trainer + ", " + examples.count() + " examples of "
                + (runOptions.data == null ? "MNIST" : runOptions.data) + " in " + examples.parts() + " partitions";
        return Optional.of(new Checkpoints(runOptions.checkpoints, context.hadoopConfiguration(), run));
    }

    private static TrainingState start(PrintWriter out, Trainer trainer, Optional<Checkpoints> checkpoints)
            throws IOException {
        if (checkpoints.isPresent()) {
            Optional<TrainingState> stored = checkpoints.get().latest();
            if (stored.isPresent()) {
                out.println("going on after epoch " + stored.get().epoch());
                return stored.get();
            }
        }
        return trainer.start();
    }

    private static String checksum(float... parameters) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * parameters.length);
        bytes.asFloatBuffer().put(parameters);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return "%08x".formatted(crc.getValue());
    }

    /** A line and a checkpoint an epoch. */
    private static final class Progress implements TrainingListener {
        private final PrintWriter out;
        private final Trainer trainer;
        private final int count;
        private final TrainingState state;
        private final Optional<Checkpoints> checkpoints;
        private boolean diverged;

        Progress(PrintWriter out, Trainer trainer, int count, TrainingState state, Optional<Checkpoints> checkpoints) {
            this.out = out;
            this.trainer = trainer;
            this.count = count;
            this.state = state;
            this.checkpoints = checkpoints;
        }

        @Override
        public boolean onEpoch(int epoch, double meanLoss, double seconds) {
            diverged = !Double.isFinite(meanLoss);
            if (!diverged && checkpoints.isPresent()) {
                try {
                    checkpoints.get().save(state);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            out.printf(
                    Locale.ROOT,
                    "epoch %d/%d: loss %.5f, %,.0f examples/s%n",
                    epoch + 1,
                    trainer.epochs(),
                    meanLoss,
                    count / seconds);
            out.flush();
            return !diverged;
        }
    }
}
