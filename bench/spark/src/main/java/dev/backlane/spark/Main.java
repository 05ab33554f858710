package dev.backlane.spark;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The command line, the same under {@code java}, where Spark runs in this process, and under {@code spark-submit}. */
@Command(
        name = "backlane-spark",
        subcommands = {TrainCommand.class, ParquetCommand.class, MeasureCommand.class},
        description = "Data-parallel training on Apache Spark with Backlane's kernels.",
        synopsisSubcommandLabel = "COMMAND",
        footer = "'COMMAND --help' tells more of a command.")
public final class Main {
    /** Done. */
    static final int OK = 0;
    /** The accuracy is too low or the loss no longer a number. */
    static final int GOAL_MISSED = 1;
    /** A wrong option or argument. */
    static final int USAGE = 2;
    /** Data or a checkpoint are missing, damaged or of another run. */
    static final int DATA = 3;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("unused")
    private boolean help;

    private Main() {}

    /**
     * Runs a command and exits with its code.
     *
     * @param args a command and its options
     */
    public static void main(String[] args) {
        int code = run(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                args);
        if (code != OK) {
            // Not otherwise: in cluster mode Spark's own thread ends the process.
            System.exit(code);
        }
    }

    /**
     * Runs a command.
     *
     * @param out for results
     * @param err for what went wrong
     * @param args a command and its options
     * @return an exit code
     */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        CommandLine line = new CommandLine(new Main());
        line.setOut(out);
        line.setErr(err);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((e, rest) -> fail(err, USAGE, e.getMessage()));
        line.setExecutionExceptionHandler((e, command, result) -> switch (e) {
            case IOException failure -> fail(err, DATA, failure.getMessage());
            case UncheckedIOException failure -> fail(err, DATA, failure.getMessage());
            default -> throw e;
        });
        return line.execute(args.length == 0 ? new String[] {"--help"} : args);
    }

    private static int fail(PrintWriter err, int code, String message) {
        err.println("backlane-spark: " + String.valueOf(message).replaceAll("\\s+", " "));
        return code;
    }

    /** What the library refuses was given as an option. */
    static ParameterException usage(CommandLine line, IllegalArgumentException e) {
        return new ParameterException(line, e.getMessage(), e);
    }

    /** Spark in this process, on two cores, unless the process was started otherwise. */
    static SparkSession session() {
        SparkConf conf = new SparkConf()
                .setIfMissing("spark.app.name", "backlane")
                .setIfMissing("spark.master", "local[2]")
                // Whatever the cluster's defaults say.
                .set(Step.SERIALIZER, Step.JAVA)
                // Parameters and gradients are numbers that no compressor makes smaller.
                .setIfMissing("spark.broadcast.compress", "false")
                .setIfMissing("spark.shuffle.compress", "false");
        if (conf.get("spark.master").startsWith("local")) {
            // Nobody looks at its pages, and nothing need listen to the outside.
            conf.setIfMissing("spark.ui.enabled", "false")
                    .setIfMissing("spark.driver.host", "localhost")
                    .setIfMissing("spark.driver.bindAddress", "127.0.0.1");
        }
        return SparkSession.builder().config(conf).getOrCreate();
    }

    /** A comma-separated list of numbers above 0. */
    static int[] numbers(CommandLine line, String option, String list) {
        try {
            int[] numbers = Arrays.stream(list.split(",", -1))
                    .mapToInt(number -> Integer.parseInt(number.trim()))
                    .toArray();
            if (Arrays.stream(numbers).allMatch(n -> n > 0)) {
                return numbers;
            }
        } catch (NumberFormatException e) {
            // Refused below.
        }
        throw new ParameterException(line, option + " must be numbers above 0, as 1,2,4, but is " + list);
    }
}
