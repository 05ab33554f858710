package dev.backlane.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must not be rejected: each of these gradients is right, and most of them are awkward. */
class CorrectGradientsTest {
    private static final List<Mode> MODES = List.of(Mode.JACOBIAN, Mode.PROJECTION, Mode.TAYLOR);

    private static void passes(Supplier<GradientCheck> check) {
        for (Mode mode : MODES) {
            GradientReport report = check.get().mode(mode).check();
            assertEquals(Verdict.PASS, report.verdict(), report::toString);
        }
    }

    private static void isNotRejected(Supplier<GradientCheck> check) {
        for (Mode mode : MODES) {
            GradientReport report = check.get().mode(mode).check();
            assertNotEquals(Verdict.FAIL, report.verdict(), report::toString);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyActivationPasses(FloatMlp.Act act) {
        DoubleMlp.Act twin = DoubleMlp.Act.valueOf(act.name());
        for (long seed = 1; seed <= 3; seed++) {
            long s = seed;
            passes(() -> new DoubleMlp(4, twin, s, 1.5, 6, 8, 5).check().seed(s));
            passes(() -> new DoubleMlp(4, twin, s, 1.5, 6, 8, 5).lossCheck().seed(s));
            Supplier<GradientCheck> single =
                    () -> new FloatMlp(4, act, s, 1.5, 6, 8, 5).check().seed(s);
            assertEquals(Verdict.PASS, single.get().check().verdict());
            // a direction through a relu network crosses kinks that float cannot step around
            if (act == FloatMlp.Act.RELU) {
                isNotRejected(single);
            } else {
                passes(single);
            }
            // a scalar loss in float leaves many derivatives below its resolution
            isNotRejected(
                    () -> new FloatMlp(4, act, s, 1.5, 6, 8, 5).lossCheck().seed(s));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFloatLossPassesAgainstADoubleTwin(FloatMlp.Act act) {
        DoubleMlp.Act twin = DoubleMlp.Act.valueOf(act.name());
        for (long seed = 1; seed <= 3; seed++) {
            GradientReport report = new FloatMlp(4, act, seed, 1.5, 6, 8, 5)
                    .lossCheck()
                    .inDouble(new DoubleMlp(4, twin, seed, 1.5, 6, 8, 5).lossCheck())
                    .seed(seed)
                    .check();
            assertEquals(Verdict.PASS, report.verdict(), report::toString);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBatchOfOnePasses(DoubleMlp.Act act) {
        passes(() -> new DoubleMlp(1, act, 3, 1.5, 6, 8, 5).check());
        FloatMlp.Act single = FloatMlp.Act.valueOf(act.name());
        passes(() -> new FloatMlp(1, single, 3, 1, 6, 8, 5).check());
    }

    @Test
    void saturatedSigmoidsPassWhereTheyAreResolvedAndAreNotRejectedElsewhere() {
        for (long seed = 2; seed <= 4; seed++) {
            long s = seed;
            passes(() -> new DoubleMlp(4, DoubleMlp.Act.SIGMOID, s, 12, 6, 8, 5).check());
        }
        for (double gain : new double[] {4, 12, 40}) {
            for (long seed = 1; seed <= 4; seed++) {
                long s = seed;
                isNotRejected(() -> new FloatMlp(4, FloatMlp.Act.SIGMOID, s, gain, 6, 8, 5).check());
                isNotRejected(() -> new DoubleMlp(4, DoubleMlp.Act.SIGMOID, s, gain, 6, 8, 5).check());
                isNotRejected(() -> new FloatMlp(4, FloatMlp.Act.TANH, s, gain, 6, 8, 5).check());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-20, 1e-6, 1e6, 1e20})
    void hugeAndTinyScalesPassInDouble(double scale) {
        passes(() -> new DoubleNet(3, Bug.NONE, 1, scale).check());
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-12, 1e-6, 1e6, 1e12})
    void hugeAndTinyScalesPassInFloat(double scale) {
        passes(() -> new FloatNet(3, Bug.NONE, 1, scale).check());
    }

    @Test
    void aWrongSignIsCaughtAtEveryScale() {
        for (double scale : new double[] {1e-12, 1e-6, 1e6, 1e12}) {
            for (Mode mode : Mode.values()) {
                GradientReport report = new FloatNet(3, Bug.WRONG_SIGN, 1, scale)
                        .check()
                        .mode(mode)
                        .check();
                assertEquals(Verdict.FAIL, report.verdict(), report::toString);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TANH", "RELU"})
    void chainsOfFiftyLayersPass(DoubleMlp.Act act) {
        int[] widths = new int[51];
        Arrays.fill(widths, 3);
        FloatMlp.Act single = FloatMlp.Act.valueOf(act.name());
        Supplier<GradientCheck> twin = () ->
                new DoubleMlp(2, act, 1, 0.1, widths).nearIdentity().check().directions(4);
        passes(twin);
        isNotRejected(() ->
                new FloatMlp(2, single, 1, 0.1, widths).nearIdentity().check().directions(4));
        GradientReport report = new FloatMlp(2, single, 1, 0.1, widths)
                .nearIdentity()
                .check()
                .inDouble(twin.get())
                .check();
        assertEquals(Verdict.PASS, report.verdict(), report::toString);
    }

    @Test
    void aVanishedGradientIsInconclusiveAndSaysSo() {
        int[] widths = new int[51];
        Arrays.fill(widths, 2);
        GradientReport report =
                new DoubleMlp(2, DoubleMlp.Act.SIGMOID, 1, 1, widths).check().check();
        assertEquals(Verdict.INCONCLUSIVE, report.verdict(), report::toString);
        assertTrue(report.inputs().getFirst().diagnosis().contains("inconclusive"), report::toString);
    }

    @Test
    void reluNetworksPassAlthoughStepsCrossKinks() {
        for (long seed = 1; seed <= 4; seed++) {
            long s = seed;
            Supplier<GradientCheck> twin = () -> new DoubleMlp(16, DoubleMlp.Act.RELU, s, 1.5, 6, 12, 5).check();
            Supplier<GradientCheck> single = () -> new FloatMlp(16, FloatMlp.Act.RELU, s, 1.5, 6, 12, 5).check();
            passes(twin);
            passes(() -> single.get().inDouble(twin.get()));
            isNotRejected(single);
            GradientReport report = single.get().check();
            assertEquals(Verdict.PASS, report.verdict(), report::toString);
        }
    }

    /** A direction crosses hundreds of kinks at any step that float can read, and cotangents of random sign cancel them. */
    @Tag("large")
    @Test
    void aWideReluLayerInFloatIsNotRejectedAndAWrongOneIs() {
        // the last three have cotangents that cancel well
        for (long seed : new long[] {1, 2, 3, 4, 5, 6, 7, 8, 10, 22, 25, 27}) {
            for (Mode mode : List.of(Mode.PROJECTION, Mode.TAYLOR)) {
                FloatMlp layer = new FloatMlp(32, FloatMlp.Act.RELU, seed, 1.5, 3, 300);
                GradientReport right = layer.check().seed(seed).mode(mode).check();
                assertNotEquals(Verdict.FAIL, right.verdict(), right::toString);
            }
            for (Mode mode : MODES) {
                FloatMlp layer = new FloatMlp(8, FloatMlp.Act.RELU, seed, 1.5, 6, 12, 5);
                GradientReport wrong = GradientCheck.of(() -> layer.forward(false), () -> {
                            layer.backward(false);
                            for (int i = 0; i < layer.dh[0].length; i++) {
                                layer.dh[0][i] *= 0.5f;
                            }
                        })
                        .input("x", layer.h[0], layer.dh[0], 8, 6)
                        .output("y", layer.h[2], layer.dh[2], 8, 5)
                        .seed(seed)
                        .mode(mode)
                        .check();
                assertEquals(Verdict.FAIL, wrong.verdict(), wrong::toString);
            }
        }
    }

    /** 1 − t² of saturated units: lost digits, whether or not the twin has a backward pass. */
    @Test
    void lostDigitsAreArithmeticForATwinThatIsAForwardPassAlone() {
        int arithmetic = 0;
        for (long seed = 1; seed <= 20; seed++) {
            GradientReport report = new FloatMlp(4, FloatMlp.Act.TANH, seed, 12, 6, 8, 8, 5)
                    .check()
                    .inDouble(new DoubleMlp(4, DoubleMlp.Act.TANH, seed, 12, 6, 8, 8, 5).forwardAlone())
                    .worst(1000)
                    .seed(seed)
                    .check();
            assertTrue(report.worst().stream().noneMatch(f -> f.cause() == Cause.FORMULA), report::toString);
            arithmetic += report.verdict() == Verdict.FAIL ? 1 : 0;
        }
        assertTrue(arithmetic > 10);
    }

    @Test
    void aForwardPassWithSevenDigitsInDoubleArraysIsJudgedByItsNoise() {
        double[] x = {0.3, -1.2, 0.7};
        double[] dx = new double[3];
        GradientCheck check = GradientCheck.ofLoss(
                        () -> {
                            float sum = 0;
                            for (double v : x) {
                                sum += (float) Math.sin((float) (3 * v));
                            }
                            return sum + 1e-9 * x[0];
                        },
                        () -> {
                            for (int i = 0; i < 3; i++) {
                                dx[i] = 3 * Math.cos(3 * x[i]);
                            }
                        })
                .input("x", x, dx)
                .relativeTolerance(2e-3);
        for (Mode mode : MODES) {
            GradientReport report = check.mode(mode).check();
            assertNotEquals(Verdict.FAIL, report.verdict(), report::toString);
        }
    }
}
