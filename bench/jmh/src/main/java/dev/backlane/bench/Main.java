package dev.backlane.bench;

import com.google.gson.GsonBuilder;
import dev.backlane.bench.peer.Peer;
import dev.backlane.bench.peer.Peers;
import dev.backlane.bench.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The benchmarks' command line. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures Backlane and its peers in one run.",
        subcommands = {Main.Run.class, Main.Render.class, PeerProbe.class})
public final class Main {
    private Main() {}

    /**
     * Runs a command.
     *
     * @param args {@code run} by default
     */
    public static void main(String[] args) {
        boolean none = args.length == 0 || args.length == 1 && args[0].isEmpty();
        System.exit(commandLine().execute(none ? new String[] {"run"} : args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static void require(boolean condition, CommandSpec command, String message) {
        if (!condition) {
            throw new ParameterException(command.commandLine(), message);
        }
    }

    /** Measures. */
    @Command(
            name = "run",
            mixinStandardHelpOptions = true,
            description = "Runs the benchmarks and writes results.json, environment.json, and the report.")
    static final class Run implements Callable<Integer> {
        @Option(names = "--size", description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
        private Size size = Size.QUICK;

        @Option(names = "--only", split = ",", paramLabel = "GROUP", description = "Groups; default: all.")
        private List<String> only = Plan.GROUPS;

        @Option(names = "--peers", split = ",", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}.")
        private List<String> names = Peers.ALL;

        @Option(names = "--threads", split = ",", paramLabel = "N", description = "Default: 1 and all processors.")
        private List<Integer> threads = new ArrayList<>(
                new LinkedHashSet<>(List.of(1, Runtime.getRuntime().availableProcessors())));

        @Option(names = "--forks", paramLabel = "N", description = "Default: that of the size.")
        private int forks;

        @Option(names = "--jvm", split = " ", paramLabel = "FLAG", description = "More flags for the measured JVMs.")
        private List<String> flags = List.of();

        @Option(names = "--out", paramLabel = "DIRECTORY", description = "Default: ${DEFAULT-VALUE}.")
        private Path out = Path.of("target", "bench");

        @Spec
        private CommandSpec command;

        @Override
        public Integer call() throws IOException {
            require(Plan.GROUPS.containsAll(only), command, "--only must be among " + Plan.GROUPS + ", but is " + only);
            require(Peers.ALL.containsAll(names), command, "--peers must be among " + Peers.ALL + ", but is " + names);
            require(threads.stream().allMatch(n -> n >= 1), command, "--threads must be at least 1, but is " + threads);
            Map<String, String> found = new LinkedHashMap<>();
            Map<String, Peer> ready = new LinkedHashMap<>();
            for (String name : names) {
                Peers.Found<Peer> one = Peers.find(Peer.class, name);
                System.out.println(name + (one.peer() == null ? " is skipped: " : ": ") + one.description());
                found.put(name, (one.peer() == null ? "skipped: " : "") + one.description());
                if (one.peer() != null) {
                    ready.put(name, one.peer());
                }
            }
            List<String> jvmArguments = new ArrayList<>(Launch.JVM_ARGUMENTS);
            jvmArguments.addAll(flags);
            Map<String, String> machine = Machine.describe(jvmArguments);
            System.out.println("load at the start: " + machine.get("load at the start"));

            Set<String> groups = new LinkedHashSet<>(only);
            // Without the peak no row can show its share of it.
            groups.add("peak");
            Rounds rounds = new Rounds(size, forks > 0 ? forks : size.forks, jvmArguments, System.out);
            rounds.run(new Plan(size, groups, threads, ready));

            Files.createDirectories(out);
            Path results = out.resolve("results.json");
            rounds.write(results);
            Map<String, Object> environment = new LinkedHashMap<>();
            environment.put("size", size.name().toLowerCase(Locale.ROOT));
            environment.put("machine", machine);
            environment.put("peers", found);
            environment.put("failures", rounds.failures());
            Files.writeString(
                    out.resolve("environment.json"),
                    new GsonBuilder()
                                    .setPrettyPrinting()
                                    .disableHtmlEscaping()
                                    .create()
                                    .toJson(environment)
                            + '\n');
            System.out.println();
            System.out.println(Report.write(results, out));
            return rounds.failures().isEmpty() ? 0 : 1;
        }
    }

    /** Reports. */
    @Command(
            name = "report",
            mixinStandardHelpOptions = true,
            description = "Makes report.md and the charts from results.json and the environment.json beside it.")
    static final class Render implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "JMH's JSON.")
        private Path results;

        @Option(names = "--out", paramLabel = "DIRECTORY", description = "Default: where the file is.")
        private Path out;

        @Spec
        private CommandSpec command;

        @Override
        public Integer call() throws IOException {
            require(Files.isReadable(results), command, "cannot read " + results);
            Path beside = results.toAbsolutePath().getParent();
            System.out.println(Report.write(results, out == null ? beside : out));
            return 0;
        }
    }
}
