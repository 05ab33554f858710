package dev.backlane.bench.peer;

import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/** OpenBLAS's {@code cblas_sgemm} on off-heap operands. */
public final class OpenBlas implements SgemmPeer {
    static final String LIBRARY = "libopenblas.so.0";

    @Override
    public String name() {
        return "openblas";
    }

    @Override
    public String load() {
        requireOwnChoice();
        Loader.load(openblas_nolapack.class);
        return Native.string(LIBRARY, "openblas_get_config");
    }

    /** Its kernels and block sizes must be those that it chooses for this machine. */
    static void requireOwnChoice() {
        for (String variable : List.of("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")) {
            if (System.getenv(variable) != null) {
                throw new IllegalStateException("the environment variable " + variable + " must not be set");
            }
        }
    }

    @Override
    public boolean multithreaded() {
        return true;
    }

    @Override
    public void threads(int threads) {
        Native.call(LIBRARY, "openblas_set_num_threads", threads);
    }

    @Override
    public Job sgemm(Shape s, float[] a, float[] b) {
        OffHeap memory = new OffHeap();
        FloatPointer nativeA = memory.copy(a);
        FloatPointer nativeB = memory.copy(b);
        FloatPointer c = memory.copy(new float[s.sizeC()]);
        int operationA = s.transposeA() ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans;
        int operationB = s.transposeB() ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans;
        return new Job() {
            @Override
            public void run() {
                openblas_nolapack.cblas_sgemm(
                        openblas_nolapack.CblasRowMajor,
                        operationA,
                        operationB,
                        s.m(),
                        s.n(),
                        s.k(),
                        1,
                        nativeA,
                        s.lda(),
                        nativeB,
                        s.ldb(),
                        0,
                        c,
                        s.n());
            }

            @Override
            public float[] result() {
                return OffHeap.array(c, s.sizeC());
            }

            @Override
            public void close() {
                memory.close();
            }
        };
    }
}
