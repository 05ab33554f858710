package dev.backlane.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.nn.Mlp;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** {@link Xor} in all the forms in which users may start an application that needs the library. */
final class Application {
    private static final Path LIBRARY = where(Mlp.class);

    private final Path module;
    private final Path image;
    private final Path imageWithoutManagement;

    /** How it is started. */
    enum Place {
        CLASS_PATH,
        MODULE_PATH,
        IMAGE,
        /** With the library, the module that it requires and {@code java.base}, and nothing else. */
        IMAGE_WITHOUT_MANAGEMENT
    }

    /** Makes a module and two images of it below the folder. */
    Application(Path folder) throws IOException {
        assertTrue(Files.exists(LIBRARY.resolve("module-info.class")), LIBRARY + " is no module: mvn test-compile");
        module = folder.resolve("xor");
        image = folder.resolve("image");
        imageWithoutManagement = folder.resolve("image-without-management");
        Path classes = where(Xor.class);
        Path home = Files.createDirectories(module.resolve("dev", "backlane", "start"));
        try (Stream<Path> files = Files.list(classes.resolve("dev", "backlane", "start"))) {
            for (Path file : files.filter(f -> f.getFileName().toString().startsWith("Xor"))
                    .toList()) {
                Files.copy(file, home.resolve(file.getFileName()));
            }
        }
        Path descriptor =
                Files.writeString(folder.resolve("module-info.java"), "module xor { requires dev.backlane; }");
        run("javac", "-p", LIBRARY, "-d", module, descriptor);
        if (ToolProvider.findFirst("jlink").isPresent()) {
            String modules = LIBRARY + File.pathSeparator + module;
            run("jlink", "-p", modules, "--add-modules", "xor,jdk.management", "--output", image);
            run("jlink", "-p", modules, "--add-modules", "xor", "--output", imageWithoutManagement);
            assertTrue(modulesOf(image).contains("jdk.management"));
            assertEquals(
                    List.of("dev.backlane", "java.base", "jdk.incubator.vector", "xor"),
                    modulesOf(imageWithoutManagement));
        }
    }

    private static void run(String tool, Object... args) {
        StringWriter said = new StringWriter();
        Optional<ToolProvider> provider = ToolProvider.findFirst(tool);
        PrintWriter out = new PrintWriter(said);
        int code = provider.orElseThrow()
                .run(out, out, Stream.of(args).map(Object::toString).toArray(String[]::new));
        assertEquals(0, code, () -> tool + ": " + said);
    }

    private static List<String> modulesOf(Path image) throws IOException {
        String line = Files.readAllLines(image.resolve("release")).stream()
                .filter(l -> l.startsWith("MODULES="))
                .findFirst()
                .orElseThrow();
        return Stream.of(line.replace("MODULES=", "").replace("\"", "").split(" "))
                .sorted()
                .toList();
    }

    private static Path where(Class<?> type) {
        return Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    private Path java(Place place) {
        return switch (place) {
            case CLASS_PATH, MODULE_PATH -> Path.of(System.getProperty("java.home"));
            case IMAGE -> image;
            case IMAGE_WITHOUT_MANAGEMENT -> imageWithoutManagement;
        };
    }

    /** Not so for images where the JDK comes without jlink. */
    boolean exists(Place place) {
        return Files.isDirectory(java(place));
    }

    /** The command that starts it. */
    List<String> command(Place place, String flags, String... args) {
        List<String> command = new ArrayList<>();
        command.add(java(place).resolve("bin", "java").toString());
        Arrays.stream(flags.split(" ")).filter(flag -> !flag.isEmpty()).forEach(command::add);
        switch (place) {
            case CLASS_PATH ->
                command.addAll(List.of("-cp", where(Xor.class) + File.pathSeparator + LIBRARY, Xor.class.getName()));
            case MODULE_PATH ->
                command.addAll(
                        List.of("-p", module + File.pathSeparator + LIBRARY, "-m", "xor/" + Xor.class.getName()));
            case IMAGE, IMAGE_WITHOUT_MANAGEMENT -> command.addAll(List.of("-m", "xor/" + Xor.class.getName()));
        }
        command.addAll(List.of(args));
        return command;
    }
}
