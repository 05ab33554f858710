package dev.backlane.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CostModelTest {
    private static final CostModel TRUE = new CostModel(1e-10, 0.01, 0.001, 3e-9);

    @Test
    void findsTheFactorsThatRunsWereMadeWith() {
        List<CostModel.Run> runs = new ArrayList<>();
        for (int n : new int[] {100_000, 1_000_000, 10_000_000}) {
            for (int parts : new int[] {1, 2, 4, 8}) {
                CostModel.Run run = new CostModel.Run(n, 512, parts, 2, 2, 0, 0);
                double kernel = TRUE.kernel(n, 512, Math.min(2, parts));
                runs.add(new CostModel.Run(n, 512, parts, 2, 2, TRUE.step(run), kernel));
            }
        }
        CostModel found = CostModel.fit(runs);
        assertEquals(TRUE.kernel(), found.kernel(), 1e-13);
        assertEquals(TRUE.stage(), found.stage(), 1e-4);
        assertEquals(TRUE.task(), found.task(), 1e-5);
        assertEquals(TRUE.move(), found.move(), 1e-12);
    }

    /** As Spark cuts: 8 by 2 groups of 4, 100 by 10 groups of 10. */
    @Test
    void countsStagesAndVectorsOfTheTree() {
        assertArrayEquals(new int[] {1, 1}, CostModel.levels(1, 2));
        assertArrayEquals(new int[] {1, 4}, CostModel.levels(4, 2));
        assertArrayEquals(new int[] {2, 4 + 2}, CostModel.levels(8, 2));
        assertArrayEquals(new int[] {2, 10 + 10}, CostModel.levels(100, 2));
        assertArrayEquals(new int[] {1, 100}, CostModel.levels(100, 1));
        assertEquals(1 + 2 * 4 + 6, CostModel.moves(8, 2, 2));
    }

    /** The model counts one vector for each group: what the sums make of it. */
    @Test
    void groupsOfTheSumAreThoseOfTheTree() {
        for (int parts = 1; parts <= 1000; parts++) {
            int groups = Block.groups(parts);
            int vectors = groups == 1 ? parts : (parts + groups - 1) / groups + groups;
            assertEquals(vectors, CostModel.levels(parts, 2)[1], "parts " + parts);
        }
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
