package dev.backlane.digits;

import java.io.IOException;
import java.nio.file.Path;

/** A file that is no checkpoint of this application; the message names the file and the thing. */
final class CheckpointException extends IOException {
    private static final long serialVersionUID = 1;

    CheckpointException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
