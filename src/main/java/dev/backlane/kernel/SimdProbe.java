package dev.backlane.kernel;

import jdk.incubator.vector.VectorShape;

/** Asks the Vector API for its width before {@link Backend} has chosen, hence apart from {@link Simd}. */
final class SimdProbe {
    private SimdProbe() {}

    /** The widest shape, in bits, that this JVM turns into instructions on this processor. */
    static int widestBits() {
        return VectorShape.preferredShape().vectorBitSize();
    }
}
