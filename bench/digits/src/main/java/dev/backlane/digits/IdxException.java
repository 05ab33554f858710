package dev.backlane.digits;

import java.io.IOException;

/** An IDX file that is not what it must be; the message names the file and the thing. */
final class IdxException extends IOException {
    private static final long serialVersionUID = 1;

    IdxException(String file, String problem) {
        super(file + ": " + problem);
    }

    IdxException(String file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
