package dev.backlane.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clause 8 beside a program's other vectors. Without tiers there is less chance about it: whatever depends on a profile of the
 * Vector API's methods then allocates every time, where it otherwise does in one start of ten.
 */
@Tag("once")
class ForeignVectorsTest {
    @ParameterizedTest
    @CsvSource({
        "64 256, -XX:-TieredCompilation",
        "512 256, -XX:-TieredCompilation",
        "128 64, -XX:-TieredCompilation -XX:UseAVX=2",
        "64 256 512, -XX:+TieredCompilation",
    })
    void contract8NothingAllocatesWhateverVectorsOtherCodeUsedBefore(String bits, String flags, @TempDir Path folder)
            throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(flags.split(" ")));
        command.add(ForeignVectors.class.getName());
        command.addAll(List.of(bits.split(" ")));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            process.waitFor(3, TimeUnit.MINUTES);
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(output);
        List<String> said = lines.stream()
                .filter(line -> !line.startsWith("WARNING: ") && !line.startsWith("backend: "))
                .toList();
        assertEquals(List.of(), said, lines.toString());
        assertEquals(0, process.exitValue(), lines.toString());
    }
}
