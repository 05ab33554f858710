package dev.backlane.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Activation;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A network as one line of text, there and back. */
class MlpTextTest {
    @Provide
    Arbitrary<List<Activation>> activations() {
        // Scales from 1e-30 to 1e30, whose exponents have a hyphen of their own.
        Arbitrary<Float> scale = Arbitraries.integers().between(-30, 30).map(e -> (float) (1.7 * Math.pow(10, e)));
        return Arbitraries.oneOf(
                        Arbitraries.of(
                                Activation.IDENTITY,
                                Activation.SIGMOID,
                                Activation.TANH,
                                Activation.RELU,
                                Activation.SOFTPLUS,
                                Activation.SILU,
                                Activation.GELU),
                        scale.map(Activation::leakyRelu),
                        scale.map(Activation::elu))
                .list()
                .ofMinSize(1)
                .ofMaxSize(5);
    }

    @Property(tries = 200)
    void aNetworkComesBack(@ForAll("activations") List<Activation> activations, @ForAll Loss loss) {
        Mlp.Builder builder = Mlp.inputs(12);
        for (int l = 0; l < activations.size(); l++) {
            builder.dense(l + 3, activations.get(l));
        }
        if (loss.onLogits()) {
            builder.dense(4, Activation.IDENTITY);
        }
        Mlp mlp = builder.loss(loss);
        Mlp copy = Mlp.of(mlp.toString());
        assertEquals(mlp.layers(), copy.layers());
        assertEquals(loss, copy.loss());
        assertEquals(mlp.layout(), copy.layout());
    }

    @Test
    void aDeepOneComesBack() {
        Mlp.Builder builder = Mlp.inputs(1);
        for (int l = 0; l < 20_000; l++) {
            builder.dense(1, l % 2 == 0 ? Activation.IDENTITY : Activation.elu(1e-5f));
        }
        Mlp mlp = builder.loss(Loss.SQUARED_ERROR);
        assertEquals(mlp.layers(), Mlp.of(mlp.toString()).layers());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "784-10                                    | must be a network",
                "784, SQUARED_ERROR                        | must be a network",
                "784-10 relu sigmoid, SQUARED_ERROR        | must be a network",
                "784--10, SQUARED_ERROR                    | must be a network",
                "784-10, SQUARED_ERROR, SQUARED_ERROR      | must be a network",
                "784-10, ERROR                             | loss must be one of",
                "784-10 step, SQUARED_ERROR                | activation must be one of",
                "784-10 relu, SOFTMAX_CROSS_ENTROPY        | wants logits",
                "784-0, SQUARED_ERROR                      | outputs must be at least 1",
                "0-10, SQUARED_ERROR                       | inputs must be at least 1",
                "784-9999999999, SQUARED_ERROR             | must fit an int",
                "784-999999999, SQUARED_ERROR              | longer than an array"
            })
    void whatIsNoNetworkIsRefused(String text, String message) {
        String found =
                assertThrows(IllegalArgumentException.class, () -> Mlp.of(text)).getMessage();
        assertTrue(found.contains(message), found);
    }
}
