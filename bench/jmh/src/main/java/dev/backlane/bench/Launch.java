package dev.backlane.bench;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How every measured JVM is started. */
public final class Launch {
    /**
     * Flags of a measured JVM. A heap of fixed size keeps the collector out of the figures; the last three let native
     * peers load, and OpenBLAS be itself.
     */
    public static final List<String> JVM_ARGUMENTS = List.of(
            "--add-modules=jdk.incubator.vector",
            "-Xms2g",
            "-Xmx2g",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dorg.bytedeco.openblas.load=openblas");

    private Launch() {}

    /**
     * A command that starts a class on this JDK.
     *
     * @param flags for the JVM
     * @param classPath where classes are
     * @param main class to start
     * @param arguments for it
     * @return the command
     */
    public static List<String> command(
            List<String> flags, List<Path> classPath, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.add("-cp");
        command.add(classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        command.add(main.getName());
        command.addAll(arguments);
        return command;
    }

    /**
     * A jar with the classes that lie where a class was loaded from: an AOT cache has no use for directories.
     *
     * @param type the class
     * @param directory where to put the jar, if there is none yet
     * @return the jar
     * @throws IOException if it cannot be written
     */
    public static Path jar(Class<?> type, Path directory) throws IOException {
        URL location = type.getProtectionDomain().getCodeSource().getLocation();
        Path source = Path.of(URI.create(location.toString()));
        if (!Files.isDirectory(source)) {
            return source;
        }
        Path jar = directory.resolve(type.getSimpleName() + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(source.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        return jar;
    }
}
