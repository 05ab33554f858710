package dev.backlane.kernel;

/**
 * The passes behind {@link Elementwise}, which differ from backend to backend. Each element's arithmetic is the same
 * everywhere, so every width gives the same bits.
 *
 * <p>No method checks its arguments or allocates. All may run exactly in place.
 */
abstract class ElementwiseOps {
    // Two operands.

    /** {@code z ← x + y}. */
    abstract void add(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo);

    /** {@code z ← x − y}. */
    abstract void subtract(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo);

    /** {@code z ← x·y}. */
    abstract void multiply(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo);

    /** {@code z ← x·y + z}, one fma each. */
    abstract void multiplyAdd(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo);

    /** {@code z ← x/y}. */
    abstract void divide(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo);

    /** {@code z ← max(x, y)} as {@link Math#max(float, float)}. */
    abstract void max(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo);

    /** {@code z ← min(x, y)} as {@link Math#min(float, float)}. */
    abstract void min(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo);

    /** {@code z ← 1} where x ≥ y, 0 where x &lt; y, NaN where they do not compare. */
    abstract void atLeast(int n, float[] x, int xo, float[] y, int yo, float[] z, int zo);

    // One operand.

    /** {@code y ← log x}. */
    abstract void log(int n, float[] x, int xo, float[] y, int yo);

    /** {@code y ← √x}. */
    abstract void sqrt(int n, float[] x, int xo, float[] y, int yo);

    /** {@code y ← |x|}. */
    abstract void abs(int n, float[] x, int xo, float[] y, int yo);

    /** {@code y ← 1} where x &gt; 0, −1 where x &lt; 0, else x: zero or NaN. */
    abstract void sign(int n, float[] x, int xo, float[] y, int yo);

    /** {@code y ← (x·x)·x}. */
    abstract void cube(int n, float[] x, int xo, float[] y, int yo);

    // Second derivatives of activations, times dy. Those that read x are even functions: they take x = −|x|, where σ is
    // small and
    // σ(1 − σ) does not cancel, and s = σ of what their formula says.

    private static final int CHUNK = 256;
    /** Room for x and s. */
    private static final Pool<float[]> BUFFERS = new Pool<>(() -> new float[2 * CHUNK]);

    /** {@code y ← −|x|}, but not below {@value #FLAT}, beyond which all is 0 and factors might be infinite. */
    abstract void negative(int n, float[] x, int xo, float[] y, int yo);

    static final float FLAT = -128;

    /** {@code y ← 2u}, u = √(2/π)(x + 0.044715x³). */
    abstract void geluArgument(int n, float[] x, int xo, float[] y, int yo);

    /** √(2/π), and 3·0.044715 times that: u′ = U1 + U3·x². */
    static final float U1 = (float) Math.sqrt(2 / Math.PI);

    static final float U3 = (float) (3 * 0.044715 * Math.sqrt(2 / Math.PI));

    /** {@code dx ← dy·0}, NaN where y is. */
    abstract void kinkSecond(int n, float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo);

    /** {@code dx ← dy·y(1 − y)(1 − 2y)}. */
    abstract void sigmoidSecond(int n, float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo);

    /** {@code dx ← dy·(−2y)(1 − y²)}. */
    abstract void tanhSecond(int n, float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo);

    /** {@code dx ← dy·(y > 0 ? 0 : y + a)}. */
    abstract void eluSecond(int n, float a, float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo);

    /** {@code dx ← dy·s(1 − s)}, s = σ(x). */
    abstract void softplusSecond(int n, float[] s, int so, float[] dy, int dyo, float[] dx, int dxo);

    /** {@code dx ← dy·s(1 − s)(2 + x(1 − 2s))}, s = σ(x). */
    abstract void siluSecond(int n, float[] x, int xo, float[] s, int so, float[] dy, int dyo, float[] dx, int dxo);

    /** {@code dx ← dy·4s(1 − s)(u′ + x(u″/2 − t·u′²))}, s = σ(2u), t = tanh u = 2s − 1, u″/2 = U3·x. */
    abstract void geluSecond(int n, float[] x, int xo, float[] s, int so, float[] dy, int dyo, float[] dx, int dxo);

    /** {@code dx ← dy·f″}, from the output or the pre-activation as {@link Activation#reads()} says. */
    final void secondDerivative(Activation f, int n, float[] saved, int so, float[] dy, int dyo, float[] dx, int dxo) {
        switch (f.kind()) {
            case IDENTITY, RELU, LEAKY_RELU -> kinkSecond(n, saved, so, dy, dyo, dx, dxo);
            case SIGMOID -> sigmoidSecond(n, saved, so, dy, dyo, dx, dxo);
            case TANH -> tanhSecond(n, saved, so, dy, dyo, dx, dxo);
            case ELU -> eluSecond(n, f.parameter(), saved, so, dy, dyo, dx, dxo);
            case SOFTPLUS, SILU, GELU -> {
                float[] buffer = BUFFERS.take();
                for (int i = 0; i < n; i += CHUNK) {
                    int m = Math.min(CHUNK, n - i);
                    negative(m, saved, so + i, buffer, 0);
                    boolean gelu = f.kind() == Activation.Kind.GELU;
                    if (gelu) {
                        geluArgument(m, buffer, 0, buffer, CHUNK);
                    }
                    Kernels.SWEEPS.activate(Activation.SIGMOID, m, buffer, gelu ? CHUNK : 0, buffer, CHUNK);
                    if (gelu) {
                        geluSecond(m, buffer, 0, buffer, CHUNK, dy, dyo + i, dx, dxo + i);
                    } else if (f.kind() == Activation.Kind.SILU) {
                        siluSecond(m, buffer, 0, buffer, CHUNK, dy, dyo + i, dx, dxo + i);
                    } else {
                        softplusSecond(m, buffer, CHUNK, dy, dyo + i, dx, dxo + i);
                    }
                }
                BUFFERS.give(buffer);
            }
        }
    }
}
