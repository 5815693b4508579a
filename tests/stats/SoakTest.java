package tests.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import lib.stats.Soak;
import lib.stats.Soak.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker of 300 MB: 45 MB of headroom, so 45 kB a repetition are what matters. */
class SoakTest {
    private static final double MB = 1e6;

    private static Soak soak(double... megabytes) {
        return Soak.of(TheilSenTest.upTo(megabytes.length), Fixtures.times(MB, megabytes), true);
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
        for (int n : new int[] {Soak.minRepetitions(), 120}) {
            Map<Verdict, Integer> leak = verdicts(n, 0.5, 2, 0.3);
            assertTrue(leak.getOrDefault(Verdict.LEAK, 0) >= 290, leak.toString());
        }
        Map<Verdict, Integer> none = verdicts(240, 0, 1, 0.3);
        assertTrue(none.getOrDefault(Verdict.NO_LEAK_SHOWN, 0) >= 290, none.toString());
        assertEquals(0, none.getOrDefault(Verdict.LEAK, 0));
        Map<Verdict, Integer> restless = verdicts(120, 0, 3, 0.8);
        assertTrue(restless.getOrDefault(Verdict.LEAK, 0) <= 6, restless.toString());
    }

    @Test
    void atTheThresholdItselfADecisionIsRare() {
        Map<Verdict, Integer> edge = verdicts(120, 0.045, 1, 0);
        assertTrue(edge.getOrDefault(Verdict.UNDECIDED, 0) >= 280, edge.toString());
    }

    /** Workers of two engines that keep nothing, as recorded, up to every length at which a soak may end. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"synthetic", "synthetic-docker", "tiny.en-q5_1"})
    void noWorkerThatKeepsNothingIsCalledLeakingAtAnyLength(String worker) throws IOException {
        double[] bytes = recorded(worker);
        for (int n = Soak.minRepetitions(); n <= bytes.length; n++) {
            Soak soak = Soak.of(TheilSenTest.upTo(n), Arrays.copyOf(bytes, n), true);
            assertNotEquals(Verdict.LEAK, soak.verdict(), soak.sentence());
        }
    }

    /** The same workers with a leak of twice what matters added. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"synthetic", "synthetic-docker", "tiny.en-q5_1"})
    void theSameWorkerWithALeakIsFound(String worker) throws IOException {
        double[] bytes = recorded(worker);
        double leak = 2 * Soak.HEADROOM * bytes[0] / Soak.REPETITIONS_THAT_MATTER;
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] += leak * i;
        }
        Soak soak = Soak.of(TheilSenTest.upTo(bytes.length), bytes, true);
        assertEquals(Verdict.LEAK, soak.verdict(), soak.sentence());
    }

    private static double[] recorded(String worker) throws IOException {
        return Fixtures.rows("soaks.csv").stream().filter(r -> r[0].equals(worker))
                .mapToDouble(r -> Double.parseDouble(r[2])).toArray();
    }

    @Test
    void growthOfTheFirstRepetitionsIsLeftOut() {
        double[] worker = worker(120, 0, 0.2, 0, new Random(2));
        for (int i = 0; i < Soak.LEAST_WARM_UP; i++) {
            worker[i] -= 5 * (Soak.LEAST_WARM_UP - i);
        }
        Soak soak = soak(worker);
        assertEquals(50, soak.warmUpSamples());
        assertEquals(70, soak.samples());
        assertEquals(Verdict.NO_LEAK_SHOWN, soak.verdict(), soak.sentence());
        assertEquals(100, soak(worker(500, 0, 0.2, 0, new Random(2))).warmUpSamples(), "a fifth of a long one");
    }

    @Test
    void growthThatLevelsOffLaterIsUndecided() {
        double[] worker = worker(150, 0, 3, 0, new Random(3));
        for (int i = 0; i < 110; i++) {
            worker[i] -= 110 - i;
        }
        Soak soak = soak(worker);
        assertTrue(soak.bytesPerRepetition().low() > soak.thresholdBytesPerRepetition(), soak.toString());
        assertEquals(Verdict.UNDECIDED, soak.verdict());
        assertTrue(soak.sentence().contains("not beyond doubt in the second half"), soak.sentence());
    }

    @Test
    void growthThatFadesBelowWhatMattersIsNoLeakThoughItStillGrows() {
        double[] worker = worker(150, 0, 0, 0, new Random(3));
        for (int i = 0; i < 150; i++) {
            worker[i] += i < 100 ? 0.3 * i : 30 + 0.02 * (i - 100);
        }
        Soak soak = soak(worker);
        assertTrue(soak.laterBytesPerRepetition().low() > 0, soak.toString());
        assertEquals(Verdict.UNDECIDED, soak.verdict(), soak.sentence());
    }

    @Test
    void theSentenceSaysHowLongTheHeadroomLasts() {
        Soak leak = soak(worker(120, 1, 0, 0, new Random(4)));
        // the judged samples are 350 to 419 MB; 15 % of the median, 384.5 MB, at 1 MB a request
        assertEquals("Memory over time: leak. 1000.0 MB (95 %: 1000.0 to 1000.0) for every 1,000 repetitions, 15 % of"
                + " headroom are used up after about 58 requests (70 of 120 repetitions judged, the first 50 left out"
                + " as warm-up; 57.7 MB would matter).", leak.sentence());
        Soak flat = soak(Fixtures.repeated(300, 120));
        assertNull(flat.excludedWithinRepetitions());
        assertEquals(Verdict.NO_LEAK_SHOWN, flat.verdict());
        assertTrue(flat.sentence().contains("memory does not grow"), flat.sentence());
    }

    @Test
    void growthThatIsShownIsSaidAlsoWhereItIsTooSlowToMatter() {
        Soak slow = soak(worker(120, 0.01, 0, 0, new Random(4)));
        assertEquals(Verdict.SLOW_GROWTH, slow.verdict());
        assertEquals("Memory over time: slow growth. 10.0 MB (95 %: 10.0 to 10.0) for every 1,000 repetitions, growth"
                + " is shown, and is below what matters: 15 % of headroom last for about 4,513 requests, at least"
                + " 4,513 (70 of 120 repetitions judged, the first 50 left out as warm-up; 45.1 MB would matter).",
                slow.sentence());
    }

    @Test
    void growthThatHasEndedIsSaidToHaveEnded() throws IOException {
        double[] bytes = recorded("tiny.en-q5_1");
        Soak soak = Soak.of(TheilSenTest.upTo(bytes.length), bytes, true);
        assertTrue(soak.bytesPerRepetition().low() > 0 && soak.laterBytesPerRepetition().low() <= 0, soak.toString());
        assertEquals(Verdict.NO_LEAK_SHOWN, soak.verdict());
        assertTrue(soak.sentence().contains("growth is not shown in the second half alone, and 15 % of headroom last"
                + " at least 5,680 requests"), soak.sentence());
    }

    @Test
    void aWorkerThatDiedIsNoProofThatNothingLeaksAndALeakStaysOne() {
        double[] repetitions = TheilSenTest.upTo(120);
        Soak died = Soak.of(repetitions, Fixtures.repeated(300 * MB, 120), false);
        assertEquals(Verdict.UNDECIDED, died.verdict());
        assertTrue(died.sentence().contains("what its last request took is not known"), died.sentence());
        assertEquals(Verdict.LEAK, Soak.of(repetitions, Fixtures.times(MB, worker(120, 1, 0, 0, new Random(4))), false)
                .verdict());
    }

    @Test
    void undecidedSaysHowManyMoreRepetitionsWouldDecide() {
        Soak soak = soak(worker(100, 0.03, 3, 0, new Random(5)));
        assertEquals(Verdict.UNDECIDED, soak.verdict());
        assertTrue(soak.sentence().matches(".*the interval spans what matters, about \\d+ more repetitions would"
                + " decide.*"), soak.sentence());
    }

    @Test
    void tooFewRepetitionsAreUndecided() {
        assertEquals(100, Soak.minRepetitions());
        Soak few = soak(worker(99, 1, 0, 0, new Random(6)));
        assertEquals(Verdict.UNDECIDED, few.verdict());
        assertNull(few.bytesPerRepetition());
        assertEquals("Memory over time: undecided, 99 repetitions were measured, it takes 100.", few.sentence());
        assertEquals(Verdict.LEAK, soak(worker(100, 1, 0, 0, new Random(6))).verdict());
        assertEquals(Verdict.UNDECIDED, soak().verdict());
    }

    @Test
    void missingRepetitionsDoNotSteepenTheSlope() {
        double[] all = worker(240, 1, 0, 0, new Random(7));
        Random random = new Random(7);
        double[] kept = Arrays.stream(TheilSenTest.upTo(240)).filter(k -> random.nextBoolean()).toArray();
        Soak soak = Soak.of(kept, Arrays.stream(kept).map(k -> MB * all[(int) k - 1]).toArray(), true);
        assertEquals(MB, soak.bytesPerRepetition().value(), 1e-3);
    }

    @Test
    void memoryOfZeroIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> soak(0, 1));
        assertThrows(IllegalArgumentException.class,
                () -> Soak.of(new double[] {1}, new double[] {1, 2}, true));
    }
}
