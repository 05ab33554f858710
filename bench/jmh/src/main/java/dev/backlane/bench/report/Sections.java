package dev.backlane.bench.report;

import dev.backlane.bench.jmh.DenseBenchmark;
import dev.backlane.bench.jmh.SweepBenchmark;
import dev.backlane.bench.peer.Peers;
import dev.backlane.bench.peer.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The tables of a report, each with what it compares. */
final class Sections {
    private static final String OWN = "backlane";
    /** Too far behind for a column with ratios. */
    private static final Set<String> SLOW = Set.of("netlib", "ejml");

    private final Results results;
    private final Peak peak;
    private final List<Comparison> comparisons = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();

    Sections(Results results) {
        this.results = results;
        peak = Peak.of(results);
    }

    /** Markdown of every section that has measurements. */
    String markdown() {
        products(
                "Matrix products",
                "SgemmBenchmark.sgemm",
                "m×n×k, row-major; T before the colon: that operand is transposed.",
                one -> Shape.of(one.get("shape")),
                one -> shape(Shape.of(one.get("shape"))));
        products(
                "Dense layers",
                "DenseBenchmark.dense",
                "Backlane computes bias and sigmoid with the forward product, db with dW, and the derivative with dX;"
                        + " its peers compute the bare product.",
                one -> DenseBenchmark.product(one.get("pass"), one.get("layer")),
                one -> one.get("pass") + ' ' + one.get("layer").replace('x', '×'));
        networks();
        vectors();
        losses();
        sweeps();
        regions();
        starts();
        return text.toString();
    }

    /** All comparisons, in the order of the sections. */
    List<Comparison> comparisons() {
        return comparisons;
    }

    Peak peak() {
        return peak;
    }

    static String shape(Shape s) {
        String sizes = s.m() + "×" + s.n() + "×" + s.k();
        return s.transposeA() || s.transposeB() ? s.toString().substring(0, 3) + sizes : sizes;
    }

    private void products(
            String title,
            String benchmark,
            String note,
            Function<Measurement, Shape> shape,
            Function<Measurement, String> label) {
        for (int threads : threads(benchmark)) {
            Contest contest = new Contest(title, title + ", " + threads(threads) + ", GFLOP/s", note, threads);
            contest.peakShare = one -> shape.apply(one).flops() / one.spread().median() / peak.gflops(threads);
            contest.value = one -> shape.apply(one).flops() / one.spread().median();
            contest.label = label;
            contest.add(contests(benchmark, threads));
        }
    }

    private void vectors() {
        Contest contest = new Contest("Elementwise", "Elementwise functions, 1 thread, ns for an element", "", 1);
        contest.value = one -> one.spread().median() / one.number("n");
        contest.label = one -> one.get("function") + ", 2^" + log2(one.number("n"));
        contest.add(results.contests("VectorBenchmark.elementwise"));
    }

    private void losses() {
        Contest contest = new Contest("Loss", "Softmax cross-entropy with gradient, 1 thread, µs", "batch×classes", 1);
        contest.value = one -> one.spread().median() / 1e3;
        contest.label = one -> one.get("size").replace('x', '×');
        contest.add(results.contests("LossBenchmark.softmaxCrossEntropy"));
    }

    private void networks() {
        Table table = new Table(List.of(
                "task, network, batch",
                "threads",
                "Backlane, µs",
                "±",
                "bytes allocated",
                "libtorch, µs",
                "its threads",
                "libtorch/Backlane"));
        List<Measurement> all = results.of("NetworkBenchmark.step");
        for (Measurement own : all) {
            if (!own.get("peer").equals(OWN)) {
                continue;
            }
            // A peer may use fewer threads than it is allowed to, where that is its best setting.
            Measurement rival = null;
            for (Measurement other : all) {
                if (!other.get("peer").equals(OWN)
                        && other.without("peer", "threads").equals(own.without("peer", "threads"))
                        && other.number("threads") <= own.number("threads")
                        && (rival == null
                                || other.spread().median() < rival.spread().median())) {
                    rival = other;
                }
            }
            String label = own.get("task") + ' ' + own.get("network") + ", " + own.get("batch");
            List<List<Double>> bytes = own.secondary().get("gc.alloc.rate.norm");
            if (rival != null) {
                comparisons.add(new Comparison(
                        "Networks",
                        label,
                        own.number("threads"),
                        rival.get("peer"),
                        rival.spread().over(own.spread())));
            }
            table.add(List.of(
                    label,
                    own.get("threads"),
                    Table.number(own.spread().median() / 1e3),
                    own.spread().plusMinus(),
                    bytes == null ? "" : Math.round(Spread.of(bytes).median()) + "",
                    rival == null ? "absent" : Table.number(rival.spread().median() / 1e3),
                    rival == null ? "" : rival.get("threads"),
                    rival == null
                            ? ""
                            : Table.ratio(rival.spread().over(own.spread()).median())));
        }
        section(
                "Networks, a training step or a forward pass, µs",
                "Softmax cross-entropy, gradient descent; the activation is that of the hidden layers.",
                table);
    }

    private void sweeps() {
        Table table = new Table(List.of("pass, parameters", "GB/s", "±", "share of copy loop"));
        Map<String, Spread> copies = new LinkedHashMap<>();
        for (Measurement one : results.of("SweepBenchmark.sweep")) {
            if (one.get("sweep").equals("copy")) {
                copies.put(one.get("n"), one.spread());
            }
        }
        for (Measurement one : results.of("SweepBenchmark.sweep")) {
            double rate = rate(one.get("sweep"), one.number("n"), one.spread());
            Spread copy = copies.get(one.get("n"));
            table.add(List.of(
                    one.get("sweep") + ", 2^" + log2(one.number("n")),
                    Table.number(rate),
                    one.spread().plusMinus(),
                    copy == null ? "" : Table.percent(rate / rate("copy", one.number("n"), copy))));
        }
        section(
                "Optimiser sweeps, 1 thread",
                "Bytes that the pass reads and writes; the copy loop is plain Java.",
                table);
    }

    private static double rate(String sweep, int n, Spread time) {
        return (double) SweepBenchmark.bytesPerParameter(sweep) * n / time.median();
    }

    private void regions() {
        Table table = new Table(List.of("threads", "µs", "±"));
        for (Measurement one : results.of("RegionBenchmark.emptyRegion")) {
            table.add(List.of(
                    one.get("threads"),
                    Table.number(one.spread().median() / 1e3),
                    one.spread().plusMinus()));
        }
        section("Empty parallel region", "", table);
    }

    private void starts() {
        Table calls = new Table(List.of("first call in a JVM", "ms", "±"));
        for (Measurement one : results.of("FirstCallBenchmark.firstCall")) {
            calls.add(List.of(
                    one.get("what").equals("product") ? "product 64×128×784" : "training step 784-128-10, 64",
                    Table.number(one.spread().median()),
                    one.spread().plusMinus()));
        }
        section("First call", "", calls);
        Table table = new Table(List.of(
                "launch", "first step, ms", "within 10% of full speed, ms", "fastest and slowest", "final step, µs"));
        for (Measurement one : results.of("ColdStartBenchmark.coldStart")) {
            Spread full = processes(one, "fullSpeedMillis");
            table.add(List.of(
                    one.get("launch").equals("aot") ? "with an AOT cache" : "plain",
                    Table.number(processes(one, "firstStepMillis").median()),
                    Table.number(full.median()),
                    Table.number(full.low()) + " to " + Table.number(full.high()),
                    Table.number(processes(one, "finalStepMicros").median())));
        }
        section(
                "From the launch of a JVM to full speed",
                "Training step 784-128-10 sigmoid, batch 64, one thread, in a process that does nothing else.",
                table);
    }

    /** Every iteration is a process, so each counts as a fork does elsewhere. */
    private static Spread processes(Measurement one, String counter) {
        return Spread.ofForks(one.secondary().get(counter).get(0));
    }

    private void section(String title, String note, Table table) {
        if (!table.isEmpty()) {
            text.append("## ").append(title).append("\n\n");
            if (!note.isEmpty()) {
                text.append(note).append("\n\n");
            }
            text.append(table).append('\n');
        }
    }

    private Set<Integer> threads(String benchmark) {
        Set<Integer> threads = new LinkedHashSet<>();
        results.of(benchmark).forEach(one -> threads.add(one.number("threads")));
        return threads;
    }

    private List<Map<String, Measurement>> contests(String benchmark, int threads) {
        return results.contests(benchmark).stream()
                .filter(one -> one.values().iterator().next().number("threads") == threads)
                .toList();
    }

    private static String threads(int n) {
        return n == 1 ? "1 thread" : n + " threads";
    }

    private static int log2(int n) {
        return 31 - Integer.numberOfLeadingZeros(n);
    }

    /** A table of Backlane and its peers at the same jobs. */
    private final class Contest {
        private final String section;
        private final String title;
        private final String note;
        private final int threads;
        private Function<Measurement, String> label;
        private ToDoubleFunction<Measurement> value;
        private ToDoubleFunction<Measurement> peakShare;

        Contest(String section, String title, String note, int threads) {
            this.section = section;
            this.title = title;
            this.note = note;
            this.threads = threads;
        }

        void add(List<Map<String, Measurement>> contests) {
            List<String> peers = Peers.ALL.stream()
                    .filter(name -> !name.equals(OWN))
                    .filter(name -> contests.stream().anyMatch(one -> one.containsKey(name)))
                    .toList();
            List<String> rivals =
                    peers.stream().filter(name -> !SLOW.contains(name)).toList();
            boolean shares = peakShare != null && peak.known(threads);
            List<String> header = new ArrayList<>(List.of("", "Backlane", "±"));
            if (shares) {
                header.add("of peak");
            }
            header.addAll(peers);
            rivals.forEach(name -> header.add("over " + name));
            Table table = new Table(header);
            Map<String, List<Double>> ratios = new LinkedHashMap<>();
            for (Map<String, Measurement> contest : contests) {
                Measurement own = contest.get(OWN);
                if (own == null) {
                    continue;
                }
                List<String> row = new ArrayList<>(List.of(
                        label.apply(own),
                        Table.number(value.applyAsDouble(own)),
                        own.spread().plusMinus()));
                if (shares) {
                    row.add(Table.percent(peakShare.applyAsDouble(own)));
                }
                for (String name : peers) {
                    Measurement peer = contest.get(name);
                    row.add(peer == null ? "" : Table.number(value.applyAsDouble(peer)));
                }
                for (String name : rivals) {
                    Measurement peer = contest.get(name);
                    row.add(
                            peer == null
                                    ? ""
                                    : Table.ratio(
                                            peer.spread().over(own.spread()).median()));
                    if (peer != null) {
                        ratios.computeIfAbsent(name, key -> new ArrayList<>())
                                .add(peer.spread().over(own.spread()).median());
                    }
                }
                table.add(row);
                compare(label.apply(own), contest);
            }
            section(title, note, table);
            ratios.forEach((name, all) -> text.append("Geometric mean over ")
                    .append(name)
                    .append(": ")
                    .append(Table.ratio(geometricMean(all)))
                    .append(".\n\n"));
        }

        private void compare(String job, Map<String, Measurement> contest) {
            Measurement best = null;
            for (Measurement one : contest.values()) {
                boolean peer = !one.get("peer").equals(OWN);
                if (peer
                        && (best == null
                                || one.spread().median() < best.spread().median())) {
                    best = one;
                }
            }
            if (best != null) {
                Spread ratio = best.spread().over(contest.get(OWN).spread());
                comparisons.add(new Comparison(section, job, threads, best.get("peer"), ratio));
            }
        }
    }

    static double geometricMean(List<Double> ratios) {
        return Math.exp(ratios.stream().mapToDouble(Math::log).average().orElse(Double.NaN));
    }
}
