package dev.backlane.kernel;

/**
 * One call of {@link Updates}, cut into chunks for the workers. Chunks are whole multiples of the widest vector; since updates
 * are elementwise, where the cuts are changes no bit.
 */
final class UpdateJob implements Workers.Job {
    static final Pool<UpdateJob> POOL = new Pool<>(UpdateJob::new);

    /** Vectors shorter than this stay on the caller: to wake a thread takes longer than to update them. */
    static final int PARALLEL = 1 << 16;

    private static final int LEAST_CHUNK = 1 << 14;
    private static final int CHUNKS_PER_THREAD = 4;

    enum Kind {
        GRADIENT_DESCENT,
        MOMENTUM,
        NESTEROV,
        ADAM
    }

    Kind kind;
    int n;
    float rate;
    /** Momentum, or beta1. */
    float decay;

    float beta2;
    float root;
    float epsilon;
    float keep;
    float[] p;
    int po;
    float[] g;
    int go;
    /** Velocity, or first moment. */
    float[] m;

    int mo;
    float[] v;
    int vo;
    private int chunk;

    /** Runs on the workers, then goes back to the pool; not if it throws, for then a thread may still be running it. */
    void runOn(Workers workers) {
        int parts = 1;
        chunk = n;
        if (n >= PARALLEL && workers.threads() > 1) {
            long fair = n / ((long) CHUNKS_PER_THREAD * workers.threads()) + 1;
            chunk = (int) Math.max(LEAST_CHUNK, (fair + Sweeps.LANES - 1) / Sweeps.LANES * Sweeps.LANES);
            parts = (n - 1) / chunk + 1;
        }
        workers.run(this, parts);
        // The pool shall not keep a caller's arrays alive.
        p = null;
        g = null;
        m = null;
        v = null;
        POOL.give(this);
    }

    @Override
    public void run(int part) {
        int i = part * chunk;
        int length = Math.min(chunk, n - i);
        switch (kind) {
            case GRADIENT_DESCENT -> Kernels.SWEEPS.axpy(length, -rate, g, go + i, p, po + i);
            case MOMENTUM -> Kernels.SWEEPS.momentum(length, rate, decay, p, po + i, g, go + i, m, mo + i);
            case NESTEROV -> Kernels.SWEEPS.nesterov(length, rate, decay, p, po + i, g, go + i, m, mo + i);
            case ADAM ->
                Kernels.SWEEPS.adam(
                        length, rate, decay, beta2, root, epsilon, keep, p, po + i, g, go + i, m, mo + i, v, vo + i);
        }
    }
}
