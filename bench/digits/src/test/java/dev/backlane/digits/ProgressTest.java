package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** What stays on the screen is the lines, with or without a bar below them while it lasts. */
class ProgressTest {
    private final StringWriter written = new StringWriter();

    private void run(boolean terminal) throws InterruptedException {
        try (Progress progress = Progress.start(new PrintWriter(written), terminal, "train", 100)) {
            for (int i = 1; i <= 4; i++) {
                progress.to(25L * i);
                Thread.sleep(120);
                progress.println("line " + i);
            }
            Thread.sleep(120);
        }
    }

    /** What is left to see of a line: what follows a carriage return covers what was there. */
    private static String cover(String line) {
        StringBuilder screen = new StringBuilder();
        for (String part : line.split("\r", -1)) {
            screen.replace(0, Math.min(part.length(), screen.length()), part);
        }
        return screen.toString().stripTrailing();
    }

    @Test
    void linesAloneWhereNobodyWatches() throws InterruptedException {
        run(false);
        assertEquals("line 1\nline 2\nline 3\nline 4\n", written.toString().replace("\r\n", "\n"));
    }

    @Test
    void theBarLeavesNothingBehind() throws InterruptedException {
        run(true);
        String text = written.toString().replace("\r\n", "\n");
        assertTrue(text.contains("\rtrain"), text);
        assertFalse(text.contains("\u001b"), text);
        String[] lines = text.split("\n", -1);
        assertEquals(5, lines.length, text);
        for (int i = 0; i < 4; i++) {
            assertEquals("line " + (i + 1), cover(lines[i]));
        }
        assertEquals("", cover(lines[4]));
    }
}
