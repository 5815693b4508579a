package tests.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import lib.results.Estimate;
import lib.stats.Bootstrap;
import lib.stats.RatioOfSums;
import lib.stats.RatioOfSums.Clip;
import org.junit.jupiter.api.Test;

class RatioOfSumsTest {
    private static final double[] SECONDS = {8, 45, 160, 816};

    /** Latencies of medians {@code factor} · (1 + seconds / 10). */
    private static List<Clip> set(int runs, double factor, double sigma, Random random) {
        List<Clip> clips = new ArrayList<>();
        for (double seconds : SECONDS) {
            clips.add(new Clip("clip-" + seconds, seconds,
                    Fixtures.oneSided(runs, factor * (1 + seconds / 10), sigma, random)));
        }
        return clips;
    }

    @Test
    void aSetIsSumOverSumAndNoMeanOfRatios() {
        List<Clip> clips = List.of(new Clip("short", 10, new double[] {5}),
                new Clip("long", 990, new double[] {94, 95, 96}));
        assertEquals(new Estimate(0.1, null, null), RatioOfSums.realTimeFactor(clips, 1));
    }

    @Test
    void theIntervalsHoldTheTruth() {
        Random random = new Random(1);
        int samples = 300;
        int factor = 0;
        int ratio = 0;
        for (int i = 0; i < samples; i++) {
            List<Clip> slow = set(6 + i % 4, 2, 0.05, random);
            List<Clip> fast = set(6, 1, 0.05, random);
            factor += holds(2 * (4 + 102.9) / 1029, RatioOfSums.realTimeFactor(slow, i));
            ratio += holds(2, RatioOfSums.ofLatencies(slow, fast, i));
        }
        assertTrue(factor >= 0.93 * samples, factor + " of " + samples);
        assertTrue(ratio >= 0.93 * samples, ratio + " of " + samples);
        assertTrue(factor + ratio < 2 * samples, "an interval that never misses is too wide");
    }

    private static int holds(double truth, Estimate e) {
        return e.low() <= truth && truth <= e.high() ? 1 : 0;
    }

    @Test
    void oneClipIsTheRatioOfItsMedians() {
        List<Clip> slow = set(8, 2, 0.05, new Random(2)).subList(0, 1);
        List<Clip> fast = set(9, 1, 0.05, new Random(3)).subList(0, 1);
        assertEquals(Bootstrap.ratioOfMedians(slow.get(0).latencySeconds(), fast.get(0).latencySeconds(), 7),
                RatioOfSums.ofLatencies(slow, fast, 7));
    }

    @Test
    void oneClipWithFiveRunsLeavesTheSetWithoutAnInterval() {
        List<Clip> clips = new ArrayList<>(set(6, 1, 0.05, new Random(4)));
        assertTrue(RatioOfSums.realTimeFactor(clips, 1).hasInterval());
        clips.set(3, set(5, 1, 0.05, new Random(4)).get(3));
        assertEquals(null, RatioOfSums.realTimeFactor(clips, 1).low());
    }

    @Test
    void theOrderOfClipsAndRunsDoesNotMatter() {
        List<Clip> clips = set(7, 1, 0.05, new Random(5));
        List<Clip> other = new ArrayList<>();
        clips.forEach(c -> other.add(new Clip(c.name(), c.audioSeconds(),
                Fixtures.shuffled(c.latencySeconds(), new Random(6)))));
        Collections.reverse(other);
        assertEquals(RatioOfSums.realTimeFactor(clips, 1), RatioOfSums.realTimeFactor(other, 1));
    }

    @Test
    void differentClipsAreNotCompared() {
        List<Clip> clips = set(6, 1, 0.05, new Random(7));
        assertThrows(IllegalArgumentException.class, () -> RatioOfSums.ofLatencies(clips, clips.subList(0, 3), 1));
        assertThrows(IllegalArgumentException.class, () -> RatioOfSums.ofLatencies(clips.subList(0, 1),
                List.of(new Clip(clips.get(0).name(), 9, new double[] {1})), 1));
        assertThrows(IllegalArgumentException.class,
                () -> RatioOfSums.realTimeFactor(List.of(clips.get(0), clips.get(0)), 1));
        assertThrows(IllegalArgumentException.class, () -> RatioOfSums.realTimeFactor(List.of(), 1));
    }
}
