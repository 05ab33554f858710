package dev.backlane.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The report tells the truth, the same truth every time, and in valid JSON. */
class ReportTest {
    @Test
    void theReportNamesTheWorstCoordinateAndHowToRepeatIt() {
        GradientReport report =
                new FloatNet(3, Bug.ONE_PERCENT, 1, 1).check().seed(7).check();
        AssertionError error = assertThrows(AssertionError.class, report::assertPasses);
        String text = error.getMessage();
        assertTrue(text.startsWith("gradient check FAILED: JACOBIAN, float"), text);
        assertTrue(text.contains("w1[2, 1]"), text);
        assertTrue(text.contains("relative errors"), text);
        assertTrue(
                text.contains(".seed(7L).mode(Mode.JACOBIAN).relativeTolerance(0.002).only(\"w1\", 2, 1).check()"),
                text);
        Finding whole = report.worst().getFirst();
        Finding alone = new FloatNet(3, Bug.ONE_PERCENT, 1, 1)
                .check()
                .seed(7)
                .only("w1", 2, 1)
                .check()
                .worst()
                .getFirst();
        assertEquals(whole, alone, "the reproducer repeats the very numbers");
    }

    @Test
    void everyLineOfTheHistogramIsCounted() {
        GradientReport report = new DoubleNet(3, Bug.NONE, 1, 1).check().check();
        long resolved =
                report.inputs().stream().mapToLong(s -> s.passed() + s.failed()).sum();
        assertEquals(resolved, Arrays.stream(report.histogram()).sum());
    }

    @Test
    void theSameSeedGivesTheSameReport() {
        for (Mode mode : Mode.values()) {
            String first = new FloatNet(3, Bug.TRANSPOSED, 1, 1)
                    .check()
                    .mode(mode)
                    .seed(9)
                    .check()
                    .toJson();
            String second = new FloatNet(3, Bug.TRANSPOSED, 1, 1)
                    .check()
                    .mode(mode)
                    .seed(9)
                    .check()
                    .toJson();
            assertEquals(first, second);
        }
    }

    @Test
    void jsonIsValidEvenForNamesAndNumbersThatAreHardToWrite() {
        GradientReport report = GradientCheck.ofLoss(() -> 1, () -> {})
                .input("a \"quoted\"\n\\name\t\u0001 \ud800", new double[] {1}, new double[1])
                .check();
        String json = report.toJson();
        assertEquals(json.length(), new Json(json).value(0), json);
        assertTrue(json.contains("\"NaN\""), json);
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void aRandomQuadraticPassesAndOneWrongCoordinateIsNamed(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 7) int n, @ForAll @IntRange(min = 0, max = 6) int bad) {
        SplitMix random = new SplitMix(seed);
        double[] a = new double[n * n];
        Arrays.setAll(a, k -> random.nextWeight());
        double[] x = new double[n];
        Arrays.setAll(x, k -> random.nextWeight());
        double[] wrong = {1};
        int k = bad % n;
        UnaryOperator<double[]> gradient = v -> {
            double[] g = new double[n];
            for (int i = 0; i < n; i++) {
                g[i] = Math.cos(v[i]);
                for (int j = 0; j < n; j++) {
                    g[i] += (a[i * n + j] + a[j * n + i]) * v[j] / 2;
                }
            }
            g[k] *= wrong[0];
            return g;
        };
        // a derivative that happens to vanish is rightly inconclusive: differences cannot resolve it to a millionth
        Assume.that(Arrays.stream(gradient.apply(x)).allMatch(g -> Math.abs(g) > 1e-3));
        GradientCheck check = GradientCheck.ofFunction(
                v -> {
                    double sum = 0;
                    for (int i = 0; i < n; i++) {
                        sum += Math.sin(v[i]);
                        for (int j = 0; j < n; j++) {
                            sum += v[i] * a[i * n + j] * v[j] / 2;
                        }
                    }
                    return sum;
                },
                gradient,
                x);
        for (Mode mode : new Mode[] {Mode.JACOBIAN, Mode.PROJECTION, Mode.TAYLOR}) {
            wrong[0] = 1;
            GradientReport right = check.mode(mode).check();
            assertEquals(Verdict.PASS, right.verdict(), right::toString);
            wrong[0] = 1.01;
            GradientReport report = check.mode(mode).check();
            assertEquals(Verdict.FAIL, report.verdict(), report::toString);
            assertTrue(mode == Mode.TAYLOR || report.worst().stream().anyMatch(f -> f.column() == k), report::toString);
        }
    }

    /** Just enough of a JSON parser to reject what is none: each method answers where its element ends. */
    private record Json(String text) {
        int value(int at) {
            return switch (text.charAt(at)) {
                case '{' -> list(at, '}', true);
                case '[' -> list(at, ']', false);
                case '"' -> string(at);
                case 't' -> word(at, "true");
                case 'f' -> word(at, "false");
                default -> number(at);
            };
        }

        private int list(int at, char end, boolean keys) {
            int i = at + 1;
            if (text.charAt(i) == end) {
                return i + 1;
            }
            while (true) {
                if (keys) {
                    i = string(i);
                    assertEquals(':', text.charAt(i++), text.substring(0, i));
                }
                i = value(i);
                if (text.charAt(i) == end) {
                    return i + 1;
                }
                assertEquals(',', text.charAt(i++), text.substring(0, i));
            }
        }

        private int string(int at) {
            assertEquals('"', text.charAt(at), text.substring(0, at));
            int i = at + 1;
            while (text.charAt(i) != '"') {
                assertTrue(text.charAt(i) >= 0x20 && !Character.isSurrogate(text.charAt(i)));
                i += text.charAt(i) == '\\' ? 2 : 1;
            }
            return i + 1;
        }

        private int word(int at, String word) {
            assertTrue(text.startsWith(word, at), text.substring(0, at));
            return at + word.length();
        }

        private int number(int at) {
            int i = at;
            while ("+-.0123456789eE".indexOf(text.charAt(i)) >= 0) {
                i++;
            }
            assertTrue(
                    text.substring(at, i).matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?"), text.substring(at, i));
            return i;
        }
    }
}
