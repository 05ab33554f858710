package dev.backlane.spark;

import java.util.Arrays;
import java.util.List;

/**
 * The time of one step, fitted to measured ones. With n parameters, a batch of B, P partitions on S cores, treeAggregate in s(P)
 * stages with v(P) vectors that are added one behind the other on the way to the driver:
 *
 * <pre>
 *   T = kernel·n·B/S + stage·s(P) + task·P + move·n·(1 + s(P)·⌈P/S⌉ + v(P))
 * </pre>
 *
 * <p>The last bracket counts the times that n numbers are written, sent and read again one behind the other: the broadcast, each
 * stage's output of a core, and the additions.
 *
 * @param kernel seconds for a parameter and example on one core
 * @param stage seconds of a stage
 * @param task seconds of launching a task
 * @param move seconds for a parameter that is moved once
 */
record CostModel(double kernel, double stage, double task, double move) {
    private static final int SWEEPS = 100_000;

    /**
     * A measured step.
     *
     * @param parameters n
     * @param batch B
     * @param parts P
     * @param cores S
     * @param depth of treeAggregate
     * @param seconds T
     * @param kernelSeconds what of it was computing
     */
    record Run(int parameters, int batch, int parts, int cores, int depth, double seconds, double kernelSeconds) {}

    /**
     * Least squares of the relative errors over factors of at least 0: of the kernel's time by itself, then of the rest.
     *
     * @param runs of several sizes and numbers of partitions, more than there are factors
     * @return the factors
     */
    static CostModel fit(List<Run> runs) {
        double[] computing = fit(
                runs.stream()
                        .map(run -> new double[] {share(run.parameters, run.batch, Math.min(run.cores, run.parts))})
                        .toList(),
                runs.stream().mapToDouble(Run::kernelSeconds).toArray());
        double[] rest = fit(
                runs.stream()
                        .map(run -> new double[] {
                            levels(run.parts, run.depth)[0],
                            run.parts,
                            (double) run.parameters * moves(run.parts, run.cores, run.depth)
                        })
                        .toList(),
                runs.stream()
                        .mapToDouble(run -> run.seconds - run.kernelSeconds)
                        .toArray());
        return new CostModel(computing[0], rest[0], rest[1], rest[2]);
    }

    /** By coordinate descent. */
    private static double[] fit(List<double[]> terms, double[] values) {
        int factors = terms.get(0).length;
        double[] x = new double[factors];
        double[] rest = new double[values.length];
        Arrays.fill(rest, 1);
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            for (int k = 0; k < factors; k++) {
                double slope = 0;
                double square = 0;
                for (int i = 0; i < rest.length; i++) {
                    double term = terms.get(i)[k] / values[i];
                    slope += term * rest[i];
                    square += term * term;
                }
                double next = Math.max(0, x[k] + slope / square);
                for (int i = 0; i < rest.length; i++) {
                    rest[i] -= (next - x[k]) * terms.get(i)[k] / values[i];
                }
                x[k] = next;
            }
        }
        return x;
    }

    private static double share(int parameters, int batch, int workers) {
        return (double) parameters * batch / workers;
    }

    /** How often a vector is moved, one after the other. */
    static int moves(int parts, int cores, int depth) {
        int[] levels = levels(parts, depth);
        int busy = Math.min(cores, parts);
        return 1 + levels[0] * ((parts + busy - 1) / busy) + levels[1];
    }

    /** Stages of Spark's treeAggregate; and vectors that are added one behind the other: a group's, then the driver's. */
    static int[] levels(int parts, int depth) {
        int scale = Math.max((int) Math.ceil(Math.pow(parts, 1.0 / depth)), 2);
        int stages = 1;
        int vectors = 0;
        int left = parts;
        while (left > scale + Math.ceil((double) left / scale)) {
            int groups = left / scale;
            vectors += (left + groups - 1) / groups;
            stages++;
            left = groups;
        }
        return new int[] {stages, vectors + left};
    }

    /**
     * A run's time as the model has it.
     *
     * @param run its sizes
     * @return seconds
     */
    double step(Run run) {
        int cores = Math.min(run.cores, run.parts);
        return kernel * share(run.parameters, run.batch, cores)
                + communication(run.parameters, run.parts, run.cores, run.depth);
    }

    private double communication(int parameters, int parts, int cores, int depth) {
        return stage * levels(parts, depth)[0] + task * parts + move * parameters * moves(parts, cores, depth);
    }

    /**
     * What remains the same or grows as workers are added, for one partition a worker.
     *
     * @param parameters n
     * @param workers P and S
     * @param depth of treeAggregate
     * @return seconds
     */
    double communication(int parameters, int workers, int depth) {
        return communication(parameters, workers, workers, depth);
    }

    /**
     * What workers share.
     *
     * @param parameters n
     * @param batch B
     * @param workers P and S
     * @return seconds
     */
    double kernel(int parameters, int batch, int workers) {
        return kernel * share(parameters, batch, workers);
    }

    /**
     * The fewest workers, up to a million, at which a step spends more on communication than on its share of the work.
     *
     * @param parameters n
     * @param batch B
     * @param depth of treeAggregate
     * @return 1 or more
     */
    int crossing(int parameters, int batch, int depth) {
        int workers = 1;
        while (workers < 1_000_000 && communication(parameters, workers, depth) < kernel(parameters, batch, workers)) {
            workers++;
        }
        return workers;
    }

    /**
     * The number of workers with the shortest step, up to a thousand.
     *
     * @param parameters n
     * @param batch B
     * @param depth of treeAggregate
     * @return 1 or more
     */
    int fastest(int parameters, int batch, int depth) {
        int best = 1;
        for (int workers = 2; workers <= 1000; workers++) {
            if (step(parameters, batch, workers, depth) < step(parameters, batch, best, depth)) {
                best = workers;
            }
        }
        return best;
    }

    /**
     * A step, with one partition a worker.
     *
     * @param parameters n
     * @param batch B
     * @param workers P and S
     * @param depth of treeAggregate
     * @return seconds
     */
    double step(int parameters, int batch, int workers, int depth) {
        return communication(parameters, workers, depth) + kernel(parameters, batch, workers);
    }
}
