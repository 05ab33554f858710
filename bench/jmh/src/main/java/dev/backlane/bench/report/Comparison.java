package dev.backlane.bench.report;

/**
 * Backlane against the fastest peer at one job.
 *
 * @param section what kind of job
 * @param job which one
 * @param threads that both may use
 * @param rival the fastest peer
 * @param ratio its time over Backlane's: above 1 Backlane is faster
 */
record Comparison(String section, String job, int threads, String rival, Spread ratio) {
    /** Whether even the forks least in Backlane's favour say so. */
    boolean ahead() {
        return ratio.low() > 1;
    }

    /** Whether even the forks most in Backlane's favour say so. */
    boolean behind() {
        return ratio.high() < 1;
    }
}
