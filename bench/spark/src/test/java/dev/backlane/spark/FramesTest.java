package dev.backlane.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Activations;
import dev.backlane.kernel.Rows;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data frames in, probabilities out. */
class FramesTest {
    private static SparkSession session;
    private static JavaSparkContext context;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        session = SparkSession.builder().config(Local.conf("local[2]")).getOrCreate();
        context = JavaSparkContext.fromSparkContext(session.sparkContext());
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    /** The local data set as rows in random order; doubles and longs, which are cast. */
    private static Dataset<Row> shuffled() {
        float[] x = Local.x();
        int[] labels = Local.labels();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < Local.COUNT; i++) {
            List<Double> features = new ArrayList<>();
            for (int k = 0; k < Local.FEATURES; k++) {
                features.add((double) x[i * Local.FEATURES + k]);
            }
            rows.add(RowFactory.create(i, (long) labels[i], features));
        }
        Collections.shuffle(rows, new Random(3));
        return session.createDataFrame(
                rows,
                new StructType()
                        .add("id", DataTypes.IntegerType)
                        .add("label", DataTypes.LongType)
                        .add("features", DataTypes.createArrayType(DataTypes.DoubleType)));
    }

    /** However the files are cut, the rows come in the order of their id. */
    @Test
    void parquetInManyFilesGivesTheBitsOfTheSingleMachineTrainer() {
        String parquet = folder.resolve("train.parquet").toString();
        shuffled().repartition(5).write().parquet(parquet);
        try (SparkExamples examples = SparkExamples.of(session.read().parquet(parquet), 1)) {
            assertEquals(Local.COUNT, examples.count());
            assertEquals(Local.CLASSES, examples.classes());
            assertArrayEquals(Local.alone(), Local.train(context, examples, 2));
        }
        float[] expected = Local.train(context, Local.examples(context, 3), 2);
        try (SparkExamples examples = SparkExamples.of(session.read().parquet(parquet), 3)) {
            assertArrayEquals(expected, Local.train(context, examples, 2));
        }
    }

    /** Without ids the order is Spark's own, which for rows of this process is theirs. */
    @Test
    void withoutIdTheOrderIsThatOfReading() {
        Dataset<Row> rows = shuffled().orderBy("id").drop("id").coalesce(1);
        try (SparkExamples examples = SparkExamples.of(rows, 1)) {
            assertArrayEquals(Local.alone(), Local.train(context, examples, 2));
        }
    }

    @Test
    void rangesCoverEveryExampleOnce() {
        for (int parts = 1; parts < 12; parts++) {
            for (int count : new int[] {1, 5, 11, 501, Integer.MAX_VALUE - 8}) {
                assertEquals(0, Block.start(0, parts, count));
                assertEquals(count, Block.start(parts, parts, count));
                for (int part = 0; part < parts; part++) {
                    int from = Block.start(part, parts, count);
                    int to = Block.start(part + 1, parts, count);
                    if (from < to) {
                        assertEquals(part, Block.partOf(from, parts, count));
                        assertEquals(part, Block.partOf(to - 1L, parts, count));
                    }
                }
            }
        }
    }

    @Test
    void badRowsAreRefused() {
        refused("column label", "select array(1f) as features");
        refused("column features", "select 1 as label");
        refused("of one length", "values (1, array(1f)), (1, array(1f, 2f)) as t(label, features)");
        refused("have a label", "values (1, array(1f)), (null, array(1f)) as t(label, features)");
        refused("have features", "values (1, array(1f)), (1, null) as t(label, features)");
        refused("at least 0", "values (1, array(1f)), (-1, array(1f)) as t(label, features)");
        refused("1 to", "select * from values (1, array(1f)) as t(label, features) where label > 1");
    }

    private static void refused(String part, String sql) {
        String message = assertThrows(IllegalArgumentException.class, () -> SparkExamples.of(session.sql(sql), 2))
                .getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void probabilitiesHaveTheBitsOfPredict() {
        float[] x = Local.x();
        for (Loss loss : Loss.values()) {
            Mlp mlp = Mlp.inputs(Local.FEATURES)
                    .dense(6, Activation.RELU)
                    .dense(3, Activation.IDENTITY)
                    .loss(loss);
            float[] parameters = new float[mlp.parameterCount()];
            mlp.initialize(7, parameters, 0);
            float[] y = new float[3 * Local.COUNT];
            int ld = Local.FEATURES;
            mlp.predict(
                    Workers.caller(),
                    Local.COUNT,
                    x,
                    0,
                    ld,
                    parameters,
                    0,
                    mlp.inferenceWorkspace(Local.COUNT),
                    y,
                    0,
                    3);
            if (loss == Loss.SOFTMAX_CROSS_ENTROPY) {
                Rows.softmax(Local.COUNT, 3, y, 0, 3, y, 0, 3);
            } else if (loss == Loss.BINARY_CROSS_ENTROPY) {
                Activations.forward(Activation.SIGMOID, y.length, y, 0, y, 0);
            }
            session.udf().register("digit", Prediction.probabilities(session, mlp, parameters));
            shuffled().createOrReplaceTempView("examples");
            List<Row> rows = session.sql("select id, digit(cast(features as array<float>)) p from examples order by id")
                    .collectAsList();
            for (int i = 0; i < Local.COUNT; i++) {
                List<Float> p = rows.get(i).getList(1);
                assertEquals(List.of(y[3 * i], y[3 * i + 1], y[3 * i + 2]), p, loss + " " + i);
            }
        }
    }

    @Test
    void featuresMayBeOfAnyNumericType() {
        Mlp mlp = Mlp.inputs(2).dense(2, Activation.IDENTITY).loss(Loss.SQUARED_ERROR);
        Dataset<Row> rows = session.sql("select array(1.5d, 2d) as features");
        float[] parameters = {1, 0, 0, 1, 0, 0};
        assertEquals(
                List.of(1.5f, 2f),
                rows.select(Prediction.probabilities(session, mlp, parameters).apply(functions.col("features")))
                        .head()
                        .getList(0));
    }

    @Test
    void noFeaturesGiveNoProbabilities() {
        Mlp mlp = Mlp.inputs(2).dense(2, Activation.IDENTITY).loss(Loss.SOFTMAX_CROSS_ENTROPY);
        Dataset<Row> rows = session.sql("select cast(null as array<float>) as features");
        assertTrue(
                rows.select(Prediction.probabilities(session, mlp, new float[6]).apply(functions.col("features")))
                        .head()
                        .isNullAt(0));
    }
}
