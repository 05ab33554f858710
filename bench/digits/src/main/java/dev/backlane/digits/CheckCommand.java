package dev.backlane.digits;

import dev.backlane.check.GradientCheck;
import dev.backlane.check.GradientReport;
import dev.backlane.check.Tensor;
import dev.backlane.check.Verdict;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Mlp;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code digits check}. */
@Command(
        name = "check",
        sortOptions = false,
        description = {
            "Check the gradient of a trained network on a batch of its training images: weights and biases drawn at"
                    + " random from each layer, against differences of the same network's loss in double.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {"  digits check", "  digits check --sample 200 --batch 16 --seed 7", ""},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the check passes",
            "1:it fails, or too little could be resolved",
            "2:a wrong option",
            "3:the checkpoint or the data are missing, unreadable or damaged",
            "4:this Java lacks memory, or the backend that was forced",
            "70:a bug"
        })
final class CheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--batch", paramLabel = "N", description = "Images of the batch. Default: 64")
    private int batch = 64;

    @Option(
            names = "--sample",
            paramLabel = "N",
            description = "How many of each layer's weights, and of its biases, are checked. Default: 100")
    private int sample = 100;

    @Mixin
    private TrainedOptions trained = new TrainedOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws IOException {
        if (batch < 1 || sample < 1) {
            throw common.usage("--batch and --sample must be at least 1, but are " + batch + " and " + sample);
        }
        PrintWriter out = spec.commandLine().getOut();
        GradientReport report;
        try (Workers workers = common.workers()) {
            Checkpoint checkpoint = trained.checkpoint();
            MnistExamples examples = trained.data(checkpoint).training();
            int[] indices = TrainedOptions.draw(examples, batch, common.seed());
            report = check(
                            checkpoint.mlp(),
                            checkpoint.state().parameters(),
                            new Batch(checkpoint.mlp(), examples, indices),
                            workers)
                    .sample(sample)
                    .seed(common.seed())
                    .check();
            if (common.json()) {
                out.println(report.toJson());
            } else {
                out.println(checkpoint.mlp() + ", " + indices.length + " training images");
                out.println(report);
            }
        }
        out.flush();
        return report.verdict() == Verdict.PASS ? ExitCode.OK : ExitCode.GOAL_MISSED;
    }

    /**
     * A check of the mean loss of a batch: each weight matrix and bias is an input of its own, so that a failure names the layer.
     *
     * @param mlp the network
     * @param parameters its parameters; moved during the check, and put back
     * @param images the batch
     * @param workers the threads it may use
     * @return ready to run
     */
    static GradientCheck check(Mlp mlp, float[] parameters, Batch images, Workers workers) {
        double[] twinParameters = new double[parameters.length];
        double[] x = new double[images.x().length];
        double[] loss = new double[1];
        GradientCheck check = GradientCheck.ofLoss(
                () -> images.loss(workers, parameters), () -> images.backward(workers, parameters));
        GradientCheck twin = GradientCheck.ofForward(
                        () -> loss[0] = DoubleNetwork.loss(mlp, x, images.labels(), twinParameters))
                .output("loss", Tensor.of(loss));
        mlp.layout().blocks().forEach(block -> {
            int[] shape = block.shape().stream().mapToInt(Integer::intValue).toArray();
            check.input(
                    block.name(),
                    Tensor.of(parameters, shape).at(block.offset()),
                    Tensor.of(images.gradients(), shape).at(block.offset()));
            twin.input(block.name(), Tensor.of(twinParameters, shape).at(block.offset()));
        });
        check.accumulates(false).input("x", Tensor.of(images.x()));
        twin.input("x", Tensor.of(x));
        return check.inDouble(twin);
    }
}
