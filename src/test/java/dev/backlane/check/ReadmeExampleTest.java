package dev.backlane.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example of the README: somebody else's layer, somebody else's bug. */
class ReadmeExampleTest {
    /** y = gain·(x − mean)/σ + shift for each row, with the backward pass that comes to mind first. */
    static class LayerNorm {
        final float[] normal = new float[3 * 6];
        final float[] sigma = new float[3];

        void forward(float[] x, float[] gain, float[] shift, float[] y) {
            for (int r = 0; r < 3; r++) {
                float mean = 0;
                float variance = 0;
                for (int j = 0; j < 6; j++) {
                    mean += x[r * 6 + j] / 6;
                }
                for (int j = 0; j < 6; j++) {
                    variance += (x[r * 6 + j] - mean) * (x[r * 6 + j] - mean) / 6;
                }
                sigma[r] = (float) Math.sqrt(variance + 1e-5f);
                for (int j = 0; j < 6; j++) {
                    normal[r * 6 + j] = (x[r * 6 + j] - mean) / sigma[r];
                    y[r * 6 + j] = gain[j] * normal[r * 6 + j] + shift[j];
                }
            }
        }

        void backward(float[] dy, float[] gain, float[] dx, float[] dgain, float[] dshift) {
            for (int r = 0; r < 3; r++) {
                float mean = 0;
                for (int j = 0; j < 6; j++) {
                    dgain[j] += dy[r * 6 + j] * normal[r * 6 + j];
                    dshift[j] = dy[r * 6 + j];
                    mean += dy[r * 6 + j] * gain[j] / 6;
                }
                for (int j = 0; j < 6; j++) {
                    dx[r * 6 + j] = (dy[r * 6 + j] * gain[j] - mean) / sigma[r];
                }
            }
        }
    }

    /** What the author meant: σ depends on x, too, and the shift of all rows is one. */
    static class Repaired extends LayerNorm {
        @Override
        void backward(float[] dy, float[] gain, float[] dx, float[] dgain, float[] dshift) {
            for (int r = 0; r < 3; r++) {
                float mean = 0;
                float along = 0;
                for (int j = 0; j < 6; j++) {
                    dgain[j] += dy[r * 6 + j] * normal[r * 6 + j];
                    dshift[j] += dy[r * 6 + j];
                    mean += dy[r * 6 + j] * gain[j] / 6;
                    along += dy[r * 6 + j] * gain[j] * normal[r * 6 + j] / 6;
                }
                for (int j = 0; j < 6; j++) {
                    dx[r * 6 + j] = (dy[r * 6 + j] * gain[j] - mean - normal[r * 6 + j] * along) / sigma[r];
                }
            }
        }
    }

    private static GradientReport check(LayerNorm layer) {
        SplitMix random = new SplitMix(1);
        float[] x = new float[18], gain = new float[6], shift = new float[6], y = new float[18];
        float[] dx = new float[18], dgain = new float[6], dshift = new float[6], dy = new float[18];
        for (float[] values : new float[][] {x, gain, shift}) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextWeight();
            }
        }
        return GradientCheck.of(
                        () -> layer.forward(x, gain, shift, y), () -> layer.backward(dy, gain, dx, dgain, dshift))
                .input("gain", gain, dgain)
                .input("shift", shift, dshift)
                .accumulates(true)
                .input("x", x, dx, 3, 6)
                .output("y", y, dy, 3, 6)
                .worst(3)
                .check();
    }

    @Test
    void theCheckerFindsAndNamesBothBugs() {
        GradientReport report = check(new LayerNorm());
        assertEquals(Verdict.FAIL, report.verdict(), report::toString);
        for (InputSummary input : report.inputs()) {
            Verdict expected = input.name().equals("gain") ? Verdict.PASS : Verdict.FAIL;
            assertEquals(expected, input.verdict(), report::toString);
        }
        assertTrue(
                report.defects().stream().anyMatch(d -> d.contains("shift") && d.contains("= for +=?")),
                report::toString);
        assertFalse(report.worst().isEmpty());
    }

    @Test
    void theReadmeShowsThisBugAndThisReport() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String chapter = readme.substring(readme.indexOf("\n## Check your own gradients\n"));
        List<String> blocks = Pattern.compile("(?s)\n```(?:java)?\n(.*?)\n```\n")
                .matcher(chapter)
                .results()
                .map(block -> block.group(1))
                .toList();
        String source = Files.readString(Path.of("src/test/java/dev/backlane/check/ReadmeExampleTest.java"));
        assertTrue(
                flat(source).contains(flat(blocks.get(0))), "the backward pass of the README is not that of this test");
        assertTrue(
                flat(source).contains(flat(blocks.get(1).replaceAll("(?s)\\s*\\.check\\(\\).*", ""))),
                "the check of the README is not that of this test");
        assertEquals(check(new LayerNorm()).toString(), blocks.get(2), "the report of the README");
    }

    /** Code without its layout. */
    private static String flat(String code) {
        return code.replaceAll("\\s+", "");
    }

    @Test
    void theRepairedLayerPasses() {
        check(new Repaired()).assertPasses();
    }
}
