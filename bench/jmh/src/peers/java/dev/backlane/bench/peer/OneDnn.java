package dev.backlane.bench.peer;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;

/** oneDNN's {@code dnnl_sgemm} on off-heap operands; threads are those of libgomp. */
public final class OneDnn implements SgemmPeer {
    @Override
    public String name() {
        return "onednn";
    }

    @Override
    public String load() {
        Loader.load(dnnl.class);
        return "oneDNN " + dnnl.DNNL_VERSION_MAJOR + '.' + dnnl.DNNL_VERSION_MINOR + '.' + dnnl.DNNL_VERSION_PATCH
                + ", instructions " + dnnl.get_effective_cpu_isa();
    }

    @Override
    public boolean multithreaded() {
        return true;
    }

    @Override
    public void threads(int threads) {
        Native.call("libgomp.so.1", "omp_set_num_threads", threads);
    }

    @Override
    public Job sgemm(Shape s, float[] a, float[] b) {
        OffHeap memory = new OffHeap();
        FloatPointer nativeA = memory.copy(a);
        FloatPointer nativeB = memory.copy(b);
        FloatPointer c = memory.copy(new float[s.sizeC()]);
        byte operationA = (byte) (s.transposeA() ? 'T' : 'N');
        byte operationB = (byte) (s.transposeB() ? 'T' : 'N');
        return new Job() {
            @Override
            public void run() {
                int status = dnnl.dnnl_sgemm(
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
                if (status != 0) {
                    throw new IllegalStateException("dnnl_sgemm returned " + status);
                }
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
