package dev.backlane.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.bench.report.Report;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    Path directory;

    @Test
    void reportFromAFile() throws IOException {
        Path results = directory.resolve("results.json");
        try (InputStream in = Report.class.getResourceAsStream("results.json")) {
            Files.copy(in, results);
        }
        assertEquals(0, Main.commandLine().execute("report", results.toString()));
        assertTrue(Files.exists(directory.resolve("report.md")));
        assertTrue(Files.exists(directory.resolve("ratios.svg")));
    }

    @Test
    void reportOfAFileThatIsNotThere() {
        assertEquals(
                2,
                Main.commandLine()
                        .execute("report", directory.resolve("no.json").toString()));
    }

    @Test
    void wrongArgumentsAreRefused() {
        assertEquals(2, Main.commandLine().execute("run", "--size", "huge"));
        assertEquals(2, Main.commandLine().execute("run", "--only", "nothing"));
        assertEquals(2, Main.commandLine().execute("run", "--threads", "0"));
        assertEquals(2, Main.commandLine().execute("probe", "64x128"));
    }
}
