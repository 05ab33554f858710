package dev.backlane.digits;

import dev.backlane.nn.Mlp;
import dev.backlane.nn.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/**
 * What a training run is made of: network, update rule, length and seed. Has a text form, which is the options of {@code digits
 * train} with every default spelt out, so that one parser reads a command line and a checkpoint.
 *
 * @param network layers and loss
 * @param optimizer update rule and its course
 * @param batch images of an update
 * @param epochs times that each image is used
 * @param seed of the first parameters and the order of the images
 */
record Recipe(NetworkOptions network, OptimizerOptions optimizer, int batch, int epochs, long seed) {
    /** The parser takes time and memory by the square of the words; each option is one or two. */
    private static final int MOST_WORDS = 100;

    /** Room for as many layers as there may be. */
    private static final int MOST_CHARACTERS = 20_000;

    @Command
    private static final class Words {
        @Mixin
        private NetworkOptions network = new NetworkOptions();

        @Mixin
        private OptimizerOptions optimizer = new OptimizerOptions();

        @Mixin
        private LengthOptions length = new LengthOptions();
    }

    /**
     * A run as options describe it.
     *
     * @param network layers and loss
     * @param optimizer update rule and its course
     * @param length batch, epochs and seed
     */
    Recipe(NetworkOptions network, OptimizerOptions optimizer, LengthOptions length) {
        this(network, optimizer, length.batch(), length.epochs(), length.seed());
    }

    /**
     * Reads the text form.
     *
     * @param words as {@link #words()} gives them
     * @return the run
     * @throws IllegalArgumentException if a word is not an option of it
     */
    static Recipe parse(String words) {
        String[] split = words.split(" ", MOST_WORDS + 1);
        if (split.length > MOST_WORDS || words.length() > MOST_CHARACTERS) {
            throw new IllegalArgumentException(
                    "must be at most " + MOST_WORDS + " words of " + MOST_CHARACTERS + " characters");
        }
        Words parsed = new Words();
        CommandLine line = new CommandLine(parsed)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false)
                .setInterpolateVariables(false);
        try {
            line.parseArgs(split);
        } catch (ParameterException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return new Recipe(parsed.network, parsed.optimizer, parsed.length);
    }

    /**
     * The options that a run is made of.
     *
     * @return their names
     */
    static Set<String> options() {
        return new CommandLine(new Words()).getCommandSpec().optionsMap().keySet();
    }

    /**
     * The text form.
     *
     * @return options, blanks between them
     */
    String words() {
        List<String> words = new ArrayList<>(network.words());
        words.addAll(optimizer.words());
        words.addAll(Arrays.asList(
                "--batch", String.valueOf(batch), "--epochs", String.valueOf(epochs), "--seed", String.valueOf(seed)));
        return String.join(" ", words);
    }

    /**
     * The same with another length.
     *
     * @param epochs times that each image is used
     * @return another run
     */
    Recipe withEpochs(int epochs) {
        return new Recipe(network, optimizer, batch, epochs, seed);
    }

    /**
     * The network.
     *
     * @param inputs pixels of an image
     * @return with an output for each digit
     * @throws IllegalArgumentException if it would be too large
     */
    Mlp mlp(int inputs) {
        return network.network(inputs);
    }

    /**
     * The run on a data set.
     *
     * @param mlp the network
     * @param count images to train on
     * @return ready to start
     * @throws IllegalArgumentException if a constant is out of its range
     */
    Trainer trainer(Mlp mlp, int count) {
        int size = Math.min(batch, count);
        return new Trainer(
                mlp,
                optimizer.optimizer(),
                optimizer.schedule(size < 1 ? 1 : (count + size - 1L) / size),
                size,
                epochs,
                seed,
                optimizer.clip());
    }
}
