package tests.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tests.harness.Examples;

/** Every figure of the documents comes from a committed experiment, and its figures from its own rows. */
class ExampleTest {
    @Test
    void nothingThatFollowsFromTheRowsWasWrittenByHand() throws IOException {
        Map<Path, String> derived = new Examples(Path.of(""), List.of()).derived();
        for (Map.Entry<Path, String> file : derived.entrySet()) {
            assertEquals(file.getValue(), Files.readString(file.getKey()), file.getKey()
                    + " differs from what its experiment gives; ./jbang test --examples writes it anew");
        }
    }

    @Test
    void everyBlockHasItsExperiment() throws IOException {
        Map<Path, String> derived = new Examples(Path.of(""), List.of()).derived();
        assertFalse(derived.values().stream().anyMatch(text -> text.contains("Not measured yet.")));
        for (String alias : List.of("profile-cpu", "tune-threads", "benchmark-audio")) {
            assertEquals(1, derived.keySet().stream().filter(f -> f.toString().endsWith("-" + alias
                    + "/experiment.json")).count(), alias);
        }
    }
}
