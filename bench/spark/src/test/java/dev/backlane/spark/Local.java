package dev.backlane.spark;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Examples;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Trainer;
import dev.backlane.nn.TrainingListener;
import dev.backlane.nn.TrainingState;
import dev.backlane.optim.Optimizer;
import dev.backlane.optim.Schedule;
import dev.backlane.param.SeededRandom;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** Spark in this process, a small data set, and a run on it. */
final class Local {
    static final int COUNT = 501;
    static final int FEATURES = 7;
    static final int CLASSES = 5;
    static final TrainingListener QUIET = new TrainingListener() {};

    private Local() {}

    static SparkConf conf(String master) {
        return new SparkConf()
                .setMaster(master)
                .setAppName("test")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "localhost")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.sql.shuffle.partitions", "3");
    }

    static float[] x() {
        SeededRandom random = new SeededRandom(5);
        float[] x = new float[COUNT * FEATURES];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    static int[] labels() {
        SeededRandom random = new SeededRandom(6);
        return IntStream.range(0, COUNT).map(i -> random.nextInt(CLASSES)).toArray();
    }

    static SparkExamples examples(JavaSparkContext context, int parts) {
        return new SparkExamples(blocks(context, parts).cache(), parts, COUNT, FEATURES, CLASSES);
    }

    static JavaRDD<Block> blocks(JavaSparkContext context, int parts) {
        List<Integer> numbers = IntStream.range(0, parts).boxed().toList();
        return context.parallelize(numbers, parts).map(part -> {
            int from = Block.start(part, parts, COUNT);
            int to = Block.start(part + 1, parts, COUNT);
            return new Block(
                    part,
                    parts,
                    COUNT,
                    FEATURES,
                    Arrays.copyOfRange(x(), from * FEATURES, to * FEATURES),
                    Arrays.copyOfRange(labels(), from, to));
        });
    }

    /** 100 is no power of two, and 501 no multiple of it. */
    static Trainer trainer() {
        Mlp mlp = Mlp.inputs(FEATURES)
                .dense(19, Activation.TANH)
                .dense(CLASSES, Activation.IDENTITY)
                .loss(Loss.SOFTMAX_CROSS_ENTROPY);
        return new Trainer(mlp, new Optimizer.Adam(), new Schedule.Cosine(0.01f, 0), 100, 2, 11, 0.5f);
    }

    /** The single-machine run. */
    static float[] alone() {
        TrainingState state = trainer().start();
        trainer().train(Workers.caller(), Examples.of(FEATURES, x(), labels()), state, QUIET);
        return state.parameters();
    }

    static float[] train(JavaSparkContext context, SparkExamples examples, int depth) {
        Trainer trainer = trainer();
        TrainingState state = trainer.start();
        trainer.train(
                Workers.caller(),
                examples.count(),
                new SparkGradient(context, trainer.mlp(), examples, depth),
                state,
                QUIET);
        return state.parameters();
    }

    /** A run of its own Spark. */
    static float[] train(SparkConf conf, int parts, int depth) {
        try (JavaSparkContext context = new JavaSparkContext(conf);
                SparkExamples examples = examples(context, parts)) {
            return train(context, examples, depth);
        }
    }
}
