package dev.backlane.check;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;

/** The report as JSON (RFC 8259), written by hand: the package has no dependency. */
final class JsonReport {
    private JsonReport() {}

    static String render(GradientReport report) {
        return new Json()
                .put("verdict", report.verdict())
                .put("mode", report.mode())
                .put("precision", report.precision())
                .put("seed", report.seed())
                .put("relativeTolerance", report.relativeTolerance())
                .put("absoluteTolerance", report.settings().absoluteTolerance())
                .put("maxInconclusive", report.settings().maxInconclusive())
                .put("evaluations", report.evaluations())
                .put("defects", report.defects())
                .put("inputs", report.inputs().stream().map(JsonReport::input).toList())
                .put("worst", report.worst().stream().map(JsonReport::finding).toList())
                .put("histogram", Arrays.stream(report.histogram()).boxed().toList())
                .put("reproducer", report.reproducer())
                .toString();
    }

    private static Json input(InputSummary s) {
        return new Json()
                .put("name", s.name())
                .put("rows", s.rows())
                .put("columns", s.columns())
                .put("checked", s.checked())
                .put("passed", s.passed())
                .put("zeros", s.zeros())
                .put("failed", s.failed())
                .put("inconclusive", s.inconclusive())
                .put("kinks", s.kinks())
                .put("excused", s.excused())
                .put("largestRelativeError", s.largestRelativeError())
                .put("sensitivity", s.sensitivity())
                .put("verdict", s.verdict())
                .put("diagnosis", s.diagnosis());
    }

    private static Json finding(Finding f) {
        return new Json()
                .put("input", f.input())
                .put("row", f.row())
                .put("column", f.column())
                .put("direction", f.direction())
                .put("output", f.output())
                .put("analytic", f.analytic())
                .put("numeric", f.numeric())
                .put("absoluteError", f.absoluteError())
                .put("relativeError", f.relativeError())
                .put("ulps", f.ulps())
                .put("step", f.step())
                .put("resolution", f.resolution())
                .put("kink", f.kink())
                .put("excused", f.excused())
                .put("verdict", f.verdict())
                .put("cause", f.cause())
                .put("diagnosis", f.diagnosis());
    }

    /** An object under construction; its string form is JSON. */
    private static final class Json {
        private final StringBuilder out = new StringBuilder();

        Json put(String key, Object value) {
            out.append(out.isEmpty() ? "" : ",").append(quote(key)).append(':').append(value(value));
            return this;
        }

        private static String value(Object value) {
            return switch (value) {
                case Double d when !Double.isFinite(d) -> quote(d.toString());
                case Number n -> n.toString();
                case Boolean b -> b.toString();
                case Json json -> json.toString();
                case Collection<?> list -> list.stream().map(Json::value).collect(Collectors.joining(",", "[", "]"));
                default -> quote(value.toString());
            };
        }

        private static String quote(String text) {
            StringBuilder quoted = new StringBuilder("\"");
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '"' || c == '\\') {
                    quoted.append('\\').append(c);
                } else if (c < 0x20 || Character.isSurrogate(c)) {
                    // escaped surrogates stay valid even where a caller's name holds a lone one
                    quoted.append(String.format("\\u%04x", (int) c));
                } else {
                    quoted.append(c);
                }
            }
            return quoted.append('"').toString();
        }

        @Override
        public String toString() {
            return "{" + out + "}";
        }
    }
}
