package dev.backlane.safetensors;

import java.io.IOException;
import java.nio.file.Path;

/** A file that is not what the format asks for; the message names the file and the thing. */
public final class SafetensorsException extends IOException {
    private static final long serialVersionUID = 1;
    /** Characters: a name in the file may have millions. */
    private static final int LONGEST = 500;

    SafetensorsException(Path file, String problem) {
        super(file + ": " + (problem.length() > LONGEST ? problem.substring(0, LONGEST) + "…" : problem));
    }
}
