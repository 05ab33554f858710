package dev.backlane.digits;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: a folder of commands, of which {@code train} runs where none is named. */
@Command(
        name = "digits",
        subcommands = TrainCommand.class,
        description = "Neural networks that read handwritten digits, on Backlane's SIMD kernels.",
        abbreviateSynopsis = true,
        footerHeading = "%n",
        footer = "Without a command, 'train' runs: 'digits --epochs 3' is 'digits train --epochs 3'."
                + " 'digits COMMAND --help' tells more of a command.")
public final class Main {
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
     * @param args a command, which may be left out, and its options
     */
    public static void main(String[] args) {
        // Absent or no terminal, as the Java version has it, where input or output is redirected.
        boolean terminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        String noColour = System.getenv("NO_COLOR");
        boolean plain = noColour != null && !noColour.isEmpty();
        // Where no locale is set, as in many containers, Java would print a question mark for each ∂.
        PrintWriter out = System.out.charset().equals(StandardCharsets.US_ASCII)
                ? new PrintWriter(System.out, true, StandardCharsets.UTF_8)
                : null;
        System.exit(run(new TrainCommand(terminal && !plain), out, null, args));
    }

    /**
     * Runs a command.
     *
     * @param train the command {@code train}
     * @param out for results; null for standard output
     * @param err for what went wrong; null for standard error
     * @param args a command, which may be left out, and its options
     * @return one of {@link ExitCode}
     */
    static int run(TrainCommand train, PrintWriter out, PrintWriter err, String... args) {
        CommandLine line = new CommandLine(new Main(), new CommandLine.IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                return type == TrainCommand.class
                        ? type.cast(train)
                        : CommandLine.defaultFactory().create(type);
            }
        });
        String[] all = withCommand(args);
        if (!all[0].equals("train")) {
            // The others stay out of the way of a run, which counts from the start of the process.
            line.addSubcommand(new PredictCommand());
            line.addSubcommand(new ExplainCommand());
            line.addSubcommand(new HealthCommand());
            line.addSubcommand(new CheckCommand());
            line.addSubcommand(new BenchCommand());
            line.addSubcommand(new GraphCommand());
        }
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((e, rest) -> fail(e.getCommandLine(), ExitCode.USAGE, usage(e)));
        line.setExecutionExceptionHandler((e, command, result) -> failure(e, command));
        if (out != null) {
            line.setOut(out);
        }
        if (err != null) {
            line.setErr(err);
        }
        try {
            return line.execute(all);
        } catch (OutOfMemoryError e) {
            return fail(line, ExitCode.UNAVAILABLE, "not enough memory: give Java more with -Xmx, or ask for less");
        } finally {
            train.release();
        }
    }

    private static String[] withCommand(String... args) {
        boolean named = args.length > 0
                && (!args[0].startsWith("-") || List.of("-h", "--help").contains(args[0]));
        return named
                ? args
                : Stream.concat(Stream.of("train"), Arrays.stream(args)).toArray(String[]::new);
    }

    private static String usage(ParameterException e) {
        List<String> suggestions =
                e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        String hint = suggestions.isEmpty() ? "" : "; did you mean " + String.join(" or ", suggestions) + "?";
        return e.getMessage() + hint + " (see "
                + e.getCommandLine().getCommandSpec().qualifiedName() + " --help)";
    }

    private static int failure(Exception e, CommandLine command) {
        return switch (e) {
            case Failure failure -> fail(command, failure.exitCode(), failure.getMessage());
            // Its message is the path alone.
            case AccessDeniedException failure ->
                fail(command, ExitCode.DATA, failure.getFile() + ": permission denied");
            case IOException failure -> fail(command, ExitCode.DATA, failure.getMessage());
            default -> {
                e.printStackTrace(command.getErr());
                yield fail(command, ExitCode.INTERNAL, "a bug: " + e);
            }
        };
    }

    /** One line: what a file's own words in it could do to a terminal, or a second line, is a blank. */
    private static int fail(CommandLine command, int exitCode, String message) {
        command.getErr().println("digits: " + String.valueOf(message).replaceAll("[\\s\\p{Cc}\\p{Zl}\\p{Zp}]+", " "));
        command.getErr().flush();
        return exitCode;
    }
}
