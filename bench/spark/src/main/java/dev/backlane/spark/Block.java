package dev.backlane.spark;

import dev.backlane.kernel.Workers;
import dev.backlane.nn.Examples;
import dev.backlane.nn.GradientPass;
import dev.backlane.nn.GradientSum;
import dev.backlane.nn.Mlp;
import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.TaskContext;

/** The examples of one partition: a range of the data set, as flat arrays. */
class Block implements Serializable {
    private static final long serialVersionUID = 1;
    /** Most examples of a pass: enough for the kernels, and a bound on memory. The bits do not depend on it. */
    private static final int PASS = 1024;

    private final int part;
    private final int parts;
    private final int first;
    private final int features;
    private final float[] x;
    private final int[] labels;
    private final Pool<Memory> memory = new Pool<>();

    /** Of one task at a time; made again when another network comes. */
    private record Memory(String network, Mlp mlp, GradientPass pass) {
        static Memory of(Step step) {
            Mlp mlp = Mlp.of(step.network());
            return new Memory(step.network(), mlp, new GradientPass(mlp, Math.min(PASS, step.batch().length)));
        }
    }

    /**
     * The examples from {@code start(part)} on.
     *
     * @param part which one of parts
     * @param parts of the data set
     * @param count examples of the whole data set
     * @param features length of an example
     * @param x this part's examples, one behind the other
     * @param labels one for each
     */
    Block(int part, int parts, int count, int features, float[] x, int... labels) {
        this.part = part;
        this.parts = parts;
        this.first = start(part, parts, count);
        this.features = features;
        this.x = x;
        this.labels = labels;
    }

    /** The same examples. */
    Block(Block other) {
        part = other.part;
        parts = other.parts;
        first = other.first;
        features = other.features;
        x = other.x;
        labels = other.labels;
    }

    /** The first example of a part: parts are ranges of nearly the same length, whatever machine holds them. */
    static int start(int part, int parts, int count) {
        return (int) ((long) part * count / parts);
    }

    /** The part that an example belongs to. */
    static int partOf(long example, int parts, int count) {
        return (int) (((example + 1) * parts - 1) / count);
    }

    /** Groups in which {@code treeAggregate} of depth 2 adds first: a part's is its number modulo theirs. */
    static int groups(int parts) {
        int size = Math.max(2, (int) Math.ceil(Math.sqrt(parts)));
        return parts > size + Math.ceil((double) parts / size) ? parts / size : 1;
    }

    /** The sum that a part's is added to. */
    static GradientSum none(int parts) {
        return GradientSum.none(parts, groups(parts));
    }

    /** This part without examples. */
    GradientSum empty() {
        return GradientSum.of(part, parts, groups(parts), 0, 0, null);
    }

    int part() {
        return part;
    }

    /**
     * This part's share of a step, in the batch's order, on the cores that Spark gives a task ({@code spark.task.cpus}).
     *
     * @param step what to compute
     * @return a sum of this part alone
     */
    GradientSum gradient(Step step) {
        int[] own = Arrays.stream(step.batch())
                .filter(i -> i >= first && i - first < labels.length)
                .map(i -> i - first)
                .toArray();
        if (own.length == 0) {
            return empty();
        }
        Memory mine = memory.take(() -> Memory.of(step));
        if (!mine.network.equals(step.network())) {
            mine = Memory.of(step);
        }
        Examples examples = Examples.of(features, x, labels);
        // Not pooled: it leaves with the result, and who has sent it when is Spark's affair.
        float[] gradients = new float[mine.mlp.parameterCount()];
        double loss;
        try (Workers workers = workers()) {
            loss = mine.pass.run(
                    workers, examples, own, 0, own.length, 1f / step.batch().length, step.parameters(), gradients);
        }
        memory.give(mine);
        return GradientSum.of(part, parts, groups(parts), own.length, loss, gradients);
    }

    private static Workers workers() {
        TaskContext task = TaskContext.get();
        int cores = task == null ? 1 : task.cpus();
        return cores == 1 ? Workers.caller() : Workers.of(cores);
    }
}
