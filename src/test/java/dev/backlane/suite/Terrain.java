package dev.backlane.suite;

import dev.backlane.check.Mode;
import java.util.SplittableRandom;

/** Which numbers a case is filled with. The first is the one that a case shrinks to. */
enum Terrain {
    /** Magnitudes from 1/8 to 1: away from the kinks at 0 and from saturation, so that every derivative is resolved. */
    ORDINARY,
    /** Every third number thirty times larger: sigmoids saturate, softmax has one winner. */
    SATURATED,
    /** Zeros of either sign and subnormals among ordinary numbers: kinks, underflow, lost digits. */
    SUBNORMAL;

    float[] numbers(SplittableRandom random, int n, double gain) {
        float[] numbers = new float[n];
        for (int i = 0; i < n; i++) {
            double x = gain * random.nextDouble(0.125, 1) * (random.nextBoolean() ? 1 : -1);
            int die = random.nextInt(6);
            if (this == SATURATED && die < 2) {
                x *= 30;
            } else if (this == SUBNORMAL && die < 3) {
                x = die == 0 ? Math.copySign(0, x) : x * Float.MIN_NORMAL;
            }
            numbers[i] = (float) x;
        }
        return numbers;
    }

    /**
     * Which modes can tell on these numbers. In TAYLOR, a direction through a saturated unit has no coordinate that says
     * that digits are lost; and where many units lie at their kink, a difference along a direction has no derivative to
     * find.
     */
    boolean suits(Mode mode) {
        return switch (mode) {
            case JACOBIAN, ADJOINT -> true;
            case PROJECTION -> this != SUBNORMAL;
            case TAYLOR -> this == ORDINARY;
        };
    }
}
