package tests.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import lib.stats.RatioOfSums.Clip;
import lib.stats.SpeedComparison;
import lib.stats.SpeedComparison.Outcome;
import org.junit.jupiter.api.Test;

class SpeedComparisonTest {
    private static final Clip FAST = new Clip("jfk", 11, new double[] {1.00, 1.01, 1.02, 1.03, 1.04, 1.05});
    private static final Clip SLOW = new Clip("jfk", 11, new double[] {2.00, 2.02, 2.04, 2.06, 2.08, 2.10});

    @Test
    void theSlowerModelIsNamedWithRatioTestAndEffect() {
        SpeedComparison comparison = SpeedComparison.of("base", List.of(SLOW), "tiny", List.of(FAST), 1);
        assertEquals(Outcome.FIRST_SLOWER, comparison.outcome());
        assertTrue(comparison.sentences().get(0).matches("jfk: base is slower, it takes 2\\.00 \\(95 %: 1\\.9\\d to"
                + " 2\\.0\\d\\) times as long as tiny; 6 and 6 runs, Mann-Whitney p = 0\\.002, Cliff's delta 1\\.00"
                + " \\(95 %: 0\\.\\d\\d to 1\\.00\\)\\."), comparison.sentences().toString());
        assertEquals(Outcome.SECOND_SLOWER,
                SpeedComparison.of("tiny", List.of(FAST), "base", List.of(SLOW), 1).outcome());
    }

    @Test
    void noDifferenceShownIsAnAnswer() {
        Random random = new Random(1);
        int shown = 0;
        for (int i = 0; i < 200; i++) {
            SpeedComparison same = SpeedComparison.of("base",
                    List.of(new Clip("jfk", 11, Fixtures.logNormal(8, 1, 0.03, random))), "copy",
                    List.of(new Clip("jfk", 11, Fixtures.logNormal(8, 1, 0.03, random))), i);
            shown += same.outcome() == Outcome.NO_DIFFERENCE_SHOWN ? 0 : 1;
        }
        assertTrue(shown <= 0.05 * 200, shown + " of 200");
    }

    @Test
    void anIntervalOffOneIsNoDifferenceWithoutTheTest() {
        Clip a = new Clip("jfk", 11, new double[] {1.01, 1.07, 1.08, 1.09, 1.10, 1.11, 1.12});
        Clip b = new Clip("jfk", 11, new double[] {1.00, 1.02, 1.03, 1.04, 1.05, 1.06, 1.13});
        SpeedComparison slower = SpeedComparison.of("base", List.of(a), "tiny", List.of(b), 1);
        SpeedComparison faster = SpeedComparison.of("tiny", List.of(b), "base", List.of(a), 1);
        assertTrue(slower.ratio().low() > 1 && faster.ratio().high() < 1, slower.ratio() + " " + faster.ratio());
        assertTrue(slower.clips().get(0).test().p() > 0.1, slower.clips().toString());
        assertEquals(Outcome.NO_DIFFERENCE_SHOWN, slower.outcome());
        assertEquals(Outcome.NO_DIFFERENCE_SHOWN, faster.outcome());
    }

    @Test
    void ofSeveralClipsTheSumsComeFirst() {
        Clip longFast = new Clip("talk", 300, Fixtures.times(10, FAST.latencySeconds()));
        Clip longSlow = new Clip("talk", 300, Fixtures.times(15, SLOW.latencySeconds()));
        SpeedComparison comparison = SpeedComparison.of("base", List.of(SLOW, longSlow), "tiny",
                List.of(longFast, FAST), 1);
        assertEquals((2.05 * 16) / (1.025 * 11), comparison.ratio().value(), 1e-12);
        assertEquals(List.of("jfk", "talk"), comparison.clips().stream().map(c -> c.clip()).toList());
        assertEquals(2, comparison.sentences().size());
        assertTrue(comparison.sentences().get(0).startsWith("2 clips together: base is slower, it takes 2.91 (95 %: "),
                comparison.sentences().get(0));
    }

    @Test
    void ofSeveralClipsThoseOnWhichEachIsFasterAreNamed() {
        Clip same = new Clip("same", 20, FAST.latencySeconds());
        Clip fasterHere = new Clip("talk", 300, FAST.latencySeconds());
        Clip slowerThere = new Clip("talk", 300, SLOW.latencySeconds());
        Clip few = new Clip("few", 8, new double[] {1, 1});
        SpeedComparison comparison = SpeedComparison.of("base", List.of(SLOW, fasterHere, same, few), "tiny",
                List.of(FAST, slowerThere, same, few), 1);
        assertEquals("Each clip alone: tiny is faster on jfk; base is faster on talk; no difference shown on same;"
                + " undecided on few.", comparison.sentences().get(1));
    }

    @Test
    void fiveRunsDecideNothing() {
        SpeedComparison few = SpeedComparison.of("base", List.of(new Clip("jfk", 11, new double[] {9, 9, 9, 9, 9})),
                "tiny", List.of(FAST), 1);
        assertEquals(Outcome.UNDECIDED, few.outcome());
        assertTrue(few.sentences().get(0).startsWith("jfk: undecided, an interval takes 6 runs of each clip; base takes"
                + " 8.78 (no interval) times as long as tiny; 5 and 6 runs"), few.sentences().get(0));
    }
}
