package dev.backlane.digits;

import dev.backlane.kernel.Activation;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that describe a network. */
public final class NetworkOptions {
    @Option(
            names = "--network",
            paramLabel = "WIDTHS",
            converter = WidthList.class,
            description = "Neurons of each hidden layer, as 512,256; 'none' for none. Default: 256")
    private Widths hidden = new Widths(List.of(256));

    @Option(
            names = "--activation",
            paramLabel = "NAME",
            converter = ActivationName.class,
            description = "Of the hidden layers: sigmoid, tanh, relu, leaky_relu[:slope], elu[:scale], softplus, silu,"
                    + " gelu or identity. Default: relu")
    private Activation activation = Activation.RELU;

    @Option(
            names = "--loss",
            paramLabel = "NAME",
            converter = LossName.class,
            description =
                    "softmax-cross-entropy, binary-cross-entropy, squared-error or mean-squared-error; for the last"
                            + " two the output layer is a sigmoid. Default: softmax-cross-entropy")
    private Loss loss = Loss.SOFTMAX_CROSS_ENTROPY;

    /**
     * The network that the options describe.
     *
     * @param inputs pixels of an image
     * @return a network with an output for each digit
     * @throws IllegalArgumentException if it would be too large
     */
    public Mlp network(int inputs) {
        Mlp.Builder builder = Mlp.inputs(inputs);
        for (int width : hidden.widths) {
            builder.dense(width, activation);
        }
        return builder.dense(MnistExamples.CLASSES, loss.onLogits() ? Activation.IDENTITY : Activation.SIGMOID)
                .loss(loss);
    }

    /**
     * The options that describe this network.
     *
     * @return each name before its value
     */
    List<String> words() {
        String widths = hidden.widths.isEmpty()
                ? "none"
                : String.join(",", hidden.widths.stream().map(String::valueOf).toList());
        return List.of("--network", widths, "--activation", activation.toString(), "--loss", LossName.name(loss));
    }

    /** More would take far more memory than the words that ask for them. */
    private static final int MOST_LAYERS = 1_000;

    /** Not a bare list, which picocli would take for an option to be given several times. */
    private record Widths(List<Integer> widths) {}

    private static final class WidthList implements ITypeConverter<Widths> {
        @Override
        public Widths convert(String value) {
            List<Integer> widths = new ArrayList<>();
            if (!value.equalsIgnoreCase("none")) {
                String[] words = value.split(",", MOST_LAYERS + 1);
                if (words.length > MOST_LAYERS) {
                    throw new TypeConversionException("must be at most " + MOST_LAYERS + " layers");
                }
                for (String width : words) {
                    widths.add(parse(width.trim(), value));
                }
            }
            return new Widths(widths);
        }

        private static int parse(String width, String value) {
            try {
                int n = Integer.parseInt(width);
                if (n >= 1) {
                    return n;
                }
            } catch (NumberFormatException e) {
                // Refused below.
            }
            throw new TypeConversionException(
                    "must be whole numbers above 0, as 512,256, or 'none', but is '" + value + "'");
        }
    }

    private static final class ActivationName implements ITypeConverter<Activation> {
        @Override
        public Activation convert(String value) {
            try {
                return Activation.of(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    private static final class LossName implements ITypeConverter<Loss> {
        @Override
        public Loss convert(String value) {
            try {
                return Loss.valueOf(value.toUpperCase(Locale.ROOT).replace('-', '_'));
            } catch (IllegalArgumentException e) {
                String names = String.join(
                        ", ", Arrays.stream(Loss.values()).map(LossName::name).toList());
                throw new TypeConversionException("must be one of " + names + ", but is '" + value + "'");
            }
        }

        private static String name(Loss loss) {
            return loss.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
