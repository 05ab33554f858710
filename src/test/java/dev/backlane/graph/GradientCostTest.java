package dev.backlane.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class GradientCostTest {
    @Test
    void multiplyAddsAreCounted() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 2, 3);
        Node w = g.variable("w", 3, 4);
        Node loss = g.sum(g.rowSums(g.matmul(x, w)));
        Values v = g.build()
                .values()
                .set(x, new float[6], 0)
                .set(w, new float[12], 0)
                .forward();
        GradientCost cost = GradientCost.of(v, loss);
        assertEquals(18, cost.variables());
        assertEquals(24 + 8 + 2, cost.valueMultiplyAdds());
        assertEquals(24 + 24 + 8 + 2, cost.reverseMultiplyAdds());
        assertEquals(18 * (24 + 8 + 2), cost.forwardMultiplyAdds());
        assertEquals(18, cost.timedPasses());
    }

    /** A tangent pass does nothing for what its variable does not move. */
    @Test
    void whatDoesNotMoveCostsNothing() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x");
        Node y = g.variable("y", 2, 2);
        Node loss = g.add(g.square(x), g.sum(g.transpose(y)));
        Values v = g.build().values().set(x, 1).set(y, 1, 2, 3, 4).forward();
        GradientCost cost = GradientCost.of(v, loss);
        assertEquals((1 + 1) + 4 * (4 + 1), cost.forwardMultiplyAdds());
        assertEquals(1 + 4 + 1, cost.valueMultiplyAdds());
    }

    @Test
    void ofManyPassesSomeAreTimed() {
        Graph.Builder g = Graph.builder();
        Node x = g.variable("x", 121);
        Node loss = g.sum(g.square(x));
        Values v = g.build().values().set(x, new float[121], 0).forward();
        long begin = System.nanoTime();
        GradientCost cost = GradientCost.of(v, loss);
        double most = (System.nanoTime() - begin) * 1e-9;
        assertEquals(61, cost.timedPasses());
        assertTrue(cost.reverseSeconds() > 0 && cost.reverseSeconds() < most, cost.toString());
        assertTrue(cost.forwardSeconds() > 0 && cost.forwardSeconds() < 2 * most, cost.toString());
    }

    @Test
    void theTableHasBothModes() {
        GradientCost cost = new GradientCost(1200, 10, 25, 41_000, 1e-6, 2.5e-3, 1200);
        assertEquals("""
            mode    | passes | multiply-adds | of the value's | time
            ------- | ------ | ------------- | -------------- | ----------
            reverse | 1      | 25            | 2.5×           | 1.0 µs
            forward | 1,200  | 41,000        | 4,100.0×       | 2,500.0 µs
            """, cost.toString());
        assertTrue(new GradientCost(1200, 10, 25, 41_000, 1e-6, 2.5e-3, 50)
                .toString()
                .endsWith("(time of 50 forward passes, in proportion)\n"));
    }
}
