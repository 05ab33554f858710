package dev.backlane.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CostModelTest {
    private static final CostModel TRUE = new CostModel(0.01, 0.001, 1e-10, 2e-9, 3e-9);

    @Test
    void findsTheFactorsThatRunsWereMadeWith() {
        List<CostModel.Run> runs = new ArrayList<>();
        for (int n : new int[] {100_000, 1_000_000, 10_000_000}) {
            for (int parts : new int[] {1, 2, 4, 8}) {
                int cores = Math.min(2, parts);
                double seconds = TRUE.communication(n, parts, 2) + TRUE.kernel(n, 512, cores);
                runs.add(new CostModel.Run(n, 512, parts, 2, 2, seconds));
            }
        }
        CostModel found = CostModel.fit(runs);
        assertEquals(TRUE.fixed(), found.fixed(), 1e-4);
        assertEquals(TRUE.task(), found.task(), 1e-5);
        assertEquals(TRUE.kernel(), found.kernel(), 1e-12);
        assertEquals(TRUE.move(), found.move(), 1e-11);
        assertEquals(TRUE.vector(), found.vector(), 1e-11);
    }

    /** As Spark cuts: 8 by 2 groups of 4, 100 by 10 groups of 10. */
    @Test
    void countsTheVectorsOfTheTree() {
        assertEquals(1, CostModel.vectors(1, 2));
        assertEquals(4, CostModel.vectors(4, 2));
        assertEquals(4 + 2, CostModel.vectors(8, 2));
        assertEquals(10 + 10, CostModel.vectors(100, 2));
        assertEquals(100, CostModel.vectors(100, 1));
    }

    @Test
    void moreWorkersHelpUntilCommunicationDominates() {
        int crossing = TRUE.crossing(1_000_000, 4096, 2);
        assertTrue(crossing > 1);
        assertTrue(TRUE.communication(1_000_000, crossing, 2) >= TRUE.kernel(1_000_000, 4096, crossing));
        assertTrue(TRUE.communication(1_000_000, crossing - 1, 2) < TRUE.kernel(1_000_000, 4096, crossing - 1));
        int best = TRUE.fastest(1_000_000, 4096, 2);
        assertTrue(TRUE.step(1_000_000, 4096, best, 2) <= TRUE.step(1_000_000, 4096, best + 1, 2));
    }
}
