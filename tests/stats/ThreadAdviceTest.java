package tests.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import lib.stats.ThreadAdvice;
import lib.stats.ThreadAdvice.Label;
import lib.stats.ThreadAdvice.Level;
import lib.stats.ThreadAdvice.LevelVerdict;
import lib.stats.ThreadAdvice.Limit;
import lib.stats.ThreadAdvice.Stress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThreadAdviceTest {
    /** Six runs around the latency whose bootstrap interval is within ± {@code spread}. */
    private static double[] around(double seconds, double spread) {
        return new double[] {seconds * (1 - spread), seconds * (1 - spread / 2), seconds, seconds,
                seconds * (1 + spread / 2), seconds * (1 + spread)};
    }

    private static Level level(int threads, double seconds, double spread) {
        return new Level(threads, around(seconds, spread), 0.0, 0.0, (double) threads, true);
    }

    private static Level throttled(int threads, double seconds) {
        return new Level(threads, around(seconds, 0.01), 0.97, 0.6, 1.0, true);
    }

    private static Level fewRuns(int threads, double... seconds) {
        return new Level(threads, seconds, 0.0, 0.0, null, true);
    }

    private static Level invalid(int threads) {
        return new Level(threads, around(1, 0.01), 0.0, 0.0, null, false);
    }

    private static ThreadAdvice advise(double cores, Level... levels) {
        return ThreadAdvice.of(new Limit("docker", cores, List.of(levels)), List.of(), 1);
    }

    private static LevelVerdict at(ThreadAdvice advice, int threads) {
        return advice.levels().stream().filter(l -> l.threads() == threads).findFirst().orElseThrow();
    }

    private static void assertSays(String part, ThreadAdvice advice) {
        assertTrue(advice.sentences().stream().anyMatch(s -> s.contains(part)), part + " in " + advice.sentences());
    }

    @Test
    void theFastestCountIsRecommendedWhereItsIntervalIsApart() {
        ThreadAdvice advice = advise(4, level(1, 4, 0.02), level(2, 2.1, 0.02), level(4, 1.2, 0.02));
        assertEquals(4, advice.recommendedThreads());
        assertEquals(Label.RECOMMENDED, at(advice, 4).label());
        assertEquals(Label.SLOWER, at(advice, 2).label());
        assertTrue(at(advice, 2).words().matches("slower ×1\\.75 \\[1\\.\\d\\d, 1\\.\\d\\d\\]"), at(advice, 2).words());
        assertTrue(advice.sentences().get(0).startsWith("Threads at 4 cores (docker): 4, 1.200 s (95 %: "),
                advice.sentences().get(0));
        assertSays("1 takes 3.33 (95 %: ", advice);
        assertEquals(true, advice.ruleOfThumbAgrees());
    }

    @Test
    void tiesGoToFewerThreadsWhicheverMeasuresFaster() {
        for (double seconds : new double[] {0.99, 1, 1.01}) {
            ThreadAdvice advice = advise(4, level(2, 1, 0.02), level(4, seconds, 0.02));
            assertEquals(2, advice.recommendedThreads());
            assertEquals(Label.AS_FAST, at(advice, 4).label());
            assertEquals(false, advice.ruleOfThumbAgrees());
            assertSays("ties go to fewer threads", advice);
            assertSays(
                    "By the rule of thumb, floor(4), it is 4 threads; the measurement does not agree, that is as fast",
                    advice);
            assertSays("2 threads can't use more than 2 of the 4 cores (2.00 were busy)", advice);
        }
    }

    @Test
    void aTieTakesAnIntervalThatRulesOutWhatMatters() {
        ThreadAdvice wide = advise(2, level(1, 1.05, 0.1), level(2, 1, 0.1));
        assertNull(wide.recommendedThreads());
        assertNull(wide.setting());
        assertNull(wide.kubernetesCpu());
        assertNull(wide.ruleOfThumbAgrees());
        assertEquals(Label.UNDECIDED, at(wide, 1).label());
        assertTrue(wide.sentences().get(0).matches("Threads at 2 cores \\(docker\\): undecided between 1 and 2; "
                + "1 takes 1\\.05 \\(95 %: .* times as long as 2, the interval spans 1\\.\\d, about \\d+ more runs of "
                + "each would decide\\."), wide.sentences().get(0));
        assertSays("2 threads, to be used until the measurement decides", wide);
        // the same noise the other way round must not be read as "1 thread is as fast" either
        assertNull(advise(2, level(1, 1, 0.2), level(2, 1.01, 0.2)).recommendedThreads());
    }

    @Test
    void theMoreRunsThatAreNamedAreThoseOfTheNearerDecision() {
        // 1.02 is far from 1.1 and near 1: a tie takes fewer runs than a difference
        String tie = advise(2, level(1, 1.02, 0.1), level(2, 1, 0.1)).sentences().get(0);
        assertTrue(tie.contains("the interval spans 1.1, about "), tie);
        String difference = advise(2, level(1, 1.08, 0.1), level(2, 1, 0.1)).sentences().get(0);
        assertTrue(difference.contains("the interval spans 1.0, about "), difference);
    }

    @Test
    void fiveRunsDecideNothing() {
        ThreadAdvice advice = advise(2, fewRuns(1, 2, 2, 2, 2, 2), level(2, 1, 0));
        assertNull(advice.recommendedThreads());
        assertSays("1 more run would give one", advice);
        assertEquals("undecided ×2.00 (no interval)", at(advice, 1).words());
    }

    @Test
    void oneCoreLeavesOneThreadAsTheOnlyChoiceAndSaysWhatTwoCost() {
        ThreadAdvice advice = advise(1, level(1, 1, 0.01), throttled(2, 1.35), throttled(4, 2.6));
        assertEquals(1, advice.recommendedThreads());
        assertEquals("WHISPER_N_THREADS=1", advice.setting());
        assertEquals("1", advice.kubernetesCpu());
        assertSays("WHISPER_N_THREADS=1 and resources: {requests: {cpu: \"1\"}, limits: {cpu: \"1\"}}", advice);
        assertTrue(advice.sentences().get(0).contains("; 2 take 1.35 (95 %: "), advice.sentences().get(0));
        assertSays("1, the only count that it can run at once, 1.000 s", advice);
        assertEquals(Label.OVER_SUBSCRIBED, at(advice, 2).label());
        assertTrue(at(advice, 2).words().endsWith("], throttled for 60 % of the time, in 97 % of the quota periods"),
                at(advice, 2).words());
        assertEquals(Label.THROTTLED, at(advice, 4).label());
        assertSays("(the rule of thumb, floor(1), says the same)", advice);
    }

    @Test
    void overSubscriptionIsNotRecommendedEvenWhereItIsFaster() {
        ThreadAdvice advice = advise(1.5, level(1, 1, 0.01), level(2, 0.8, 0.01));
        assertEquals(1, advice.recommendedThreads());
        assertEquals("1", advice.kubernetesCpu());
        assertEquals(Label.OVER_SUBSCRIBED, at(advice, 2).label());
        assertSays("2 threads measured faster at 1.5 cores (docker), 0.80 (95 %: ", advice);
        assertSays("A limit of 2 cores would run them", advice);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 1, 500m", "0.9999, 1, 1", "1, 1, 1", "1.9, 1, 1", "2, 2, 2", "2.999, 2, 2", "3, 3, 3"})
    void theWholeCoresOfALimitBoundTheThreads(double cores, int threads, String cpu) {
        ThreadAdvice advice = advise(cores, level(1, 3, 0), level(2, 1.5, 0), level(3, 1, 0));
        assertEquals(threads, advice.recommendedThreads());
        assertEquals(cpu, advice.kubernetesCpu());
    }

    @ParameterizedTest(name = "{0} times as long, {1} of the time throttled: flagged {2}")
    @CsvSource({"2.01, 0.06, true", "1.99, 0.06, false", "2.01, 0.04, false", "2.01, , false"})
    void moreThanTwiceTheLatencyOfOneThreadWhileThrottledIsFlagged(double times, Double share, boolean flagged) {
        ThreadAdvice advice = advise(1, level(1, 1, 0), new Level(2, around(times, 0), null, share, 1.0, true));
        assertEquals(flagged, !advice.stresses().isEmpty());
        assertEquals(flagged, at(advice, 2).label() == Label.THROTTLED);
        boolean slow = times > 2;
        assertEquals(slow && share == null,
                advice.sentences().toString().contains("throttling was not measured"));
        assertEquals(slow && share != null && !flagged,
                advice.sentences().toString().contains("not by throttling"));
    }

    @Test
    void bothWaysOutOfThrottlingComeWithTheirMeasuredGain() {
        Limit one = new Limit("docker", 1, List.of(level(1, 1, 0.01), throttled(4, 3)));
        Limit two = new Limit("docker", 2, List.of(level(2, 0.5, 0.01), throttled(4, 1.5)));
        Limit four = new Limit("docker", 4, List.of(level(4, 0.3, 0.01)));
        Limit pinned = new Limit("affinity", 4, List.of(level(4, 0.2, 0.01)));
        Stress stress = ThreadAdvice.of(one, List.of(one, two, pinned, four), 1).stresses().get(0);
        assertEquals(3, stress.timesOneThread().value(), 1e-9);
        assertEquals(1, stress.fewerThreads());
        assertEquals(3, stress.fewerThreadsGain().value(), 1e-9);
        // the lowest limit that can run all 4, of the same kind
        assertEquals(4, stress.higherCores());
        assertEquals(10, stress.higherLimitGain().value(), 1e-9);
        assertTrue(stress.sentence().startsWith("Throttling at 1 core (docker): 4 take 3.00 (95 %: "),
                stress.sentence());
        assertTrue(stress.sentence().contains("Fewer threads: 1 is 3.00 (95 %: "), stress.sentence());
        assertTrue(stress.sentence().contains("Higher limit: 4 threads under 4 cores are 10.00 (95 %: "),
                stress.sentence());
        assertEquals(2, ThreadAdvice.of(one, List.of(two, pinned), 1).stresses().get(0).higherCores());
    }

    @Test
    void theGainOfALimitThatWasNotMeasuredIsNotMeasured() {
        Limit one = new Limit("docker", 1, List.of(level(1, 1, 0.01), throttled(4, 3)));
        Limit four = new Limit("docker", 4, List.of(invalid(4), level(2, 0.5, 0.01)));
        Stress stress = ThreadAdvice.of(one, List.of(four), 1).stresses().get(0);
        assertNull(stress.higherCores());
        assertNull(stress.higherLimitGain());
        assertTrue(stress.sentence().endsWith("Higher limit: 4 threads under more cores: not measured."),
                stress.sentence());
    }

    @Test
    void runsThatAreNotValidDecideNothingAndAreNamed() {
        ThreadAdvice advice = advise(4, level(1, 4, 0.01), level(2, 2, 0.01), invalid(4));
        assertNull(advice.recommendedThreads(), "4 threads may be the fastest");
        assertEquals("invalid", at(advice, 4).words());
        assertSays("Left out at 4 cores (docker), because the runs are not valid: 4 threads.", advice);
        assertSays("undecided, 4 threads, as many as whole cores, have no valid runs and may be the fastest", advice);
        assertSays("By the rule of thumb, floor(4), it is 4 threads, to be used until the measurement decides", advice);
        ThreadAdvice between = advise(4, level(1, 4, 0.01), invalid(2), level(4, 1.2, 0.01));
        assertEquals(4, between.recommendedThreads());
    }

    @Test
    void fewerThreadsThanCoresAreNotRecommendedWithoutHavingSeenAsMany() {
        ThreadAdvice advice = advise(3, level(1, 4, 0.01), level(2, 2, 0.01), level(4, 3, 0.01));
        assertNull(advice.recommendedThreads());
        assertSays("measure with --threads 3 too", advice);
    }

    @Test
    void aSingleCountIsNoComparison() {
        ThreadAdvice advice = advise(2, invalid(1), level(2, 1, 0.01));
        assertNull(advice.recommendedThreads());
        assertSays("undecided, of the counts up to 2 only 2 has valid runs", advice);
        ThreadAdvice none = advise(2, level(4, 1, 0.01), new Level(1, new double[0], null, null, null, true));
        assertNull(none.recommendedThreads());
        assertEquals(Label.NOT_MEASURED, at(none, 1).label());
        assertNull(at(none, 1).latencySeconds());
        assertNull(at(none, 4).timesFastest());
        assertSays("not measured, no count up to 2 has valid runs", none);
    }

    @Test
    void aLimitOrACountThatCannotBeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> advise(0, level(1, 1, 0)));
        assertThrows(IllegalArgumentException.class, () -> advise(1, level(1, 1, 0), level(1, 1, 0)));
        assertThrows(IllegalArgumentException.class, () -> level(0, 1, 0));
    }

    @Test
    void theOrderOfLevelsDoesNotMatter() {
        List<Level> levels = new ArrayList<>(List.of(level(1, 4, 0.1), level(2, 2, 0.1), level(4, 1.9, 0.1)));
        List<String> sentences = advise(4, levels.toArray(Level[]::new)).sentences();
        Collections.reverse(levels);
        assertEquals(sentences, advise(4, levels.toArray(Level[]::new)).sentences());
    }

    @Test
    void equalCountsAreSeldomToldApartAndNoisyOnesSeldomDecided() {
        Random random = new Random(1);
        int wrong = 0;
        int decidedInNoise = 0;
        for (int i = 0; i < 200; i++) {
            ThreadAdvice same = ThreadAdvice.of(new Limit("docker", 2, List.of(
                    fewRuns(1, Fixtures.logNormal(8, 1, 0.02, random)),
                    fewRuns(2, Fixtures.logNormal(8, 1, 0.02, random)))), List.of(), i);
            wrong += Integer.valueOf(2).equals(same.recommendedThreads()) ? 1 : 0;
            // 2 threads are a quarter faster, in noise of 30 %: to name 1 thread would be a confident wrong answer
            ThreadAdvice noisy = ThreadAdvice.of(new Limit("docker", 2, List.of(
                    fewRuns(1, Fixtures.logNormal(8, 1.25, 0.3, random)),
                    fewRuns(2, Fixtures.logNormal(8, 1, 0.3, random)))), List.of(), i);
            decidedInNoise += Integer.valueOf(1).equals(noisy.recommendedThreads()) ? 1 : 0;
        }
        assertTrue(wrong <= 0.06 * 200, wrong + " of 200");
        assertTrue(decidedInNoise <= 0.06 * 200, decidedInNoise + " of 200");
    }

    @Test
    void everySentenceIsOneAndEndsLikeOne() {
        for (ThreadAdvice advice : List.of(advise(1, level(1, 1, 0.01), throttled(4, 3), invalid(2)),
                advise(2, level(1, 1, 0.1), level(2, 1, 0.1)), advise(4, level(4, 1, 0)))) {
            for (String s : advice.sentences()) {
                assertTrue(s.endsWith(".") && !s.contains("null") && !s.contains("  "), s);
            }
        }
        assertFalse(advise(1, level(1, 1, 0)).sentences().isEmpty());
    }
}
