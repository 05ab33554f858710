package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a command line came to.
 *
 * @param code exit code
 * @param out standard output
 * @param err standard error
 */
record Cli(int code, String out, String err) {
    /** Runs a command in this process. */
    static Cli run(Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] words = List.of(args).stream().map(Object::toString).toArray(String[]::new);
        int code = Main.run(new TrainCommand(false), new PrintWriter(out), new PrintWriter(err), words);
        return new Cli(code, out.toString(), err.toString());
    }

    /** Starts a command in a process of its own. */
    static Process start(Path folder, Object... args) throws IOException {
        return startOn("auto", folder, args);
    }

    /** The same on a backend of one's choice. */
    static Process startOn(String backend, Path folder, Object... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-Dbacklane.backend=" + backend,
                "-classpath",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        List.of(args).forEach(arg -> command.add(arg.toString()));
        assertTrue(System.getProperty("java.class.path").contains(File.separator));
        return new ProcessBuilder(command).directory(folder.toFile()).start();
    }

    Cli ok() {
        assertEquals(ExitCode.OK, code, err);
        assertEquals("", err);
        return this;
    }

    /** One line on standard error, and the code given. */
    Cli fails(int expected, String start) {
        assertEquals(expected, code, err);
        assertEquals(1, err.lines().count(), err);
        assertTrue(err.startsWith("digits: " + start), err);
        return this;
    }

    JsonElement json() {
        return JsonParser.parseString(ok().out);
    }
}
