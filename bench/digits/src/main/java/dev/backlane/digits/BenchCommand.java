package dev.backlane.digits;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Gemm;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Workspace;
import dev.backlane.optim.Optimizer;
import dev.backlane.param.SeededRandom;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code digits bench}. */
@Command(
        name = "bench",
        sortOptions = false,
        description = {
            "Measure this machine in a minute: what a core's fused multiply-adds can do at most, the share of it that"
                + " matrix products reach, and the images per second of the default network. The contestants take"
                + " turns in slices of 50 ms after each has warmed up; shown are median and quartiles of the slices."
                + " For a comparison with other libraries, in several JVMs, see bench/README.md.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {"  digits bench", "  digits bench --seconds 10 --threads 1 --json", ""},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "2:a wrong option",
            "4:this Java lacks memory, or the backend that was forced",
            "70:a bug"
        })
final class BenchCommand implements Callable<Integer> {
    private static final double WARM_UP_SHARE = 0.3;
    private static final long SLICE_NANOS = 50_000_000;
    private static final int SQUARE = 512;
    private static final int BATCH = 64;
    private static final int INFERENCE_BATCH = 256;
    private static final int PIXELS = 784;
    private static final int HIDDEN = 256;
    private static final int CLASSES = 10;
    private static final double GIGA = 1e-9;

    @Spec
    private CommandSpec spec;

    @Option(names = "--seconds", paramLabel = "S", description = "How long to measure, 1 to 3600. Default: 60")
    private double seconds = 60;

    @Mixin
    private CommonOptions common = new CommonOptions();

    /** Not final, so that the compiler does not compute with them. */
    private float factor = 0.75f;

    private float term = 0.25f;

    /** Depends on what was computed, so that the compiler does not leave it out. */
    private float sink;

    /** What is measured: so many units of work each time it runs. */
    private record Contestant(String name, int threads, String unit, double work, Runnable run) {}

    private record Row(
            String name,
            int threads,
            String unit,
            double lowerQuartile,
            double median,
            double upperQuartile,
            Double shareOfPeak) {}

    private record Result(String machine, String backend, double seconds, long seed, List<Row> rows) {}

    @Override
    public Integer call() {
        if (!(seconds >= 1 && seconds <= 3600)) {
            throw common.usage("--seconds must be 1 to 3600, but is " + seconds);
        }
        PrintWriter out = spec.commandLine().getOut();
        Result result;
        try (Workers workers = common.workers()) {
            List<Contestant> contestants = contestants(workers);
            result = new Result(
                    Machine.processor(), CommonOptions.backend(), seconds, common.seed(), measure(contestants));
        }
        if (common.json()) {
            out.println(Json.exact(result));
        } else {
            print(out, result);
        }
        out.flush();
        return ExitCode.OK;
    }

    private List<Contestant> contestants(Workers workers) {
        List<Contestant> all = new ArrayList<>();
        try {
            all.add(new Contestant(
                    "fused multiply-adds",
                    1,
                    "GFLOP/s",
                    GIGA * FmaPeak.OPERATIONS,
                    () -> sink = FmaPeak.run(factor, term)));
        } catch (LinkageError e) {
            // Java was started without the module of the Vector API: there is no peak to refer to.
        }
        Workers caller = Workers.caller();
        all.add(product(caller, 1, SQUARE, SQUARE, SQUARE));
        all.add(product(caller, 1, BATCH, HIDDEN, PIXELS));
        all.add(training(caller, 1));
        all.add(inference(caller, 1));
        int threads = common.threads();
        if (threads > 1) {
            all.add(product(workers, threads, SQUARE, SQUARE, SQUARE));
            all.add(training(workers, threads));
            all.add(inference(workers, threads));
        }
        return all;
    }

    private float[] numbers(int n) {
        SeededRandom random = new SeededRandom(common.seed());
        float[] numbers = new float[n];
        for (int i = 0; i < n; i++) {
            numbers[i] = (float) random.nextDouble();
        }
        return numbers;
    }

    private Contestant product(Workers workers, int threads, int m, int n, int k) {
        float[] a = numbers(m * k);
        float[] b = numbers(k * n);
        float[] c = new float[m * n];
        return new Contestant("sgemm " + m + "x" + n + "x" + k, threads, "GFLOP/s", GIGA * 2 * m * n * k, () -> {
            Gemm.sgemm(workers, false, false, m, n, k, 1, a, 0, k, b, 0, n, 0, c, 0, n);
            sink = c[0];
        });
    }

    private static Mlp network() {
        return Mlp.inputs(PIXELS)
                .dense(HIDDEN, Activation.RELU)
                .dense(CLASSES, Activation.IDENTITY)
                .loss(Loss.SOFTMAX_CROSS_ENTROPY);
    }

    private Contestant training(Workers workers, int threads) {
        Mlp mlp = network();
        Optimizer optimizer = new Optimizer.Nesterov(0.9f);
        int n = mlp.parameterCount();
        float[] parameters = new float[n];
        float[] gradients = new float[n];
        float[] velocity = new float[n];
        float[] x = numbers(BATCH * PIXELS);
        int[] labels = new int[BATCH];
        for (int i = 0; i < BATCH; i++) {
            labels[i] = i % CLASSES;
        }
        mlp.initialize(common.seed(), parameters, 0);
        Workspace workspace = mlp.workspace(BATCH);
        return new Contestant("training " + mlp, threads, "images/s", BATCH, () -> {
            mlp.forward(workers, BATCH, x, 0, PIXELS, parameters, 0, workspace);
            sink = (float) mlp.loss(BATCH, labels, 0, 1f / BATCH, workspace);
            mlp.backward(workers, BATCH, x, 0, PIXELS, parameters, 0, workspace, gradients, 0, false);
            // A rate of 0 costs what another would, and the numbers stay as they are through any number of steps.
            optimizer.update(workers, n, 1, 0, parameters, 0, gradients, 0, velocity, 0);
        });
    }

    private Contestant inference(Workers workers, int threads) {
        Mlp mlp = network();
        float[] parameters = new float[mlp.parameterCount()];
        mlp.initialize(common.seed(), parameters, 0);
        float[] x = numbers(INFERENCE_BATCH * PIXELS);
        float[] y = new float[INFERENCE_BATCH * CLASSES];
        Workspace workspace = mlp.inferenceWorkspace(INFERENCE_BATCH);
        return new Contestant("inference " + mlp, threads, "images/s", INFERENCE_BATCH, () -> {
            mlp.predict(workers, INFERENCE_BATCH, x, 0, PIXELS, parameters, 0, workspace, y, 0, CLASSES);
            sink = y[0];
        });
    }

    private List<Row> measure(List<Contestant> contestants) {
        long budget = (long) (seconds * 1e9);
        long begin = System.nanoTime();
        for (Contestant one : contestants) {
            slice(one, (long) (WARM_UP_SHARE * budget / contestants.size()));
        }
        List<List<Double>> rates = new ArrayList<>();
        contestants.forEach(one -> rates.add(new ArrayList<>()));
        do {
            for (int i = 0; i < contestants.size(); i++) {
                rates.get(i).add(slice(contestants.get(i), SLICE_NANOS));
            }
        } while (System.nanoTime() - begin < budget);
        boolean hasPeak = contestants.getFirst().name.startsWith("fused");
        double peak = hasPeak ? quartile(rates.getFirst(), 2) : Double.NaN;
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < contestants.size(); i++) {
            Contestant one = contestants.get(i);
            double median = quartile(rates.get(i), 2);
            boolean product = one.unit.equals("GFLOP/s");
            rows.add(new Row(
                    one.name,
                    one.threads,
                    one.unit,
                    quartile(rates.get(i), 1),
                    median,
                    quartile(rates.get(i), 3),
                    hasPeak && product ? median / (one.threads * peak) : null));
        }
        return rows;
    }

    /** Units of work per second. */
    private static double slice(Contestant one, long nanos) {
        long begin = System.nanoTime();
        long now = begin;
        long runs = 0;
        while (now - begin < nanos) {
            one.run.run();
            runs++;
            now = System.nanoTime();
        }
        return runs * one.work / ((now - begin) * 1e-9);
    }

    private static double quartile(List<Double> rates, int quarter) {
        double[] sorted =
                rates.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[Math.min(sorted.length - 1, sorted.length * quarter / 4)];
    }

    private static void print(PrintWriter out, Result result) {
        out.println("Backlane " + result.backend + (result.machine.isEmpty() ? "" : "; " + result.machine));
        int width =
                result.rows.stream().mapToInt(row -> row.name.length()).max().orElse(0);
        String head = "%-" + width + "s  threads       median  quartiles              unit      share of peak";
        out.println(String.format(head, "what").stripTrailing());
        for (Row row : result.rows) {
            String format = "%-" + width + "s  %7d  %,11.1f  %-21s  %-8s  %s";
            out.println(String.format(
                            Locale.ROOT,
                            format,
                            row.name,
                            row.threads,
                            row.median,
                            String.format(Locale.ROOT, "%,.1f to %,.1f", row.lowerQuartile, row.upperQuartile),
                            row.unit,
                            row.shareOfPeak == null ? "" : String.format(Locale.ROOT, "%.0f%%", 100 * row.shareOfPeak))
                    .stripTrailing());
        }
    }
}
