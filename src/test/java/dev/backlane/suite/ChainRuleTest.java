package dev.backlane.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlane.check.Mode;
import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Dense;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Mlp;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;

/** What the chain rule says about a layer's gradients, as identities between them: no differences, hardly a tolerance. */
@Domain(BacklaneDomain.class)
class ChainRuleTest {
    private static final Workers CALLER = Workers.caller();

    /** A layer's arrays, dense, with random dZ. */
    private static final class Layer {
        final int batch;
        final int in;
        final int out;
        final float[] x;
        final float[] w;
        final float[] dz;
        final float[] dw;
        final float[] db;
        final float[] dx;

        Layer(int batch, Shape shape, Terrain terrain, SplittableRandom random) {
            this.batch = batch;
            in = shape.in();
            out = shape.out();
            x = terrain.numbers(random, batch * in, 1);
            w = terrain.numbers(random, in * out, 1);
            dz = terrain.numbers(random, batch * out, 1);
            dw = new float[in * out];
            db = new float[out];
            dx = new float[batch * in];
        }

        Layer weights() {
            Dense.backwardWeights(CALLER, batch, in, out, x, 0, in, dz, 0, out, dw, 0, out, db, 0, false);
            return this;
        }

        Layer input(Activation f, float[] saved, float[] into, boolean accumulate) {
            Dense.backwardInput(
                    CALLER, f, batch, in, out, dz, 0, out, w, 0, out, saved, 0, in, into, 0, in, accumulate);
            return this;
        }
    }

    /** ∂L/∂w_ij = a_i·∂L/∂b_j, with one rounding. */
    @Property(tries = 50)
    void weightGradientIsBiasGradientTimesPreviousActivation(@ForAll Shape shape, @ForAll Terrain terrain) {
        Layer layer = new Layer(1, shape, terrain, new SplittableRandom(shape.seed())).weights();
        for (int j = 0; j < layer.out; j++) {
            assertEquals(layer.dz[j] + 0f, layer.db[j]);
            for (int i = 0; i < layer.in; i++) {
                assertEquals(Math.fma(layer.x[i], layer.db[j], 0f), layer.dw[i * layer.out + j]);
            }
        }
    }

    /** ∂L/∂w_ij = a_i·δ_j and, through the same connection, ∂L/∂a_i = w_ij·δ_j: exchange weight and activation. */
    @Property(tries = 50)
    void previousActivationGradientUsesTheWeightWhereTheWeightGradientUsesTheActivation(
            @ForAll Shape shape, @ForAll Terrain terrain) {
        Shape oneNeuron = new Shape(1, shape.in(), 1, 0, 0, shape.seed());
        Layer layer = new Layer(1, oneNeuron, terrain, new SplittableRandom(shape.seed()));
        layer.weights().input(Activation.IDENTITY, null, layer.dx, false);
        Layer exchanged = new Layer(1, oneNeuron, terrain, new SplittableRandom(shape.seed()));
        System.arraycopy(layer.w, 0, exchanged.x, 0, layer.in);
        System.arraycopy(layer.x, 0, exchanged.w, 0, layer.in);
        exchanged.weights().input(Activation.IDENTITY, null, exchanged.dx, false);
        assertArrayEquals(layer.dw, exchanged.dx);
        assertArrayEquals(layer.dx, exchanged.dw);
    }

    /** Both are Σ a_i·w_ij·δ_j over the batch: ⟨W, dW⟩ = ⟨A, dA⟩. */
    @Property(tries = 50)
    void weightsAndActivationsMeetTheirGradientsInTheSameSum(@ForAll Shape shape) {
        Layer layer = new Layer(shape.rows(), shape, Terrain.ORDINARY, new SplittableRandom(shape.seed()));
        layer.weights().input(Activation.IDENTITY, null, layer.dx, false);
        double size = (double) layer.batch * layer.in * layer.out;
        assertEquals(dot(layer.w, layer.dw), dot(layer.x, layer.dx), 5e-6 * size);
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    @Property(tries = 50)
    void gradientOfABatchMeanIsTheMeanOfTheExamplesGradients(@ForAll Network network, @ForAll Terrain terrain) {
        Network.Data data = network.data(terrain);
        Mlp mlp = data.mlp;
        int n = data.batch;
        double[] mean = new double[mlp.parameterCount()];
        double[] size = new double[mean.length];
        for (int e = 0; e < n; e++) {
            float[] one = gradient(data, e, 1, 1);
            for (int i = 0; i < mean.length; i++) {
                mean[i] += (double) one[i] / n;
                size[i] += Math.abs((double) one[i]) / n;
            }
        }
        float[] whole = gradient(data, 0, n, 1f / n);
        // below the smallest normal number floats get no closer, and layers below magnify what is lost there
        double largest = Float.MIN_NORMAL * Math.max(1, largest(data.x));
        for (Mlp.Layer layer : mlp.layers()) {
            largest *= Math.max(1, layer.outputs() * largest(data.parameters));
        }
        for (double s : size) {
            largest = Math.max(largest, s);
        }
        for (int i = 0; i < mean.length; i++) {
            // 1/n is rounded into the deltas, whose sums downwards then round differently
            assertEquals(mean[i], whole[i], 1e-6 * size[i] + 1e-5 * largest, network + " parameter " + i);
        }
    }

    private static double largest(float[] numbers) {
        double largest = 0;
        for (float x : numbers) {
            largest = Math.max(largest, Math.abs(x));
        }
        return largest;
    }

    private static float[] gradient(Network.Data data, int from, int n, float scale) {
        Mlp mlp = data.mlp;
        float[] gradient = new float[mlp.parameterCount()];
        int at = from * mlp.inputs();
        mlp.forward(CALLER, n, data.x, at, mlp.inputs(), data.parameters, 0, data.workspace);
        mlp.loss(n, data.targets, from * mlp.outputs(), mlp.outputs(), scale, data.workspace);
        mlp.backward(CALLER, n, data.x, at, mlp.inputs(), data.parameters, 0, data.workspace, gradient, 0, false);
        return gradient;
    }

    /** Two layers that read the same X are one layer with their weights side by side: same sum, same order, same bits. */
    @Property(tries = 50)
    void aNodeWithTwoSuccessorsSumsOverThem(@ForAll Shape shape, @ForAll Terrain terrain) {
        SplittableRandom random = new SplittableRandom(shape.seed());
        Layer left = new Layer(shape.rows(), shape, terrain, random);
        Layer right = new Layer(shape.rows(), shape, terrain, random);
        Shape wide = new Shape(shape.rows(), shape.in(), 2 * shape.out(), 0, 0, shape.seed());
        Layer joint = new Layer(shape.rows(), wide, terrain, random);
        sideBySide(left.w, right.w, left.in, left.out, joint.w);
        sideBySide(left.dz, right.dz, left.batch, left.out, joint.dz);
        left.input(Activation.IDENTITY, null, left.dx, true);
        right.input(Activation.IDENTITY, null, left.dx, true);
        joint.input(Activation.IDENTITY, null, joint.dx, false);
        assertArrayEquals(joint.dx, left.dx);
    }

    private static void sideBySide(float[] left, float[] right, int rows, int cols, float[] both) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(left, i * cols, both, 2 * i * cols, cols);
            System.arraycopy(right, i * cols, both, (2 * i + 1) * cols, cols);
        }
    }

    /** The same with the activation below: each successor brings f′ of its own call, and the sum is that of the checker. */
    @Property(tries = 4)
    void theCheckerFindsTheSumOverTwoSuccessors(@ForAll Shape shape) {
        Activation f = Activation.TANH;
        int batch = Math.min(shape.rows(), 4);
        Bench bench = new Bench(shape, Terrain.ORDINARY);
        Operand p = bench.input("P", batch, shape.in(), 1);
        Operand w = bench.input("W", shape.in(), shape.out(), 1 / Math.sqrt(shape.in()));
        Operand v = bench.input("V", shape.in(), 3, 1 / Math.sqrt(shape.in()));
        Operand y = bench.output("XW", batch, shape.out());
        Operand z = bench.output("XV", batch, 3);
        Operand x = bench.scratch(batch, shape.in(), "X");
        var check = bench.check(
                false,
                () -> {
                    Bench.activate(f, p, x);
                    forward(x, w, y);
                    forward(x, v, z);
                },
                () -> {
                    backward(f, x, w, y, p, false);
                    backward(f, x, v, z, p, true);
                },
                null,
                () -> {
                    double[] a = new double[p.d.length];
                    for (int i = 0; i < a.length; i++) {
                        a[i] = InDouble.f(f, p.d[i]);
                    }
                    product(a, w, y);
                    product(a, v, z);
                });
        for (Mode mode : new Mode[] {Mode.JACOBIAN, Mode.PROJECTION, Mode.TAYLOR}) {
            Judge.isNotWrong(shape.toString(), Judge.run(check, mode));
        }
    }

    private static void forward(Operand x, Operand w, Operand y) {
        Dense.forward(
                CALLER,
                Activation.IDENTITY,
                x.rows,
                x.cols,
                w.cols,
                x.v,
                x.offset,
                x.ld,
                w.v,
                w.offset,
                w.ld,
                new float[w.cols],
                0,
                null,
                0,
                y.ld,
                y.v,
                y.offset,
                y.ld);
    }

    private static void backward(Activation f, Operand x, Operand w, Operand y, Operand p, boolean accumulate) {
        Dense.backwardWeights(
                CALLER,
                x.rows,
                x.cols,
                w.cols,
                x.v,
                x.offset,
                x.ld,
                y.g,
                y.offset,
                y.ld,
                w.g,
                w.offset,
                w.ld,
                new float[w.cols],
                0,
                false);
        Dense.backwardInput(
                CALLER,
                f,
                x.rows,
                x.cols,
                w.cols,
                y.g,
                y.offset,
                y.ld,
                w.v,
                w.offset,
                w.ld,
                x.v,
                x.offset,
                x.ld,
                p.g,
                p.offset,
                p.ld,
                accumulate);
    }

    private static void product(double[] x, Operand w, Operand y) {
        for (int i = 0; i < y.rows; i++) {
            for (int j = 0; j < y.cols; j++) {
                y.d[i * y.cols + j] = InDouble.dot(false, false, w.rows, x, w.rows, w.d, w.cols, i, j);
            }
        }
    }
}
