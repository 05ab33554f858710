package dev.backlane.spark;

import dev.backlane.nn.BatchGradient;
import dev.backlane.nn.GradientSum;
import dev.backlane.nn.Mlp;
import java.util.Arrays;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;

/**
 * The gradient of a batch whose examples lie on a cluster: broadcasts parameters and batch, has each partition compute its share,
 * and adds the shares up by {@code treeAggregate}. Synchronous: a step ends when its last partition has.
 *
 * <p>The sum's bits depend on the number of partitions alone, not on cores, machines, the order in which tasks end, or tasks that
 * are run again ({@link GradientSum}); with one partition they are those of the single-machine trainer.
 */
public final class SparkGradient implements BatchGradient {
    private final JavaSparkContext context;
    private final Mlp mlp;
    private final SparkExamples examples;
    private final int depth;
    private final LongAccumulator fetch;
    private final LongAccumulator kernel;
    private long broadcast;
    private long job;

    /**
     * Nanoseconds since the start.
     *
     * @param broadcast of the driver: making broadcasts
     * @param job of the driver: from the submission of a step's job to its sum
     * @param fetch of all tasks together: waiting for broadcasts
     * @param kernel of all tasks together: computing their shares
     */
    record Times(long broadcast, long job, long fetch, long kernel) {
        Times minus(Times other) {
            return new Times(broadcast - other.broadcast, job - other.job, fetch - other.fetch, kernel - other.kernel);
        }
    }

    /**
     * A source for {@code Trainer.train}.
     *
     * @param context of the cluster
     * @param mlp the network
     * @param examples its data set
     * @param depth of {@code treeAggregate}: 1 sends all shares to the driver, 2 lets executors add first where there are many
     * @throws IllegalArgumentException if the examples do not fit the network, or Spark's serializer is not Java's
     */
    public SparkGradient(JavaSparkContext context, Mlp mlp, SparkExamples examples, int depth) {
        if (examples.features() != mlp.inputs() || examples.classes() > mlp.outputs()) {
            throw new IllegalArgumentException("examples must have " + mlp.inputs() + " features and labels below "
                    + mlp.outputs() + ", but have " + examples.features() + " and labels up to "
                    + (examples.classes() - 1));
        }
        if (depth < 1) {
            throw new IllegalArgumentException("depth must be at least 1, but is " + depth);
        }
        Step.checkSerializer(context.getConf());
        this.context = context;
        this.mlp = mlp;
        this.examples = examples;
        this.depth = depth;
        fetch = context.sc().longAccumulator("backlane.fetch");
        kernel = context.sc().longAccumulator("backlane.kernel");
    }

    @Override
    public double compute(int[] order, int from, int to, float[] parameters, float[] gradients) {
        int[] batch = Arrays.copyOfRange(order, from, to);
        long begin = System.nanoTime();
        Broadcast<Step> step = context.broadcast(new Step(mlp.toString(), parameters, batch));
        long sent = System.nanoTime();
        GradientSum sum;
        try {
            sum = aggregate(step);
        } finally {
            step.destroy();
        }
        broadcast += sent - begin;
        job += System.nanoTime() - sent;
        if (sum.examples() != batch.length) {
            throw new IllegalStateException("the partitions must hold the " + batch.length
                    + " examples of a batch, but hold " + sum.examples());
        }
        System.arraycopy(sum.gradients(), 0, gradients, 0, mlp.parameterCount());
        return sum.loss();
    }

    private GradientSum aggregate(Broadcast<Step> step) {
        // Locals, for what a task refers to is sent along.
        LongAccumulator fetched = fetch;
        LongAccumulator computed = kernel;
        return examples.blocks()
                .treeAggregate(
                        Block.none(examples.parts()),
                        (sum, block) -> {
                            long begin = System.nanoTime();
                            Step work = step.value();
                            long here = System.nanoTime();
                            GradientSum share = block.gradient(work);
                            fetched.add(here - begin);
                            computed.add(System.nanoTime() - here);
                            return sum.add(share);
                        },
                        GradientSum::add,
                        depth);
    }

    /** Where the time went so far. */
    Times times() {
        return new Times(broadcast, job, fetch.value(), kernel.value());
    }
}
