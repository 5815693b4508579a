package tests.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Random;
import lib.results.Estimate;
import lib.stats.MannWhitney;
import org.junit.jupiter.api.Test;

class MannWhitneyTest {
    @Test
    void uAndPAndDeltaAreThoseOfScipy() throws IOException {
        for (String[] row : Fixtures.rows("mann-whitney.csv")) {
            MannWhitney test = MannWhitney.compare(Fixtures.numbers(row[0]), Fixtures.numbers(row[1]));
            assertEquals(Double.parseDouble(row[2]), test.u(), 1e-12);
            assertEquals(Double.parseDouble(row[4]), test.p(), 1e-9);
            assertEquals(Double.parseDouble(row[5]), test.delta().value(), 1e-12);
        }
    }

    @Test
    void noDifferenceShownIsAnAnswer() {
        double[] runs = {1.0, 1.1, 1.2, 1.3, 1.4, 1.5};
        MannWhitney same = MannWhitney.compare(runs, runs);
        assertFalse(same.differenceShown());
        assertEquals(0, same.delta().value());
    }

    @Test
    void setsApartHaveAFullEffectWhoseIntervalIsNotAPoint() {
        double[] fast = {1.0, 1.1, 1.2, 1.3, 1.4, 1.5};
        MannWhitney test = MannWhitney.compare(fast, Fixtures.times(2, fast));
        assertTrue(test.differenceShown());
        assertEquals(-1, test.delta().value());
        assertEquals(-1, test.delta().low());
        assertTrue(test.delta().high() > -0.7, test.delta().toString());
    }

    @Test
    void oneValueEverywhereIsNoDifference() {
        MannWhitney test = MannWhitney.compare(Fixtures.repeated(2, 6), Fixtures.repeated(2, 8));
        assertEquals(1, test.p());
        assertEquals(0, test.delta().value());
    }

    @Test
    void fewRunsHaveAnEffectAndNoInterval() {
        assertEquals(new Estimate(1, null, null),
                MannWhitney.compare(new double[] {2, 3}, Fixtures.repeated(1, 9)).delta());
    }

    @Test
    void swappingTheSetsTurnsTheEffectRound() {
        Random random = new Random(10);
        for (int n = 6; n < 20; n++) {
            double[] a = Fixtures.logNormal(n, 1, 0.1, random);
            double[] b = Fixtures.logNormal(12, 1.05, 0.1, random);
            MannWhitney ab = MannWhitney.compare(a, b);
            MannWhitney ba = MannWhitney.compare(b, a);
            assertEquals(ab.p(), ba.p(), 1e-12);
            assertEquals(n * 12, ab.u() + ba.u(), 1e-9);
            assertEquals(ab.delta().low(), -ba.delta().high(), 1e-6);
            assertTrue(ab.delta().low() <= ab.delta().value() && ab.delta().value() <= ab.delta().high());
            assertEquals(ab, MannWhitney.compare(Fixtures.shuffled(a, random), Fixtures.times(1, b)));
        }
    }

    @Test
    void theIntervalOfTheEffectHoldsTheTruthInAbout95Percent() {
        Random random = new Random(11);
        // both normal in the logarithm, one standard deviation apart: P(X > Y) = Phi(1 / sqrt 2) = 0.76025
        double truth = 2 * 0.76025 - 1;
        for (int n : new int[] {6, 12}) {
            int held = 0;
            for (int i = 0; i < 2000; i++) {
                Estimate delta = MannWhitney.compare(Fixtures.logNormal(n, Math.exp(0.1), 0.1, random),
                        Fixtures.logNormal(n, 1, 0.1, random)).delta();
                held += delta.low() <= truth && truth <= delta.high() ? 1 : 0;
            }
            assertTrue(held >= 0.93 * 2000, "n = " + n + ": " + held + " of 2000");
        }
    }

    @Test
    void anEmptySetIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> MannWhitney.compare(new double[0], new double[] {1}));
    }
}
