package dev.backlane.check;

import java.util.stream.IntStream;

/**
 * The cotangents: each is zero outside one output, so that an output of small scale is not drowned by another of large
 * scale. There are several of each output, since a contraction may happen to cancel; the passes forward are shared.
 */
final class Probes {
    private static final int VARIANTS = 3;
    /** Above this many parameters, one variant: each keeps a gradient in double. */
    private static final int MANY = 1 << 22;

    private final double[][] cotangents;
    private final int outputs;

    Probes(Problem problem, long seed) {
        outputs = problem.outputs.size();
        long parameters = problem.inputs.stream().mapToLong(Slot::size).sum();
        boolean scalar = problem.outputs.stream().allMatch(slot -> slot.size() == 1);
        int variants = scalar || parameters > MANY ? 1 : VARIANTS;
        cotangents = new double[variants * outputs][problem.outputSize()];
        for (int v = 0; v < variants; v++) {
            int from = 0;
            for (int o = 0; o < outputs; o++) {
                Slot slot = problem.outputs.get(o);
                SplitMix random = new SplitMix(seed, 1, o, v);
                for (int j = from; j < from + slot.size(); j++) {
                    cotangents[v * outputs + o][j] = slot.loss ? 1 : random.nextWeight();
                }
                from += slot.size();
            }
        }
    }

    int count() {
        return cotangents.length;
    }

    double[] cotangent(int p) {
        return cotangents[p];
    }

    int outputOf(int p) {
        return p % outputs;
    }

    int[] all() {
        return IntStream.range(0, count()).toArray();
    }

    /** One probe of every output. */
    int[] ofVariant(int variant) {
        int v = variant % (count() / outputs);
        return IntStream.range(v * outputs, (v + 1) * outputs).toArray();
    }
}
