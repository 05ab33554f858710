package dev.backlane.digits;

/** Ends a command with one line for the user and an exit code. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    /**
     * An end.
     *
     * @param exitCode one of {@link ExitCode}
     * @param message the line
     * @param cause what led to it, or null
     */
    Failure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /**
     * The process's exit code.
     *
     * @return one of {@link ExitCode}
     */
    int exitCode() {
        return exitCode;
    }
}
