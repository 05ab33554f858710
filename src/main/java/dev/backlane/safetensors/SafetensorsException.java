package dev.backlane.safetensors;

import java.io.IOException;
import java.nio.file.Path;

/** A file that is not what the format asks for; the message names the file and the thing. */
public final class SafetensorsException extends IOException {
    private static final long serialVersionUID = 1;

    SafetensorsException(Path file, String problem) {
        super(file + ": " + problem);
    }
}
