package dev.backlane.digits;

import dev.backlane.kernel.Rows;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Mlp;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code digits predict}. */
@Command(
        name = "predict",
        sortOptions = false,
        description = {"Ask a trained network what images show. The forward pass alone.", ""},
        footerHeading = "%nExamples:%n",
        footer = {"  digits predict seven.png", "  digits predict 0 1 2 --json", "  digits predict photo.jpg --show", ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "2:a wrong option, or no such index",
            "3:a file is missing, unreadable, damaged, or shows nothing",
            "4:this Java lacks memory, or the backend that was forced",
            "70:a bug"
        })
final class PredictCommand implements Callable<Integer> {
    private static final int BAR = 40;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "A PNG or JPEG of one digit, of any size, dark on light or light on dark; or the index of a test"
                            + " image, from 0. A file whose name is a number: ./7")
    private List<String> images = new ArrayList<>();

    @Option(names = "--show", description = "Show the image as the network sees it.")
    private boolean show;

    @Mixin
    private TrainedOptions trained = new TrainedOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    private record Prediction(String image, int read, float[] probabilities) {}

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (Workers workers = common.workers()) {
            Checkpoint checkpoint = trained.checkpoint();
            int columns = checkpoint.images().columns();
            List<float[]> pixels = pixels(checkpoint);
            List<Prediction> predictions = predict(workers, checkpoint, pixels);
            if (common.json()) {
                out.println(Json.exact(predictions));
            } else {
                for (int i = 0; i < pixels.size(); i++) {
                    if (show) {
                        out.println(String.join("\n", Pictures.ink(pixels.get(i), columns)));
                    }
                    print(out, predictions.get(i));
                }
            }
        }
        out.flush();
        return ExitCode.OK;
    }

    private List<float[]> pixels(Checkpoint checkpoint) throws IOException {
        MnistExamples test = null;
        List<float[]> pixels = new ArrayList<>();
        for (String image : images) {
            if (!image.matches("-?\\d+")) {
                pixels.add(DigitImage.read(
                        path(image),
                        checkpoint.images().rows(),
                        checkpoint.images().columns()));
                continue;
            }
            test = test == null ? trained.data(checkpoint).test() : test;
            int last = test.count() - 1;
            if (image.length() > 9 || Integer.parseInt(image) < 0 || Integer.parseInt(image) > last) {
                throw common.usage("an index must be 0 to " + last + ", but is " + image);
            }
            pixels.add(test.pixels(Integer.parseInt(image)));
        }
        return pixels;
    }

    private Path path(String image) {
        try {
            return Path.of(image);
        } catch (InvalidPathException e) {
            throw common.usage("no name of a file: " + e.getMessage());
        }
    }

    private List<Prediction> predict(Workers workers, Checkpoint checkpoint, List<float[]> pixels) {
        Mlp mlp = checkpoint.mlp();
        int n = pixels.size();
        float[] x = new float[Math.multiplyExact(n, mlp.inputs())];
        for (int i = 0; i < n; i++) {
            System.arraycopy(pixels.get(i), 0, x, i * mlp.inputs(), mlp.inputs());
        }
        float[] y = new float[n * mlp.outputs()];
        float[] parameters = checkpoint.state().parameters();
        mlp.predict(workers, n, x, 0, mlp.inputs(), parameters, 0, mlp.inferenceWorkspace(n), y, 0, mlp.outputs());
        int[] read = new int[n];
        Rows.argmax(n, mlp.outputs(), y, 0, mlp.outputs(), read, 0);
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            float[] one = Arrays.copyOfRange(y, i * mlp.outputs(), (i + 1) * mlp.outputs());
            predictions.add(new Prediction(images.get(i), read[i], Probabilities.of(mlp, one)));
        }
        return predictions;
    }

    private static void print(PrintWriter out, Prediction prediction) {
        out.println(prediction.image + " is read as " + prediction.read);
        for (int digit = 0; digit < prediction.probabilities.length; digit++) {
            float p = prediction.probabilities[digit];
            String bar = "#".repeat(Math.clamp(Math.round(p * BAR), 0, BAR));
            out.println(String.format(Locale.ROOT, "%3d  %8.4f%%  %s", digit, 100 * p, bar)
                    .stripTrailing());
        }
    }
}
