package dev.backlane.nn;

import dev.backlane.kernel.Vectors;
import java.io.Serializable;
import java.util.HashMap;

/**
 * The sum of the gradients, losses and example counts of a batch's parts, to the same bits in whatever order the parts come in and
 * however they are grouped on the way, as an engine needs that adds up as tasks happen to end, and repeats those that fail.
 *
 * <p>Float addition is not associative, so the order is fixed: the parts are the leaves of one binary tree. Part p is at place
 * ⌊p/groups⌋·2ᵏ + p mod groups, 2ᵏ the least power of two that is not below the number of groups; with one group the places are
 * the numbers. Node (r, m) has the places ≡ r (mod m), m a power of two, and is
 *
 * <pre>
 *   sum(r, m) = sum(r, 2m) + sum(r + m, 2m),   the batch being sum(0, 1)
 * </pre>
 *
 * <p>A sum adds what the tree says as soon as it has both sides, and keeps the rest as it came. Parts that meet by their number
 * modulo the number of groups, as in {@code treeAggregate}, or with one group modulo a power of two, as in recursive halving,
 * melt into one vector at once; any other way to meet gives the same bits, from more vectors under way.
 *
 * <p>A part without examples has no vector. Not for two threads at the same time.
 */
public final class GradientSum implements Serializable {
    private static final long serialVersionUID = 1;

    /**
     * What is in under one node of the tree.
     *
     * @param residue r of its places
     * @param modulus m of its places
     * @param examples how many are in
     * @param loss theirs, summed
     * @param gradients theirs, summed; null without examples
     */
    private record Node(int residue, int modulus, long examples, double loss, float[] gradients)
            implements Serializable {}

    /** Of the batch. */
    private final int parts;
    /** In which parts meet first. */
    private final int groups;
    /** By {@link #key}; no two of them have a part in common. */
    private final HashMap<Long, Node> nodes = new HashMap<>();

    private GradientSum(int parts, int groups) {
        this.parts = parts;
        this.groups = groups;
    }

    /**
     * The sum of nothing, of parts in one group.
     *
     * @param parts of the batch, 1 to 2²⁹
     * @return a sum to add to
     * @throws IllegalArgumentException if parts is out of its range
     */
    public static GradientSum none(int parts) {
        return none(parts, 1);
    }

    /**
     * The sum of nothing.
     *
     * @param parts of the batch, 1 to 2²⁹
     * @param groups 1 to parts: part p meets those of group p mod groups first
     * @return a sum to add to
     * @throws IllegalArgumentException if an argument is out of its range
     */
    public static GradientSum none(int parts, int groups) {
        if (parts < 1 || parts > 1 << 29) {
            throw new IllegalArgumentException("parts must be 1 to " + (1 << 29) + ", but is " + parts);
        }
        if (groups < 1 || groups > parts) {
            throw new IllegalArgumentException("groups must be 1 to " + parts + ", but is " + groups);
        }
        return new GradientSum(parts, groups);
    }

    /**
     * One part, of parts in one group.
     *
     * @param part which one, from 0
     * @param parts of the batch, 1 to 2²⁹
     * @param examples of the part
     * @param loss its Σ losses, scaled as the gradients
     * @param gradients its Σ gradients, used and not copied; not read without examples
     * @return a sum of this part
     * @throws IllegalArgumentException if an argument is out of its range
     */
    public static GradientSum of(int part, int parts, long examples, double loss, float[] gradients) {
        return of(part, parts, 1, examples, loss, gradients);
    }

    /**
     * One part.
     *
     * @param part which one, from 0
     * @param parts of the batch, 1 to 2²⁹
     * @param groups as of the sum that it is added to
     * @param examples of the part
     * @param loss its Σ losses, scaled as the gradients
     * @param gradients its Σ gradients, used and not copied; not read without examples
     * @return a sum of this part
     * @throws IllegalArgumentException if an argument is out of its range
     */
    public static GradientSum of(int part, int parts, int groups, long examples, double loss, float[] gradients) {
        GradientSum sum = none(parts, groups);
        if (part < 0 || part >= parts) {
            throw new IllegalArgumentException("part must be in [0, " + parts + "), but is " + part);
        }
        if (examples < 0) {
            throw new IllegalArgumentException("examples must be at least 0, but is " + examples);
        }
        if (examples > 0) {
            Checks.notNull("gradients", gradients);
        }
        int modulus = powerOfTwo(sum.place(parts - 1) + 1);
        sum.put(new Node(sum.place(part), modulus, examples, loss, examples == 0 ? null : gradients));
        return sum;
    }

    /**
     * Adds what another sum has; its vectors are used and not copied, so it is of no use afterwards.
     *
     * @param other of the same batch, with other parts
     * @return this
     * @throws IllegalArgumentException if the other has another number of parts or groups, vectors of another length, or a part that is in
     *     already; nothing is added then
     */
    public GradientSum add(GradientSum other) {
        if (other.parts != parts || other.groups != groups) {
            throw new IllegalArgumentException("other must have " + parts + " parts in " + groups + " groups, but has "
                    + other.parts + " in " + other.groups);
        }
        for (Node theirs : other.nodes.values()) {
            for (Node ours : nodes.values()) {
                int modulus = Math.min(ours.modulus, theirs.modulus);
                if (ours.residue % modulus == theirs.residue % modulus) {
                    int place = Math.max(ours.residue, theirs.residue);
                    int part = place / powerOfTwo(groups) * groups + place % powerOfTwo(groups);
                    throw new IllegalArgumentException(
                            "other must have new parts, but part " + part + " is in already");
                }
                if (ours.gradients != null
                        && theirs.gradients != null
                        && ours.gradients.length != theirs.gradients.length) {
                    throw new IllegalArgumentException("other must have gradients of " + ours.gradients.length
                            + " elements, but has " + theirs.gradients.length);
                }
            }
        }
        for (Node node : other.nodes.values()) {
            put(node);
        }
        return this;
    }

    /** Climbs as far as there is a sibling, or no part that a sibling could have. */
    private void put(Node node) {
        Node sum = node;
        while (sum.modulus > 1) {
            int half = sum.modulus / 2;
            int lower = sum.residue % half;
            int upper = lower + half;
            if (upper % powerOfTwo(groups) < groups && upper <= place(parts - 1)) {
                Node sibling = nodes.remove(key(sum.residue == lower ? upper : lower, sum.modulus));
                if (sibling == null) {
                    break;
                }
                sum = sum.residue == lower ? plus(sum, sibling) : plus(sibling, sum);
            }
            sum = new Node(lower, half, sum.examples, sum.loss, sum.gradients);
        }
        nodes.put(key(sum.residue, sum.modulus), sum);
    }

    private static Node plus(Node lower, Node upper) {
        float[] gradients = lower.gradients;
        if (gradients == null) {
            gradients = upper.gradients;
        } else if (upper.gradients != null) {
            Vectors.axpy(gradients.length, 1, upper.gradients, 0, gradients, 0);
        }
        return new Node(
                lower.residue, lower.modulus, lower.examples + upper.examples, lower.loss + upper.loss, gradients);
    }

    private int place(int part) {
        return part / groups * powerOfTwo(groups) + part % groups;
    }

    /** The least one from n on. */
    private static int powerOfTwo(int n) {
        return Integer.highestOneBit(2 * n - 1);
    }

    private static long key(int residue, int modulus) {
        return (long) modulus << 32 | residue;
    }

    /**
     * Vectors that it holds: what it costs to send.
     *
     * @return 1 or 0 when complete, at most one for each part before
     */
    public int vectors() {
        return (int)
                nodes.values().stream().filter(node -> node.gradients != null).count();
    }

    /**
     * Examples of the whole batch, by which a caller can tell that none was lost.
     *
     * @return Σ of the parts' examples
     * @throws IllegalStateException if a part is missing
     */
    public long examples() {
        return whole().examples;
    }

    /**
     * The loss of the whole batch.
     *
     * @return Σ of the parts' losses
     * @throws IllegalStateException if a part is missing
     */
    public double loss() {
        return whole().loss;
    }

    /**
     * The gradient of the whole batch.
     *
     * @return Σ of the parts' gradients, not a copy; null if the batch has no examples
     * @throws IllegalStateException if a part is missing
     */
    public float[] gradients() {
        return whole().gradients;
    }

    private Node whole() {
        Node whole = nodes.get(key(0, 1));
        if (whole == null) {
            throw new IllegalStateException("a part is missing; what is in, as place (mod places apart): "
                    + nodes.values().stream()
                            .map(node -> node.residue + " (mod " + node.modulus + ")")
                            .sorted()
                            .toList());
        }
        return whole;
    }
}
