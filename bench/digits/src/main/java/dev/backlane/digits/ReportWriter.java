package dev.backlane.digits;

import dev.backlane.kernel.Vectors;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Mlp;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;

/**
 * Gathers what a training run shows, and makes a page of it that needs nothing else: style, data and scripts are in it, D3 among
 * them, and its security policy forbids it to fetch anything.
 */
final class ReportWriter {
    private static final String D3 = "org.webjars.npm/d3";
    private static final int POINTS = 400;
    private static final int MISREAD = 24;
    private static final int NEURONS = 64;
    private static final int LEVELS = 100;

    private final Checkpoint at;
    private final Mnist data;
    private final Health.Probe probe;
    private final List<EpochResult> epochs = new ArrayList<>();
    private final List<Health> health = new ArrayList<>();
    private final List<double[]> batches = new ArrayList<>();
    private final int firstEpoch;
    private final int perPoint;
    private double lossSum;
    private int losses;

    /** What the page knows. */
    private record Data(
            String network,
            int parameters,
            String options,
            String origin,
            int rows,
            int columns,
            int test,
            int wrong,
            double accuracy,
            int firstEpoch,
            List<EpochResult> epochs,
            List<double[]> batches,
            List<List<Integer>> confusion,
            List<Health> health,
            List<Explained> explanations,
            List<Misread> misread,
            float[][] outputWeights,
            List<Neuron> firstWeights) {}

    /** An {@link Explanation} whose pixels are bytes. */
    private record Explained(
            int index,
            int label,
            int read,
            double cost,
            Explanation.Outputs outputs,
            List<Explanation.Hidden> hidden,
            int[] pixels,
            float[] pixelWishes) {}

    private record Misread(int explanation, double probability) {}

    private record Neuron(int neuron, int[] values) {}

    /**
     * A report of a run that has not started.
     *
     * @param at network and state, which the run moves on
     * @param data what it trains on and is tested with
     * @param workers the threads that may be used
     */
    ReportWriter(Checkpoint at, Mnist data, Workers workers) {
        this.at = at;
        this.data = data;
        probe = new Health.Probe(at.trainer(), data.training(), at.recipe().seed(), workers);
        firstEpoch = at.state().epoch();
        health.add(probe.measure(at.state()));
        long left = (long) at.trainer().stepsPerEpoch(data.training().count())
                * Math.max(1, at.recipe().epochs() - firstEpoch);
        perPoint = (int) Math.max(1, left / POINTS);
    }

    /**
     * After each update.
     *
     * @param done images trained on, those of earlier epochs included
     * @param loss mean loss of the batch
     */
    void onBatch(long done, double loss) {
        lossSum += loss;
        losses++;
        if (losses == perPoint) {
            batches.add(new double[] {(double) done / data.training().count(), lossSum / losses});
            lossSum = 0;
            losses = 0;
        }
    }

    /**
     * After each epoch.
     *
     * @param result what it came to
     */
    void onEpoch(EpochResult result) {
        epochs.add(result);
        health.add(probe.measure(at.state()));
    }

    /**
     * The page.
     *
     * @param matrix of the trained network on the test images
     * @return HTML
     * @throws IOException if a part of it is missing from this build
     */
    String page(ConfusionMatrix matrix) throws IOException {
        String version = d3Version();
        String d3 = "/META-INF/resources/webjars/d3/" + version;
        Map<String, String> parts = Map.of(
                "style", resource("report/report.css"),
                "data", Json.brief(data(matrix)),
                "licence", "D3 " + version + "\n" + resource(d3 + "/LICENSE"),
                "d3", resource(d3 + "/dist/d3.min.js"),
                "charts", resource("report/charts.js"),
                "report", resource("report/report.js"));
        // Cut once, so that nothing in one part is taken for the place of another.
        StringBuilder page = new StringBuilder();
        String[] pieces = resource("report/report.html").split("\\{\\{|\\}\\}", -1);
        for (int i = 0; i < pieces.length; i++) {
            page.append(i % 2 == 0 ? pieces[i] : parts.get(pieces[i]));
        }
        return page.toString();
    }

    private static String d3Version() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = ReportWriter.class.getResourceAsStream("/META-INF/maven/" + D3 + "/pom.properties")) {
            if (in == null) {
                throw new IOException("D3 is missing from this build");
            }
            properties.load(in);
        }
        return properties.getProperty("version");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ReportWriter.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + " is missing from this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Data data(ConfusionMatrix matrix) {
        Mlp mlp = at.mlp();
        List<Explained> explanations = new ArrayList<>();
        List<Misread> misread = new ArrayList<>();
        explain(explanations, misread);
        return new Data(
                mlp.toString(),
                mlp.parameterCount(),
                at.recipe().words(),
                data.origin(),
                data.test().rows(),
                data.test().columns(),
                matrix.total(),
                matrix.wrong(),
                matrix.accuracy(),
                firstEpoch,
                epochs,
                batches,
                matrix.rows(),
                health,
                explanations,
                misread,
                outputWeights(),
                firstWeights());
    }

    /** For each digit the first test image that is read right, and then those that are misread most surely. */
    private void explain(List<Explained> explanations, List<Misread> misread) {
        MnistExamples test = data.test();
        float[] parameters = at.state().parameters();
        Evaluation.Reading reading = new Evaluation(at.mlp(), test).read(Workers.caller(), parameters);
        Explainer explainer = new Explainer(at.mlp(), parameters, test);
        for (int digit = 0; digit < MnistExamples.CLASSES; digit++) {
            int shown = digit;
            IntStream.range(0, test.count())
                    .filter(i -> test.label(i) == shown && reading.digits()[i] == shown)
                    .limit(1)
                    .forEach(i -> explanations.add(explained(explainer, i)));
        }
        IntStream.range(0, test.count())
                .filter(i -> test.label(i) != reading.digits()[i])
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -reading.probabilities()[i]))
                .limit(MISREAD)
                .forEach(i -> {
                    misread.add(new Misread(explanations.size(), reading.probabilities()[i]));
                    explanations.add(explained(explainer, i));
                });
        if (explanations.isEmpty()) {
            explanations.add(explained(explainer, 0));
        }
    }

    private static Explained explained(Explainer explainer, int index) {
        Explanation it = explainer.explain(index);
        int[] pixels = new int[it.pixels().length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = Math.round(255 * it.pixels()[i]);
        }
        return new Explained(
                it.index(), it.label(), it.read(), it.cost(), it.outputs(), it.hidden(), pixels, it.pixelWishes());
    }

    /** A row for each neuron that the outputs read. */
    private float[][] outputWeights() {
        int last = at.mlp().layers().size() - 1;
        int from = at.mlp().layout().block("layer" + last + ".weights").offset();
        float[][] rows =
                new float[at.mlp().layers().get(last).inputs()][at.mlp().outputs()];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(at.state().parameters(), from + i * rows[i].length, rows[i], 0, rows[i].length);
        }
        return rows;
    }

    /** Of the neurons with the strongest weights, each weight as a share of the neuron's largest. */
    private List<Neuron> firstWeights() {
        int width = at.mlp().layers().getFirst().outputs();
        int pixels = at.mlp().inputs();
        float[][] columns = new float[width][pixels];
        float[] norms = new float[width];
        for (int j = 0; j < width; j++) {
            for (int i = 0; i < pixels; i++) {
                columns[j][i] = at.state().parameters()[i * width + j];
            }
            norms[j] = (float) Vectors.norm(pixels, columns[j], 0);
        }
        return Explainer.top(norms, NEURONS).stream()
                .map(j -> {
                    float largest = 0;
                    for (float weight : columns[j]) {
                        largest = Math.max(largest, Math.abs(weight));
                    }
                    int[] values = new int[pixels];
                    for (int i = 0; i < pixels && largest > 0; i++) {
                        values[i] = Math.round(LEVELS * columns[j][i] / largest);
                    }
                    return new Neuron(j, values);
                })
                .toList();
    }
}
