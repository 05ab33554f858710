package dev.backlane.digits;

import dev.backlane.kernel.Backend;
import dev.backlane.kernel.Workers;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that every command has. */
final class CommonOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of all that a command draws at random, if it does. Default: 1")
    private long seed = 1;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "How many to compute on; results do not depend on it. Default: the number of processors")
    private int threads = defaultThreads();

    @Option(names = "--json", description = "Print JSON instead of text.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("unused")
    private boolean help;

    /**
     * What {@code --threads} is where it is not given.
     *
     * @return the processors of this machine, as far as they are of use
     */
    static int defaultThreads() {
        return Math.min(Runtime.getRuntime().availableProcessors(), 1024);
    }

    /**
     * Refuses a number of threads.
     *
     * @param threads as given
     * @throws IllegalArgumentException if there cannot be so many
     */
    static void checkThreads(int threads) {
        if (threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("--threads must be 1 to 1024, but is " + threads);
        }
    }

    /**
     * What computes.
     *
     * @return in one line
     * @throws Failure if another backend was forced, which this Java lacks
     */
    static String backend() {
        try {
            return Backend.describe();
        } catch (IllegalStateException e) {
            throw new Failure(ExitCode.UNAVAILABLE, e.getMessage(), e);
        }
    }

    /**
     * Where chance comes from.
     *
     * @return as given
     */
    long seed() {
        return seed;
    }

    /**
     * The threads to compute on.
     *
     * @return to be closed
     */
    Workers workers() {
        try {
            checkThreads(threads);
            backend();
            return Workers.of(threads);
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    /**
     * The end of a command that was not called as it must be.
     *
     * @param problem what is wrong
     * @return to be thrown
     */
    ParameterException usage(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }

    /**
     * How many threads to compute on.
     *
     * @return as given
     */
    int threads() {
        return threads;
    }

    /**
     * Whether the result is for a program.
     *
     * @return true for JSON
     */
    boolean json() {
        return json;
    }
}
