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

    private static final VectorShuffle<Float> FLIP1 = VectorShuffle.fromOp(SPECIES_256, lane -> lane ^ 1);
    private static final VectorShuffle<Float> FLIP2 = VectorShuffle.fromOp(SPECIES_256, lane -> lane ^ 2);
    private static final VectorShuffle<Float> FLIP4 = VectorShuffle.fromOp(SPECIES_256, lane -> lane ^ 4);
    private static final VectorMask<Float> BIT1 = VectorMask.fromLong(SPECIES_256, 0b10101010);
    private static final VectorMask<Float> BIT2 = VectorMask.fromLong(SPECIES_256, 0b11001100);
    private static final VectorMask<Float> BIT4 = VectorMask.fromLong(SPECIES_256, 0b11110000);

    private SimdTranspose() {}

    /** {@code to[t + p·ldTo + j] ← b[bo + j·ldb + p]} for j below 8 and p below k, a multiple of 8. */
    static void rows8(int k, float[] b, int bo, int ldb, float[] to, int t, int ldTo) {
        for (int end = bo + k; bo < end; bo += BLOCK, t += BLOCK * ldTo) {
            FloatVector a0 = FloatVector.fromArray(SPECIES_256, b, bo);
            FloatVector a1 = FloatVector.fromArray(SPECIES_256, b, bo + ldb);
            FloatVector a2 = FloatVector.fromArray(SPECIES_256, b, bo + 2 * ldb);
            FloatVector a3 = FloatVector.fromArray(SPECIES_256, b, bo + 3 * ldb);
            FloatVector a4 = FloatVector.fromArray(SPECIES_256, b, bo + 4 * ldb);
            FloatVector a5 = FloatVector.fromArray(SPECIES_256, b, bo + 5 * ldb);
            FloatVector a6 = FloatVector.fromArray(SPECIES_256, b, bo + 6 * ldb);
            FloatVector a7 = FloatVector.fromArray(SPECIES_256, b, bo + 7 * ldb);

            FloatVector b0 = a0.blend(a1.rearrange(FLIP1), BIT1);
            FloatVector b1 = a0.rearrange(FLIP1).blend(a1, BIT1);
            FloatVector b2 = a2.blend(a3.rearrange(FLIP1), BIT1);
            FloatVector b3 = a2.rearrange(FLIP1).blend(a3, BIT1);
            FloatVector b4 = a4.blend(a5.rearrange(FLIP1), BIT1);
            FloatVector b5 = a4.rearrange(FLIP1).blend(a5, BIT1);
            FloatVector b6 = a6.blend(a7.rearrange(FLIP1), BIT1);
            FloatVector b7 = a6.rearrange(FLIP1).blend(a7, BIT1);

            FloatVector c0 = b0.blend(b2.rearrange(FLIP2), BIT2);
            FloatVector c2 = b0.rearrange(FLIP2).blend(b2, BIT2);
            FloatVector c1 = b1.blend(b3.rearrange(FLIP2), BIT2);
            FloatVector c3 = b1.rearrange(FLIP2).blend(b3, BIT2);
            FloatVector c4 = b4.blend(b6.rearrange(FLIP2), BIT2);
            FloatVector c6 = b4.rearrange(FLIP2).blend(b6, BIT2);
            FloatVector c5 = b5.blend(b7.rearrange(FLIP2), BIT2);
            FloatVector c7 = b5.rearrange(FLIP2).blend(b7, BIT2);

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
