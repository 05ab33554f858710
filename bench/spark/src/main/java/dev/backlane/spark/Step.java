package dev.backlane.spark;

import java.io.Serializable;
import org.apache.spark.SparkConf;

/**
 * What every executor needs for one step.
 *
 * @param network as {@code Mlp.of} reads it
 * @param parameters of the network
 * @param batch numbers of the batch's examples, in order
 */
record Step(String network, float[] parameters, int... batch) implements Serializable {
    /** An option of Spark's. */
    static final String SERIALIZER = "spark.serializer";
    /** Its default. */
    static final String JAVA = "org.apache.spark.serializer.JavaSerializer";

    /** Before the first job, for Spark's Kryo cannot write records and says so in the words of its field access. */
    static void checkSerializer(SparkConf conf) {
        String serializer = conf.get(SERIALIZER, JAVA);
        if (!serializer.equals(JAVA)) {
            throw new IllegalArgumentException(SERIALIZER + " must be " + JAVA + ", but is " + serializer);
        }
    }
}
