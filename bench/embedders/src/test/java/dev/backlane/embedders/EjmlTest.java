package dev.backlane.embedders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.backlane.kernel.Gemm;
import dev.backlane.kernel.Workers;
import java.util.Random;
import org.ejml.data.FMatrixRMaj;
import org.ejml.data.FSubmatrixD1;
import org.ejml.dense.row.CommonOps_FDRM;
import org.junit.jupiter.api.Test;

/** Products on the arrays that EJML's matrices hold. */
class EjmlTest {
    private final Random random = new Random(1);

    /** C ← A·B for EJML's row-major matrices, in the array that C holds. */
    static void mult(Workers workers, FMatrixRMaj a, FMatrixRMaj b, FMatrixRMaj c) {
        if (a.numCols != b.numRows || c.numRows != a.numRows || c.numCols != b.numCols) {
            throw new IllegalArgumentException("shapes do not fit");
        }
        Gemm.sgemm(
                workers, false, false, a.numRows, b.numCols, a.numCols, 1, a.data, 0, a.numCols, b.data, 0, b.numCols,
                0, c.data, 0, c.numCols);
    }

    /** C ← A·B for blocks of such matrices: an offset, and the distance of the rows of the matrix around it. */
    static void mult(Workers workers, FSubmatrixD1 a, FSubmatrixD1 b, FSubmatrixD1 c) {
        int m = a.row1 - a.row0;
        int k = a.col1 - a.col0;
        int n = b.col1 - b.col0;
        if (b.row1 - b.row0 != k || c.row1 - c.row0 != m || c.col1 - c.col0 != n) {
            throw new IllegalArgumentException("shapes do not fit");
        }
        int lda = a.original.numCols;
        int ldb = b.original.numCols;
        int ldc = c.original.numCols;
        int aOffset = a.row0 * lda + a.col0;
        int bOffset = b.row0 * ldb + b.col0;
        int cOffset = c.row0 * ldc + c.col0;
        Gemm.sgemm(
                workers,
                false,
                false,
                m,
                n,
                k,
                1,
                a.original.data,
                aOffset,
                lda,
                b.original.data,
                bOffset,
                ldb,
                0,
                c.original.data,
                cOffset,
                ldc);
    }

    private FMatrixRMaj matrix(int rows, int cols) {
        return FMatrixRMaj.wrap(rows, cols, Steady.random(random, rows * cols));
    }

    @Test
    void whatEjmlComputesInItsOwnArray() {
        FMatrixRMaj a = matrix(33, 70);
        FMatrixRMaj b = matrix(70, 45);
        FMatrixRMaj c = matrix(33, 45);
        float[] data = c.data;
        mult(Workers.caller(), a, b, c);
        assertSame(data, c.data);
        FMatrixRMaj expected = new FMatrixRMaj(33, 45);
        CommonOps_FDRM.mult(a, b, expected);
        Steady.assertClose(expected.data, c.data);
        assertThrows(IllegalArgumentException.class, () -> mult(Workers.caller(), a, a, c));
    }

    @Test
    void blocksOfMatricesAndNothingAroundThem() {
        FMatrixRMaj outerA = matrix(40, 50);
        FMatrixRMaj outerB = matrix(60, 30);
        FMatrixRMaj outerC = matrix(40, 35);
        FMatrixRMaj before = outerC.copy();
        FSubmatrixD1 a = new FSubmatrixD1(outerA, 3, 20, 4, 45);
        FSubmatrixD1 b = new FSubmatrixD1(outerB, 7, 48, 2, 25);
        FSubmatrixD1 c = new FSubmatrixD1(outerC, 5, 22, 6, 29);
        mult(Workers.caller(), a, b, c);
        FMatrixRMaj expected = new FMatrixRMaj(17, 23);
        CommonOps_FDRM.mult(a.extract(), b.extract(), expected);
        Steady.assertClose(expected.data, c.extract().data);
        for (int i = 0; i < 40; i++) {
            for (int j = 0; j < 35; j++) {
                if (i < 5 || i >= 22 || j < 6 || j >= 29) {
                    assertEquals(before.get(i, j), outerC.get(i, j), "(" + i + ", " + j + ")");
                }
            }
        }
    }

    @Test
    void nothingIsCopied() {
        FMatrixRMaj a = matrix(17, 40);
        FMatrixRMaj b = matrix(40, 35);
        FMatrixRMaj c = matrix(17, 35);
        Steady.assertAllocatesNothing(() -> mult(Workers.caller(), a, b, c));
    }
}
