package dev.backlane.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** The likely mistake in words, from a gradient of three rows and four columns that is wrong in one way. */
class DiagnosisTest {
    private static final int ROWS = 3;
    private static final int COLUMNS = 4;
    private static final Tensor SHAPE = Tensor.of(new double[ROWS * COLUMNS], ROWS, COLUMNS);

    /** No two of them alike, nor in one ratio to their neighbours. */
    private static double numeric(int k) {
        return k < 0 || k >= ROWS * COLUMNS ? 99 : 1 + k * k;
    }

    private static String say(Tensor shape, IntToDoubleFunction claimed) {
        double[] analytic = new double[shape.size()];
        double[] numeric = new double[shape.size()];
        BitSet failed = new BitSet();
        for (int k = 0; k < analytic.length; k++) {
            numeric[k] = numeric(k);
            analytic[k] = claimed.applyAsDouble(k);
            failed.set(k, analytic[k] != numeric[k]);
        }
        return Diagnosis.ofInput(shape, analytic, numeric, failed);
    }

    private static void says(String words, IntToDoubleFunction claimed) {
        assertEquals(words, say(SHAPE, claimed));
    }

    @Test
    void whatTheWrongOnesHaveInCommon() {
        says("", DiagnosisTest::numeric);
        says(
                "all coordinates fail: analytic is 0 where the derivative is not (never written, dropped or"
                        + " overwritten?)",
                k -> 0);
        says("all coordinates fail: analytic = -numeric (a sign?)", k -> -numeric(k));
        says("all coordinates fail: analytic = 2.00000 x numeric throughout (a factor?)", k -> 2 * numeric(k));
        says("all coordinates fail", k -> 1000 + k);
        says(
                "10 of 12 coordinates fail: analytic is the numeric derivative transposed",
                k -> numeric(k % ROWS * COLUMNS + k / ROWS));
        says("all coordinates fail: analytic row r is numeric row r + 1 (off by one row?)", k -> numeric(k + COLUMNS));
        says("all coordinates fail: analytic row r is numeric row r - 1 (off by one row?)", k -> numeric(k - COLUMNS));
        says("all coordinates fail: analytic is numeric shifted by one column", k -> numeric(k + 1));
        says("all coordinates fail: analytic is numeric shifted by one column", k -> numeric(k - 1));
    }

    @Test
    void aVectorHasNoRows() {
        Tensor vector = Tensor.of(new double[6], 6);
        assertEquals(
                "all coordinates fail: analytic is numeric shifted by one column", say(vector, k -> numeric(k + 1)));
        assertEquals("all coordinates fail", say(Tensor.of(new double[6], 6, 1), k -> numeric(k + 1)));
    }

    @Test
    void whereTheyAre() {
        says(
                "one coordinate of 12 fails, [1, 2]: analytic is 0 where the derivative is not (never written, dropped"
                        + " or overwritten?)",
                k -> k == 6 ? 0 : numeric(k));
        says("one coordinate of 12 fails, [1, 2]", k -> k == 6 ? 1000 : numeric(k));
        says(
                "6 of 12 coordinates fail, all in the last columns, from 2 on (the tail of a loop?)",
                k -> k % COLUMNS > 1 ? 1000 + k : numeric(k));
        says(
                "6 of 12 coordinates fail, all in columns 1 to 2",
                k -> k % COLUMNS == 1 || k % COLUMNS == 2 ? 1000 + k : numeric(k));
        says("6 of 12 coordinates fail, all in columns 0 to 1", k -> k % COLUMNS < 2 ? 1000 + k : numeric(k));
        says("8 of 12 coordinates fail, all in rows 1 to 2", k -> k >= COLUMNS ? 1000 + k : numeric(k));
        says("8 of 12 coordinates fail, all in rows 0 to 1", k -> k < 2 * COLUMNS ? 1000 + k : numeric(k));
        says("10 of 12 coordinates fail", k -> k == 0 || k == 11 ? numeric(k) : 1000 + k);
    }

    @Test
    void twoOfThemMakeNoPattern() {
        Tensor vector = Tensor.of(new double[5], 5);
        double[] shifted = {numeric(1), numeric(2), 1000, numeric(3), numeric(4)};
        assertEquals("3 of 5 coordinates fail, all in columns 0 to 2", say(vector, k -> shifted[k]));
        shifted[2] = numeric(3);
        assertEquals(
                "3 of 5 coordinates fail, all in columns 0 to 2: analytic is numeric shifted by one column",
                say(vector, k -> shifted[k]));
    }

    @Test
    void whatRoundingTheInputsDoesAsWell() {
        Ladder.Outcome outcome = new Ladder.Outcome(Verdict.INCONCLUSIVE, 1, 0, 0, 1, false, false);
        assertEquals(
                "no worse than rounding the inputs makes the exact derivative",
                Diagnosis.ofOne(1, outcome, Verdict.INCONCLUSIVE, Cause.ROUNDING, false));
    }
}
