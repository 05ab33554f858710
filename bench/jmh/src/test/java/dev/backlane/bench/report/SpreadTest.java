package dev.backlane.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void medianOfOddAndEvenCounts() {
        assertEquals(2, Spread.median(List.of(9.0, 1.0, 2.0)));
        assertEquals(2.5, Spread.median(List.of(9.0, 1.0, 2.0, 3.0)));
        assertThrows(IllegalArgumentException.class, () -> Spread.median(List.of()));
    }

    @Test
    void forkCountsOnceHoweverManyIterationsItHas() {
        Spread spread = Spread.of(List.of(List.of(1.0, 1.0, 1.0, 1.0, 50.0), List.of(3.0), List.of(2.0)));
        assertEquals(new Spread(2, 1, 3), spread);
        assertEquals("50.0%", spread.plusMinus());
    }

    @Test
    void oneForkHasNoSpread() {
        assertEquals("", Spread.of(List.of(List.of(1.0, 2.0))).plusMinus());
    }

    @Test
    void ratioReachesFromWorstToBest() {
        Spread ratio = new Spread(10, 8, 12).over(new Spread(5, 4, 6));
        assertEquals(new Spread(2, 8.0 / 6, 3), ratio);
    }
}
