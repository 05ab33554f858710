package dev.backlane.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.WorkloadParams;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs a plan with JMH, one fork at a time: within a job the contestants take turns, fork by fork, so that a machine
 * that becomes slower or faster meanwhile does so for all of them. The forks of a benchmark are put together again in
 * the results.
 */
final class Rounds {
    private final Size size;
    private final int forks;
    private final List<String> jvmArguments;
    private final PrintStream log;
    private final Map<Plan.Cell, List<RunResult>> results = new LinkedHashMap<>();
    private final Map<String, String> failures = new LinkedHashMap<>();

    Rounds(Size size, int forks, List<String> jvmArguments, PrintStream log) {
        this.size = size;
        this.forks = forks;
        this.jvmArguments = jvmArguments;
        this.log = log;
    }

    /** Runs every job. */
    void run(Plan plan) {
        List<List<Plan.Cell>> jobs = plan.jobs();
        for (int j = 0; j < jobs.size(); j++) {
            List<Plan.Cell> cells = jobs.get(j);
            int turns = turns(cells.get(0));
            for (int fork = 0; fork < turns; fork++) {
                for (int i = 0; i < cells.size(); i++) {
                    Plan.Cell cell = cells.get((i + fork) % cells.size());
                    if (!failures.containsKey(cell.label())) {
                        log.printf(Locale.ROOT, "[%d/%d, fork %d] %s: ", j + 1, jobs.size(), fork + 1, cell.label());
                        log.flush();
                        log.println(run(cell));
                    }
                }
            }
        }
    }

    /** A first call happens once in a fork; a cold start makes its own processes. */
    private int turns(Plan.Cell cell) {
        return switch (cell.group()) {
            case "first-call" -> size == Size.SMOKE ? 1 : Math.max(5, forks);
            case "cold-start" -> 1;
            default -> forks;
        };
    }

    /** What failed, and why. */
    Map<String, String> failures() {
        return failures;
    }

    private String run(Plan.Cell cell) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include('^' + cell.benchmark().replace(".", "\\.") + '$')
                .forks(1)
                .jvmArgs(jvmArguments.toArray(String[]::new))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        if (!cell.fixed()) {
            options.warmupIterations(size.warmups)
                    .warmupTime(TimeValue.milliseconds(size.millis))
                    .measurementIterations(size.iterations)
                    .measurementTime(TimeValue.milliseconds(size.millis));
        } else if (size == Size.SMOKE) {
            options.measurementIterations(1);
        }
        if (cell.group().equals("network")) {
            options.addProfiler(GCProfiler.class);
        }
        cell.parameters().forEach(options::param);
        PrintStream standard = System.out;
        // JMH passes on what a measured JVM says: at every start, that the Vector API is incubating.
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        try {
            RunResult result = new Runner(options.build()).runSingle();
            results.computeIfAbsent(cell, key -> new ArrayList<>()).add(result);
            return String.format(
                    Locale.ROOT,
                    "%.4g %s",
                    result.getPrimaryResult().getScore(),
                    result.getPrimaryResult().getScoreUnit());
        } catch (RunnerException e) {
            String reason = reason(e);
            failures.put(cell.label(), reason);
            return "failed: " + reason;
        } finally {
            System.setOut(standard);
        }
    }

    /** The first line of the innermost cause, which JMH carries among the suppressed exceptions. */
    private static String reason(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null || cause.getSuppressed().length > 0) {
            cause = cause.getCause() != null ? cause.getCause() : cause.getSuppressed()[0];
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }

    /** Writes JMH's JSON. */
    void write(Path file) throws IOException {
        List<RunResult> merged = results.values().stream().map(Rounds::merge).toList();
        try (PrintStream out = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
            ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(merged);
        }
    }

    /** One result of several forks, from several results of one fork. */
    private static RunResult merge(List<RunResult> parts) {
        BenchmarkParams p = parts.get(0).getParams();
        WorkloadParams parameters = new WorkloadParams();
        Collection<String> keys = p.getParamsKeys();
        int order = 0;
        for (String key : keys) {
            parameters.put(key, p.getParam(key), order++);
        }
        BenchmarkParams all = new BenchmarkParams(
                p.getBenchmark(),
                p.generatedBenchmark(),
                p.shouldSynchIterations(),
                p.getThreads(),
                p.getThreadGroups(),
                p.getThreadGroupLabels(),
                parts.size(),
                p.getWarmupForks(),
                p.getWarmup(),
                p.getMeasurement(),
                p.getMode(),
                parameters,
                p.getTimeUnit(),
                p.getOpsPerInvocation(),
                "java",
                p.getJvmArgs(),
                p.getJdkVersion(),
                p.getVmName(),
                p.getVmVersion(),
                p.getJmhVersion(),
                p.getTimeout());
        List<BenchmarkResult> forks = new ArrayList<>();
        parts.forEach(part -> forks.addAll(part.getBenchmarkResults()));
        return new RunResult(all, forks);
    }
}
