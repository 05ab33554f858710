package dev.backlane.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Verdicts, kinks, tolerances, structure, twin and refusals. */
class CheckerTest {
    private static GradientCheck function(java.util.function.DoubleUnaryOperator f, double at, double claimed) {
        return GradientCheck.ofFunction(x -> f.applyAsDouble(x[0]), x -> new double[] {claimed}, at);
    }

    private static void defect(GradientReport report, String words) {
        assertEquals(Verdict.FAIL, report.verdict(), report::toString);
        assertTrue(report.defects().stream().anyMatch(d -> d.contains(words)), report::toString);
    }

    @Test
    void aKinkIsCountedAndNeverPassed() {
        for (double claimed : new double[] {0, 0.5, 1, 0.3}) {
            GradientReport report = function(x -> Math.max(x, 0), 0, claimed).check();
            assertEquals(Verdict.INCONCLUSIVE, report.verdict(), report::toString);
            assertEquals(1, report.inputs().getFirst().kinks(), report::toString);
        }
    }

    @Test
    void aKinkBesideThePointIsSteppedAround() {
        for (double distance : new double[] {1e-3, 1e-5, 3e-6, 1e-7}) {
            GradientReport right = function(x -> Math.abs(x), distance, 1).check();
            assertEquals(Verdict.PASS, right.verdict(), right::toString);
            GradientReport wrong = function(x -> Math.abs(x), distance, -1).check();
            assertEquals(Verdict.FAIL, wrong.verdict(), wrong::toString);
        }
    }

    @Test
    void aDeadUnitWithALiveDerivativeFails() {
        float[] x = {-0.1f};
        float[] dx = new float[1];
        GradientReport report = GradientCheck.ofLoss(() -> Math.max(0, x[0]), () -> dx[0] = 1)
                .input("x", x, dx)
                .check();
        assertEquals(Verdict.FAIL, report.verdict(), report::toString);
    }

    @Test
    void manyKinksMakeTheWholeInconclusive() {
        double[] x = {0, 0, 1, 2};
        double[] dx = {0, 0, 1, 1};
        GradientCheck check = GradientCheck.ofLoss(
                        () -> Arrays.stream(x).map(v -> Math.max(v, 0)).sum(), () -> {
                            for (int i = 0; i < x.length; i++) {
                                dx[i] = x[i] > 0 ? 1 : 0;
                            }
                        })
                .input("x", x, dx);
        assertEquals(Verdict.INCONCLUSIVE, check.check().verdict());
        assertEquals(Verdict.PASS, check.maxInconclusive(0.5).check().verdict());
    }

    @Test
    void zeroDerivativesAloneProveNothing() {
        GradientReport report = function(x -> 7, 1, 0).check();
        assertEquals(Verdict.INCONCLUSIVE, report.verdict(), report::toString);
        assertEquals(1, report.inputs().getFirst().zeros());
    }

    @Test
    void nothingToCheckIsInconclusive() {
        GradientReport report =
                GradientCheck.ofFunction(x -> 1, x -> new double[0]).check();
        assertEquals(Verdict.INCONCLUSIVE, report.verdict(), report::toString);
        AssertionError error = assertThrows(AssertionError.class, report::assertPasses);
        assertTrue(error.getMessage().startsWith("gradient check INCONCLUSIVE"), error.getMessage());
    }

    @Test
    void aGradientThatIsNotFiniteFails() {
        for (double claimed : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            GradientReport report = function(x -> x * x, 1, claimed).check();
            assertEquals(Verdict.FAIL, report.verdict(), report::toString);
        }
    }

    @Test
    void aFunctionThatIsNotFiniteIsInconclusive() {
        GradientReport report = function(x -> Double.NaN, 1, 2).check();
        assertEquals(Verdict.INCONCLUSIVE, report.verdict(), report::toString);
    }

    @Test
    void stepsStayInsideTheDomain() {
        GradientReport report = function(Math::log, 1e-6, 1e6).check();
        assertEquals(Verdict.PASS, report.verdict(), report::toString);
        GradientReport root = function(x -> Math.sqrt(x - 1), 1 + 0x1p-20, 512).check();
        assertEquals(Verdict.PASS, root.verdict(), root::toString);
    }

    @Test
    void theAbsoluteToleranceExcusesButDoesNotCertify() {
        assertEquals(Verdict.FAIL, function(x -> x * x, 1, 2.001).check().verdict());
        GradientReport report =
                function(x -> x * x, 1, 2.001).absoluteTolerance(0.01).check();
        assertEquals(Verdict.INCONCLUSIVE, report.verdict(), report::toString);
        assertEquals(1, report.inputs().getFirst().excused());
    }

    @Test
    void aBackwardPassThatIsNotDeterministicFails() {
        double[] x = {1};
        double[] dx = new double[1];
        int[] calls = new int[1];
        defect(
                GradientCheck.ofLoss(() -> x[0] * x[0], () -> dx[0] = 2 * x[0] + 1e-15 * calls[0]++)
                        .input("x", x, dx)
                        .check(),
                "backward is not deterministic");
        defect(
                GradientCheck.ofLoss(() -> x[0] * x[0] + 1e-15 * calls[0]++, () -> dx[0] = 2 * x[0])
                        .input("x", x, dx)
                        .check(),
                "forward is not deterministic");
    }

    @Test
    void aPassThatModifiesItsInputFailsAndTheInputIsGivenBack() {
        double[] x = {1, 2};
        double[] dx = new double[2];
        defect(
                GradientCheck.ofLoss(() -> x[0] + x[1], () -> {
                            dx[0] = 1;
                            dx[1] = 1;
                            x[1] = 0;
                        })
                        .input("x", x, dx)
                        .check(),
                "backward modifies its input x at [0, 1]");
        assertArrayEquals(new double[] {1, 2}, x);
    }

    @Test
    void inputsAreGivenBackWhenTheCodeUnderTestThrows() {
        float[] x = {1, 2, 3};
        float[] dx = new float[3];
        int[] calls = new int[1];
        GradientCheck check = GradientCheck.ofLoss(
                        () -> {
                            if (calls[0]++ > 40) {
                                throw new IllegalStateException("enough");
                            }
                            return x[0] * x[1] * x[2];
                        },
                        () -> {})
                .input("x", x, dx);
        assertThrows(IllegalStateException.class, check::check);
        assertArrayEquals(new float[] {1, 2, 3}, x);
    }

    @Test
    void accumulationIsCheckedAsDeclared() {
        double[] x = {3};
        double[] dx = new double[1];
        GradientCheck adds =
                GradientCheck.ofLoss(() -> x[0] * x[0], () -> dx[0] += 2 * x[0]).input("x", x, dx);
        GradientCheck sets =
                GradientCheck.ofLoss(() -> x[0] * x[0], () -> dx[0] = 2 * x[0]).input("x", x, dx);
        assertEquals(Verdict.PASS, adds.check().verdict());
        assertEquals(Verdict.PASS, sets.check().verdict());
        assertEquals(Verdict.PASS, adds.accumulates(true).check().verdict());
        assertEquals(Verdict.PASS, sets.accumulates("x", false).check().verdict());
        defect(adds.accumulates(false).check(), "declared to overwrite");
        defect(sets.accumulates(true).check(), "declared to accumulate");
    }

    @Test
    void halfAddedHalfOverwrittenFails() {
        double[] x = {3, 4};
        double[] dx = new double[2];
        defect(
                GradientCheck.ofLoss(() -> x[0] * x[1], () -> {
                            dx[0] = x[1];
                            dx[1] += x[0];
                        })
                        .input("x", x, dx)
                        .check(),
                "overwritten at [0, 0] and added to at [0, 1]");
    }

    @Test
    void writesBetweenRowsAreSeen() {
        float[] x = new float[20];
        float[] dx = new float[20];
        Arrays.fill(x, 0.5f);
        Arrays.fill(dx, 9);
        boolean[] stray = new boolean[2];
        GradientCheck check = GradientCheck.ofLoss(
                        () -> {
                            double sum = 0;
                            for (int r = 0; r < 3; r++) {
                                for (int c = 0; c < 4; c++) {
                                    sum += (1 + c) * x[2 + 6 * r + c] * x[2 + 6 * r + c];
                                }
                            }
                            dx[13] = stray[1] ? 0 : dx[13];
                            return sum;
                        },
                        () -> {
                            for (int r = 0; r < 3; r++) {
                                for (int c = 0; c < 4; c++) {
                                    dx[2 + 6 * r + c] = 2 * (1 + c) * x[2 + 6 * r + c];
                                }
                            }
                            dx[7] = stray[0] ? 0 : dx[7];
                        })
                .input(
                        "x",
                        Tensor.of(x, 3, 4).at(2).leading(6),
                        Tensor.of(dx, 3, 4).at(2).leading(6));
        assertEquals(Verdict.PASS, check.check().verdict());
        assertEquals(9, dx[7], "what lies between the rows is given back");
        stray[0] = true;
        defect(check.check(), "between the rows of a tensor, at array index 7");
        stray[0] = false;
        stray[1] = true;
        defect(check.check(), "between the rows of a tensor, at array index 13");
    }

    @Test
    void outputsAreCheckedOneByOneAndTogether() {
        double[] x = {0.7};
        double[] dx = new double[1];
        double[] small = new double[1];
        double[] large = new double[1];
        double[] dSmall = new double[1];
        double[] dLarge = new double[1];
        double[] bug = {1, 0};
        GradientCheck check = GradientCheck.of(
                        () -> {
                            small[0] = 1e-9 * Math.sin(x[0]);
                            large[0] = 1e9 * Math.exp(x[0]);
                        },
                        () -> {
                            double both = dSmall[0] != 0 && dLarge[0] != 0 ? bug[1] : 0;
                            dx[0] = 1e-9 * Math.cos(x[0]) * dSmall[0] * bug[0]
                                    + 1e9 * Math.exp(x[0]) * dLarge[0] * (1 + both);
                        })
                .input("x", x, dx)
                .output("small", small, dSmall)
                .output("large", large, dLarge);
        assertEquals(Verdict.PASS, check.check().verdict());
        bug[0] = 1.01;
        GradientReport report = check.check();
        assertEquals(Verdict.FAIL, report.verdict(), report::toString);
        assertEquals("small", report.worst().getFirst().output());
        bug[0] = 1;
        bug[1] = 1;
        defect(check.check(), "not linear in the cotangents");
    }

    /** Every coordinate is right for some cotangent; none of the mistakes is at the same place twice. */
    @Test
    void aBackwardPassThatIsNotLinearInOneCotangentFails() {
        FloatMlp net = new FloatMlp(1, FloatMlp.Act.TANH, 1, 1.5, 10, 64);
        defect(
                GradientCheck.of(() -> net.forward(false), () -> {
                            net.backward(false);
                            int largest = 0;
                            for (int i = 1; i < 10; i++) {
                                largest = Math.abs(net.dh[0][i]) > Math.abs(net.dh[0][largest]) ? i : largest;
                            }
                            net.dh[0][largest] *= 1.1f;
                        })
                        .input("x", net.h[0], net.dh[0])
                        .output("y", net.h[1], net.dh[1])
                        .check(),
                "not linear in the cotangents");
    }

    @Test
    void theTwinTellsFormulaFromArithmeticFromRounding() {
        // 1 − t² of a saturated tanh
        assertEquals(
                Cause.ARITHMETIC,
                cause(
                        x -> (float) Math.tanh(x),
                        (x, y) -> 1 - y * y,
                        Math::tanh,
                        x -> {
                            double t = Math.tanh(x);
                            return 1 - t * t;
                        },
                        6));
        // exp overflows in float, the logistic function does not
        assertEquals(
                Cause.ARITHMETIC,
                cause(
                        x -> (float) Math.log1p(Math.exp(x)),
                        (x, y) -> (float) Math.exp(x) / (1 + (float) Math.exp(x)),
                        x -> Math.log1p(Math.exp(x)),
                        x -> 1 / (1 + Math.exp(-x)),
                        100));
        // the derivative of another function, and the same mistake in the twin
        assertEquals(
                Cause.FORMULA,
                cause(
                        x -> (float) Math.tanh(x),
                        (x, y) -> y * (1 - y),
                        Math::tanh,
                        x -> {
                            double t = Math.tanh(x);
                            return 1 - t * t;
                        },
                        0.5f));
        assertEquals(
                Cause.FORMULA,
                cause(x -> (float) Math.tanh(x), (x, y) -> 1 - y, Math::tanh, x -> 1 - Math.tanh(x), 0.5f));
        // no code can know 10⁶·x mod 2π from a float x
        assertEquals(
                Cause.ROUNDING,
                cause(
                        x -> (float) Math.sin(1e6 * x),
                        (x, y) -> 1e6f * (float) Math.cos(1e6f * x),
                        x -> Math.sin(1e6 * x),
                        x -> 1e6 * Math.cos(1e6 * x),
                        0.7f));
    }

    private interface FloatFunction {
        float apply(float x);
    }

    private interface FloatSlope {
        float apply(float x, float y);
    }

    private static Cause cause(
            FloatFunction f,
            FloatSlope slope,
            java.util.function.DoubleUnaryOperator exact,
            java.util.function.DoubleUnaryOperator exactSlope,
            float at) {
        float[] x = {at};
        float[] dx = new float[1];
        float[] y = new float[1];
        float[] dy = new float[1];
        double[] xd = new double[1];
        double[] dxd = new double[1];
        double[] yd = new double[1];
        double[] dyd = new double[1];
        GradientReport report = GradientCheck.of(
                        () -> y[0] = f.apply(x[0]), () -> dx[0] = dy[0] * slope.apply(x[0], y[0]))
                .input("x", x, dx)
                .output("y", y, dy)
                .inDouble(GradientCheck.of(
                                () -> yd[0] = exact.applyAsDouble(xd[0]),
                                () -> dxd[0] = dyd[0] * exactSlope.applyAsDouble(xd[0]))
                        .input("x", xd, dxd)
                        .output("y", yd, dyd))
                .check();
        assertEquals(0, xd[0], "the twin's input is given back");
        return report.worst().getFirst().cause();
    }

    @Test
    void aTwinThatComputesSomethingElseIsADefect() {
        double[] x = new double[1];
        float[] xf = {2};
        float[] dxf = new float[1];
        double[] y = new double[1];
        GradientCheck check = GradientCheck.ofLoss(() -> xf[0] * xf[0], () -> dxf[0] = 2 * xf[0])
                .input("x", xf, dxf)
                .inDouble(GradientCheck.ofForward(() -> y[0] = 1.01 * x[0] * x[0])
                        .input("x", Tensor.of(x))
                        .output("loss", Tensor.of(y)));
        defect(check.check(), "twin computes something else");
    }

    /** At 35 the logistic function is 1 in float, and its slope s(1 − s) is 0 where in double it is 6·10⁻¹⁶. */
    @Test
    void aTwinWhoseDigitsFloatCannotHoldIsADefectUnlessExcused() {
        assertEquals(1, slopeOfLogistic(0).defects().size());
        assertEquals(1, slopeOfLogistic(1e-16).defects().size());
        GradientReport excused = slopeOfLogistic(1e-3);
        assertEquals(List.of(), excused.defects());
        assertEquals(Verdict.INCONCLUSIVE, excused.verdict(), excused::toString);
    }

    private static GradientReport slopeOfLogistic(double excused) {
        float[] x = {35};
        float[] y = new float[1];
        double[] xd = new double[1];
        double[] yd = new double[1];
        float[] dx = new float[1];
        float[] dy = new float[1];
        return GradientCheck.of(
                        () -> {
                            float s = (float) (1 / (1 + Math.exp(-x[0])));
                            y[0] = s * (1 - s);
                        },
                        () -> {
                            float s = (float) (1 / (1 + Math.exp(-x[0])));
                            dx[0] = dy[0] * s * (1 - s) * (1 - 2 * s);
                        })
                .input("x", x, dx)
                .output("y", y, dy)
                .inDouble(GradientCheck.ofForward(() -> {
                            double s = 1 / (1 + Math.exp(-xd[0]));
                            yd[0] = s * (1 - s);
                        })
                        .input("x", Tensor.of(xd))
                        .output("y", Tensor.of(yd)))
                .absoluteTolerance(excused)
                .check();
    }

    @Test
    void adjointSkipsInputsWithoutATangent() {
        double[] x = {2};
        double[] dx = new double[1];
        double[] tx = new double[1];
        double[] w = {3};
        double[] dw = new double[1];
        double[] y = new double[1];
        double[] dy = new double[1];
        double[] ty = new double[1];
        GradientReport report = GradientCheck.of(() -> y[0] = w[0] * x[0], () -> {
                    dx[0] = w[0] * dy[0];
                    dw[0] = x[0] * dy[0];
                })
                .input("x", x, dx)
                .input("w", w, dw)
                .output("y", y, dy)
                .jvp(() -> ty[0] = w[0] * tx[0])
                .tangent("x", Tensor.of(tx))
                .tangent("y", Tensor.of(ty))
                .mode(Mode.ADJOINT)
                .check();
        assertEquals(Verdict.PASS, report.verdict(), report::toString);
        assertEquals(1, report.inputs().size());
    }

    @Test
    void aReportThatPassesIsHandedOn() {
        GradientReport report = function(x -> x * x, 3, 6).check();
        assertSame(report, report.assertPasses());
        assertTrue(report.evaluations() > 0);
    }

    @Test
    void badArgumentsAreRefusedByName() {
        float[] a = new float[6];
        GradientCheck check = GradientCheck.of(() -> {}, () -> {});
        refused("weights needs an array of at least 8", () -> check.input("weights", a, a, 2, 4));
        refused("leadingDimension needs", () -> Tensor.of(a, 2, 3).leading(2));
        refused("offset needs", () -> Tensor.of(a, 2, 3).at(-1));
        refused("shape[1] needs", () -> Tensor.of(a, 2, -3));
        refused("x's gradient needs the shape", () -> check.input("x", Tensor.of(a, 2, 3), Tensor.of(a, 3, 2)));
        refused("relativeTolerance needs", () -> check.relativeTolerance(0));
        refused("maxInconclusive needs", () -> check.maxInconclusive(1.5));
        refused("step needs", () -> check.step(Double.NaN));
        refused("name needs to be that of an input", () -> check.accumulates("nobody", true));
        refused("at least one input", check::check);
        check.input("x", a, a);
        refused("name needs to be unused", () -> check.input("x", a, a));
        refused("column needs to be from 0 to 5, got 6", () -> check.only("x", 0, 6));
        refused("row needs to be from 0 to 0, got 1", () -> check.only("x", 1, 0));
        refused("row needs to be from 0 to 0, got -1", () -> check.only("x", -1, 0));
        refused("x's tangent needs the shape", () -> check.tangent("x", Tensor.of(a, 2, 3)));
        refused("worst needs to be at least 1", () -> check.worst(0));
        refused("sample needs to be at least 1", () -> check.sample(0));
        refused("at least one output", check::check);
        check.output("y", a, a);
        refused("mode ADJOINT needs a jvp", () -> check.mode(Mode.ADJOINT).check());
        refused(
                "twin needs the input \"x\"",
                () -> check.mode(Mode.JACOBIAN)
                        .inDouble(GradientCheck.ofForward(() -> {}))
                        .check());
        refused(
                "only needs mode JACOBIAN",
                () -> check.only("x", 0, 5).mode(Mode.PROJECTION).check());
        for (Tensor other : new Tensor[] {Tensor.of(new double[6], 2, 3), Tensor.of(a)}) {
            GradientCheck twin = GradientCheck.ofForward(() -> {}).input("x", other, other);
            refused(
                    "twin's x needs",
                    () -> GradientCheck.ofLoss(() -> 0, () -> {})
                            .input("x", a, a)
                            .inDouble(twin)
                            .check());
        }
        refused("a backward pass", () -> GradientCheck.ofForward(() -> {}).check());
    }

    private static void refused(String words, org.junit.jupiter.api.function.Executable call) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call);
        assertTrue(e.getMessage().contains(words), e.getMessage());
        assertTrue(e.getMessage().contains(" got ") || e.getMessage().contains(" twice"), e.getMessage());
    }
}
