package tests.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lib.measure.Judgement;
import lib.results.Estimate;
import lib.results.Plan;
import lib.results.Run;
import lib.results.RunStatus;
import lib.results.SoakSample;
import lib.results.Verdict;
import org.junit.jupiter.api.Test;

/** The answers to threads, shared cores and audio, on rows made by a formula whose truth is known. */
class VerdictsTest {
    private static final double FIXED_SECONDS = 0.5;
    private static final double SECONDS_A_WINDOW = 1.2;
    private static final double[] LENGTHS = {8, 22, 45, 90, 160, 270};
    private static final int ASKED = 120;

    private static Plan plan(Plan.Question question, List<Plan.ModelRef> models, List<Plan.ClipRef> clips,
            List<String> isolations, List<Plan.Point> points) {
        return new Plan(question, "whisper-jni", models, clips, "greedy", "engine",
                isolations.stream().map(i -> new Plan.LimitRef(i, "test", null)).toList(), points, 0.03, 6, 60, 1, 0,
                List.of());
    }

    private static Plan threadPlan(Plan.Point... points) {
        return plan(Plan.Question.THREADS, List.of(new Plan.ModelRef("base-q5_1", "ab", 1, false)),
                List.of(new Plan.ClipRef("jfk", "cd", 11, "en", 22)), List.of("docker"), List.of(points));
    }

    private static Plan.Point split(int instances, int coresEach) {
        return new Plan.Point("base-q5_1", "jfk", "docker", coresEach, coresEach, instances, null, null);
    }

    /** One row an instance, the instances of a round in one iteration; each a little slower than the one before. */
    private static List<Run> batches(Plan.Point p, double seconds, int firstNumber) {
        List<Run> rows = new ArrayList<>();
        for (int round = 0; round < JudgementTest.QUIET.length; round++) {
            double noise = JudgementTest.QUIET[round];
            for (int instance = 0; instance < p.instances(); instance++) {
                Run one = JudgementTest.runs(p, seconds * (1 + 0.01 * instance), new double[] {noise}).get(0);
                rows.add(Rows.set(Rows.set(Rows.set(one, "run", firstNumber + rows.size()), "iteration", round + 1),
                        "instances", p.instances()));
            }
        }
        return rows;
    }

    private static List<Run> failed(List<Run> rows, java.util.function.Predicate<Run> which) {
        return rows.stream().map(r -> !which.test(r) ? r
                : Rows.set(Rows.set(Rows.set(Rows.set(Rows.set(Rows.set(r, "status", RunStatus.CRASHED), "error",
                        "signal 11"), "rtf", null), "busyCores", null), "cpuSeconds", null), "wallSeconds", null))
                .toList();
    }

    private static Verdict.Split of(Judgement j, int instances) {
        return j.verdict().shared().get(0).splits().stream().filter(s -> s.instances() == instances).findFirst()
                .orElseThrow();
    }

    @Test
    void moreThreadsThanTheLimitAreNeverRecommendedHoweverFastTheyWere() {
        Plan.Point one = JudgementTest.point(1, 1);
        Plan.Point two = JudgementTest.point(1, 2);
        Judgement j = Rows.judge(threadPlan(one, two), JudgementTest.MACHINE, JudgementTest.all(
                JudgementTest.runs(one, 4, JudgementTest.QUIET), JudgementTest.runs(two, 3.85, JudgementTest.QUIET)));
        Verdict.Threads advice = j.verdict().threads().get(0);
        assertEquals(1, advice.recommended());
        assertEquals("1", advice.kubernetesCpu());
        assertTrue(j.verdict().sentences().stream().anyMatch(s -> s.contains("cpu: \"1\"")),
                j.verdict().sentences().toString());
    }

    @Test
    void whatWasNotAskedIsNotAnsweredWithUndecidedEither() {
        Plan.Point one = JudgementTest.point(1, 1);
        Judgement noisy = Rows.judge(threadPlan(one), JudgementTest.MACHINE,
                Rows.set(JudgementTest.runs(one, 4, JudgementTest.QUIET), "otherBusyCores", 7.9));
        assertEquals("C", noisy.grade());
        assertNull(noisy.verdict().scaling());
        assertNull(noisy.verdict().manyWeakOrFewStrong());
    }

    @Test
    void audioHoursACoreHourAreThoseOfTheRowsAndTheSlowestInstanceEndsTheBatch() {
        Plan.Point many = split(2, 1);
        Plan.Point few = split(1, 2);
        Judgement j = Rows.judge(threadPlan(many, few), JudgementTest.MACHINE,
                JudgementTest.all(batches(many, 4, 1), batches(few, 2.5, 1000)));
        // two instances do 2 · 11 s of audio on 2 cores until the slower one, 1 % behind, has ended
        assertEquals(2 * 11 / (2 * 4 * 1.01), of(j, 2).audioHoursPerCoreHour().value(), 1e-9);
        assertEquals(11 / (2 * 2.5), of(j, 1).audioHoursPerCoreHour().value(), 1e-9);
        assertEquals("many-small", j.verdict().shared().get(0).answer());
        assertEquals(2 * 234_000_000L, of(j, 2).totalPeakRssBytes());
    }

    @Test
    void halfAFailedBatchDoesNotCount() {
        Plan.Point many = split(2, 1);
        Plan.Point few = split(1, 2);
        List<Run> rows = batches(many, 4, 1);
        int lost = rows.get(2).run();
        // the instance that is left of its batch had both cores, and was twice as fast
        List<Run> broken = failed(rows, r -> r.run() == lost).stream()
                .map(r -> r.run() == lost + 1 ? JudgementTest.runs(many, 2, new double[] {1}).stream()
                        .map(f -> Rows.set(Rows.set(Rows.set(f, "run", r.run()), "iteration", 2), "instances", 2))
                        .findFirst().orElseThrow() : r).toList();
        Judgement j = Rows.judge(threadPlan(many, few), JudgementTest.MACHINE,
                JudgementTest.all(broken, batches(few, 2.5, 1000)));
        assertEquals(JudgementTest.QUIET.length - 1, JudgementTest.at(j, 1, 1).runs());
        assertTrue(JudgementTest.at(j, 1, 1).latencySeconds().value() > 4, "only whole batches");
        assertEquals(4 * 1.006 * 1.01, of(j, 2).maxLatencySeconds(), 1e-9);
        assertTrue(of(j, 2).latencySeconds().low() > 3.9, of(j, 2).latencySeconds().toString());
    }

    @Test
    void aPointOfWhichNoBatchIsWholeIsNotMeasured() {
        Plan.Point many = split(2, 1);
        Plan.Point few = split(1, 2);
        List<Run> rows = failed(batches(many, 4, 1), r -> r.run() % 2 == 0);
        Judgement j = Rows.judge(threadPlan(many, few), JudgementTest.MACHINE,
                JudgementTest.all(rows, batches(few, 2.5, 1000)));
        assertFalse(JudgementTest.at(j, 1, 1).valid());
        assertNull(of(j, 2).audioHoursPerCoreHour());
        assertTrue(JudgementTest.warns(j, "runs-failed"), j.warnings().toString());
    }

    @Test
    void sharedCoresUnderTwoKindsOfWaitingAreToldApart() {
        List<Plan.Point> points = Stream.of("active", "passive").flatMap(policy -> Stream.of(split(2, 1), split(1, 2))
                .map(p -> new Plan.Point(p.model(), p.clip(), p.isolation(), p.coresLimit(), p.threads(),
                        p.instances(), policy, null))).toList();
        List<Run> rows = new ArrayList<>();
        for (Plan.Point p : points) {
            rows.addAll(Rows.set(batches(p, p.instances() == 2 ? 4 : 2.5, rows.size() + 1), "waitPolicy",
                    p.waitPolicy()));
        }
        Judgement j = Rows.judge(threadPlan(points.toArray(Plan.Point[]::new)), JudgementTest.MACHINE, rows);
        for (String policy : List.of("active", "passive")) {
            assertTrue(j.verdict().sentences().stream()
                    .anyMatch(s -> s.startsWith(policy) && s.contains("2×1") && s.contains("core-hour")),
                    j.verdict().sentences().toString());
        }
    }

    /** Rows of clips whose seconds follow the cost model exactly, but for the noise of the runs. */
    private static List<Run> clipRows(List<Plan.Point> points, double factor, int firstNumber) {
        List<Run> rows = new ArrayList<>();
        for (int c = 0; c < points.size(); c++) {
            double seconds = factor * (FIXED_SECONDS + SECONDS_A_WINDOW * Math.ceil(LENGTHS[c] / 30));
            int clip = c;
            List<Run> runs = JudgementTest.runs(points.get(c), seconds, JudgementTest.QUIET);
            IntStream.range(0, runs.size()).forEach(i -> {
                Run r = runs.get(i);
                Run other = Rows.set(Rows.set(Rows.set(r, "rtf", null), "audioSeconds", LENGTHS[clip]), "clip",
                        "clip" + clip);
                rows.add(Rows.set(Rows.set(Rows.set(Rows.set(other, "rtf", r.wallSeconds() / LENGTHS[clip]), "run",
                        firstNumber + rows.size()), "isolation", points.get(clip).isolation()), "model",
                        points.get(clip).model()));
            });
        }
        return rows;
    }

    private static List<Plan.ClipRef> clips() {
        return IntStream.range(0, LENGTHS.length)
                .mapToObj(i -> new Plan.ClipRef("clip" + i, "d" + i, LENGTHS[i], "en", 20 * (i + 1))).toList();
    }

    private static List<Plan.Point> points(String model, String isolation) {
        return clips().stream().map(c -> new Plan.Point(model, c.name(), isolation, 1, 1, 1, null, null)).toList();
    }

    private static Judgement audio(List<Plan.ModelRef> models, List<String> isolations, List<Plan.Point> points,
            List<Run> rows) {
        return Rows.judge(plan(Plan.Question.AUDIO, models, clips(), isolations, points), JudgementTest.MACHINE,
                rows);
    }

    private static Plan.ModelRef model(String name, boolean weightless) {
        return new Plan.ModelRef(name, "sha of " + name, 1, weightless);
    }

    private static void assertHolds(double truth, Estimate estimate) {
        assertTrue(estimate.low() <= truth && truth <= estimate.high(), truth + " is not in " + estimate);
        assertEquals(truth, estimate.value(), 0.02 * truth);
    }

    @Test
    void theCostOfAudioIsTheOneThatTheRowsWereMadeWith() {
        List<Plan.Point> points = points("base-q5_1", "docker");
        Judgement j = audio(List.of(model("base-q5_1", false)), List.of("docker"), points, clipRows(points, 1, 1));
        Verdict.Audio cost = j.verdict().audio().get(0);
        assertHolds(FIXED_SECONDS, cost.fixedSeconds());
        assertHolds(SECONDS_A_WINDOW, cost.secondsPerWindow());
        assertTrue(cost.costValid());
        double wall = 0;
        double audio = 0;
        for (double length : LENGTHS) {
            wall += FIXED_SECONDS + SECONDS_A_WINDOW * Math.ceil(length / 30);
            audio += length;
        }
        assertEquals(wall / audio, cost.rtf().value(), 1e-9, "sum over sum, not a mean of ratios");
    }

    @Test
    void wordErrorsOfASetAreAllWrongWordsOverAllWords() {
        List<Plan.Point> points = points("base-q5_1", "docker");
        List<Run> rows = clipRows(points, 1, 1).stream()
                .map(r -> r.clip().equals("clip5") ? Rows.set(r, "wordErrorRate", 0.1) : r).toList();
        Verdict.Audio set = audio(List.of(model("base-q5_1", false)), List.of("docker"), points, rows).verdict()
                .audio().get(0);
        // 12 of the 120 words of the longest clip, of 420 words in all
        assertEquals(12.0 / 420, set.wordErrorRate(), 1e-9);
    }

    @Test
    void twoKindsOfLimitAreTwoSetsAndNotOne() {
        List<Plan.Point> docker = points("base-q5_1", "docker");
        List<Plan.Point> affinity = points("base-q5_1", "affinity");
        Judgement j = audio(List.of(model("base-q5_1", false)), List.of("docker", "affinity"),
                Stream.concat(docker.stream(), affinity.stream()).toList(),
                JudgementTest.all(clipRows(docker, 1, 1), clipRows(affinity, 2, 1000)));
        assertEquals(2, j.verdict().audio().size());
        assertHolds(SECONDS_A_WINDOW, j.verdict().audio().get(0).secondsPerWindow());
        assertHolds(2 * SECONDS_A_WINDOW, j.verdict().audio().get(1).secondsPerWindow());
    }

    @Test
    void modelsAreComparedOnTheClipsThatBothHave() {
        List<Plan.Point> tiny = points("tiny", "docker");
        List<Plan.Point> base = points("base", "docker");
        List<Run> rows = JudgementTest.all(clipRows(tiny, 1, 1), clipRows(base, 2, 1000).stream()
                .filter(r -> !r.clip().equals("clip0")).toList());
        Judgement j = audio(List.of(model("tiny", false), model("base", false)), List.of("docker"),
                Stream.concat(tiny.stream(), base.stream()).toList(), rows);
        assertTrue(j.verdict().sentences().stream()
                .anyMatch(s -> s.contains("base") && s.contains("tiny") && s.contains("2.00")),
                j.verdict().sentences().toString());
    }

    @Test
    void theFiguresOfASetSayWhichClipsTheyAreWithout() {
        List<Plan.Point> points = new ArrayList<>(points("base-q5_1", "docker"));
        Plan.Point skipped = new Plan.Point("base-q5_1", "clip5", "docker", 1, 1, 1, null, "too long");
        points.set(5, skipped);
        List<Run> rows = clipRows(points, 1, 1).stream().filter(r -> !List.of("clip0", "clip5").contains(r.clip()))
                .map(r -> r.clip().equals("clip1") ? Rows.set(r, "wordErrorRate", 0.9)
                        : r.clip().equals("clip2") ? Rows.set(r, "wordErrorRate", null) : r).toList();
        Judgement j = audio(List.of(model("base-q5_1", false)), List.of("docker"), points, rows);
        assertEquals(List.of("clip0: not measured", "clip1: not valid", "clip5: skipped"),
                j.verdict().audio().get(0).leftOut());
        assertTrue(j.verdict().sentences().stream().anyMatch(s -> s.endsWith("the sum of 3 clips, without clip0 (not"
                + " measured) and clip1 (not valid) and clip5 (skipped); WER 0.0 % of all words, without clip2 (no"
                + " transcript).")), j.verdict().sentences().toString());
    }

    @Test
    void ofSeveralModelsItIsSaidOnWhichClipsEachIsFaster() {
        List<Plan.Point> tiny = points("tiny", "docker");
        List<Plan.Point> base = points("base", "docker");
        Judgement j = audio(List.of(model("tiny", false), model("base", false)), List.of("docker"),
                Stream.concat(tiny.stream(), base.stream()).toList(),
                JudgementTest.all(clipRows(tiny, 1, 1), clipRows(base, 2, 1000)));
        assertTrue(j.verdict().sentences().contains("Each clip alone: tiny is faster on clip0, clip1, clip2, clip3,"
                + " clip4, clip5."), j.verdict().sentences().toString());
    }

    @Test
    void lengthsThatWereNotMeasuredAreNotPredicted() {
        List<Plan.Point> points = points("base-q5_1", "docker");
        List<Plan.Point> noShort = points.stream().filter(p -> !List.of("clip0", "clip1").contains(p.clip())).toList();
        List<Plan.Point> five = new ArrayList<>(noShort);
        five.add(new Plan.Point("base-q5_1", "more", "docker", 1, 1, 1, null, null));
        List<Plan.ClipRef> clips = new ArrayList<>(clips());
        clips.add(new Plan.ClipRef("more", "dm", LENGTHS[2], "en", 20));
        List<Run> rows = new ArrayList<>(clipRows(points, 1, 1).stream()
                .filter(r -> noShort.stream().anyMatch(p -> p.clip().equals(r.clip()))).toList());
        rows.addAll(rows.stream().filter(r -> r.clip().equals("clip2"))
                .map(r -> Rows.set(Rows.set(r, "clip", "more"), "run", r.run() + 1000)).toList());
        Judgement j = Rows.judge(plan(Plan.Question.AUDIO, List.of(model("base-q5_1", false)), clips,
                List.of("docker"), five), JudgementTest.MACHINE, rows);
        List<String> predictions = predictions(j);
        assertEquals(2, predictions.size(), predictions.toString());
        assertTrue(predictions.get(0).startsWith("1.0 min of audio") && predictions.get(1).startsWith("5.0 min"),
                predictions.toString());
    }

    private static List<String> predictions(Judgement j) {
        return j.verdict().sentences().stream().filter(s -> s.contains("request timeout")).toList();
    }

    @Test
    void ofAModelWithoutWeightsOnlyOneWindowIsPredicted() {
        List<Plan.Point> points = points("small-weightless", "docker");
        Judgement j = audio(List.of(model("small-weightless", true)), List.of("docker"), points,
                clipRows(points, 1, 1));
        assertEquals(1, predictions(j).size(), predictions(j).toString());
        assertTrue(predictions(j).get(0).startsWith("30.0 s of audio"), predictions(j).toString());
        assertTrue(j.verdict().sentences().stream().anyMatch(s -> s.startsWith("small-weightless has no weights")
                && s.contains("no prediction")), j.verdict().sentences().toString());
    }

    /** A soak of 120 repetitions that were asked for. */
    private static Judgement soaked(double otherBusyCores, List<SoakSample> samples) {
        List<Plan.Point> points = points("base-q5_1", "docker");
        Plan asked = new Plan(Plan.Question.AUDIO, "whisper-jni", List.of(model("base-q5_1", false)), clips(), "greedy",
                "engine", List.of(new Plan.LimitRef("docker", "test", null)), points, 0.03, 6, 60, 1, ASKED,
                List.of());
        return Judgement.of(asked, JudgementTest.MACHINE,
                Rows.set(clipRows(points, 1, 1), "otherBusyCores", otherBusyCores), samples);
    }

    private static List<SoakSample> repetitions(int n, double bytesEach) {
        Random random = new Random(1);
        return IntStream.rangeClosed(1, n).mapToObj(i -> new SoakSample(i, "base-q5_1", "clip0", Instant.EPOCH, 1.0,
                (long) (300e6 + bytesEach * i + 50_000 * random.nextGaussian()), 310_000_000L, 9_000_000L,
                RunStatus.OK, null)).toList();
    }

    private static String aboutTheSoak(Judgement j) {
        List<String> sentences = j.verdict().sentences().stream().filter(s -> s.contains("Memory over time")).toList();
        assertEquals(1, sentences.size(), j.verdict().sentences().toString());
        return sentences.get(0);
    }

    @Test
    void aSoakIsJudgedAtGradeCTooBecauseNoiseMovesTimesAndNotMemory() {
        Judgement j = soaked(7.9, repetitions(ASKED, 500_000));
        assertEquals("C", j.grade());
        assertTrue(j.verdict().audio().isEmpty());
        assertEquals("leak", j.verdict().soak().get(0).code());
        assertTrue(aboutTheSoak(j).startsWith("base-q5_1: Memory over time: leak"), aboutTheSoak(j));
    }

    @Test
    void aWorkerThatDiesInASoakIsSaidAndIsNoProofThatNothingLeaks() {
        List<SoakSample> died = new ArrayList<>(repetitions(110, 0));
        assertEquals("no leak shown", soaked(0, repetitions(ASKED, 0)).verdict().soak().get(0).code());
        died.add(new SoakSample(111, "base-q5_1", "clip0", Instant.EPOCH, null, null, null, null, RunStatus.CRASHED,
                "The worker died: out of memory (Java heap)"));
        Judgement j = soaked(0, died);
        Verdict.Soak soak = j.verdict().soak().get(0);
        assertEquals("undecided", soak.code());
        assertEquals(ASKED, soak.repetitions());
        assertEquals(110, soak.samples());
        assertEquals("ended after 110 of 120 repetitions: crashed, The worker died: out of memory (Java heap)",
                soak.error());
        assertTrue(aboutTheSoak(j).startsWith("base-q5_1: the soak " + soak.error() + ". Memory over time: undecided"),
                aboutTheSoak(j));
    }

    @Test
    void aSoakThatWasInterruptedOrNeverMadeIsSaid() {
        Judgement interrupted = soaked(0, repetitions(110, 0));
        assertTrue(aboutTheSoak(interrupted).startsWith("base-q5_1: the soak ended after 110 of 120 repetitions:"
                + " interrupted, --resume makes it anew. "), aboutTheSoak(interrupted));
        assertEquals("no leak shown", interrupted.verdict().soak().get(0).code(), "no request ended the worker");
        Judgement never = soaked(0, List.of());
        assertEquals(0, never.verdict().soak().get(0).samples());
        assertTrue(aboutTheSoak(never).contains("ended after 0 of 120"), aboutTheSoak(never));
    }

    @Test
    void theTextOfAModelWithoutWeightsMayDiffer() {
        List<Plan.Point> points = points("base-weightless", "docker");
        List<Run> rows = new ArrayList<>(clipRows(points, 1, 1));
        rows.set(0, Rows.set(rows.get(0), "textDigest", "other"));
        Judgement weightless = audio(List.of(model("base-weightless", true)), List.of("docker"), points, rows);
        assertFalse(JudgementTest.warns(weightless, "text-differs"), weightless.warnings().toString());
        assertTrue(weightless.summaries().get(0).valid());
        Judgement real = audio(List.of(model("base-weightless", false)), List.of("docker"), points, rows);
        assertTrue(JudgementTest.warns(real, "text-differs"), "of a real model it is a doubt");
        assertFalse(real.summaries().get(0).valid());
    }

    @Test
    void aModelWithoutWeightsIsNeitherWarnedAboutForItsTextNorScored() {
        List<Plan.Point> points = points("base-weightless", "docker");
        List<Run> silent = clipRows(points, 1, 1).stream().map(r -> Rows.set(Rows.set(Rows.set(r, "textDigest",
                "e3b0c44298fc"), "wordErrorRate", null), "characterErrorRate", null)).toList();
        Judgement weightless = audio(List.of(model("base-weightless", true)), List.of("docker"), points, silent);
        assertFalse(JudgementTest.warns(weightless, "no-text"), weightless.warnings().toString());
        assertNull(weightless.verdict().audio().get(0).wordErrorRate());
        assertTrue(weightless.summaries().stream().allMatch(s -> s.valid() && s.wordErrorRate() == null));
        Judgement real = audio(List.of(model("base-weightless", false)), List.of("docker"), points, silent);
        assertTrue(JudgementTest.warns(real, "no-text"), "the same silence of a real model is a doubt");
        assertFalse(real.summaries().get(0).valid());
    }
}
