package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that ask a trained network, from their arguments to their exit codes. */
class CommandsTest {
    @TempDir
    private static Path folder;

    private static Path file;

    @BeforeAll
    static void network() throws IOException {
        IdxFiles.writeBars(folder, 500, 60);
        file = folder.resolve("c.safetensors");
        Cli.run("--data", folder, "--network", "20,12", "--epochs", 4, "--checkpoint", file)
                .ok();
    }

    /** Behind a command, what it needs to find the network and the images. */
    private static Cli ask(String line) {
        List<Object> all = new ArrayList<>(List.of((Object[]) line.split(" ")));
        if (!line.startsWith("bench") && !line.startsWith("graph")) {
            all.addAll(List.of("--checkpoint", file, "--data", folder));
        }
        return Cli.run(all.toArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "predict", "explain", "health", "check", "bench", "graph"})
    void helpOfEveryCommand(String command) {
        String text = Cli.run(command, "--help").ok().out();
        for (String part :
                List.of("Usage: digits " + command, "--json", "--seed", "--threads", "Examples:", "Exit codes:")) {
            assertTrue(text.contains(part), part + " is missing in " + text);
        }
        assertTrue(text.contains("\n  digits"), text);
        assertTrue(text.lines().allMatch(line -> line.length() <= 80), text);
        assertTrue(Cli.run("--help").ok().out().contains("\n  " + command + " "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "predict | Missing required parameter: 'FILE'",
                "predict 60 | an index must be 0 to 59, but is 60",
                "predict -1 | an index must be 0 to 59, but is -1",
                "predict 99999999999999 | an index must be 0 to 59",
                "predict 1 --threads 0 | --threads must be 1 to 1024, but is 0",
                "explain | Missing required parameter: 'INDEX'",
                "explain x | Invalid value for positional parameter at index 0 (INDEX): 'x'",
                "explain 60 | INDEX must be 0 to 59, but is 60",
                "explain 500 --training | INDEX must be 0 to 499, but is 500",
                "explain 1 --digit 10 | --digit must be 0 to 9, but is 10",
                "explain 1 --top 0 | --top must be at least 1",
                "explain 1 --batch 0 | --batch must be at least 1",
                "explain 1 --threads -1 | --threads must be 1 to 1024",
                "health --colour | Unknown option: '--colour'",
                "check --sample 0 | --batch and --sample must be at least 1",
                "bench --seconds 0 | --seconds must be 1 to 3600",
                "bench --seconds NaN | --seconds must be 1 to 3600",
                "graph neuron --threads 0 | --threads must be 1 to 1024",
                "bench --threads 2000 | --threads must be 1 to 1024"
            })
    void wrongOptionsGetOneLine(String line, String start) {
        assertEquals("", ask(line).fails(ExitCode.USAGE, start).out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"predict 1", "explain 1", "health", "check"})
    void badFilesGetOneLine(String line) throws IOException {
        List<Object> words = List.of((Object[]) line.split(" "));
        Path none = folder.resolve("none");
        Path bad = Files.writeString(folder.resolve("bad"), "something else");
        for (Path checkpoint : List.of(none, bad, folder)) {
            Object[] all = Stream.concat(words.stream(), Stream.of("--checkpoint", checkpoint))
                    .toArray();
            Cli.run(all).fails(ExitCode.DATA, checkpoint + ": ");
        }
        Object[] noData = Stream.concat(words.stream(), Stream.of("--checkpoint", file, "--data", none))
                .toArray();
        Cli.run(noData).fails(ExitCode.DATA, none + ": no such folder");
    }

    /** In processes of their own, since a backend is chosen once. */
    @ParameterizedTest
    @ValueSource(strings = {"predict 1", "explain 1", "health", "check", "bench", "graph neuron", "train"})
    void aBackendThatIsNotThere(String line) throws Exception {
        List<Object> words = new ArrayList<>(List.of((Object[]) line.split(" ")));
        if (!line.startsWith("bench") && !line.startsWith("graph")) {
            words.addAll(List.of("--checkpoint", file, "--data", folder));
        }
        Process process = Cli.startOn("simd1024", folder, words.toArray());
        try (BufferedReader err = process.errorReader()) {
            List<String> lines = err.lines()
                    .filter(each -> !each.contains("incubator modules"))
                    .toList();
            assertEquals(1, lines.size(), lines.toString());
            assertTrue(lines.getFirst().startsWith("digits: backlane.backend must be auto, "), lines.toString());
        }
        assertEquals(ExitCode.UNAVAILABLE, process.waitFor());
    }

    @Test
    void predictsByIndexAndByPicture() throws IOException {
        MnistExamples test = Mnist.in(folder).test();
        JsonArray predictions = ask("predict 0 1 2 3 4 5 6 7 --json").json().getAsJsonArray();
        int right = 0;
        for (int i = 0; i < 8; i++) {
            JsonObject one = predictions.get(i).getAsJsonObject();
            double sum = 0;
            for (var p : one.getAsJsonArray("probabilities")) {
                sum += p.getAsDouble();
            }
            assertEquals(1, sum, 1e-5);
            right += one.get("read").getAsInt() == test.label(i) ? 1 : 0;
        }
        assertTrue(right >= 7, predictions.toString());
        // A bar in the middle column; the images of these tests are 10 x 10.
        BufferedImage bar = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
        for (int r = 4; r < 36; r++) {
            bar.setRGB(20, r, 0xffffff);
        }
        Path picture = folder.resolve("bar.png");
        ImageIO.write(bar, "png", picture.toFile());
        String text = ask("predict --show " + picture).ok().out();
        assertTrue(text.contains(picture + " is read as "), text);
        assertEquals(10 + 1 + 10, text.lines().count(), text);
        assertTrue(text.lines().skip(11).allMatch(line -> line.matches(" +\\d +\\d+\\.\\d{4}%.*")), text);
        assertFalse(text.contains("\u001b") || text.contains("\r"), text);
        ask("predict " + folder.resolve("no.png")).fails(ExitCode.DATA, folder.resolve("no.png") + ": no such file");
    }

    @Test
    void explains() {
        String text = ask("explain 3 --digit 7 --top 3").ok().out();
        for (String part : List.of(
                "test image 3 shows ",
                "three avenues to output 7\n1. its bias: ",
                "layer 2: of its 12 neurons",
                "layer 1: of its 20 neurons",
                "beside the average of 60 images",
                "∂C/∂w = ")) {
            assertTrue(text.contains(part), part + " is missing in " + text);
        }
        JsonObject json =
                ask("explain 3 --training --json --batch 7 --seed 5").json().getAsJsonObject();
        JsonObject it = json.getAsJsonObject("explanation");
        assertEquals(100, it.getAsJsonArray("pixelWishes").size());
        assertEquals(2, it.getAsJsonArray("hidden").size());
        assertEquals(7, json.getAsJsonObject("gradients").get("images").getAsInt());
        assertEquals(8, json.getAsJsonArray("mostSensitiveWeights").size());
        assertEquals(it.get("label"), json.getAsJsonObject("avenues").get("digit"));
        assertEquals(text, ask("explain 3 --digit 7 --top 3").ok().out());
    }

    @Test
    void tellsHealth() {
        String text = ask("health").ok().out();
        assertTrue(text.contains("\n1  20 relu ") && text.contains("\n3  10 identity "), text);
        assertTrue(text.contains("layer 8 ") && text.contains("sigmoid, 400"), text);
        JsonObject json = ask("health --json").json().getAsJsonObject();
        assertEquals(3, json.getAsJsonObject("trained").getAsJsonArray("layers").size());
        Cli during = Cli.run("--data", folder, "--epochs", 2, "--network", 5, "--health", "--checkpoint", "none");
        assertEquals(
                2,
                during.ok()
                        .out()
                        .lines()
                        .filter(line -> line.startsWith("1  5 relu "))
                        .count());
    }

    @Test
    void checksGradients() {
        String text = ask("check --sample 20").ok().out();
        assertTrue(text.contains("\ngradient check passed: JACOBIAN, float against a double twin"), text);
        JsonObject json =
                ask("check --sample 10 --batch 5 --seed 3 --json").json().getAsJsonObject();
        assertEquals("PASS", json.get("verdict").getAsString());
    }

    @ParameterizedTest
    @EnumSource
    void theTwinComputesWhatTheNetworkComputes(Activation.Kind kind) throws IOException {
        MnistExamples examples = Mnist.in(folder).training();
        for (Loss loss : Loss.values()) {
            Activation f = Activation.of(kind.name());
            Mlp mlp = Mlp.inputs(100)
                    .dense(7, f)
                    .dense(10, loss.onLogits() ? Activation.IDENTITY : f)
                    .loss(loss);
            float[] parameters = new float[mlp.parameterCount()];
            mlp.initialize(4, parameters, 0);
            Batch batch = new Batch(mlp, examples, 1, 2, 3);
            double[] x = new double[batch.x().length];
            double[] twin = new double[parameters.length];
            for (int i = 0; i < x.length; i++) {
                x[i] = batch.x()[i];
            }
            for (int i = 0; i < twin.length; i++) {
                twin[i] = parameters[i];
            }
            double expected = DoubleNetwork.loss(mlp, x, batch.labels(), twin);
            assertEquals(
                    expected, batch.loss(Workers.caller(), parameters), 1e-5 * Math.max(1, expected), mlp.toString());
        }
    }

    @Test
    void measuresTheMachine() {
        JsonObject json = ask("bench --seconds 1 --json").json().getAsJsonObject();
        JsonArray rows = json.getAsJsonArray("rows");
        assertTrue(rows.size() >= 5, rows.toString());
        for (var element : rows) {
            JsonObject row = element.getAsJsonObject();
            assertTrue(row.get("median").getAsDouble() > 0, row.toString());
            assertTrue(row.get("lowerQuartile").getAsDouble()
                    <= row.get("upperQuartile").getAsDouble());
        }
    }

    @Test
    void trainingTellsProgramsLineByLine() {
        Cli cli = Cli.run(
                "--data",
                folder,
                "--epochs",
                2,
                "--network",
                5,
                "--json",
                "--health",
                "--checkpoint",
                folder.resolve("json"));
        List<String> events = cli.ok()
                .out()
                .lines()
                .map(line -> JsonParser.parseString(line)
                        .getAsJsonObject()
                        .get("event")
                        .getAsString())
                .toList();
        assertEquals(List.of("setting", "epoch", "health", "epoch", "health", "result", "checkpoint"), events);
    }

    @Test
    void graphsAreJsonToo() {
        JsonObject json =
                ask("graph fan-out --json --seed 3 --threads 1").json().getAsJsonObject();
        assertEquals(
                "OUTPUT",
                json.getAsJsonArray("boxes")
                        .asList()
                        .getLast()
                        .getAsJsonObject()
                        .get("kind")
                        .getAsString());
    }

    @Test
    void numbersThatJsonLacks() {
        assertEquals(
                "[\"NaN\",\"-Infinity\",0.1,1.0E-30]",
                Json.exact(List.of(Float.NaN, Double.NEGATIVE_INFINITY, 0.1f, 1e-30)));
        assertEquals("[0.3333,12340000,1E-30,\"\\u003c\"]", Json.brief(List.of(1 / 3f, 12_341_234.0, 1e-30, "<")));
    }
}
