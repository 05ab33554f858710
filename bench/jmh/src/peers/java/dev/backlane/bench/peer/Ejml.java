package dev.backlane.bench.peer;

import org.ejml.EjmlVersion;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;

/** EJML, plain Java loops on the heap. */
public final class Ejml implements SgemmPeer {
    @Override
    public String name() {
        return "ejml";
    }

    @Override
    public String load() {
        return "EJML " + EjmlVersion.VERSION;
    }

    @Override
    public boolean multithreaded() {
        return false;
    }

    @Override
    public void threads(int threads) {}

    @Override
    public Job sgemm(Shape s, float[] a, float[] b) {
        FMatrixRMaj ownA = new FMatrixRMaj(s.sizeA() / s.lda(), s.lda(), true, a.clone());
        FMatrixRMaj ownB = new FMatrixRMaj(s.sizeB() / s.ldb(), s.ldb(), true, b.clone());
        FMatrixRMaj c = new FMatrixRMaj(s.m(), s.n());
        return new Job() {
            @Override
            public void run() {
                if (s.transposeA() && s.transposeB()) {
                    CommonOps_FDRM.multTransAB(ownA, ownB, c);
                } else if (s.transposeA()) {
                    CommonOps_FDRM.multTransA(ownA, ownB, c);
                } else if (s.transposeB()) {
                    CommonOps_FDRM.multTransB(ownA, ownB, c);
                } else {
                    CommonOps_FDRM.mult(ownA, ownB, c);
                }
            }

            @Override
            public float[] result() {
                return c.data.clone();
            }
        };
    }
}
