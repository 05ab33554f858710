package dev.backlane.kernel;

/**
 * The fused multiply-add of the scalar code: one instruction where the processor has it. Where it has not,
 * {@link Math#fma(float, float, float)} would fall back to {@code BigDecimal}, thousands of times slower, so the product
 * is rounded first; results may then differ in the last bits from those of other machines, which
 * {@link Backend#describe()} says.
 */
final class Fma {
    private Fma() {}

    static float fma(float a, float b, float c) {
        return Backend.HARDWARE_FMA ? Math.fma(a, b, c) : a * b + c;
    }

    static double fma(double a, double b, double c) {
        return Backend.HARDWARE_FMA ? Math.fma(a, b, c) : a * b + c;
    }
}
