package dev.backlane.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BackendTest {
    /** Without this, a suite that is believed to test a backend might test another. */
    @Test
    void theBackendThatWasAskedForIsTheOneThatRuns() {
        String asked = System.getProperty("backlane.backend", "auto");
        assertTrue(
                asked.equals("auto") || asked.equals(Backend.name()), "asked for " + asked + ": " + Backend.describe());
        if (Backend.name().equals("scalar")) {
            assertInstanceOf(ScalarTiles.class, Kernels.TILES);
            assertInstanceOf(ScalarSweeps.class, Kernels.SWEEPS);
        } else {
            assertInstanceOf(SimdTiles.class, Kernels.TILES);
            assertInstanceOf(SimdSweeps.class, Kernels.SWEEPS);
            assertEquals(Backend.name(), "simd" + 32 * Simd.LANES);
        }
    }

    @Test
    void autoTakesTheWidest() {
        assertEquals(256, Backend.choose("auto", false, null, 256).bits());
        assertEquals(512, Backend.choose("auto", false, null, 2048).bits());
    }

    @Test
    void autoFallsBackAndSaysWhy() {
        Backend.Choice choice = Backend.choose("auto", false, "the C2 compiler is off", 256);
        assertEquals(0, choice.bits());
        assertNull(choice.error());
        assertEquals("the C2 compiler is off", choice.reason());
        assertTrue(choice.degraded());
    }

    @Test
    void scalarCanBeForcedAnywhereAndIsNoFailure() {
        Backend.Choice choice = Backend.choose("scalar", false, "no module", 0);
        assertEquals(0, choice.bits());
        assertNull(choice.error());
        assertEquals(false, choice.degraded());
    }

    @Test
    void aForcedChoiceThatCannotRunFails() {
        assertTrue(Backend.choose("simd512", false, null, 256).error().contains("256 bits"));
        assertTrue(Backend.choose("simd256", false, "no module", 0).error().contains("no module"));
        assertTrue(Backend.choose("simd256", true, "no module", 0).error().contains("no module"));
        assertTrue(Backend.choose("avx2", false, null, 256).error().contains("\"avx2\""));
    }

    @Test
    void emulationMustBeAskedFor() {
        Backend.Choice choice = Backend.choose("simd512", true, null, 256);
        assertEquals(512, choice.bits());
        assertTrue(choice.reason().contains("emulated"));
    }
}
