package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.backlane.kernel.Workers;
import dev.backlane.nn.TrainingListener;
import dev.backlane.nn.TrainingState;
import dev.backlane.safetensors.SafetensorsReader;
import dev.backlane.safetensors.SafetensorsWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Training stops anywhere, by whatever means, and goes on with the bits of a run that never stopped. */
class CheckpointTest {
    private static final String WORDS = "backlane.digits.";

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void files() throws IOException {
        IdxFiles.writeBars(folder, 303, 50);
        file = folder.resolve("c.safetensors");
    }

    private Cli train(Object... more) {
        Object[] data = {"train", "--data", folder};
        Object[] all = Arrays.copyOf(data, data.length + more.length);
        System.arraycopy(more, 0, all, data.length, more.length);
        return Cli.run(all);
    }

    private Checkpoint start(String words) throws IOException {
        MnistExamples images = Mnist.in(folder).training();
        Recipe recipe = Recipe.parse(words);
        var mlp = recipe.mlp(images.features());
        TrainingState state = recipe.trainer(mlp, images.count()).start();
        return new Checkpoint(recipe, mlp, state, Checkpoint.Images.of(images));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--network 12 --optimizer gradient-descent --epochs 2",
                "--network none --optimizer momentum --momentum 0.7 --schedule step --step-epochs 1 --epochs 2",
                "--network 9,8 --activation leaky_relu:0.3 --optimizer nesterov --clip 0.5 --seed -7 --epochs 2",
                "--network 9 --loss squared-error --activation elu:0.5 --optimizer adam --beta1 0.8 --epochs 2",
                "--network 9 --loss binary-cross-entropy --optimizer adamw --decay 0.1 --batch 1000 --epochs 2"
            })
    void aRunThatIsSavedAtAnyStepGoesOnWithTheSameBits(String words) throws IOException {
        MnistExamples images = Mnist.in(folder).training();
        Checkpoint whole = start(words);
        whole.trainer().train(Workers.caller(), images, whole.state(), new TrainingListener() {});
        for (int stop : new int[] {1, 3, 5, 7}) {
            Checkpoint first = start(words);
            first.trainer().train(Workers.caller(), images, first.state(), new TrainingListener() {
                @Override
                public boolean onBatch(int epoch, int examples, double loss) {
                    return first.state().step() < stop;
                }
            });
            first.write(file);
            Checkpoint second = Checkpoint.read(file);
            assertEquals(first.recipe().words(), second.recipe().words());
            assertEquals(first.state().lossSum(), second.state().lossSum());
            second.trainer().train(Workers.caller(), images, second.state(), new TrainingListener() {});
            assertArrayEquals(whole.state().parameters(), second.state().parameters());
            assertArrayEquals(whole.state().optimizerState(), second.state().optimizerState());
            assertEquals(whole.state().step(), second.state().step());
        }
    }

    @Test
    void theDefaultRecipeIsThatOfTheCommandLine() {
        assertEquals(
                "--network 256 --activation relu --loss softmax-cross-entropy --optimizer nesterov --learning-rate 0.15"
                        + " --schedule cosine --momentum 0.9 --clip Infinity --batch 64 --epochs 5 --seed 1",
                Recipe.parse("--batch 64").words());
        String step = "--optimizer adamw --schedule step";
        assertEquals(
                Recipe.parse(step).words(),
                Recipe.parse(Recipe.parse(step).words()).words());
    }

    @Test
    void savedEveryEpochAndResumedByTheCommandLine() throws IOException {
        Path whole = folder.resolve("whole");
        train("--epochs", 3, "--network", 7, "--checkpoint", whole).ok();
        Path first = folder.resolve("first");
        Cli half = train("--epochs", 3, "--network", 7, "--checkpoint", first, "--learning-rate", "0.15");
        assertTrue(half.ok().out().contains("checkpoint: " + first), half.out());
        assertEquals(-1, Files.mismatch(whole, first));
        // A run that was to be shorter is made longer; it is not the run that was longer from the start, but resumable.
        train("--epochs", 1, "--network", 7, "--schedule", "constant", "--checkpoint", first)
                .ok();
        Cli resumed = train("--resume", first, "--epochs", 2, "--threads", 1).ok();
        assertTrue(resumed.out().contains(first + ": epoch 1 of 2, step 5 done"), resumed.out());
        assertTrue(resumed.out().contains("\n  2/2 ") && !resumed.out().contains("\n  1/2 "), resumed.out());
        train("--epochs", 2, "--network", 7, "--schedule", "constant", "--checkpoint", whole)
                .ok();
        assertEquals(-1, Files.mismatch(whole, first));
        // Nothing is left to do.
        train("--resume", first, "--checkpoint", file).ok();
        assertEquals(-1, Files.mismatch(whole, file));
    }

    /** As a person would: a signal in the midst of a run, and then the command that it prints. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void ctrlCSavesAndSaysWhere() throws Exception {
        assumeThatSignalsArrive();
        Object[] run = {"train", "--data", folder, "--epochs", 4000, "--network", 20, "--checkpoint", file};
        Process process = Cli.start(folder, run);
        try (BufferedReader out = process.inputReader()) {
            readUntil(out, "3/4000");
            new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            String stopped = readUntil(out, "stopped: epoch ");
            assertTrue(stopped.endsWith("; to go on: digits train --resume " + file), stopped);
            assertTrue(process.waitFor(20, TimeUnit.SECONDS));
            assertEquals(ExitCode.INTERRUPTED, process.exitValue());
            assertEquals("", errors(process));
        } finally {
            process.destroyForcibly();
        }
        int epoch = Checkpoint.read(file).state().epoch();
        assertTrue(epoch >= 3 && epoch < 4000, "epoch " + epoch);
        Checkpoint resumed = Checkpoint.read(file);
        Checkpoint whole = start(resumed.recipe().words());
        int stop = epoch + 2;
        for (Checkpoint each : List.of(resumed, whole)) {
            each.trainer().train(Workers.caller(), Mnist.in(folder).training(), each.state(), new TrainingListener() {
                @Override
                public boolean onEpoch(int done, double meanLoss, double seconds) {
                    return each.state().epoch() < stop;
                }
            });
        }
        assertArrayEquals(whole.state().parameters(), resumed.state().parameters());
        assertArrayEquals(whole.state().optimizerState(), resumed.state().optimizerState());
    }

    /** The line is printed before the process may end. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void ctrlCWithNowhereToSaveSaysSo() throws Exception {
        assumeThatSignalsArrive();
        Path gone = Files.createDirectory(folder.resolve("gone"));
        Path nowhere = gone.resolve("c");
        Object[] run = {"train", "--data", folder, "--epochs", 4000, "--network", 20, "--checkpoint", nowhere};
        Process process = Cli.start(folder, run);
        try (BufferedReader out = process.inputReader()) {
            readUntil(out, "3/4000");
            Files.delete(gone);
            new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            assertEquals("digits: " + nowhere + ": cannot be written: no such folder", errors(process));
            assertTrue(process.waitFor(20, TimeUnit.SECONDS));
            assertEquals(ExitCode.INTERRUPTED, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aKillLeavesTheLastSave() throws Exception {
        Object[] run = {
            "train", "--data", folder, "--epochs", 4000, "--network", 20, "--checkpoint", file, "--save-every", 1
        };
        Process process = Cli.start(folder, run);
        try (BufferedReader out = process.inputReader()) {
            readUntil(out, "5/4000");
        } finally {
            process.destroyForcibly();
        }
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        int epoch = Checkpoint.read(file).state().epoch();
        assertTrue(epoch >= 4, "epoch " + epoch);
    }

    /** A shell that puts a job into the background lets it ignore Ctrl-C, and so do its children, this one's too. */
    private static void assumeThatSignalsArrive() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.exists(status)) {
            for (String line : Files.readAllLines(status)) {
                assumeFalse(
                        line.startsWith("SigIgn:")
                                && (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1 << 2 - 1) != 0,
                        "SIGINT is ignored here");
            }
        }
    }

    /** Java says that a module incubates; nothing else is to be there. */
    private static String errors(Process process) throws IOException {
        try (BufferedReader err = process.errorReader()) {
            return String.join(
                    "\n",
                    err.lines()
                            .filter(line -> !line.contains("incubator modules"))
                            .toList());
        }
    }

    private static String readUntil(BufferedReader out, String start) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(start)) {
                return line;
            }
            seen.append(line).append('\n');
        }
        throw new AssertionError("no line " + start + " in\n" + seen);
    }

    /** Saves a checkpoint, and then again with something changed. */
    private void spoil(BiConsumer<Map<String, String>, Map<String, float[]>> change) throws IOException {
        start("--network 3 --optimizer gradient-descent --batch 300").write(file);
        Map<String, String> words;
        Map<String, float[]> tensors = new LinkedHashMap<>();
        Map<String, int[]> shapes = new LinkedHashMap<>();
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            words = new LinkedHashMap<>(reader.metadata());
            for (var tensor : reader.tensors().values()) {
                float[] values = new float[(int) tensor.elements()];
                reader.read(tensor.name(), values, 0);
                tensors.put(tensor.name(), values);
                shapes.put(
                        tensor.name(),
                        tensor.shape().stream().mapToInt(Math::toIntExact).toArray());
            }
        }
        change.accept(words, tensors);
        SafetensorsWriter writer = new SafetensorsWriter();
        words.forEach(writer::metadata);
        tensors.forEach(
                (name, values) -> writer.tensor(name, values, 0, shapes.getOrDefault(name, new int[] {values.length})));
        writer.write(file);
    }

    private void refused(String part) {
        String message =
                assertThrows(IOException.class, () -> Checkpoint.read(file)).getMessage();
        assertTrue(message.startsWith(file + ": ") && message.contains(part), message);
        train("--resume", file).fails(ExitCode.DATA, file + ": ");
        Cli.run("explain", 0, "--checkpoint", file).fails(ExitCode.DATA, file + ": ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "version | 2 | is of version 2, not 1",
                "train | --network 4 | \"layer0.weights\" must be [100, 4], but is [100, 3]",
                "train | --network 3,3 | \"layer1.weights\" must be [3, 3], but is [3, 10]",
                "train | --optimizer adam --network 3 | \"moment1.layer0.weights\" must be [100, 3], but is missing",
                "train | --network 2000000000 | makes no sense: shape",
                "train | --momentum 2 --network 3 | makes no sense: momentum must be in [0, 1)",
                "train | --network 3,3, | must be whole numbers above 0",
                "train | --colour red | makes no sense: Unknown option",
                "train | @/etc/passwd | makes no sense: Unmatched argument",
                "epoch | -1 | makes no sense: must not be negative",
                "epoch | 1.5 | makes no sense",
                "step | 2 | step 2 does not lie in epoch 0",
                "count | 0 | makes no sense: must not be 0",
                "rows | 1000000 | must be [10000000, 3]",
                "rows | 2000000000 | makes no sense: integer overflow",
                "labels | x | makes no sense",
                "loss-sum | NaN | makes no sense: must be finite",
                "loss-sum | -Infinity | makes no sense: must be finite"
            })
    void wordsThatMakeNoSense(String key, String value, String part) throws IOException {
        spoil((words, tensors) -> words.put(WORDS + key, value));
        refused(part);
        spoil((words, tensors) -> words.remove(WORDS + key));
        refused("is no checkpoint of digits: it has no word " + WORDS + key);
    }

    @Test
    void tensorsThatMakeNoSense() throws IOException {
        spoil((words, tensors) -> tensors.get("layer1.weights")[5] = Float.NaN);
        refused("tensor \"layer1.weights\" has 1 of 30 numbers that are not finite");
        spoil((words, tensors) -> tensors.remove("layer1.bias"));
        refused("tensor \"layer1.bias\" must be [10], but is missing");
        spoil((words, tensors) -> tensors.put("layer2.bias", new float[2]));
        refused("tensor \"layer2.bias\" is of no layer");
        spoil((words, tensors) -> tensors.put("\u001b[2J\u0085\u2028x", new float[2]));
        train("--resume", file).fails(ExitCode.DATA, file + ": tensor \" [2J x\" is of no layer");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 2000));
        refused("");
        Files.writeString(file, "not a checkpoint at all");
        refused("header");
        Files.delete(file);
        refused("no such file; 'digits train' makes one");
        Files.createDirectory(file);
        refused("is a folder");
    }

    @Test
    void otherData() throws IOException {
        train("--epochs", 1, "--network", 3, "--checkpoint", file).ok();
        IdxFiles.writeBars(folder, 304, 50);
        train("--resume", file).fails(ExitCode.DATA, file + ": was trained on 303 images of 10 x 10 pixels");
        Cli.run("explain", 0, "--checkpoint", file)
                .fails(ExitCode.DATA, file + ": reads images of 10 x 10 pixels, but those of MNIST have 28 x 28");
    }

    @Test
    void whatCannotBeWrittenIsSaidBeforeTheTraining() throws IOException {
        Path none = folder.resolve("none").resolve("c");
        Cli cli = train("--checkpoint", none).fails(ExitCode.DATA, none + ": cannot be written: no such folder");
        assertEquals("", cli.out());
        train("--checkpoint", folder).fails(ExitCode.DATA, folder + ": cannot be written: Is a directory");
        train("--checkpoint", "a\0b").fails(ExitCode.USAGE, "Invalid value for option '--checkpoint'");
        train("--report", none).fails(ExitCode.DATA, none + ": cannot be written: no such folder");
        Path under = Files.createFile(file).resolve("c");
        train("--checkpoint", under).fails(ExitCode.DATA, under + ": cannot be written: its folder is a file");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aDeviceIsNoPlaceForACheckpoint() {
        Cli cli = train("--checkpoint", "/dev/null").fails(ExitCode.DATA, "/dev/null: cannot be written: not a file");
        assertEquals("", cli.out());
    }

    @Test
    void optionsThatTheCheckpointDecides() {
        train("--resume", file, "--batch", 3).fails(ExitCode.USAGE, "--batch has no use with --resume");
        train("--resume", file, "--seed", 3).fails(ExitCode.USAGE, "--seed has no use with --resume");
        train("--resume", file, "--network", 3).fails(ExitCode.USAGE, "--network has no use with --resume");
        train("--save-every", 0).fails(ExitCode.USAGE, "--save-every must be at least 1");
    }

    @Test
    void noCheckpointWhereNoneIsWanted() throws IOException {
        Cli cli = train("--epochs", 1, "--network", 3, "--checkpoint", "none").ok();
        assertFalse(cli.out().contains("checkpoint"), cli.out());
        try (var files = Files.list(folder)) {
            assertEquals(4, files.count());
        }
    }

    @Test
    void aRunThatDivergesKeepsTheOldFile() throws IOException {
        Files.writeString(file, "old");
        train("--optimizer", "gradient-descent", "--learning-rate", "1e30", "--checkpoint", file)
                .fails(ExitCode.GOAL_MISSED, "the loss is no longer a number");
        Object[] often = {
            "--optimizer", "gradient-descent", "--learning-rate", "1e30", "--save-every", 1, "--checkpoint", file
        };
        train(often).fails(ExitCode.GOAL_MISSED, "a parameter is no longer a number: nothing is saved");
        assertEquals("old", Files.readString(file));
    }
}
