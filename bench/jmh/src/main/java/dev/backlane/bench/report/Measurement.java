package dev.backlane.bench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One entry of JMH's JSON.
 *
 * @param benchmark simple name of the class and method
 * @param parameters by name
 * @param raw scores: for each fork, its iterations
 * @param secondary other metrics by name, in the same form
 */
record Measurement(
        String benchmark,
        Map<String, String> parameters,
        List<List<Double>> raw,
        Map<String, List<List<Double>>> secondary) {
    Spread spread() {
        return Spread.of(raw);
    }

    String get(String name) {
        return parameters.getOrDefault(name, "");
    }

    int number(String name) {
        return Integer.parseInt(get(name));
    }

    /** All parameters but some: what a contest is about. */
    Map<String, String> without(String... names) {
        Map<String, String> rest = new LinkedHashMap<>(parameters);
        for (String name : names) {
            rest.remove(name);
        }
        return rest;
    }
}
