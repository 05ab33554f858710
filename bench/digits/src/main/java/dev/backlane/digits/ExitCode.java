package dev.backlane.digits;

/** What the process's exit code tells; every command's help lists them. */
final class ExitCode {
    /** Done. */
    static final int OK = 0;
    /** Done, but not as asked: the accuracy is too low, the loss no longer a number, a gradient check not passed. */
    static final int GOAL_MISSED = 1;
    /** A wrong option or argument. */
    static final int USAGE = 2;
    /** A file is missing, unreadable, damaged or of another kind, or cannot be written. */
    static final int DATA = 3;
    /** This Java cannot run what was asked for: too little memory, or a forced backend that it lacks. */
    static final int UNAVAILABLE = 4;
    /** Java's own code after Ctrl-C, which every command has; {@code train} has saved a checkpoint then. */
    static final int INTERRUPTED = 130;
    /** A bug. */
    static final int INTERNAL = 70;

    private ExitCode() {}
}
