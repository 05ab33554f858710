package dev.backlane.kernel;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** Sizes that matter to kernels: none, one, around each lane width and tile, primes, more than one block. */
final class Sizes {
    private Sizes() {}

    static Arbitrary<Integer> small() {
        return Arbitraries.of(
                0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 19, 23, 31, 32, 33, 37, 63, 64, 65, 67, 97);
    }

    /** Long enough for several passes over k on any backend. */
    static Arbitrary<Integer> depth() {
        return Arbitraries.frequencyOf(Tuple.of(9, small()), Tuple.of(1, Arbitraries.of(127, 385, 401, 770)));
    }
}
