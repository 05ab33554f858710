package dev.backlane.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void readsWhatItWrites() {
        Shape shape = new Shape(true, false, 784, 128, 64);
        assertEquals("TN:784x128x64", shape.toString());
        assertEquals(shape, Shape.of(shape.toString()));
    }

    @Test
    void oneNumberIsASquare() {
        assertEquals(new Shape(false, false, 512, 512, 512), Shape.of("512"));
        assertEquals(new Shape(false, true, 8, 8, 8), Shape.of("NT:8"));
    }

    @Test
    void rowsAreAsLongAsTheyAreStored() {
        Shape shape = Shape.of("TT:2x3x5");
        assertEquals(2, shape.lda());
        assertEquals(5, shape.ldb());
        assertEquals(3, Shape.of("2x3x5").ldb());
        assertEquals(60, shape.flops());
    }

    @Test
    void anythingElseIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Shape.of("64x128"));
        assertThrows(IllegalArgumentException.class, () -> Shape.of("AB:64x128x784"));
    }
}
