package dev.backlane.start;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Backend;
import dev.backlane.kernel.Vectors;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Examples;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Trainer;
import dev.backlane.nn.TrainingListener;
import dev.backlane.nn.TrainingState;
import dev.backlane.optim.Optimizer;
import dev.backlane.optim.Schedule;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** What {@link StartTest}'s JVMs run: says what was chosen, trains XOR, says what came out and what else was left behind. */
final class Xor {
    private Xor() {}

    /** With any argument: uses the library again and again, whatever it throws. */
    public static void main(String[] args) {
        if (args.length > 0) {
            Supplier<?> kernel = () -> Vectors.sum(1, new float[1], 0);
            for (Supplier<?> use : List.of(kernel, Backend::describe, kernel, Backend::describe)) {
                try {
                    System.out.println("use: " + use.get());
                } catch (Throwable e) {
                    System.out.println("use: " + e);
                }
            }
            return;
        }
        Properties properties = (Properties) System.getProperties().clone();
        Set<Thread> threads = Thread.getAllStackTraces().keySet();

        System.out.println("backend: " + Backend.describe());
        System.out.println("xor: " + train());

        Set<String> changed = new TreeSet<>();
        Set<Object> names = new HashSet<>(properties.keySet());
        names.addAll(System.getProperties().keySet());
        for (Object name : names) {
            if (!Objects.equals(properties.get(name), System.getProperties().get(name))) {
                changed.add(name.toString());
            }
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (!threads.contains(thread)) {
                changed.add(thread.toString());
            }
        }
        System.out.println("changed: " + changed);
    }

    /** Whether all four answers are right, and a hash of the parameters. */
    private static String train() {
        float[] x = {0, 0, 0, 1, 1, 0, 1, 1};
        Mlp mlp = Mlp.inputs(2)
                .dense(8, Activation.TANH)
                .dense(2, Activation.IDENTITY)
                .loss(Loss.SOFTMAX_CROSS_ENTROPY);
        Trainer trainer = new Trainer(mlp, new Optimizer.Adam(), new Schedule.Constant(0.05f), 4, 150, 1);
        TrainingState state = trainer.start();
        trainer.train(Workers.caller(), Examples.of(2, x, new int[] {0, 1, 1, 0}), state, new TrainingListener() {});
        float[] y = new float[8];
        mlp.predict(Workers.caller(), 4, x, 0, 2, state.parameters(), 0, mlp.inferenceWorkspace(4), y, 0, 2);
        boolean right = y[0] > y[1] && y[2] < y[3] && y[4] < y[5] && y[6] > y[7];
        return right + " " + Arrays.hashCode(state.parameters());
    }
}
