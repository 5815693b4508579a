package tests.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import lib.stats.Soak;
import lib.stats.Soak.Verdict;
import org.junit.jupiter.api.Test;

/** A worker of 300 MB: 45 MB of headroom, so 45 kB a repetition are what matters. */
class SoakTest {
    private static final double MB = 1e6;

    private static Soak soak(double... megabytes) {
        return Soak.of(TheilSenTest.upTo(megabytes.length), Fixtures.times(MB, megabytes));
    }

    private static double[] worker(int n, double megabytesPerRepetition, double noise, double likeness, Random random) {
        double[] off = TheilSenTest.series(n, 0, likeness, random);
        double[] bytes = new double[n];
        for (int i = 0; i < n; i++) {
            bytes[i] = 300 + megabytesPerRepetition * i + noise * Math.sqrt(1 - likeness * likeness) * off[i];
        }
        return bytes;
    }

    private static Map<Verdict, Integer> verdicts(int n, double growth, double noise, double likeness) {
        Random random = new Random(1);
        Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
        for (int i = 0; i < 300; i++) {
            counts.merge(soak(worker(n, growth, noise, likeness, random)).verdict(), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void aLeakIsFoundAndNoneIsMadeUp() {
        Map<Verdict, Integer> leak = verdicts(60, 0.5, 2, 0.3);
        assertTrue(leak.getOrDefault(Verdict.LEAK, 0) >= 290, leak.toString());
        Map<Verdict, Integer> none = verdicts(120, 0, 1, 0.3);
        assertTrue(none.getOrDefault(Verdict.NO_LEAK_SHOWN, 0) >= 290, none.toString());
        assertEquals(0, none.getOrDefault(Verdict.LEAK, 0));
        Map<Verdict, Integer> restless = verdicts(60, 0, 3, 0.8);
        assertTrue(restless.getOrDefault(Verdict.LEAK, 0) <= 6, restless.toString());
    }

    @Test
    void atTheThresholdItselfBothVerdictsAreRare() {
        Map<Verdict, Integer> edge = verdicts(60, 0.045, 1, 0);
        assertTrue(edge.getOrDefault(Verdict.LEAK, 0) <= 15, edge.toString());
        assertTrue(edge.getOrDefault(Verdict.NO_LEAK_SHOWN, 0) <= 15, edge.toString());
    }

    @Test
    void growthOfTheFirstRepetitionsIsLeftOut() {
        double[] worker = worker(60, 0, 0.2, 0, new Random(2));
        for (int i = 0; i < 12; i++) {
            worker[i] -= 10 * (12 - i);
        }
        Soak soak = soak(worker);
        assertEquals(12, soak.warmUpSamples());
        assertEquals(48, soak.samples());
        assertEquals(Verdict.NO_LEAK_SHOWN, soak.verdict(), soak.sentence());
    }

    @Test
    void growthThatLevelsOffLaterIsUndecided() {
        double[] worker = worker(60, 0, 3, 0, new Random(3));
        for (int i = 0; i < 40; i++) {
            worker[i] -= 40 - i;
        }
        Soak soak = soak(worker);
        assertTrue(soak.bytesPerRepetition().low() > soak.thresholdBytesPerRepetition(), soak.toString());
        assertEquals(Verdict.UNDECIDED, soak.verdict());
        assertTrue(soak.sentence().contains("not beyond doubt in the second half"), soak.sentence());
    }

    @Test
    void theSentenceSaysHowLongTheHeadroomLasts() {
        Soak leak = soak(worker(60, 1, 0, 0, new Random(4)));
        // the judged samples are 312 to 359 MB; 15 % of the median, 335.5 MB, at 1 MB a request
        assertEquals("Memory over time: leak. 1000.0 MB (95 %: 1000.0 to 1000.0) for every 1,000 repetitions, 15 % of"
                + " headroom are used up after about 50 requests (48 judged, the first 12 left out as warm-up; 50.3 MB"
                + " would matter).", leak.sentence());
        Soak slow = soak(worker(60, 0.01, 0, 0, new Random(4)));
        assertEquals(Verdict.NO_LEAK_SHOWN, slow.verdict());
        assertTrue(slow.sentence().contains("15 % of headroom last at least 4,505 requests"), slow.sentence());
        Soak flat = soak(Fixtures.repeated(300, 30));
        assertNull(flat.excludedWithinRepetitions());
        assertTrue(flat.sentence().contains("memory does not grow"), flat.sentence());
    }

    @Test
    void undecidedSaysHowManyMoreRepetitionsWouldDecide() {
        Soak soak = soak(worker(30, 0, 3, 0, new Random(5)));
        assertEquals(Verdict.UNDECIDED, soak.verdict());
        assertTrue(soak.sentence().matches(".*the interval spans what matters, about \\d+ more repetitions would"
                + " decide.*"), soak.sentence());
    }

    @Test
    void tooFewRepetitionsAreUndecided() {
        assertEquals(25, Soak.minRepetitions());
        Soak few = soak(worker(24, 1, 0, 0, new Random(6)));
        assertEquals(Verdict.UNDECIDED, few.verdict());
        assertNull(few.bytesPerRepetition());
        assertEquals("Memory over time: undecided, 24 repetitions were measured, it takes 25.", few.sentence());
        assertEquals(Verdict.LEAK, soak(worker(25, 1, 0, 0, new Random(6))).verdict());
        assertEquals(Verdict.UNDECIDED, soak().verdict());
    }

    @Test
    void missingRepetitionsDoNotSteepenTheSlope() {
        double[] all = worker(60, 1, 0, 0, new Random(7));
        double[] kept = {1, 2, 5, 6, 7, 8, 11, 12, 15, 16, 19, 20, 21, 24, 25, 27, 30, 31, 35, 36, 37, 40, 41, 44, 45,
                48, 49, 52, 55, 60};
        Soak soak = Soak.of(kept, Arrays.stream(kept).map(k -> MB * all[(int) k - 1]).toArray());
        assertEquals(MB, soak.bytesPerRepetition().value(), 1e-3);
    }

    @Test
    void memoryOfZeroIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> soak(0, 1));
        assertThrows(IllegalArgumentException.class, () -> Soak.of(new double[] {1}, new double[] {1, 2}));
    }
}
