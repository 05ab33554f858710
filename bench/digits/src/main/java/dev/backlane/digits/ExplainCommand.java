package dev.backlane.digits;

import dev.backlane.digits.Explanation.Avenues;
import dev.backlane.digits.Explanation.Direction;
import dev.backlane.digits.Explanation.Gradients;
import dev.backlane.digits.Explanation.Hidden;
import dev.backlane.digits.Explanation.Outputs;
import dev.backlane.digits.Explanation.Weight;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code digits explain}. */
@Command(
        name = "explain",
        sortOptions = false,
        description = {
            "Ask a trained network what one image wants it to change. Its ten outputs are to be nudged towards their"
                + " targets, and there are three avenues to an output: its bias, its weights in proportion to the"
                + " activations they read, and those activations in proportion to the weights; and so on back to the"
                + " pixels. C is the image's own cost; a wish is −∂C/∂a, a nudge −∂C/∂z = wish·f′(z).",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  digits explain 0",
            "  digits explain 18 --digit 3 --top 20",
            "  digits explain 5 --training --json",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "2:a wrong option, or no such INDEX",
            "3:the checkpoint or the data are missing, unreadable or damaged",
            "4:this Java lacks memory, or the backend that was forced",
            "70:a bug"
        })
final class ExplainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "INDEX", description = "Of the image among the test images, from 0.")
    private int index;

    @Option(names = "--training", description = "INDEX is of the training images.")
    private boolean training;

    @Option(
            names = "--digit",
            paramLabel = "D",
            description = "The output neuron whose avenues are shown. Default: the digit that the image shows")
    private Integer digit;

    @Option(names = "--top", paramLabel = "N", description = "How many of each list are shown. Default: 8")
    private int top = 8;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Images of the batch that the image's gradient is compared with. Default: 64")
    private int batch = 64;

    @Mixin
    private TrainedOptions trained = new TrainedOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    private record Result(
            Explanation explanation, Avenues avenues, Gradients gradients, List<Weight> mostSensitiveWeights) {}

    @Override
    public Integer call() throws IOException {
        common.workers().close();
        require(top >= 1, "--top must be at least 1, but is " + top);
        require(batch >= 1, "--batch must be at least 1, but is " + batch);
        require(digit == null || (digit >= 0 && digit <= 9), "--digit must be 0 to 9, but is " + digit);
        Checkpoint checkpoint = trained.checkpoint();
        Mnist data = trained.data(checkpoint);
        MnistExamples examples = training ? data.training() : data.test();
        require(
                index >= 0 && index < examples.count(),
                "INDEX must be 0 to " + (examples.count() - 1) + ", but is " + index);
        Explainer explainer = new Explainer(checkpoint.mlp(), checkpoint.state().parameters(), examples);
        Explanation explanation = explainer.explain(index);
        Result result = new Result(
                explanation,
                explainer.avenues(explanation, digit == null ? explanation.label() : digit),
                explainer.gradients(index, batch(examples)),
                explainer.sensitive(index, top));
        PrintWriter out = spec.commandLine().getOut();
        if (common.json()) {
            out.println(Json.exact(result));
        } else {
            print(out, checkpoint, result);
        }
        out.flush();
        return ExitCode.OK;
    }

    private void require(boolean right, String problem) {
        if (!right) {
            throw common.usage(problem);
        }
    }

    /** The image and others. */
    private int[] batch(MnistExamples examples) {
        IntStream others = IntStream.of(TrainedOptions.draw(examples, batch, common.seed()))
                .filter(other -> other != index)
                .limit(batch - 1L);
        return IntStream.concat(IntStream.of(index), others).toArray();
    }

    private void print(PrintWriter out, Checkpoint checkpoint, Result result) {
        Explanation it = result.explanation;
        out.println(String.format(
                Locale.ROOT,
                "%s image %d shows %d and is read as %d; its cost is %.5f",
                training ? "training" : "test",
                it.index(),
                it.label(),
                it.read(),
                it.cost()));
        out.println();
        outputs(out, it.outputs());
        avenues(out, it, result.avenues);
        it.hidden().forEach(layer -> hidden(out, layer));
        out.println();
        out.println("pixels: the image, and what its pixels should do (. + * # more ink, , - = % less)");
        int columns = checkpoint.images().columns();
        String[] ink = Pictures.ink(it.pixels(), columns);
        String[] wishes = Pictures.signed(it.pixelWishes(), columns);
        for (int r = 0; r < ink.length; r++) {
            out.println((ink[r] + "  " + wishes[r]).stripTrailing());
        }
        gradients(out, result.gradients);
        weights(out, result.mostSensitiveWeights, columns);
    }

    private static void outputs(PrintWriter out, Outputs outputs) {
        out.println("output  activation  target       wish         nudge");
        for (int j = 0; j < outputs.nudges().length; j++) {
            out.println(String.format(
                    Locale.ROOT,
                    "%6d  %10.5f  %6.0f  %s  %s",
                    j,
                    outputs.activations()[j],
                    outputs.targets()[j],
                    signed(outputs.wishes()[j]),
                    signed(outputs.nudges()[j])));
        }
    }

    private void avenues(PrintWriter out, Explanation it, Avenues avenues) {
        boolean direct = it.hidden().isEmpty();
        float[] read = direct ? it.pixels() : it.hidden().getFirst().activations();
        String below = direct ? "pixel" : "neuron";
        out.println();
        out.println("three avenues to output " + avenues.digit());
        out.println("1. its bias: " + signed(avenues.bias()));
        out.println("2. its weights, in proportion to the activations");
        for (int i : Explainer.top(avenues.weights(), top)) {
            out.println(String.format(
                    Locale.ROOT,
                    "   from %s %4d: %s, activation %.4f",
                    below,
                    i,
                    signed(avenues.weights()[i]),
                    read[i]));
        }
        out.println(
                "3. the activations, in proportion to the weights; in brackets the wishes of all ten outputs summed");
        float[] all = direct ? it.pixelWishes() : it.hidden().getFirst().wishes();
        for (int i : Explainer.top(avenues.wishes(), top)) {
            out.println(String.format(
                    Locale.ROOT, "   of %s %4d: %s  (%s)", below, i, signed(avenues.wishes()[i]), signed(all[i])));
        }
    }

    private void hidden(PrintWriter out, Hidden layer) {
        out.println();
        out.println(String.format(
                Locale.ROOT,
                "layer %d: of its %d neurons those with the strongest wishes",
                layer.layer(),
                layer.wishes().length));
        out.println("neuron  activation       wish         nudge");
        for (int i : Explainer.top(layer.wishes(), top)) {
            out.println(String.format(
                    Locale.ROOT,
                    "%6d  %10.5f  %s  %s",
                    i,
                    layer.activations()[i],
                    signed(layer.wishes()[i]),
                    signed(layer.nudges()[i])));
        }
    }

    private static void gradients(PrintWriter out, Gradients gradients) {
        out.println();
        out.println("its own gradient beside the average of " + gradients.images() + " images");
        out.println("parameters   own norm   average norm   cosine");
        for (Direction direction : gradients.layers()) {
            out.println(String.format(
                    Locale.ROOT,
                    "%-10s  %9.3e  %12.3e  %7.4f",
                    direction.parameters(),
                    direction.own(),
                    direction.average(),
                    direction.cosine()));
        }
    }

    private static void weights(PrintWriter out, List<Weight> weights, int columns) {
        out.println();
        if (weights.isEmpty()) {
            out.println("its cost is sensitive to no weight");
            return;
        }
        out.println("the weights to which its cost is most sensitive, and how many times as much as to the median one");
        for (Weight weight : weights) {
            String from = weight.layer() == 1
                    ? String.format(Locale.ROOT, "pixel (%d, %d)", weight.from() / columns, weight.from() % columns)
                    : "neuron " + weight.from();
            out.println(String.format(
                    Locale.ROOT,
                    "layer %d, from %-14s to neuron %4d: ∂C/∂w = %+.4e, %.1f times",
                    weight.layer(),
                    from,
                    weight.to(),
                    weight.sensitivity(),
                    weight.ratio()));
        }
        Weight first = weights.getFirst();
        Weight last = weights.getLast();
        out.println(String.format(
                Locale.ROOT,
                "the first matters %.2f times as much as the last of these",
                Math.abs(first.sensitivity() / last.sensitivity())));
    }

    /** Size and direction. */
    private static String signed(double nudge) {
        return String.format(Locale.ROOT, "%s %10.3e", nudge > 0 ? "↑" : nudge < 0 ? "↓" : "·", Math.abs(nudge));
    }
}
