package dev.backlane.spark;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.GradientSum;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Trainer;
import dev.backlane.nn.TrainingListener;
import dev.backlane.optim.Optimizer;
import dev.backlane.optim.Schedule;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code backlane-spark measure}: where the time of a step goes, and a model of it. */
@Command(
        name = "measure",
        sortOptions = false,
        description = "Measure where the time of a training step goes, and fit a model of it.")
final class MeasureCommand implements Callable<Integer> {
    /** Hidden widths between 784 inputs and 10 outputs that make about a tenth of, one and ten million parameters. */
    private static final int[][] HIDDEN = {{128}, {720, 600}, {2400, 3300}};

    @Spec
    private CommandSpec spec;

    @Option(names = "--partitions", paramLabel = "LIST", description = "Default: 1,2,4,8")
    private String partitions = "1,2,4,8";

    @Option(names = "--models", paramLabel = "LIST", description = "1: 0.1, 2: 1, 3: 10 million. Default: 1,2,3")
    private String models = "1,2,3";

    @Option(names = "--batch", paramLabel = "N", description = "Default: 512")
    private int batch = 512;

    @Option(names = "--depth", paramLabel = "N", description = "Of treeAggregate. Default: 2")
    private int depth = 2;

    @Option(names = "--steps", paramLabel = "N", description = "Timed steps, after as many untimed. Default: 20")
    private int steps = 20;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "Of empty jobs before the first figure, for Spark's scheduler is code to be compiled, too."
                    + " Default: 15")
    private int warmUp = 15;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("unused")
    private boolean help;

    @Override
    public Integer call() throws IOException {
        try (SparkSession session = Main.session()) {
            run(JavaSparkContext.fromSparkContext(session.sparkContext()));
        } catch (IllegalArgumentException e) {
            throw Main.usage(spec.commandLine(), e);
        }
        return Main.OK;
    }

    private void run(JavaSparkContext context) throws IOException {
        int[] sizes = Main.numbers(spec.commandLine(), "--models", models);
        if (steps < 1 || Arrays.stream(sizes).anyMatch(model -> model > HIDDEN.length)) {
            throw new IllegalArgumentException("--steps must be at least 1, and --models 1 to " + HIDDEN.length
                    + ", but are " + steps + " and " + models);
        }
        PrintWriter out = spec.commandLine().getOut();
        int cores = context.defaultParallelism();
        out.printf(
                Locale.ROOT,
                "Spark %s, %s, %d cores, batch %d, depth %d; milliseconds a step, means of %d%n%n",
                context.version(),
                context.master(),
                cores,
                batch,
                depth,
                steps);
        out.println(
                "| parameters | partitions | step | kernel | broadcast | scheduling | aggregation, waiting | update |");
        out.println("|---|---|---|---|---|---|---|---|");
        List<CostModel.Run> runs = new ArrayList<>();
        for (int parts : Main.numbers(spec.commandLine(), "--partitions", partitions)) {
            try (SparkExamples examples = SparkExamples.idx(context, null, parts)) {
                double empty = emptyJobs(examples);
                for (int model : sizes) {
                    runs.add(measure(context, out, examples, model, cores, empty));
                }
            }
        }
        if (runs.size() >= 5) {
            report(out, CostModel.fit(runs), runs);
        }
    }

    /** Seconds of a step that moves and computes nothing. */
    private double emptyJobs(SparkExamples examples) {
        long end = System.nanoTime() + warmUp * 1_000_000_000L;
        while (System.nanoTime() < end) {
            emptyJob(examples);
        }
        warmUp = 0;
        long begin = 0;
        for (int i = -steps; i < steps; i++) {
            begin = i == 0 ? System.nanoTime() : begin;
            emptyJob(examples);
        }
        return (System.nanoTime() - begin) * 1e-9 / steps;
    }

    private void emptyJob(SparkExamples examples) {
        examples.blocks()
                .treeAggregate(
                        Block.none(examples.parts()), (sum, block) -> sum.add(block.empty()), GradientSum::add, depth);
    }

    private CostModel.Run measure(
            JavaSparkContext context, PrintWriter out, SparkExamples examples, int model, int cores, double empty) {
        Mlp.Builder builder = Mlp.inputs(examples.features());
        for (int width : HIDDEN[model - 1]) {
            builder.dense(width, Activation.RELU);
        }
        Mlp mlp = builder.dense(10, Activation.IDENTITY).loss(Loss.SOFTMAX_CROSS_ENTROPY);
        SparkGradient gradient = new SparkGradient(context, mlp, examples, depth);
        Trainer trainer = new Trainer(mlp, new Optimizer.Nesterov(0.9f), new Schedule.Constant(0.01f), batch, 1000, 1);
        long[] wall = new long[2];
        SparkGradient.Times[] times = new SparkGradient.Times[2];
        trainer.train(Workers.caller(), examples.count(), gradient, trainer.start(), new TrainingListener() {
            private int done;

            @Override
            public boolean onBatch(int epoch, int seen, double loss) {
                done++;
                if (done == steps || done == 2 * steps) {
                    wall[done / steps - 1] = System.nanoTime();
                    times[done / steps - 1] = gradient.times();
                }
                return done < 2 * steps;
            }
        });
        double ms = 1e-6 / steps;
        int slots = Math.min(cores, examples.parts());
        SparkGradient.Times spent = times[1].minus(times[0]);
        double step = (wall[1] - wall[0]) * ms;
        double kernel = spent.kernel() * ms / slots;
        double fetch = spent.fetch() * ms / slots;
        double scheduling = 1e3 * empty;
        double aggregation = Math.max(0, spent.job() * ms - kernel - fetch - scheduling);
        out.printf(
                Locale.ROOT,
                "| %,d | %d | %.1f | %s | %s | %s | %s | %s |%n",
                mlp.parameterCount(),
                examples.parts(),
                step,
                part(kernel, step),
                part(spent.broadcast() * ms + fetch, step),
                part(scheduling, step),
                part(aggregation, step),
                part(step - (spent.broadcast() + spent.job()) * ms, step));
        out.flush();
        return new CostModel.Run(
                mlp.parameterCount(), batch, examples.parts(), cores, depth, step * 1e-3, kernel * 1e-3);
    }

    private static String part(double ms, double of) {
        return String.format(Locale.ROOT, "%.1f (%.0f%%)", ms, 100 * ms / of);
    }

    private void report(PrintWriter out, CostModel cost, List<CostModel.Run> runs) {
        out.printf(
                Locale.ROOT,
                "%nT = %.2g s*n*B/S + %.2g s*s(P) + %.2g s*P + %.2g s*n*(1 + s(P)*ceil(P/S) + v(P))%n%n",
                cost.kernel(),
                cost.stage(),
                cost.task(),
                cost.move());
        out.println("| parameters | partitions | measured | model |");
        out.println("|---|---|---|---|");
        for (CostModel.Run run : runs) {
            out.printf(
                    Locale.ROOT,
                    "| %,d | %d | %.1f | %.1f |%n",
                    run.parameters(),
                    run.parts(),
                    1e3 * run.seconds(),
                    1e3 * cost.step(run));
        }
        out.printf("%n| parameters | batch | communication dominates from | fastest with | speed-up there |%n");
        out.println("|---|---|---|---|---|");
        int[] sizes =
                runs.stream().mapToInt(CostModel.Run::parameters).distinct().toArray();
        for (int n : sizes) {
            for (int b : new int[] {batch, 8 * batch, 64 * batch}) {
                int best = cost.fastest(n, b, depth);
                out.printf(
                        Locale.ROOT,
                        "| %,d | %,d | %d workers | %d workers | %.1f over one core without Spark |%n",
                        n,
                        b,
                        cost.crossing(n, b, depth),
                        best,
                        cost.kernel(n, b, 1) / cost.step(n, b, best, depth));
            }
        }
        out.flush();
    }
}
