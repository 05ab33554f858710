package dev.backlane.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.management.ThreadMXBean;
import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Backend;
import dev.backlane.kernel.Workers;
import dev.backlane.optim.Optimizer;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class AllocationTest {
    /**
     * Vectors are objects until C2 has compiled the code that holds them, so the first steps do allocate; what the contract
     * promises is that it ends.
     */
    @Test
    void contract8ATrainingStepAllocatesNothingInTheSteadyState() {
        assumeFalse(Backend.describe().contains("emulated"), "emulated vectors are objects");
        int batch = 64;
        Mlp mlp = Mlp.inputs(130)
                .dense(70, Activation.SIGMOID)
                .dense(33, Activation.GELU)
                .dense(10, Activation.IDENTITY)
                .loss(Loss.SOFTMAX_CROSS_ENTROPY);
        Optimizer adam = new Optimizer.Adam();
        int n = mlp.parameterCount();
        float[] parameters = new float[n];
        mlp.initialize(1, parameters, 0);
        float[] gradients = new float[n];
        float[] state = new float[2 * n];
        float[] x = new float[batch * 130];
        int[] labels = new int[batch];
        for (int i = 0; i < x.length; i++) {
            x[i] = i % 7 / 7f;
        }
        Workspace workspace = mlp.workspace(batch);
        try (Workers two = Workers.of(2)) {
            for (Workers workers : new Workers[] {Workers.caller(), two}) {
                Runnable step = () -> {
                    mlp.forward(workers, batch, x, 0, 130, parameters, 0, workspace);
                    mlp.loss(batch, labels, 0, 1f / batch, workspace);
                    mlp.backward(workers, batch, x, 0, 130, parameters, 0, workspace, gradients, 0, false);
                    adam.update(workers, n, 1, 1e-3f, parameters, 0, gradients, 0, state, 0);
                };
                assertEquals(0, leastAllocated(step), workers.threads() + " threads");
            }
        }
    }

    /** Fewest bytes that all threads together allocated in fifty steps, of so many tries as it takes to reach none. */
    private static long leastAllocated(Runnable step) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long caller = Thread.currentThread().threadId();
        long helper = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("backlane-worker"))
                .mapToLong(Thread::threadId)
                .max()
                .orElse(caller);
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 400 && least > 0; attempt++) {
            long before = threads.getThreadAllocatedBytes(caller) + threads.getThreadAllocatedBytes(helper);
            for (int i = 0; i < 50; i++) {
                step.run();
            }
            long after = threads.getThreadAllocatedBytes(caller) + threads.getThreadAllocatedBytes(helper);
            least = Math.min(least, after - before);
        }
        return least;
    }
}
