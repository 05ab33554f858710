package dev.backlane.bench.peer;

/** A peer that multiplies matrices. */
public interface SgemmPeer extends Peer {
    /**
     * Prepares {@code C ← op(A)·op(B)}, alpha 1 and beta 0, row-major.
     *
     * @param shape sizes and transposes
     * @param a A, not kept
     * @param b B, not kept
     * @return the product
     */
    Job sgemm(Shape shape, float[] a, float[] b);
}
