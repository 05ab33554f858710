package dev.backlane.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The report in plain text, at most 120 columns for ordinary names. */
final class TextReport {
    private static final int BAR = 40;

    private TextReport() {}

    static String render(GradientReport report) {
        StringBuilder out = new StringBuilder();
        out.append("gradient check ").append(headline(report.verdict()));
        out.append(": ").append(report.mode()).append(", ").append(report.precision());
        out.append(", relative tolerance ").append(Text.small(report.relativeTolerance()));
        if (report.settings().absoluteTolerance() > 0) {
            out.append(", excused below ").append(Text.small(report.settings().absoluteTolerance()));
        }
        out.append(", seed ").append(report.seed());
        out.append(", ").append(report.evaluations()).append(" forward passes\n");
        for (String defect : report.defects()) {
            out.append("  DEFECT ").append(defect).append('\n');
        }
        inputs(report, out);
        worst(report, out);
        histogram(report.histogram(), out);
        return out.append("\n  reproduce: ").append(report.reproducer()).toString();
    }

    private static String headline(Verdict verdict) {
        return switch (verdict) {
            case PASS -> "passed";
            case FAIL -> "FAILED";
            case INCONCLUSIVE -> "INCONCLUSIVE";
        };
    }

    private static void inputs(GradientReport report, StringBuilder out) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {
            "input",
            "shape",
            "verdict",
            "checked",
            "pass",
            "zero",
            "fail",
            "unresolved",
            "kinks",
            "excused",
            "max rel err"
        });
        for (InputSummary s : report.inputs()) {
            rows.add(new String[] {
                s.name(),
                "[" + s.rows() + "x" + s.columns() + "]",
                s.verdict().toString(),
                Long.toString(s.checked()),
                Long.toString(s.passed()),
                Long.toString(s.zeros()),
                Long.toString(s.failed()),
                Long.toString(s.inconclusive()),
                Long.toString(s.kinks()),
                Long.toString(s.excused()),
                Text.small(s.largestRelativeError())
            });
        }
        table(rows, out);
        for (InputSummary s : report.inputs()) {
            if (!s.diagnosis().isEmpty()) {
                out.append("  ")
                        .append(s.name())
                        .append(": ")
                        .append(s.diagnosis())
                        .append('\n');
            }
            if (Double.isFinite(s.sensitivity())) {
                out.append("  ").append(s.name()).append(": would have seen one typical coordinate off by ");
                out.append(percent(s.sensitivity())).append('\n');
            }
        }
    }

    private static String percent(double relative) {
        return relative >= 10
                ? Text.small(relative) + " times itself"
                : String.format(Locale.ROOT, "%.2g%%", 100 * relative);
    }

    private static void worst(GradientReport report, StringBuilder out) {
        if (report.worst().isEmpty()) {
            return;
        }
        boolean many = report.worst().stream().map(Finding::output).distinct().count() > 1;
        out.append("\n");
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"worst", "verdict", "analytic", "numeric", "abs err", "rel err", "ulps", "step", ""});
        for (Finding f : report.worst()) {
            String note = (many ? "(" + f.output() + ") " : "") + f.diagnosis();
            rows.add(new String[] {
                f.where(),
                f.verdict().toString(),
                Text.number(f.analytic()),
                Text.number(f.numeric()),
                Text.small(f.absoluteError()),
                Text.small(f.relativeError()),
                Text.small(f.ulps()),
                Text.small(f.step()),
                note
            });
        }
        table(rows, out);
    }

    private static void table(List<String[]> rows, StringBuilder out) {
        int columns = rows.getFirst().length;
        int[] width = new int[columns];
        for (String[] row : rows) {
            for (int c = 0; c < columns; c++) {
                width[c] = Math.max(width[c], row[c].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder(" ");
            for (int c = 0; c < columns; c++) {
                line.append(' ').append(row[c]).repeat(" ", width[c] - row[c].length() + 1);
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
    }

    private static void histogram(long[] counts, StringBuilder out) {
        long largest = 0;
        int first = counts.length;
        int last = -1;
        for (int d = 0; d < counts.length; d++) {
            largest = Math.max(largest, counts[d]);
            if (counts[d] > 0) {
                first = Math.min(first, d);
                last = d;
            }
        }
        if (last < 0) {
            return;
        }
        out.append("\n  relative errors\n");
        for (int d = first; d <= last; d++) {
            if (counts[d] == 0) {
                continue;
            }
            int length = (int) Math.max(1, BAR * counts[d] / largest);
            String label = d == 0 ? "     < 1e-16" : d == counts.length - 1 ? "   1 and more" : "1e" + (d - 17) + " ..";
            out.append("  ")
                    .repeat(" ", Math.max(0, 13 - label.length()))
                    .append(label)
                    .append(" |");
            out.repeat("#", length)
                    .repeat(" ", BAR - length + 1)
                    .append(counts[d])
                    .append('\n');
        }
    }
}
