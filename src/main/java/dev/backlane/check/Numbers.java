package dev.backlane.check;

/** Small numeric helpers. */
final class Numbers {
    private Numbers() {}

    static double largest(double[] values) {
        double largest = 0;
        for (double v : values) {
            if (Math.abs(v) > largest && Double.isFinite(v)) {
                largest = Math.abs(v);
            }
        }
        return largest;
    }

    /** The power of two nearest below or at a positive normal number: adding it to x loses no bit of the step itself. */
    static double powerOfTwo(double positive) {
        return Double.longBitsToDouble(Double.doubleToRawLongBits(positive) & 0x7FF0_0000_0000_0000L);
    }

    static boolean sameBits(double a, double b) {
        return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    static double relative(double a, double b) {
        double scale = Math.max(Math.abs(a), Math.abs(b));
        return a == b ? 0 : scale == 0 ? 0 : Math.abs(a - b) / scale;
    }
}
