package dev.backlane.bench;

import dev.backlane.bench.peer.BacklanePeer;
import dev.backlane.bench.peer.Peer;
import dev.backlane.bench.peer.Peers;
import dev.backlane.bench.peer.SgemmPeer;
import dev.backlane.bench.peer.Shape;
import dev.backlane.bench.peer.Verification;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Matrix products of all peers in one process, in interleaved rounds: for tuning, where a ratio matters within seconds.
 * One process is one layout of code and memory; the JMH benchmarks, in several forks, are what counts.
 */
@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        description = "Times matrix products of all peers in interleaved rounds.")
public final class PeerProbe implements Callable<Integer> {
    private static final String PEAK = "peak";

    @Option(names = "--peers", split = ",", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}.")
    private List<String> names = List.of("backlane", "onednn", "openblas");

    @Option(names = "--threads", split = ",", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    private List<Integer> threads = List.of(1);

    @Option(
            names = "--ops",
            split = ",",
            paramLabel = "NN|TN|NT|TT",
            description = "Transposes for shapes that do not name theirs. Default: ${DEFAULT-VALUE}.")
    private List<String> operations = List.of("NN");

    @Option(names = "--rounds", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds = 15;

    @Option(names = "--millis", paramLabel = "MS", description = "Length of a round. Default: ${DEFAULT-VALUE}.")
    private int millis = 25;

    @Parameters(
            arity = "1..*",
            paramLabel = "SHAPE",
            description = "512, 64x128x784 (MxNxK), or with transposes TN:784x128x64.")
    private List<String> shapes;

    @Spec
    private CommandSpec command;

    /** Runs the probe on its own. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new PeerProbe()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        List<Shape> all = shapes();
        List<SgemmPeer> peers = new ArrayList<>();
        for (String name : names) {
            Peers.Found<SgemmPeer> found = Peers.find(SgemmPeer.class, name);
            System.out.println((found.peer() == null ? name + " skipped: " : name + ": ") + found.description());
            if (found.peer() != null) {
                peers.add(found.peer());
            }
        }
        System.out.printf(
                Locale.ROOT, "%nGFLOP/s, median of %d rounds (best); ratio of medians, Backlane over peer%n%n", rounds);
        for (Shape shape : all) {
            for (int n : threads) {
                System.out.println(line(shape, n, measure(shape, n, peers)));
            }
        }
        return 0;
    }

    private List<Shape> shapes() {
        List<Shape> all = new ArrayList<>();
        try {
            for (String text : shapes) {
                if (text.contains(":")) {
                    all.add(Shape.of(text));
                } else {
                    operations.forEach(operation -> all.add(Shape.of(text).with(operation)));
                }
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
        return all;
    }

    private Map<String, double[]> measure(Shape shape, int n, List<SgemmPeer> peers) throws InterruptedException {
        float[] a = Verification.operand(1, shape.sizeA());
        float[] b = Verification.operand(2, shape.sizeB());
        Interleaved rounds = new Interleaved(this.rounds, millis / 1e3);
        float[] sink = new float[1];
        rounds.add(PEAK, () -> sink[0] += FmaPeak.run(0.75f, 0.25f));
        Map<String, Peer.Job> jobs = new LinkedHashMap<>();
        for (SgemmPeer peer : peers) {
            if (n == 1 || peer.multithreaded()) {
                peer.threads(n);
                jobs.put(peer.name(), Verification.verified(peer, shape, a, b));
            }
        }
        jobs.forEach((name, job) -> rounds.add(name, job::run));
        Map<String, double[]> seconds = rounds.run(n > 1);
        jobs.values().forEach(Peer.Job::close);
        return seconds;
    }

    private static String line(Shape shape, int threads, Map<String, double[]> seconds) {
        double peak = FmaPeak.flops(FmaPeak.LANES) / median(seconds.get(PEAK)) / 1e9;
        StringBuilder line =
                new StringBuilder(String.format(Locale.ROOT, "%-18s %dT  peak %6.1f", shape, threads, peak * threads));
        String own = new BacklanePeer().name();
        seconds.forEach((name, times) -> {
            if (!name.equals(PEAK)) {
                double rate = shape.flops() / median(times) / 1e9;
                line.append(
                        String.format(Locale.ROOT, " | %s %6.1f (%6.1f)", name, rate, shape.flops() / times[0] / 1e9));
                if (name.equals(own)) {
                    line.append(String.format(Locale.ROOT, " %3.0f%%", 100 * rate / (peak * threads)));
                } else if (seconds.containsKey(own)) {
                    line.append(String.format(Locale.ROOT, " ×%.3f", median(times) / median(seconds.get(own))));
                }
            }
        });
        return line.toString();
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
