package tests.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Random;
import lib.results.Estimate;
import lib.stats.Summary;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private static final double EXACT = 1e-12;

    @Test
    void everyFigureIsThatOfScipy() throws IOException {
        for (String[] row : Fixtures.rows("summaries.csv")) {
            Summary summary = Summary.of(Fixtures.numbers(row[1]));
            assertEquals(Integer.parseInt(row[0]), summary.n());
            assertEquals(Double.parseDouble(row[2]), summary.median().value(), EXACT);
            assertSame(Fixtures.number(row[3]), summary.median().low());
            assertSame(Fixtures.number(row[4]), summary.median().high());
            assertEquals(Double.parseDouble(row[5]), summary.mad(), EXACT);
        }
    }

    private static void assertSame(Double expected, Double actual) {
        if (expected == null) {
            assertNull(actual);
        } else {
            assertEquals(expected, actual, EXACT);
        }
    }

    @Test
    void fiveRunsHaveAMedianAndNoInterval() {
        Estimate median = Summary.of(new double[] {5, 1, 4, 2, 3}).median();
        assertEquals(3, median.value());
        assertNull(median.low());
        assertNull(median.high());
    }

    @Test
    void theIntervalOfSixRunsIsTheirRange() {
        assertEquals(new Estimate(3.5, 1.0, 6.0), Summary.of(new double[] {6, 5, 4, 3, 2, 1}).median());
    }

    @Test
    void equalRunsHaveAnIntervalOfNoWidth() {
        Summary summary = Summary.of(Fixtures.repeated(0.1, 7));
        assertEquals(new Estimate(0.1, 0.1, 0.1), summary.median());
        assertEquals(0, summary.mad());
    }

    @Test
    void oneRunIsItsOwnSummary() {
        Summary summary = Summary.of(new double[] {2.5});
        assertEquals(1, summary.n());
        assertEquals(new Estimate(2.5, null, null), summary.median());
        assertEquals(2.5, summary.max());
    }

    @Test
    void nothingAndNotANumberAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Summary.of(new double[0]));
        assertThrows(IllegalArgumentException.class, () -> Summary.of(new double[] {1, Double.NaN}));
        assertThrows(IllegalArgumentException.class, () -> Summary.of(new double[] {Double.NEGATIVE_INFINITY, 1}));
    }

    @Test
    void theIntervalHoldsTheMedianWhateverTheOrderAndTheUnit() {
        Random random = new Random(2);
        for (int n = 6; n < 60; n++) {
            double[] runs = Fixtures.oneSided(n, 2, 0.3, random);
            Summary summary = Summary.of(runs);
            Estimate median = summary.median();
            assertTrue(median.low() <= median.value() && median.value() <= median.high(), "n = " + n);
            assertEquals(summary, Summary.of(Fixtures.shuffled(runs, random)));
            // a power of two scales without rounding, so that equal means equal
            Estimate milli = Summary.of(Fixtures.times(1024, runs)).median();
            assertEquals(new Estimate(median.value() * 1024, median.low() * 1024, median.high() * 1024), milli);
        }
    }

    @Test
    void theIntervalOfTheMedianHoldsTheTruthInAtLeast95Percent() {
        Random random = new Random(3);
        for (int n : new int[] {6, 8, 9, 15, 40}) {
            int held = 0;
            int samples = 4000;
            for (int i = 0; i < samples; i++) {
                Estimate median = Summary.of(Fixtures.oneSided(n, 1, 0.05, random)).median();
                held += median.low() <= 1 && 1 <= median.high() ? 1 : 0;
            }
            // 0.95 less three standard errors of the simulation
            assertTrue(held >= 0.94 * samples, "n = " + n + ": " + held + " of " + samples);
        }
    }
}
