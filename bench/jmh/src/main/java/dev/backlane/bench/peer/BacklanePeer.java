package dev.backlane.bench.peer;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Activations;
import dev.backlane.kernel.Backend;
import dev.backlane.kernel.Gemm;
import dev.backlane.kernel.Losses;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Workspace;
import dev.backlane.optim.Optimizer;

/** Backlane itself, on heap arrays through its public methods. */
public final class BacklanePeer implements SgemmPeer, NetworkPeer, VectorPeer {
    private Workers workers = Workers.caller();

    @Override
    public String name() {
        return "backlane";
    }

    @Override
    public String load() {
        return Backend.describe();
    }

    @Override
    public boolean multithreaded() {
        return true;
    }

    @Override
    public void threads(int threads) {
        workers.close();
        workers = threads == 1 ? Workers.caller() : Workers.of(threads);
    }

    @Override
    public Job sgemm(Shape s, float[] a, float[] b) {
        Workers w = workers;
        float[] ownA = a.clone();
        float[] ownB = b.clone();
        float[] c = new float[s.sizeC()];
        return new Job() {
            @Override
            public void run() {
                Gemm.sgemm(
                        w,
                        s.transposeA(),
                        s.transposeB(),
                        s.m(),
                        s.n(),
                        s.k(),
                        1,
                        ownA,
                        0,
                        s.lda(),
                        ownB,
                        0,
                        s.ldb(),
                        0,
                        c,
                        0,
                        s.n());
            }

            @Override
            public float[] result() {
                return c.clone();
            }
        };
    }

    @Override
    public Job elementwise(String function, float[] values) {
        int n = values.length;
        float[] x = values.clone();
        float[] y = new float[n];
        if (function.equals("exp")) {
            return job(() -> Activations.exp(n, x, 0, y, 0), y);
        }
        Activation f = Activation.of(function);
        return job(() -> Activations.forward(f, n, x, 0, y, 0), y);
    }

    @Override
    public Job softmaxCrossEntropy(int batch, int classes, float[] logits, int[] labels) {
        float[] z = logits.clone();
        int[] targets = labels.clone();
        float[] losses = new float[batch];
        float[] gradient = new float[z.length];
        return job(
                () -> Losses.softmaxCrossEntropy(
                        batch, classes, 1f / batch, z, 0, classes, targets, 0, losses, 0, gradient, 0, classes),
                gradient);
    }

    @Override
    public Job training(Network network) {
        Workers w = workers;
        Mlp mlp = network.mlp();
        Workspace workspace = mlp.workspace(network.batch());
        Optimizer optimizer = new Optimizer.GradientDescent();
        float[] x = network.x();
        int[] labels = network.labels();
        float[] parameters = network.parameters().clone();
        float[] gradients = new float[parameters.length];
        float[] state = new float[0];
        int batch = network.batch();
        int in = mlp.inputs();
        return new Job() {
            private int at = -1;
            private long step;

            @Override
            public void run() {
                at = (at + 1) % Network.BATCHES;
                int rows = at * batch;
                mlp.forward(w, batch, x, rows * in, in, parameters, 0, workspace);
                mlp.loss(batch, labels, rows, 1f / batch, workspace);
                mlp.backward(w, batch, x, rows * in, in, parameters, 0, workspace, gradients, 0, false);
                optimizer.update(
                        w, parameters.length, ++step, Network.LEARNING_RATE, parameters, 0, gradients, 0, state, 0);
            }

            @Override
            public float[] result() {
                return parameters.clone();
            }
        };
    }

    @Override
    public Job inference(Network network) {
        Workers w = workers;
        Mlp mlp = network.mlp();
        Workspace workspace = mlp.inferenceWorkspace(network.batch());
        float[] x = network.x();
        float[] parameters = network.parameters().clone();
        int batch = network.batch();
        int in = mlp.inputs();
        int out = mlp.outputs();
        float[] logits = new float[batch * out];
        return new Job() {
            private int at = -1;

            @Override
            public void run() {
                at = (at + 1) % Network.BATCHES;
                mlp.predict(w, batch, x, at * batch * in, in, parameters, 0, workspace, logits, 0, out);
            }

            @Override
            public float[] result() {
                return logits.clone();
            }
        };
    }

    private static Job job(Runnable work, float[] result) {
        return new Job() {
            @Override
            public void run() {
                work.run();
            }

            @Override
            public float[] result() {
                return result.clone();
            }
        };
    }
}
