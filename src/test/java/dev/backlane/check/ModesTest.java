package dev.backlane.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What each mode finds, says and counts, on functions of a few numbers. */
class ModesTest {
    private static final int N = 8;

    /** {@code yⱼ = Σₖ A[j][k]·sin xₖ + w₀·w₁} with three outputs; one entry of the backward pass can be made wrong. */
    private static final class Sines {
        final double[] x = new double[N];
        final double[] dx = new double[N];
        final double[] tx = new double[N];
        final double[] w = {0.5, 3};
        final double[] dw = new double[2];
        final double[] tw = new double[2];
        final double[] y = new double[3];
        final double[] dy = new double[3];
        final double[] ty = new double[3];
        final double[] factor = new double[N];
        double scale = 1;
        int calls;

        Sines() {
            for (int k = 0; k < N; k++) {
                x[k] = 0.3 + 0.1 * k;
                factor[k] = 1;
            }
        }

        private double a(int j, int k) {
            return scale * (1 + (3 * j + 5 * k) % 7);
        }

        private void forward() {
            calls++;
            for (int j = 0; j < 3; j++) {
                y[j] = scale * w[0] * w[1];
                for (int k = 0; k < N; k++) {
                    y[j] += a(j, k) * Math.sin(x[k]);
                }
            }
        }

        private void backward() {
            for (int k = 0; k < N; k++) {
                dx[k] = 0;
                for (int j = 0; j < 3; j++) {
                    dx[k] += factor[k] * a(j, k) * Math.cos(x[k]) * dy[j];
                }
            }
            dw[0] = scale * w[1] * (dy[0] + dy[1] + dy[2]);
            dw[1] = scale * w[0] * (dy[0] + dy[1] + dy[2]);
        }

        private void tangents() {
            for (int j = 0; j < 3; j++) {
                ty[j] += scale * (tw[0] * w[1] + w[0] * tw[1]);
                for (int k = 0; k < N; k++) {
                    ty[j] += a(j, k) * Math.cos(x[k]) * tx[k];
                }
            }
        }

        GradientReport check(Mode mode) {
            return GradientCheck.of(this::forward, this::backward)
                    .input("x", x, dx, 2, 4)
                    .input("w", w, dw)
                    .output("y", y, dy)
                    .jvp(this::tangents)
                    .tangent("x", Tensor.of(tx, 2, 4))
                    .tangent("w", Tensor.of(tw))
                    .tangent("y", Tensor.of(ty))
                    .mode(mode)
                    .check();
        }
    }

    @Test
    void correctGradientsOfAnyScalePassAndEveryEvaluationIsCounted() {
        for (Mode mode : Mode.values()) {
            for (double scale : new double[] {1, 1e6, 1e-6}) {
                Sines sines = new Sines();
                sines.scale = scale;
                GradientReport report = sines.check(mode);
                assertEquals(Verdict.PASS, report.verdict(), report::toString);
                assertEquals(sines.calls, report.evaluations(), mode.toString());
            }
        }
    }

    @Test
    void theTwinsEvaluationsCountAsWell() {
        int[] calls = new int[1];
        float[] xf = {2};
        float[] dxf = new float[1];
        double[] x = new double[1];
        double[] y = new double[1];
        GradientReport report = GradientCheck.ofLoss(
                        () -> {
                            calls[0]++;
                            return xf[0] * xf[0];
                        },
                        () -> dxf[0] = 2 * xf[0])
                .input("x", xf, dxf)
                .inDouble(GradientCheck.ofForward(() -> {
                            calls[0]++;
                            y[0] = x[0] * x[0];
                        })
                        .input("x", Tensor.of(x))
                        .output("loss", Tensor.of(y)))
                .check();
        assertEquals(calls[0], report.evaluations());
    }

    @Test
    void oneWrongCoordinateIsNamed() {
        for (Mode mode : new Mode[] {Mode.JACOBIAN, Mode.PROJECTION, Mode.ADJOINT}) {
            for (int k = 0; k < N; k++) {
                Sines sines = new Sines();
                sines.factor[k] = 1.01;
                GradientReport report = sines.check(mode);
                int row = k / 4;
                int column = k % 4;
                String at = "[" + row + ", " + column + "]";
                assertEquals(Verdict.FAIL, report.verdict(), report::toString);
                InputSummary summary = report.inputs().getFirst();
                assertTrue(
                        summary.diagnosis().endsWith(at) || summary.diagnosis().contains(at + ":"), report::toString);
                Finding culprit = report.worst().stream()
                        .filter(f -> f.row() == row && f.column() == column && f.verdict() == Verdict.FAIL)
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(report.toString()));
                assertEquals(0.01, culprit.analytic() / culprit.numeric() - 1, 1e-6, report::toString);
                assertEquals(Verdict.PASS, report.inputs().getLast().verdict(), report::toString);
            }
        }
    }

    /** Of equal shares of every coordinate's error no half stands out less than another, and some coordinate is named. */
    @Test
    void aCommonFactorIsFoundInEveryMode() {
        for (Mode mode : Mode.values()) {
            Sines sines = new Sines();
            Arrays.fill(sines.factor, -1);
            GradientReport report = sines.check(mode);
            assertEquals(Verdict.FAIL, report.verdict(), report::toString);
            String said = report.inputs().getFirst().diagnosis();
            switch (mode) {
                case JACOBIAN -> assertEquals("all coordinates fail: analytic = -numeric (a sign?)", said);
                case PROJECTION, ADJOINT -> assertTrue(said.startsWith("bisected to ["), said);
                case TAYLOR -> assertEquals("", said);
            }
        }
    }

    /** Directions tell how small an error of one coordinate they would have seen; in double that is some 10⁻¹⁰. */
    @Test
    void sensitivityIsThatOfTheMeasurement() {
        for (Mode mode : new Mode[] {Mode.PROJECTION, Mode.ADJOINT}) {
            for (double scale : new double[] {1, 1e6, 1e-6}) {
                Sines sines = new Sines();
                sines.scale = scale;
                GradientReport report = sines.check(mode);
                double seen = report.inputs().getFirst().sensitivity();
                assertTrue(seen > 64 * 0x1p-53 && seen < 1e-7, report::toString);
                String words = String.format(Locale.ROOT, "off by %.2g%%", 100 * seen);
                assertTrue(report.toString().contains(words), report::toString);
            }
        }
    }

    /** A direction's own numbers, which the verdict needs the difference of only. */
    @Test
    void aDirectionReportsTheDerivativeItself() {
        GradientReport report = GradientCheck.ofFunction(v -> 3 * v[0] + 5 * v[1], v -> new double[] {3, 5}, 1, 1)
                .mode(Mode.PROJECTION)
                .check();
        for (Finding finding : report.worst()) {
            double size = Math.abs(finding.analytic());
            assertTrue(Math.abs(size - 8) < 1e-9 || Math.abs(size - 2) < 1e-9, report::toString);
            assertEquals(finding.analytic(), finding.numeric(), 1e-6);
        }
    }

    @Test
    void aKinkIsOneHoweverSmall() {
        for (double jump : new double[] {1e-3, 1, 1e3}) {
            GradientReport report = GradientCheck.ofFunction(
                            v -> jump * Math.max(v[0], 0), v -> new double[] {0.3 * jump}, 0)
                    .check();
            assertEquals(Verdict.INCONCLUSIVE, report.verdict(), report::toString);
            assertEquals(1, report.inputs().getFirst().kinks(), report::toString);
        }
    }

    @Test
    void errorsOfNothingAtAllAreInTheHistogram() {
        GradientReport report = GradientCheck.ofFunction(v -> 2 * v[0], v -> new double[] {2}, 1)
                .check();
        assertEquals(1, report.histogram()[0], report::toString);
        assertTrue(report.toString().contains("< 1e-16"), report::toString);
    }

    @Test
    void aTwinIsHeldAgainstEveryOutput() {
        for (int wrong = 0; wrong < 3; wrong++) {
            double[] off = new double[3];
            off[wrong] = 1;
            float[] xf = {2};
            float[] dxf = new float[1];
            float[][] yf = new float[3][1];
            float[][] dyf = new float[3][1];
            double[] x = new double[1];
            double[][] y = new double[3][1];
            GradientCheck twin = GradientCheck.ofForward(() -> {
                        for (int j = 0; j < 3; j++) {
                            y[j][0] = (j + 1) * x[0] + off[j];
                        }
                    })
                    .input("x", Tensor.of(x));
            GradientCheck check = GradientCheck.of(
                            () -> {
                                for (int j = 0; j < 3; j++) {
                                    yf[j][0] = (j + 1) * xf[0];
                                }
                            },
                            () -> dxf[0] = dyf[0][0] + 2 * dyf[1][0] + 3 * dyf[2][0])
                    .input("x", xf, dxf);
            for (int j = 0; j < 3; j++) {
                twin.output("y" + j, Tensor.of(y[j]));
                check.output("y" + j, yf[j], dyf[j]);
            }
            GradientReport report = check.inDouble(twin).check();
            assertEquals(1, report.defects().size(), report::toString);
            assertTrue(report.defects().getFirst().contains("y" + wrong + "[0, 0]"), report::toString);
        }
    }
}
