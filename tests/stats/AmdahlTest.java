package tests.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import lib.stats.Amdahl;
import lib.stats.ScalingVerdict.Level;
import org.junit.jupiter.api.Test;

class AmdahlTest {
    private static List<Level> levels(double serial, double sigma, int runs, Random random, double... cores) {
        List<Level> levels = new ArrayList<>();
        for (double n : cores) {
            levels.add(new Level(n, Fixtures.logNormal(runs, 2 * (serial + (1 - serial) / n), sigma, random)));
        }
        return levels;
    }

    @Test
    void theFitIsThatOfScipy() throws IOException {
        for (String[] row : Fixtures.rows("amdahl.csv")) {
            double[] cores = Fixtures.numbers(row[0]);
            double[] seconds = Fixtures.numbers(row[1]);
            List<Level> levels = new ArrayList<>();
            for (int i = 0; i < cores.length; i++) {
                levels.add(new Level(cores[i], seconds[i]));
            }
            Amdahl fit = Amdahl.fit(levels, 1).orElseThrow();
            assertEquals(Double.parseDouble(row[2]), fit.serialFraction().value(), 1e-6);
            assertEquals(Double.parseDouble(row[3]), fit.oneCoreSeconds(), 1e-6);
        }
    }

    @Test
    void twoCountsAreNoFit() {
        Random random = new Random(1);
        assertTrue(Amdahl.fit(levels(0.2, 0.01, 6, random, 1, 2), 1).isEmpty());
        List<Level> withSkipped = new ArrayList<>(levels(0.2, 0.01, 6, random, 1, 2));
        withSkipped.add(Level.notMeasured(4, "this machine has 2 cores"));
        assertTrue(Amdahl.fit(withSkipped, 1).isEmpty());
    }

    @Test
    void fractionsOfACoreAreLeftOut() {
        assertTrue(Amdahl.fit(levels(0.2, 0.01, 6, new Random(1), 0.5, 1, 1.5, 2), 1).isEmpty());
        Amdahl fit = Amdahl.fit(levels(0.2, 0, 6, new Random(1), 0.5, 1, 2, 4), 1).orElseThrow();
        assertEquals(3, fit.residuals().size());
    }

    @Test
    void theIntervalHoldsTheTrueSerialFraction() {
        Random random = new Random(2);
        for (double serial : new double[] {0.05, 0.2, 0.5}) {
            int held = 0;
            for (int i = 0; i < 200; i++) {
                var s = Amdahl.fit(levels(serial, 0.03, 7, random, 1, 2, 4), i).orElseThrow().serialFraction();
                assertTrue(s.low() <= s.value() && s.value() <= s.high());
                held += s.low() <= serial && serial <= s.high() ? 1 : 0;
            }
            assertTrue(held >= 0.92 * 200, "serial " + serial + ": " + held + " of 200");
        }
    }

    @Test
    void betterThanPerfectScalingIsASerialFractionOfZero() {
        Amdahl fit = Amdahl.fit(List.of(new Level(1, 2), new Level(2, 0.9), new Level(4, 0.4)), 1).orElseThrow();
        assertEquals(0, fit.serialFraction().value());
        assertFalse(fit.serialFraction().hasInterval());
    }

    @Test
    void slowerWithMoreCoresIsASerialFractionOfOne() {
        Amdahl fit = Amdahl.fit(List.of(new Level(1, 2), new Level(2, 2.2), new Level(4, 2.5)), 1).orElseThrow();
        assertEquals(1, fit.serialFraction().value());
    }

    @Test
    void perfectScalingIsSaidToBePossibleWhereItIs() {
        Amdahl fit = Amdahl.fit(levels(0, 0.03, 8, new Random(3), 1, 2, 4), 1).orElseThrow();
        assertTrue(fit.sentence().contains("perfect scaling can't be told from a serial part"), fit.sentence());
        Amdahl other = Amdahl.fit(levels(0.3, 0.01, 8, new Random(3), 1, 2, 4), 1).orElseThrow();
        assertFalse(other.sentence().contains("can't be told"), other.sentence());
    }

    @Test
    void nothingIsSaidBeyondTwiceTheLargestCount() {
        Amdahl fit = Amdahl.fit(levels(0.2, 0, 6, new Random(1), 1, 2, 4), 1).orElseThrow();
        assertEquals(2 * (0.2 + 0.8 / 8), fit.latencySecondsAt(8), 1e-9);
        assertThrows(IllegalArgumentException.class, () -> fit.latencySecondsAt(8.1));
        assertThrows(IllegalArgumentException.class, () -> fit.latencySecondsAt(0.5));
    }

    @Test
    void theOrderOfPointsAndRunsDoesNotMatterAndTheUnitOnlyScales() {
        Random random = new Random(4);
        List<Level> levels = levels(0.2, 0.05, 9, random, 1, 2, 4, 8);
        Amdahl fit = Amdahl.fit(levels, 1).orElseThrow();
        List<Level> mixed = new ArrayList<>(levels);
        Collections.reverse(mixed);
        mixed.replaceAll(l -> new Level(l.cores(), Fixtures.shuffled(l.latencySeconds(), random)));
        assertEquals(fit, Amdahl.fit(mixed, 1).orElseThrow());
        mixed.replaceAll(l -> new Level(l.cores(), Fixtures.times(1024, l.latencySeconds())));
        Amdahl scaled = Amdahl.fit(mixed, 1).orElseThrow();
        assertEquals(fit.serialFraction(), scaled.serialFraction());
        assertEquals(fit.oneCoreSeconds() * 1024, scaled.oneCoreSeconds(), 1e-9);
    }
}
