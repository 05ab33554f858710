package dev.backlane.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How every measured JVM is started. */
public final class Launch {
    /**
     * Flags of a measured JVM. A collector without concurrent threads and a heap of fixed size keep the collector out
     * of the figures; the last three let native peers load, and OpenBLAS be itself.
     */
    public static final List<String> JVM_ARGUMENTS = List.of(
            "--add-modules=jdk.incubator.vector",
            "-Xms2g",
            "-Xmx2g",
            "-XX:+UseParallelGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dorg.bytedeco.openblas.load=openblas");

    private Launch() {}

    /**
     * A command that starts a class of this class path on this JDK.
     *
     * @param flags for the JVM
     * @param main class to start
     * @param arguments for it
     * @return the command
     */
    public static List<String> command(List<String> flags, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(arguments);
        return command;
    }
}
