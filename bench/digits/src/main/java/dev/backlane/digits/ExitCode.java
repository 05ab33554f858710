package dev.backlane.digits;

/** What the process's exit code tells; every command's help lists them. */
final class ExitCode {
    /** Done. */
    static final int OK = 0;
    /** The run ended, but the accuracy is too low or the loss no longer a number. */
    static final int GOAL_MISSED = 1;
    /** A wrong option or argument. */
    static final int USAGE = 2;
    /** A file of the data set is missing, unreadable or damaged, or a file cannot be written. */
    static final int DATA = 3;
    /** This Java cannot run what was asked for: too little memory, or a forced backend that it lacks. */
    static final int UNAVAILABLE = 4;
    /** A bug. */
    static final int INTERNAL = 70;

    private ExitCode() {}
}
