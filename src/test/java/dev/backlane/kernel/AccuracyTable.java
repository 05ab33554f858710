package dev.backlane.kernel;

import dev.backlane.kernel.ElementaryFunction.Measure;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The table of largest errors between two markers in the notes: {@link ExhaustiveAccuracy} writes it, tests read it and start
 * from its inputs. Errors are rounded up.
 */
final class AccuracyTable {
    private static final Path NOTES = Path.of("bench", "NOTES.md");
    private static final String BEGIN = "<!-- accuracy: mvn -q -Paccuracy process-test-classes -->";
    private static final String END = "<!-- end of accuracy -->";
    private static final List<String> HEAD = List.of(
            "| function | contract | largest error | at | its bits | gives | lanes |", "|---|---|---|---|---|---|---|");

    private final Map<String, Row> rows = new TreeMap<>();

    /** One line; the cells are what the file says. */
    record Row(
            ElementaryFunction function,
            Measure measure,
            String contract,
            String error,
            int bits,
            String result,
            String lanes) {
        static Row of(ElementaryFunction function, Measure measure, double error, float at, long otherBits) {
            String lanes = !ElementaryLanes.AVAILABLE
                    ? "none here"
                    : otherBits == 0 ? "same bits, " + Backend.name() : otherBits + " differ, " + Backend.name();
            String contract = measure == Measure.ULP
                    ? String.format(Locale.ROOT, "%.0f ulp", function.bound(measure))
                    : String.format(Locale.ROOT, "%.0e", function.bound(measure));
            return new Row(
                    function,
                    measure,
                    contract,
                    cell(measure, error),
                    Float.floatToRawIntBits(at),
                    Float.toString(function.scalar(at)),
                    lanes);
        }

        static String cell(Measure measure, double error) {
            if (Double.isInfinite(error)) {
                return "NaN";
            }
            BigDecimal exactly = new BigDecimal(error);
            return measure == Measure.ULP
                    ? exactly.setScale(4, RoundingMode.CEILING).toPlainString() + " ulp"
                    : String.format(Locale.ROOT, "%.3e", exactly.round(new MathContext(4, RoundingMode.CEILING)));
        }

        float input() {
            return Float.intBitsToFloat(bits);
        }

        Row withLanes(String other) {
            return new Row(function, measure, contract, error, bits, result, other);
        }

        /** The error as its cell says. */
        BigDecimal largest() {
            return new BigDecimal(error.replace(" ulp", ""));
        }

        private String name() {
            boolean split = function.floor() > 0 && function.bound(Measure.ULP) > 0;
            String where = measure == Measure.ULP ? ", from " : ", below ";
            return function.label() + (split ? where + String.format(Locale.ROOT, "%.0e", function.floor()) : "");
        }

        private String key() {
            return String.format("%02d%d", function.ordinal(), measure.ordinal());
        }

        private static Row parse(String line) {
            String[] cells = line.split("\\|", -1);
            for (int i = 0; i < cells.length; i++) {
                cells[i] = cells[i].strip();
            }
            for (ElementaryFunction f : ElementaryFunction.values()) {
                for (Measure measure : Measure.values()) {
                    int bits = Integer.parseUnsignedInt(cells[5].substring(2), 16);
                    Row row = new Row(f, measure, cells[2], cells[3], bits, cells[6], cells[7]);
                    if (row.name().equals(cells[1]) && (measure == Measure.ULP) == cells[3].endsWith("ulp")) {
                        return row;
                    }
                }
            }
            throw new IllegalArgumentException("no function of that name: " + line);
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | 0x%08x | %s | %s |",
                    name(),
                    contract,
                    error,
                    input(),
                    bits,
                    result,
                    lanes);
        }
    }

    static AccuracyTable read() throws IOException {
        AccuracyTable table = new AccuracyTable();
        List<String> lines = Files.readAllLines(NOTES);
        for (String line : lines.subList(lines.indexOf(BEGIN) + 1, lines.indexOf(END))) {
            if (!HEAD.contains(line) && !line.isBlank()) {
                table.put(Row.parse(line));
            }
        }
        return table;
    }

    void put(Row row) {
        rows.put(row.key(), row);
    }

    Collection<Row> rows() {
        return rows.values();
    }

    void write() throws IOException {
        List<String> lines = Files.readAllLines(NOTES);
        List<String> whole = new ArrayList<>(lines.subList(0, lines.indexOf(BEGIN) + 1));
        whole.add("");
        whole.addAll(HEAD);
        rows.values().forEach(row -> whole.add(row.toString()));
        whole.add("");
        whole.addAll(lines.subList(lines.indexOf(END), lines.size()));
        Files.writeString(NOTES, String.join("\n", whole) + "\n");
    }
}
