package dev.backlane.check;

import dev.backlane.check.Ladder.Outcome;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/** Every coordinate, or a sample of them. */
final class JacobianMode {
    /** Up to this many coordinates of one input, numeric values are kept to see what the failures have in common. */
    private static final int DIAGNOSED = 1 << 20;

    private static final int CALIBRATION = 3;

    private final CheckRun run;

    JacobianMode(CheckRun run) {
        this.run = run;
    }

    void run(Tally tally) {
        for (int i = 0; i < run.inputCount(); i++) {
            if (run.differentiates(i)) {
                check(i, tally);
            }
        }
    }

    private void check(int input, Tally tally) {
        Tensor shape = run.shape(input);
        int[] coordinates = run.coordinates(input);
        Probes probes = run.probes();
        int start = startLevel(input, coordinates);
        boolean keeps = shape.size() <= DIAGNOSED;
        double[][] numeric = keeps ? new double[probes.count()][shape.size()] : null;
        BitSet failed = new BitSet();
        int guilty = -1;
        for (int k : coordinates) {
            double[] analytic = run.analytic(input, k);
            Outcome[] outcomes = run.coordinate(input, k, start, null);
            Finding finding = tally.coordinate(input, k, analytic, outcomes);
            if (keeps) {
                for (int p = 0; p < outcomes.length; p++) {
                    // unread because another probe passed: then this one agrees as well
                    numeric[p][k] = outcomes[p] == null ? analytic[p] : outcomes[p].numeric();
                }
            }
            if (finding.verdict() == Verdict.FAIL) {
                failed.set(k);
                guilty = guilty < 0 ? failing(outcomes) : guilty;
            }
        }
        if (keeps && guilty >= 0) {
            tally.diagnose(input, Diagnosis.ofInput(shape, run.gradient(input, guilty), numeric[guilty], failed));
        }
    }

    private static int failing(Outcome[] outcomes) {
        return IntStream.range(0, outcomes.length)
                .filter(p -> outcomes[p] != null && outcomes[p].verdict() == Verdict.FAIL)
                .findFirst()
                .orElse(-1);
    }

    /** Where the ladder usually ends for this input, from a few of its coordinates; independent of what is checked. */
    private int startLevel(int input, int[] coordinates) {
        if (coordinates.length <= 1) {
            coordinates = IntStream.range(0, run.shape(input).size()).toArray();
        }
        if (coordinates.length == 0) {
            return 0;
        }
        SplitMix random = new SplitMix(run.seed(), 6, input);
        int[] levels = new int[CALIBRATION];
        for (int s = 0; s < CALIBRATION; s++) {
            int[] level = new int[1];
            Outcome[] outcomes =
                    run.coordinate(input, random.nextInt(run.shape(input).size()), 0, level);
            boolean settled = Arrays.stream(outcomes).anyMatch(o -> o != null && o.verdict() != Verdict.INCONCLUSIVE);
            levels[s] = settled ? level[0] : 0;
        }
        Arrays.sort(levels);
        return levels[CALIBRATION / 2];
    }
}
