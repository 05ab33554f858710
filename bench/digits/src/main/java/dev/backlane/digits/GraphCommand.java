package dev.backlane.digits;

import dev.backlane.graph.Trace;
import dev.backlane.graph.WorkedExample;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code digits graph}. */
@Command(
        name = "graph",
        customSynopsis = "digits graph EXAMPLE [--svg=FILE] [--dot=FILE]",
        sortOptions = false,
        description = {
            "Show a small computation graph with every number of its forward and backward pass: as tables, or drawn.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  digits graph neuron",
            "  digits graph two-layers --svg two-layers.svg",
            "  digits graph fan-out --dot fan-out.dot",
            "  digits graph sum-times-sum --json",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "2:a wrong option, or no such EXAMPLE", "3:FILE cannot be written", "70:a bug"})
final class GraphCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    // Not the enum itself: the command line is built for every command, and so would be the graphs.
    @Parameters(
            arity = "0..1",
            paramLabel = "EXAMPLE",
            description = {
                "One of",
                "sum-times-sum: e = (a + b)·(b + 1), where b reaches e by two paths",
                "fan-out: z = x²·(x + y), where x fans out to two nodes",
                "neuron: one sigmoid neuron and its squared error, by three factors",
                "chain-of-four: four neurons, one per layer",
                "two-layers: each hidden activation feeds both outputs"
            })
    private String example;

    @Option(
            names = "--svg",
            paramLabel = "FILE",
            description = "Draw the graph into this file instead: values and gradients on the nodes, local derivatives"
                    + " beside the arrows.")
    private Path svg;

    @Option(names = "--dot", paramLabel = "FILE", description = "Write the graph for Graphviz into this file instead.")
    private Path dot;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Override
    public Integer call() {
        common.workers().close();
        WorkedExample shown = example();
        PrintWriter out = spec.commandLine().getOut();
        if (svg != null) {
            Drawing drawing = Drawing.of(shown);
            OutputFile.write(svg, SvgWriter.write(drawing));
            say(
                    out,
                    svg + ": " + drawing.boxes().size() + " nodes, "
                            + drawing.arrows().size() + " edges");
        }
        if (dot != null) {
            OutputFile.write(dot, shown.solve().trace().dot());
            say(out, dot + ": written for Graphviz");
        }
        if (common.json()) {
            out.println(Json.exact(Drawing.of(shown)));
        } else if (svg == null && dot == null) {
            WorkedExample.Solved solved = shown.solve();
            Trace trace = solved.trace();
            out.println(shown.title());
            out.println();
            out.print(trace);
            out.println();
            out.println("Local derivatives");
            out.println();
            out.print(trace.factors());
            out.println();
            out.println("Backward pass: " + solved.values().work());
            out.println("Memory of values alone: " + solved.values().graph().memory(solved.output()));
        }
        out.flush();
        return ExitCode.OK;
    }

    private void say(PrintWriter out, String line) {
        if (!common.json()) {
            out.println(line);
        }
    }

    private WorkedExample example() {
        for (WorkedExample candidate : WorkedExample.values()) {
            if (name(candidate).equalsIgnoreCase(example)) {
                return candidate;
            }
        }
        throw new ParameterException(
                spec.commandLine(),
                "EXAMPLE must be one of " + String.join(", ", names())
                        + (example == null ? "" : ", but is '" + example + "'"));
    }

    /**
     * What EXAMPLE may be.
     *
     * @return the examples' names as the command line spells them
     */
    static List<String> names() {
        return Arrays.stream(WorkedExample.values()).map(GraphCommand::name).toList();
    }

    private static String name(WorkedExample example) {
        return example.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
