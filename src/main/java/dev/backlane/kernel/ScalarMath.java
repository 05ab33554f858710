package dev.backlane.kernel;

import static dev.backlane.kernel.Fma.fma;
import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;

/**
 * Elementary functions on one float: the reference sequence of IEEE operations that {@link SimdMath} repeats in lanes,
 * so that both return the same bits for every input (any NaN counts as one). Nothing here checks, allocates or throws.
 *
 * <p>Common to all of them:
 *
 * <ul>
 *   <li>Range reduction after Cody and Waite (Software Manual for the Elementary Functions, 1980): x = n ln2 + r, with
 *       ln2 in two parts. n is rounded by adding 1.5·2^23 plus a bias, which leaves n + bias in the low bits of the
 *       sum: no conversion, and the biased exponent of a power of two is one shift away.
 *   <li>2^n is applied as two factors, 2^⌊n/2⌋ first, so that a subnormal result is rounded once.
 *   <li>Polynomials are minimax by Remez exchange in 36 digits; their coefficients are rounded to float one after the
 *       other, the rest fitted again each time (Muller, Elementary Functions, 3rd ed., chapters 3 and 4).
 *   <li>Clamps and cases are compare-and-select, so a NaN, for which every comparison is false, passes through.
 * </ul>
 *
 * <p>Maximum errors are exhaustive, over all 2^32 inputs, in units of the last place of the exact result; the test
 * class {@code ExhaustiveAccuracy} measures them.
 */
final class ScalarMath {
    static final float LOG2_E = 0x1.715476p0f;
    /** 15 bits of ln 2, so that n·LN2_HI is exact even without an fma; and the rest. */
    static final float LN2_HI = 0x1.62e4p-1f;

    static final float LN2_LO = 0x1.7f7d1cp-20f;
    /** ln 2 in one float, where n stays below 32 and its error of 1.9e-9 is lost in the result. */
    static final float LN2 = 0x1.62e43p-1f;

    /** Adding this leaves n + 127 in the low bits: 2^n after a shift by 23. */
    static final float ROUND = 0x1.8p23f + 127;
    /** Adding this leaves n + 254: half of it is a biased exponent, and so is the other half. */
    static final float ROUND_HALVES = 0x1.8p23f + 254;
    /** Bits of ROUND_HALVES + 129: from here on exp overflows whatever r is, and the halves stay in range. */
    static final int ROUND_HALVES_MAX = 0x4B400000 + 254 + 129;
    /** Subtracting the bits of a power of two from this gives the bits of its reciprocal. */
    static final int RECIPROCAL = 254 << 23;

    static final int SIGN = 0x80000000;
    static final int MANTISSA_BITS = 23;

    /** e^x rounds to 0 below -103.98. */
    static final float EXP_LOW = -104.5f;

    /**
     * (e^r - 1 - r)/r² on |r| ≤ ln2/2 where 1 is added to the result. Minimax, then moved among the neighbouring floats
     * to the smallest error of exp with all its roundings (from 1.03 to 0.998 ulp); relative error of e^r 7.0e-9.
     */
    static final float E2 = 0x1.fffff6p-2f;

    static final float E3 = 0x1.555438p-3f;
    static final float E4 = 0x1.555a84p-5f;
    static final float E5 = 0x1.127154p-7f;
    static final float E6 = 0x1.6ab144p-10f;

    /** The same, minimax, where e^r - 1 itself is the result and what E gave away would show: 3.2e-9 of e^r. */
    static final float M2 = 0x1.fffffcp-2f;

    static final float M3 = 0x1.55548cp-3f;
    static final float M4 = 0x1.555858p-5f;
    static final float M5 = 0x1.123df2p-7f;
    static final float M6 = 0x1.6ac85ep-10f;

    /** (2^f - 1)/f on |f| ≤ 1/2: relative error of 2^f 5.2e-9. */
    static final float T1 = 0x1.62e432p-1f;

    static final float T2 = 0x1.ebfbe6p-3f;
    static final float T3 = 0x1.c6ada8p-5f;
    static final float T4 = 0x1.3b21c8p-7f;
    static final float T5 = 0x1.5fbcfep-10f;
    static final float T6 = 0x1.4be4bcp-13f;

    /** (log(1 + f) - f + f²/2)/f³ on √½ - 1 ≤ f ≤ √2 - 1: relative error of the logarithm 5.9e-9. */
    static final float L3 = 0x1.555554p-2f;

    static final float L4 = -0x1.000228p-2f;
    static final float L5 = 0x1.99a034p-3f;
    static final float L6 = -0x1.547232p-3f;
    static final float L7 = 0x1.22d682p-3f;
    static final float L8 = -0x1.0d820cp-3f;
    static final float L9 = 0x1.057132p-3f;
    static final float L10 = -0x1.38fa9ap-4f;

    /** (2 artanh(v/2)/v - 1)/v² in powers of v², on 0 ≤ v ≤ 2/3: relative error 4.5e-9. */
    static final float A2 = 0x1.555502p-4f;

    static final float A4 = 0x1.99d1cap-7f;
    static final float A6 = 0x1.1ec07p-9f;
    static final float A8 = 0x1.1ec904p-11f;

    static final float SQRT_HALF = 0x1.6a09e6p-1f;
    static final int SQRT_HALF_BITS = 0x3f3504f3;
    static final float TWO_23 = 0x1p23f;
    /** As int bits and as float: makes an int in [-2^22, 2^22) a float by addition and subtraction. */
    static final int INT_TO_FLOAT_BITS = 0x4B400000;

    static final float INT_TO_FLOAT = 0x1.8p23f;

    /** tanh is ∓1 in float from ∓9.02 on. */
    static final float TANH_LOW = -10f;
    /** e^x - 1 is -1 in float below -17.33. */
    static final float EXPM1_LOW = -18f;
    /** x·sigmoid(x) rounds to -0 below, and to x above SILU_HIGH. */
    static final float SILU_LOW = -109.5f;

    static final float SILU_HIGH = 20f;

    /** gelu rounds to -0 below, and to x above. */
    static final float GELU_LOW = -11f;

    static final float GELU_HIGH = 6f;
    /** 2√(2/π)·log2(e) in two parts, and that times 0.044715: the exponent of 2 is x(G1 + G3 x²). */
    static final float G1 = 0x1.26aec2p1f;

    static final float G1_LO = 0x1.bce75ap-27f;
    static final float G3 = 0x1.a5a7dp-4f;
    static final float G3_LO = -0x1.151aaep-29f;
    /** The derivative of that exponent in base e: 2√(2/π)(1 + 3·0.044715 x²). */
    static final float D0 = 0x1.988454p0f;

    static final float D2 = 0x1.b6676cp-3f;

    private ScalarMath() {}

    /**
     * e^x = 2^n(1 + q), q = e^r - 1 of degree 6. Max error 0.998 ulp, at 37.78.
     *
     * <p>Overflow needs no clamp on x: n stops at 129, r grows, and every coefficient is positive.
     */
    static float exp(float x) {
        float a = x < EXP_LOW ? EXP_LOW : x;
        int i = Math.min(floatToRawIntBits(fma(a, LOG2_E, ROUND_HALVES)), ROUND_HALVES_MAX);
        return exp(a, i);
    }

    /** e^a for a in [EXP_LOW, 88] or NaN. */
    private static float expReduced(float a) {
        return exp(a, floatToRawIntBits(fma(a, LOG2_E, ROUND_HALVES)));
    }

    /** i: bits of n + ROUND_HALVES. */
    private static float exp(float a, int i) {
        float n = intBitsToFloat(i) - ROUND_HALVES;
        return scale(expSeries(fma(n, -LN2_LO, fma(n, -LN2_HI, a))), i);
    }

    /** 2^n(1 + q), from the bits of n + ROUND_HALVES. */
    private static float scale(float q, int i) {
        int half = i >> 1;
        float s = intBitsToFloat(half << MANTISSA_BITS);
        return fma(q, s, s) * intBitsToFloat((i - half) << MANTISSA_BITS);
    }

    /** linear + r²(c2 + c3 r + c4 r² + c5 r³ + c6 r⁴), after Estrin: half as deep as Horner's form, no longer. */
    private static float series(float r, float linear, float c2, float c3, float c4, float c5, float c6) {
        float r2 = r * r;
        float high = fma(r2, c6, fma(r, c5, c4));
        return fma(fma(high, r2, fma(r, c3, c2)), r2, linear);
    }

    /** e^r - 1, |r| ≤ ln2/2, relative to e^r. */
    private static float expSeries(float r) {
        return series(r, r, E2, E3, E4, E5, E6);
    }

    /** e^r - 1, |r| ≤ ln2/2, relative to itself. */
    private static float expm1Series(float r) {
        return series(r, r, M2, M3, M4, M5, M6);
    }

    /** 2^f - 1, |f| ≤ ½, relative to 2^f. */
    private static float exp2Series(float f) {
        return series(f, f * T1, T2, T3, T4, T5, T6);
    }

    /**
     * e^x - 1 = 2^n·q + (2^n - 1), q = e^r - 1 (Tang, 1992). Max error 1.54 ulp, at 0.386.
     *
     * <p>Both terms are scaled by 2^-⌈n/2⌉, so that n = 128 is in range. The sign is x's: q(-0) would lose it.
     */
    static float expm1(float x) {
        float a = x < EXPM1_LOW ? EXPM1_LOW : x;
        int i = Math.min(floatToRawIntBits(fma(a, LOG2_E, ROUND_HALVES)), ROUND_HALVES_MAX);
        float n = intBitsToFloat(i) - ROUND_HALVES;
        float q = expm1Series(fma(n, -LN2_LO, fma(n, -LN2_HI, a)));
        int half = i >> 1;
        int rest = (i - half) << MANTISSA_BITS;
        float s = intBitsToFloat(half << MANTISSA_BITS);
        float y = fma(q, s, s - intBitsToFloat(RECIPROCAL - rest)) * intBitsToFloat(rest);
        return intBitsToFloat(floatToRawIntBits(y) | (floatToRawIntBits(x) & SIGN));
    }

    /**
     * log x = n ln2 + log(1 + f), 1 + f in [√½, √2), as f + f²(-½ + f·P(f)) with P of degree 7. Max error
     * 0.893 ulp, at 0.707.
     *
     * <p>Subnormals are scaled by 2^23 first. log(±0) = -∞, log(x) = NaN for x &lt; 0.
     */
    static float log(float x) {
        boolean tiny = x < Float.MIN_NORMAL;
        int bits = floatToRawIntBits(tiny ? x * TWO_23 : x);
        int e = (bits - SQRT_HALF_BITS) >> MANTISSA_BITS;
        float n = intBitsToFloat(e + INT_TO_FLOAT_BITS) - (tiny ? INT_TO_FLOAT + 23 : INT_TO_FLOAT);
        float f = intBitsToFloat(bits - (e << MANTISSA_BITS)) - 1f;
        float y = fma(n, LN2_HI, f + logSeries(f, n * LN2_LO));
        y = x < Float.POSITIVE_INFINITY ? y : x;
        y = x < 0f ? Float.NaN : y;
        return x == 0f ? Float.NEGATIVE_INFINITY : y;
    }

    /** log(1 + f) - f + addend. */
    private static float logSeries(float f, float addend) {
        float f2 = f * f;
        float high = fma(f2, fma(f, L10, L9), fma(f, L8, L7));
        float low = fma(f2, fma(f, L6, L5), fma(f, L4, L3));
        float p = fma(fma(high, f2 * f2, low), f, -0.5f);
        return fma(f2, p, addend);
    }

    /**
     * softplus(x) = log(1 + e^x) = max(x, 0) + log(1 + e), e = e^-|x|. Max error 2.89 ulp, at -2.02.
     *
     * <p>log(1 + e) = 2 artanh(v/2) with v = e/(1 + e/2), which is exactly e where e is subnormal. Its derivative is
     * {@link #sigmoid}.
     */
    static float softplus(float x) {
        float e = expNegativeMagnitude(x);
        float v = e / fma(e, 0.5f, 1f);
        float w = v * v;
        float q = fma(fma(w, A8, A6), w * w, fma(w, A4, A2));
        return (x < 0f ? 0f : x) + fma(v * w, q, v);
    }

    /**
     * 1/(1 + e^-x), as b - b·y with e = e^-|x|, y = e/(1 + e), and b = e for negative x, otherwise 1. Max error
     * 1.64 ulp, at -1.10.
     *
     * <p>The plain quotient b/(1 + e) adds the rounding of 1 + e in full and exceeds 2 ulp; here it is scaled by y.
     */
    static float sigmoid(float x) {
        float e = expNegativeMagnitude(x);
        float b = x < 0f ? e : 1f;
        return fma(b, e / (-1f - e), b);
    }

    /** e^-|x|: e^-104.5 = 0 stands for all that lies beyond. */
    private static float expNegativeMagnitude(float x) {
        float a = intBitsToFloat(floatToRawIntBits(x) | SIGN);
        return expReduced(a < EXP_LOW ? EXP_LOW : a);
    }

    /**
     * tanh x = ±(1 - E)/(1 + E) with E = e^-2|x| = s + sq, s = 2^n, q = e^r - 1: numerator (1 - s) - sq, denominator
     * (1 + s) + sq. Max error 1.93 ulp, at ±0.517.
     *
     * <p>Neither cancels: for small x, s is 1 and the quotient is -q/(2 + q) with q ≈ -2|x|.
     */
    static float tanh(float x) {
        int bits = floatToRawIntBits(x);
        float a = intBitsToFloat(bits | SIGN);
        a = a < TANH_LOW ? TANH_LOW : a;
        float t = fma(a, 2f * LOG2_E, ROUND);
        float s = intBitsToFloat(floatToRawIntBits(t) << MANTISSA_BITS);
        float sq = s * expm1Series(fma(t - ROUND, -LN2, a + a));
        float y = ((1f - s) - sq) / ((1f + s) + sq);
        return intBitsToFloat(floatToRawIntBits(y) | (bits & SIGN));
    }

    /**
     * x·sigmoid(x) = x·num/(num + 2^-⌈n/2⌉), num = 2^⌊n/2⌋(1 + q), e^x = 2^n(1 + q). Max error 3.34 ulp, at -5.94.
     *
     * <p>x multiplies the scaled numerator, so a subnormal result is rounded once, by the division. What overflows
     * above SILU_HIGH is not selected.
     */
    static float silu(float x) {
        float a = x < SILU_LOW ? SILU_LOW : x;
        float t = fma(a, LOG2_E, ROUND_HALVES);
        float n = t - ROUND_HALVES;
        float q = expSeries(fma(n, -LN2_LO, fma(n, -LN2_HI, a)));
        float y = timesLogistic(a, q, floatToRawIntBits(t));
        return x > SILU_HIGH ? x : y;
    }

    /** a·E/(1 + E), E = 2^n·(1 + q), from the bits of n + ROUND_HALVES. */
    private static float timesLogistic(float a, float q, int i) {
        int half = i >> 1;
        float s = intBitsToFloat(half << MANTISSA_BITS);
        float num = fma(q, s, s);
        float one = intBitsToFloat(RECIPROCAL - ((i - half) << MANTISSA_BITS));
        return (a * num) / (num + one);
    }

    /**
     * gelu(x) = ½x(1 + tanh(√(2/π)(x + 0.044715x³))) = x·2^z/(1 + 2^z), z = x(G1 + G3 x²). Max error
     * 3.57 ulp, at -1.37, where |gelu| ≥ 1e-3; below that 2.1e-10 absolute.
     *
     * <p>An error in z is a relative error of the negative tail, so f = z - n gets back what the roundings of x² and of
     * G1 + G3 x² lost (without that, 12 ulp at -3.2). In base 2, f needs no product with ln2.
     */
    static float gelu(float x) {
        float a = x < GELU_LOW ? GELU_LOW : x;
        float u = a * a;
        float g = fma(u, G3, G1);
        float t = fma(a, g, ROUND_HALVES);
        float f = fma(a, g, ROUND_HALVES - t);
        float gLo = fma(u, G3_LO, fma(fma(a, a, -u), G3, fma(u, G3, G1 - g) + G1_LO));
        float y = timesLogistic(a, exp2Series(fma(a, gLo, f)), floatToRawIntBits(t));
        return x > GELU_HIGH ? x : y;
    }

    /**
     * x for x ≥ 0, alpha·(e^x - 1) below. Max error 0.983 ulp, at -0.377, at alpha = 1.
     *
     * <p>n ≥ -26, so one factor 2^n and ln2 in one float are enough. elu(±0) = ±0 for every alpha.
     */
    static float elu(float x, float alpha) {
        float a = x < EXPM1_LOW ? EXPM1_LOW : x;
        float t = fma(a, LOG2_E, ROUND);
        float s = intBitsToFloat(floatToRawIntBits(t) << MANTISSA_BITS);
        float q = expm1Series(fma(t - ROUND, -LN2, a));
        float y = alpha * fma(s, q, s - 1f);
        return x >= 0f ? x : y;
    }

    /**
     * silu'(x) = σ(x)(1 + x(1 - σ(x))), computed at -|x|; silu'(|x|) = 1 - silu'(-|x|). Max absolute error
     * 1.03e-7.
     */
    static float siluDerivative(float x) {
        float a = intBitsToFloat(floatToRawIntBits(x) | SIGN);
        a = a < EXP_LOW ? EXP_LOW : a;
        return logisticDerivative(x, expReduced(a), a);
    }

    /** σ(1 + slope(1 - σ)) with σ = e/(1 + e), at -|x|; 1 minus that for x ≥ 0. */
    private static float logisticDerivative(float x, float e, float slope) {
        float q = 1f / (1f + e);
        float w = e * q;
        float d = fma(w, slope * q, w);
        return x >= 0f ? 1f - d : d;
    }

    /**
     * gelu'(x) = σ(z)(1 + xz'(1 - σ(z))), z = 2√(2/π)(x + 0.044715x³), computed at -|x| like {@link #siluDerivative}.
     * Max absolute error 1.32e-7.
     */
    static float geluDerivative(float x) {
        float a = intBitsToFloat(floatToRawIntBits(x) | SIGN);
        a = a < GELU_LOW ? GELU_LOW : a;
        float u = a * a;
        float g = fma(u, G3, G1);
        float t = fma(a, g, ROUND_HALVES);
        float e = scale(exp2Series(fma(a, g, ROUND_HALVES - t)), floatToRawIntBits(t));
        return logisticDerivative(x, e, a * fma(u, D2, D0));
    }
}
