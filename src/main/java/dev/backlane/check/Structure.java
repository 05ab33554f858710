package dev.backlane.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Checks that need no numeric derivative: same bits twice, inputs left alone, nothing written between the rows,
 * accumulate or overwrite as declared, linear in the cotangents.
 */
final class Structure {
    /** Written between rows, and found again if nobody writes there. Exact in float. */
    private static final double CANARY = -1.0625e7;

    private final Problem problem;
    private final Probes probes;
    private final long seed;
    private final List<String> defects;

    Structure(Problem problem, Probes probes, long seed, List<String> defects) {
        this.problem = problem;
        this.probes = probes;
        this.seed = seed;
        this.defects = defects;
    }

    static String at(Tensor shape, int k) {
        return "[" + k / shape.columns() + ", " + k % shape.columns() + "]";
    }

    /**
     * The forward pass, after one at a displaced point: a cache that is not refreshed holds the displaced activations
     * from here on.
     */
    double[] forward() {
        Canaries canaries =
                new Canaries(problem.outputs.stream().map(s -> s.values).toList());
        stale();
        double[] base = problem.forward();
        inputsUntouched("forward");
        canaries.check("forward", defects);
        stale();
        double[] again = problem.forward();
        int j = firstDifference(base, again);
        if (j >= 0) {
            defects.add("forward is not deterministic: element " + j + " of the outputs is " + base[j] + ", then "
                    + again[j] + " for the same inputs");
        }
        return base;
    }

    /** The gradients, per probe and input. */
    double[][][] backward() {
        Canaries canaries = new Canaries(problem.inputs.stream()
                .filter(s -> s.gradient != null)
                .map(s -> s.gradient)
                .toList());
        double[][][] gradients = new double[probes.count()][][];
        for (int p = 0; p < gradients.length; p++) {
            stale();
            gradients[p] = problem.gradient(probes.cotangent(p));
            inputsUntouched("backward");
        }
        canaries.check("backward", defects);
        repeatable(gradients[0]);
        prefilled(gradients[0]);
        if (probes.count() > 1) {
            linear(gradients);
        }
        return gradients;
    }

    private void stale() {
        problem.jitter(new SplitMix(seed, 4), 0x1p-4);
        problem.forward();
        problem.restore();
    }

    private void repeatable(double[][] first) {
        stale();
        double[][] second = problem.gradient(probes.cotangent(0));
        for (int i = 0; i < first.length; i++) {
            int k = first[i] == null ? -1 : firstDifference(first[i], second[i]);
            if (k >= 0) {
                defects.add("backward is not deterministic: the gradient of " + problem.inputs.get(i).name
                        + at(problem.inputs.get(i).values, k) + " is " + first[i][k] + ", then " + second[i][k]
                        + " for the same inputs");
            }
        }
    }

    /** Runs backward into buffers that already hold something, and sees what becomes of it. */
    private void prefilled(double[][] clean) {
        double[][] prefill = new double[clean.length][];
        // far larger than any term that backward adds, so that no rounding of the sum can swallow it
        double size = 1;
        for (double[] gradient : clean) {
            size = gradient == null ? size : Math.max(size, Math.min(4 * Numbers.largest(gradient), 0x1p+120));
        }
        for (int i = 0; i < clean.length; i++) {
            if (clean[i] == null) {
                continue;
            }
            Slot slot = problem.inputs.get(i);
            SplitMix random = new SplitMix(seed, 5, i);
            prefill[i] = new double[clean[i].length];
            for (int k = 0; k < prefill[i].length; k++) {
                // declared to overwrite: not even NaN may shine through
                boolean poison = Boolean.FALSE.equals(slot.accumulates);
                slot.gradient.set(k, poison ? Double.NaN : size * random.nextWeight());
                prefill[i][k] = slot.gradient.get(k);
            }
        }
        double[][] result = problem.gradientIntoPrefilled(probes.cotangent(0));
        for (int i = 0; i < clean.length; i++) {
            if (clean[i] != null) {
                classify(problem.inputs.get(i), clean[i], prefill[i], result[i]);
            }
        }
    }

    private void classify(Slot slot, double[] clean, double[] prefill, double[] result) {
        int overwritten = -1;
        int added = -1;
        for (int k = 0; k < clean.length; k++) {
            double toClean = result[k] == clean[k] ? 0 : Math.abs(result[k] - clean[k]);
            double toSum = Math.abs(result[k] - (prefill[k] + clean[k]));
            // terms round differently in a sum that starts elsewhere: ask which of the two it is nearer to
            if (toClean <= 0.25 * Math.abs(prefill[k]) || toClean == 0) {
                overwritten = overwritten < 0 ? k : overwritten;
            } else if (toSum <= 0.25 * Math.abs(prefill[k]) || Double.isNaN(prefill[k]) && Double.isNaN(result[k])) {
                added = added < 0 ? k : added;
            } else if (Double.isFinite(clean[k])) {
                defects.add("the gradient of " + slot.name + at(slot.values, k) + " is " + clean[k]
                        + " into a zeroed buffer, and " + result[k] + " into one that held " + prefill[k]
                        + ": neither overwritten nor added to");
                return;
            }
        }
        if (Boolean.TRUE.equals(slot.accumulates) && overwritten >= 0) {
            defects.add("the gradient of " + slot.name + at(slot.values, overwritten)
                    + " is overwritten, and was declared to accumulate (= for +=?)");
        } else if (Boolean.FALSE.equals(slot.accumulates) && added >= 0) {
            defects.add("the gradient of " + slot.name + at(slot.values, added)
                    + " keeps what the buffer held, and was declared to overwrite it (+= for =, or never written?)");
        } else if (added >= 0 && overwritten >= 0) {
            defects.add("the gradient of " + slot.name + " is overwritten at " + at(slot.values, overwritten)
                    + " and added to at " + at(slot.values, added));
        }
    }

    /** backward(c₁ + c₂ + …) = backward(c₁) + backward(c₂) + … over all probes, of one output as well. */
    private void linear(double[][][] gradients) {
        double[] joint = new double[problem.outputSize()];
        for (int p = 0; p < gradients.length; p++) {
            for (int j = 0; j < joint.length; j++) {
                joint[j] += probes.cotangent(p)[j];
            }
        }
        double[][] whole = problem.gradient(joint);
        double tolerance = problem.epsilon() > 1e-10 ? 1e-3 : 1e-9;
        for (int i = 0; i < whole.length; i++) {
            int input = i;
            double[] scales = Arrays.stream(gradients)
                    .mapToDouble(g -> g[input] == null ? 0 : Numbers.largest(g[input]))
                    .toArray();
            for (int k = 0; whole[i] != null && k < whole[i].length; k++) {
                double sum = 0;
                double size = 0;
                double largest = 0;
                for (int p = 0; p < gradients.length; p++) {
                    sum += gradients[p][i][k];
                    size += Math.abs(gradients[p][i][k]);
                    largest += scales[p];
                }
                // cancellation inside one coordinate is judged by the input's scale
                if (Math.abs(whole[i][k] - sum) > tolerance * (size + 0x1p-4 * largest)) {
                    defects.add("backward is not linear in the cotangents: the gradient of "
                            + problem.inputs.get(i).name + at(problem.inputs.get(i).values, k) + " is " + sum
                            + " as a sum over cotangents, and " + whole[i][k] + " for their sum");
                    break;
                }
            }
        }
    }

    private void inputsUntouched(String who) {
        for (int i = 0; i < problem.inputs.size(); i++) {
            Slot slot = problem.inputs.get(i);
            int k = firstDifference(problem.point(i), slot.values.read());
            if (k >= 0) {
                String text = who + " modifies its input " + slot.name + " at " + at(slot.values, k);
                if (!defects.contains(text)) {
                    defects.add(text);
                }
                problem.restore();
            }
        }
    }

    private static int firstDifference(double[] a, double[] b) {
        for (int k = 0; k < a.length; k++) {
            if (!Numbers.sameBits(a[k], b[k])) {
                return k;
            }
        }
        return -1;
    }

    /** The elements between a tensor's rows that belong to no tensor of the group. */
    private static final class Canaries {
        private final List<Tensor> tensors;
        private final List<BitSet> gaps = new ArrayList<>();
        private final List<double[]> kept = new ArrayList<>();

        Canaries(List<Tensor> tensors) {
            this.tensors = tensors;
            for (Tensor tensor : tensors) {
                BitSet gap = new BitSet();
                if (tensor.leading() > tensor.columns() && tensor.size() > 0) {
                    gap.set(tensor.offset(), tensor.offset() + (tensor.rows() - 1) * tensor.leading());
                    for (Tensor other : tensors) {
                        if (other.store().array() == tensor.store().array()) {
                            for (int r = 0; r < other.rows(); r++) {
                                int start = other.offset() + r * other.leading();
                                gap.clear(start, start + other.columns());
                            }
                        }
                    }
                }
                gaps.add(gap);
                kept.add(gap.stream().mapToDouble(tensor.store()::get).toArray());
                gap.stream().forEach(k -> tensor.store().set(k, CANARY));
            }
        }

        void check(String who, List<String> defects) {
            for (int t = 0; t < tensors.size(); t++) {
                Store store = tensors.get(t).store();
                int[] indices = gaps.get(t).stream().toArray();
                for (int n = 0; n < indices.length; n++) {
                    if (store.get(indices[n]) != CANARY) {
                        defects.add(who + " writes between the rows of a tensor, at array index " + indices[n]);
                        break;
                    }
                }
                for (int n = 0; n < indices.length; n++) {
                    store.set(indices[n], kept.get(t)[n]);
                }
            }
        }
    }
}
