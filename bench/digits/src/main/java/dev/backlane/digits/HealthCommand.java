package dev.backlane.digits;

import dev.backlane.kernel.Workers;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code digits health}. */
@Command(
        name = "health",
        sortOptions = false,
        description = {
            "Show how well each layer of a trained network still learns: units that are saturated (|f′| below 5%% of"
                + " its largest value, for a relu: inactive) or dead (saturated for every image), a histogram of |f′|,"
                + " the gradient's norm, and an update's norm over the weights'. Then the vanishing gradient: a"
                + " network of 8 layers with sigmoids beside the same with relus.",
            "'digits train --health' shows the first table after each epoch.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {"  digits health", "  digits train --network 30,30 --activation sigmoid --health", ""},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "2:a wrong option",
            "3:the checkpoint or the data are missing, unreadable or damaged",
            "4:this Java lacks memory, or the backend that was forced",
            "70:a bug"
        })
final class HealthCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private TrainedOptions trained = new TrainedOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    private record Result(Health trained, VanishingGradient deep) {}

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (Workers workers = common.workers()) {
            Checkpoint checkpoint = trained.checkpoint();
            MnistExamples images = trained.data(checkpoint).training();
            Result result = new Result(
                    new Health.Probe(checkpoint.trainer(), images, common.seed(), workers).measure(checkpoint.state()),
                    VanishingGradient.measure(images, common.seed(), workers));
            if (common.json()) {
                out.println(Json.exact(result));
            } else {
                out.println(checkpoint.mlp());
                out.println(result.trained);
                out.println();
                out.println(result.deep);
            }
        }
        out.flush();
        return ExitCode.OK;
    }
}
