package dev.backlane.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.AccuracyTable.Row;
import dev.backlane.kernel.ElementaryFunction.Measure;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of largest errors in the notes is what the code gives, keeps the contract, and is what the README says. */
class AccuracyTableTest {
    @Test
    void everyFunctionHasItsRows() throws IOException {
        List<String> expected = new ArrayList<>();
        for (ElementaryFunction f : ElementaryFunction.values()) {
            for (Measure measure : Measure.values()) {
                if (f.bound(measure) > 0) {
                    expected.add(f + " " + measure);
                }
            }
        }
        List<String> rows = AccuracyTable.read().rows().stream()
                .map(row -> row.function() + " " + row.measure())
                .toList();
        assertEquals(expected, rows);
    }

    /** Each row again, from its input: a changed function needs the table measured anew. */
    @Test
    void rowsAreWhatTheirInputsGive() throws IOException {
        for (Row row : AccuracyTable.read().rows()) {
            ElementaryFunction f = row.function();
            double error = f.error(f.exact(row.input()), f.scalar(row.input()));
            String lanes = row.lanes();
            assertEquals(row, Row.of(f, row.measure(), error, row.input(), 0).withLanes(lanes));
            assertTrue(lanes.startsWith("same bits"), row::toString);
        }
    }

    @Test
    void contract2RowsAreWithinTheBounds() throws IOException {
        for (Row row : AccuracyTable.read().rows()) {
            BigDecimal bound = BigDecimal.valueOf(row.function().bound(row.measure()));
            assertTrue(row.largest().compareTo(bound) <= 0, row::toString);
        }
    }

    /** The README's clause 2 has the figures of the table, rounded up to a tenth. */
    @Test
    void readmeSaysTheSame() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        assertSays(
                readme,
                "exp, sigmoid, tanh within 2 ulp over all floats \\(measured %s, %s, %s\\)",
                ElementaryFunction.EXP,
                ElementaryFunction.SIGMOID,
                ElementaryFunction.TANH);
        assertSays(
                readme,
                "softplus, silu, elu within 4 \\(%s, %s, %s\\)",
                ElementaryFunction.SOFTPLUS,
                ElementaryFunction.SILU,
                ElementaryFunction.ELU);
        assertSays(readme, "gelu within 4 \\(%s\\)", ElementaryFunction.GELU);
    }

    private static void assertSays(String readme, String sentence, ElementaryFunction... functions) throws IOException {
        Matcher matcher = Pattern.compile(sentence.replace("%s", "([0-9.]+)")).matcher(readme);
        assertTrue(matcher.find(), "README.md does not say: " + sentence);
        for (int i = 0; i < functions.length; i++) {
            ElementaryFunction f = functions[i];
            Row row = AccuracyTable.read().rows().stream()
                    .filter(r -> r.function() == f && r.measure() == Measure.ULP)
                    .findFirst()
                    .orElseThrow();
            assertEquals(
                    row.largest().setScale(1, RoundingMode.CEILING).toPlainString(),
                    matcher.group(i + 1),
                    () -> f.label() + " in README.md: " + sentence);
        }
    }
}
