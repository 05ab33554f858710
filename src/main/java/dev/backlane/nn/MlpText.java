package dev.backlane.nn;

import dev.backlane.kernel.Activation;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A network in one line, {@code 784-128 sigmoid-10, SOFTMAX_CROSS_ENTROPY}: all that a network is, so it can be sent and stored. */
final class MlpText {
    /** The hyphen of a number as {@code 1.0E-5} belongs to the activation. */
    private static final Pattern LAYER = Pattern.compile("-(\\d{1,10})(?: ([a-z_]+(?::[0-9.]+(?:E-?\\d+)?)?))?");

    /** Possessive, since a loop that can go back takes stack for each layer. */
    private static final Pattern NETWORK = Pattern.compile("(\\d{1,10})((?:" + LAYER + ")++), ([A-Z_]+)");

    private MlpText() {}

    static String write(Mlp mlp) {
        StringBuilder line = new StringBuilder(String.valueOf(mlp.inputs()));
        for (Mlp.Layer layer : mlp.layers()) {
            line.append('-').append(layer.outputs());
            if (layer.activation().kind() != Activation.Kind.IDENTITY) {
                line.append(' ').append(layer.activation());
            }
        }
        return line.append(", ").append(mlp.loss()).toString();
    }

    static Mlp read(String text) {
        Matcher network = NETWORK.matcher(Checks.notNull("text", text));
        if (!network.matches()) {
            throw new IllegalArgumentException(
                    "text must be a network as \"784-128 sigmoid-10, SOFTMAX_CROSS_ENTROPY\", but is \"" + text + '"');
        }
        Mlp.Builder builder = Mlp.inputs(width(network.group(1)));
        Matcher layer = LAYER.matcher(network.group(2));
        while (layer.find()) {
            String activation = layer.group(2);
            builder.dense(width(layer.group(1)), activation == null ? Activation.IDENTITY : Activation.of(activation));
        }
        return builder.loss(loss(network.group(5)));
    }

    private static int width(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a width must fit an int, but is " + digits, e);
        }
    }

    private static Loss loss(String name) {
        try {
            return Loss.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "loss must be one of " + Arrays.toString(Loss.values()) + ", but is " + name, e);
        }
    }
}
