package dev.backlane.kernel;

import dev.backlane.kernel.ElementaryFunction.Measure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs elementary functions over all 2^32 floats, on all processors, and writes the largest errors into the {@link
 * AccuracyTable}. Where lanes are available, compares their bits on the way.
 *
 * <p>From the repository's root, a minute a function: {@code mvn -q -Paccuracy process-test-classes}, or some of them with
 * {@code -Daccuracy.functions=exp,log}; the other rows then stay as they are. Another number of threads is {@code
 * -Daccuracy.threads=1}.
 */
final class ExhaustiveAccuracy {
    private static final int BLOCK = 1 << 12;
    private static final long PATTERNS = 1L << 32;
    private static final int PARTS = 64;

    private ExhaustiveAccuracy() {}

    /** What was seen of one function. */
    private static final class Worst {
        final ElementaryFunction function;
        final Map<Measure, Double> errors = new EnumMap<>(Measure.class);
        final Map<Measure, Float> inputs = new EnumMap<>(Measure.class);
        long otherBits;

        Worst(ElementaryFunction function) {
            this.function = function;
        }

        void add(float x, float y) {
            double exact = function.exact(x);
            double error = function.error(exact, y);
            if (error > 0) {
                add(function.measure(exact), error, x);
            }
        }

        private void add(Measure measure, double error, float x) {
            if (error > errors.getOrDefault(measure, 0.0)) {
                errors.put(measure, error);
                inputs.put(measure, x);
            }
        }

        void merge(Worst later) {
            later.errors.forEach((measure, error) -> add(measure, error, later.inputs.get(measure)));
            otherBits += later.otherBits;
        }
    }

    public static void main(String[] args) throws IOException, InterruptedException, ExecutionException {
        int threads = Integer.parseInt(args[1]);
        List<ElementaryFunction> functions = Arrays.stream(ElementaryFunction.values())
                .filter(f -> args[0].equals("all")
                        || Arrays.asList(args[0].split(",", -1)).contains(f.label()))
                .toList();
        if (functions.isEmpty()) {
            throw new IllegalArgumentException("no such function: " + args[0]);
        }
        AccuracyTable table = AccuracyTable.read();
        try (ExecutorService pool = Executors.newFixedThreadPool(
                threads > 0 ? threads : Runtime.getRuntime().availableProcessors())) {
            for (ElementaryFunction function : functions) {
                Worst worst = new Worst(function);
                for (Future<Worst> part : pool.invokeAll(parts(function))) {
                    worst.merge(part.get());
                }
                for (Measure measure : worst.errors.keySet()) {
                    AccuracyTable.Row row = AccuracyTable.Row.of(
                            function, measure, worst.errors.get(measure), worst.inputs.get(measure), worst.otherBits);
                    table.put(row);
                    System.out.println(row);
                }
                table.write();
            }
        }
    }

    private static List<Callable<Worst>> parts(ElementaryFunction function) {
        List<Callable<Worst>> parts = new ArrayList<>();
        for (int part = 0; part < PARTS; part++) {
            long from = PATTERNS / PARTS * part;
            parts.add(() -> sweep(function, from, from + PATTERNS / PARTS));
        }
        return parts;
    }

    private static Worst sweep(ElementaryFunction function, long from, long to) {
        Worst worst = new Worst(function);
        float[] in = new float[BLOCK];
        float[] lanes = new float[BLOCK];
        for (long block = from; block < to; block += BLOCK) {
            for (int j = 0; j < BLOCK; j++) {
                in[j] = Float.intBitsToFloat((int) (block + j));
            }
            ElementaryLanes.apply(function, in, lanes, BLOCK);
            for (int j = 0; j < BLOCK; j++) {
                float y = function.scalar(in[j]);
                worst.add(in[j], y);
                // Any NaN is as good as any other.
                if (ElementaryLanes.AVAILABLE && Float.floatToIntBits(y) != Float.floatToIntBits(lanes[j])) {
                    worst.otherBits++;
                }
            }
        }
        return worst;
    }
}
