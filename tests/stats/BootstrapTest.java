package tests.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Random;
import lib.results.Estimate;
import lib.stats.Bootstrap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BootstrapTest {
    @Test
    void theIntervalIsThatOfScipy() throws IOException {
        for (String[] row : Fixtures.rows("ratio-of-medians.csv")) {
            Estimate ratio = Bootstrap.ratioOfMedians(Fixtures.numbers(row[0]), Fixtures.numbers(row[1]), 1);
            assertEquals(Double.parseDouble(row[2]), ratio.value(), 1e-12);
            // both are Monte Carlo: ends of 10,000 resamples are good to a few per mille of the ratio
            assertEquals(Double.parseDouble(row[3]), ratio.low(), 0.004 * ratio.value());
            assertEquals(Double.parseDouble(row[4]), ratio.high(), 0.004 * ratio.value());
        }
    }

    /** The claim that every verdict rests on; it holds at the sample sizes of a person who waits. */
    @ParameterizedTest(name = "{0} and {1} runs, {2} of noise")
    @CsvSource({"6,6,0.01", "6,6,0.05", "7,7,0.03", "8,8,0.02", "9,9,0.05", "10,10,0.03", "12,12,0.01", "12,6,0.03"})
    void the95PercentIntervalHoldsTheTrueSpeedup(int n, int m, double sigma) {
        Random random = new Random(42);
        double truth = 1.67;
        int samples = 400;
        int held = 0;
        int heldOneSided = 0;
        for (int i = 0; i < samples; i++) {
            held += holds(truth, Bootstrap.ratioOfMedians(Fixtures.logNormal(n, truth, sigma, random),
                    Fixtures.logNormal(m, 1, sigma, random), i));
            heldOneSided += holds(truth, Bootstrap.ratioOfMedians(Fixtures.oneSided(n, truth, sigma, random),
                    Fixtures.oneSided(m, 1, sigma, random), i));
        }
        assertTrue(held >= 0.93 * samples, "log-normal: " + held + " of " + samples);
        assertTrue(heldOneSided >= 0.93 * samples, "one-sided: " + heldOneSided + " of " + samples);
    }

    @Test
    void driftThatBothSidesShareDoesNotBreakTheInterval() {
        Random random = new Random(5);
        int held = 0;
        for (int i = 0; i < 300; i++) {
            double[] one = Fixtures.logNormal(8, 2, 0.01, random);
            double[] two = Fixtures.logNormal(8, 1, 0.01, random);
            for (int round = 0; round < 8; round++) {
                double slower = 1 + 0.02 * round;
                one[round] *= slower;
                two[round] *= slower;
            }
            held += holds(2, Bootstrap.ratioOfMedians(one, two, i));
        }
        assertTrue(held >= 0.95 * 300, held + " of 300");
    }

    private static int holds(double truth, Estimate e) {
        return e.low() <= truth && truth <= e.high() ? 1 : 0;
    }

    @Test
    void belowSixRunsOnEitherSideThereIsNoInterval() {
        double[] five = {1, 2, 3, 4, 5};
        double[] six = {1, 2, 3, 4, 5, 6};
        assertEquals(new Estimate(3 / 3.5, null, null), Bootstrap.ratioOfMedians(five, six, 1));
        assertEquals(new Estimate(3.5 / 3, null, null), Bootstrap.ratioOfMedians(six, five, 1));
        assertTrue(Bootstrap.ratioOfMedians(six, six, 1).hasInterval());
    }

    @Test
    void equalRunsGiveAnIntervalOfNoWidth() {
        assertEquals(new Estimate(2, 2.0, 2.0),
                Bootstrap.ratioOfMedians(Fixtures.repeated(3, 6), Fixtures.repeated(1.5, 6), 1));
    }

    @Test
    void theIntervalHoldsTheRatioWhateverTheOrderAndTheUnit() {
        Random random = new Random(6);
        for (int n = 6; n < 30; n++) {
            double[] above = Fixtures.oneSided(n, 2, 0.2, random);
            double[] below = Fixtures.logNormal(6 + n / 2, 1, 0.1, random);
            Estimate ratio = Bootstrap.ratioOfMedians(above, below, n);
            assertEquals(1, holds(ratio.value(), ratio));
            assertEquals(ratio, Bootstrap.ratioOfMedians(Fixtures.shuffled(above, random),
                    Fixtures.shuffled(below, random), n));
            assertEquals(new Estimate(ratio.value() * 4, ratio.low() * 4, ratio.high() * 4),
                    Bootstrap.ratioOfMedians(Fixtures.times(4, above), below, n));
            assertEquals(ratio, Bootstrap.ratioOfMedians(Fixtures.times(8, above), Fixtures.times(8, below), n));
        }
    }

    @Test
    void theSeedDecidesTheInterval() {
        double[] above = Fixtures.logNormal(20, 2, 0.1, new Random(7));
        double[] below = Fixtures.logNormal(20, 1, 0.1, new Random(8));
        assertEquals(Bootstrap.ratioOfMedians(above, below, 1), Bootstrap.ratioOfMedians(above, below, 1));
        assertNotEquals(Bootstrap.ratioOfMedians(above, below, 1), Bootstrap.ratioOfMedians(above, below, 2));
    }

    @Test
    void aLatencyOfZeroIsRefused() {
        assertThrows(IllegalArgumentException.class,
                () -> Bootstrap.ratioOfMedians(new double[] {1}, new double[] {0}, 1));
        assertThrows(IllegalArgumentException.class,
                () -> Bootstrap.ratioOfMedians(new double[0], new double[] {1}, 1));
    }
}
