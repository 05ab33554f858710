package dev.backlane.bench.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes {@code report.md}, {@code products.svg} and {@code ratios.svg}. */
public final class Report {
    private Report() {}

    /**
     * Makes a report.
     *
     * @param results JMH's JSON; {@code environment.json} beside it is used if it is there
     * @param directory where to write
     * @return the report's Markdown
     * @throws IOException if a file cannot be read or written
     */
    public static String write(Path results, Path directory) throws IOException {
        Path environment = results.toAbsolutePath().resolveSibling("environment.json");
        Results parsed = Results.parse(Files.readString(results));
        Sections sections = new Sections(parsed);
        String tables = sections.markdown();
        Files.createDirectories(directory);
        List<String> charts = new ArrayList<>();
        if (parsed.of("SgemmBenchmark.sgemm").stream().anyMatch(one -> one.number("threads") == 1)) {
            Charts.products(parsed, sections.peak(), directory.resolve("products.svg"));
            charts.add("![Matrix products](products.svg)");
        }
        if (!sections.comparisons().isEmpty()) {
            Charts.ratios(sections.comparisons(), directory.resolve("ratios.svg"));
            charts.add("![Ratios](ratios.svg)");
        }
        StringBuilder text = new StringBuilder("# Benchmarks\n\n");
        text.append(summary(sections.comparisons()));
        text.append(peak(sections.peak()));
        charts.forEach(chart -> text.append(chart).append("\n\n"));
        text.append(tables);
        if (Files.exists(environment)) {
            text.append(environment(
                    JsonParser.parseString(Files.readString(environment)).getAsJsonObject()));
        }
        Files.writeString(directory.resolve("report.md"), text.toString());
        return text.toString();
    }

    /** How many comparisons Backlane wins and loses, against the fastest peer at each. */
    static String summary(List<Comparison> comparisons) {
        Map<Integer, List<Comparison>> byThreads = new LinkedHashMap<>();
        comparisons.forEach(one -> byThreads
                .computeIfAbsent(one.threads(), key -> new ArrayList<>())
                .add(one));
        StringBuilder text = new StringBuilder();
        byThreads.forEach((threads, all) -> {
            long ahead = all.stream().filter(Comparison::ahead).count();
            long behind = all.stream().filter(Comparison::behind).count();
            double mean = Sections.geometricMean(
                    all.stream().map(one -> one.ratio().median()).toList());
            text.append("Against the fastest peer at each of ")
                    .append(all.size())
                    .append(threads == 1 ? " jobs on 1 thread: " : " jobs on " + threads + " threads: ")
                    .append("ahead at ")
                    .append(ahead)
                    .append(", behind at ")
                    .append(behind)
                    .append(", within the spread of the forks at ")
                    .append(all.size() - ahead - behind)
                    .append("; geometric mean of the ratios ")
                    .append(Table.ratio(mean))
                    .append(".\n\n");
        });
        return text.toString();
    }

    private static String peak(Peak peak) {
        if (!peak.known(1)) {
            return "";
        }
        String all = peak.known(2)
                ? ", " + Table.number(peak.perCore() * peak.cores()) + " of all " + peak.cores() + " together"
                : "";
        return "Fused multiply-add peak in the same run, GFLOP/s: " + Table.number(peak.oneCore()) + " of one core"
                + all + ".\n\n";
    }

    private static String environment(JsonObject environment) {
        StringBuilder text = new StringBuilder("## What it ran on\n\n");
        for (Map.Entry<String, JsonElement> entry : environment.entrySet()) {
            if (!entry.getValue().isJsonObject()) {
                line(text, entry.getKey(), entry.getValue());
                continue;
            }
            JsonObject group = entry.getValue().getAsJsonObject();
            if (entry.getKey().equals("failures") && !group.isEmpty()) {
                text.append("\nNot measured:\n\n");
            } else if (entry.getKey().equals("peers")) {
                text.append("\nPeers:\n\n");
            }
            group.entrySet().forEach(one -> line(text, one.getKey(), one.getValue()));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String name, JsonElement value) {
        text.append("- ").append(name).append(": ").append(value.getAsString()).append('\n');
    }
}
