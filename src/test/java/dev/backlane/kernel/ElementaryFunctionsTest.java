package dev.backlane.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clauses 1 to 4 of the numeric contract for the elementary functions: same bits in lanes and in scalar code, accuracy,
 * NaN and infinities, subnormals. On samples; {@link ExhaustiveAccuracy} does the same for all 2^32 inputs.
 */
class ElementaryFunctionsTest {
    private static final long PATTERNS = 1L << 32;

    /** Where a formula changes its case, clamp or power of two, or a result overflows, underflows or saturates. */
    private static final float[] EDGES = {
        0f,
        Float.MIN_VALUE,
        Float.MIN_NORMAL,
        1e-20f,
        (float) Math.sqrt(0.5),
        (float) Math.sqrt(2),
        (float) (Math.log(2) / 4),
        (float) (Math.log(2) / 2),
        (float) Math.log(2),
        (float) (3 * Math.log(2) / 2),
        1f,
        2f,
        ScalarMath.GELU_HIGH,
        9.0109f,
        -ScalarMath.TANH_LOW,
        -ScalarMath.GELU_LOW,
        17.329f,
        -ScalarMath.EXPM1_LOW,
        ScalarMath.SILU_HIGH,
        87.3365f,
        88.0297f,
        88.7228f,
        103.2789f,
        103.9721f,
        -ScalarMath.EXP_LOW,
        -ScalarMath.SILU_LOW,
        0x1p23f,
        0x1p31f,
        0x1p64f,
        Float.MAX_VALUE
    };

    private static final float[] SPECIAL = {
        0f, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, Float.intBitsToFloat(0xffc00000)
    };

    /** Every stride-th bit pattern, then ±64 floats around each edge, then the special values. */
    private static float[] samples(long stride) {
        float[] x = new float[(int) (PATTERNS / stride) + 1 + EDGES.length * 2 * 129 + SPECIAL.length];
        int n = 0;
        for (long bits = 0; bits < PATTERNS; bits += stride) {
            x[n++] = Float.intBitsToFloat((int) bits);
        }
        for (float edge : EDGES) {
            int bits = Float.floatToRawIntBits(edge);
            for (int b = Math.max(bits - 64, 0); b <= bits + 64; b++) {
                x[n++] = Float.intBitsToFloat(b);
                x[n++] = -Float.intBitsToFloat(b);
            }
        }
        for (float special : SPECIAL) {
            x[n++] = special;
        }
        return Arrays.copyOf(x, n);
    }

    @ParameterizedTest
    @EnumSource
    void contract2AccuracyOfElementaryFunctions(ElementaryFunction f) {
        for (float x : samples(10_007)) {
            assertAccurate(f, x);
        }
    }

    /** Around the inputs that were the worst of all 2^32. */
    @Test
    void contract2AccuracyAtTheWorstInputs() throws IOException {
        for (AccuracyTable.Row row : AccuracyTable.read().rows()) {
            for (int near = -1000; near <= 1000; near++) {
                assertAccurate(row.function(), Float.intBitsToFloat(row.bits() + near));
            }
        }
    }

    private static void assertAccurate(ElementaryFunction f, float x) {
        float y = f.scalar(x);
        double exact = f.exact(x);
        assertTrue(f.error(exact, y) <= f.bound(f.measure(exact)), () -> message(f, x, y, exact));
    }

    private static String message(ElementaryFunction f, float x, float y, double exact) {
        return f.label() + "(" + x + " = Float.intBitsToFloat(0x" + Integer.toHexString(Float.floatToRawIntBits(x))
                + ")) = "
                + y + ", exactly " + exact + ", off by " + Math.abs(y - exact) / ElementaryFunction.ulp(exact)
                + " ulp; "
                + Backend.describe();
    }

    @ParameterizedTest
    @EnumSource
    void contract1LanesGiveTheScalarBits(ElementaryFunction f) {
        assumeTrue(ElementaryLanes.AVAILABLE, "no lanes here");
        float[] x = samples(ElementaryLanes.EMULATED ? 1_000_003 : 10_007);
        float[] lanes = new float[x.length];
        ElementaryLanes.apply(f, x, lanes, x.length);
        for (int j = 0; j < x.length; j++) {
            float scalar = f.scalar(x[j]);
            int at = j;
            // floatToIntBits: any NaN is as good as any other.
            assertEquals(
                    Float.floatToIntBits(scalar),
                    Float.floatToIntBits(lanes[j]),
                    () -> f.label() + "(" + x[at] + "): scalar " + scalar + ", lanes " + lanes[at]);
        }
    }

    @ParameterizedTest
    @EnumSource
    void contract3NanGivesNan(ElementaryFunction f) {
        for (int bits : new int[] {0x7fc00000, 0xffc00000, 0x7f800001, 0xff800001, 0x7fffffff, 0xffffffff}) {
            assertTrue(Float.isNaN(f.scalar(Float.intBitsToFloat(bits))), () -> f + " of " + Integer.toHexString(bits));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EXP, 0, Infinity, 1, 1",
        "LOG, NaN, Infinity, -Infinity, -Infinity",
        "EXPM1, -1, Infinity, -0.0, 0",
        "SIGMOID, 0, 1, 0.5, 0.5",
        "TANH, -1, 1, -0.0, 0",
        "SOFTPLUS, 0, Infinity, 0.6931472, 0.6931472",
        "SILU, -0.0, Infinity, -0.0, 0",
        "GELU, -0.0, Infinity, -0.0, 0",
        "ELU, -1, Infinity, -0.0, 0",
        "SILU_DERIVATIVE, 0, 1, 0.5, 0.5",
        "GELU_DERIVATIVE, 0, 1, 0.5, 0.5"
    })
    void contract3InfinitiesAndZeros(
            ElementaryFunction f, float minusInfinity, float plusInfinity, float minusZero, float plusZero) {
        assertEquals(minusInfinity, f.scalar(Float.NEGATIVE_INFINITY), "-∞");
        assertEquals(plusInfinity, f.scalar(Float.POSITIVE_INFINITY), "+∞");
        assertEquals(minusZero, f.scalar(-0f), "-0");
        assertEquals(plusZero, f.scalar(0f), "+0");
    }

    @Test
    void contract4SubnormalResultsAreRoundedOnce() {
        for (ElementaryFunction f : new ElementaryFunction[] {
            ElementaryFunction.EXP, ElementaryFunction.SIGMOID, ElementaryFunction.SOFTPLUS, ElementaryFunction.SILU
        }) {
            for (float x = -109f; x < -87f; x += 0x1p-10f) {
                float y = f.scalar(x);
                double error = Math.abs(y - f.exact(x)) / Float.MIN_VALUE;
                // Half an ulp of rounding, and at the upper end the error of a normal result.
                double relative = 2 * 0x1p-24 * Math.abs(f.exact(x)) / Float.MIN_VALUE;
                float at = x;
                assertTrue(error <= 0.5 + relative, () -> message(f, at, y, f.exact(at)));
            }
        }
    }

    @Test
    void contract4TinyArgumentsComeBackWhole() {
        for (int bits = 1; bits < 0x0080_0000; bits += 4_099) {
            float x = Float.intBitsToFloat(bits);
            assertEquals(x, ScalarMath.expm1(x));
            assertEquals(-x, ScalarMath.expm1(-x));
            assertEquals(x, ScalarMath.tanh(x));
            assertEquals(-x, ScalarMath.tanh(-x));
            assertEquals(-x, ScalarMath.elu(-x, 1f));
        }
    }

    @Test
    void eluScalesTheNegativeSide() {
        for (float alpha : new float[] {0f, 0.1f, 1f, 1.6732632f, -2f}) {
            for (float x = -30f; x < 4f; x += 0.37f) {
                double exact = x > 0 ? x : alpha * Math.expm1(x);
                assertEquals(exact, ScalarMath.elu(x, alpha), 4 * ElementaryFunction.ulp(exact));
            }
        }
    }

    @Property
    void tanhIsOdd(@ForAll float x) {
        assertEquals(-ScalarMath.tanh(x), ScalarMath.tanh(-x));
    }

    @Property
    void derivativesOfMirroredArgumentsAddUpToOne(@ForAll @FloatRange(min = 0f) float x) {
        assertEquals(1f - ScalarMath.siluDerivative(-x), ScalarMath.siluDerivative(x));
        assertEquals(1f - ScalarMath.geluDerivative(-x), ScalarMath.geluDerivative(x));
    }

    @Property
    void rangesHold(@ForAll float x) {
        assertTrue(ScalarMath.exp(x) >= 0f);
        assertTrue(ScalarMath.softplus(x) >= Math.max(x, 0f));
        assertTrue(ScalarMath.sigmoid(x) >= 0f && ScalarMath.sigmoid(x) <= 1f);
        assertTrue(Math.abs(ScalarMath.tanh(x)) <= 1f);
        assertTrue(ScalarMath.elu(x, 1f) >= -1f);
    }

    /** Monotone between arguments that are further apart than rounding reaches. */
    @Property
    void largerArgumentsGiveNoSmallerResults(
            @ForAll @FloatRange(min = -110f, max = 90f) @Scale(6) float x,
            @ForAll @FloatRange(min = 1e-5f, max = 10f) @Scale(5) float gap) {
        float above = x + Math.max(gap, Math.abs(x) * 1e-5f);
        for (ElementaryFunction f : new ElementaryFunction[] {
            ElementaryFunction.EXP,
            ElementaryFunction.EXPM1,
            ElementaryFunction.SIGMOID,
            ElementaryFunction.SOFTPLUS,
            ElementaryFunction.ELU
        }) {
            assertTrue(f.scalar(x) <= f.scalar(above), () -> f + " falls from " + x + " to " + above);
        }
    }

    @Property
    void logUndoesExp(@ForAll @FloatRange(min = -80f, max = 80f) @Scale(6) float x) {
        // One ulp of e^x is 2^-23 of log e^x, absolute.
        assertEquals(x, ScalarMath.log(ScalarMath.exp(x)), 2 * 0x1p-23 + 2 * ElementaryFunction.ulp(x));
    }
}
