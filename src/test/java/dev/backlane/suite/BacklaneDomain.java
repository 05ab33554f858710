package dev.backlane.suite;

import dev.backlane.kernel.Activation;
import dev.backlane.nn.Loss;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.domains.DomainContextBase;

/**
 * The jqwik providers of the suite: a property in a class annotated {@code @Domain(BacklaneDomain.class)} asks for {@code
 * @ForAll Shape shape} or {@code @ForAll Network network} and gets one.
 *
 * <p>To write such providers for kernels and models of your own:
 *
 * <ul>
 *   <li><b>Generate a description, not arrays.</b> A case is a small record of sizes, choices and a seed; its {@code
 *       toString} is one line that says how to build it again, and the arrays are filled from the seed. jqwik then shrinks a
 *       dozen integers instead of a thousand floats.
 *   <li><b>Draw sizes from a list</b> around what the code treats specially: 1, each lane width and tile with its two
 *       neighbours, a prime or two. Uniform sizes hardly ever meet an edge. Put the list in ascending order: values drawn by
 *       {@code Arbitraries.of} shrink towards its front.
 *   <li><b>Combine, do not chain.</b> {@code Combinators.combine} shrinks every part by itself; {@code flatMap} throws the
 *       inner parts away when an outer one shrinks. Constraints between parts (here: a loss on logits wants the identity in
 *       the last layer) are settled when the description is built, so that every combination is legal and no shrunk case is
 *       filtered out.
 *   <li><b>Put the plainest choice first</b>: no offset, the identity, ordinary numbers. What is left in a shrunk case is
 *       then what the failure needs.
 *   <li><b>Name the numbers' kind</b> ({@link Terrain}) and decide per kind what is asked: on ordinary numbers a derivative
 *       must be certified, on saturated ones it must not be wrong.
 *   <li><b>Test the shrinking</b>, as {@link ProvidersTest} does.
 * </ul>
 */
public final class BacklaneDomain extends DomainContextBase {
    /** Around 4, 8, 16 and 32 lanes. */
    static final Integer[] WIDTHS = {1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 31, 32, 33};

    private static Arbitrary<Integer> widths() {
        return Arbitraries.of(WIDTHS);
    }

    /**
     * Sizes around lane widths; more often than not, matrices lie somewhere inside their arrays.
     *
     * @return shapes that shrink to 1×1×1 at offset 0 without gaps
     */
    @Provide
    Arbitrary<Shape> shapes() {
        return Combinators.combine(
                        Arbitraries.of(1, 2, 3, 4, 5, 8, 13),
                        widths(),
                        widths(),
                        Arbitraries.of(0, 1, 7),
                        Arbitraries.of(0, 1, 5),
                        seeds())
                .as(Shape::new);
    }

    /**
     * Each kind of numbers.
     *
     * @return terrains that shrink to ordinary numbers
     */
    @Provide
    Arbitrary<Terrain> terrains() {
        return Arbitraries.of(Terrain.values());
    }

    /**
     * Every function, with two parameters where it has one.
     *
     * @return activations that shrink to the identity
     */
    @Provide
    Arbitrary<Activation> activations() {
        return Arbitraries.of(
                Activation.IDENTITY,
                Activation.SIGMOID,
                Activation.TANH,
                Activation.RELU,
                Activation.leakyRelu(0.01f),
                Activation.leakyRelu(0.3f),
                Activation.elu(1),
                Activation.elu(0.5f),
                Activation.SOFTPLUS,
                Activation.SILU,
                Activation.GELU);
    }

    /**
     * Networks of one to five layers, narrow ones more often than wide ones.
     *
     * @return networks that shrink to one layer of one neuron on one example
     */
    @Provide
    Arbitrary<Network> networks() {
        Arbitrary<Integer> width =
                Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.integers().between(1, 6)), Tuple.of(1, widths()));
        Arbitrary<Network.Layer> layer =
                Combinators.combine(width, activations()).as(Network.Layer::new);
        return Combinators.combine(
                        Arbitraries.integers().between(1, 5),
                        width,
                        layer.list().ofMinSize(1).ofMaxSize(5),
                        Arbitraries.of(Loss.values()),
                        seeds())
                .as(Network::new);
    }

    private static Arbitrary<Long> seeds() {
        return Arbitraries.longs().between(0, 1_000_000);
    }
}
