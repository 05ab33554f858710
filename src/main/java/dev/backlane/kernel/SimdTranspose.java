package dev.backlane.kernel;

import static jdk.incubator.vector.FloatVector.SPECIES_256;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Transposes 8×8 blocks in 256-bit registers: three rounds, each of which swaps, for every pair of rows that differ in one bit
 * of their number, the elements whose column differs in that bit (Eklundh 1972). A blend and a one-vector shuffle per row and
 * round: C2 has no two-vector unpack.
 */
final class SimdTranspose {
    static final int BLOCK = 8;

    private static final Class<FloatVector> W = Simd.type(SPECIES_256);
    private static final VectorShuffle<Float> FLIP1 = VectorShuffle.fromOp(SPECIES_256, lane -> lane ^ 1);
    private static final VectorShuffle<Float> FLIP2 = VectorShuffle.fromOp(SPECIES_256, lane -> lane ^ 2);
    private static final VectorShuffle<Float> FLIP4 = VectorShuffle.fromOp(SPECIES_256, lane -> lane ^ 4);
    private static final VectorMask<Float> BIT1 = VectorMask.fromLong(SPECIES_256, 0b10101010);
    private static final VectorMask<Float> BIT2 = VectorMask.fromLong(SPECIES_256, 0b11001100);
    private static final VectorMask<Float> BIT4 = VectorMask.fromLong(SPECIES_256, 0b11110000);

    private SimdTranspose() {}

    /**
     * {@code to[t + p·ldTo + j] ← b[bo + j·ldb + p]} for j below {@code rows} and p below k, a multiple of 8. Writes eight floats
     * for each p, in ascending order: where fewer rows are given, the last one stands in for the rest.
     */
    static void rows8(int rows, int k, float[] b, int bo, int ldb, float[] to, int t, int ldTo) {
        // Not min(i·ldb, last): the distance of rows that are not there may overflow.
        int last = rows - 1;
        int b1 = Math.min(1, last) * ldb;
        int b2 = Math.min(2, last) * ldb;
        int b3 = Math.min(3, last) * ldb;
        int b4 = Math.min(4, last) * ldb;
        int b5 = Math.min(5, last) * ldb;
        int b6 = Math.min(6, last) * ldb;
        int b7 = Math.min(7, last) * ldb;
        for (int end = bo + k; bo < end; bo += BLOCK, t += BLOCK * ldTo) {
            FloatVector a0 = W.cast(FloatVector.fromArray(SPECIES_256, b, bo));
            FloatVector a1 = W.cast(FloatVector.fromArray(SPECIES_256, b, bo + b1));
            FloatVector a2 = W.cast(FloatVector.fromArray(SPECIES_256, b, bo + b2));
            FloatVector a3 = W.cast(FloatVector.fromArray(SPECIES_256, b, bo + b3));
            FloatVector a4 = W.cast(FloatVector.fromArray(SPECIES_256, b, bo + b4));
            FloatVector a5 = W.cast(FloatVector.fromArray(SPECIES_256, b, bo + b5));
            FloatVector a6 = W.cast(FloatVector.fromArray(SPECIES_256, b, bo + b6));
            FloatVector a7 = W.cast(FloatVector.fromArray(SPECIES_256, b, bo + b7));

            FloatVector d0 = a0.blend(a1.rearrange(FLIP1), BIT1);
            FloatVector d1 = a0.rearrange(FLIP1).blend(a1, BIT1);
            FloatVector d2 = a2.blend(a3.rearrange(FLIP1), BIT1);
            FloatVector d3 = a2.rearrange(FLIP1).blend(a3, BIT1);
            FloatVector d4 = a4.blend(a5.rearrange(FLIP1), BIT1);
            FloatVector d5 = a4.rearrange(FLIP1).blend(a5, BIT1);
            FloatVector d6 = a6.blend(a7.rearrange(FLIP1), BIT1);
            FloatVector d7 = a6.rearrange(FLIP1).blend(a7, BIT1);

            FloatVector c0 = d0.blend(d2.rearrange(FLIP2), BIT2);
            FloatVector c2 = d0.rearrange(FLIP2).blend(d2, BIT2);
            FloatVector c1 = d1.blend(d3.rearrange(FLIP2), BIT2);
            FloatVector c3 = d1.rearrange(FLIP2).blend(d3, BIT2);
            FloatVector c4 = d4.blend(d6.rearrange(FLIP2), BIT2);
            FloatVector c6 = d4.rearrange(FLIP2).blend(d6, BIT2);
            FloatVector c5 = d5.blend(d7.rearrange(FLIP2), BIT2);
            FloatVector c7 = d5.rearrange(FLIP2).blend(d7, BIT2);

            c0.blend(c4.rearrange(FLIP4), BIT4).intoArray(to, t);
            c1.blend(c5.rearrange(FLIP4), BIT4).intoArray(to, t + ldTo);
            c2.blend(c6.rearrange(FLIP4), BIT4).intoArray(to, t + 2 * ldTo);
            c3.blend(c7.rearrange(FLIP4), BIT4).intoArray(to, t + 3 * ldTo);
            c0.rearrange(FLIP4).blend(c4, BIT4).intoArray(to, t + 4 * ldTo);
            c1.rearrange(FLIP4).blend(c5, BIT4).intoArray(to, t + 5 * ldTo);
            c2.rearrange(FLIP4).blend(c6, BIT4).intoArray(to, t + 6 * ldTo);
            c3.rearrange(FLIP4).blend(c7, BIT4).intoArray(to, t + 7 * ldTo);
        }
    }
}
