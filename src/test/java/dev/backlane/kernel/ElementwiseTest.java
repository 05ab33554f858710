package dev.backlane.kernel;

import static dev.backlane.kernel.TestArrays.assertAllocatesNothing;
import static dev.backlane.kernel.TestArrays.assertRefused;
import static dev.backlane.kernel.TestArrays.assertSame;
import static dev.backlane.kernel.TestArrays.assertSameBits;
import static dev.backlane.kernel.TestArrays.assertUnchanged;
import static dev.backlane.kernel.TestArrays.assertWithin;
import static dev.backlane.kernel.TestArrays.gamma;
import static dev.backlane.kernel.TestArrays.grid;
import static dev.backlane.kernel.TestArrays.random;
import static dev.backlane.kernel.TestArrays.ulp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.TestArrays.Grid;
import dev.backlane.kernel.TestArrays.Values;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The elementwise kernels: formulas in double, clauses 1 to 6 and 8 of the numeric contract. */
class ElementwiseTest {
    interface BinaryKernel {
        void run(int n, float[] x, int xo, int xs, float[] y, int yo, int ys, float[] z, int zo);
    }

    private interface BinaryPass {
        void run(ElementwiseOps ops, int n, float[] x, int xo, float[] y, int yo, float[] z, int zo);
    }

    /**
     * @param ulps rounding errors of a result
     * @param pass the same in the contract behind the façade, to hold one backend against the other
     */
    record Binary(String name, BinaryKernel kernel, BinaryPass pass, DoubleBinaryOperator exact, int ulps) {
        @Override
        public String toString() {
            return name;
        }
    }

    interface UnaryKernel {
        void run(int n, float[] x, int xo, float[] y, int yo);
    }

    record Unary(String name, UnaryKernel kernel, UnaryKernel scalar, DoubleUnaryOperator exact, int ulps) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final ScalarElementwise SCALAR = new ScalarElementwise();

    static final List<Binary> BINARIES = List.of(
            new Binary("add", Elementwise::add, ElementwiseOps::add, (x, y) -> x + y, 1),
            new Binary("subtract", Elementwise::subtract, ElementwiseOps::subtract, (x, y) -> x - y, 1),
            new Binary("multiply", Elementwise::multiply, ElementwiseOps::multiply, (x, y) -> x * y, 1),
            new Binary("divide", Elementwise::divide, ElementwiseOps::divide, (x, y) -> x / y, 1),
            new Binary("max", Elementwise::max, ElementwiseOps::max, Math::max, 0),
            new Binary("min", Elementwise::min, ElementwiseOps::min, Math::min, 0),
            new Binary(
                    "atLeast",
                    Elementwise::atLeast,
                    ElementwiseOps::atLeast,
                    (x, y) -> x >= y ? 1 : x < y ? 0 : Double.NaN,
                    0));

    static final List<Unary> UNARIES = List.of(
            new Unary("log", Elementwise::log, SCALAR::log, Math::log, 1),
            new Unary("sqrt", Elementwise::sqrt, SCALAR::sqrt, Math::sqrt, 1),
            new Unary(
                    "square",
                    Elementwise::square,
                    (n, x, xo, y, yo) -> SCALAR.multiply(n, x, xo, x, xo, y, yo),
                    x -> x * x,
                    1),
            new Unary("abs", Elementwise::abs, SCALAR::abs, Math::abs, 0),
            new Unary("sign", Elementwise::sign, SCALAR::sign, Math::signum, 0),
            power(0, 0),
            power(1, 0),
            power(2, 1),
            power(3, 3),
            power(-1, 1),
            power(-2, 1),
            power(0.5f, 1),
            power(2.5f, 1));

    private static Unary power(float p, int ulps) {
        UnaryKernel kernel = (n, x, xo, y, yo) -> Elementwise.power(n, p, x, xo, y, yo);
        return new Unary("power " + p, kernel, kernel, x -> Math.pow(x, p), ulps);
    }

    static final List<Activation> ACTIVATIONS = List.of(
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
    Arbitrary<Binary> binary() {
        return Arbitraries.of(BINARIES);
    }

    @Provide
    Arbitrary<Unary> unary() {
        return Arbitraries.of(UNARIES);
    }

    @Provide
    Arbitrary<Activation> activation() {
        return Arbitraries.of(ACTIVATIONS);
    }

    @Provide
    Arbitrary<Integer> step() {
        return Arbitraries.of(0, 1, 1);
    }

    @Test
    void theBackendThatWasAskedForRuns() {
        Class<?> expected = Backend.name().equals("scalar") ? ScalarElementwise.class : SimdElementwise.class;
        assertInstanceOf(expected, Kernels.ELEMENTWISE);
    }

    @Property(tries = 400)
    void twoOperands(
            @ForAll long seed,
            @ForAll("binary") Binary op,
            @ForAll(supplier = TestArrays.Sizes.class) int n,
            @ForAll("step") int xs,
            @ForAll("step") int ys,
            @ForAll Values values) {
        SplittableRandom random = new SplittableRandom(seed);
        Grid x = random(random, values, xs == 0 ? 1 : n);
        Grid y = random(random, values, ys == 0 ? 1 : n);
        Grid x0 = x.copy();
        Grid y0 = y.copy();
        Grid z = grid(random, n);
        op.kernel.run(n, x.array(), x.offset(), xs, y.array(), y.offset(), ys, z.array(), z.offset());
        z.assertCanaries();
        assertUnchanged(x0, x, "x");
        assertUnchanged(y0, y, "y");
        float[] expected = new float[n];
        float[] xv = spread(x, xs, n);
        float[] yv = spread(y, ys, n);
        op.pass.run(SCALAR, n, xv, 0, yv, 0, expected, 0);
        assertSameBits(expected, z.values(), op + ": scalar and " + Backend.name());
        for (int i = 0; i < n; i++) {
            double exact = op.exact.applyAsDouble(xv[i], yv[i]);
            assertWithin(round(exact), z.get(i), op.ulps * ulp(exact), op + " of " + xv[i] + " and " + yv[i]);
        }
    }

    /** An overflow is infinite in float. */
    private static double round(double exact) {
        return Math.abs(exact) > Float.MAX_VALUE ? (float) exact : exact;
    }

    private static float[] spread(Grid x, int step, int n) {
        float[] all = new float[n];
        for (int i = 0; i < n; i++) {
            all[i] = x.get(i * step);
        }
        return all;
    }

    /** A number spread over more than one chunk. */
    @Property(tries = 30)
    void longVectors(@ForAll long seed, @ForAll("binary") Binary op, @ForAll("step") int xs) {
        SplittableRandom random = new SplittableRandom(seed);
        int n = 500 + random.nextInt(300);
        Grid x = random(random, Values.PLAIN, xs == 0 ? 1 : n);
        Grid y = random(random, Values.PLAIN, 1);
        Grid z = grid(random, n);
        op.kernel.run(n, x.array(), x.offset(), xs, y.array(), y.offset(), 0, z.array(), z.offset());
        float[] expected = new float[n];
        op.pass.run(SCALAR, n, spread(x, xs, n), 0, spread(y, 0, n), 0, expected, 0);
        z.assertCanaries();
        assertSameBits(expected, z.values(), op.toString());
    }

    @Property(tries = 150)
    void twoOperandsInPlace(
            @ForAll long seed, @ForAll("binary") Binary op, @ForAll(supplier = TestArrays.Sizes.class) int n) {
        SplittableRandom random = new SplittableRandom(seed);
        Grid x = random(random, Values.SPECIAL, n);
        Grid y = random(random, Values.SPECIAL, n);
        Grid apart = grid(random, n);
        op.kernel.run(n, x.array(), x.offset(), 1, y.array(), y.offset(), 1, apart.array(), apart.offset());
        Grid x1 = x.copy();
        op.kernel.run(n, x1.array(), x1.offset(), 1, y.array(), y.offset(), 1, x1.array(), x1.offset());
        assertSame(apart, x1, op + " into x");
        Grid y1 = y.copy();
        op.kernel.run(n, x.array(), x.offset(), 1, y1.array(), y1.offset(), 1, y1.array(), y1.offset());
        assertSame(apart, y1, op + " into y");
    }

    @Property(tries = 150)
    void multiplyAddIsOneFma(
            @ForAll long seed,
            @ForAll(supplier = TestArrays.Sizes.class) int n,
            @ForAll("step") int ys,
            @ForAll Values values) {
        SplittableRandom random = new SplittableRandom(seed);
        Grid x = random(random, values, n);
        Grid y = random(random, values, ys == 0 ? 1 : n);
        Grid z = random(random, values, n);
        Grid before = z.copy();
        Elementwise.multiplyAdd(n, x.array(), x.offset(), 1, y.array(), y.offset(), ys, z.array(), z.offset());
        z.assertCanaries();
        float[] expected = new float[n];
        for (int i = 0; i < n; i++) {
            expected[i] = Math.fma(x.get(i), y.get(i * ys), before.get(i));
        }
        assertSameBits(expected, z.values(), "x·y + z");
    }

    @Property(tries = 400)
    void oneOperand(
            @ForAll long seed,
            @ForAll("unary") Unary op,
            @ForAll(supplier = TestArrays.Sizes.class) int n,
            @ForAll Values values) {
        SplittableRandom random = new SplittableRandom(seed);
        Grid x = random(random, values, n);
        Grid x0 = x.copy();
        Grid y = grid(random, n);
        op.kernel.run(n, x.array(), x.offset(), y.array(), y.offset());
        y.assertCanaries();
        assertUnchanged(x0, x, "x");
        float[] expected = new float[n];
        op.scalar.run(n, x.values(), 0, expected, 0);
        assertSameBits(expected, y.values(), op + ": scalar and " + Backend.name());
        for (int i = 0; i < n; i++) {
            double exact = op.exact.applyAsDouble(x.get(i));
            assertWithin(round(exact), y.get(i), op.ulps * ulp(exact), op + " of " + x.get(i));
        }
        op.kernel.run(n, x.array(), x.offset(), x.array(), x.offset());
        assertSame(y, x, op + " in place");
    }

    /** Against second differences of the function in double: f″ reads y or x, of which x is known here. */
    @Property(tries = 200)
    void secondDerivativeOfTheFunction(@ForAll long seed, @ForAll("activation") Activation f) {
        SplittableRandom random = new SplittableRandom(seed);
        int n = 1 + random.nextInt(40);
        Grid x = grid(random, n);
        for (int i = 0; i < n; i++) {
            // Not near 0, where some have a kink.
            x.set(0, i, (float) (random.nextBoolean() ? random.nextDouble(0.01, 8) : random.nextDouble(-8, -0.01)));
        }
        Grid saved = x;
        if (f.reads() == Activation.Reads.OUTPUT) {
            saved = grid(random, n);
            Activations.forward(f, n, x.array(), x.offset(), saved.array(), saved.offset());
        }
        Grid dy = random(random, Values.PLAIN, n);
        Grid dx = grid(random, n);
        Elementwise.secondDerivative(
                f, n, saved.array(), saved.offset(), dy.array(), dy.offset(), dx.array(), dx.offset());
        dx.assertCanaries();
        DoubleUnaryOperator exact = function(f);
        double h = 1e-3;
        for (int i = 0; i < n; i++) {
            double a = x.get(i);
            double second =
                    (exact.applyAsDouble(a + h) - 2 * exact.applyAsDouble(a) + exact.applyAsDouble(a - h)) / (h * h);
            assertWithin(dy.get(i) * second, dx.get(i), 3e-6, f + "″ at " + a);
        }
    }

    private static DoubleUnaryOperator function(Activation f) {
        double p = f.parameter();
        return switch (f.kind()) {
            case IDENTITY -> x -> x;
            case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
            case TANH -> Math::tanh;
            case RELU -> x -> Math.max(x, 0);
            case LEAKY_RELU -> x -> x > 0 ? x : p * x;
            case ELU -> x -> x > 0 ? x : p * Math.expm1(x);
            case SOFTPLUS -> x -> Math.log1p(Math.exp(x));
            case SILU -> x -> x / (1 + Math.exp(-x));
            case GELU -> x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
        };
    }

    @Property(tries = 200)
    void secondDerivativeHasTheSameBitsEverywhere(
            @ForAll long seed,
            @ForAll("activation") Activation f,
            @ForAll(supplier = TestArrays.Sizes.class) int n,
            @ForAll Values values) {
        SplittableRandom random = new SplittableRandom(seed);
        Grid saved = random(random, values, n);
        Grid dy = random(random, Values.PLAIN, n);
        Grid dx = grid(random, n);
        Elementwise.secondDerivative(
                f, n, saved.array(), saved.offset(), dy.array(), dy.offset(), dx.array(), dx.offset());
        dx.assertCanaries();
        float[] expected = new float[n];
        SCALAR.secondDerivative(f, n, saved.values(), 0, dy.values(), 0, expected, 0);
        assertSameBits(expected, dx.values(), f + "″");
        Elementwise.secondDerivative(
                f, n, saved.array(), saved.offset(), dy.array(), dy.offset(), dy.array(), dy.offset());
        assertSame(dx, dy, f + "″ in place");
    }

    @Test
    void secondDerivativeAtTheEndsIsZeroAndOfNanIsNan() {
        float inf = Float.POSITIVE_INFINITY;
        float[] ends = {
            inf,
            -inf,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            1e12f,
            -1e12f,
            200,
            -200,
            inf,
            -inf,
            inf,
            -inf,
            inf,
            -inf,
            inf,
            -inf,
            Float.NaN,
            inf
        };
        float[] ones = new float[ends.length];
        Arrays.fill(ones, 1);
        for (Activation f : List.of(Activation.SOFTPLUS, Activation.SILU, Activation.GELU)) {
            float[] dx = new float[ends.length];
            Elementwise.secondDerivative(f, ends.length, ends, 0, ones, 0, dx, 0);
            for (int i = 0; i < ends.length; i++) {
                assertEquals(Float.isNaN(ends[i]) ? Float.NaN : 0, Math.abs(dx[i]), f + "″ of " + ends[i]);
            }
        }
        for (Activation f : ACTIVATIONS) {
            float[] dx = new float[1];
            Elementwise.secondDerivative(f, 1, new float[] {Float.NaN}, 0, ones, 0, dx, 0);
            assertTrue(Float.isNaN(dx[0]), f + "″ of NaN");
        }
    }

    @Property(tries = 100)
    void transposeMovesEveryElement(
            @ForAll long seed,
            @ForAll(supplier = TestArrays.Sizes.class) int rows,
            @ForAll(supplier = TestArrays.Sizes.class) int cols) {
        int r = rows % 70;
        int c = cols % 70;
        SplittableRandom random = new SplittableRandom(seed);
        Grid x = random(random, Values.WIDE, r, c);
        Grid y = grid(random, c, r);
        Elementwise.transpose(r, c, x.array(), x.offset(), x.ld(), y.array(), y.offset(), y.ld());
        y.assertCanaries();
        for (int i = 0; i < r; i++) {
            for (int j = 0; j < c; j++) {
                assertEquals(Float.floatToRawIntBits(x.get(i, j)), Float.floatToRawIntBits(y.get(j, i)));
            }
        }
    }

    @Property(tries = 150)
    void sumsOfRowsAndColumns(
            @ForAll long seed,
            @ForAll(supplier = TestArrays.Sizes.class) int rows,
            @ForAll(supplier = TestArrays.Sizes.class) int cols,
            @ForAll boolean accumulate) {
        int r = rows % 40;
        SplittableRandom random = new SplittableRandom(seed);
        Grid x = random(random, Values.PLAIN, r, cols);
        Grid byRow = random(random, Values.PLAIN, r);
        Grid byColumn = random(random, Values.PLAIN, cols);
        if (!accumulate) {
            byRow.filled(Float.NaN);
            byColumn.filled(Float.NaN);
        }
        Grid row0 = byRow.copy();
        Grid column0 = byColumn.copy();
        Elementwise.rowSums(r, cols, x.array(), x.offset(), x.ld(), byRow.array(), byRow.offset(), accumulate);
        Elementwise.columnSums(r, cols, x.array(), x.offset(), x.ld(), byColumn.array(), byColumn.offset(), accumulate);
        byRow.assertCanaries();
        byColumn.assertCanaries();
        for (int i = 0; i < r; i++) {
            double exact = accumulate ? row0.get(i) : 0;
            double size = Math.abs(exact);
            float[] line = new float[cols];
            for (int j = 0; j < cols; j++) {
                line[j] = x.get(i, j);
                exact += x.get(i, j);
                size += Math.abs(x.get(i, j));
            }
            assertWithin(exact, byRow.get(i), gamma(cols + 2) * size, "row " + i);
            float sum = Vectors.sum(cols, line, 0);
            assertEquals(accumulate ? row0.get(i) + sum : sum, byRow.get(i), "row " + i);
        }
        for (int j = 0; j < cols; j++) {
            // The order is part of the contract: ascending, from what is there.
            float sum = accumulate ? column0.get(j) : 0;
            for (int i = 0; i < r; i++) {
                sum += x.get(i, j);
            }
            assertEquals(sum, byColumn.get(j), "column " + j);
        }
    }

    @Test
    void contract5And6Refusals() {
        float[] x = new float[40];
        float[] y = new float[40];
        float[] z = new float[40];
        for (Binary op : BINARIES) {
            BinaryKernel k = op.kernel;
            assertRefused("n", () -> k.run(-1, x, 0, 1, y, 0, 1, z, 0), x, y, z);
            assertRefused("x", () -> k.run(4, null, 0, 1, y, 0, 1, z, 0), y, z);
            assertRefused("y", () -> k.run(4, x, 0, 1, null, 0, 1, z, 0), x, z);
            assertRefused("z", () -> k.run(4, x, 0, 1, y, 0, 1, null, 0), x, y);
            assertRefused("xOffset", () -> k.run(4, x, -1, 1, y, 0, 1, z, 0), x, y, z);
            assertRefused("y", () -> k.run(4, x, 0, 1, y, 37, 1, z, 0), x, y, z);
            assertRefused("z", () -> k.run(4, x, 0, 1, y, 0, 1, z, Integer.MAX_VALUE), x, y, z);
            assertRefused("xStep", () -> k.run(4, x, 0, 2, y, 0, 1, z, 0), x, y, z);
            assertRefused("yStep", () -> k.run(4, x, 0, 1, y, 0, -1, z, 0), x, y, z);
            assertRefused("y", () -> k.run(4, x, 0, 1, y, 40, 0, z, 0), x, y, z);
            assertRefused("z", () -> k.run(4, x, 1, 1, y, 0, 1, x, 0), x, y, z);
            assertRefused("z", () -> k.run(4, x, 0, 1, y, 2, 0, y, 0), x, y, z);
            assertRefused("z", () -> k.run(4, x, 0, 1, y, 0, 0, y, 0), x, y, z);
            k.run(0, x, 40, 1, y, 40, 0, z, 40);
        }
        for (Unary op : UNARIES) {
            UnaryKernel k = op.kernel;
            assertRefused("n", () -> k.run(-1, x, 0, y, 0), x, y);
            assertRefused("x", () -> k.run(4, null, 0, y, 0), y);
            assertRefused("y", () -> k.run(4, x, 0, y, 37), x, y);
            assertRefused("y", () -> k.run(4, x, 0, x, 3), x);
        }
        Activation f = Activation.GELU;
        assertRefused("f", () -> Elementwise.secondDerivative(null, 4, x, 0, y, 0, z, 0), x, y, z);
        assertRefused("saved", () -> Elementwise.secondDerivative(f, 4, x, 37, y, 0, z, 0), x, y, z);
        assertRefused("dy", () -> Elementwise.secondDerivative(f, 4, x, 0, null, 0, z, 0), x, z);
        assertRefused("dx", () -> Elementwise.secondDerivative(f, 4, x, 0, y, 0, x, 1), x, y);
        assertRefused("ldx", () -> Elementwise.transpose(3, 4, x, 0, 3, y, 0, 3), x, y);
        assertRefused("ldy", () -> Elementwise.transpose(3, 4, x, 0, 4, y, 0, 2), x, y);
        assertRefused("y", () -> Elementwise.transpose(3, 4, x, 0, 4, x, 5, 3), x);
        assertRefused("rows", () -> Elementwise.transpose(-3, 4, x, 0, 4, y, 0, 3), x, y);
        assertRefused("cols", () -> Elementwise.rowSums(3, -4, x, 0, 4, y, 0, false), x, y);
        assertRefused("x", () -> Elementwise.rowSums(1 << 20, 1 << 20, x, 0, 1 << 20, y, 0, false), x, y);
        assertRefused("y", () -> Elementwise.rowSums(3, 4, x, 0, 4, y, 38, false), x, y);
        assertRefused("y", () -> Elementwise.columnSums(3, 4, x, 0, 4, x, 11, true), x);
    }

    @Tag("large")
    @Test
    void contract8NothingIsAllocated() {
        if (TestArrays.emulated()) {
            return;
        }
        int n = 300;
        float[] x = new float[n];
        float[] y = new float[n];
        float[] z = new float[n];
        Arrays.fill(x, 1.5f);
        Arrays.fill(y, 2);
        for (Binary op : BINARIES) {
            assertAllocatesNothing(op.name, () -> op.kernel.run(n, x, 0, 1, y, 0, 1, z, 0));
            assertAllocatesNothing(op.name, () -> op.kernel.run(n, x, 0, 1, y, 0, 0, z, 0));
        }
        for (Unary op : UNARIES) {
            assertAllocatesNothing(op.name, () -> op.kernel.run(n, x, 0, z, 0));
        }
        for (Activation f : ACTIVATIONS) {
            assertAllocatesNothing(f + "″", () -> Elementwise.secondDerivative(f, n, x, 0, y, 0, z, 0));
        }
        assertAllocatesNothing("multiplyAdd", () -> Elementwise.multiplyAdd(n, x, 0, 1, y, 0, 1, z, 0));
        assertAllocatesNothing("rowSums", () -> Elementwise.rowSums(10, 30, x, 0, 30, y, 0, false));
        assertAllocatesNothing("columnSums", () -> Elementwise.columnSums(10, 30, x, 0, 30, y, 0, false));
        assertAllocatesNothing("transpose", () -> Elementwise.transpose(10, 30, x, 0, 30, z, 0, 10));
    }
}
