package dev.backlane.check;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Planted error × mode × precision: how often it is caught. The table is the one in the notes, cell by cell. */
class PlantedErrorsTest {
    private static final int SEEDS = 10;

    /** A column of the table. */
    private record Way(Mode mode, String precision) {
        GradientCheck check(Bug bug, long seed) {
            GradientCheck check = switch (precision) {
                case "double" -> new DoubleNet(3, bug, seed, 1).check();
                case "float" -> new FloatNet(3, bug, seed, 1).check();
                default -> new FloatNet(3, bug, seed, 1).check().inDouble(new DoubleNet(3, bug, seed, 1).check());
            };
            return check.mode(mode).seed(seed);
        }

        /** 1% in one coordinate of a million, one direction; JACOBIAN looks at that coordinate alone. */
        boolean catchesOneOfAMillion() {
            GradientCheck check = switch (precision) {
                case "double" -> Million.inDouble(1000, true);
                case "float" -> Million.inFloat(1000, true);
                default -> Million.inFloat(1000, true).inDouble(Million.inDouble(1000, false));
            };
            if (mode == Mode.JACOBIAN) {
                check.only("x", Million.BAD_ROW, Million.BAD_COLUMN);
            }
            return check.mode(mode).directions(1).check().verdict() == Verdict.FAIL;
        }

        /** What 1% in one coordinate of twenty needs at least: float differences cannot see it in every network. */
        int floorForOnePercent() {
            return !precision.equals("float") || mode == Mode.ADJOINT ? SEEDS : mode == Mode.TAYLOR ? 5 : 8;
        }
    }

    private static List<Way> ways() {
        return Stream.of("double", "float", "float + twin")
                .flatMap(precision -> Stream.of(Mode.values())
                        .filter(mode -> mode != Mode.ADJOINT || !precision.endsWith("twin"))
                        .map(mode -> new Way(mode, precision)))
                .toList();
    }

    @Test
    void everyPlantedErrorIsCaughtAsTheNotesSay() throws IOException {
        List<Executable> cells = new ArrayList<>();
        List<String> rows = new ArrayList<>();
        rows.add(row("planted error", way -> way.mode() + " " + way.precision()));
        rows.add("|---" + "|---".repeat(ways().size()) + "|");
        for (Bug bug : Bug.values()) {
            if (bug == Bug.NONE) {
                continue;
            }
            rows.add(row(bug.text, way -> {
                int seeds = bug == Bug.ONE_PERCENT ? SEEDS : 2;
                int caught = 0;
                for (long seed = 1; seed <= seeds; seed++) {
                    caught += way.check(bug, seed).check().verdict() == Verdict.FAIL ? 1 : 0;
                }
                int found = caught;
                int wanted = bug == Bug.ONE_PERCENT ? way.floorForOnePercent() : seeds;
                cells.add(() -> assertTrue(found >= wanted, bug + " " + way + ": " + found + " of " + seeds));
                return caught == seeds ? "yes" : caught + " of " + seeds;
            }));
        }
        rows.add(row("1% in one coordinate of a million", way -> way.catchesOneOfAMillion() ? "yes" : "no"));
        assertAll(cells);
        String table = String.join("\n", rows);
        String notes = Files.readString(Path.of("bench/NOTES.md"));
        assertTrue(notes.contains("\n" + table + "\n"), "bench/NOTES.md needs the table\n" + table);
    }

    private static String row(String head, Function<Way, String> cell) {
        return ways().stream().map(cell).collect(Collectors.joining(" | ", "| " + head + " | ", " |"));
    }

    @Test
    void theSameNetworkWithoutErrorPasses() {
        for (Way way : ways()) {
            for (long seed = 1; seed <= 3; seed++) {
                GradientReport report = way.check(Bug.NONE, seed).check();
                assertEquals(Verdict.PASS, report.verdict(), () -> way + "\n" + report);
            }
        }
    }

    @Test
    void missingOnePercentInFloatIsReportedAsUnresolvedRatherThanCertified() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            GradientReport report = new FloatNet(3, Bug.ONE_PERCENT, seed, 1)
                    .check()
                    .seed(seed)
                    .only("w1", 2, 1)
                    .check();
            assertTrue(report.verdict() != Verdict.PASS, report::toString);
        }
    }

    @Test
    void onePercentInOneOfAMillionIsCaughtAndLocatedInDouble() {
        for (Mode mode : List.of(Mode.PROJECTION, Mode.ADJOINT)) {
            located(Million.inDouble(1000, true).mode(mode).directions(1).check());
        }
        GradientReport taylor =
                Million.inDouble(1000, true).mode(Mode.TAYLOR).directions(1).check();
        assertEquals(Verdict.FAIL, taylor.verdict(), taylor::toString);
    }

    @Test
    void onePercentInOneOfAMillionIsCaughtInFloatWithATwin() {
        located(Million.inFloat(1000, true)
                .inDouble(Million.inDouble(1000, false))
                .mode(Mode.PROJECTION)
                .directions(2)
                .check());
    }

    @Test
    void projectionInFloatSaysThatItCouldNotHaveSeenOnePercentInOneOfAMillion() {
        GradientReport report =
                Million.inFloat(1000, true).mode(Mode.PROJECTION).directions(1).check();
        assertTrue(report.verdict() != Verdict.FAIL, report::toString);
        assertTrue(report.inputs().getFirst().sensitivity() > 0.01, report::toString);
    }

    @Test
    void jacobianFindsOnePercentAmongThousands() {
        located(Million.inDouble(2, true).check(), Million.BAD_COLUMN % 2);
        located(Million.inFloat(2, true).check(), Million.BAD_COLUMN % 2);
    }

    @Test
    void aHundredThousandCorrectDerivativesPass() {
        GradientReport report = Million.inDouble(1000, false)
                .mode(Mode.PROJECTION)
                .directions(1)
                .check();
        assertEquals(Verdict.PASS, report.verdict(), report::toString);
    }

    private static void located(GradientReport report) {
        located(report, Million.BAD_COLUMN);
    }

    private static void located(GradientReport report, int column) {
        assertEquals(Verdict.FAIL, report.verdict(), report::toString);
        assertTrue(
                report.worst().stream()
                        .anyMatch(f -> f.verdict() == Verdict.FAIL
                                && f.row() == Million.BAD_ROW
                                && f.column() == column
                                && Math.abs(f.relativeError() - 0.01) < 2e-3),
                report::toString);
    }

    @Test
    void diagnosesNameTheMistake() {
        assertAll(
                diagnosis(Bug.WRONG_SIGN, "w1", "a sign?"),
                diagnosis(Bug.MISSING_FACTOR, "w2", "a factor?"),
                diagnosis(Bug.DROPPED_BIAS, "b1", "analytic is 0"),
                diagnosis(Bug.TAIL_LANE, "w2", "from 3 on"),
                diagnosis(Bug.ONE_PERCENT, "w1", "one coordinate of 20 fails, [2, 1]"));
        float[] x = {1, 2, 3, 4, 5, 6};
        float[] dx = new float[6];
        GradientReport transposed = GradientCheck.ofLoss(
                        () -> x[0] + 2 * x[1] + 3 * x[2] + 4 * x[3] + 5 * x[4] + 6 * x[5], () -> {
                            for (int k = 0; k < 6; k++) {
                                dx[k % 3 * 2 + k / 3] = 1 + k;
                            }
                        })
                .input("x", x, dx, 2, 3)
                .check();
        assertTrue(transposed.inputs().getFirst().diagnosis().contains("transposed"), transposed::toString);
    }

    private static Executable diagnosis(Bug bug, String input, String words) {
        return () -> {
            GradientReport report = new DoubleNet(3, bug, 1, 1).check().check();
            String said = report.inputs().stream()
                    .filter(s -> s.name().equals(input))
                    .findFirst()
                    .orElseThrow()
                    .diagnosis();
            assertTrue(said.contains(words), said);
        };
    }
}
