package dev.backlane.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A few seconds of {@link Fuzz}, the same cases each time. */
@Tag("once") // All backends run in this one JVM.
class FuzzTest {
    private static final long SEED = 20;
    private static final int CASES = 2_000;

    @Test
    void allBackendsGiveTheSameBitsWithinTheBounds() {
        Fuzz fuzz = new Fuzz();
        fuzz.run(SEED, CASES, 60);
        assertEquals(List.of(), fuzz.failures());
        assertEquals(Fuzz.kernels(), List.copyOf(fuzz.counts().keySet()), "kernels that had a case");
    }

    @Test
    void everyPublicKernelTakesPart() {
        assertEquals(
                List.copyOf(Implementation.kernels(Fuzz.class.getClassLoader()).keySet()), Fuzz.kernels());
    }
}
