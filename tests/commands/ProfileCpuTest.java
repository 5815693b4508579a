package tests.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import lib.cli.UserError;
import lib.host.CpuLimits;
import lib.measure.Schedule;
import lib.results.Experiment;
import lib.results.ExperimentFolder;
import lib.results.Json;
import lib.results.PointSummary;
import lib.results.Run;
import lib.results.RunStatus;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.harness.QuietMachine;

class ProfileCpuTest {
    private static final String FAST = "synthetic:work=60ms";

    @TempDir
    Path folder;
    private Shell shell;

    @BeforeEach
    void inAFolderOfItsOwn() {
        shell = new Shell(folder);
    }

    private static int cpus() {
        return Runtime.getRuntime().availableProcessors();
    }

    private static void assumeIsolation(String kind) {
        try {
            CpuLimits.choose(kind, null);
        } catch (UserError e) {
            Assumptions.abort(e.getMessage());
        }
    }

    private Experiment experiment() {
        return ExperimentFolder.readExperiment(shell.onlyExperiment());
    }

    private static PointSummary at(Experiment e, double cores, int threads) {
        return e.summaries().stream().filter(s -> s.coresLimit() == cores && s.threads() == threads).findFirst()
                .orElseThrow();
    }

    /** One sentence, the right exit code, no stack trace, and nothing that could be taken for a result. */
    private void assertRefused(Shell.Outcome o, String... fragments) {
        assertEquals(2, o.exit(), o.toString());
        for (String fragment : fragments) {
            assertTrue(o.err().contains(fragment), "no \"" + fragment + "\" in " + o);
        }
        assertFalse(o.err().contains("\tat "), o.toString());
        assertEquals("", o.out());
        assertEquals(List.of(), shell.experiments());
    }

    @Test
    void realSpeechGivesATableAVerdictAndTheDocumentedFolder() {
        Shell.Outcome o = shell.run("profile-cpu", "--cores", "1", "--model", "tiny.en-q5_1", "--max-time", "25s");
        assertEquals(0, o.exit(), o.toString());
        assertTrue(o.out().contains("latency s") && o.out().contains("Verdict"), o.out());
        Path e = shell.onlyExperiment();
        for (String file : List.of("runs.csv", "experiment.json", "README.md", "latency.svg", "speedup.svg",
                "efficiency.svg", "transcripts")) {
            assertTrue(Files.exists(e.resolve(file)), file + " is missing");
        }
        Experiment read = experiment();
        assertNotNull(read.finishedAt());
        assertEquals(0.0, at(read, 1, 1).wordErrorRate(), "jfk is transcribed word for word");
        assertTrue(read.engine().version().contains("1.7.1"), read.engine().toString());
        assertTrue(at(read, 1, 1).coldStartSeconds() > at(read, 1, 1).latencySeconds().value());
    }

    @Test
    void kindsOfLimitAreNotMixedInOneCurve() {
        assertRefused(shell.run("profile-cpu", "--cores", "1", "--engine", FAST, "--isolation", "affinity,none"),
                "--isolation affinity,none", "one at a time");
    }

    @Test
    void coreCountsBeyondTheMachineAreListedAsSkippedWithTheReason() {
        String beyond = String.valueOf(cpus() * 2);
        Shell.Outcome o = shell.run("profile-cpu", "--cores", "1," + beyond, "--engine", FAST, "--max-time", "5s");
        assertEquals(0, o.exit(), o.toString());
        PointSummary skipped = at(experiment(), cpus() * 2, cpus() * 2);
        assertTrue(skipped.skipped().contains(cpus() + " CPU"), skipped.skipped());
        assertTrue(o.out().contains(beyond + " cores, " + beyond + " threads: skipped"), o.out());
    }

    @Test
    void onAMachineOfFewerThanFourCpusTheFourCoreQuestionIsNotAnswered() {
        Assumptions.assumeTrue(cpus() < 4, "this machine has 4 CPUs or more");
        Shell.Outcome o = shell.run("profile-cpu", "--cores", "8", "--engine", FAST, "--max-time", "8s");
        assertEquals(0, o.exit(), o.toString());
        assertEquals("not-measured", experiment().verdict().manyWeakOrFewStrong());
        assertTrue(o.out().contains("Nhiều cores yếu hay ít cores mạnh?"), o.out());
    }

    @Test
    void roundsAreWholeAndInTheOrderOfTheSeedAndWhatIsColdIsWarmUp() {
        Shell.Outcome o = shell.run("profile-cpu", "--cores", "1", "--threads", "1,2,3", "--engine",
                "synthetic:work=10ms", "--isolation", "none", "--seed", "5", "--precision", "50%");
        assertEquals(0, o.exit(), o.toString());
        List<Run> rows = ExperimentFolder.readRuns(shell.onlyExperiment());
        assertTrue(rows.stream().filter(r -> r.startSeconds() != null || r.iteration() == 0).allMatch(Run::warmup));
        int rounds = rows.get(rows.size() - 1).iteration();
        assertTrue(rounds >= 6, o.toString());
        for (int round = 1; round <= rounds; round++) {
            int number = round;
            assertEquals(Schedule.round(experiment().plan().measuredPoints(), 5, round).stream()
                    .map(p -> p.threads()).toList(),
                    rows.stream().filter(r -> r.iteration() == number).map(Run::threads).toList());
        }
    }

    @Test
    void jsonOnStdoutIsTheExperiment() throws IOException {
        Shell.Outcome o = shell.run("profile-cpu", "--cores", "1", "--engine", FAST, "--max-time", "5s", "--json");
        assertEquals(0, o.exit(), o.toString());
        JsonNode printed = Json.MAPPER.readTree(o.out());
        assertEquals(Json.MAPPER.readTree(shell.onlyExperiment().resolve("experiment.json").toFile()), printed);
    }

    @Test
    void aDryRunSaysWhatItWouldDoAndWritesNothing() {
        Shell.Outcome o = shell.run("profile-cpu", "--cores", "1", "--engine", FAST, "--dry-run");
        assertEquals(0, o.exit(), o.toString());
        assertTrue(o.out().contains("1 core, 1 thread") && o.out().contains("about 30 s to measure in"), o.out());
        assertEquals(List.of(), shell.experiments());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "abc", "1,,2", "NaN"})
    void aWrongCoreCountIsRefused(String cores) {
        assertRefused(shell.run("profile-cpu", "--cores=" + cores, "--engine", FAST), "'" + cores.split(",")[0],
                "--cores 8");
    }

    @Test
    void unknownNamesAreRefusedWithTheKnownOnes() {
        assertRefused(shell.run("profile-cpu", "--model", "huge"), "huge", "base-q5_1");
        assertRefused(shell.run("profile-cpu", "--clip", "nothing"), "nothing", "jfk");
        assertRefused(shell.run("profile-cpu", "--engine", "vosk"), "vosk", "whisper-jni");
        assertRefused(shell.run("profile-cpu", "--isolation", "jail"), "jail", "affinity");
        assertRefused(shell.run("profile-cpu", "--coers", "2"), "--coers", "--cores");
    }

    @Test
    void filesThatAreNoAudioOrNoModelAreRefused() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.wav"));
        Path text = Files.writeString(folder.resolve("text.wav"), "this is not audio\n".repeat(100));
        assertRefused(shell.run("profile-cpu", "--clip", empty.toString()), "empty.wav", "empty");
        assertRefused(shell.run("profile-cpu", "--clip", text.toString()), "text.wav");
        byte[] tiny = Files.readAllBytes(Shell.CHECKOUT.resolve("models/ggml-tiny.en-q5_1.bin"));
        Path cut = Files.write(folder.resolve("cut.bin"), java.util.Arrays.copyOf(tiny, 5_000_000));
        tiny[8] = (byte) 0xff;
        Path corrupt = Files.write(folder.resolve("corrupt.bin"), tiny);
        assertRefused(shell.run("profile-cpu", "--model", cut.toString()), "cut.bin", "5,000,000");
        assertRefused(shell.run("profile-cpu", "--model", corrupt.toString()), "corrupt.bin");
    }

    @Test
    void aResultsFolderThatCannotBeWrittenIsFoundBeforeTheFirstRun() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertRefused(shell.run("profile-cpu", "--cores", "1", "--engine", FAST, "--results", file.toString()), "file",
                "--results");
    }

    @Test
    void aFullDiskEndsTheMeasurementAndTheRowsBeforeItStay() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Assumptions.assumeTrue(new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=24k", "none", disk.toString())
                .start().waitFor() == 0, "only root can mount a small disk");
        try {
            Shell.Outcome o = shell.run("profile-cpu", "--cores", "1", "--engine", "synthetic:work=2ms", "--min-runs",
                    "9999", "--max-time", "20s", "--results", disk.toString());
            assertEquals(1, o.exit(), o.toString());
            assertTrue(o.err().contains("No space left") && o.err().contains("--resume"), o.err());
            assertFalse(o.err().contains("\tat "), o.err());
            try (var files = Files.walk(disk)) {
                Path csv = files.filter(p -> p.endsWith("runs.csv")).findFirst().orElseThrow();
                assertTrue(ExperimentFolder.readRuns(csv.getParent()).stream().filter(Run::counts).count() > 10);
                assertTrue(Files.readString(csv).endsWith("\n"), "no half row");
            }
        } finally {
            new ProcessBuilder("umount", disk.toString()).inheritIO().start().waitFor();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"crash=5", "hang=5", "oom=5", "garbage=5"})
    void whatAWorkerDoesToItselfIsRecordedAndTheRunGoesOn(String fault) {
        Shell.Outcome o = shell.run("profile-cpu", "--cores", "1", "--engine", FAST + "," + fault, "--timeout", "3s",
                "--isolation", "none", "--precision", "50%", "--max-time", "40s");
        assertEquals(0, o.exit(), o.toString());
        List<Run> rows = ExperimentFolder.readRuns(shell.onlyExperiment());
        RunStatus wanted = switch (fault) {
            case "hang=5" -> RunStatus.TIMEOUT;
            case "garbage=5" -> RunStatus.FAILED;
            default -> RunStatus.CRASHED;
        };
        assertTrue(rows.stream().anyMatch(r -> r.status() == wanted && r.error() != null && r.wallSeconds() == null),
                o.toString());
        assertTrue(rows.stream().filter(Run::counts).count() >= 6, "measured after the fault: " + o);
        assertTrue(rows.stream().filter(r -> r.startSeconds() != null).allMatch(Run::warmup),
                "a fresh worker's first run is cold");
        assertTrue(o.out().contains("runs-failed"), o.out());
    }

    @Test
    void aWorkerThatAlwaysDiesIsAMeasurementThatFailed() {
        Shell.Outcome o = shell.run("profile-cpu", "--cores", "1", "--engine", FAST + ",crash=1", "--isolation", "none",
                "--max-time", "20s");
        assertEquals(1, o.exit(), o.toString());
        assertTrue(o.err().contains("Nothing could be measured") && o.err().contains("SIG"), o.err());
    }

    @Test
    void aThreadSettingThatNeverReachesTheEngineIsFoundOut() {
        Assumptions.assumeTrue(cpus() >= 2, "needs 2 CPUs");
        assumeIsolation("affinity");
        Shell.Outcome o = shell.run("profile-cpu", "--cores", "2", "--engine",
                "synthetic:work=100ms,ignore-threads=true",
                "--isolation", "affinity", "--max-time", "15s");
        assertEquals(0, o.exit(), o.toString());
        assertFalse(at(experiment(), 2, 2).valid());
        assertTrue(o.out().contains("threads-not-in-force"), o.out());
        assertEquals("not-measured", experiment().verdict().scaling());
    }

    @Test
    void afterAKillEveryFinishedRunIsThereAndResumeCompletesTheExperiment() throws Exception {
        Shell.Running running = shell.start("profile-cpu", "--cores", "1", "--engine", "synthetic:work=150ms",
                "--isolation", "none", "--min-runs", "15", "--max-time", "60s");
        awaitRows(running, 5);
        running.process().destroyForcibly().waitFor();
        Path e = shell.onlyExperiment();
        int before = ExperimentFolder.readRuns(e).size();
        assertTrue(before >= 5);
        assertEquals(null, ExperimentFolder.readExperiment(e).finishedAt(), "not taken for a finished one");
        Shell.Outcome o = shell.run("profile-cpu", "--resume", e.toString());
        assertEquals(0, o.exit(), o.toString());
        List<Run> rows = ExperimentFolder.readRuns(e);
        assertTrue(rows.stream().filter(Run::counts).count() >= 15, o.toString());
        assertEquals(IntStream.rangeClosed(1, rows.size()).boxed().toList(),
                rows.stream().map(Run::run).toList());
        assertNotNull(ExperimentFolder.readExperiment(e).finishedAt());
    }

    @Test
    void ctrlCEndsAtOnceKeepsTheRunsAndSaysHowToGoOn() throws Exception {
        Shell.Running running = shell.start("profile-cpu", "--cores", "1", "--engine", "synthetic:work=300ms",
                "--isolation", "none", "--min-runs", "99", "--max-time", "60s");
        awaitRows(running, 3);
        new ProcessBuilder("kill", "-INT", String.valueOf(running.process().pid())).start().waitFor();
        Shell.Outcome o = running.end();
        assertEquals(130, o.exit(), o.toString());
        assertTrue(o.err().contains("Interrupted") && o.err().contains("--resume"), o.err());
        assertFalse(o.err().contains("Unexpected"), o.err());
        assertTrue(ExperimentFolder.readRuns(shell.onlyExperiment()).stream().allMatch(r -> r.status() == RunStatus.OK),
                "the run in flight is no failure");
    }

    @Test
    void anExperimentThatIsBeingWrittenIsNotResumedByAnotherProcess() throws Exception {
        Shell.Running running = shell.start("profile-cpu", "--cores", "1", "--engine", "synthetic:work=200ms",
                "--isolation", "none", "--min-runs", "30", "--max-time", "60s");
        awaitRows(running, 3);
        Shell.Outcome o = shell.run("profile-cpu", "--resume", shell.onlyExperiment().toString());
        assertEquals(2, o.exit(), o.toString());
        assertTrue(o.err().contains("being written by another process"), o.err());
        assertEquals(0, running.end().exit());
        List<Run> rows = ExperimentFolder.readRuns(shell.onlyExperiment());
        assertEquals(IntStream.rangeClosed(1, rows.size()).boxed().toList(), rows.stream().map(Run::run).toList());
    }

    @Test
    void anEngineThatDiesOnEverySecondRequestIsGivenUp() {
        Shell.Outcome o = shell.run("profile-cpu", "--cores", "1", "--engine", FAST + ",crash=2", "--isolation", "none",
                "--max-time", "2s");
        assertEquals(1, o.exit(), o.toString());
        assertTrue(ExperimentFolder.readRuns(shell.onlyExperiment()).size() < 10, "given up after three failures");
    }

    @Test
    void anOddDockerSettingOnlyMeansNoDocker() {
        Shell odd = new Shell(folder, Map.of("DOCKER_HOST", "foo"));
        Shell.Outcome o = odd.run("profile-cpu", "--cores", "1", "--engine", FAST, "--dry-run");
        assertEquals(0, o.exit(), o.toString());
        assertTrue(o.out().contains("no docker"), o.out());
    }

    @Test
    void aClipWithANameThatIsNotAsciiWorksInTheCLocale() throws IOException {
        Path clip = Files.copy(Shell.CHECKOUT.resolve("audio/speech/lj001-0002.flac"), folder.resolve("é ü.flac"));
        Shell plain = new Shell(folder, Map.of("LC_ALL", "C"));
        Shell.Outcome o = plain.run("profile-cpu", "--cores", "1", "--engine", FAST, "--clip", clip.toString(),
                "--dry-run");
        assertEquals(0, o.exit(), o.toString());
    }

    private void awaitRows(Shell.Running running, int rows) throws Exception {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (shell.experiments().isEmpty()
                || Files.readAllLines(shell.onlyExperiment().resolve("runs.csv")).size() <= rows) {
            assertTrue(System.nanoTime() < deadline && running.process().isAlive(), "never got to row " + rows);
            Thread.sleep(50);
        }
    }

    @Test
    void resumeKeepsThePlanAndRefusesToChangeIt() {
        Shell.Outcome first = shell.run("profile-cpu", "--cores", "1", "--engine", FAST, "--isolation", "none",
                "--max-time", "5s");
        assertEquals(0, first.exit(), first.toString());
        Shell.Outcome o = shell.run("profile-cpu", "--resume", shell.onlyExperiment().toString(), "--cores", "2");
        assertEquals(2, o.exit(), o.toString());
        assertTrue(o.err().contains("leave out --cores"), o.err());
    }

    @Test
    void anAliasesOwnArgumentsCanBeOverridden() {
        Shell.Outcome o = shell.run("profile-cpu-quick", "--cores", "1", "--engine", FAST, "--max-time", "7s",
                "--dry-run");
        assertEquals(0, o.exit(), o.toString());
        assertTrue(o.out().contains("about 7.0 s to measure in"), o.out());
    }

    @Test
    @Tag("docker")
    @Tag("noisy")
    void underDockerTwoThreadsOnOneCoreAreThrottledAndSlowerAndWarnedAbout() {
        assumeIsolation("docker");
        Assumptions.assumeTrue(cpus() >= 2, "needs 2 CPUs");
        Shell.Outcome o = shell.run("profile-cpu", "--cores", "1", "--threads", "1,2", "--model", "tiny.en-q5_1",
                "--isolation", "docker", "--max-time", "40s");
        assertEquals(0, o.exit(), o.toString());
        Experiment e = experiment();
        QuietMachine.assume(at(e, 1, 2).otherBusyCores());
        assertEquals(1.0, at(e, 1, 1).coresInForce());
        assertEquals(1.0, at(e, 1, 2).coresInForce());
        assertTrue(at(e, 1, 2).throttledPeriodShare() > 0.3, o.out());
        assertTrue(at(e, 1, 2).latencySeconds().value() > at(e, 1, 1).latencySeconds().value(), o.out());
        assertTrue(at(e, 1, 2).warnings().containsAll(List.of("throttled", "oversubscribed")), o.out());
    }

    /** With serial share s, two threads are 1 / (s + (1 - s) / 2) times as fast as one. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "0.2", "0.5"})
    @Tag("noisy")
    void theSpeedUpOfAnEngineWhoseTruthIsKnownIsFoundUnderAffinity(String serial) {
        assumeIsolation("affinity");
        findsTheTruth("affinity", serial);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.2", "0.5"})
    @Tag("noisy")
    @Tag("docker")
    void theSpeedUpOfAnEngineWhoseTruthIsKnownIsFoundUnderDocker(String serial) {
        assumeIsolation("docker");
        findsTheTruth("docker", serial);
    }

    private void findsTheTruth(String isolation, String serial) {
        Assumptions.assumeTrue(cpus() >= 2, "needs 2 CPUs");
        Shell.Outcome o = shell.run("profile-cpu", "--cores", "2", "--engine", "synthetic:work=400ms,serial=" + serial,
                "--isolation", isolation, "--max-time", "20s");
        assertEquals(0, o.exit(), o.toString());
        double s = Double.parseDouble(serial);
        double truth = 1 / (s + (1 - s) / 2);
        QuietMachine.assume(at(experiment(), 2, 2).otherBusyCores());
        var speedup = at(experiment(), 2, 2).speedup();
        assertTrue(speedup.low() <= truth && truth <= speedup.high(), "truth " + truth + ", found " + speedup + "\n"
                + o);
        assertTrue(speedup.precision() < 0.15, "an interval that holds everything proves nothing: " + speedup);
    }

    @Test
    void aClipWithAHostileNameIsHarmlessInThePages() throws IOException {
        Path hostile = Files.copy(Shell.CHECKOUT.resolve("audio/speech/lj001-0002.flac"),
                folder.resolve("<script>alert(1)&.flac"));
        Shell.Outcome o = shell.run("profile-cpu", "--cores", "1", "--engine", FAST, "--clip", hostile.toString(),
                "--max-time", "5s");
        assertEquals(0, o.exit(), o.toString());
        for (String file : List.of("README.md", "latency.svg")) {
            assertFalse(Files.readString(shell.onlyExperiment().resolve(file)).contains("<script>"), file);
        }
    }

    @Test
    void aHostWithoutDockerFallsBackAndSaysSo() {
        Shell noDocker = new Shell(folder, Map.of("DOCKER_HOST", "unix:///nonexistent/docker.sock"));
        Shell.Outcome o = noDocker.run("profile-cpu", "--cores", "1", "--engine", FAST, "--dry-run");
        assertEquals(0, o.exit(), o.toString());
        assertTrue(o.out().contains("no docker"), o.out());
    }
}
