package dev.backlane.bench;

import dev.backlane.bench.jmh.ColdStartBenchmark;
import dev.backlane.bench.jmh.DenseBenchmark;
import dev.backlane.bench.jmh.FirstCallBenchmark;
import dev.backlane.bench.jmh.LossBenchmark;
import dev.backlane.bench.jmh.NetworkBenchmark;
import dev.backlane.bench.jmh.PeakBenchmark;
import dev.backlane.bench.jmh.SgemmBenchmark;
import dev.backlane.bench.jmh.SweepBenchmark;
import dev.backlane.bench.jmh.VectorBenchmark;
import dev.backlane.bench.peer.Peer;
import dev.backlane.bench.peer.Shape;
import dev.backlane.kernel.RegionBenchmark;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a run measures, in which order. */
final class Plan {
    /** The groups that can be selected. */
    static final List<String> GROUPS = List.of(
            "peak", "sgemm", "dense", "elementwise", "loss", "sweep", "network", "region", "first-call", "cold-start");

    /** Products larger than this take the slow peers seconds each. */
    private static final double SLOW_PEER_FLOPS = 2.0 * 1024 * 1024 * 1024;

    private static final Set<String> SLOW_PEERS = Set.of("ejml", "netlib");

    /**
     * One benchmark with all its parameters.
     *
     * @param group it belongs to
     * @param benchmark class and method
     * @param parameters by name
     */
    record Cell(String group, String benchmark, Map<String, String> parameters) {
        /** Method and parameters in one line, different for every cell. */
        String label() {
            String method = benchmark.substring(benchmark.lastIndexOf('.') + 1);
            return method + ' ' + String.join(" ", parameters.values());
        }

        /** Whether the benchmark brings its own forks and iterations. */
        boolean fixed() {
            return group.equals("cold-start") || group.equals("first-call");
        }
    }

    private final List<List<Cell>> jobs = new ArrayList<>();
    private final Size size;
    private final List<Integer> threads;
    private final Map<String, ? extends Peer> peers;

    /**
     * A plan for what is there.
     *
     * @param peers those that are ready, by name, Backlane first
     */
    Plan(Size size, Set<String> groups, List<Integer> threads, Map<String, ? extends Peer> peers) {
        this.size = size;
        this.threads = threads;
        this.peers = peers;
        for (String group : GROUPS) {
            if (groups.contains(group)) {
                add(group);
            }
        }
    }

    /** Jobs in order; the cells of a job are contestants, whose forks take turns. */
    List<List<Cell>> jobs() {
        return jobs;
    }

    private void add(String group) {
        switch (group) {
            case "peak" -> {
                single(group, PeakBenchmark.class, "oneCore", "lanes", FmaPeak.LANES);
                single(group, PeakBenchmark.class, "allCores", "lanes", FmaPeak.LANES);
            }
            case "sgemm" ->
                size.products().forEach(text -> {
                    Shape shape = Shape.of(text);
                    for (int n : threads) {
                        contest(
                                group,
                                SgemmBenchmark.class,
                                "sgemm",
                                productPeers(n, shape.flops()),
                                "shape",
                                shape.toString(),
                                "threads",
                                n);
                    }
                });
            case "dense" -> {
                for (String layer : size.layers()) {
                    for (String pass : List.of("forward", "dW", "dX")) {
                        for (int n : threads) {
                            List<String> names = productPeers(n, Double.MAX_VALUE);
                            contest(
                                    group,
                                    DenseBenchmark.class,
                                    "dense",
                                    names,
                                    "pass",
                                    pass,
                                    "layer",
                                    layer,
                                    "threads",
                                    n);
                        }
                    }
                }
            }
            case "elementwise" -> {
                for (String function : List.of("sigmoid", "tanh", "exp", "gelu", "relu")) {
                    for (int n : size.vectors()) {
                        contest(group, VectorBenchmark.class, "elementwise", withTorch(), "function", function, "n", n);
                    }
                }
            }
            case "loss" ->
                List.of("64x10", "128x10", "128x1000")
                        .forEach(text ->
                                contest(group, LossBenchmark.class, "softmaxCrossEntropy", withTorch(), "size", text));
            case "sweep" -> {
                for (int n : size.vectors()) {
                    List<Cell> cells = new ArrayList<>();
                    for (String sweep : List.of("copy", "sgd", "momentum", "adam")) {
                        cells.add(cell(group, SweepBenchmark.class, "sweep", "sweep", sweep, "n", n));
                    }
                    jobs.add(cells);
                }
            }
            case "network" -> networks(group);
            case "region" -> {
                for (int n : threads) {
                    if (n > 1) {
                        single(group, RegionBenchmark.class, "emptyRegion", "threads", n);
                    }
                }
            }
            case "first-call" -> {
                single(group, FirstCallBenchmark.class, "firstCall", "what", "product");
                single(group, FirstCallBenchmark.class, "firstCall", "what", "step");
            }
            case "cold-start" -> {
                jobs.add(List.of(
                        cell(group, ColdStartBenchmark.class, "coldStart", "launch", "plain"),
                        cell(group, ColdStartBenchmark.class, "coldStart", "launch", "aot")));
            }
            default -> throw new IllegalArgumentException("group must be one of " + GROUPS + ", but is " + group);
        }
    }

    private void networks(String group) {
        List<Object[]> all = new ArrayList<>();
        all.add(new Object[] {"training", "784-30-10 sigmoid", 32});
        all.add(new Object[] {"training", "784-128-10 sigmoid", 64});
        all.add(new Object[] {"training", "784-512-512-10 relu", 128});
        all.add(new Object[] {"training", "784-1024-1024-1024-10 relu", 256});
        all.add(new Object[] {"training", "784-128-10 sigmoid", 1});
        all.add(new Object[] {"inference", "784-128-10 sigmoid", 1});
        all.add(new Object[] {"inference", "784-128-10 sigmoid", 64});
        all.add(new Object[] {"inference", "784-512-512-10 relu", 128});
        for (Object[] one : all.subList(0, size == Size.SMOKE ? 1 : all.size())) {
            // One job for all numbers of threads: a peer's best setting is found among them.
            List<Cell> cells = new ArrayList<>();
            for (int n : threads) {
                for (String peer : withTorch()) {
                    cells.add(cell(
                            group,
                            NetworkBenchmark.class,
                            "step",
                            "task",
                            one[0],
                            "network",
                            one[1],
                            "batch",
                            one[2],
                            "threads",
                            n,
                            "peer",
                            peer));
                }
            }
            jobs.add(cells);
        }
    }

    private List<String> productPeers(int n, double flops) {
        boolean fused = flops == Double.MAX_VALUE;
        return peers.keySet().stream()
                .filter(name -> !name.equals("libtorch"))
                .filter(name -> !SLOW_PEERS.contains(name) || n == 1 && flops <= SLOW_PEER_FLOPS && !fused)
                .toList();
    }

    private List<String> withTorch() {
        return peers.keySet().stream()
                .filter(name -> name.equals("backlane") || name.equals("libtorch"))
                .toList();
    }

    private void single(String group, Class<?> type, String method, Object... parameters) {
        jobs.add(List.of(cell(group, type, method, parameters)));
    }

    private void contest(String group, Class<?> type, String method, List<String> names, Object... parameters) {
        List<Cell> cells = new ArrayList<>();
        for (String name : names) {
            Cell cell = cell(group, type, method, parameters);
            cell.parameters().put("peer", name);
            cells.add(cell);
        }
        jobs.add(cells);
    }

    private static Cell cell(String group, Class<?> type, String method, Object... parameters) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            map.put(String.valueOf(parameters[i]), String.valueOf(parameters[i + 1]));
        }
        return new Cell(group, type.getName() + '.' + method, map);
    }
}
