package dev.backlane.graph;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Activations;
import dev.backlane.kernel.Elementwise;

/**
 * One term of a sum over paths on its way from a node to its neighbour: it starts as the gradient or the tangent that
 * comes in, is multiplied by a local derivative, and is added to what the neighbour has. Reused, so that nothing is
 * allocated.
 *
 * <p>Works in the neighbour's own array where it is the first term there, else in scratch.
 */
final class Term {
    final Values s;
    private final float[] scratch;
    private final float[] number = new float[1];

    Node z;
    private Node x;
    private Slots to;
    private boolean direct;
    /** The factor so far: what came in, until the first operation writes to the place of the term. */
    private Shape shape;

    private float[] now;
    private int nowAt;
    private float[] place;
    private int placeAt;

    Term(Values s, int scratch) {
        this.s = s;
        this.scratch = new float[scratch];
    }

    /** A term of z's shape that starts with the numbers of another node, spread to that shape, and ends in scratch. */
    Term start(Node z, Slots from, Node factor) {
        this.z = z;
        shape = factor.shape;
        now = from.array(factor);
        nowAt = from.at(factor);
        to = null;
        place = scratch;
        placeAt = 0;
        return this;
    }

    /** It ends in x. */
    Term into(Node x, Slots to) {
        this.x = x;
        this.to = to;
        direct = x.size() == z.size() && !to.has(x);
        if (direct) {
            place = to.array(x);
            placeAt = to.at(x);
        }
        return this;
    }

    /** Adds it to what x has, summed over what x was spread to. */
    void end() {
        boolean adds = to.addsTo(x);
        if (!direct) {
            Broadcast.reduce(z.shape, scratch, 0, x.shape, adds, to.array(x), to.at(x));
        }
    }

    Term times(Slots slots, Node y) {
        return apply(Elementwise::multiply, y.shape, slots.array(y), slots.at(y));
    }

    Term over(Slots slots, Node y) {
        return apply(Elementwise::divide, y.shape, slots.array(y), slots.at(y));
    }

    Term times(float factor) {
        number[0] = factor;
        return apply(Elementwise::multiply, Shape.SCALAR, number, 0);
    }

    Term times(Term y) {
        return apply(Elementwise::multiply, y.shape, y.now, y.nowAt);
    }

    Term minus(Term y) {
        return apply(Elementwise::subtract, y.shape, y.now, y.nowAt);
    }

    /** Becomes 1 less what it is. */
    Term complement() {
        number[0] = 1;
        Broadcast.apply(Elementwise::subtract, z.shape, Shape.SCALAR, number, 0, shape, now, nowAt, place, placeAt);
        return placed();
    }

    private Term apply(Broadcast.Kernel kernel, Shape ys, float[] y, int yo) {
        Broadcast.apply(kernel, z.shape, shape, now, nowAt, ys, y, yo, place, placeAt);
        return placed();
    }

    /** Times f′, which reads the output or the pre-activation. */
    Term timesDerivative(Activation f, Node saved) {
        Activations.backward(f, z.size(), s.v.array(saved), s.v.at(saved), now, nowAt, place, placeAt);
        return placed();
    }

    /** Times f″, which reads what f′ reads. */
    Term timesSecondDerivative(Activation f, Node saved) {
        Elementwise.secondDerivative(f, z.size(), s.v.array(saved), s.v.at(saved), now, nowAt, place, placeAt);
        return placed();
    }

    /** Becomes 1 where x ≥ y, else 0. */
    Term atLeast(Node x, Node y) {
        Broadcast.apply(
                Elementwise::atLeast,
                z.shape,
                x.shape,
                s.v.array(x),
                s.v.at(x),
                y.shape,
                s.v.array(y),
                s.v.at(y),
                place,
                placeAt);
        return placed();
    }

    /** Becomes the sign of x. */
    Term sign(Node x) {
        Elementwise.sign(z.size(), s.v.array(x), s.v.at(x), place, placeAt);
        return placed();
    }

    /** Becomes xᵖ. */
    Term power(Node x, float p) {
        Elementwise.power(z.size(), p, s.v.array(x), s.v.at(x), place, placeAt);
        return placed();
    }

    private Term placed() {
        shape = z.shape;
        now = place;
        nowAt = placeAt;
        return this;
    }
}
