package dev.backlane.digits;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What one core can do at most: fused multiply-adds in registers alone, in ten independent chains, so that none waits for the one
 * before; twelve spill where there are sixteen registers. Four steps in each turn of the loop make the method too large for C2 to
 * inline (325 bytecodes): inlined into a measuring loop it was seen to spill, too. {@code bench/jmh} has the same loop; neither
 * module can depend on the other. Needs the module of the Vector API; without it, loading this class fails.
 */
final class FmaPeak {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int CHAINS = 10;
    private static final int STEPS = 2000;

    /** Floating-point operations of one {@link #run}. */
    static final double OPERATIONS = 2.0 * CHAINS * STEPS * SPECIES.length();

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
        FloatVector a = vy;
        FloatVector b = vy;
        FloatVector c = vy;
        FloatVector d = vy;
        FloatVector e = vy;
        FloatVector f = vy;
        FloatVector g = vy;
        FloatVector h = vy;
        FloatVector i = vy;
        FloatVector j = vy;
        for (int step = 0; step < STEPS; step += 4) {
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
        }
        FloatVector sum = a.add(b).add(c).add(d).add(e);
        return sum.add(f).add(g).add(h).add(i).add(j).lane(0);
    }
}
