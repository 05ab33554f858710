package dev.backlane.kernel;

import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector shape of this process. Constants of a class that is initialised once, after {@link Backend} has chosen:
 * C2 sees them as compile-time constants, which the Vector API needs in order to become instructions at all.
 */
final class Simd {
    static final VectorSpecies<Float> F = VectorSpecies.of(float.class, VectorShape.forBitSize(Backend.bits()));
    static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());
    static final VectorSpecies<Double> D = VectorSpecies.of(double.class, F.vectorShape());
    static final int LANES = F.length();

    private Simd() {}
}
