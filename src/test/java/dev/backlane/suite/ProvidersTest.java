package dev.backlane.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Activation.Kind;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.domains.Domain;

/** Failing cases become small and readable, whatever they start from. */
@Domain(BacklaneDomain.class)
class ProvidersTest {
    private final BacklaneDomain domain = new BacklaneDomain();

    /** The first value that fails, shrunk greedily until no smaller one fails. */
    private static <T> T smallest(Arbitrary<T> arbitrary, Predicate<T> fails) {
        RandomGenerator<T> generator = arbitrary.generator(1000);
        Random random = new Random(7);
        Shrinkable<T> shrinkable = generator.next(random);
        while (!fails.test(shrinkable.value())) {
            shrinkable = generator.next(random);
        }
        while (true) {
            Optional<Shrinkable<T>> smaller =
                    shrinkable.shrink().filter(s -> fails.test(s.value())).findFirst();
            if (smaller.isEmpty()) {
                return shrinkable.value();
            }
            shrinkable = smaller.get();
        }
    }

    @Example
    void aNetworkThatFailsForOneLayerShrinksToThatLayer() {
        Network network = smallest(
                domain.networks(),
                n -> n.batch() > 1
                        && n.mlp().layers().stream()
                                .anyMatch(layer -> layer.activation().kind() == Kind.TANH && layer.outputs() > 2));
        assertEquals("1-3 tanh, SQUARED_ERROR, batch 2, seed 0", network.toString());
    }

    @Example
    void aNetworkThatFailsForItsDepthShrinksToThinIdentities() {
        Network network = smallest(domain.networks(), n -> n.layers().size() > 2);
        assertEquals("1-1-1-1, SQUARED_ERROR, batch 1, seed 0", network.toString());
    }

    @Example
    void aShapeThatFailsBeyondALaneWidthShrinksToTheNextSize() {
        Shape shape = smallest(domain.shapes(), s -> s.out() > 8 && s.gap() > 0);
        assertEquals("1×1×9 offset 0 gap 1 seed 0", shape.toString());
    }

    @Property(tries = 50)
    void everyNetworkIsLegalAndSaysWhatItIs(@ForAll Network network) {
        assertEquals(network.layers().size(), network.mlp().layers().size());
        assertTrue(network.toString().length() < 120, network.toString());
    }

    @Example
    void theTerrainsHoldWhatTheyPromise() {
        float[] ordinary = Terrain.ORDINARY.numbers(new SplittableRandom(1), 1000, 1);
        float[] saturated = Terrain.SATURATED.numbers(new SplittableRandom(1), 1000, 1);
        float[] subnormal = Terrain.SUBNORMAL.numbers(new SplittableRandom(1), 1000, 1);
        boolean saturates = false;
        boolean zero = false;
        boolean tiny = false;
        for (int i = 0; i < 1000; i++) {
            assertTrue(Math.abs(ordinary[i]) >= 0.125f && Math.abs(ordinary[i]) <= 1);
            saturates |= InDouble.f(Activation.SIGMOID, saturated[i]) > 1 - 0x1p-24;
            zero |= subnormal[i] == 0;
            tiny |= subnormal[i] != 0 && Math.abs(subnormal[i]) < Float.MIN_NORMAL;
        }
        assertTrue(saturates && zero && tiny);
    }
}
