package dev.backlane.spark;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Activations;
import dev.backlane.kernel.Rows;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Workspace;
import java.io.Serializable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.Seq;

/** A trained network as a function over a column: the forward pass alone. */
public final class Prediction {
    private Prediction() {}

    /**
     * The probabilities that a network gives: softmax of its outputs where it was trained by softmax cross-entropy, sigmoid where
     * by binary cross-entropy, else its outputs. The parameters go to each executor once.
     *
     * @param session where to
     * @param mlp the network
     * @param parameters its parameters; a later change of the array may or may not be seen
     * @return a function from an array of numbers, as many as the network has inputs, to {@code array<float>}; null gives null
     * @throws IllegalArgumentException if Spark's serializer is not Java's
     */
    public static UserDefinedFunction probabilities(SparkSession session, Mlp mlp, float... parameters) {
        Step.checkSerializer(session.sparkContext().conf());
        Broadcast<Model> model = JavaSparkContext.fromSparkContext(session.sparkContext())
                .broadcast(new Model(mlp.toString(), parameters, new Pool<>()));
        UDF1<Seq<? extends Number>, float[]> function =
                features -> features == null ? null : model.value().probabilities(features);
        return functions.udf(function, DataTypes.createArrayType(DataTypes.FloatType, false));
    }

    private record Model(String network, float[] parameters, Pool<Memory> memory) implements Serializable {
        float[] probabilities(Seq<? extends Number> features) {
            Memory mine = memory.take(() -> Memory.of(network));
            Mlp mlp = mine.mlp;
            if (features.length() != mlp.inputs()) {
                throw new IllegalArgumentException(
                        "features must be " + mlp.inputs() + " numbers, but are " + features.length());
            }
            for (int i = 0; i < mine.x.length; i++) {
                mine.x[i] = features.apply(i).floatValue();
            }
            int n = mlp.outputs();
            float[] y = new float[n];
            mlp.predict(Workers.caller(), 1, mine.x, 0, mine.x.length, parameters, 0, mine.workspace, y, 0, n);
            memory.give(mine);
            switch (mlp.loss()) {
                case SOFTMAX_CROSS_ENTROPY -> Rows.softmax(1, n, y, 0, n, y, 0, n);
                case BINARY_CROSS_ENTROPY -> Activations.forward(Activation.SIGMOID, n, y, 0, y, 0);
                case SQUARED_ERROR, MEAN_SQUARED_ERROR -> {}
            }
            return y;
        }
    }

    private record Memory(Mlp mlp, float[] x, Workspace workspace) {
        static Memory of(String network) {
            Mlp mlp = Mlp.of(network);
            return new Memory(mlp, new float[mlp.inputs()], mlp.inferenceWorkspace(1));
        }
    }
}
