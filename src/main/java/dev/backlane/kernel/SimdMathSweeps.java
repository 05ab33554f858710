package dev.backlane.kernel;

import static dev.backlane.kernel.Simd.F;
import static dev.backlane.kernel.Simd.LANES;
import static dev.backlane.kernel.Simd.V;
import static jdk.incubator.vector.VectorOperators.LE;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import jdk.incubator.vector.FloatVector;

/**
 * The sweeps that take a function of {@link SimdMath}, over at least one hardware vector ({@code n ≥ LANES}), each in a loop
 * of its own. The last vector overlaps the one before; it is loaded before the first store, so that the loops may run in
 * place, and goes through the same lines, since a second copy of a function may find the inlining budget spent.
 *
 * <p>That budget is why the loops are reached by method handles out of an array, which C2 cannot see through: once a compilation
 * holds 18,000 nodes, C2 still inlines the Vector API's own methods but no others. A loop inlined into its caller just before
 * that point would call its function, a vector at a time, boxed. Behind a handle each loop is compiled alone.
 */
final class SimdMathSweeps {
    // Indices of ONE: y ← f(x).
    static final int EXP = 0;
    static final int SIGMOID = 1;
    static final int TANH = 2;
    static final int ELU = 3;
    static final int SOFTPLUS = 4;
    static final int SILU = 5;
    static final int GELU = 6;

    // Indices of TWO: z ← f(x, y).
    static final int SIGMOID_TIMES = 0;
    static final int SILU_DERIVATIVE_TIMES = 1;
    static final int GELU_DERIVATIVE_TIMES = 2;
    static final int SIGMOID_DELTA = 3;
    static final int SIGMOID_TERMS = 4;

    private static final MethodHandle[] ONE = find(
            MethodType.methodType(
                    void.class, int.class, float.class, float[].class, int.class, float[].class, int.class),
            "exp",
            "sigmoid",
            "tanh",
            "elu",
            "softplus",
            "silu",
            "gelu");

    private static final MethodHandle[] TWO = find(
            MethodType.methodType(
                    void.class,
                    int.class,
                    float.class,
                    float[].class,
                    int.class,
                    float[].class,
                    int.class,
                    float[].class,
                    int.class),
            "sigmoidTimes",
            "siluDerivativeTimes",
            "geluDerivativeTimes",
            "sigmoidDelta",
            "sigmoidTerms");

    private SimdMathSweeps() {}

    private static MethodHandle[] find(MethodType type, String... names) {
        MethodHandle[] handles = new MethodHandle[names.length];
        try {
            for (int i = 0; i < names.length; i++) {
                handles[i] = MethodHandles.lookup().findStatic(SimdMathSweeps.class, names[i], type);
            }
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
        return handles;
    }

    /**
     * {@code y ← f(x)}.
     *
     * @param f index
     * @param p what exp subtracts from x first; elu's scale
     */
    static void run(int f, int n, float p, float[] x, int xo, float[] y, int yo) {
        try {
            ONE[f].invokeExact(n, p, x, xo, y, yo);
        } catch (Throwable t) {
            throw unchecked(t);
        }
    }

    /**
     * {@code z ← f(x, y)}.
     *
     * @param f index
     * @param p factor of a delta
     */
    static void run(int f, int n, float p, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        try {
            TWO[f].invokeExact(n, p, x, xo, y, yo, z, zo);
        } catch (Throwable t) {
            throw unchecked(t);
        }
    }

    /** The loops throw nothing that is checked. */
    private static RuntimeException unchecked(Throwable t) {
        if (t instanceof Error error) {
            throw error;
        }
        return (RuntimeException) t;
    }

    static void exp(int n, float p, float[] x, int xo, float[] y, int yo) {
        int last = n - LANES;
        FloatVector end = FloatVector.fromArray(F, x, xo + last);
        FloatVector shift = V.cast(FloatVector.broadcast(F, -p));
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = end;
            int at = last;
            if (i < last) {
                v = FloatVector.fromArray(F, x, xo + i);
                at = i;
            }
            SimdMath.exp(shift.add(v)).intoArray(y, yo + at);
        }
    }

    static void sigmoid(int n, float p, float[] x, int xo, float[] y, int yo) {
        int last = n - LANES;
        FloatVector end = FloatVector.fromArray(F, x, xo + last);
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = end;
            int at = last;
            if (i < last) {
                v = FloatVector.fromArray(F, x, xo + i);
                at = i;
            }
            SimdMath.sigmoid(v).intoArray(y, yo + at);
        }
    }

    static void tanh(int n, float p, float[] x, int xo, float[] y, int yo) {
        int last = n - LANES;
        FloatVector end = FloatVector.fromArray(F, x, xo + last);
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = end;
            int at = last;
            if (i < last) {
                v = FloatVector.fromArray(F, x, xo + i);
                at = i;
            }
            SimdMath.tanh(v).intoArray(y, yo + at);
        }
    }

    static void elu(int n, float p, float[] x, int xo, float[] y, int yo) {
        int last = n - LANES;
        FloatVector end = FloatVector.fromArray(F, x, xo + last);
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = end;
            int at = last;
            if (i < last) {
                v = FloatVector.fromArray(F, x, xo + i);
                at = i;
            }
            SimdMath.elu(v, p).intoArray(y, yo + at);
        }
    }

    static void softplus(int n, float p, float[] x, int xo, float[] y, int yo) {
        int last = n - LANES;
        FloatVector end = FloatVector.fromArray(F, x, xo + last);
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = end;
            int at = last;
            if (i < last) {
                v = FloatVector.fromArray(F, x, xo + i);
                at = i;
            }
            SimdMath.softplus(v).intoArray(y, yo + at);
        }
    }

    static void silu(int n, float p, float[] x, int xo, float[] y, int yo) {
        int last = n - LANES;
        FloatVector end = FloatVector.fromArray(F, x, xo + last);
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = end;
            int at = last;
            if (i < last) {
                v = FloatVector.fromArray(F, x, xo + i);
                at = i;
            }
            SimdMath.silu(v).intoArray(y, yo + at);
        }
    }

    static void gelu(int n, float p, float[] x, int xo, float[] y, int yo) {
        int last = n - LANES;
        FloatVector end = FloatVector.fromArray(F, x, xo + last);
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = end;
            int at = last;
            if (i < last) {
                v = FloatVector.fromArray(F, x, xo + i);
                at = i;
            }
            SimdMath.gelu(v).intoArray(y, yo + at);
        }
    }

    static void sigmoidTimes(int n, float p, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        int last = n - LANES;
        FloatVector endX = FloatVector.fromArray(F, x, xo + last);
        FloatVector endY = FloatVector.fromArray(F, y, yo + last);
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = endX;
            FloatVector w = endY;
            int at = last;
            if (i < last) {
                v = FloatVector.fromArray(F, x, xo + i);
                w = FloatVector.fromArray(F, y, yo + i);
                at = i;
            }
            SimdMath.sigmoid(v).mul(w).intoArray(z, zo + at);
        }
    }

    static void siluDerivativeTimes(int n, float p, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        int last = n - LANES;
        FloatVector endX = FloatVector.fromArray(F, x, xo + last);
        FloatVector endY = FloatVector.fromArray(F, y, yo + last);
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = endX;
            FloatVector w = endY;
            int at = last;
            if (i < last) {
                v = FloatVector.fromArray(F, x, xo + i);
                w = FloatVector.fromArray(F, y, yo + i);
                at = i;
            }
            SimdMath.siluDerivative(v).mul(w).intoArray(z, zo + at);
        }
    }

    static void geluDerivativeTimes(int n, float p, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        int last = n - LANES;
        FloatVector endX = FloatVector.fromArray(F, x, xo + last);
        FloatVector endY = FloatVector.fromArray(F, y, yo + last);
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = endX;
            FloatVector w = endY;
            int at = last;
            if (i < last) {
                v = FloatVector.fromArray(F, x, xo + i);
                w = FloatVector.fromArray(F, y, yo + i);
                at = i;
            }
            SimdMath.geluDerivative(v).mul(w).intoArray(z, zo + at);
        }
    }

    static void sigmoidDelta(int n, float p, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        int last = n - LANES;
        FloatVector endX = FloatVector.fromArray(F, x, xo + last);
        FloatVector endY = FloatVector.fromArray(F, y, yo + last);
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = endX;
            FloatVector w = endY;
            int at = last;
            if (i < last) {
                v = FloatVector.fromArray(F, x, xo + i);
                w = FloatVector.fromArray(F, y, yo + i);
                at = i;
            }
            SimdMath.sigmoid(v).sub(w).mul(p).intoArray(z, zo + at);
        }
    }

    static void sigmoidTerms(int n, float p, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
        int last = n - LANES;
        FloatVector endX = FloatVector.fromArray(F, x, xo + last);
        FloatVector endY = FloatVector.fromArray(F, y, yo + last);
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = endX;
            FloatVector w = endY;
            int at = last;
            if (i < last) {
                v = FloatVector.fromArray(F, x, xo + i);
                w = FloatVector.fromArray(F, y, yo + i);
                at = i;
            }
            v = V.cast(v);
            FloatVector linear = v.neg().fma(w, v.blend(0f, v.compare(LE, 0f)));
            linear.add(SimdMath.softplus(v.abs().neg())).intoArray(z, zo + at);
        }
    }
}
