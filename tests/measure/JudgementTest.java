package tests.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lib.measure.Judgement;
import lib.results.Environment;
import lib.results.Plan;
import lib.results.PointSummary;
import lib.results.Run;
import lib.results.RunStatus;
import lib.results.SoakSample;
import org.junit.jupiter.api.Test;

/** The checks of docs/method.md, each on rows that break just one of them. */
class JudgementTest {
    static final Environment MACHINE = new Environment("lab", "Linux", "6.1", "amd64", "Test CPU", 8, 8, 1,
            false, null, null, null, null, 16_000_000_000L, 2, null, List.of("avx2"), null, null, "17", "glibc 2.36");
    /** Seven runs around 1, within ±1 %. */
    static final double[] QUIET = {1.000, 1.004, 0.997, 1.002, 0.999, 1.006, 0.995};

    static Plan plan(String isolation, Plan.Point... points) {
        return new Plan(Plan.Question.SCALING, "whisper-jni", List.of(new Plan.ModelRef("base-q5_1", "ab", 1, false)),
                List.of(new Plan.ClipRef("jfk", "cd", 11, "en", 22)), "greedy", "engine",
                List.of(new Plan.LimitRef(isolation, "test", null)),
                Stream.of(points).map(p -> under(isolation, p)).toList(), 0.03, 6, 60, 1, 0, List.of());
    }

    static Plan.Point under(String isolation, Plan.Point p) {
        return new Plan.Point(p.model(), p.clip(), isolation, p.coresLimit(), p.threads(), p.instances(),
                p.waitPolicy(), p.skipped());
    }

    static Plan.Point point(double cores, int threads) {
        return new Plan.Point("base-q5_1", "jfk", "docker", cores, threads, 1, null, null);
    }

    /** Runs of a point that does what it should: every thread works, the limit is in force, nobody disturbs. */
    static List<Run> runs(Plan.Point p, double seconds, double[] noise) {
        double busy = Math.min(p.coresLimit(), p.threads()) * 0.98;
        return IntStream.range(0, noise.length).mapToObj(i -> {
            double wall = seconds * noise[i];
            int number = (int) (p.coresLimit() * 10_000) + p.threads() * 100 + i + 1;
            return new Run(number, i + 1, false, "whisper-jni", "base-q5_1", "jfk", 11.0, p.coresLimit(), "docker",
                    p.threads(), 1, 1, Instant.EPOCH, wall, wall * busy, wall / 11, busy, 234_000_000L, 0.0,
                    (long) (wall * 10), 0L, 0.0, 0.0, RunStatus.OK, null, p.coresLimit(), p.threads(), 0.01, "text",
                    null, null, null, 0.0, 30, 20_000_000L);
        }).toList();
    }

    static List<Run> each(List<Run> runs, UnaryOperator<Run> change) {
        return runs.stream().map(change).toList();
    }

    static List<Run> all(List<Run> some, List<Run> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private static Run with(Run r, Double busyCores, Double throttledSeconds, Long throttledPeriods, Double steal,
            Double coresInForce, Integer workingThreads, Double other, String digest, Double wer) {
        return new Run(r.run(), r.iteration(), r.warmup(), r.engine(), r.model(), r.clip(), r.audioSeconds(),
                r.coresLimit(), r.isolation(), r.threads(), r.instances(), r.concurrency(), r.startedAt(),
                r.wallSeconds(), r.wallSeconds() * busyCores, r.rtf(), busyCores, r.peakRssBytes(), throttledSeconds,
                r.periods(), throttledPeriods, steal, wer, r.status(), r.error(), coresInForce, workingThreads, other,
                digest, null, null, null, 0.0, 30, 20_000_000L);
    }

    static boolean warns(Judgement j, String code) {
        return j.warnings().stream().anyMatch(w -> w.code().equals(code));
    }

    static PointSummary at(Judgement j, double cores, int threads) {
        return j.summaries().stream().filter(s -> s.coresLimit() == cores && s.threads() == threads).findFirst()
                .orElseThrow();
    }

    private static final Plan.Point ONE = point(1, 1);
    private static final Plan.Point TWO = point(2, 2);
    private static final Plan.Point FOUR = point(4, 4);

    private static Judgement judge(List<Run> runs) {
        return Rows.judge(plan("docker", ONE, TWO), MACHINE, runs);
    }

    @Test
    void aCleanMeasurementIsGradeAWithoutDoubtsAndItsFiguresFollowFromTheRows() {
        Judgement j = judge(all(runs(ONE, 4, QUIET), runs(TWO, 2.2, QUIET)));
        assertEquals(List.of(), j.warnings());
        assertEquals("A", j.grade());
        PointSummary two = at(j, 2, 2);
        assertEquals(2.2, two.latencySeconds().value(), 1e-9);
        assertEquals(4 / 2.2, two.speedup().value(), 1e-9);
        assertEquals(4 / 2.2 / 2, two.efficiency().value(), 1e-9);
        assertEquals(1 / 2.2, two.throughputPerSecond().value(), 1e-9);
        assertEquals(2.2 / 11, two.rtf().value(), 1e-9);
        assertEquals(2.2, two.secondsPerWindow(), 1e-9, "11 s of audio are one window of 30 s");
        assertTrue(two.speedup().low() <= two.speedup().value() && two.speedup().value() <= two.speedup().high());
        assertTrue(two.throughputPerSecond().low() <= two.throughputPerSecond().high());
        assertEquals("precision reached", two.stopReason());
        assertEquals("not-measured", j.verdict().manyWeakOrFewStrong());
    }

    @Test
    void fourCoresAnswerTheQuestion() {
        Judgement weak = Rows.judge(plan("docker", ONE, FOUR), MACHINE,
                all(runs(ONE, 4, QUIET), runs(FOUR, 4 / 3.6, QUIET)));
        assertEquals("many-weak-cores", weak.verdict().manyWeakOrFewStrong());
        Judgement strong = Rows.judge(plan("docker", ONE, FOUR), MACHINE,
                all(runs(ONE, 4, QUIET), runs(FOUR, 4 / 1.6, QUIET)));
        assertEquals("few-strong-cores", strong.verdict().manyWeakOrFewStrong());
    }

    @Test
    void aThreadSettingThatDoesNotReachTheEngineIsInvalidAndDrawsNoVerdict() {
        List<Run> ignored = each(runs(FOUR, 4.1, QUIET), r -> with(r, 0.98, 0.0, 0L, 0.0, 4.0, 1, 0.01, "text", 0.0));
        Judgement j = Rows.judge(plan("docker", ONE, FOUR), MACHINE, all(runs(ONE, 4, QUIET), ignored));
        assertTrue(warns(j, "threads-not-in-force"));
        assertFalse(at(j, 4, 4).valid());
        assertEquals("not-measured", j.verdict().manyWeakOrFewStrong());
    }

    @Test
    void withoutThreadCountersTheSameIsFoundByBusyCores() {
        List<Run> ignored = each(runs(TWO, 4.1, QUIET), r -> with(r, 1.0, 0.0, 0L, 0.0, 2.0, null, 0.01, "text", 0.0));
        Judgement j = judge(all(runs(ONE, 4, QUIET), ignored));
        assertTrue(warns(j, "threads-not-in-force"));
        assertFalse(at(j, 2, 2).valid());
    }

    @Test
    void aLimitThatIsNotInForceIsInvalid() {
        List<Run> off = each(runs(TWO, 2.2, QUIET), r -> with(r, 1.96, 0.0, 0L, 0.0, 8.0, 2, 0.01, "text", 0.0));
        Judgement j = judge(all(runs(ONE, 4, QUIET), off));
        assertTrue(warns(j, "limit-not-in-force"));
        assertFalse(at(j, 2, 2).valid());
        assertTrue(at(j, 1, 1).valid());
    }

    @Test
    void aQuotaChangedInOneRunOfSevenIsFound() {
        List<Run> two = new ArrayList<>(runs(TWO, 2.2, QUIET));
        two.set(3, with(two.get(3), 1.5, 0.0, 0L, 0.0, 1.5, 2, 0.01, "text", 0.0));
        Judgement j = judge(all(runs(ONE, 4, QUIET), two));
        assertTrue(warns(j, "limit-not-in-force"));
        assertFalse(at(j, 2, 2).valid());
    }

    @Test
    void moreBusyCoresThanTheLimitAllowsIsInvalid() {
        List<Run> over = each(runs(ONE, 4, QUIET), r -> with(r, 1.4, 0.0, 0L, 0.0, 1.0, 1, 0.01, "text", 0.0));
        Judgement j = judge(all(over, runs(TWO, 2.2, QUIET)));
        assertTrue(warns(j, "limit-not-in-force"));
        assertFalse(at(j, 1, 1).valid());
        assertNull(j.verdict().optimalCores());
    }

    @Test
    void anEmulatedCpuIsNeverJudged() {
        Environment emulated = new Environment("lab", "Linux", "6.1", "amd64", "VirtualApple", 8, 8, 1, false,
                "VirtualApple", null, null, null, 1L, 2, null, List.of(), null, null, "17", null);
        Judgement j = Rows.judge(plan("docker", ONE, FOUR), emulated,
                all(runs(ONE, 4, QUIET), runs(FOUR, 1.1, QUIET)));
        assertTrue(warns(j, "cpu-emulated"));
        assertEquals("C", j.grade());
        assertEquals("undecided", j.verdict().manyWeakOrFewStrong());
    }

    @Test
    void throttlingAndTooManyThreadsAreNamedWithTheirShare() {
        Plan.Point twoOnOne = point(1, 2);
        List<Run> throttled = each(runs(twoOnOne, 9, QUIET),
                r -> with(r, 0.99, r.wallSeconds() * 2 * 0.45, r.periods() - 2, 0.0, 1.0, 2, 0.01, "text", 0.0));
        Judgement j = Rows.judge(plan("docker", ONE, twoOnOne), MACHINE, all(runs(ONE, 4, QUIET), throttled));
        assertTrue(warns(j, "throttled"));
        assertTrue(warns(j, "oversubscribed"));
        assertEquals(0.45, at(j, 1, 2).throttledShare(), 1e-6);
        assertTrue(at(j, 1, 2).warnings().contains("throttled"));
    }

    @Test
    void otherLoadInTheWayGradesDownToC() {
        List<Run> disturbed = each(runs(TWO, 2.2, QUIET), r -> with(r, 1.9, 0.0, 0L, 0.0, 2.0, 2, 0.9, "text", 0.0));
        Environment small = new Environment("lab", "Linux", "6.1", "amd64", "Test CPU", 2, 2, 1, false, null, null,
                null, null, 1L, 2, null, List.of(), null, null, "17", null);
        Judgement j = Rows.judge(plan("docker", ONE, TWO), small, all(runs(ONE, 4, QUIET), disturbed));
        assertTrue(warns(j, "other-load"));
        assertEquals("C", j.grade());
        assertTrue(j.verdict().sentences().get(0).startsWith("No verdict"), j.verdict().sentences().get(0));
        assertEquals("undecided", j.verdict().scaling());
        assertNull(j.verdict().optimalCores(), "disturbed runs must not size anybody's pod");
    }

    @Test
    void stolenTimeGradesDown() {
        List<Run> stolen = each(runs(TWO, 2.2, QUIET),
                r -> with(r, 1.9, 0.0, 0L, r.wallSeconds() * 0.06, 2.0, 2, 0.01, "text", 0.0));
        Judgement j = judge(all(runs(ONE, 4, QUIET), stolen));
        assertTrue(warns(j, "steal"));
        assertEquals("B", j.grade());
    }

    @Test
    void aTextThatChangesWithTheCoreCountMakesEveryPointInvalid() {
        List<Run> other = each(runs(TWO, 2.2, QUIET), r -> with(r, 1.9, 0.0, 0L, 0.0, 2.0, 2, 0.01, "other", 0.0));
        Judgement j = judge(all(runs(ONE, 4, QUIET), other));
        assertTrue(warns(j, "text-differs"));
        assertFalse(at(j, 2, 2).valid());
    }

    @Test
    void speedWithoutQualityIsVoid() {
        List<Run> wrong = each(runs(TWO, 2.2, QUIET), r -> with(r, 1.9, 0.0, 0L, 0.0, 2.0, 2, 0.01, "text", 0.8));
        assertTrue(warns(judge(all(runs(ONE, 4, QUIET), wrong)), "word-errors"));
    }

    @Test
    void anEngineThatHearsNothingIsNoMeasureOfTranscription() {
        List<Run> deaf = each(runs(TWO, 2.2, QUIET),
                r -> with(r, 1.9, 0.0, 0L, 0.0, 2.0, 2, 0.01, "e3b0c44298fc", null));
        Judgement j = judge(all(runs(ONE, 4, QUIET), deaf));
        assertTrue(warns(j, "no-text"));
        assertFalse(at(j, 2, 2).valid());
    }

    @Test
    void anOutlierIsWarnedAboutAndStaysInTheSample() {
        double[] noisy = {1.000, 1.004, 0.997, 1.4, 0.999, 1.006, 0.995};
        Judgement j = judge(all(runs(ONE, 4, QUIET), runs(TWO, 2.2, noisy)));
        assertTrue(warns(j, "outliers"));
        assertEquals(2.2 * 1.4, at(j, 2, 2).maxSeconds(), 1e-9);
        assertEquals("B", j.grade(), "one run in seven is no accident");
    }

    @Test
    void aSlowFirstRunAsksForMoreWarmUp() {
        double[] slow = {1.4, 1.004, 0.997, 1.002, 0.999, 1.006, 0.995};
        assertTrue(warns(judge(all(runs(ONE, 4, QUIET), runs(TWO, 2.2, slow))), "slow-first-run"));
    }

    @Test
    void twoRunsBearNoIntervalAndDecideNothing() {
        double[] two = {1.0, 1.001};
        Judgement j = Rows.judge(plan("docker", ONE, FOUR), MACHINE, all(runs(ONE, 4, two), runs(FOUR, 1.05, two)));
        assertTrue(warns(j, "not-enough-runs"));
        assertNull(at(j, 4, 4).latencySeconds().low());
        assertEquals("undecided", j.verdict().manyWeakOrFewStrong());
        assertTrue(at(j, 4, 4).moreRuns() >= 4);
    }

    @Test
    void anIntervalWiderThanAskedSaysHowMuchMoreItTakes() {
        double[] wide = {1.0, 1.1, 0.9, 1.05, 0.95, 1.08, 0.93};
        Judgement j = judge(all(runs(ONE, 4, wide), runs(TWO, 2.2, wide)));
        assertTrue(warns(j, "precision-not-reached"));
        assertEquals("time used up", at(j, 2, 2).stopReason());
        assertTrue(at(j, 2, 2).moreRuns() > 5);
    }

    @Test
    void aMedianThatIsHardlyKnownIsNoCleanResult() {
        double[] wild = {1.0, 1.4, 0.7, 1.3, 0.75, 1.35, 0.72};
        Judgement j = judge(all(runs(ONE, 4, wild), runs(TWO, 2.2, wild)));
        assertEquals("B", j.grade());
        assertEquals(List.of("wide scatter"), j.gradeReasons());
    }

    @Test
    void withoutTheOneCorePointThereIsNoSpeedUp() {
        Judgement j = Rows.judge(plan("docker", TWO, FOUR), MACHINE,
                all(runs(TWO, 2.2, QUIET), runs(FOUR, 1.2, QUIET)));
        assertTrue(warns(j, "no-baseline"));
        assertNull(at(j, 4, 4).speedup());
    }

    @Test
    void aBaselineThatIsNotValidGivesNoSpeedUpToAnyPoint() {
        Judgement j = judge(all(Rows.set(runs(ONE, 4, QUIET), "coresInForce", 8.0), runs(TWO, 1.8, QUIET)));
        assertFalse(at(j, 1, 1).valid());
        assertTrue(at(j, 2, 2).valid());
        assertNull(at(j, 2, 2).speedup());
        assertNull(at(j, 2, 2).efficiency());
        assertNull(at(j, 1, 1).speedup());
        assertFalse(warns(j, "super-linear"), "nothing may be concluded from it");
    }

    @Test
    void samplesOfASoakThatFailedAreNotJudged() {
        Plan plan = plan("docker", ONE);
        Plan audio = new Plan(Plan.Question.AUDIO, plan.engine(), plan.models(), plan.clips(), plan.decoding(),
                plan.timingScope(), plan.limits(), plan.points(), 0.03, 6, 60, 1, 31, List.of());
        List<SoakSample> samples = new ArrayList<>(IntStream.rangeClosed(1, 30)
                .mapToObj(i -> sample(i, RunStatus.OK, 200_000_000L + i % 3)).toList());
        samples.add(sample(31, RunStatus.FAILED, 900_000_000L));
        assertEquals(30, Judgement.of(audio, MACHINE, runs(ONE, 4, QUIET), samples).verdict().soak().get(0).samples());
    }

    private static SoakSample sample(int repetition, RunStatus status, long rssBytes) {
        return new SoakSample(repetition, "base-q5_1", "jfk", Instant.EPOCH, 1.0, rssBytes, rssBytes, 20_000_000L,
                status, null);
    }

    @Test
    void machinesThatBendTheCurveAreNamed() {
        Environment laptop = new Environment("lab", "Linux", "6.1", "amd64", "Test CPU", 8, 2, 2, true, null, null,
                "powersave", null, 1L, 2, null, List.of(), null, null, "17", null);
        Judgement j = Rows.judge(plan("none", ONE, FOUR), laptop,
                Rows.set(all(runs(ONE, 4, QUIET), runs(FOUR, 1.2, QUIET)), "isolation", "none"));
        for (String code : List.of("frequency-scaling", "smt-siblings", "hybrid-cores", "no-isolation")) {
            assertTrue(warns(j, code), code);
        }
        assertEquals("B", j.grade());
    }

    @Test
    void aFailedRunIsCountedAndNotAveraged() {
        Run failed = new Run(99, 8, false, "whisper-jni", "base-q5_1", "jfk", 11.0, 2.0, "docker", 2, 1, 1,
                Instant.EPOCH, null, null, null, null, null, null, null, null, null, null, RunStatus.CRASHED,
                "killed by signal 9 (SIGKILL)", null, null, null, null, null, null, null, null, null, null);
        Judgement j = judge(all(all(runs(ONE, 4, QUIET), runs(TWO, 2.2, QUIET)), List.of(failed)));
        assertTrue(warns(j, "runs-failed"));
        assertEquals(1, at(j, 2, 2).failedRuns());
        assertEquals(7, at(j, 2, 2).runs());
        assertTrue(j.warnings().stream().anyMatch(w -> w.what().contains("SIGKILL")));
    }

    @Test
    void theOrderOfTheRowsDoesNotChangeTheJudgement() {
        List<Run> rows = new ArrayList<>(all(runs(ONE, 4, QUIET), runs(TWO, 2.2, QUIET)));
        Judgement a = judge(rows);
        java.util.Collections.reverse(rows);
        assertEquals(a.summaries(), judge(rows).summaries());
    }
}
