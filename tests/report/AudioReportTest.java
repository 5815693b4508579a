package tests.report;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lib.report.ExperimentReport;
import lib.results.Environment;
import lib.results.Estimate;
import lib.results.Experiment;
import lib.results.Json;
import lib.results.Plan;
import lib.results.PointSummary;
import lib.results.Verdict;
import org.junit.jupiter.api.Test;

/** What is in the file must be in the tables, pictures and page as well. */
class AudioReportTest {
    private static final List<String> MODELS = List.of("tiny", "base");
    private static final List<String> CLIPS = List.of("short", "long");

    private static Plan.Point point(String model, String clip) {
        return new Plan.Point(model, clip, "docker", 1, 1, 1, null, null);
    }

    private static PointSummary summary(Plan.Point p) {
        return Json.MAPPER.convertValue(Map.of("model", p.model(), "clip", p.clip(), "isolation", "docker",
                "coresLimit", 1, "threads", 1, "instances", 1, "runs", 6, "latencySeconds",
                Map.of("value", 2, "low", 1.9, "high", 2.1), "valid", true, "warnings", List.of()), PointSummary.class);
    }

    private static Verdict.Audio audio(String model, int clips, List<String> leftOut) {
        return new Verdict.Audio(model, "docker", 1, 1, clips, leftOut, new Estimate(0.1, 0.09, 0.11), 0.05, null, null,
                null, null, null, null, null);
    }

    private static ExperimentReport report(String sentence) {
        List<Plan.Point> points = MODELS.stream().flatMap(m -> CLIPS.stream().map(c -> point(m, c))).toList();
        Plan plan = new Plan(Plan.Question.AUDIO, "whisper-jni",
                MODELS.stream().map(m -> new Plan.ModelRef(m, m, 1, false)).toList(),
                Stream.of(8, 40).map(s -> new Plan.ClipRef(CLIPS.get(s / 40), "d" + s, s, "en", 20)).toList(), "greedy",
                "engine", List.of(new Plan.LimitRef("docker", "test", null)), points, 0.03, 6, 60, 1, 100, List.of());
        Verdict verdict = new Verdict(null, null, null, null, List.of(), List.of(),
                List.of(audio("tiny", 2, List.of()), audio("base", 1, List.of("long: not valid"))),
                List.of(), List.of(sentence));
        return ExperimentReport.of(Path.of("folder"), new Experiment(Experiment.SCHEMA_VERSION, "benchmark-audio",
                List.of(), Instant.EPOCH, Instant.EPOCH, null,
                Json.MAPPER.convertValue(Map.of("hostName", "lab", "cpuModel", "CPU"), Environment.class), null, plan,
                points.stream().map(AudioReportTest::summary).toList(), verdict, "A", List.of(), List.of()));
    }

    @Test
    void tableAndPictureSayOfHowManyClipsTheFiguresOfASetAre() {
        ExperimentReport report = report("the verdict");
        assertTrue(report.text().lines().anyMatch(l -> l.matches(" *base +docker +1 +1 +1 of 2 +0\\.100.*")),
                report.text());
        assertTrue(report.text().lines().anyMatch(l -> l.matches(" *tiny +docker +1 +1 +2 +0\\.100.*")),
                report.text());
        String accuracy = report.files().get("accuracy.svg");
        assertTrue(accuracy.contains("base (1 of 2 clips)") && !accuracy.contains("tiny ("), accuracy);
    }

    @Test
    void everySentenceOfTheVerdictIsOnTheScreenAndOnThePage() {
        String died = "base: the soak ended after 29 of 100 repetitions: crashed, out of memory.";
        assertTrue(report(died).text().contains(died));
        assertTrue(report(died).files().get("README.md").contains(died));
    }
}
