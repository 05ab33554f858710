package dev.backlane.fuzz;

import dev.backlane.fuzz.Verdict.Failure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * Draws calls of all public kernels and runs each on every backend, with arrays laid out anew, any number of threads, and in
 * place where that is allowed. All must give the bits of the scalar backend, which must be within the contract's bounds of an
 * oracle in double ({@link Approx}); inputs and what lies around outputs must stay as they were.
 *
 * <p>From the repository's root, ten minutes of it: {@code mvn -q -Pfuzz process-test-classes}; with {@code
 * -Dfuzz.seconds=60} a minute, with {@code -Dfuzz.seed=7} the same cases again. What a failure prints runs its case alone,
 * after it was made smaller.
 */
public final class Fuzz implements AutoCloseable {
    private static final int MOST_FAILURES = 5;
    private static final int SHRINKING = 400;

    private static final Map<String, BiFunction<String, Draw, Case>> KERNELS = new TreeMap<>();
    /** Cases for one of another kernel, for those with the most ways through them. */
    private static final int PRODUCTS = 4;

    private static final List<String> SHARES = new ArrayList<>();

    static {
        KERNELS.putAll(LinearKernels.ALL);
        KERNELS.putAll(ElementwiseKernels.ALL);
        KERNELS.putAll(RowKernels.ALL);
        KERNELS.putAll(VectorKernels.ALL);
        SHARES.addAll(KERNELS.keySet());
        new TreeMap<>(LinearKernels.ALL)
                .keySet()
                .forEach(name -> SHARES.addAll(Collections.nCopies(PRODUCTS - 1, name)));
    }

    private final List<Implementation> backends = Implementation.all();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private long judged;
    private long open;

    @Override
    public void close() {
        backends.forEach(Implementation::close);
    }

    static List<String> kernels() {
        return List.copyOf(KERNELS.keySet());
    }

    /** Cases run, by kernel. */
    Map<String, Integer> counts() {
        return counts;
    }

    /** Numbers held against the oracle. */
    long judged() {
        return judged;
    }

    /** Numbers of which the oracle knew nothing. */
    long open() {
        return open;
    }

    /** What went wrong, each with the command that shows it again. */
    List<String> failures() {
        return failures;
    }

    /** Runs the seed's cases until there are so many, or the time is over, or too many have failed. */
    void run(long seed, int cases, long seconds) {
        SplittableRandom seeds = new SplittableRandom(seed);
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        for (int i = 0; i < cases && failures.size() < MOST_FAILURES && System.nanoTime() < end; i++) {
            Draw draw = new Draw(seeds.nextLong() >>> 20, Map.of());
            if (failure(draw) != null) {
                Draw small = shrink(draw);
                failures.add(failure(small) + System.lineSeparator()
                        + "  mvn -q -Pfuzz process-test-classes -Dfuzz.case=" + small);
            }
        }
    }

    /** One case: null if all is well. */
    String failure(Draw draw) {
        String kernel = draw.of("kernel", SHARES);
        counts.merge(kernel, 1, Integer::sum);
        Case it = KERNELS.get(kernel).apply(kernel, draw);
        try {
            Implementation reference = backends.getFirst();
            Verdict plain = reference.plain(it);
            it.judge(plain);
            judged += plain.judged();
            open += plain.open();
            for (Implementation backend : backends) {
                backend.drawn(it).sameAs(plain, it, backend.name, reference.name);
            }
            return null;
        } catch (Failure e) {
            return it + ": " + e.getMessage();
        }
    }

    /** Takes plainer choices as long as the case still fails, in whatever way. */
    private Draw shrink(Draw failing) {
        Draw best = failing;
        int tries = 0;
        boolean better = true;
        while (better) {
            better = false;
            for (Map.Entry<String, Integer> choice : new LinkedHashMap<>(best.taken()).entrySet()) {
                int index = choice.getValue();
                for (int smaller : new int[] {0, index / 2, index - 1}) {
                    Draw next = best.with(choice.getKey(), Math.max(0, smaller));
                    if (!choice.getKey().equals("kernel")
                            && smaller < index
                            && smaller >= 0
                            && tries++ < SHRINKING
                            && failure(next) != null) {
                        best = next;
                        better = true;
                        break;
                    }
                }
            }
        }
        return best.pruned();
    }

    /**
     * Fuzzes, and exits with 1 if anything failed.
     *
     * @param args seconds; seed, 0 for any; a case as a failure prints it, or "none"
     */
    public static void main(String[] args) {
        boolean well;
        try (Fuzz fuzz = new Fuzz()) {
            well = fuzz.run(args);
        }
        System.exit(well ? 0 : 1);
    }

    private boolean run(String[] args) {
        if (!args[2].equals("none")) {
            String failure = failure(Draw.parse(args[2]));
            System.out.println(failure == null ? "no failure" : failure);
            return failure == null;
        }
        long seed = args[1].equals("0") ? System.nanoTime() : Long.parseLong(args[1]);
        System.out.println("seed " + seed);
        run(seed, Integer.MAX_VALUE, Long.parseLong(args[0]));
        failures.forEach(System.out::println);
        System.out.println(counts);
        System.out.println(counts.values().stream().mapToInt(n -> n).sum() + " cases, each on four backends, " + judged
                + " numbers held against the oracle, " + open + " of which it knew nothing; " + failures.size()
                + " failures");
        return failures.isEmpty();
    }
}
