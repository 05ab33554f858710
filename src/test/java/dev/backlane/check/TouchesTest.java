package dev.backlane.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What a pass may touch: its outputs, whole, and nothing else. */
class TouchesTest {
    private static void defect(GradientReport report, String words) {
        assertEquals(Verdict.FAIL, report.verdict(), report::toString);
        assertTrue(report.defects().stream().anyMatch(d -> d.contains(words)), report::toString);
    }

    @Test
    void aForwardPassThatModifiesTheFirstElementOfItsInput() {
        double[] x = {1, 2};
        double[] dx = new double[2];
        boolean[] modifies = {false};
        GradientCheck check = GradientCheck.ofLoss(
                        () -> {
                            double y = x[0] * x[1];
                            x[0] = modifies[0] ? 0 : x[0];
                            return y;
                        },
                        () -> {
                            dx[0] = x[1];
                            dx[1] = x[0];
                        })
                .input("x", x, dx);
        assertEquals(Verdict.PASS, check.check().verdict());
        modifies[0] = true;
        defect(check.check(), "forward modifies its input x at [0, 0]");
    }

    /** 0·g + v overwrites whatever is finite. */
    @Test
    void whatOverwritesMustNotLetNaNThrough() {
        double[] x = {3};
        double[] dx = new double[1];
        GradientCheck check = GradientCheck.ofLoss(() -> x[0] * x[0], () -> dx[0] = 0 * dx[0] + 2 * x[0])
                .input("x", x, dx);
        assertEquals(Verdict.PASS, check.check().verdict());
        defect(check.accumulates(false).check(), "declared to overwrite");
    }

    /** Two outputs of two rows each; the gaps of the first are tempting. */
    private static GradientReport rows(Tensor first, Tensor second, Tensor dFirst, Tensor dSecond, Runnable stray) {
        double[] x = {0.5};
        double[] dx = new double[1];
        return GradientCheck.of(
                        () -> {
                            for (int k = 0; k < first.size(); k++) {
                                first.set(k, (k + 1) * x[0]);
                            }
                            for (int k = 0; k < second.size(); k++) {
                                second.set(k, (k + 2) * x[0]);
                            }
                            stray.run();
                        },
                        () -> {
                            dx[0] = 0;
                            for (int k = 0; k < first.size(); k++) {
                                dx[0] += (k + 1) * dFirst.get(k);
                            }
                            for (int k = 0; k < second.size(); k++) {
                                dx[0] += (k + 2) * dSecond.get(k);
                            }
                        })
                .input("x", x, dx)
                .output("first", first, dFirst)
                .output("second", second, dSecond)
                .check();
    }

    private static Tensor like(Tensor tensor) {
        return Tensor.of(new double[tensor.size()], tensor.rows(), tensor.columns());
    }

    @Test
    void aForwardPassThatWritesBetweenTheRowsOfAnOutput() {
        double[] a = new double[12];
        double[] b = new double[12];
        Tensor first = Tensor.of(a, 2, 3).leading(6);
        Tensor second = Tensor.of(b, 12);
        assertEquals(
                Verdict.PASS,
                rows(first, second, like(first), like(second), () -> {}).verdict());
        // at a place that the second output would fill, were it in the same array
        defect(
                rows(first, second, like(first), like(second), () -> a[4] = 1),
                "forward writes between the rows of a tensor, at array index 4");
    }

    @Test
    void theSameInFloat() {
        float[] a = new float[12];
        float[] b = new float[12];
        Tensor first = Tensor.of(a, 2, 3).leading(6);
        Tensor second = Tensor.of(b, 12);
        assertEquals(
                Verdict.PASS,
                rows(first, second, like(first), like(second), () -> {}).verdict());
        defect(
                rows(first, second, like(first), like(second), () -> a[4] = 1),
                "forward writes between the rows of a tensor, at array index 4");
    }

    /** In one array, the second beside the first for two of its three rows; what lies beside the third belongs to nobody. */
    @Test
    void tensorsSideBySideInOneArray() {
        double[] a = new double[4 * 6];
        Tensor first = Tensor.of(a, 4, 3).leading(6);
        Tensor second = Tensor.of(a, 2, 3).at(3).leading(6);
        assertEquals(
                Verdict.PASS,
                rows(first, second, like(first), like(second), () -> {}).verdict());
        defect(
                rows(first, second, like(first), like(second), () -> a[15] = 1),
                "forward writes between the rows of a tensor, at array index 15");
    }

    @Test
    void aTensorWithoutRowsHasNothingBetweenThem() {
        double[] a = new double[12];
        Tensor first = Tensor.of(a, 2, 3).leading(6);
        Tensor none = Tensor.of(new double[12], 0, 3).leading(6);
        GradientReport report = rows(first, none, like(first), like(none), () -> {});
        assertEquals(0, report.defects().size(), report::toString);
    }
}
