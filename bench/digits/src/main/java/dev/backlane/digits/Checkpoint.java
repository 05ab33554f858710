package dev.backlane.digits;

import dev.backlane.nn.Mlp;
import dev.backlane.nn.Trainer;
import dev.backlane.nn.TrainingState;
import dev.backlane.optim.Optimizer;
import dev.backlane.param.ParameterLayout.Block;
import dev.backlane.safetensors.SafetensorsReader;
import dev.backlane.safetensors.SafetensorsWriter;
import dev.backlane.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;

/**
 * A network and all that its training needs to go on with the bits of a run that never stopped. The random state is the seed,
 * which stands in the recipe, and the epoch: each epoch's order is drawn from these two alone.
 *
 * <p>As a file: {@code layer0.weights} in×out, {@code layer0.bias}, and so on, then the same names behind those of the optimiser's
 * vectors ({@code velocity.}, or {@code moment1.} and {@code moment2.}), and the rest as words.
 *
 * @param recipe how the network came to be
 * @param mlp the network
 * @param state parameters, optimiser state, epoch and step
 * @param images what it was trained on
 */
record Checkpoint(Recipe recipe, Mlp mlp, TrainingState state, Images images) {
    /** Where the commands look for one: in the folder that they are called in. */
    static final Path DEFAULT = Path.of("target", "digits", "checkpoint.safetensors");

    private static final String PREFIX = "backlane.digits.";
    private static final String VERSION = "1";

    /**
     * What is remembered of a data set, to know it again.
     *
     * @param rows height of an image
     * @param columns width of an image
     * @param count how many
     * @param labels CRC-32 of the labels
     */
    record Images(int rows, int columns, int count, long labels) {
        static Images of(MnistExamples examples) {
            return new Images(examples.rows(), examples.columns(), examples.count(), examples.labelsCrc());
        }

        @Override
        public String toString() {
            return count + " images of " + rows + " x " + columns + " pixels, labels' CRC-32 "
                    + String.format(Locale.ROOT, "%08x", labels);
        }
    }

    /**
     * The run to go on with.
     *
     * @return whose state is {@link #state()}
     */
    Trainer trainer() {
        return recipe.trainer(mlp, images.count);
    }

    /**
     * Writes it: the file is replaced whole or not at all, and on the disk when this returns.
     *
     * @param file made or replaced
     * @throws IOException if it cannot be written
     */
    void write(Path file) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        words().forEach((key, value) -> writer.metadata(PREFIX + key, value));
        tensors(recipe.optimizer().optimizer()).forEach((name, block) -> {
            int[] shape = block.shape().stream().mapToInt(Integer::intValue).toArray();
            float[] values = name.equals(block.name()) ? state.parameters() : state.optimizerState();
            writer.tensor(name, values, at(name, block), shape);
        });
        writer.write(file);
    }

    private Map<String, String> words() {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("version", VERSION);
        words.put("train", recipe.words());
        words.put("epoch", String.valueOf(state.epoch()));
        words.put("step", String.valueOf(state.step()));
        words.put("loss-sum", String.valueOf(state.lossSum()));
        words.put("rows", String.valueOf(images.rows));
        words.put("columns", String.valueOf(images.columns));
        words.put("count", String.valueOf(images.count));
        words.put("labels", String.valueOf(images.labels));
        return words;
    }

    /** Names of the optimiser's vectors, in their order. */
    private static List<String> vectors(Optimizer optimizer) {
        return switch (optimizer) {
            case Optimizer.GradientDescent none -> List.of();
            case Optimizer.Momentum velocity -> List.of("velocity.");
            case Optimizer.Nesterov velocity -> List.of("velocity.");
            case Optimizer.Adam moments -> List.of("moment1.", "moment2.");
        };
    }

    /** All tensors with the block of parameters that each is, or is as long as. */
    private SequencedMap<String, Block> tensors(Optimizer optimizer) {
        SequencedMap<String, Block> tensors = new LinkedHashMap<>();
        mlp.layout().blocks().forEach(block -> tensors.put(block.name(), block));
        for (String vector : vectors(optimizer)) {
            mlp.layout().blocks().forEach(block -> tensors.put(vector + block.name(), block));
        }
        return tensors;
    }

    /** Where a tensor starts in its array: the second moment lies behind the first. */
    private int at(String name, Block block) {
        return block.offset() + (name.startsWith("moment2.") ? mlp.parameterCount() : 0);
    }

    /**
     * Reads one.
     *
     * @param file that {@link #write} has written
     * @return the same
     * @throws IOException if it is not there, unreadable, or anything in it is not as it must be
     */
    static Checkpoint read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new CheckpointException(file, "is a folder, not a checkpoint", null);
        }
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            Words words = new Words(file, reader.metadata());
            String version = words.get("version", Function.identity());
            if (!version.equals(VERSION)) {
                throw new CheckpointException(file, "is of version " + version + ", not " + VERSION, null);
            }
            Recipe recipe = words.get("train", Recipe::parse);
            Images images = new Images(
                    words.get("rows", Checkpoint::positive),
                    words.get("columns", Checkpoint::positive),
                    words.get("count", Checkpoint::positive),
                    words.get("labels", Long::parseLong));
            int epoch = words.get("epoch", Checkpoint::natural);
            long step = words.get("step", Long::parseLong);
            double lossSum = words.get("loss-sum", Checkpoint::finite);
            // Shapes alone: whether the file holds so much is seen before memory is taken for it.
            Mlp mlp =
                    words.get("train", line -> Recipe.parse(line).mlp(Math.multiplyExact(images.rows, images.columns)));
            Trainer trainer = words.get("train", line -> recipe.trainer(mlp, images.count));
            Checkpoint shapes = new Checkpoint(recipe, mlp, null, images);
            SequencedMap<String, Block> tensors = shapes.tensors(trainer.optimizer());
            requireShapes(file, tensors, reader.tensors());
            int n = mlp.parameterCount();
            float[] parameters = new float[n];
            float[] moments = new float[Math.multiplyExact(trainer.optimizer().stateVectors(), n)];
            for (Map.Entry<String, Block> tensor : tensors.entrySet()) {
                String name = tensor.getKey();
                Block block = tensor.getValue();
                float[] into = name.equals(block.name()) ? parameters : moments;
                long notFinite = reader.read(name, into, shapes.at(name, block));
                if (notFinite > 0) {
                    throw new CheckpointException(
                            file,
                            "tensor \"" + name + "\" has " + notFinite + " of " + block.size()
                                    + " numbers that are not finite",
                            null);
                }
            }
            long within = step - (long) epoch * trainer.stepsPerEpoch(images.count);
            if (within < 0 || within >= trainer.stepsPerEpoch(images.count)) {
                throw new CheckpointException(file, "step " + step + " does not lie in epoch " + epoch, null);
            }
            TrainingState state = new TrainingState(parameters, moments, epoch, step, lossSum);
            return new Checkpoint(recipe, mlp, state, images);
        } catch (NoSuchFileException e) {
            throw new CheckpointException(file, "no such file; 'digits train' makes one", e);
        }
    }

    private static int natural(String word) {
        int number = Integer.parseInt(word);
        if (number < 0) {
            throw new IllegalArgumentException("must not be negative, but is " + number);
        }
        return number;
    }

    private static int positive(String word) {
        int number = natural(word);
        if (number == 0) {
            throw new IllegalArgumentException("must not be 0");
        }
        return number;
    }

    private static double finite(String word) {
        double number = Double.parseDouble(word);
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("must be finite, but is " + word);
        }
        return number;
    }

    private static void requireShapes(Path file, Map<String, Block> wanted, Map<String, TensorInfo> found)
            throws CheckpointException {
        for (Map.Entry<String, Block> tensor : wanted.entrySet()) {
            TensorInfo info = found.get(tensor.getKey());
            List<Long> shape =
                    tensor.getValue().shape().stream().map(Integer::longValue).toList();
            if (info == null || !info.shape().equals(shape)) {
                throw new CheckpointException(
                        file,
                        "tensor \"" + tensor.getKey() + "\" must be " + shape + ", but is "
                                + (info == null ? "missing" : String.valueOf(info.shape())),
                        null);
            }
        }
        for (String name : found.keySet()) {
            if (!wanted.containsKey(name)) {
                throw new CheckpointException(file, "tensor \"" + name + "\" is of no layer", null);
            }
        }
    }

    /** The words of a file, of which each must be there and make sense. */
    private record Words(Path file, Map<String, String> metadata) {
        <T> T get(String key, Function<String, T> parser) throws CheckpointException {
            String word = metadata.get(PREFIX + key);
            if (word == null) {
                throw new CheckpointException(file, "is no checkpoint of digits: it has no word " + PREFIX + key, null);
            }
            try {
                return parser.apply(word);
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new CheckpointException(
                        file, "its word " + PREFIX + key + " makes no sense: " + e.getMessage(), e);
            }
        }
    }
}
