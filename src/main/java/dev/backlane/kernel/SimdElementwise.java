package dev.backlane.kernel;

import static dev.backlane.kernel.Simd.F;
import static dev.backlane.kernel.Simd.V;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import jdk.incubator.vector.FloatVector;

/**
 * The elementwise passes on vectors of the hardware's width. Each has its own small loop, so that each is compiled on
 * its own. The last vector overlaps the one before; it is loaded before the first store, so that the loops may run in
 * place; vectors shorter than the hardware's go to the scalar code.
 *
 * <p>The loops call nothing but the Vector API's own methods, which C2 always inlines; a helper of ours it may not, and
 * would then box a vector per call. The one exception, the logarithm, is reached as {@link SimdMathSweeps} says.
 */
final class SimdElementwise extends ElementwiseOps {
    private static final int WIDTH = Simd.LANES;
    private static final ScalarElementwise SHORT = new ScalarElementwise();

    @Override
    void add(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        if (n < WIDTH) {
            SHORT.add(n, x, xo, y, yo, z, zo);
            return;
        }
        int last = n - WIDTH;
        FloatVector end = V.cast(FloatVector.fromArray(F, x, xo + last)).add(FloatVector.fromArray(F, y, yo + last));
        for (int i = 0; i < last; i += WIDTH) {
            V.cast(FloatVector.fromArray(F, x, xo + i))
                    .add(FloatVector.fromArray(F, y, yo + i))
                    .intoArray(z, zo + i);
        }
        end.intoArray(z, zo + last);
    }

    @Override
    void subtract(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        if (n < WIDTH) {
            SHORT.subtract(n, x, xo, y, yo, z, zo);
            return;
        }
        int last = n - WIDTH;
        FloatVector end = V.cast(FloatVector.fromArray(F, x, xo + last)).sub(FloatVector.fromArray(F, y, yo + last));
        for (int i = 0; i < last; i += WIDTH) {
            V.cast(FloatVector.fromArray(F, x, xo + i))
                    .sub(FloatVector.fromArray(F, y, yo + i))
                    .intoArray(z, zo + i);
        }
        end.intoArray(z, zo + last);
    }

    @Override
    void multiply(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        if (n < WIDTH) {
            SHORT.multiply(n, x, xo, y, yo, z, zo);
            return;
        }
        int last = n - WIDTH;
        FloatVector end = V.cast(FloatVector.fromArray(F, x, xo + last)).mul(FloatVector.fromArray(F, y, yo + last));
        for (int i = 0; i < last; i += WIDTH) {
            V.cast(FloatVector.fromArray(F, x, xo + i))
                    .mul(FloatVector.fromArray(F, y, yo + i))
                    .intoArray(z, zo + i);
        }
        end.intoArray(z, zo + last);
    }

    @Override
    void multiplyAdd(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        if (n < WIDTH) {
            SHORT.multiplyAdd(n, x, xo, y, yo, z, zo);
            return;
        }
        int last = n - WIDTH;
        FloatVector end = V.cast(FloatVector.fromArray(F, x, xo + last))
                .fma(FloatVector.fromArray(F, y, yo + last), FloatVector.fromArray(F, z, zo + last));
        for (int i = 0; i < last; i += WIDTH) {
            V.cast(FloatVector.fromArray(F, x, xo + i))
                    .fma(FloatVector.fromArray(F, y, yo + i), FloatVector.fromArray(F, z, zo + i))
                    .intoArray(z, zo + i);
        }
        end.intoArray(z, zo + last);
    }

    @Override
    void divide(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        if (n < WIDTH) {
            SHORT.divide(n, x, xo, y, yo, z, zo);
            return;
        }
        int last = n - WIDTH;
        FloatVector end = V.cast(FloatVector.fromArray(F, x, xo + last)).div(FloatVector.fromArray(F, y, yo + last));
        for (int i = 0; i < last; i += WIDTH) {
            V.cast(FloatVector.fromArray(F, x, xo + i))
                    .div(FloatVector.fromArray(F, y, yo + i))
                    .intoArray(z, zo + i);
        }
        end.intoArray(z, zo + last);
    }

    @Override
    void max(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        if (n < WIDTH) {
            SHORT.max(n, x, xo, y, yo, z, zo);
            return;
        }
        int last = n - WIDTH;
        FloatVector end = V.cast(FloatVector.fromArray(F, x, xo + last)).max(FloatVector.fromArray(F, y, yo + last));
        for (int i = 0; i < last; i += WIDTH) {
            V.cast(FloatVector.fromArray(F, x, xo + i))
                    .max(FloatVector.fromArray(F, y, yo + i))
                    .intoArray(z, zo + i);
        }
        end.intoArray(z, zo + last);
    }

    @Override
    void min(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        if (n < WIDTH) {
            SHORT.min(n, x, xo, y, yo, z, zo);
            return;
        }
        int last = n - WIDTH;
        FloatVector end = V.cast(FloatVector.fromArray(F, x, xo + last)).min(FloatVector.fromArray(F, y, yo + last));
        for (int i = 0; i < last; i += WIDTH) {
            V.cast(FloatVector.fromArray(F, x, xo + i))
                    .min(FloatVector.fromArray(F, y, yo + i))
                    .intoArray(z, zo + i);
        }
        end.intoArray(z, zo + last);
    }

    @Override
    void atLeast(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        if (n < WIDTH) {
            SHORT.atLeast(n, x, xo, y, yo, z, zo);
            return;
        }
        int last = n - WIDTH;
        FloatVector endX = FloatVector.fromArray(F, x, xo + last);
        FloatVector endY = FloatVector.fromArray(F, y, yo + last);
        for (int i = 0; i < n; i += WIDTH) {
            int at = Math.min(i, last);
            FloatVector a = V.cast(i < last ? FloatVector.fromArray(F, x, xo + i) : endX);
            FloatVector b = V.cast(i < last ? FloatVector.fromArray(F, y, yo + i) : endY);
            V.cast(FloatVector.broadcast(F, Float.NaN))
                    .blend(1f, a.compare(GE, b))
                    .blend(0f, a.compare(LT, b))
                    .intoArray(z, zo + at);
        }
    }

    private static final MethodHandle[] LOG = {handle()};

    private static MethodHandle handle() {
        try {
            return MethodHandles.lookup()
                    .findStatic(
                            SimdElementwise.class,
                            "logs",
                            MethodType.methodType(
                                    void.class, int.class, float[].class, int.class, float[].class, int.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Override
    void log(int n, float[] x, int xo, float[] y, int yo) {
        if (n < WIDTH) {
            SHORT.log(n, x, xo, y, yo);
            return;
        }
        try {
            LOG[0].invokeExact(n, x, xo, y, yo);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private static void logs(int n, float[] x, int xo, float[] y, int yo) {
        int last = n - WIDTH;
        FloatVector end = FloatVector.fromArray(F, x, xo + last);
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector v = V.cast(i < last ? FloatVector.fromArray(F, x, xo + i) : end);
            SimdMath.log(v).intoArray(y, yo + Math.min(i, last));
        }
    }

    @Override
    void sqrt(int n, float[] x, int xo, float[] y, int yo) {
        if (n < WIDTH) {
            SHORT.sqrt(n, x, xo, y, yo);
            return;
        }
        int last = n - WIDTH;
        FloatVector end = V.cast(FloatVector.fromArray(F, x, xo + last)).sqrt();
        for (int i = 0; i < last; i += WIDTH) {
            V.cast(FloatVector.fromArray(F, x, xo + i)).sqrt().intoArray(y, yo + i);
        }
        end.intoArray(y, yo + last);
    }

    @Override
    void abs(int n, float[] x, int xo, float[] y, int yo) {
        if (n < WIDTH) {
            SHORT.abs(n, x, xo, y, yo);
            return;
        }
        int last = n - WIDTH;
        FloatVector end = V.cast(FloatVector.fromArray(F, x, xo + last)).abs();
        for (int i = 0; i < last; i += WIDTH) {
            V.cast(FloatVector.fromArray(F, x, xo + i)).abs().intoArray(y, yo + i);
        }
        end.intoArray(y, yo + last);
    }

    @Override
    void sign(int n, float[] x, int xo, float[] y, int yo) {
        if (n < WIDTH) {
            SHORT.sign(n, x, xo, y, yo);
            return;
        }
        int last = n - WIDTH;
        FloatVector endX = FloatVector.fromArray(F, x, xo + last);
        for (int i = 0; i < n; i += WIDTH) {
            int at = Math.min(i, last);
            FloatVector a = V.cast(i < last ? FloatVector.fromArray(F, x, xo + i) : endX);
            a.blend(1f, a.compare(GT, 0f)).blend(-1f, a.compare(LT, 0f)).intoArray(y, yo + at);
        }
    }

    @Override
    void cube(int n, float[] x, int xo, float[] y, int yo) {
        if (n < WIDTH) {
            SHORT.cube(n, x, xo, y, yo);
            return;
        }
        int last = n - WIDTH;
        FloatVector endX = FloatVector.fromArray(F, x, xo + last);
        for (int i = 0; i < n; i += WIDTH) {
            int at = Math.min(i, last);
            FloatVector a = V.cast(i < last ? FloatVector.fromArray(F, x, xo + i) : endX);
            a.mul(a).mul(a).intoArray(y, yo + at);
        }
    }

    @Override
    void negative(int n, float[] x, int xo, float[] y, int yo) {
        if (n < WIDTH) {
            SHORT.negative(n, x, xo, y, yo);
            return;
        }
        int last = n - WIDTH;
        FloatVector endX = FloatVector.fromArray(F, x, xo + last);
        for (int i = 0; i < n; i += WIDTH) {
            int at = Math.min(i, last);
            FloatVector a = V.cast(i < last ? FloatVector.fromArray(F, x, xo + i) : endX);
            FloatVector b = a.abs().neg();
            b.blend(FLAT, b.compare(LT, FLAT)).intoArray(y, yo + at);
        }
    }

    @Override
    void geluArgument(int n, float[] x, int xo, float[] y, int yo) {
        if (n < WIDTH) {
            SHORT.geluArgument(n, x, xo, y, yo);
            return;
        }
        int last = n - WIDTH;
        FloatVector endX = FloatVector.fromArray(F, x, xo + last);
        for (int i = 0; i < n; i += WIDTH) {
            int at = Math.min(i, last);
            FloatVector a = V.cast(i < last ? FloatVector.fromArray(F, x, xo + i) : endX);
            FloatVector u1 = FloatVector.broadcast(F, U1);
            a.mul(2f).mul(a.mul(U3).fma(a.mul(1 / 3f), u1)).intoArray(y, yo + at);
        }
    }

    @Override
    void kinkSecond(int n, float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo) {
        if (n < WIDTH) {
            SHORT.kinkSecond(n, y, yo, dy, dyo, dx, dxo);
            return;
        }
        int last = n - WIDTH;
        FloatVector endY = FloatVector.fromArray(F, y, yo + last);
        FloatVector endDy = FloatVector.fromArray(F, dy, dyo + last);
        for (int i = 0; i < n; i += WIDTH) {
            int at = Math.min(i, last);
            FloatVector a = V.cast(i < last ? FloatVector.fromArray(F, y, yo + i) : endY);
            FloatVector g = V.cast(i < last ? FloatVector.fromArray(F, dy, dyo + i) : endDy);
            g.mul(a.blend(0f, a.compare(EQ, a))).intoArray(dx, dxo + at);
        }
    }

    @Override
    void sigmoidSecond(int n, float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo) {
        if (n < WIDTH) {
            SHORT.sigmoidSecond(n, y, yo, dy, dyo, dx, dxo);
            return;
        }
        int last = n - WIDTH;
        FloatVector endY = FloatVector.fromArray(F, y, yo + last);
        FloatVector endDy = FloatVector.fromArray(F, dy, dyo + last);
        for (int i = 0; i < n; i += WIDTH) {
            int at = Math.min(i, last);
            FloatVector a = V.cast(i < last ? FloatVector.fromArray(F, y, yo + i) : endY);
            FloatVector g = V.cast(i < last ? FloatVector.fromArray(F, dy, dyo + i) : endDy);
            FloatVector one = FloatVector.broadcast(F, 1f);
            FloatVector minusTwo = FloatVector.broadcast(F, -2f);
            g.mul(a.neg().fma(a, a).mul(a.fma(minusTwo, one))).intoArray(dx, dxo + at);
        }
    }

    @Override
    void tanhSecond(int n, float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo) {
        if (n < WIDTH) {
            SHORT.tanhSecond(n, y, yo, dy, dyo, dx, dxo);
            return;
        }
        int last = n - WIDTH;
        FloatVector endY = FloatVector.fromArray(F, y, yo + last);
        FloatVector endDy = FloatVector.fromArray(F, dy, dyo + last);
        for (int i = 0; i < n; i += WIDTH) {
            int at = Math.min(i, last);
            FloatVector a = V.cast(i < last ? FloatVector.fromArray(F, y, yo + i) : endY);
            FloatVector g = V.cast(i < last ? FloatVector.fromArray(F, dy, dyo + i) : endDy);
            FloatVector one = FloatVector.broadcast(F, 1f);
            g.mul(a.mul(-2f).mul(a.neg().fma(a, one))).intoArray(dx, dxo + at);
        }
    }

    @Override
    void eluSecond(int n, float a, float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo) {
        if (n < WIDTH) {
            SHORT.eluSecond(n, a, y, yo, dy, dyo, dx, dxo);
            return;
        }
        int last = n - WIDTH;
        FloatVector endY = FloatVector.fromArray(F, y, yo + last);
        FloatVector endDy = FloatVector.fromArray(F, dy, dyo + last);
        for (int i = 0; i < n; i += WIDTH) {
            int at = Math.min(i, last);
            FloatVector b = V.cast(i < last ? FloatVector.fromArray(F, y, yo + i) : endY);
            FloatVector g = V.cast(i < last ? FloatVector.fromArray(F, dy, dyo + i) : endDy);
            g.mul(b.add(a).blend(0f, b.compare(GT, 0f))).intoArray(dx, dxo + at);
        }
    }

    @Override
    void softplusSecond(int n, float[] s, int so, float[] dy, int dyo, float[] dx, int dxo) {
        if (n < WIDTH) {
            SHORT.softplusSecond(n, s, so, dy, dyo, dx, dxo);
            return;
        }
        int last = n - WIDTH;
        FloatVector endS = FloatVector.fromArray(F, s, so + last);
        FloatVector endDy = FloatVector.fromArray(F, dy, dyo + last);
        for (int i = 0; i < n; i += WIDTH) {
            int at = Math.min(i, last);
            FloatVector a = V.cast(i < last ? FloatVector.fromArray(F, s, so + i) : endS);
            FloatVector g = V.cast(i < last ? FloatVector.fromArray(F, dy, dyo + i) : endDy);
            g.mul(a.neg().fma(a, a)).intoArray(dx, dxo + at);
        }
    }

    @Override
    void siluSecond(int n, float[] x, int xo, float[] s, int so, float[] dy, int dyo, float[] dx, int dxo) {
        if (n < WIDTH) {
            SHORT.siluSecond(n, x, xo, s, so, dy, dyo, dx, dxo);
            return;
        }
        int last = n - WIDTH;
        FloatVector endX = FloatVector.fromArray(F, x, xo + last);
        FloatVector endS = FloatVector.fromArray(F, s, so + last);
        FloatVector endDy = FloatVector.fromArray(F, dy, dyo + last);
        for (int i = 0; i < n; i += WIDTH) {
            int at = Math.min(i, last);
            FloatVector a = V.cast(i < last ? FloatVector.fromArray(F, x, xo + i) : endX);
            FloatVector b = V.cast(i < last ? FloatVector.fromArray(F, s, so + i) : endS);
            FloatVector g = V.cast(i < last ? FloatVector.fromArray(F, dy, dyo + i) : endDy);
            FloatVector one = FloatVector.broadcast(F, 1f);
            FloatVector two = FloatVector.broadcast(F, 2f);
            FloatVector minusTwo = FloatVector.broadcast(F, -2f);
            g.mul(b.neg().fma(b, b).mul(a.fma(b.fma(minusTwo, one), two))).intoArray(dx, dxo + at);
        }
    }

    @Override
    void geluSecond(int n, float[] x, int xo, float[] s, int so, float[] dy, int dyo, float[] dx, int dxo) {
        if (n < WIDTH) {
            SHORT.geluSecond(n, x, xo, s, so, dy, dyo, dx, dxo);
            return;
        }
        int last = n - WIDTH;
        FloatVector endX = FloatVector.fromArray(F, x, xo + last);
        FloatVector endS = FloatVector.fromArray(F, s, so + last);
        FloatVector endDy = FloatVector.fromArray(F, dy, dyo + last);
        for (int i = 0; i < n; i += WIDTH) {
            int at = Math.min(i, last);
            FloatVector a = V.cast(i < last ? FloatVector.fromArray(F, x, xo + i) : endX);
            FloatVector b = V.cast(i < last ? FloatVector.fromArray(F, s, so + i) : endS);
            FloatVector g = V.cast(i < last ? FloatVector.fromArray(F, dy, dyo + i) : endDy);
            FloatVector bend = a.mul(U3);
            FloatVector slope = bend.fma(a, FloatVector.broadcast(F, U1));
            FloatVector t = b.fma(FloatVector.broadcast(F, 2f), FloatVector.broadcast(F, -1f));
            FloatVector factor = b.neg().fma(b, b).mul(4f);
            g.mul(factor.mul(a.fma(t.neg().mul(slope).fma(slope, bend), slope))).intoArray(dx, dxo + at);
        }
    }
}
