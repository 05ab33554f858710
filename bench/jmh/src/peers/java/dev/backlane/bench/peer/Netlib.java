package dev.backlane.bench.peer;

import dev.ludovic.netlib.blas.JavaBLAS;

/** netlib's VectorBLAS, a BLAS in Java on the Vector API; column-major, hence the operands change places. */
public final class Netlib implements SgemmPeer {
    private JavaBLAS blas;

    @Override
    public String name() {
        return "netlib";
    }

    @Override
    public String load() {
        blas = JavaBLAS.getInstance();
        String implementation = blas.getClass().getSimpleName();
        if (!implementation.equals("VectorBLAS")) {
            throw new IllegalStateException("VectorBLAS wanted, but got " + implementation);
        }
        return "netlib " + implementation;
    }

    @Override
    public boolean multithreaded() {
        return false;
    }

    @Override
    public void threads(int threads) {}

    @Override
    public Job sgemm(Shape s, float[] a, float[] b) {
        JavaBLAS own = blas;
        float[] ownA = a.clone();
        float[] ownB = b.clone();
        float[] c = new float[s.sizeC()];
        String operationA = s.transposeA() ? "T" : "N";
        String operationB = s.transposeB() ? "T" : "N";
        return new Job() {
            @Override
            public void run() {
                own.sgemm(operationB, operationA, s.n(), s.m(), s.k(), 1, ownB, s.ldb(), ownA, s.lda(), 0, c, s.n());
            }

            @Override
            public float[] result() {
                return c.clone();
            }
        };
    }
}
