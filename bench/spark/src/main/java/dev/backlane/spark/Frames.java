package dev.backlane.spark;

import dev.backlane.digits.MnistExamples;
import dev.backlane.nn.Mlp;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Labelled examples as DataFrames. */
final class Frames {
    private static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.LongType, false)
            .add("label", DataTypes.IntegerType, false)
            .add("features", DataTypes.createArrayType(DataTypes.FloatType, false), false);

    private Frames() {}

    /**
     * The images of MNIST's files as rows of id, label and features.
     *
     * @param session where to
     * @param folder of the four files, seen by every executor; null for the MNIST that comes with the application
     * @param test whether the test images, else those to train on
     * @param parts partitions to make
     * @return the rows, read when they are used
     * @throws IOException if a file is missing or damaged
     */
    static Dataset<Row> idx(SparkSession session, String folder, boolean test, int parts) throws IOException {
        int count = images(folder, test).count();
        List<Integer> numbers = IntStream.range(0, parts).boxed().toList();
        return session.createDataFrame(
                JavaSparkContext.fromSparkContext(session.sparkContext())
                        .parallelize(numbers, parts)
                        .flatMap(part -> {
                            MnistExamples images = images(folder, test);
                            return IntStream.range(Block.start(part, parts, count), Block.start(part + 1, parts, count))
                                    .mapToObj(i -> row(images, i))
                                    .iterator();
                        }),
                SCHEMA);
    }

    private static MnistExamples images(String folder, boolean test) throws IOException {
        return test
                ? SparkExamples.idx(folder).test()
                : SparkExamples.idx(folder).training();
    }

    private static Row row(MnistExamples images, int i) {
        float[] x = new float[images.features()];
        int[] label = new int[1];
        images.gather(new int[] {i}, 0, 1, x, 0);
        images.labels(new int[] {i}, 0, 1, label);
        return RowFactory.create((long) i, label[0], x);
    }

    /**
     * The share of rows whose most probable class is their label.
     *
     * @param session where to
     * @param rows with label and features
     * @param mlp the network
     * @param parameters of the network
     * @return 0 to 1
     */
    static double accuracy(SparkSession session, Dataset<Row> rows, Mlp mlp, float... parameters) {
        return rows.select(
                        functions.col("label").cast("int").as("label"),
                        Prediction.probabilities(session, mlp, parameters)
                                .apply(functions.col("features").cast("array<float>"))
                                .as("p"))
                .agg(functions.avg(functions.expr(
                        "case when array_position(p, array_max(p)) = label + 1 then 1.0d else 0.0d end")))
                .head()
                .getDouble(0);
    }
}
