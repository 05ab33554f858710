package dev.backlane.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The fused multiply-adds that a core can do at most: ten independent chains in registers, which is at least
 * latency times pipes of any current core, and no memory. Every benchmark's share of peak refers to it.
 *
 * <p>Four steps in each turn of the loop make the method too large for C2 to inline (325 bytecodes): inlined into a
 * benchmark's loop, it was seen to spill and to show half of the peak.
 */
public final class FmaPeak {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int CHAINS = 10;
    private static final int STEPS = 4096;

    /** Floats in a vector of this machine. */
    public static final int LANES = SPECIES.length();

    private FmaPeak() {}

    /**
     * Floating-point operations of one {@link #run}.
     *
     * @param lanes {@link #LANES} of the machine that ran it
     * @return how many
     */
    public static double flops(int lanes) {
        return 2.0 * CHAINS * STEPS * lanes;
    }

    /**
     * {@code c ← c·factor + term} in every lane of every chain, {@value #STEPS} times.
     *
     * @param factor below 1, so that the chains converge
     * @param term not near 0, so that they stay away from subnormals
     * @return depends on every chain
     */
    public static float run(float factor, float term) {
        FloatVector f = FloatVector.broadcast(SPECIES, factor);
        FloatVector t = FloatVector.broadcast(SPECIES, term);
        FloatVector c0 = t;
        FloatVector c1 = t;
        FloatVector c2 = t;
        FloatVector c3 = t;
        FloatVector c4 = t;
        FloatVector c5 = t;
        FloatVector c6 = t;
        FloatVector c7 = t;
        FloatVector c8 = t;
        FloatVector c9 = t;
        for (int i = 0; i < STEPS; i += 4) {
            c0 = c0.fma(f, t);
            c1 = c1.fma(f, t);
            c2 = c2.fma(f, t);
            c3 = c3.fma(f, t);
            c4 = c4.fma(f, t);
            c5 = c5.fma(f, t);
            c6 = c6.fma(f, t);
            c7 = c7.fma(f, t);
            c8 = c8.fma(f, t);
            c9 = c9.fma(f, t);
            c0 = c0.fma(f, t);
            c1 = c1.fma(f, t);
            c2 = c2.fma(f, t);
            c3 = c3.fma(f, t);
            c4 = c4.fma(f, t);
            c5 = c5.fma(f, t);
            c6 = c6.fma(f, t);
            c7 = c7.fma(f, t);
            c8 = c8.fma(f, t);
            c9 = c9.fma(f, t);
            c0 = c0.fma(f, t);
            c1 = c1.fma(f, t);
            c2 = c2.fma(f, t);
            c3 = c3.fma(f, t);
            c4 = c4.fma(f, t);
            c5 = c5.fma(f, t);
            c6 = c6.fma(f, t);
            c7 = c7.fma(f, t);
            c8 = c8.fma(f, t);
            c9 = c9.fma(f, t);
            c0 = c0.fma(f, t);
            c1 = c1.fma(f, t);
            c2 = c2.fma(f, t);
            c3 = c3.fma(f, t);
            c4 = c4.fma(f, t);
            c5 = c5.fma(f, t);
            c6 = c6.fma(f, t);
            c7 = c7.fma(f, t);
            c8 = c8.fma(f, t);
            c9 = c9.fma(f, t);
        }
        FloatVector sum = c0.add(c1).add(c2).add(c3).add(c4).add(c5);
        return sum.add(c6).add(c7).add(c8).add(c9).lane(0);
    }
}
