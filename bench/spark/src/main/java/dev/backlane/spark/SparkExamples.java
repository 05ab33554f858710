package dev.backlane.spark;

import static org.apache.spark.sql.functions.col;

import dev.backlane.digits.Mnist;
import dev.backlane.digits.MnistExamples;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * A labelled data set in numbered order, cut into ranges of nearly the same length, one for each partition, and kept in the
 * executors' memory. Which example is where depends on the order and the number of partitions alone, so a partition that is
 * lost is made again as it was.
 */
public final class SparkExamples implements AutoCloseable {
    private final JavaRDD<Block> blocks;
    private final int parts;
    private final int count;
    private final int features;
    private final int classes;

    /** A row on its way to its partition. */
    private record Labelled(int label, float... features) implements Serializable {}

    SparkExamples(JavaRDD<Block> blocks, int parts, int count, int features, int classes) {
        this.blocks = blocks;
        this.parts = parts;
        this.count = count;
        this.features = features;
        this.classes = classes;
    }

    /**
     * The rows of a DataFrame with a column {@code label}, whole numbers from 0, and a column {@code features}, arrays of numbers
     * of one length. Their order is that of the column {@code id} if there is one, which must be unique, else the one in which
     * Spark reads them: from several files that order may change with the number of cores, and the trained bits with it.
     *
     * @param rows the data set
     * @param parts partitions to make
     * @return the examples, each partition loaded when it is first used
     * @throws IllegalArgumentException if a column is missing, a row lacks a value, a label is negative, or lengths differ, or
     *     Spark's serializer is not Java's
     */
    public static SparkExamples of(Dataset<Row> rows, int parts) {
        Step.checkSerializer(rows.sparkSession().sparkContext().conf());
        List<String> columns = Arrays.asList(rows.columns());
        for (String column : List.of("label", "features")) {
            if (!columns.contains(column)) {
                throw new IllegalArgumentException("rows must have a column " + column + ", but have " + columns);
            }
        }
        Dataset<Row> ordered = columns.contains("id") ? rows.orderBy("id") : rows;
        Dataset<Row> typed =
                ordered.select(col("label").cast("int"), col("features").cast("array<float>"));
        Row facts = rows.select(col("label").cast("int"), col("features"))
                .agg(
                        functions.count("*"),
                        functions.count("label"),
                        functions.count("features"),
                        functions.min("label"),
                        functions.max("label"),
                        functions.min(functions.size(col("features"))),
                        functions.max(functions.size(col("features"))))
                .head();
        long count = facts.getLong(0);
        if (count < 1 || count > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("rows must be 1 to " + (Integer.MAX_VALUE - 8) + ", but are " + count);
        }
        if (facts.getLong(1) != count || facts.getLong(2) != count || facts.getInt(3) < 0) {
            throw new IllegalArgumentException("each row must have features and a label of at least 0, but of " + count
                    + " rows " + facts.getLong(1) + " have a label, " + facts.getLong(2)
                    + " have features, and the least label is " + facts.get(3));
        }
        int features = facts.getInt(5);
        if (features < 1 || facts.getInt(6) != features) {
            throw new IllegalArgumentException(
                    "features must be of one length, at least 1, but are of " + features + " to " + facts.getInt(6));
        }
        int examples = (int) count;
        JavaRDD<Block> blocks = typed.toJavaRDD()
                .map(SparkExamples::labelled)
                .zipWithIndex()
                .mapToPair(Tuple2::swap)
                .partitionBy(new Ranges(parts, examples))
                .mapPartitionsWithIndex((part, rest) -> fill(part, parts, examples, features, rest), true);
        return new SparkExamples(keep(blocks), parts, examples, features, facts.getInt(4) + 1);
    }

    /**
     * The training images of MNIST, or of a data set in MNIST's files.
     *
     * @param context where to
     * @param folder of the four files, seen by every executor; null for the MNIST that comes with the application
     * @param parts partitions to make
     * @return the examples, each partition loaded when it is first used
     * @throws IOException if a file is missing or damaged
     */
    static SparkExamples idx(JavaSparkContext context, String folder, int parts) throws IOException {
        MnistExamples images = idx(folder).training();
        int count = images.count();
        List<Integer> numbers = IntStream.range(0, parts).boxed().toList();
        JavaRDD<Block> blocks = context.parallelize(numbers, parts).map(part -> {
            MnistExamples all = idx(folder).training();
            int[] own = IntStream.range(Block.start(part, parts, count), Block.start(part + 1, parts, count))
                    .toArray();
            float[] x = new float[Math.multiplyExact(own.length, all.features())];
            int[] labels = new int[own.length];
            all.gather(own, 0, own.length, x, 0);
            all.labels(own, 0, own.length, labels);
            return new Block(part, parts, count, all.features(), x, labels);
        });
        return new SparkExamples(keep(blocks), parts, count, images.features(), MnistExamples.CLASSES);
    }

    static Mnist idx(String folder) throws IOException {
        return folder == null ? Mnist.bundled() : Mnist.in(Path.of(folder));
    }

    private static JavaRDD<Block> keep(JavaRDD<Block> blocks) {
        return blocks.persist(StorageLevel.MEMORY_AND_DISK());
    }

    private static Labelled labelled(Row row) {
        List<Float> list = row.getList(1);
        float[] features = new float[list.size()];
        int i = 0;
        for (Float feature : list) {
            if (feature == null) {
                throw new IllegalArgumentException("features must not hold null, but do: " + list);
            }
            features[i++] = feature;
        }
        return new Labelled(row.getInt(0), features);
    }

    /** Each row to its place, in whatever order they come out of the shuffle. */
    private static Iterator<Block> fill(
            int part, int parts, int count, int features, Iterator<Tuple2<Long, Labelled>> rows) {
        int first = Block.start(part, parts, count);
        int[] labels = new int[Block.start(part + 1, parts, count) - first];
        float[] x = new float[Math.multiplyExact(labels.length, features)];
        int filled = 0;
        while (rows.hasNext()) {
            Tuple2<Long, Labelled> row = rows.next();
            int at = (int) (row._1() - first);
            labels[at] = row._2().label();
            System.arraycopy(row._2().features(), 0, x, at * features, features);
            filled++;
        }
        if (filled != labels.length) {
            throw new IllegalStateException("the rows changed while they were read: partition " + part + " must have "
                    + labels.length + ", but has " + filled);
        }
        return List.of(new Block(part, parts, count, features, x, labels)).iterator();
    }

    /** Which partition a row's number belongs to. */
    private static final class Ranges extends Partitioner {
        private static final long serialVersionUID = 1;

        private final int parts;
        private final int count;

        Ranges(int parts, int count) {
            this.parts = parts;
            this.count = count;
        }

        @Override
        public int numPartitions() {
            return parts;
        }

        @Override
        public int getPartition(Object key) {
            return Block.partOf((Long) key, parts, count);
        }
    }

    /**
     * How many there are.
     *
     * @return number of examples
     */
    public int count() {
        return count;
    }

    /**
     * Length of an example.
     *
     * @return number of features
     */
    public int features() {
        return features;
    }

    /**
     * One more than the greatest label.
     *
     * @return outputs that a network needs
     */
    public int classes() {
        return classes;
    }

    /**
     * Partitions.
     *
     * @return as given
     */
    public int parts() {
        return parts;
    }

    /** One block a partition. */
    JavaRDD<Block> blocks() {
        return blocks;
    }

    /** Frees the executors' memory. */
    @Override
    public void close() {
        blocks.unpersist(false);
    }
}
