package dev.backlane.fuzz;

import java.util.SplittableRandom;

/** What an array holds. */
enum Numbers {
    /** Uniform in (−2, 2). */
    ORDINARY,
    /** Whole numbers of one digit, whose sums are exact. */
    WHOLE,
    /** Uniform in (−100, 100), where exponentials saturate. */
    LARGE,
    /** {@link #ORDINARY}, but for two that are {@link #SPECIAL}. */
    SPRINKLED,
    /** Subnormals, and what products make subnormal. */
    TINY,
    /** Any finite floats. */
    WIDE,
    /** Zeros, infinities, NaN, the ends of the range, and where functions bend. */
    SPECIAL;

    private static final float[] SPECIALS = {
        0f,
        -0f,
        1f,
        -1f,
        Float.NaN,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        0x1p-127f,
        0x1p-24f,
        88.7f,
        -87.4f,
        -104f,
        17f,
        -17f,
        9.01f,
        -10.9f,
        1e-10f
    };

    private float next(SplittableRandom random) {
        return switch (this) {
            case ORDINARY, SPRINKLED -> (float) random.nextDouble(-2, 2);
            case WHOLE -> random.nextInt(-9, 10);
            case LARGE -> (float) random.nextDouble(-100, 100);
            case TINY -> (float) random.nextDouble(-2, 2) * (random.nextBoolean() ? 0x1p-126f : 0x1p-75f);
            case WIDE -> {
                float any = Float.intBitsToFloat(random.nextInt());
                yield Float.isFinite(any) ? any : 1;
            }
            case SPECIAL -> random.nextInt(4) == 0 ? WIDE.next(random) : SPECIALS[random.nextInt(SPECIALS.length)];
        };
    }

    float[] fill(SplittableRandom random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = next(random);
        }
        if (this == SPRINKLED && n > 0) {
            values[random.nextInt(n)] = SPECIAL.next(random);
            values[random.nextInt(n)] = SPECIAL.next(random);
        }
        return values;
    }
}
