package dev.backlane.bench.report;

import dev.backlane.bench.FmaPeak;
import java.util.Optional;

/**
 * The fused multiply-adds per nanosecond that the machine can do, as floating-point operations: GFLOP/s.
 *
 * @param oneCore of one core while the others idle; NaN if not measured
 * @param perCore of each core while all work; NaN if not measured
 * @param cores how many
 */
record Peak(double oneCore, double perCore, int cores) {
    static Peak of(Results results) {
        Optional<Measurement> one = results.of("PeakBenchmark.oneCore").stream().findFirst();
        Optional<Measurement> all =
                results.of("PeakBenchmark.allCores").stream().findFirst();
        return new Peak(
                one.map(Peak::gflops).orElse(Double.NaN),
                all.map(Peak::gflops).orElse(Double.NaN),
                all.map(measurement -> measurement.number("jmhThreads")).orElse(1));
    }

    private static double gflops(Measurement measurement) {
        return FmaPeak.flops(measurement.number("lanes")) / measurement.spread().median();
    }

    double gflops(int threads) {
        return threads == 1 ? oneCore : perCore * Math.min(threads, cores);
    }

    boolean known(int threads) {
        return !Double.isNaN(gflops(threads));
    }
}
