package dev.backlane.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A few seconds of {@link Fuzz}, the same cases each time. */
@Tag("once") // All backends run in this one JVM.
class FuzzTest {
    private static final long SEED = 20;
    private static final int CASES = 400;

    @Test
    void allBackendsGiveTheSameBitsWithinTheBounds() {
        try (Fuzz fuzz = new Fuzz()) {
            fuzz.run(SEED, CASES, 600);
            assertEquals(List.of(), fuzz.failures());
            assertEquals(Fuzz.kernels(), List.copyOf(fuzz.counts().keySet()), "kernels that had a case");
            // An oracle that knows nothing finds nothing.
            assertTrue(fuzz.judged() > 3 * fuzz.open(), fuzz.judged() + " known, " + fuzz.open() + " not");
        }
    }

    @Test
    void whatAFailurePrintsIsTheSameCase() {
        Draw draw = new Draw(77, Map.of()).with("n", 3).with("numbers", 1);
        Draw again = Draw.parse(draw.toString());
        assertEquals(draw.size("n"), again.size("n"));
        assertEquals(draw.index("other", 1000), again.index("other", 1000));
        assertArrayEquals(
                new Case("", draw).values("x", Operand.Role.READ, 5),
                new Case("", again).values("x", Operand.Role.READ, 5));
    }

    @Test
    void everyPublicKernelTakesPart() {
        assertEquals(
                List.copyOf(Implementation.kernels(Fuzz.class.getClassLoader()).keySet()), Fuzz.kernels());
    }
}
