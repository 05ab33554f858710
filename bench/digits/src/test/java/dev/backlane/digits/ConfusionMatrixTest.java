package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {
    @Test
    void counts() {
        ConfusionMatrix matrix = new ConfusionMatrix(3);
        for (int[] pair : new int[][] {{0, 0}, {0, 0}, {0, 2}, {2, 2}, {2, 1}, {2, 1}, {2, 1}, {2, 2}}) {
            matrix.add(pair[0], pair[1]);
        }
        assertEquals(8, matrix.total());
        assertEquals(4, matrix.wrong());
        assertEquals(0.5, matrix.accuracy());
        assertEquals(3, matrix.count(2, 1));
        assertEquals(0, matrix.count(1, 2));
        assertEquals(
                List.of(
                        "shown \\ read     0     1     2     right",
                        "           0     2     0     1    66.67%",
                        "           1     0     0     0         -",
                        "           2     0     3     2    40.00%"),
                matrix.toString().lines().toList());
    }
}
