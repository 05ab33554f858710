package dev.backlane.fuzz;

/** What one run gave, and the complaint that it deviates from what was expected. */
final class Verdict {
    private final float[][] results;
    private final Object returned;
    private int judged;
    private int open;

    /**
     * @param results each operand after the call
     * @param returned what the kernel returned, or null
     */
    Verdict(float[][] results, Object returned) {
        this.results = results;
        this.returned = returned;
    }

    float[] result(Operand operand) {
        return results[operand.index()];
    }

    void element(Operand operand, int i, int j, Approx expected) {
        check(expected, results[operand.index()][i * operand.cols() + j], operand.name() + '[' + i + ", " + j + ']');
    }

    /** Bit for bit, any NaN being as good as another. */
    void bits(Operand operand, int i, int j, float expected) {
        float actual = results[operand.index()][i * operand.cols() + j];
        if (Float.floatToIntBits(actual) != Float.floatToIntBits(expected)) {
            throw new Failure(operand.name() + '[' + i + ", " + j + "] is " + actual + " = " + Float.toHexString(actual)
                    + ", and not " + expected + " = " + Float.toHexString(expected) + " as one chain of fmas gives");
        }
    }

    void element(Operand vector, int i, Approx expected) {
        element(vector, 0, i, expected);
    }

    void returned(Approx expected) {
        check(expected, ((Number) returned).doubleValue(), "the returned number");
    }

    /** Numbers that were compared with the oracle's. */
    int judged() {
        return judged;
    }

    /** Numbers of which the oracle knew nothing. */
    int open() {
        return open;
    }

    private void check(Approx expected, double actual, String what) {
        if (expected.any()) {
            open++;
        } else {
            judged++;
        }
        if (!expected.admits(actual)) {
            throw new Failure(what + " is " + actual + ", expected " + expected);
        }
    }

    /** The same bits, but any NaN for any NaN. */
    void sameAs(Verdict other, Case it, String mine, String others) {
        for (Operand operand : it.operands()) {
            if (operand.written()) {
                float[] a = results[operand.index()];
                float[] b = other.results[operand.index()];
                for (int i = 0; i < a.length; i++) {
                    if (Float.floatToIntBits(a[i]) != Float.floatToIntBits(b[i])) {
                        throw new Failure(
                                operand.name() + '[' + i / operand.cols() + ", " + i % operand.cols() + "] is "
                                        + a[i] + " = " + Float.toHexString(a[i]) + " by " + mine + ", " + b[i] + " = "
                                        + Float.toHexString(b[i]) + " by " + others);
                    }
                }
            }
        }
        // Equality of boxed numbers is equality of bits, any NaN being as good as another.
        if (returned != null && !returned.equals(other.returned)) {
            throw new Failure("returned " + returned + " by " + mine + ", " + other.returned + " by " + others);
        }
    }

    /** A case went wrong. */
    static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1;

        Failure(String message) {
            super(message);
        }

        Failure(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
