package dev.backlane.digits;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files that a command writes, and what keeps it from doing so. */
final class OutputFile {
    private OutputFile() {}

    /**
     * Refuses, before the work is done, a file that cannot be written after it.
     *
     * @param file to be made or replaced
     */
    static void check(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw failure(file, "Is a directory", null);
        }
        if (!Files.exists(folder)) {
            throw failure(file, "no such folder", null);
        }
        if (!Files.isDirectory(folder)) {
            throw failure(file, "its folder is a file", null);
        }
        if (!Files.isWritable(folder) || (Files.exists(file) && !Files.isWritable(file))) {
            throw failure(file, "permission denied", null);
        }
    }

    /**
     * Makes the folders above a file.
     *
     * @param file to be made later
     */
    static void makeFolder(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /**
     * Writes a text.
     *
     * @param file made or replaced
     * @param text its content
     */
    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /**
     * The end of a command that could not write.
     *
     * @param file that was to be written
     * @param e why not
     * @return to be thrown
     */
    static Failure failure(Path file, IOException e) {
        // The message of most is the path alone; their kind is the reason.
        String reason = switch (e) {
            case NoSuchFileException none -> "no such folder";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> String.valueOf(e.getMessage());
        };
        return failure(file, reason, e);
    }

    private static Failure failure(Path file, String reason, Throwable cause) {
        return new Failure(ExitCode.DATA, file + ": cannot be written: " + reason, cause);
    }
}
