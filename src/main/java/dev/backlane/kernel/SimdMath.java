package dev.backlane.kernel;

import static dev.backlane.kernel.ScalarMath.*;
import static dev.backlane.kernel.Simd.F;
import static dev.backlane.kernel.Simd.I;
import static dev.backlane.kernel.Simd.IV;
import static dev.backlane.kernel.Simd.V;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * The functions of {@link ScalarMath}, in lanes: the same operations in the same order, so the same bits. Formulas,
 * methods and errors stand there.
 *
 * <p>How to call them, and why they look as they do: C2 stops inlining ordinary methods (not the Vector API's own) once
 * one compilation has made 18,000 nodes, and a vector that crosses a call is boxed. One call of the Vector API makes
 * about 400 nodes, one function here 9,000 to 17,000. So a compiled method has room for <em>one</em> call site of one
 * function. Constants are broadcast where they are used (130 nodes, and C2 moves them out of the caller's loop): the
 * overloads that take a float or an int make more nodes. And no method may exceed 325 bytecodes.
 *
 * <p>Each method casts its own parameters ({@link Simd#V} says why): C2 does not inline what it has compiled alone into much
 * code, as it does where it must guess classes.
 */
final class SimdMath {
    private SimdMath() {}

    static FloatVector exp(FloatVector x) {
        x = V.cast(x);
        FloatVector low = broadcast(F, EXP_LOW);
        FloatVector a = x.blend(low, x.compare(LT, low));
        IntVector i = IV.cast(
                        a.fma(broadcast(F, LOG2_E), broadcast(F, ROUND_HALVES)).reinterpretAsInts())
                .min(IntVector.broadcast(I, ROUND_HALVES_MAX));
        return exp(a, V.cast(i.reinterpretAsFloats()).sub(broadcast(F, ROUND_HALVES)), i);
    }

    private static FloatVector exp(FloatVector a, FloatVector n, IntVector i) {
        n = V.cast(n);
        FloatVector q = expSeries(n.fma(broadcast(F, -LN2_LO), n.fma(broadcast(F, -LN2_HI), a)));
        return scale(q, i);
    }

    /** 2^n(1 + q), from the bits of n + ROUND_HALVES. */
    private static FloatVector scale(FloatVector q, IntVector i) {
        q = V.cast(q);
        i = IV.cast(i);
        IntVector half = i.lanewise(ASHR, 1);
        FloatVector s = V.cast(half.lanewise(LSHL, MANTISSA_BITS).reinterpretAsFloats());
        return q.fma(s, s).mul(V.cast(i.sub(half).lanewise(LSHL, MANTISSA_BITS).reinterpretAsFloats()));
    }

    private static FloatVector series(
            FloatVector r, FloatVector linear, float c2, float c3, float c4, float c5, float c6) {
        r = V.cast(r);
        FloatVector r2 = r.mul(r);
        FloatVector high = r2.fma(broadcast(F, c6), r.fma(broadcast(F, c5), broadcast(F, c4)));
        return high.fma(r2, r.fma(broadcast(F, c3), broadcast(F, c2))).fma(r2, linear);
    }

    private static FloatVector expSeries(FloatVector r) {
        return series(r, r, E2, E3, E4, E5, E6);
    }

    private static FloatVector expm1Series(FloatVector r) {
        return series(r, r, M2, M3, M4, M5, M6);
    }

    private static FloatVector exp2Series(FloatVector f) {
        f = V.cast(f);
        return series(f, f.mul(broadcast(F, T1)), T2, T3, T4, T5, T6);
    }

    /** -|x|, not below low. */
    private static FloatVector negativeMagnitude(FloatVector x, float low) {
        x = V.cast(x);
        FloatVector a = x.abs().neg();
        FloatVector limit = broadcast(F, low);
        return a.blend(limit, a.compare(LT, limit));
    }

    /** e^-|x|. */
    private static FloatVector expNegativeMagnitude(FloatVector x) {
        FloatVector a = negativeMagnitude(x, EXP_LOW);
        FloatVector magic = broadcast(F, ROUND_HALVES);
        FloatVector t = a.fma(broadcast(F, LOG2_E), magic);
        return exp(a, t.sub(magic), IV.cast(t.reinterpretAsInts()));
    }

    static FloatVector expm1(FloatVector x) {
        x = V.cast(x);
        FloatVector low = broadcast(F, EXPM1_LOW);
        FloatVector a = x.blend(low, x.compare(LT, low));
        IntVector i = IV.cast(
                        a.fma(broadcast(F, LOG2_E), broadcast(F, ROUND_HALVES)).reinterpretAsInts())
                .min(IntVector.broadcast(I, ROUND_HALVES_MAX));
        FloatVector n = V.cast(i.reinterpretAsFloats()).sub(broadcast(F, ROUND_HALVES));
        FloatVector q = expm1Series(n.fma(broadcast(F, -LN2_LO), n.fma(broadcast(F, -LN2_HI), a)));
        IntVector half = i.lanewise(ASHR, 1);
        IntVector rest = i.sub(half).lanewise(LSHL, MANTISSA_BITS);
        FloatVector s = V.cast(half.lanewise(LSHL, MANTISSA_BITS).reinterpretAsFloats());
        FloatVector inverse =
                V.cast(IV.cast(IntVector.broadcast(I, RECIPROCAL)).sub(rest).reinterpretAsFloats());
        FloatVector y = q.fma(s, s.sub(inverse)).mul(V.cast(rest.reinterpretAsFloats()));
        return withSignOf(y, x);
    }

    /** y with its sign bit set where x's is. */
    private static FloatVector withSignOf(FloatVector y, FloatVector x) {
        y = V.cast(y);
        x = V.cast(x);
        IntVector sign = IV.cast(x.reinterpretAsInts()).and(IntVector.broadcast(I, SIGN));
        return V.cast(IV.cast(y.reinterpretAsInts()).or(sign).reinterpretAsFloats());
    }

    static FloatVector log(FloatVector x) {
        x = V.cast(x);
        FloatVector zero = broadcast(F, 0f);
        VectorMask<Float> tiny = x.compare(LT, broadcast(F, Float.MIN_NORMAL));
        IntVector bits = IV.cast(x.blend(x.mul(broadcast(F, TWO_23)), tiny).reinterpretAsInts());
        IntVector e = bits.sub(IntVector.broadcast(I, SQRT_HALF_BITS)).lanewise(ASHR, MANTISSA_BITS);
        FloatVector n = V.cast(e.add(IntVector.broadcast(I, INT_TO_FLOAT_BITS)).reinterpretAsFloats())
                .sub(V.cast(broadcast(F, INT_TO_FLOAT)).blend(broadcast(F, INT_TO_FLOAT + 23), tiny));
        FloatVector m = V.cast(bits.sub(e.lanewise(LSHL, MANTISSA_BITS)).reinterpretAsFloats());
        FloatVector f = m.sub(broadcast(F, 1f));
        FloatVector y = n.fma(broadcast(F, LN2_HI), f.add(logSeries(f, n.mul(broadcast(F, LN2_LO)))));
        y = x.blend(y, x.compare(LT, broadcast(F, Float.POSITIVE_INFINITY)));
        y = y.blend(broadcast(F, Float.NaN), x.compare(LT, zero));
        return y.blend(broadcast(F, Float.NEGATIVE_INFINITY), x.eq(zero));
    }

    private static FloatVector logSeries(FloatVector f, FloatVector addend) {
        f = V.cast(f);
        FloatVector f2 = f.mul(f);
        FloatVector high =
                f2.fma(f.fma(broadcast(F, L10), broadcast(F, L9)), f.fma(broadcast(F, L8), broadcast(F, L7)));
        FloatVector low = f2.fma(f.fma(broadcast(F, L6), broadcast(F, L5)), f.fma(broadcast(F, L4), broadcast(F, L3)));
        FloatVector p = high.fma(f2.mul(f2), low).fma(f, broadcast(F, -0.5f));
        return f2.fma(p, addend);
    }

    static FloatVector softplus(FloatVector x) {
        x = V.cast(x);
        FloatVector e = expNegativeMagnitude(x);
        FloatVector v = e.div(e.fma(broadcast(F, 0.5f), broadcast(F, 1f)));
        FloatVector w = v.mul(v);
        FloatVector high = w.fma(broadcast(F, A8), broadcast(F, A6));
        FloatVector q = high.fma(w.mul(w), w.fma(broadcast(F, A4), broadcast(F, A2)));
        FloatVector zero = broadcast(F, 0f);
        return x.blend(zero, x.compare(LT, zero)).add(v.mul(w).fma(q, v));
    }

    static FloatVector sigmoid(FloatVector x) {
        x = V.cast(x);
        FloatVector e = expNegativeMagnitude(x);
        FloatVector b = V.cast(broadcast(F, 1f)).blend(e, x.compare(LT, broadcast(F, 0f)));
        return b.fma(e.div(V.cast(broadcast(F, -1f)).sub(e)), b);
    }

    static FloatVector tanh(FloatVector x) {
        FloatVector a = negativeMagnitude(x, TANH_LOW);
        FloatVector magic = broadcast(F, ROUND);
        FloatVector t = a.fma(broadcast(F, 2f * LOG2_E), magic);
        FloatVector s = V.cast(
                IV.cast(t.reinterpretAsInts()).lanewise(LSHL, MANTISSA_BITS).reinterpretAsFloats());
        FloatVector sq = s.mul(expm1Series(t.sub(magic).fma(broadcast(F, -LN2), a.add(a))));
        FloatVector one = V.cast(broadcast(F, 1f));
        FloatVector y = one.sub(s).sub(sq).div(one.add(s).add(sq));
        return withSignOf(y, x);
    }

    static FloatVector silu(FloatVector x) {
        x = V.cast(x);
        FloatVector low = broadcast(F, SILU_LOW);
        FloatVector a = x.blend(low, x.compare(LT, low));
        FloatVector magic = broadcast(F, ROUND_HALVES);
        FloatVector t = a.fma(broadcast(F, LOG2_E), magic);
        FloatVector n = t.sub(magic);
        FloatVector q = expSeries(n.fma(broadcast(F, -LN2_LO), n.fma(broadcast(F, -LN2_HI), a)));
        return timesLogistic(a, q, IV.cast(t.reinterpretAsInts())).blend(x, x.compare(GT, broadcast(F, SILU_HIGH)));
    }

    private static FloatVector timesLogistic(FloatVector a, FloatVector q, IntVector i) {
        a = V.cast(a);
        q = V.cast(q);
        i = IV.cast(i);
        IntVector half = i.lanewise(ASHR, 1);
        FloatVector s = V.cast(half.lanewise(LSHL, MANTISSA_BITS).reinterpretAsFloats());
        FloatVector num = q.fma(s, s);
        FloatVector one = V.cast(IV.cast(IntVector.broadcast(I, RECIPROCAL))
                .sub(i.sub(half).lanewise(LSHL, MANTISSA_BITS))
                .reinterpretAsFloats());
        return a.mul(num).div(num.add(one));
    }

    static FloatVector gelu(FloatVector x) {
        x = V.cast(x);
        FloatVector lowest = broadcast(F, GELU_LOW);
        FloatVector a = x.blend(lowest, x.compare(LT, lowest));
        FloatVector u = a.mul(a);
        FloatVector g1 = V.cast(broadcast(F, G1));
        FloatVector g3 = broadcast(F, G3);
        FloatVector magic = V.cast(broadcast(F, ROUND_HALVES));
        FloatVector g = u.fma(g3, g1);
        FloatVector t = a.fma(g, magic);
        FloatVector f = a.fma(g, magic.sub(t));
        FloatVector gLo = u.fma(g3, g1.sub(g)).add(broadcast(F, G1_LO));
        gLo = u.fma(broadcast(F, G3_LO), a.fma(a, u.neg()).fma(g3, gLo));
        FloatVector y = timesLogistic(a, exp2Series(a.fma(gLo, f)), IV.cast(t.reinterpretAsInts()));
        return y.blend(x, x.compare(GT, broadcast(F, GELU_HIGH)));
    }

    static FloatVector elu(FloatVector x, float alpha) {
        x = V.cast(x);
        FloatVector low = broadcast(F, EXPM1_LOW);
        FloatVector a = x.blend(low, x.compare(LT, low));
        FloatVector magic = broadcast(F, ROUND);
        FloatVector t = a.fma(broadcast(F, LOG2_E), magic);
        FloatVector s = V.cast(
                IV.cast(t.reinterpretAsInts()).lanewise(LSHL, MANTISSA_BITS).reinterpretAsFloats());
        FloatVector q = expm1Series(t.sub(magic).fma(broadcast(F, -LN2), a));
        FloatVector y = s.fma(q, s.sub(broadcast(F, 1f))).mul(broadcast(F, alpha));
        return y.blend(x, x.compare(GE, broadcast(F, 0f)));
    }

    static FloatVector siluDerivative(FloatVector x) {
        FloatVector a = negativeMagnitude(x, EXP_LOW);
        FloatVector magic = broadcast(F, ROUND_HALVES);
        FloatVector t = a.fma(broadcast(F, LOG2_E), magic);
        return logisticDerivative(x, exp(a, t.sub(magic), IV.cast(t.reinterpretAsInts())), a);
    }

    private static FloatVector logisticDerivative(FloatVector x, FloatVector e, FloatVector slope) {
        x = V.cast(x);
        e = V.cast(e);
        slope = V.cast(slope);
        FloatVector one = V.cast(broadcast(F, 1f));
        FloatVector q = one.div(one.add(e));
        FloatVector w = e.mul(q);
        FloatVector d = w.fma(slope.mul(q), w);
        return d.blend(one.sub(d), x.compare(GE, broadcast(F, 0f)));
    }

    static FloatVector geluDerivative(FloatVector x) {
        FloatVector a = negativeMagnitude(x, GELU_LOW);
        FloatVector u = a.mul(a);
        FloatVector magic = V.cast(broadcast(F, ROUND_HALVES));
        FloatVector g = u.fma(broadcast(F, G3), broadcast(F, G1));
        FloatVector t = a.fma(g, magic);
        FloatVector e = scale(exp2Series(a.fma(g, magic.sub(t))), IV.cast(t.reinterpretAsInts()));
        return logisticDerivative(x, e, a.mul(u.fma(broadcast(F, D2), broadcast(F, D0))));
    }
}
