package tests.results;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lib.cli.UserError;
import lib.results.ExperimentFolder;
import lib.results.SoakSample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SoakSampleTest {
    private static final String HEADER = "repetition,model,clip,startedAt,wallSeconds,rssBytes,peakRssBytes,heapBytes,"
            + "status,error\n";

    @TempDir
    Path folder;

    private Path write(String... rows) throws IOException {
        return Files.writeString(folder.resolve("soak.csv"), HEADER + String.join("", rows));
    }

    private static String row(String model, String repetition, String rssBytes, String status) {
        return repetition + "," + model + ",jfk,2026-11-23T10:00:00Z,1.5," + rssBytes + ",,," + status + ",\n";
    }

    @Test
    void theRepetitionsOfEachModelCountForThemselves() throws IOException {
        write(row("tiny", "1", "5", "ok"), row("tiny", "2", "5", "ok"), row("base", "1", "", "ok"));
        assertEquals(List.of(1, 2, 1), ExperimentFolder.readSoak(folder).stream().map(SoakSample::repetition).toList());
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource({"2,5,ok,repetition 2 comes after repetition 2", "1,5,ok,repetition 1 comes after repetition 2",
            "3,-5,ok,'rssBytes is -5, not above 0'", "3,5,'',it has no status"})
    void aRowThatNoSoakWritesIsRefusedWithItsLineAndAWayOut(String repetition, String rss, String status, String wrong)
            throws IOException {
        Path file = write(row("tiny", "1", "5", "ok"), row("tiny", "2", "5", "ok"),
                row("tiny", repetition, rss, status));
        assertEquals(file + ", line 4: " + wrong + "; restore the file, or delete it and soak anew with --resume",
                assertThrows(UserError.class, () -> ExperimentFolder.readSoak(folder)).getMessage());
    }
}
