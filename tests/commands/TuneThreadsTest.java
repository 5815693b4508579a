package tests.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lib.cli.UserError;
import lib.host.CpuLimits;
import lib.results.Experiment;
import lib.results.ExperimentFolder;
import lib.results.PointSummary;
import lib.results.Run;
import lib.results.Verdict;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tests.harness.QuietMachine;

class TuneThreadsTest {
    private static final String FAST = "synthetic:work=20ms";

    @TempDir
    Path folder;
    private Shell shell;

    @BeforeEach
    void inAFolderOfItsOwn() {
        shell = new Shell(folder);
    }

    private static void assumeTwoCpus() {
        Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() >= 2, "needs 2 CPUs");
    }

    private static void assumeIsolation(String kind) {
        try {
            CpuLimits.choose(kind, null);
        } catch (UserError e) {
            Assumptions.abort(e.getMessage());
        }
    }

    private List<String> plannedPoints(String... arguments) {
        Shell.Outcome o = shell.run(Stream.concat(Stream.of("tune-threads", "--engine", FAST, "--dry-run"),
                Stream.of(arguments)).toArray(String[]::new));
        assertEquals(0, o.exit(), o.toString());
        return o.out().lines().filter(l -> l.startsWith("point")).map(l -> l.substring("point".length()).strip())
                .toList();
    }

    private Experiment experiment() {
        return ExperimentFolder.readExperiment(shell.onlyExperiment());
    }

    private List<Run> rows() {
        return ExperimentFolder.readRuns(shell.onlyExperiment());
    }

    /** A file under /proc of each worker that runs now, of those whose file can still be read. */
    private static List<String> ofWorkers(Shell.Running running, String file) {
        return running.process().descendants().map(p -> Path.of("/proc", String.valueOf(p.pid()), file)).map(f -> {
            try {
                return Files.readString(f);
            } catch (IOException ended) {
                return "";
            }
        }).toList();
    }

    @Test
    void everyLimitIsPlannedWithThreadsUpToTwiceOfIt() {
        assumeTwoCpus();
        assertEquals(List.of("1 core, 1 thread", "1 core, 2 threads", "2 cores, 1 thread", "2 cores, 2 threads",
                "2 cores, 4 threads"), plannedPoints("--cores", "1,2", "--isolation", "none"));
    }

    @Test
    void asManyThreadsAsWholeCoresAreAlwaysPlanned() {
        List<String> points = plannedPoints("--cores", "1,3,6.5", "--isolation", "none");
        for (String wanted : List.of("3 cores, 3 threads", "3 cores, 4 threads", "6.5 cores, 6 threads",
                "6.5 cores, 8 threads")) {
            assertTrue(points.stream().anyMatch(p -> p.startsWith(wanted)), wanted + " in " + points);
        }
    }

    @Test
    void theGridIsCutToTheMachineAndNeedsCoresToShare() {
        assumeTwoCpus();
        int cpus = Runtime.getRuntime().availableProcessors();
        List<String> points = plannedPoints("--cores", String.valueOf(4 * cpus), "--threads", "1", "--grid",
                "--isolation", "none");
        assertTrue(points.stream().anyMatch(p -> p.contains(cpus + " instances") && !p.contains("skipped")),
                points.toString());
        Shell.Outcome o = shell.run("tune-threads", "--cores", "1", "--grid", "--engine", FAST, "--dry-run");
        assertEquals(2, o.exit(), o.toString());
        assertTrue(o.err().contains("--grid shares 2 cores or more, and there is only 1 core"), o.toString());
    }

    @Test
    void rationedAndPinnedCoresAreBothPlannedWhereTheMachineAllows() {
        assumeIsolation("affinity");
        Assumptions.assumeTrue(CpuLimits.quotaAndAffinity(null).size() == 2, "this machine has no quota to give");
        List<String> points = plannedPoints("--cores", "1", "--threads", "1,2");
        assertEquals(4, points.size(), points.toString());
        assertEquals(2, points.stream().filter(p -> p.endsWith("affinity")).count(), points.toString());
    }

    @Test
    void theWaitPolicyReachesTheWorkerAndMakesTwoSeries() throws Exception {
        Assumptions.assumeTrue(Files.isReadable(Path.of("/proc/self/environ")), "this system shows no environment");
        Shell.Running running = shell.start("tune-threads", "--cores", "1", "--threads", "1", "--wait-policy",
                "--isolation", "none", "--engine", "synthetic:work=60ms", "--precision", "50%", "--max-time", "20s");
        Set<String> seen = new HashSet<>();
        while (running.process().isAlive()) {
            ofWorkers(running, "environ").forEach(e -> Arrays.stream(e.split("\0"))
                    .filter(v -> v.startsWith("OMP_WAIT_POLICY=")).forEach(seen::add));
            Thread.sleep(50);
        }
        Shell.Outcome o = running.end();
        assertEquals(0, o.exit(), o.toString());
        assertEquals(Set.of("OMP_WAIT_POLICY=active", "OMP_WAIT_POLICY=passive"), seen);
        for (String policy : List.of("active", "passive")) {
            assertTrue(rows().stream().filter(r -> policy.equals(r.waitPolicy()) && r.counts()).count() >= 6,
                    o.toString());
            assertTrue(Files.exists(shell.onlyExperiment().resolve("threads-" + policy + ".svg")));
        }
        assertEquals(List.of("active", "passive"), experiment().summaries().stream().map(PointSummary::waitPolicy)
                .sorted().toList());
    }

    @Test
    void theGridSharesTwoCoresBetweenInstancesUnderLimitsOfTheirOwn() throws Exception {
        assumeTwoCpus();
        assumeIsolation("affinity");
        Shell.Running running = shell.start("tune-threads", "--cores", "2", "--threads", "2", "--grid", "--isolation",
                "affinity", "--engine", "synthetic:work=100ms", "--precision", "50%", "--max-time", "30s");
        Set<String> pins = new HashSet<>();
        while (running.process().isAlive()) {
            ofWorkers(running, "status").forEach(s -> s.lines().filter(l -> l.startsWith("Cpus_allowed_list:"))
                    .map(l -> l.split("\\s+")[1]).forEach(pins::add));
            Thread.sleep(50);
        }
        Shell.Outcome o = running.end();
        assertEquals(0, o.exit(), o.toString());
        assertTrue(pins.stream().filter(p -> p.matches("\\d+")).count() >= 2, "two instances, two CPUs: " + pins);

        Map<Integer, List<Run>> batches = rows().stream().filter(r -> r.instances() == 2 && r.counts())
                .collect(Collectors.groupingBy(Run::iteration, TreeMap::new, Collectors.toList()));
        assertTrue(batches.size() >= 6, o.toString());
        double[] hours = batches.values().stream().mapToDouble(batch -> {
            assertEquals(2, batch.size(), "each instance is a row of the same iteration");
            assertTrue(batch.stream().allMatch(r -> r.coresInForce() == 1 && r.threads() == 1), batch.toString());
            assertTrue(Math.abs(batch.get(0).startedAt().toEpochMilli() - batch.get(1).startedAt()
                    .toEpochMilli()) < 250,
                    "both at work at once: " + batch);
            double longest = Math.max(batch.get(0).wallSeconds(), batch.get(1).wallSeconds());
            return (batch.get(0).audioSeconds() + batch.get(1).audioSeconds()) / (2 * longest);
        }).sorted().toArray();
        double median = (hours[(hours.length - 1) / 2] + hours[hours.length / 2]) / 2;
        PointSummary many = experiment().summaries().stream().filter(s -> s.instances() == 2).findFirst().orElseThrow();
        assertEquals(batches.size(), many.runs());
        Assumptions.assumeFalse(experiment().verdict().shared().isEmpty(),
                "too much else ran for a verdict, grade " + experiment().grade());
        Verdict.Split split = experiment().verdict().shared().get(0).splits().stream()
                .filter(s -> s.instances() == 2).findFirst().orElseThrow();
        // the median of an even number of batches is taken of the times, so it may differ in the last percent
        assertEquals(median, split.audioHoursPerCoreHour().value(), 0.01 * median);
        assertTrue(o.out().contains("2 × 1") && o.out().contains("1 × 2"), o.out());
    }

    @Test
    void moreThreadsThanTheLimitAreMeasuredAndNeverRecommendedAndTheLineToPasteIsPrinted() {
        Shell.Outcome o = shell.run("tune-threads", "--cores", "1", "--threads", "1,2", "--isolation", "affinity,none",
                "--engine", FAST, "--precision", "50%", "--max-time", "20s");
        assertEquals(0, o.exit(), o.toString());
        assertTrue(rows().stream().anyMatch(r -> r.threads() == 2 && r.counts()), o.toString());
        assertTrue(Files.exists(shell.onlyExperiment().resolve("threads.svg")));
        assertNull(experiment().verdict().scaling(), "what was not asked is not answered");
        Assumptions.assumeFalse(experiment().verdict().threads().isEmpty(),
                "too much else ran for a verdict, grade " + experiment().grade());
        assertFalse(experiment().verdict().threads().stream().anyMatch(t -> Integer.valueOf(2).equals(t.recommended())),
                o.out());
        assertTrue(o.out().contains(
                "WHISPER_N_THREADS=1 and resources: {requests: {cpu: \"1\"}, limits: {cpu: \"1\"}}"),
                o.out());
    }

    @Test
    @Tag("docker")
    @Tag("noisy")
    void underAQuotaOfOneCoreTwoRealThreadsAreThrottledAndSlowerAndOneIsRecommended() {
        assumeTwoCpus();
        assumeIsolation("docker");
        Shell.Outcome o = shell.run("tune-threads", "--cores", "1", "--threads", "1,2", "--model", "tiny.en-q5_1",
                "--isolation", "docker", "--precision", "50%", "--max-time", "25s");
        assertEquals(0, o.exit(), o.toString());
        experiment().summaries().forEach(s -> QuietMachine.assume(s.otherBusyCores()));
        PointSummary one = experiment().summaries().get(0);
        PointSummary two = experiment().summaries().get(1);
        assertTrue(rows().stream().filter(r -> r.threads() == 2 && r.counts()).mapToLong(Run::throttledPeriods)
                .sum() > 0, o.out());
        assertTrue(two.latencySeconds().value() > one.latencySeconds().value(), o.out());
        Assumptions.assumeFalse(experiment().verdict().threads().isEmpty(),
                "too much else ran for a verdict, grade " + experiment().grade());
        assertEquals(1, experiment().verdict().threads().get(0).recommended(), o.out());
        assertTrue(o.out().contains("To paste: WHISPER_N_THREADS=1"), o.out());
    }
}
