package dev.backlane.graph;

import java.util.ArrayList;
import java.util.List;

/** Text in columns that are as wide as they need to be. */
final class Table {
    /** A cell that is longer stands out of its column and does not widen it for all rows. */
    private static final int WIDEST = 120;

    private final List<String[]> rows = new ArrayList<>();

    Table(String... head) {
        rows.add(head);
    }

    void row(String... cells) {
        rows.add(cells);
    }

    @Override
    public String toString() {
        int columns = rows.get(0).length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int j = 0; j < columns; j++) {
                widths[j] = row[j].length() > WIDEST ? widths[j] : Math.max(widths[j], row[j].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            line(rows.get(i), widths, text);
            if (i == 0) {
                String[] rule = new String[columns];
                for (int j = 0; j < columns; j++) {
                    rule[j] = "-".repeat(widths[j]);
                }
                line(rule, widths, text);
            }
        }
        return text.toString();
    }

    private static void line(String[] cells, int[] widths, StringBuilder text) {
        StringBuilder line = new StringBuilder();
        for (int j = 0; j < cells.length; j++) {
            line.append(j == 0 ? "" : " | ")
                    .append(cells[j])
                    .append(" ".repeat(Math.max(0, widths[j] - cells[j].length())));
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }
}
