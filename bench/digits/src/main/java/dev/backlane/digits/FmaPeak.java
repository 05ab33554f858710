package dev.backlane.digits;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What one core can do at most: fused multiply-adds in registers alone, in so many independent chains that none waits for the one
 * before. Needs the module of the Vector API; without it, loading this class fails.
 */
final class FmaPeak {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int CHAINS = 12;
    private static final int ROUNDS = 2000;

    /** Floating-point operations of one {@link #run}. */
    static final double OPERATIONS = 2.0 * CHAINS * ROUNDS * SPECIES.length();

    private FmaPeak() {}

    /**
     * Every chain: {@code a ← a·x + y}, again and again.
     *
     * @param x below 1, so that the chains stay finite
     * @param y not 0, so that they stay normal
     * @return depends on each of them
     */
    static float run(float x, float y) {
        FloatVector vx = FloatVector.broadcast(SPECIES, x);
        FloatVector vy = FloatVector.broadcast(SPECIES, y);
        FloatVector a = vx;
        FloatVector b = vy;
        FloatVector c = vx;
        FloatVector d = vy;
        FloatVector e = vx;
        FloatVector f = vy;
        FloatVector g = vx;
        FloatVector h = vy;
        FloatVector i = vx;
        FloatVector j = vy;
        FloatVector k = vx;
        FloatVector l = vy;
        for (int round = 0; round < ROUNDS; round++) {
            a = a.fma(vx, vy);
            b = b.fma(vx, vy);
            c = c.fma(vx, vy);
            d = d.fma(vx, vy);
            e = e.fma(vx, vy);
            f = f.fma(vx, vy);
            g = g.fma(vx, vy);
            h = h.fma(vx, vy);
            i = i.fma(vx, vy);
            j = j.fma(vx, vy);
            k = k.fma(vx, vy);
            l = l.fma(vx, vy);
        }
        FloatVector sum = a.add(b).add(c).add(d).add(e).add(f);
        return sum.add(g).add(h).add(i).add(j).add(k).add(l).lane(0);
    }
}
