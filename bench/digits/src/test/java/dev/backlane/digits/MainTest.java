package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line from its arguments to its exit code. */
class MainTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void files() throws IOException {
        IdxFiles.writeBars(folder, 300, 100);
    }

    private int run(String... args) {
        return Main.run(new TrainCommand(false), new PrintWriter(out), new PrintWriter(err), args);
    }

    private int train(String... args) {
        return run(Stream.concat(Stream.of("--data", folder.toString(), "--epochs", "2"), Stream.of(args))
                .toArray(String[]::new));
    }

    private void assertOneLine(String start) {
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().startsWith("digits: " + start), err.toString());
    }

    @Test
    void trains() {
        assertEquals(ExitCode.OK, train("--require-accuracy", "50"), err::toString);
        String text = out.toString();
        assertTrue(text.startsWith("Backlane "), text);
        assertTrue(text.contains("100-256 relu-10, SOFTMAX_CROSS_ENTROPY: 28,426 parameters\n"), text);
        assertTrue(text.contains("300 images to train on, 100 to test with"), text);
        assertTrue(text.contains(EpochResult.HEADER), text);
        assertTrue(text.contains("\n  1/2 "), text);
        assertTrue(text.contains("\n  2/2 "), text);
        assertTrue(text.contains("shown \\ read"), text);
        assertTrue(text.contains("\ntest accuracy "), text);
        assertFalse(text.contains("\r") || text.contains("\u001b"), text);
        assertEquals("", err.toString());
    }

    @Test
    void trainMayBeNamed() {
        assertEquals(ExitCode.OK, run("train", "--data", folder.toString(), "--epochs", "0"));
        assertTrue(out.toString().contains("test accuracy "), out.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--network none",
                "--network 20,10 --activation leaky_relu:0.1 --loss binary-cross-entropy",
                "--network 24 --activation gelu --loss mean-squared-error --optimizer adamw --decay 0.1 --beta1 0.8"
                        + " --beta2 0.99",
                "--network 24 --optimizer gradient-descent --loss squared-error --learning-rate 0.1 --schedule"
                        + " constant",
                "--network 24 --optimizer momentum --momentum 0.8 --schedule step --step-epochs 1 --step-factor 0.5",
                "--network 24 --optimizer NESTEROV --clip 1 --batch 7 --threads 1 --seed -3",
                "--network 24 --optimizer adam --batch 100000 --epsilon 1e-7"
            })
    void optionsOfEveryKind(String options) {
        assertEquals(ExitCode.OK, train(options.split(" ")), err::toString);
        assertEquals("", err.toString());
    }

    @Test
    void networksOnTheOptionsWords() {
        train("--network", "20,10", "--activation", "elu", "--loss", "squared-error");
        assertTrue(out.toString().contains("100-20 elu:1.0-10 elu:1.0-10 sigmoid, SQUARED_ERROR"), out.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--epoch 3 | Unknown options: '--epoch', '3'; did you mean ",
                "--colour | Unknown option: '--colour'",
                "trian | Unmatched argument at index 0: 'trian'",
                "train me | Unmatched argument at index 1: 'me'",
                "--batch | Missing required parameter for option '--batch'",
                "--batch x | Invalid value for option '--batch'",
                "--batch 0 | batch must be at least 1, but is 0",
                "--epochs -1 | epochs must be at least 0, but is -1",
                "--threads 0 | --threads must be 1 to 1024, but is 0",
                "--network 12,,3 | Invalid value for option '--network'",
                "--network 0 | Invalid value for option '--network'",
                "--network 2000000000 | shape",
                "--activation step | Invalid value for option '--activation'",
                "--loss hinge | Invalid value for option '--loss'",
                "--optimizer lion | Invalid value for option '--optimizer'",
                "--schedule linear | Invalid value for option '--schedule'",
                "--learning-rate NaN | rate must be at least 0 and finite",
                "--optimizer momentum --momentum 1 | momentum must be in [0, 1)",
                "--optimizer adam --momentum 0.5 | --momentum has no use with --optimizer adam",
                "--decay 0.5 | --decay has no use with --optimizer nesterov",
                "--step-factor 0.5 | --step-factor has no use",
                "--schedule step --step-epochs 0 | every must be at least 1",
                "--clip 0 | maxNorm must be positive",
                "--require-accuracy 0.98 | --require-accuracy is in percent",
                "--require-accuracy 101 | --require-accuracy is in percent"
            })
    void wrongOptionsGetOneLine(String options, String line) {
        assertEquals(ExitCode.USAGE, run(options.split(" ")));
        assertOneLine(line);
        assertEquals("", out.toString());
    }

    @Test
    void tooLittleAccuracy() {
        assertEquals(ExitCode.GOAL_MISSED, train("--learning-rate", "0", "--require-accuracy", "99.5"));
        assertOneLine("the accuracy must be at least 99.5%, but is ");
    }

    @Test
    void divergence() {
        assertEquals(
                ExitCode.GOAL_MISSED,
                train("--optimizer gradient-descent --learning-rate 1e30 --epochs 5 --network 9,9".split(" ")));
        assertOneLine("the loss is no longer a number");
    }

    @Test
    void badFiles() throws IOException {
        Path images = folder.resolve("train-images-idx3-ubyte.gz");
        Files.write(images, java.util.Arrays.copyOf(Files.readAllBytes(images), 3000));
        assertEquals(ExitCode.DATA, train());
        assertOneLine(images + ": the gzip stream is truncated");
        Files.delete(images);
        err.getBuffer().setLength(0);
        assertEquals(ExitCode.DATA, train());
        assertOneLine(folder.resolve("train-images-idx3-ubyte") + ": no such file");
    }

    @Test
    void memoryThatIsNotThere() {
        assertEquals(ExitCode.UNAVAILABLE, train("--network", "9000000"));
        assertOneLine("not enough memory");
        err.getBuffer().setLength(0);
        assertEquals(ExitCode.USAGE, train("--network", "30000000"));
        assertOneLine("shape of layer0.weights makes the vector longer than an array can be");
    }

    @Test
    void help() {
        assertEquals(ExitCode.OK, run("--help"));
        assertTrue(out.toString().startsWith("Usage: digits"), out.toString());
        assertTrue(out.toString().contains("train"), out.toString());
        out.getBuffer().setLength(0);
        assertEquals(ExitCode.OK, run("train", "--help"));
        String text = out.toString();
        assertTrue(text.contains("Examples:") && text.contains("Exit codes:"), text);
        assertFalse(text.contains("\u001b"), text);
        assertTrue(text.lines().allMatch(line -> line.length() <= 80), text);
    }
}
