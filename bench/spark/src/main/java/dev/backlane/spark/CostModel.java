package dev.backlane.spark;

import java.util.List;

/**
 * The time of one step, fitted to measured ones. With n parameters, a batch of B, P partitions on S cores and v(P) the vectors that
 * are added one behind the other on the way to the driver:
 *
 * <pre>
 *   T = fixed + task·P + kernel·n·B/S + move·n + vector·n·v(P)
 * </pre>
 *
 * @param fixed seconds of a job
 * @param task seconds of launching a task, one behind the other at the driver
 * @param kernel seconds for a parameter and example on one core
 * @param move seconds for a parameter: broadcast and update
 * @param vector seconds for a parameter and vector: serialised, sent, added
 */
record CostModel(double fixed, double task, double kernel, double move, double vector) {
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
     */
    record Run(int parameters, int batch, int parts, int cores, int depth, double seconds) {
        private double[] terms() {
            double n = parameters;
            return new double[] {1, parts, n * batch / Math.min(cores, parts), n, n * vectors(parts, depth)};
        }
    }

    /**
     * Least squares of the relative errors over factors of at least 0, by coordinate descent.
     *
     * @param runs at least as many as there are factors, of several sizes and numbers of partitions
     * @return the factors
     */
    static CostModel fit(List<Run> runs) {
        double[][] terms = runs.stream().map(Run::terms).toArray(double[][]::new);
        int factors = terms[0].length;
        double[] rest = new double[terms.length];
        for (int i = 0; i < terms.length; i++) {
            rest[i] = 1;
            for (int k = 0; k < factors; k++) {
                terms[i][k] /= runs.get(i).seconds();
            }
        }
        double[] x = new double[factors];
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            for (int k = 0; k < factors; k++) {
                double slope = 0;
                double square = 0;
                for (int i = 0; i < terms.length; i++) {
                    slope += terms[i][k] * rest[i];
                    square += terms[i][k] * terms[i][k];
                }
                double next = Math.max(0, x[k] + slope / square);
                for (int i = 0; i < terms.length; i++) {
                    rest[i] -= (next - x[k]) * terms[i][k];
                }
                x[k] = next;
            }
        }
        return new CostModel(x[0], x[1], x[2], x[3], x[4]);
    }

    /**
     * Vectors that are added one behind the other: a group's at each level, then those that reach the driver. The levels are those
     * of Spark's {@code treeAggregate}.
     *
     * @param parts partitions
     * @param depth as given to treeAggregate
     * @return their number
     */
    static int vectors(int parts, int depth) {
        int scale = Math.max((int) Math.ceil(Math.pow(parts, 1.0 / depth)), 2);
        int left = parts;
        int serial = 0;
        while (left > scale + Math.ceil((double) left / scale)) {
            int groups = left / scale;
            serial += (left + groups - 1) / groups;
            left = groups;
        }
        return serial + left;
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
        return fixed + task * workers + (move + vector * vectors(workers, depth)) * parameters;
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
        return kernel * parameters * batch / workers;
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
