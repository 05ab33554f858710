package dev.backlane.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Activation;
import dev.backlane.nn.GradientSum;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskEndReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.Test;

/** The same bits whatever happens on the way. */
class SparkGradientTest {
    @Test
    void onePartitionGivesTheBitsOfTheSingleMachineTrainer() {
        assertArrayEquals(Local.alone(), Local.train(Local.conf("local[2]"), 1, 2));
    }

    /** Seven partitions are enough for treeAggregate to add on executors first, in an order that differs between runs. */
    @Test
    void coresAndTheWayOfAddingDoNotChangeTheBits() {
        float[] expected = Local.train(Local.conf("local[1]"), 7, 1);
        assertArrayEquals(Local.alone(), expected, 1e-4f);
        assertNotEquals(Arrays.toString(Local.alone()), Arrays.toString(expected));
        assertArrayEquals(expected, Local.train(Local.conf("local[4]"), 7, 2));
        assertArrayEquals(expected, Local.train(Local.conf("local[4]").set("spark.task.cpus", "2"), 7, 3));
    }

    /** Three groups of four, which is no power of two: each must reach the driver as one vector. */
    @Test
    void groupsOfTheTreeTravelAsOneVector() {
        try (JavaSparkContext context = new JavaSparkContext(Local.conf("local[2]"))) {
            Mlp mlp = Local.trainer().mlp();
            int[] batch = IntStream.range(0, Local.COUNT).toArray();
            Step step = new Step(mlp.toString(), new float[mlp.parameterCount()], batch);
            GradientSum sum = Local.blocks(context, 12)
                    .treeAggregate(
                            Block.none(12),
                            (none, block) -> none.add(block.gradient(step)),
                            (one, other) -> {
                                if (other.vectors() > 1) {
                                    throw new IllegalStateException(other.vectors() + " vectors");
                                }
                                return one.add(other);
                            },
                            2);
            assertEquals(Local.COUNT, sum.examples());
        }
    }

    @Test
    void kryoIsRefused() {
        SparkConf kryo = Local.conf("local[1]").set("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
        String message = assertThrows(IllegalArgumentException.class, () -> Local.train(kryo, 2, 2))
                .getMessage();
        assertTrue(message.contains("spark.serializer must be"), message);
    }

    /** In mid-epoch: a task that has done its work is killed by the scheduler, another one fails. */
    @Test
    void killedAndFailedTasksDoNotChangeTheBits() throws TimeoutException {
        float[] expected = Local.train(Local.conf("local[2]"), 4, 2);
        try (JavaSparkContext context = new JavaSparkContext(Local.conf("local[2,3]"))) {
            Ends ends = new Ends();
            context.sc().addSparkListener(ends);
            Dying.calls.set(0);
            SparkExamples examples = new SparkExamples(
                    Local.blocks(context, 4).map(Dying::of).cache(), 4, Local.COUNT, Local.FEATURES, Local.CLASSES);
            assertArrayEquals(expected, Local.train(context, examples, 2));
            context.sc().listenerBus().waitUntilEmpty();
            assertEquals(1, ends.killed.get());
            assertEquals(1, ends.failed.get());
        }
    }

    /** Partition 2's block: its fifth step is killed, its eighth fails, both after they have computed their share. */
    static final class Dying extends Block {
        private static final long serialVersionUID = 1;

        static final AtomicInteger calls = new AtomicInteger();

        private Dying(Block block) {
            super(block);
        }

        static Block of(Block block) {
            return block.part() == 2 ? new Dying(block) : block;
        }

        @Override
        GradientSum gradient(Step step) {
            GradientSum share = super.gradient(step);
            int call = calls.incrementAndGet();
            if (call == 5) {
                org.apache.spark.SparkContext.getOrCreate()
                        .killTaskAttempt(TaskContext.get().taskAttemptId(), true, "as the test wants");
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException e) {
                    throw new IllegalStateException("killed", e);
                }
            }
            if (call == 8) {
                throw new IllegalStateException("as the test wants");
            }
            return share;
        }
    }

    /** Counts the tasks that did not end well. */
    private static final class Ends extends SparkListener {
        private final AtomicInteger killed = new AtomicInteger();
        private final AtomicInteger failed = new AtomicInteger();

        @Override
        public void onTaskEnd(SparkListenerTaskEnd end) {
            TaskEndReason reason = end.reason();
            if (reason instanceof TaskKilled) {
                killed.incrementAndGet();
            } else if (!end.taskInfo().successful()) {
                failed.incrementAndGet();
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeTheFirstStep() {
        try (JavaSparkContext context = new JavaSparkContext(Local.conf("local[1]"))) {
            SparkExamples examples = Local.examples(context, 2);
            Mlp narrow = Mlp.inputs(3).dense(5, Activation.IDENTITY).loss(Loss.SOFTMAX_CROSS_ENTROPY);
            Mlp few = Mlp.inputs(7).dense(4, Activation.IDENTITY).loss(Loss.SOFTMAX_CROSS_ENTROPY);
            for (Mlp mlp : new Mlp[] {narrow, few}) {
                String message = assertThrows(
                                IllegalArgumentException.class, () -> new SparkGradient(context, mlp, examples, 2))
                        .getMessage();
                assertTrue(message.contains("but have 7 and labels up to 4"), message);
            }
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new SparkGradient(context, Local.trainer().mlp(), examples, 0));
        }
    }
}
