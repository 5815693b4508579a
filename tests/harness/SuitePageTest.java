package tests.harness;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tests.harness.TestOutcome.Status;

class SuitePageTest {
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    Path folder;

    @Test
    void failuresSkipsSlowTestsAndAttemptsAreAllOnThePage() throws IOException {
        String page = page(null, outcome("Broken.fails", Status.FAILED, 0.1, "one is not two", List.of()),
                outcome("Idle.waits", Status.SKIPPED, null, "no Docker engine", List.of()),
                outcome("Slow.takesLong", Status.PASSED, 7.5, null, List.of("it was busy")));
        for (String shown : List.of("1 failed", "<b>3</b>tests", "one is not two", "no Docker engine", "7.50 s",
                "Slow: more than 5.0 s", "Passed only when tried again", "An earlier attempt: it was busy",
                "2026-01-02 03:04:05 UTC, took 12 s")) {
            assertTrue(page.contains(shown), "missing: " + shown);
        }
    }

    @Test
    void sectionsWithNothingInThemAreLeftOut() throws IOException {
        String page = page(null, outcome("Good.works", Status.PASSED, 0.1, null, List.of()));
        assertTrue(page.contains("All tests passed"));
        for (String hidden : List.of("<h2>Failed", "tried again", "Slow:", "<h2>Skipped", "Coverage")) {
            assertFalse(page.contains(hidden), "shown: " + hidden);
        }
    }

    @Test
    void whatATestSaysIsTextAndNotMarkup() throws IOException {
        String page = page("a <b>problem", outcome("Broken.fails", Status.FAILED, 0.1, "<script>alert(1)", List.of()));
        assertFalse(page.contains("<script>"), page);
        assertTrue(page.contains("a &lt;b&gt;problem"));
    }

    private String page(String problem, TestOutcome... tests) throws IOException {
        Path file = folder.resolve("index.html");
        SuitePage.write(SuiteResult.of(START, START.plusSeconds(12), problem, List.of(tests)),
                Checkout.root().resolve(SuitePage.TEMPLATE), file);
        return Files.readString(file);
    }

    private static TestOutcome outcome(String name, Status status, Double seconds, String reason,
            List<String> earlier) {
        return new TestOutcome(name, "tests.room." + name, List.of(), status, seconds, reason, null, earlier);
    }
}
