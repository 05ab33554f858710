package dev.backlane.digits;

import java.io.IOException;
import java.nio.file.Path;

/** A file that is no checkpoint of this application; the message names the file and the thing. */
final class CheckpointException extends IOException {
    private static final long serialVersionUID = 1;

    /** Characters: a word in the file may have millions. */
    private static final int LONGEST = 500;

    CheckpointException(Path file, String problem, Throwable cause) {
        super(file + ": " + (problem.length() > LONGEST ? problem.substring(0, LONGEST) + "…" : problem), cause);
    }
}
