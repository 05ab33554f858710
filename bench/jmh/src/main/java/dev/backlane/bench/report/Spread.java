package dev.backlane.bench.report;

import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What several forks measured. A fork counts as the median of its iterations: iterations share one layout of code and
 * memory, and so are no independent measurements; forks are.
 *
 * @param median of the forks
 * @param low the smallest fork
 * @param high the largest fork
 */
record Spread(double median, double low, double high) {
    /** Of the raw data as JMH writes it: for each fork, its iterations. */
    static Spread of(List<List<Double>> raw) {
        return ofForks(raw.stream().map(Spread::median).toList());
    }

    /** Of one number for each fork. */
    static Spread ofForks(List<Double> forks) {
        return new Spread(median(forks), Collections.min(forks), Collections.max(forks));
    }

    /** The median; of an even number, the mean of the middle two. */
    static double median(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values");
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Half the distance of the extreme forks relative to the median, as a percentage; nothing of a single fork. */
    String plusMinus() {
        return high > low ? String.format(Locale.ROOT, "%.1f%%", 100 * (high - low) / (2 * median)) : "";
    }

    /** How many times this one is the other, from the least to the most that the forks allow. */
    Spread over(Spread other) {
        return new Spread(median / other.median, low / other.high, high / other.low);
    }
}
