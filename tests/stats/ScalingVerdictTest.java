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
import lib.results.Estimate;
import lib.stats.ScalingVerdict;
import lib.stats.ScalingVerdict.Level;
import lib.stats.ScalingVerdict.ManyOrFew;
import lib.stats.ScalingVerdict.StepVerdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalingVerdictTest {
    /** Six runs around the latency whose bootstrap interval is within ± {@code spread}. */
    private static Level level(double cores, double seconds, double spread) {
        return new Level(cores, seconds * (1 - spread), seconds * (1 - spread / 2), seconds, seconds,
                seconds * (1 + spread / 2), seconds * (1 + spread));
    }

    private static ScalingVerdict judge(Level... levels) {
        return ScalingVerdict.of(List.of(levels), 1);
    }

    private static ScalingVerdict exact(double cores, double efficiency) {
        return judge(level(1, efficiency * cores, 0), level(cores, 1, 0));
    }

    @ParameterizedTest(name = "efficiency {0} without noise is {1}")
    @CsvSource({"1.0,linear", "0.91,linear", "0.9000000001,linear", "0.9,near-linear", "0.85,near-linear",
            "0.8,near-linear", "0.7999999999,sub-linear", "0.5,sub-linear", "1.1,linear"})
    void theThresholdsOfLinearAre09And08(double efficiency, String expected) {
        assertEquals(expected, exact(2, efficiency).scaling());
        assertEquals(expected, exact(4, efficiency).labelAt(4));
    }

    @ParameterizedTest(name = "efficiency {0} without noise is {1}")
    @CsvSource({"0.95,MANY_WEAK", "0.8000000001,MANY_WEAK", "0.8,IT_DEPENDS", "0.65,IT_DEPENDS", "0.5,IT_DEPENDS",
            "0.4999999999,FEW_STRONG", "0.3,FEW_STRONG"})
    void theThresholdsOfManyWeakOrFewStrongAre08And05(double efficiency, ManyOrFew expected) {
        assertEquals(expected, exact(4, efficiency).manyOrFew().code());
    }

    @Test
    void aRoundingErrorOfADivisionDecidesNothing() {
        // 2.4 / 3 is 0.7999999999999999 in floating point, and 0.8 in truth
        assertEquals("near-linear", judge(level(1, 2.4, 0), level(3, 1, 0)).scaling());
        for (double seconds = 0.001; seconds < 2; seconds += 0.0993) {
            assertEquals("near-linear", judge(level(1, 3.2 * seconds, 0), level(4, seconds, 0)).scaling(),
                    "at " + seconds + " s");
        }
    }

    @ParameterizedTest(name = "efficiency {0} with noise is {1}")
    @CsvSource({"0.9,undecided", "0.8,undecided", "0.85,near-linear", "0.99,linear", "0.7,sub-linear"})
    void anIntervalThatSpansAThresholdIsUndecided(double efficiency, String expected) {
        assertEquals(expected, judge(level(1, 2 * efficiency, 0.02), level(2, 1, 0.02)).scaling());
    }

    @Test
    void undecidedSaysHowManyMoreRunsWouldLikelyDecide() {
        ScalingVerdict verdict = judge(level(1, 2 * 0.91, 0.03), level(2, 1, 0.03));
        assertEquals("undecided", verdict.scaling());
        String sentence = verdict.points().get(1).sentence();
        assertTrue(sentence.matches(".*the interval spans 0\\.9, about \\d+ more runs of each would decide\\."),
                sentence);
        String onIt = judge(level(1, 2 * 0.9, 0.03), level(2, 1, 0.03)).points().get(1).sentence();
        assertTrue(onIt.contains("more runs are unlikely to decide"), onIt);
    }

    @Test
    void aSerialShareThatPutsEfficiencyOnTheThresholdIsMostlyUndecided() {
        // Amdahl: efficiency at 2 cores is 1 / (1 + s), so s = 1/9 gives 0.9
        Random random = new Random(1);
        double s = 1 / 9.0;
        int undecided = 0;
        for (int i = 0; i < 200; i++) {
            ScalingVerdict verdict = ScalingVerdict.of(List.of(new Level(1, Fixtures.logNormal(8, 1, 0.02, random)),
                    new Level(2, Fixtures.logNormal(8, s + (1 - s) / 2, 0.02, random))), i);
            undecided += verdict.scaling().equals("undecided") ? 1 : 0;
        }
        assertTrue(undecided >= 0.93 * 200, undecided + " of 200");
    }

    @Test
    void fiveRunsOnOneSideDecideNothing() {
        ScalingVerdict verdict = judge(level(1, 4, 0), new Level(4, 1, 1, 1, 1, 1));
        assertEquals("undecided", verdict.scaling());
        assertEquals(ManyOrFew.UNDECIDED, verdict.manyOrFew().code());
        assertEquals(StepVerdict.UNDECIDED, verdict.steps().get(0).verdict());
        assertNull(verdict.optimalCores());
        assertTrue(verdict.manyOrFew().english().contains("1 more run would give one"), verdict.manyOrFew().english());
        assertTrue(verdict.manyOrFew().vietnamese().contains("cần thêm 1 lần chạy"));
    }

    @Test
    void withoutFourCoresTheQuestionIsNotAnsweredAndTheReasonIsGiven() {
        ScalingVerdict verdict = judge(level(1, 2, 0), level(2, 1, 0),
                Level.notMeasured(4, "this machine has 2 cores"), Level.notMeasured(8, "this machine has 2 cores"));
        assertEquals("not-measured", verdict.manyWeakOrFewStrong());
        assertTrue(verdict.manyOrFew().english().contains("4 cores were not measured, this machine has 2 cores"),
                verdict.manyOrFew().english());
        assertTrue(verdict.manyOrFew().vietnamese().contains("Chưa trả lời được: chưa đo ở mức 4 cores"));
        assertEquals("not-measured", verdict.labelAt(8));
        assertEquals("linear", verdict.scaling());
    }

    @Test
    void eightCoresDoNotAnswerForFour() {
        assertEquals(ManyOrFew.NOT_MEASURED, judge(level(1, 8, 0), level(8, 1, 0)).manyOrFew().code());
    }

    @Test
    void withoutOneCoreThereIsNoSpeedUpAndTheQuestionStaysOpen() {
        ScalingVerdict verdict = judge(level(2, 1, 0), level(4, 0.5, 0));
        assertNull(verdict.points().get(1).speedup());
        assertNull(verdict.points().get(1).efficiency());
        assertEquals("not-measured", verdict.scaling());
        assertEquals(ManyOrFew.NOT_MEASURED, verdict.manyOrFew().code());
        assertTrue(verdict.manyOrFew().english().contains("1 core was not measured"), verdict.manyOrFew().english());
    }

    @Test
    void fractionsOfACoreReferToOneCore() {
        ScalingVerdict verdict = judge(level(0.5, 4, 0), level(1, 2, 0), level(1.5, 1.6, 0), level(2, 1, 0));
        assertEquals(1, verdict.points().get(0).efficiency().value());
        assertEquals(2 / 1.6 / 1.5, verdict.points().get(2).efficiency().value(), 1e-12);
    }

    @Test
    void aFractionThatRunsNoMoreThreadsIsNoStep() {
        ScalingVerdict verdict = judge(level(1, 2, 0.01), level(1.5, 1.95, 0.01), level(2, 1.05, 0.01));
        assertEquals(2, verdict.optimalCores());
    }

    @Test
    void theBaselineIsOneByDefinition() {
        ScalingVerdict verdict = judge(level(1, 2, 0.1), level(2, 1, 0.1));
        assertEquals(new Estimate(1, 1.0, 1.0), verdict.points().get(0).speedup());
        assertEquals("baseline", verdict.labelAt(1));
    }

    @Test
    void oneCountIsNoScaling() {
        ScalingVerdict verdict = judge(level(1, 2, 0.01));
        assertEquals("not-measured", verdict.scaling());
        assertNull(verdict.optimalCores());
        assertNull(verdict.cheapestCores());
        assertTrue(verdict.optimal().sentence().contains("it takes two core counts"));
    }

    @Test
    void nothingMeasuredIsSaidToBeSo() {
        ScalingVerdict verdict = judge(Level.notMeasured(1, "every run crashed"));
        assertEquals("not-measured", verdict.scaling());
        assertEquals("1 core: no verdict, every run crashed.", verdict.sentences().get(0));
        assertEquals(ManyOrFew.NOT_MEASURED, ScalingVerdict.of(List.of(), 1).manyOrFew().code());
    }

    @Test
    void theOptimumIsTheLastCountBeforeAStepThatWinsLessThanAFifth() {
        ScalingVerdict verdict = judge(level(1, 8, 0.01), level(2, 4.4, 0.01), level(4, 2.8, 0.01),
                level(8, 2.5, 0.01));
        assertEquals(List.of(StepVerdict.PAYS, StepVerdict.PAYS, StepVerdict.DIMINISHING),
                verdict.steps().stream().map(ScalingVerdict.Step::verdict).toList());
        assertEquals(4, verdict.optimalCores());
        assertEquals(1, verdict.cheapestCores());
    }

    @Test
    void aGainOfExactlyAFifthPaysAndAnIntervalAroundItIsUndecided() {
        assertEquals(StepVerdict.PAYS, judge(level(1, 1, 0), level(2, 0.8, 0)).steps().get(0).verdict());
        assertEquals(StepVerdict.DIMINISHING,
                judge(level(1, 1, 0), level(2, 0.8000001, 0)).steps().get(0).verdict());
        ScalingVerdict verdict = judge(level(1, 1, 0.02), level(2, 0.8, 0.02));
        assertEquals(StepVerdict.UNDECIDED, verdict.steps().get(0).verdict());
        assertTrue(verdict.steps().get(0).sentence().contains("spans 20 %"), verdict.steps().get(0).sentence());
        assertNull(verdict.optimalCores());
        assertTrue(verdict.optimal().sentence().contains("undecided, at least 1"), verdict.optimal().sentence());
    }

    @Test
    void aStepThatSlowsDownSaysThatLatencyGrows() {
        ScalingVerdict verdict = judge(level(1, 1, 0.01), level(2, 1.1, 0.01));
        assertEquals(StepVerdict.DIMINISHING, verdict.steps().get(0).verdict());
        assertTrue(verdict.steps().get(0).sentence().contains("latency grows by 10.0 %"),
                verdict.steps().get(0).sentence());
        assertEquals(1, verdict.optimalCores());
    }

    @Test
    void aStepTooSmallToWinAFifthIsNotHeldAgainstTheCores() {
        // perfect scaling all the way: 4 to 5 cores can win 20 % at most
        ScalingVerdict verdict = judge(level(1, 20, 0), level(2, 10, 0), level(4, 5, 0), level(5, 4, 0),
                level(6, 20 / 6.0, 0));
        assertEquals(6, verdict.optimalCores());
        assertEquals(List.of(2.0, 4.0, 6.0), verdict.steps().stream().map(ScalingVerdict.Step::toCores).toList());
    }

    @Test
    void aTieForTheCheapestNamesAllOfIt() {
        ScalingVerdict verdict = judge(level(1, 4, 0.02), level(2, 2.01, 0.02), level(4, 1.5, 0.02));
        assertNull(verdict.cheapestCores());
        assertEquals(List.of(1.0, 2.0), verdict.cheapest().candidates());
        assertTrue(verdict.cheapest().sentence().contains("1 core 4.000"), verdict.cheapest().sentence());
        assertTrue(verdict.cheapest().sentence().contains("2 cores 4.020"), verdict.cheapest().sentence());
        assertFalse(verdict.cheapest().sentence().contains("4 cores"), verdict.cheapest().sentence());
    }

    @Test
    void everySentenceCarriesItsFiguresInBothLanguages() {
        ScalingVerdict verdict = judge(level(1, 2.6, 0.01), level(4, 1, 0.01));
        String english = verdict.manyOrFew().english();
        String vietnamese = verdict.manyOrFew().vietnamese();
        assertTrue(english.contains("It depends: efficiency at 4 cores is 0.650 (95 %: "), english);
        assertTrue(vietnamese.contains("Còn tùy: hiệu suất ở 4 cores là 0,650 (95 %: "), vietnamese);
        assertTrue(vietnamese.contains("2,60 lần"), vietnamese);
        assertTrue(verdict.sentences().containsAll(List.of(english, vietnamese)));
    }

    @Test
    void theOrderOfPointsAndRunsDoesNotMatterAndTheUnitOnlyScales() {
        Random random = new Random(3);
        List<Level> levels = new ArrayList<>();
        for (double cores : new double[] {1, 2, 4, 8}) {
            levels.add(new Level(cores, Fixtures.oneSided(9, 2 * (0.1 + 0.9 / cores), 0.05, random)));
        }
        ScalingVerdict verdict = ScalingVerdict.of(levels, 5);
        List<Level> mixed = new ArrayList<>(levels);
        Collections.reverse(mixed);
        mixed.replaceAll(l -> new Level(l.cores(), Fixtures.shuffled(l.latencySeconds(), random)));
        assertEquals(verdict, ScalingVerdict.of(mixed, 5));
        mixed.replaceAll(l -> new Level(l.cores(), Fixtures.times(1024, l.latencySeconds())));
        ScalingVerdict scaled = ScalingVerdict.of(mixed, 5);
        assertEquals(verdict.points().get(2).efficiency(), scaled.points().get(2).efficiency());
        assertEquals(verdict.steps(), scaled.steps());
        for (ScalingVerdict.PointVerdict p : verdict.points()) {
            assertTrue(p.efficiency().low() <= p.efficiency().value()
                    && p.efficiency().value() <= p.efficiency().high());
        }
    }

    @Test
    void aCoreCountThatComesTwiceIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> judge(level(1, 2, 0), level(1, 3, 0)));
    }

    @Test
    void aPointHasRunsOrAReason() {
        assertThrows(IllegalArgumentException.class, () -> new Level(2));
        assertThrows(IllegalArgumentException.class, () -> new Level(2, new double[] {1}, "skipped"));
        assertThrows(IllegalArgumentException.class, () -> new Level(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new Level(Double.NaN, 1));
    }
}
