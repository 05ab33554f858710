package dev.backlane.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** Numbers as text, random numbers, views of arrays. */
class SmallPartsTest {
    @Test
    void numbersAsText() {
        assertEquals("0.00100000", Text.number(1e-3));
        assertEquals("-9.99900e-04", Text.number(-9.999e-4));
        assertEquals("99999.0", Text.number(99_999));
        assertEquals("1.00000e+05", Text.number(1e5));
        assertEquals("0.00000", Text.number(0));
        assertEquals("Infinity", Text.number(Double.POSITIVE_INFINITY));
        assertEquals("1.5e-03", Text.small(1.5e-3));
        assertEquals("-", Text.small(Double.NaN));
        assertEquals("-Infinity", Text.small(Double.NEGATIVE_INFINITY));
    }

    /** The published sequence of the seed 1234567. */
    @Test
    void seedsMeanTheSameNumbersForEver() {
        SplitMix random = new SplitMix(1234567);
        assertEquals(6457827717110365317L, random.nextLong());
        assertEquals(3203168211198807973L, random.nextLong());
        BitSet seen = new BitSet();
        for (int i = 0; i < 200; i++) {
            seen.set(random.nextInt(7));
            double weight = Math.abs(random.nextWeight());
            assertTrue(weight >= 0.5 && weight < 1.5, weight + "");
        }
        assertEquals(7, seen.cardinality());
        assertEquals(7, seen.length());
        assertTrue(new SplitMix(1, 2).nextLong() != new SplitMix(1, 3).nextLong());
    }

    @Test
    void sizesAndProducts() {
        assertEquals(3, Numbers.largest(new double[] {1, -3, Double.NaN, Double.POSITIVE_INFINITY}));
        assertEquals(0, Numbers.largest(new double[] {}));
        assertEquals(11, Numbers.dot(new double[] {1, 2}, new double[] {3, 4}));
        assertEquals(0, Numbers.relative(0, -0.0));
        assertEquals(0.5, Numbers.relative(1, 2));
        assertEquals(2, Numbers.relative(1, -1));
        assertEquals(4, Numbers.powerOfTwo(7.9));
    }

    @Test
    void aViewHasItsOwnNumbers() {
        double[] array = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
        Tensor view = Tensor.of(array, 2, 3).at(1).leading(5).checked("view");
        assertEquals("[2x3]", view.shape());
        assertEquals(7, view.get(4));
        view.set(5, -1);
        assertEquals(-1, array[8]);
        assertEquals(5, Tensor.of(array, 2, 5).get(5));
        assertEquals(0, Tensor.of(array, 0, 5).checked("none").size());
        assertThrows(
                IllegalArgumentException.class,
                () -> Tensor.of(array, 2, 3).at(1).leading(7).checked("view"));
        assertThrows(IllegalArgumentException.class, () -> Tensor.of(array, 1 << 16, 1 << 15, 3));
    }
}
