package tests.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.measure.Judgement;
import lib.report.ExperimentReport;
import lib.results.Experiment;
import lib.results.ExperimentFolder;
import lib.results.Json;
import org.junit.jupiter.api.Test;

/** The committed experiment is the source of every figure in the README, and its own rows of every figure in it. */
class ExampleTest {
    private static Path example() throws IOException {
        Matcher link = Pattern.compile("\\]\\((results/[^)]+-profile-cpu)\\)").matcher(Files.readString(Path.of(
                "README.md")));
        assertTrue(link.find(), "README.md names no experiment");
        return Path.of(link.group(1));
    }

    @Test
    void theReadmeShowsWhatTheCommandPrints() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        assertTrue(readme.contains(ExperimentReport.of(example()).text()),
                "not in README.md:\n" + ExperimentReport.of(example()).text());
    }

    @Test
    void theFiguresOfTheExperimentFollowFromItsRows() throws IOException {
        Experiment e = ExperimentFolder.readExperiment(example());
        Judgement again = Judgement.of(e.plan(), e.environment(), ExperimentFolder.readRuns(example()));
        JsonNode stored = Json.MAPPER.readTree(example().resolve("experiment.json").toFile());
        assertEquals(stored.get("summaries"), Json.MAPPER.readTree(Json.MAPPER.writeValueAsString(again.summaries())));
        assertEquals(stored.get("verdict"), Json.MAPPER.readTree(Json.MAPPER.writeValueAsString(again.verdict())));
        assertEquals(e.grade(), again.grade());
        assertEquals(e.warnings(), again.warnings());
    }
}
