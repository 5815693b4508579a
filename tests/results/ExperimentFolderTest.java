package tests.results;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import lib.cli.UserError;
import lib.results.Experiment;
import lib.results.ExperimentFolder;
import lib.results.Plan;
import lib.results.Run;
import lib.results.RunStatus;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExperimentFolderTest {
    private static final String CONTRACT = "run,iteration,warmup,engine,model,clip,audioSeconds,coresLimit,isolation,"
            + "threads,instances,concurrency,startedAt,wallSeconds,cpuSeconds,rtf,busyCores,peakRssBytes,"
            + "throttledSeconds,periods,throttledPeriods,stealSeconds,wordErrorRate,status,error";

    @TempDir
    Path root;

    private static Run row(int run, RunStatus status, String error) {
        boolean ok = status == RunStatus.OK;
        return new Run(run, 1, false, "whisper-jni", "base-q5_1", "jfk", 11.0, 2.0, "docker", 2, 1, 1,
                Instant.parse("2026-11-23T10:00:00.123Z"), ok ? 2.5 : null, ok ? 4.9 : null, ok ? 2.5 / 11 : null,
                ok ? 1.96 : null, ok ? 234_000_000L : null, ok ? 0.0 : null, ok ? 25L : null, ok ? 0L : null, null,
                ok ? 0.0 : null, status, error, ok ? 2.0 : null, ok ? 2 : null, ok ? 0.02 : null, ok ? "abc" : null,
                null, null, null, ok ? 0.0 : null, ok ? 30 : null, ok ? 20_000_000L : null);
    }

    private static Experiment experiment() {
        Plan plan = new Plan(Plan.Question.SCALING, "whisper-jni", List.of(),
                List.of(new Plan.ClipRef("jfk", "00", 11, "en", 22)), "greedy", "engine",
                List.of(new Plan.LimitRef("docker", "it works", null)),
                List.of(new Plan.Point(null, "jfk", "docker", 1, 1, 1, null, null)), 0.03, 6, 60, 1, 0, List.of());
        return new Experiment(Experiment.SCHEMA_VERSION, "profile-cpu", List.of(), Instant.EPOCH, null, null, null,
                null, plan, List.of(), null, null, List.of(), List.of());
    }

    private ExperimentFolder started() {
        ExperimentFolder folder = ExperimentFolder.create(root, "host", "profile-cpu");
        folder.write(experiment());
        return folder;
    }

    @Test
    void theColumnsOfTheContractComeFirstAndInItsOrder() throws IOException {
        try (ExperimentFolder folder = started()) {
            String header = Files.readAllLines(folder.path().resolve("runs.csv")).get(0).replace("\"", "");
            assertTrue(header.startsWith(CONTRACT), header);
        }
    }

    @Test
    void everyColumnIsDocumentedInItsOrder() throws IOException {
        String section = Files.readString(Path.of("results/README.md")).split("## runs.csv")[1];
        List<String> documented = section.lines().filter(l -> l.startsWith("| `"))
                .map(l -> l.substring(3, l.indexOf('`', 3))).toList();
        List<String> columns = Arrays.stream(Run.class.getRecordComponents()).map(c -> c.getName()).toList();
        assertEquals(columns, documented);
    }

    @Test
    void rowsComeBackAsTheyWereWritten() {
        List<Run> rows = List.of(row(1, RunStatus.OK, null), row(2, RunStatus.CRASHED,
                "died: \"signal 9\", said\nHallo, Größe, \u001b[31m; nhiều"), row(3, RunStatus.TIMEOUT, "no answer"));
        try (ExperimentFolder folder = started()) {
            rows.forEach(folder::append);
            assertEquals(rows, folder.runs());
        }
    }

    @Test
    void whatWasNotMeasuredIsAnEmptyCellAndNotZero() throws IOException {
        try (ExperimentFolder folder = started()) {
            folder.append(row(1, RunStatus.FAILED, "why"));
            String line = Files.readAllLines(folder.path().resolve("runs.csv")).get(1);
            assertTrue(line.contains(",,,,,,,,,,failed,why"), line);
            assertNull(folder.runs().get(0).wallSeconds());
        }
    }

    @Test
    void aRowCutByAKillIsDroppedAndTheNextOneIsWhole() throws IOException {
        Path path;
        try (ExperimentFolder folder = started()) {
            folder.append(row(1, RunStatus.OK, null));
            path = folder.path();
        }
        Files.writeString(path.resolve("runs.csv"), "2,1,false,whisp", StandardOpenOption.APPEND);
        assertEquals(1, ExperimentFolder.readRuns(path).size());
        try (ExperimentFolder again = ExperimentFolder.open(path)) {
            again.append(row(2, RunStatus.OK, null));
            assertEquals(List.of(row(1, RunStatus.OK, null), row(2, RunStatus.OK, null)), again.runs());
        }
    }

    @Test
    void onlyOneProcessWritesToAnExperiment() {
        try (ExperimentFolder folder = started()) {
            UserError e = assertThrows(UserError.class, () -> ExperimentFolder.open(folder.path()));
            assertTrue(e.getMessage().contains("being written by another process"), e.getMessage());
        }
    }

    @Test
    void twoExperimentsInOneSecondGetTwoFolders() {
        try (ExperimentFolder a = started(); ExperimentFolder b = started()) {
            assertFalse(a.path().equals(b.path()));
        }
    }

    @Test
    void aResultsFolderThatIsAFileIsRefusedWithItsNameAndTheOption() throws IOException {
        Path file = Files.writeString(root.resolve("taken"), "x");
        UserError e = assertThrows(UserError.class, () -> ExperimentFolder.create(file, "h", "a"));
        assertTrue(e.getMessage().contains("taken") && e.getMessage().contains("--results"), e.getMessage());
    }

    @Test
    void aFolderThatIsNoExperimentIsRefused() {
        UserError e = assertThrows(UserError.class, () -> ExperimentFolder.open(root));
        assertTrue(e.getMessage().contains("not an experiment folder"), e.getMessage());
    }

    @Test
    void anExperimentOfAnotherFormatVersionIsRefused() throws IOException {
        Path path;
        try (ExperimentFolder folder = started()) {
            path = folder.path();
        }
        Path json = path.resolve("experiment.json");
        Files.writeString(json, Files.readString(json).replaceFirst("\"schemaVersion\" : \\d+",
                "\"schemaVersion\" : 99"));
        UserError e = assertThrows(UserError.class, () -> ExperimentFolder.readExperiment(path));
        assertTrue(e.getMessage().contains("schemaVersion 99"), e.getMessage());
    }

    @Test
    void columnsOfAnotherVersionAreRefusedBeforeARowIsAdded() throws IOException {
        Path path;
        try (ExperimentFolder folder = started()) {
            folder.append(row(1, RunStatus.OK, null));
            path = folder.path();
        }
        Path csv = path.resolve("runs.csv");
        String before = Files.readString(csv).replace(",otherBusyCores", "");
        Files.writeString(csv, before);
        UserError e = assertThrows(UserError.class, () -> ExperimentFolder.open(path));
        assertTrue(e.getMessage().contains("other columns"), e.getMessage());
        assertEquals(before, Files.readString(csv));
    }

    @Test
    void aRowThatContradictsItselfIsNamedWithItsLine() throws IOException {
        Path path;
        try (ExperimentFolder folder = started()) {
            folder.append(row(1, RunStatus.OK, null));
            path = folder.path();
        }
        Path csv = path.resolve("runs.csv");
        Files.writeString(csv, Files.readString(csv).replace(",2.5,", ",0.015,"));
        UserError e = assertThrows(UserError.class, () -> ExperimentFolder.readRuns(path));
        assertTrue(e.getMessage().contains("line 2") && e.getMessage().contains("rtf"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"throttledSeconds, -0.5", "periods, -1", "throttledPeriods, -25", "stealSeconds, -0.1",
            "wordErrorRate, -0.2", "wordErrorRate, 1000001.0", "characterErrorRate, -0.1", "peakRssBytes, -234000000",
            "peakRssBytes, 0", "heapBytes, -1", "otherBusyCores, NaN", "workingThreads, -2", "tokens, -30"})
    void aFigureThatCannotBeIsNamedWithItsLineColumnAndValue(String column, String value) throws IOException {
        Path path;
        try (ExperimentFolder folder = started()) {
            folder.append(row(1, RunStatus.OK, null));
            folder.append(row(2, RunStatus.OK, null));
            path = folder.path();
        }
        Path csv = path.resolve("runs.csv");
        List<String> lines = new ArrayList<>(Files.readAllLines(csv));
        String[] cells = lines.get(2).split(",", -1);
        cells[List.of(lines.get(0).split(",")).indexOf(column)] = value;
        lines.set(2, String.join(",", cells));
        Files.writeString(csv, String.join("\n", lines) + "\n");
        UserError e = assertThrows(UserError.class, () -> ExperimentFolder.readRuns(path));
        assertEquals(1, e.getMessage().lines().count());
        assertTrue(e.getMessage().startsWith(csv + " ") && e.getMessage().contains("line 3, " + column + " is " + value
                + ", and can't be below "), e.getMessage());
    }

    @Test
    void aTranscriptsNameIsTheDigestOfItsFile() throws IOException {
        try (ExperimentFolder folder = started()) {
            folder.keepTranscript("e0c9035898dd", "hello world?");
            assertEquals("hello world?", Files.readString(folder.path().resolve("transcripts/e0c9035898dd.txt")));
        }
    }

    @Test
    void aCellThatIsNoNumberIsNamedWithItsLine() throws IOException {
        Path path;
        try (ExperimentFolder folder = started()) {
            folder.append(row(1, RunStatus.OK, null));
            path = folder.path();
        }
        Path csv = path.resolve("runs.csv");
        Files.writeString(csv, Files.readString(csv).replace("2.5", "fast"));
        UserError e = assertThrows(UserError.class, () -> ExperimentFolder.readRuns(path));
        assertTrue(e.getMessage().contains("line 2"), e.getMessage());
    }

    /** A disk of four pages; nothing is left for the header, for experiment.json, for the first row. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Tag("root")
    void aDiskThatIsFullBeforeTheFirstRowIsSaidAndNothingIsLeft(int pagesFree) throws Exception {
        Path disk = smallDisk("16k");
        try {
            Path filler = Files.write(disk.resolve("filler"), new byte[(4 - pagesFree) * 4096]);
            RuntimeException e = assertThrows(RuntimeException.class, () -> {
                try (ExperimentFolder folder = ExperimentFolder.create(disk, "h", "a")) {
                    folder.write(experiment());
                    folder.append(row(1, RunStatus.FAILED, "why ".repeat(2000)));
                }
            });
            assertTrue(e.getMessage().contains("No space left") && e.getMessage().contains("--results FOLDER"),
                    e.getMessage());
            assertFalse(e.getMessage().contains("--resume"), e.getMessage());
            try (Stream<Path> left = Files.walk(disk)) {
                assertEquals(List.of(filler), left.filter(f -> !f.equals(disk) && !f.getParent().equals(disk)
                        || Files.isRegularFile(f)).toList());
            }
        } finally {
            unmount(disk);
        }
    }

    @Test
    @Tag("root")
    void aFullDiskLosesNoFinishedRowAndLeavesNoHalfOne() throws Exception {
        Path disk = smallDisk("64k");
        try (ExperimentFolder folder = ExperimentFolder.create(disk, "h", "a")) {
            folder.write(experiment());
            int[] written = {0};
            UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> {
                for (int i = 1; i < 5000; i++) {
                    folder.append(row(i, RunStatus.OK, null));
                    written[0] = i;
                }
            });
            assertTrue(e.getMessage().contains("--resume"), e.getMessage());
            assertEquals(written[0], folder.runs().size());
        } finally {
            unmount(disk);
        }
    }

    private Path smallDisk(String size) throws Exception {
        Path disk = Files.createDirectory(root.resolve("disk"));
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=" + size, "none", disk.toString())
                .redirectErrorStream(true).start();
        Assumptions.assumeTrue(mount.waitFor() == 0, "a small disk can be mounted by root only");
        return disk;
    }

    private static void unmount(Path disk) throws Exception {
        new ProcessBuilder("umount", disk.toString()).inheritIO().start().waitFor();
    }
}
