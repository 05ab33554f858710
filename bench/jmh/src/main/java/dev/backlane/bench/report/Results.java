package dev.backlane.bench.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The measurements of one run. */
record Results(List<Measurement> all) {
    /** Reads JMH's JSON. */
    static Results parse(String json) {
        List<Measurement> all = new ArrayList<>();
        for (JsonElement element : JsonParser.parseString(json).getAsJsonArray()) {
            JsonObject entry = element.getAsJsonObject();
            String[] name = entry.get("benchmark").getAsString().split("\\.", -1);
            Map<String, String> parameters = new LinkedHashMap<>();
            if (entry.has("params")) {
                entry.getAsJsonObject("params")
                        .entrySet()
                        .forEach(one ->
                                parameters.put(one.getKey(), one.getValue().getAsString()));
            }
            // JMH writes the threads that run a benchmark beside its parameters.
            parameters.putIfAbsent("jmhThreads", entry.get("threads").getAsString());
            Map<String, List<List<Double>>> secondary = new LinkedHashMap<>();
            if (entry.has("secondaryMetrics")) {
                entry.getAsJsonObject("secondaryMetrics")
                        .entrySet()
                        .forEach(one ->
                                secondary.put(one.getKey(), raw(one.getValue().getAsJsonObject())));
            }
            all.add(new Measurement(
                    name[name.length - 2] + '.' + name[name.length - 1],
                    parameters,
                    raw(entry.getAsJsonObject("primaryMetric")),
                    secondary));
        }
        return new Results(all);
    }

    private static List<List<Double>> raw(JsonObject metric) {
        JsonArray forks = metric.getAsJsonArray("rawData");
        List<List<Double>> raw = new ArrayList<>();
        for (JsonElement fork : forks) {
            raw.add(fork.getAsJsonArray().asList().stream()
                    .map(JsonElement::getAsDouble)
                    .toList());
        }
        return raw;
    }

    /** Those of one benchmark. */
    List<Measurement> of(String benchmark) {
        return all.stream().filter(one -> one.benchmark().equals(benchmark)).toList();
    }

    /** Contests of one benchmark: entries that differ in the peer only, by peer. */
    List<Map<String, Measurement>> contests(String benchmark) {
        Map<Map<String, String>, Map<String, Measurement>> contests = new LinkedHashMap<>();
        for (Measurement one : of(benchmark)) {
            contests.computeIfAbsent(one.without("peer"), key -> new LinkedHashMap<>())
                    .put(one.get("peer"), one);
        }
        return List.copyOf(contests.values());
    }
}
