package tests.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Random;
import java.util.stream.IntStream;
import lib.results.Estimate;
import lib.stats.TheilSen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TheilSenTest {
    @Test
    void theSlopeAndItsIntervalAreThoseOfScipy() throws IOException {
        for (String[] row : Fixtures.rows("theil-sen.csv")) {
            Estimate slope = TheilSen.slope(Fixtures.numbers(row[0]), Fixtures.numbers(row[1]));
            assertEquals(Double.parseDouble(row[2]), slope.value(), 1e-6);
            assertEquals(Double.parseDouble(row[3]), slope.low(), 1e-6);
            assertEquals(Double.parseDouble(row[4]), slope.high(), 1e-6);
        }
    }

    static double[] upTo(int n) {
        return IntStream.rangeClosed(1, n).mapToDouble(i -> i).toArray();
    }

    /** Values about a line of this slope, each with {@code likeness} of the deviation before it. */
    static double[] series(int n, double slope, double likeness, Random random) {
        double[] y = new double[n];
        double off = random.nextGaussian() / Math.sqrt(1 - likeness * likeness);
        for (int i = 0; i < n; i++) {
            y[i] = slope * (i + 1) + off;
            off = likeness * off + random.nextGaussian();
        }
        return y;
    }

    @ParameterizedTest(name = "{0} points, likeness {1}: at least {2}")
    @CsvSource({"20,0,0.94", "40,0,0.94", "40,0.3,0.93", "40,0.6,0.92", "80,0.6,0.92", "80,0.9,0.88"})
    void theIntervalOfASeriesHoldsTheSlopeAlsoWhereNeighboursAreAlike(int n, double likeness, double atLeast) {
        Random random = new Random(1);
        int samples = 1000;
        int held = 0;
        for (int i = 0; i < samples; i++) {
            Estimate slope = TheilSen.slopeOfSeries(upTo(n), series(n, 0.05, likeness, random));
            held += slope.low() <= 0.05 && 0.05 <= slope.high() ? 1 : 0;
        }
        assertTrue(held >= atLeast * samples && held < samples, held + " of " + samples);
    }

    @Test
    void thePlainIntervalWouldNotHoldItThere() {
        Random random = new Random(2);
        int held = 0;
        for (int i = 0; i < 500; i++) {
            Estimate slope = TheilSen.slope(upTo(40), series(40, 0, 0.6, random));
            held += slope.low() <= 0 && 0 <= slope.high() ? 1 : 0;
        }
        assertTrue(held < 0.8 * 500, held + " of 500");
    }

    @Test
    void outliersDoNotMoveTheSlope() {
        double[] y = series(40, 1, 0, new Random(3));
        double before = TheilSen.slope(upTo(40), y).value();
        y[38] += 1000;
        y[5] -= 1000;
        assertEquals(before, TheilSen.slope(upTo(40), y).value(), 0.02);
    }

    @Test
    void anExactLineAndAFlatOneHaveAnIntervalOfNoWidth() {
        double[] line = IntStream.range(0, 20).mapToDouble(i -> 8 * i).toArray();
        assertEquals(new Estimate(8, 8.0, 8.0), TheilSen.slopeOfSeries(upTo(20), line));
        assertEquals(new Estimate(0, 0.0, 0.0), TheilSen.slopeOfSeries(upTo(20), Fixtures.repeated(3, 20)));
    }

    @Test
    void nineValuesHaveASlopeAndNoInterval() {
        assertEquals(new Estimate(1, null, null), TheilSen.slope(upTo(9), upTo(9)));
    }

    @Test
    void onePointAndPointsOutOfOrderAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> TheilSen.slope(upTo(1), upTo(1)));
        assertThrows(IllegalArgumentException.class, () -> TheilSen.slope(upTo(3), upTo(2)));
        assertThrows(IllegalArgumentException.class, () -> TheilSen.slope(new double[] {1, 1}, upTo(2)));
    }
}
