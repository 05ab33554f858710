package dev.backlane.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class DenseTest {
    private static final Workers TWO = Workers.ofAny(2);
    private static final Workers THREE = Workers.ofAny(3);
    private static final List<Activation> ALL = List.of(
            Activation.IDENTITY,
            Activation.SIGMOID,
            Activation.TANH,
            Activation.RELU,
            Activation.leakyRelu(0.1f),
            Activation.elu(1.5f),
            Activation.SOFTPLUS,
            Activation.SILU,
            Activation.GELU);

    @Provide
    Arbitrary<Integer> size() {
        return Sizes.small();
    }

    @Provide
    Arbitrary<Activation> activation() {
        return Arbitraries.of(ALL);
    }

    /** A layer with everything that its passes read and write. */
    private static final class Layer {
        final int batch;
        final int in;
        final int out;
        final TestMatrix x;
        final TestMatrix w;
        final TestMatrix bias;
        final TestMatrix dz;
        final TestMatrix saved;

        Layer(long seed, int batch, int in, int out) {
            this.batch = batch;
            this.in = in;
            this.out = out;
            SplittableRandom random = new SplittableRandom(seed);
            x = TestMatrix.random(random, batch, in);
            w = TestMatrix.random(random, in, out);
            bias = TestMatrix.random(random, 1, out);
            dz = TestMatrix.random(random, batch, out);
            saved = TestMatrix.random(random, batch, in);
        }

        void forward(Workers workers, Activation f, TestMatrix z, TestMatrix y) {
            Dense.forward(
                    workers,
                    f,
                    batch,
                    in,
                    out,
                    x.array,
                    x.offset,
                    x.ld,
                    w.array,
                    w.offset,
                    w.ld,
                    bias.array,
                    bias.offset,
                    z == null ? null : z.array,
                    z == null ? 0 : z.offset,
                    z == null ? 0 : z.ld,
                    y.array,
                    y.offset,
                    y.ld);
        }

        void backwardWeights(Workers workers, int from, int to, TestMatrix dw, TestMatrix db, boolean accumulate) {
            Dense.backwardWeights(
                    workers,
                    to - from,
                    in,
                    out,
                    x.array,
                    x.offset + from * x.ld,
                    x.ld,
                    dz.array,
                    dz.offset + from * dz.ld,
                    dz.ld,
                    dw.array,
                    dw.offset,
                    dw.ld,
                    db.array,
                    db.offset,
                    accumulate);
        }

        void backwardInput(Workers workers, Activation f, TestMatrix dx, boolean accumulate) {
            Dense.backwardInput(
                    workers,
                    f,
                    batch,
                    in,
                    out,
                    dz.array,
                    dz.offset,
                    dz.ld,
                    w.array,
                    w.offset,
                    w.ld,
                    saved.array,
                    saved.offset,
                    saved.ld,
                    dx.array,
                    dx.offset,
                    dx.ld,
                    accumulate);
        }

        void assertInputsUntouched() {
            x.assertUntouched("x");
            w.assertUntouched("w");
            bias.assertUntouched("bias");
            dz.assertUntouched("dz");
            saved.assertUntouched("saved");
        }

        /** Z of one element in double, and the sum of its terms' sizes, which bounds its error. */
        double[] z(int i, int j) {
            double sum = bias.get(0, j);
            double size = Math.abs(sum);
            for (int p = 0; p < in; p++) {
                double term = (double) x.get(i, p) * w.get(p, j);
                sum += term;
                size += Math.abs(term);
            }
            return new double[] {sum, size};
        }
    }

    private static TestMatrix matrix(long seed, int rows, int cols, float fill) {
        TestMatrix matrix = TestMatrix.random(new SplittableRandom(seed), rows, cols);
        if (Float.isNaN(fill)) {
            matrix.fill(fill);
        }
        return matrix;
    }

    @Property(tries = 150)
    void forwardIsXTimesWPlusBias(
            @ForAll long seed, @ForAll("size") int batch, @ForAll("size") int in, @ForAll("size") int out) {
        Layer layer = new Layer(seed, batch, in, out);
        TestMatrix y = matrix(seed, batch, out, Float.NaN);
        layer.forward(Workers.caller(), Activation.IDENTITY, null, y);
        for (int i = 0; i < batch; i++) {
            for (int j = 0; j < out; j++) {
                double[] z = layer.z(i, j);
                assertTrue(Math.abs(y.get(i, j) - z[0]) <= TestMatrix.gamma(in + 2) * z[1], "at " + i + ", " + j);
            }
        }
        y.assertCanaries("y");
        layer.assertInputsUntouched();
    }

    /** The fused activation is the activation of the plain layer, bit for bit, with and without Z. */
    @Property(tries = 150)
    void forwardFusesTheActivation(
            @ForAll long seed,
            @ForAll("size") int batch,
            @ForAll("size") int in,
            @ForAll("size") int out,
            @ForAll("activation") Activation f) {
        Layer layer = new Layer(seed, batch, in, out);
        TestMatrix plain = matrix(seed + 1, batch, out, Float.NaN);
        layer.forward(Workers.caller(), Activation.IDENTITY, null, plain);
        TestMatrix expected = plain.copy();
        for (int i = 0; i < batch; i++) {
            int at = expected.offset + i * expected.ld;
            Activations.forward(f, out, plain.array, plain.offset + i * plain.ld, expected.array, at);
        }
        for (Workers workers : new Workers[] {Workers.caller(), TWO, THREE}) {
            TestMatrix z = matrix(seed + 2, batch, out, Float.NaN);
            TestMatrix y = matrix(seed + 3, batch, out, Float.NaN);
            layer.forward(workers, f, z, y);
            plain.assertSameBits(z, "z");
            expected.assertSameBits(y, f + ", y with z");
            z.assertCanaries("z");
            y.assertCanaries("y");
            TestMatrix alone = matrix(seed + 4, batch, out, Float.NaN);
            layer.forward(workers, f, null, alone);
            expected.assertSameBits(alone, f + ", y without z");
            alone.assertCanaries("y");
        }
        layer.assertInputsUntouched();
    }

    @Property(tries = 150)
    void weightGradientIsPreviousActivationTimesDelta(
            @ForAll long seed,
            @ForAll("size") int batch,
            @ForAll("size") int in,
            @ForAll("size") int out,
            @ForAll boolean accumulate) {
        Layer layer = new Layer(seed, batch, in, out);
        TestMatrix dw = matrix(seed + 1, in, out, accumulate ? 0 : Float.NaN);
        TestMatrix db = matrix(seed + 2, 1, out, accumulate ? 0 : Float.NaN);
        layer.backwardWeights(Workers.caller(), 0, batch, dw, db, accumulate);
        for (int j = 0; j < out; j++) {
            double bias = accumulate ? db.old(0, j) : 0;
            double biasSize = Math.abs(bias);
            for (int e = 0; e < batch; e++) {
                bias += layer.dz.get(e, j);
                biasSize += Math.abs(layer.dz.get(e, j));
            }
            assertTrue(Math.abs(db.get(0, j) - bias) <= TestMatrix.gamma(batch + 2) * biasSize, "db at " + j);
            for (int i = 0; i < in; i++) {
                double sum = accumulate ? dw.old(i, j) : 0;
                double size = Math.abs(sum);
                for (int e = 0; e < batch; e++) {
                    double term = (double) layer.x.get(e, i) * layer.dz.get(e, j);
                    sum += term;
                    size += Math.abs(term);
                }
                assertTrue(Math.abs(dw.get(i, j) - sum) <= TestMatrix.gamma(batch + 2) * size, "dw at " + i + ", " + j);
            }
        }
        dw.assertCanaries("dw");
        db.assertCanaries("db");
        layer.assertInputsUntouched();
    }

    @Property(tries = 100)
    void weightGradientHasTheSameBitsHoweverTheBatchIsCut(
            @ForAll long seed, @ForAll("size") int batch, @ForAll("size") int in, @ForAll("size") int out) {
        Layer layer = new Layer(seed, batch, in, out);
        TestMatrix dw = matrix(seed + 1, in, out, 0);
        TestMatrix db = matrix(seed + 2, 1, out, 0);
        TestMatrix dw2 = dw.copy();
        TestMatrix db2 = db.copy();
        layer.backwardWeights(Workers.caller(), 0, batch, dw, db, true);
        int cut = new SplittableRandom(seed).nextInt(batch + 1);
        layer.backwardWeights(TWO, 0, cut, dw2, db2, true);
        layer.backwardWeights(THREE, cut, batch, dw2, db2, true);
        dw.assertSameBits(dw2, "dw cut at " + cut);
        db.assertSameBits(db2, "db cut at " + cut);
        // Overwriting is adding to zeros.
        TestMatrix dw3 = matrix(seed + 1, in, out, Float.NaN);
        TestMatrix db3 = matrix(seed + 2, 1, out, Float.NaN);
        layer.backwardWeights(TWO, 0, batch, dw3, db3, false);
        TestMatrix dw4 = dw.copy();
        TestMatrix db4 = db.copy();
        dw4.fill(0);
        db4.fill(0);
        layer.backwardWeights(Workers.caller(), 0, batch, dw4, db4, true);
        dw4.assertSameBits(dw3, "dw overwritten");
        db4.assertSameBits(db3, "db overwritten");
    }

    @Property(tries = 150)
    void inputGradientIsWeightTimesDeltaTimesDerivative(
            @ForAll long seed,
            @ForAll("size") int batch,
            @ForAll("size") int in,
            @ForAll("size") int out,
            @ForAll("activation") Activation f,
            @ForAll boolean accumulate) {
        Layer layer = new Layer(seed, batch, in, out);
        TestMatrix dx = matrix(seed + 1, batch, in, accumulate ? 0 : Float.NaN);
        TestMatrix before = dx.copy();
        layer.backwardInput(Workers.caller(), f, dx, accumulate);
        float[] ones = new float[in];
        java.util.Arrays.fill(ones, 1);
        float[] slope = new float[in];
        for (int i = 0; i < batch; i++) {
            Activations.backward(f, in, layer.saved.array, layer.saved.offset + i * layer.saved.ld, ones, 0, slope, 0);
            for (int j = 0; j < in; j++) {
                double sum = 0;
                double size = 0;
                for (int p = 0; p < out; p++) {
                    double term = (double) layer.dz.get(i, p) * layer.w.get(j, p) * slope[j];
                    sum += term;
                    size += Math.abs(term);
                }
                if (accumulate) {
                    sum += dx.old(i, j);
                    size += Math.abs(dx.old(i, j));
                }
                // Beside the chain's own steps: rounding of the slope as stored, of the product with it, of the
                // addition.
                assertTrue(
                        Math.abs(dx.get(i, j) - sum) <= TestMatrix.gamma(out + 5) * size + Float.MIN_VALUE,
                        f + " at " + i + ", " + j + ": " + dx.get(i, j) + " against " + sum);
            }
        }
        dx.assertCanaries("dx");
        layer.assertInputsUntouched();
        for (Workers workers : new Workers[] {TWO, THREE}) {
            TestMatrix again = before.copy();
            layer.backwardInput(workers, f, again, accumulate);
            dx.assertSameBits(again, f + " on " + workers.threads() + " threads");
        }
    }

    /**
     * More than a block of rows and of k, and enough work for several threads, with one, two and many tiles across so that rows
     * are cut as well: every element against its chain.
     */
    @Test
    void contract1LayersOfSeveralBlocksAreChainsOnAnyNumberOfThreads() {
        for (int[] size : new int[][] {{257, 401, 9}, {130, 450, 70}, {400, 130, 33}}) {
            Layer layer = new Layer(size[0], size[0], size[1], size[2]);
            for (Workers workers : new Workers[] {Workers.caller(), TWO, THREE}) {
                forwardChains(layer, workers);
                weightChains(layer, workers);
                for (Activation f : new Activation[] {Activation.IDENTITY, Activation.TANH}) {
                    inputChains(layer, workers, f, false);
                    inputChains(layer, workers, f, true);
                }
            }
        }
    }

    private static void forwardChains(Layer layer, Workers workers) {
        TestMatrix y = matrix(1, layer.batch, layer.out, Float.NaN);
        layer.forward(workers, Activation.IDENTITY, null, y);
        for (int i = 0; i < layer.batch; i++) {
            for (int j = 0; j < layer.out; j++) {
                float chain = layer.bias.get(0, j);
                for (int p = 0; p < layer.in; p++) {
                    chain = Fma.fma(layer.x.get(i, p), layer.w.get(p, j), chain);
                }
                TestMatrix.assertSameBits(chain, y.get(i, j), "y at " + i + ", " + j);
            }
        }
        y.assertCanaries("y");
    }

    private static void weightChains(Layer layer, Workers workers) {
        TestMatrix dw = matrix(2, layer.in, layer.out, 0);
        TestMatrix db = matrix(3, 1, layer.out, 0);
        layer.backwardWeights(workers, 0, layer.batch, dw, db, true);
        for (int j = 0; j < layer.out; j++) {
            float sum = db.old(0, j);
            for (int e = 0; e < layer.batch; e++) {
                sum += layer.dz.get(e, j);
            }
            TestMatrix.assertSameBits(sum, db.get(0, j), "db at " + j);
            for (int i = 0; i < layer.in; i++) {
                float chain = dw.old(i, j);
                for (int e = 0; e < layer.batch; e++) {
                    chain = Fma.fma(layer.x.get(e, i), layer.dz.get(e, j), chain);
                }
                TestMatrix.assertSameBits(chain, dw.get(i, j), "dw at " + i + ", " + j);
            }
        }
        dw.assertCanaries("dw");
        db.assertCanaries("db");
    }

    private static void inputChains(Layer layer, Workers workers, Activation f, boolean accumulate) {
        TestMatrix dx = matrix(4, layer.batch, layer.in, accumulate ? 0 : Float.NaN);
        layer.backwardInput(workers, f, dx, accumulate);
        boolean identity = f.kind() == Activation.Kind.IDENTITY;
        float[] chains = new float[layer.in];
        for (int i = 0; i < layer.batch; i++) {
            for (int j = 0; j < layer.in; j++) {
                chains[j] = identity && accumulate ? dx.old(i, j) : 0;
                for (int p = 0; p < layer.out; p++) {
                    chains[j] = Fma.fma(layer.dz.get(i, p), layer.w.get(j, p), chains[j]);
                }
            }
            if (!identity) {
                int at = layer.saved.offset + i * layer.saved.ld;
                Activations.backward(f, layer.in, layer.saved.array, at, chains, 0, chains, 0);
            }
            for (int j = 0; j < layer.in; j++) {
                float expected = !identity && accumulate ? dx.old(i, j) + chains[j] : chains[j];
                TestMatrix.assertSameBits(expected, dx.get(i, j), f + ", dx at " + i + ", " + j);
            }
        }
        dx.assertCanaries("dx");
    }

    /** Σ c·Y, differentiated by the two passes, against central differences of the same in double. */
    @Property(tries = 60)
    void gradientsMatchFiniteDifferences(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Layer layer = new Layer(seed, 1 + random.nextInt(5), 1 + random.nextInt(20), 1 + random.nextInt(20));
        TestMatrix dw = matrix(seed + 1, layer.in, layer.out, Float.NaN);
        TestMatrix db = matrix(seed + 2, 1, layer.out, Float.NaN);
        TestMatrix dx = matrix(seed + 3, layer.batch, layer.in, Float.NaN);
        layer.backwardWeights(Workers.caller(), 0, layer.batch, dw, db, false);
        layer.backwardInput(Workers.caller(), Activation.IDENTITY, dx, false);
        int i = random.nextInt(layer.batch);
        int p = random.nextInt(layer.in);
        int j = random.nextInt(layer.out);
        double tolerance = 1e-6 * (layer.batch + layer.out);
        assertEquals(difference(layer, layer.w, p, j), dw.get(p, j), tolerance);
        assertEquals(difference(layer, layer.bias, 0, j), db.get(0, j), tolerance);
        assertEquals(difference(layer, layer.x, i, p), dx.get(i, p), tolerance);
    }

    private static double difference(Layer layer, TestMatrix operand, int row, int col) {
        float middle = operand.get(row, col);
        float step = 0x1p-7f;
        operand.set(row, col, middle + step);
        double up = loss(layer);
        double wide = operand.get(row, col);
        operand.set(row, col, middle - step);
        double down = loss(layer);
        wide -= operand.get(row, col);
        operand.set(row, col, middle);
        return (up - down) / wide;
    }

    private static double loss(Layer layer) {
        double sum = 0;
        for (int i = 0; i < layer.batch; i++) {
            for (int j = 0; j < layer.out; j++) {
                sum += layer.dz.get(i, j) * layer.z(i, j)[0];
            }
        }
        return sum;
    }

    @Test
    void contract6BadArgumentsAreNamed() {
        float[] x = new float[6];
        float[] w = new float[6];
        float[] b = new float[2];
        float[] y = new float[4];
        named("f must not be null", () -> forward(null, 2, x, w, b, null, y));
        named("batch must be", () -> forward(Activation.RELU, -1, x, w, b, null, y));
        named("x must not be null", () -> forward(Activation.RELU, 2, null, w, b, null, y));
        named("w must not be null", () -> forward(Activation.RELU, 2, x, null, b, null, y));
        named("bias must not be null", () -> forward(Activation.RELU, 2, x, w, null, null, y));
        named("bias needs 2 elements", () -> forward(Activation.RELU, 2, x, w, new float[1], null, y));
        named("y must not be null", () -> forward(Activation.RELU, 2, x, w, b, null, null));
        named("x needs 9 elements", () -> forward(Activation.RELU, 3, x, w, b, null, new float[6]));
        named("z needs 4 elements", () -> forward(Activation.RELU, 2, x, w, b, new float[3], y));
        named("z must not overlap y", () -> forward(Activation.RELU, 2, x, w, b, y, y));
        named("y must not overlap x", () -> forward(Activation.RELU, 2, x, w, b, null, x));
        named("y must not overlap w", () -> forward(Activation.RELU, 2, x, w, b, null, w));
        named("z must not overlap x", () -> forward(Activation.RELU, 2, x, w, b, x, y));
        named("dw must not overlap x", () -> weights(x, y, x, b));
        named("db must not overlap dz", () -> weights(x, y, w, y));
        named("dw needs 6", () -> weights(x, y, new float[5], b));
        named("db needs 2", () -> weights(x, y, w, new float[1]));
        named("db must not overlap dw", () -> weights(x, y, w, w));
        named("db must not overlap x", () -> weights(x, y, w, x));
        named("dw must not overlap dz", () -> weights(x, w, w, b));
        named("dz needs 4", () -> weights(x, new float[3], w, b));
        named("dz must not be null", () -> weights(x, null, w, b));
        named("dz needs 4", () -> input(Activation.RELU, new float[3], w, x, new float[6]));
        named("w needs 6", () -> input(Activation.RELU, y, new float[5], x, new float[6]));
        named("w must not be null", () -> input(Activation.RELU, y, null, x, new float[6]));
        float[] shared = new float[10];
        named("dx must not overlap dz", () -> input(Activation.RELU, shared, w, new float[6], shared));
        named("dx must not overlap w", () -> input(Activation.RELU, y, w, new float[6], w));
        named("dx needs 6", () -> input(Activation.RELU, y, w, new float[6], new float[5]));
        named("saved must not be null", () -> input(Activation.RELU, y, w, null, x));
        named("dx must not overlap saved", () -> input(Activation.RELU, y, w, x, x));
        input(Activation.IDENTITY, y, w, null, x);
    }

    private static void forward(Activation f, int batch, float[] x, float[] w, float[] bias, float[] z, float[] y) {
        Dense.forward(Workers.caller(), f, batch, 3, 2, x, 0, 3, w, 0, 2, bias, 0, z, 0, 2, y, 0, 2);
    }

    private static void weights(float[] x, float[] dz, float[] dw, float[] db) {
        Dense.backwardWeights(Workers.caller(), 2, 3, 2, x, 0, 3, dz, 0, 2, dw, 0, 2, db, 0, true);
    }

    private static void input(Activation f, float[] dz, float[] w, float[] saved, float[] dx) {
        Dense.backwardInput(Workers.caller(), f, 2, 3, 2, dz, 0, 2, w, 0, 2, saved, 0, 3, dx, 0, 3, false);
    }

    private static void named(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
