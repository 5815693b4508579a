package tests.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.measure.JudgementTest.MACHINE;
import static tests.measure.JudgementTest.QUIET;
import static tests.measure.JudgementTest.all;
import static tests.measure.JudgementTest.at;
import static tests.measure.JudgementTest.plan;
import static tests.measure.JudgementTest.point;
import static tests.measure.JudgementTest.runs;
import static tests.measure.JudgementTest.warns;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import lib.cli.UserError;
import lib.measure.Judgement;
import lib.results.Environment;
import lib.results.Plan;
import lib.results.PointSummary;
import lib.results.Run;
import lib.results.RunStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where each line of the table in docs/method.md is drawn: just below it and just above. */
class ThresholdsTest {
    private static final Plan.Point ONE = point(1, 1);
    private static final Plan.Point TWO = point(2, 2);
    private static final Plan.Point FOUR_INSTANCES = new Plan.Point("base-q5_1", "jfk", "docker", 1, 1, 4, null, null);
    private static final List<Run> BASE = runs(ONE, 4, QUIET);
    private static final List<Run> PAIR = runs(TWO, 2.2, QUIET);

    private static Environment machine(int cpus, Boolean hybrid, String governor) {
        return new Environment("lab", "Linux", "6.1", "amd64", "Test CPU", cpus, cpus, 1, hybrid, null, null, governor,
                null, 1L, 2, null, List.of(), null, null, "17", null);
    }

    private static Judgement judge(List<Run> two) {
        return Rows.judge(plan("docker", ONE, TWO), MACHINE, all(BASE, two));
    }

    @ParameterizedTest
    @CsvSource({"0.14, 2, docker, A", "0.16, 2, docker, B", "0.49, 2, docker, B", "0.51, 2, docker, C",
            "0.9, 8, docker, B", "0.9, 8, affinity, C"})
    void otherLoad(double cores, int cpus, String isolation, String grade) {
        List<Run> rows = Rows.set(all(BASE, Rows.set(PAIR, "otherBusyCores", cores)), "isolation", isolation);
        Judgement j = Rows.judge(plan(isolation, ONE, TWO), machine(cpus, false, null), rows);
        assertEquals(grade, j.grade());
        assertEquals(cores > 0.15, warns(j, "other-load"));
    }

    @ParameterizedTest
    @CsvSource({"0.018, A", "0.022, B", "0.098, B", "0.102, C"})
    void stealOfTwoCores(double cores, String grade) {
        assertEquals(grade, judge(Rows.shareOfWall(PAIR, "stealSeconds", cores)).grade());
    }

    /** Rows of a point with several instances, each batch's together. */
    private static List<Run> grid(Plan.Point point) {
        List<Run> rows = new ArrayList<>();
        for (Run run : Rows.set(runs(point, 4, QUIET), "instances", point.instances())) {
            for (int i = 0; i < point.instances(); i++) {
                rows.add(Rows.set(Rows.set(run, "run", rows.size() + 1), "startedAt",
                        Instant.EPOCH.plusSeconds(10L * run.iteration()).plusMillis(i)));
            }
        }
        return rows;
    }

    @ParameterizedTest
    @CsvSource({"0.036, A", "0.044, B", "0.196, B", "0.204, C"})
    void stealOfFourInstancesOfOneCore(double cores, String grade) {
        Judgement j = Rows.judge(plan("docker", FOUR_INSTANCES), MACHINE, Rows.shareOfWall(grid(FOUR_INSTANCES),
                "stealSeconds", cores));
        assertEquals(grade, j.grade(), j.warnings().toString());
    }

    @ParameterizedTest
    @CsvSource({"8, B", "4, C"})
    void otherLoadIsInTheWayOfAllInstancesTogether(int cpus, String grade) {
        Judgement j = Rows.judge(plan("docker", FOUR_INSTANCES), machine(cpus, false, null), Rows.set(grid(
                FOUR_INSTANCES), "otherBusyCores", 0.9));
        assertEquals(grade, j.grade(), j.warnings().toString());
    }

    @ParameterizedTest
    @CsvSource({"4, false", "3, true"})
    void instancesTogetherMayAskForMoreThanThePhysicalCores(int physicalCores, boolean warned) {
        Environment smt = new Environment("lab", "Linux", "6.1", "amd64", "Test CPU", 8, physicalCores, 2, false, null,
                null, null, null, 1L, 2, null, List.of(), null, null, "17", null);
        assertEquals(warned, warns(Rows.judge(plan("docker", FOUR_INSTANCES), smt, grid(FOUR_INSTANCES)),
                "smt-siblings"));
    }

    @ParameterizedTest
    @CsvSource({"0.04, A", "0.06, B", "0.24, B", "0.26, C"})
    void throttlingWithNoMoreThreadsThanCores(double share, String grade) {
        Judgement j = judge(Rows.shareOfWall(PAIR, "throttledSeconds", 2 * share));
        assertEquals(grade, j.grade());
        assertEquals(share > 0.05, warns(j, "throttled"));
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 0.5, 0.5", "2, 8, 1.0, 0.5", "16, 16, 15.0, 0.9375", "16, 2, 1.0, 0.5", "2, 8, 2.3, 1.0"})
    void theThrottledShareIsThatOfOneThreadAndAtMostTheWhole(int threads, int cpus, double onAllCpus, double share) {
        Plan.Point point = point(1, threads);
        List<Run> rows = Rows.shareOfWall(runs(point, 4, QUIET), "throttledSeconds", onAllCpus);
        Judgement j = Rows.judge(plan("docker", point), machine(cpus, false, null), rows);
        assertEquals(share, at(j, 1, threads).throttledShare(), 1e-9);
        assertTrue(j.warnings().stream().anyMatch(w -> w.what().startsWith(
                String.format("threads were held back for %.0f %% of the time", share * 100))), j.warnings()
                        .toString());
    }

    @ParameterizedTest
    @CsvSource({"1.2, 0.0, false, false", "2.2, 0.4, true, true", "1.2, 0.4, true, false", "0.97, 0.4, false, false"})
    void overSubscriptionIsSlowerAndThrottlingIsTwiceAsSlowWithTheQuotaUsedUp(double ratio, double throttled,
            boolean warned, boolean throttling) {
        Plan.Point over = point(1, 2);
        List<Run> rows = Rows.shareOfWall(Rows.busy(runs(over, 4 * ratio, QUIET), 0.99), "throttledSeconds", throttled);
        Judgement j = Rows.judge(plan("docker", ONE, over), MACHINE, all(BASE, rows));
        assertEquals(ratio > 1, warns(j, "oversubscribed"));
        assertEquals(throttling, j.warnings().stream().anyMatch(w -> w.what().endsWith(": throttling")));
        assertEquals("A", j.grade(), "what too many threads do is the finding, not a disturbance");
        assertEquals(1, j.verdict().threads().get(0).recommended(), j.verdict().sentences().toString());
        assertEquals(ratio, j.verdict().threads().get(0).levels().get(1).timesFastest().value(), 1e-9);
    }

    @ParameterizedTest
    @CsvSource({"2.019, true", "2.021, false", "1.981, true", "1.979, false"})
    void theLimitInForceMayBeOffByAPercent(double cores, boolean valid) {
        assertEquals(valid, at(judge(Rows.set(PAIR, "coresInForce", cores)), 2, 2).valid());
    }

    @Test
    void aLimitThatCannotBeReadBackIsNotBelieved() {
        assertFalse(at(judge(Rows.set(PAIR, "coresInForce", null)), 2, 2).valid());
    }

    @ParameterizedTest
    @CsvSource({"2.14, true", "2.20, false"})
    void busyCoresMayPassTheLimitByWhatOnePeriodCarriesOver(double busy, boolean valid) {
        // 2.2 s: 2 · (1 + 0.05 + 0.1 / 2.2) = 2.19
        assertEquals(valid, at(judge(Rows.busy(PAIR, busy)), 2, 2).valid());
    }

    @ParameterizedTest
    @CsvSource({"1.0, false", "2.0, true", "8.0, true"})
    void withoutIsolationATighterLimitFromOutsideIsFound(double inForce, boolean valid) {
        List<Run> rows = Rows.set(all(Rows.set(BASE, "coresInForce", 8.0), Rows.set(PAIR, "coresInForce", inForce)),
                "isolation", "none");
        assertEquals(valid, at(Rows.judge(plan("none", ONE, TWO), MACHINE, rows), 2, 2).valid());
    }

    @ParameterizedTest
    @CsvSource({"1.48, true", "1.52, false"})
    void spinningThreadsThatLeaveCoresIdleWereKeptFromThem(double busy, boolean warned) {
        Judgement j = judge(Rows.busy(PAIR, busy));
        assertEquals(warned, warns(j, "cores-not-busy"));
        assertEquals(warned ? "C" : "A", j.grade());
    }

    @ParameterizedTest
    @CsvSource({"active, C", "passive, A"})
    void threadsThatRestWhileTheyWaitMayLeaveCoresIdle(String waitPolicy, String grade) {
        Plan.Point two = new Plan.Point("base-q5_1", "jfk", "docker", 2, 2, 1, waitPolicy, null);
        Judgement j = Rows.judge(plan("docker", two), MACHINE, Rows.set(Rows.busy(PAIR, 1.2), "waitPolicy",
                waitPolicy));
        assertEquals(grade, j.grade(), j.warnings().toString());
        assertEquals(grade.equals("C"), warns(j, "cores-not-busy"));
    }

    @Test
    void whereNoThreadsAreShownHalfBusyCoresMeanThatHalfTheThreadsArrived() {
        Plan.Point four = point(4, 4);
        List<Run> half = Rows.busy(Rows.set(runs(four, 2.1, QUIET), "workingThreads", null), 1.96);
        Judgement j = Rows.judge(plan("docker", ONE, four), MACHINE, all(BASE, half));
        assertFalse(at(j, 4, 4).valid());
        assertEquals("not-measured", j.verdict().manyWeakOrFewStrong());
    }

    @ParameterizedTest
    @CsvSource({"1.07, false", "1.09, true"})
    void whereNoThreadsAreShownThoseThatMayRestMustStillRaiseTheBusyCores(double busy, boolean valid) {
        List<Run> rows = Rows.set(Rows.set(all(BASE, Rows.busy(PAIR, busy)), "workingThreads", null), "waitPolicy",
                "passive");
        Judgement j = Rows.judge(plan("docker", passive(ONE), passive(TWO)), MACHINE, rows);
        assertEquals(valid, at(j, 2, 2).valid(), "one thread kept 0.98 cores busy");
        assertEquals(!valid, warns(j, "threads-not-in-force"));
    }

    private static Plan.Point passive(Plan.Point p) {
        return new Plan.Point(p.model(), p.clip(), p.isolation(), p.coresLimit(), p.threads(), p.instances(), "passive",
                null);
    }

    @Test
    void oneRunInWhichAThreadDidNotWorkIsEnough() {
        List<Run> two = new ArrayList<>(PAIR);
        two.set(2, Rows.set(two.get(2), "workingThreads", 1));
        assertFalse(at(judge(two), 2, 2).valid());
    }

    @ParameterizedTest
    @CsvSource({"0.49, true", "0.51, false"})
    void aTextHalfWrongIsNoTranscript(double wer, boolean valid) {
        assertEquals(valid, at(judge(Rows.set(PAIR, "wordErrorRate", wer)), 2, 2).valid());
    }

    @ParameterizedTest
    @CsvSource({"0.09, A", "0.11, B"})
    void aMedianKnownNoBetterThanATenthIsNoCleanResult(double halfWidth, String grade) {
        double[] wide = {1 - halfWidth, 1 + halfWidth, 1 - halfWidth, 1 + halfWidth, 1, 1 - halfWidth, 1 + halfWidth};
        assertEquals(grade, judge(runs(TWO, 2.2, wide)).grade());
    }

    @ParameterizedTest
    @CsvSource({"1.4, true", "0.6, false"})
    void aFirstRunThatWasFastNeedsNoMoreWarmUp(double first, boolean warned) {
        double[] noise = QUIET.clone();
        noise[0] = first;
        Judgement j = judge(runs(TWO, 2.2, noise));
        assertTrue(warns(j, "outliers"), j.warnings().toString());
        assertEquals(warned, warns(j, "slow-first-run"));
    }

    @ParameterizedTest
    @CsvSource({"0.02, 0.2", "0.1, 0.04"})
    void aDisturbanceThatIsCAtOnePointAndBAtAnotherIsOneReasonForC(double stolenOfOne, double stolenOfTwo) {
        Judgement j = Rows.judge(plan("docker", ONE, TWO), MACHINE, all(
                Rows.shareOfWall(BASE, "stealSeconds", stolenOfOne),
                Rows.shareOfWall(PAIR, "stealSeconds", stolenOfTwo)));
        assertEquals("C", j.grade());
        assertEquals(List.of("steal"), j.gradeReasons());
    }

    @ParameterizedTest
    @CsvSource({"0.098, linear", "0.102, undecided"})
    void whatIsOnlyIndicativeHasNoScaling(double stolenOfTwo, String scaling) {
        assertEquals(scaling, at(judge(Rows.shareOfWall(PAIR, "stealSeconds", stolenOfTwo)), 2, 2).scaling());
    }

    @Test
    void eachThingThatBendsTheCurveLowersTheGradeByItself() {
        List<Run> rows = all(BASE, PAIR);
        assertEquals("B", Rows.judge(plan("docker", ONE, TWO), machine(8, true, null), rows).grade());
        assertEquals("B", Rows.judge(plan("docker", ONE, TWO), machine(8, false, "powersave"), rows).grade());
        assertEquals("A", Rows.judge(plan("docker", ONE, TWO), machine(8, false, "performance"), rows).grade());
        assertEquals("B", Rows.judge(plan("none", ONE, TWO), machine(8, false, null),
                Rows.set(rows, "isolation", "none")).grade());
    }

    @Test
    void whatTheSystemDoesNotTellIsNotTakenForQuiet() {
        for (String column : List.of("otherBusyCores", "stealSeconds", "workingThreads")) {
            Judgement j = Rows.judge(plan("docker", ONE, TWO), MACHINE, Rows.set(all(BASE, PAIR), column, null));
            assertEquals("B", j.grade(), column);
            assertTrue(warns(j, "not-observed"), column);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"throttledSeconds", "throttledPeriods", "stealSeconds"})
    void aShareIsNotMeasuredWhenOneRunLacksItsCounter(String column) {
        List<Run> rows = new ArrayList<>(PAIR);
        rows.set(3, Rows.set(rows.get(3), column, null));
        PointSummary two = at(judge(rows), 2, 2);
        assertEquals(column.equals("throttledSeconds"), two.throttledShare() == null);
        assertEquals(column.equals("throttledPeriods"), two.throttledPeriodShare() == null);
        assertEquals(column.equals("stealSeconds"), two.stealShare() == null);
    }

    @Test
    void theCurveTakesAsManyThreadsAsWholeCoresNotTheFastest() {
        Plan.Point more = point(2, 4);
        Judgement j = Rows.judge(plan("docker", ONE, TWO, more), MACHINE, all(all(BASE, PAIR), runs(more, 2.0,
                QUIET)));
        assertEquals("linear", at(j, 2, 2).scaling());
        assertNull(at(j, 2, 4).scaling());
    }

    @Test
    void coresThatTheThreadsCannotUseTellNothingAboutScaling() {
        Plan.Point starved = point(4, 2);
        Judgement j = Rows.judge(plan("docker", ONE, starved), MACHINE, all(BASE, runs(starved, 2.2, QUIET)));
        assertEquals("not-measured", j.verdict().manyWeakOrFewStrong());
        assertEquals("not-measured", j.verdict().scaling());
        assertNull(at(j, 4, 2).scaling());
        assertTrue(j.verdict().sentences().stream().anyMatch(s -> s.equals(
                "4 cores: no verdict, it takes 4 threads, and it was measured with 2.")),
                j.verdict().sentences().toString());
        Plan.Point matched = point(4, 4);
        List<Run> fewInForce = Rows.set(runs(matched, 1.1, QUIET), "workingThreads", 2);
        Judgement capped = Rows.judge(plan("docker", ONE, starved, matched), MACHINE,
                all(all(BASE, runs(starved, 2.2, QUIET)), fewInForce));
        assertEquals("not-measured", capped.verdict().manyWeakOrFewStrong());
    }

    @Test
    void oneCoreWithSeveralThreadsIsNoBaseline() {
        Plan.Point crowded = point(1, 4);
        Plan.Point four = point(4, 4);
        Judgement j = Rows.judge(plan("docker", crowded, four), MACHINE,
                all(Rows.busy(runs(crowded, 7, QUIET), 0.99), runs(four, 1.1, QUIET)));
        assertNull(at(j, 4, 4).speedup());
        assertEquals("not-measured", j.verdict().manyWeakOrFewStrong());
        assertEquals("not-measured", j.verdict().scaling());
    }

    @Test
    void windowsAreCountedWholeAndTheColdStartEndsWithTheFirstTranscript() {
        Plan jfk = plan("docker", ONE);
        Plan plan = new Plan(jfk.question(), jfk.engine(), jfk.models(), List.of(new Plan.ClipRef("jfk", "cd", 65, "en",
                22)), jfk.decoding(), jfk.timingScope(), jfk.limits(), jfk.points(), 0.03, 6, 60, 1, 0, List.of());
        Run cold = Rows.set(Rows.set(Rows.set(Rows.set(BASE.get(0), "run", 1), "warmup", true), "iteration", 0),
                "startSeconds", 1.5);
        Judgement j = Rows.judge(plan, MACHINE, all(List.of(cold), BASE));
        assertEquals(4.0 / 3, at(j, 1, 1).secondsPerWindow(), 1e-9);
        assertEquals(1.5 + cold.wallSeconds(), at(j, 1, 1).coldStartSeconds(), 1e-9);
    }

    @ParameterizedTest
    @CsvSource({"isolation, none", "model, tiny.en-q5_1", "clip, other", "engine, synthetic", "warmup, true"})
    void aRowOfAnotherExperimentIsRefused(String column, String value) {
        List<Run> rows = new ArrayList<>(PAIR);
        rows.set(3, Rows.set(rows.get(3), column, value.equals("true") ? true : value));
        UserError e = assertThrows(UserError.class, () -> judge(rows));
        assertTrue(e.getMessage().contains(column), e.getMessage());
    }

    @Test
    void aRowOfAPointThatIsNotInThePlanIsRefused() {
        List<Run> rows = new ArrayList<>(PAIR);
        rows.set(3, Rows.set(rows.get(3), "threads", 3));
        UserError e = assertThrows(UserError.class, () -> judge(rows));
        assertTrue(e.getMessage().contains("its point is another"), e.getMessage());
    }

    @Test
    void aBatchIsWarmUpAsAWholeOrNotAtAll() {
        List<Run> rows = grid(FOUR_INSTANCES);
        assertMarkRefused(rows, 5, true);
        List<Run> repeated = new ArrayList<>(rows.subList(0, 4));
        for (Run run : Rows.set(rows.subList(0, 4), "warmup", true)) {
            repeated.add(Rows.set(Rows.set(run, "run", run.run() + 100), "startedAt", run.startedAt().minusSeconds(5)));
        }
        repeated.set(4, Rows.set(repeated.get(4), "startSeconds", 1.5));
        assertEquals(1, Rows.judge(plan("docker", FOUR_INSTANCES), MACHINE, repeated).summaries().get(0).runs(),
                "a batch with a fresh worker is warm-up, and is repeated in its round");
        assertMarkRefused(repeated, 4, false);
        for (int row : new int[] {1, 5}) {
            List<Run> altered = new ArrayList<>(repeated);
            altered.set(row, Rows.set(repeated.get(row), "warmup", !repeated.get(row).warmup()));
            assertEquals(0, Rows.judge(plan("docker", FOUR_INSTANCES), MACHINE, altered).summaries().get(0).runs(),
                    "a batch of which one is marked otherwise is not whole");
        }
    }

    @Test
    void instancesOfABatchThatStartFarApartAreStillOfIt() {
        List<Run> rows = new ArrayList<>(grid(FOUR_INSTANCES));
        for (int i = 0; i < 4; i++) {
            rows.set(i, Rows.set(Rows.set(rows.get(i), "warmup", true), "startedAt",
                    rows.get(i).startedAt().plusMillis(i * 400L)));
        }
        rows.set(3, Rows.set(rows.get(3), "startSeconds", 1.5));
        assertEquals(rows.size() / 4 - 1,
                Rows.judge(plan("docker", FOUR_INSTANCES), MACHINE, rows).summaries().get(0).runs());
    }

    @Test
    void aColdStartIsWarmUp() {
        List<Run> two = new ArrayList<>(PAIR);
        two.set(2, Rows.set(two.get(2), "startSeconds", 1.5));
        assertThrows(UserError.class, () -> judge(two));
        two.set(2, Rows.set(PAIR.get(2), "iteration", 0));
        assertThrows(UserError.class, () -> judge(two));
    }

    private static void assertMarkRefused(List<Run> rows, int row, boolean warmup) {
        List<Run> altered = new ArrayList<>(rows);
        altered.set(row, Rows.set(rows.get(row), "warmup", warmup));
        UserError e = assertThrows(UserError.class, () -> Rows.judge(plan("docker", FOUR_INSTANCES), MACHINE,
                altered));
        assertTrue(e.getMessage().contains("runs.csv has warmup "), e.getMessage());
    }

    @Test
    void aRowThatIsThereTwiceIsRefused() {
        UserError e = assertThrows(UserError.class, () -> judge(all(PAIR, List.of(PAIR.get(0)))));
        assertTrue(e.getMessage().contains("more than once"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"1.03, A", "1.08, C"})
    void fasterThanTheCoresAllowIsNotScaling(double efficiency, String grade) {
        Judgement j = judge(runs(TWO, 4 / (2 * efficiency), QUIET));
        assertEquals(grade, j.grade());
        assertEquals(grade.equals("C"), warns(j, "super-linear"));
    }

    @Test
    void aRowThatContradictsItselfCannotBe() {
        for (String column : List.of("wallSeconds", "rtf", "cpuSeconds", "busyCores", "audioSeconds")) {
            assertThrows(IllegalArgumentException.class, () -> Rows.set(PAIR.get(0), column, 0.015), column);
        }
        assertThrows(IllegalArgumentException.class, () -> Rows.set(PAIR.get(0), "wallSeconds", -1.0));
        assertThrows(IllegalArgumentException.class, () -> Rows.set(PAIR.get(0), "coresLimit", null));
    }
}
