package dev.backlane.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
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
    /**
     * The class of the vectors of {@link #F}: {@code V.cast(v).add(w)} is a call whose target C2 knows. Where a vector comes out of
     * an array, a broadcast, a reinterpretation, a parameter or a loop, C2 sees a {@code FloatVector} while it parses, and asks
     * the profile of the Vector API's own methods, which all code of the process shares, for the class to inline. If other code used
     * vectors of another width, that profile names two classes; C2 may then fail to get rid of the vector as an object, and
     * allocates one per operation for good. The cast is gone once the vector's origin is inlined. So: cast every receiver that is
     * not the result of another call on a vector, and what accumulators are added to.
     */
    static final Class<FloatVector> V = type(F);

    static final Class<IntVector> IV = type(I);
    static final Class<DoubleVector> DV = type(D);

    /** The masks of {@link #F}. */
    @SuppressWarnings("unchecked")
    static final Class<VectorMask<Float>> M =
            (Class<VectorMask<Float>>) (Class<?>) F.maskAll(true).getClass();

    static final int LANES = F.length();

    private Simd() {}

    /** The class of all vectors of a species, which is final. */
    @SuppressWarnings("unchecked")
    static <T extends Vector<?>> Class<T> type(VectorSpecies<?> species) {
        return (Class<T>) species.vectorType();
    }
}
