package tests.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import lib.audio.Clips;
import lib.cli.Cli;
import lib.cli.Home;
import lib.host.EnvironmentProbe;
import lib.measure.MeasureOptions;
import lib.measure.Measurement;
import lib.measure.Schedule;
import lib.measure.Wish;
import lib.results.Environment;
import lib.results.Experiment;
import lib.results.ExperimentFolder;
import lib.results.Json;
import lib.results.Plan;
import lib.results.PointSummary;
import lib.results.Run;
import lib.results.RunStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the lab makes of kills, of failures, of time and memory that are not enough; with real workers. */
class LabTest {
    private static final String ALIAS = "profile-cpu";
    private static final String FAST = "synthetic:work=20ms";
    /** Over before the first warm-up is. */
    private static final String NO_TIME = "1ms";
    private static final int ROUNDS = 7;
    /** Clips made here, and what was decoded from them into the cache, which they are removed from again. */
    private static final Map<Path, Path> DECODED = new HashMap<>();

    @TempDir
    static Path shared;
    private static Path clip;
    /** Three thread counts on one worker, {@link #ROUNDS} rounds that are all alike; to be copied, never changed. */
    private static Path whole;

    @TempDir
    Path folder;

    /** A measuring command without its report, with the settings that a test wants. */
    @Command(name = "measure")
    private static final class Measuring extends Cli.Base {
        private final String alias;
        private final List<Wish.Setting> settings;
        private Runnable beforeTheFirstRun = () -> {};
        private Plan plan;
        private Path experiment;

        @Option(names = "--clip")
        List<String> clips = List.of(Clips.DEFAULT);

        @Option(names = "--model", defaultValue = "tiny.en-q5_1")
        String model;

        @Mixin
        MeasureOptions options;

        Measuring(String alias, List<Wish.Setting> settings) {
            this.alias = alias;
            this.settings = settings;
        }

        @Override
        public Integer call() {
            Clips known = Clips.open(Home.find());
            Measurement measurement = new Measurement(options, alias, new Wish(Plan.Question.SCALING, List.of(model),
                    clips.stream().map(known::find).toList(), settings));
            plan = measurement.plan();
            if (!options.dryRun()) {
                beforeTheFirstRun.run();
                experiment = measurement.run();
            }
            return Cli.DONE;
        }
    }

    private record Outcome(int exit, String err) {
    }

    private static Measuring threads(int... counts) {
        return new Measuring(ALIAS, Arrays.stream(counts).mapToObj(t -> new Wish.Setting(1, t)).toList());
    }

    private static Measuring aloneAndInPairs() {
        Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() >= 2, "needs 2 CPUs");
        return new Measuring(ALIAS, List.of(new Wish.Setting(1, 1), new Wish.Setting(1, 1, 2, null)));
    }

    private static Outcome run(Measuring command, Object... arguments) {
        PrintStream console = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            int exit = Cli.run(command, Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new));
            return new Outcome(exit, err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setErr(console);
        }
    }

    private Outcome measure(Measuring command, String engine, Object... more) {
        return run(command, with(more, "--clip", clip, "--engine", engine, "--isolation", "none", "--results",
                folder.resolve("results")));
    }

    private static Outcome goOn(Measuring command, Path experiment, Object... more) {
        return run(command, with(more, "--resume", experiment, "--clip", clip));
    }

    private static Object[] with(Object[] more, Object... first) {
        return Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray();
    }

    @BeforeAll
    static void measureThreeThreadCounts() throws IOException {
        clip = halfASecond(shared.resolve("mine.wav"));
        Measuring three = threads(1, 2, 3);
        Outcome o = run(three, "--clip", clip, "--engine", FAST, "--isolation", "none", "--min-runs", ROUNDS,
                "--max-time", NO_TIME, "--results", shared.resolve("results"));
        assertEquals(0, o.exit(), o.err());
        whole = three.experiment;
        List<Run> rows = ExperimentFolder.readRuns(whole);
        int number = rows.size();
        try (ExperimentFolder open = ExperimentFolder.open(whole)) {
            for (int round = 2; round <= ROUNDS; round++) {
                for (Plan.Point point : Schedule.round(three.plan.measuredPoints(), three.plan.seed(), round)) {
                    Run first = rows.stream().filter(r -> r.counts() && point.owns(r)).findFirst().orElseThrow();
                    open.append(Rows.set(numbered(first, ++number), "iteration", round));
                }
            }
        }
    }

    @AfterAll
    static void removeWhatWasDecoded() throws IOException {
        for (Path wav : DECODED.values()) {
            Files.deleteIfExists(wav);
        }
    }

    private static Path halfASecond(Path file) throws IOException {
        return noise(file, 0.5);
    }

    /** Different each time: no other clip in the cache is the same. */
    private static Path noise(Path file, double seconds) throws IOException {
        byte[] samples = new byte[2 * (int) (16_000 * seconds)];
        new Random().nextBytes(samples);
        ByteBuffer wav = ByteBuffer.allocate(44 + samples.length).order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + samples.length);
        wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16).putShort((short) 1).putShort((short) 1);
        wav.putInt(16_000).putInt(32_000).putShort((short) 2).putShort((short) 16);
        wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(samples.length).put(samples);
        Files.write(file, wav.array());
        Clips clips = Clips.open(Home.find());
        DECODED.put(file, clips.prepare(clips.find(file.toString())).wav());
        return file;
    }

    private Path copyOfWhole() throws IOException {
        Path copy = folder.resolve("copy");
        try (Stream<Path> files = Files.walk(whole)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(whole.relativize(file).toString()));
            }
        }
        return copy;
    }

    /** As a kill leaves it after the first run of a round: half a row of the run in flight, and no end. */
    private Path killedIn(int round) throws IOException {
        Path killed = copyOfWhole();
        Path csv = killed.resolve("runs.csv");
        List<String> lines = Files.readAllLines(csv);
        long before = ExperimentFolder.readRuns(killed).stream().filter(r -> r.iteration() < round).count();
        int kept = Math.toIntExact(1 + before + 1);
        Files.writeString(csv, String.join("\n", lines.subList(0, kept)) + "\n" + lines.get(kept).substring(0, 20));
        edit(killed, json -> json.putNull("finishedAt"));
        return killed;
    }

    private static void edit(Path experiment, Consumer<ObjectNode> change) throws IOException {
        Path file = experiment.resolve("experiment.json");
        ObjectNode json = (ObjectNode) Json.MAPPER.readTree(file.toFile());
        change.accept(json);
        Files.writeString(file, Json.MAPPER.writeValueAsString(json));
    }

    /** What this command plans with its real engine, in a folder that a kill left before the first run. */
    private Path planned(Measuring command, Path audio) {
        Outcome o = run(command, "--clip", audio, "--isolation", "none", "--max-time", NO_TIME, "--dry-run");
        assertEquals(0, o.exit(), o.err());
        Environment here = EnvironmentProbe.read();
        try (ExperimentFolder made = ExperimentFolder.create(folder, "here", ALIAS)) {
            made.write(new Experiment(Experiment.SCHEMA_VERSION, ALIAS, List.of(), Instant.now(), null, null, here,
                    null, command.plan, null, null, null, null, null));
            return made.path();
        }
    }

    private static List<Integer> threadsOf(Path experiment, int round) {
        return ExperimentFolder.readRuns(experiment).stream().filter(r -> r.iteration() == round).map(Run::threads)
                .toList();
    }

    private static List<PointSummary> summaries(Path experiment) {
        return ExperimentFolder.readExperiment(experiment).summaries();
    }

    /** A seed that leaves two points in their order in the first round. */
    private static long seedOfTwoInOrder() {
        List<Plan.Point> two = List.of(JudgementTest.point(1, 1), JudgementTest.point(2, 2));
        return LongStream.range(1, 100).filter(seed -> Schedule.round(two, seed, 1).equals(two)).findFirst()
                .orElseThrow();
    }

    @Test
    void afterAKillInMidRoundItsRestRunsInTheOrderOfTheRoundAndNothingTwice() throws IOException {
        Plan plan = ExperimentFolder.readExperiment(whole).plan();
        Map<Integer, List<Integer>> orders = IntStream.range(2, ROUNDS).boxed().collect(Collectors.toMap(r -> r,
                r -> Schedule.round(plan.measuredPoints(), plan.seed(), r).stream().map(Plan.Point::threads).toList()));
        // one whose rest is not in the order of the plan, which nobody would have to remember
        int round = orders.keySet().stream().filter(r -> orders.get(r).get(1) > orders.get(r).get(2)).findFirst()
                .orElseThrow();
        Path killed = killedIn(round);
        List<Run> before = ExperimentFolder.readRuns(killed);
        assertEquals(orders.get(round).subList(0, 1), threadsOf(killed, round));

        Outcome o = goOn(threads(), killed, "--max-time", NO_TIME);
        assertEquals(0, o.exit(), o.err());
        List<Run> rows = ExperimentFolder.readRuns(killed);
        assertEquals(before, rows.subList(0, before.size()), "no row is lost");
        assertEquals(orders.get(round), threadsOf(killed, round));
        assertEquals(round, rows.get(rows.size() - 1).iteration());
        assertEquals(IntStream.rangeClosed(1, rows.size()).boxed().toList(), rows.stream().map(Run::run).toList());
        assertNotNull(ExperimentFolder.readExperiment(killed).finishedAt());
    }

    @Test
    void aRoundThatAKillLeftHalfDoneIsFinishedThoughAllPointsAreKnown() throws IOException {
        Path killed = killedIn(ROUNDS);
        Outcome o = goOn(threads(), killed, "--min-runs", ROUNDS - 1, "--max-time", NO_TIME);
        assertEquals(0, o.exit(), o.err());
        assertEquals(List.of(1, 2, 3), threadsOf(killed, ROUNDS).stream().sorted().toList());
    }

    @Test
    void whatIsKnownTakesPartUntilAllIs() throws IOException {
        Path copy = copyOfWhole();
        List<Run> rows = ExperimentFolder.readRuns(copy);
        try (ExperimentFolder open = ExperimentFolder.open(copy)) {
            for (Run last : rows.subList(rows.size() - 3, rows.size())) {
                Run next = Rows.set(Rows.set(numbered(last, last.run() + 3), "iteration", ROUNDS + 1), "startedAt",
                        last.startedAt().plusSeconds(1));
                open.append(last.threads() == 2 ? failed(next) : next);
            }
        }
        Outcome o = goOn(threads(), copy, "--min-runs", ROUNDS + 1, "--max-time", NO_TIME);
        assertEquals(0, o.exit(), o.err());
        assertEquals(List.of(1, 2, 3), threadsOf(copy, ROUNDS + 2).stream().sorted().toList(),
                "only 2 threads lacked a run");
    }

    /** The pause before a run lies between its own start in the rows and the next one's, so load only adds to it. */
    @Test
    void aQuotaPeriodPassesBeforeEachRun() {
        List<Run> rows = ExperimentFolder.readRuns(whole).stream().filter(r -> r.iteration() <= 1).toList();
        assertEquals(6, rows.size());
        for (int i = 1; i < rows.size(); i++) {
            Run run = rows.get(i - 1);
            double idle = Duration.between(run.startedAt(), rows.get(i).startedAt()).toNanos() / 1e9
                    - run.wallSeconds();
            // the rows have milliseconds
            assertTrue(idle > 0.1 - 0.002, idle + " s beside " + run);
        }
    }

    @Test
    void theSameTextIsScoredForEachClipByItsOwnTranscript() throws IOException {
        Clips clips = Clips.open(Home.find());
        Path same = Files.copy(clips.prepare(clips.find("jfk")).wav(), folder.resolve("same.wav"));
        Files.writeString(folder.resolve("same.txt"), "Not a word of this is said.");
        DECODED.put(same, clips.prepare(clips.find(same.toString())).wav());
        Measuring both = threads(1);
        Outcome o = run(both, "--clip", "jfk", "--clip", same, "--isolation", "none", "--max-time", NO_TIME,
                "--results", folder.resolve("results"));
        assertEquals(0, o.exit(), o.err());
        PointSummary jfk = summary(both.experiment, "jfk");
        PointSummary other = summary(both.experiment, "same.wav");
        assertTrue(jfk.wordErrorRate() < 0.2, jfk.toString());
        assertTrue(other.wordErrorRate() > 0.8, other.toString());
    }

    @Test
    void timeThatEndsInWarmUpStillMeasuresOneRound() {
        Measuring three = threads(1, 2, 3);
        Outcome o = measure(three, FAST, "--max-time", NO_TIME);
        assertEquals(0, o.exit(), o.err());
        List<Run> rows = ExperimentFolder.readRuns(three.experiment);
        assertEquals(List.of(0, 0, 0, 1, 1, 1), rows.stream().map(Run::iteration).toList());
        assertEquals(Set.of(1, 2, 3), new HashSet<>(threadsOf(three.experiment, 1)));
        assertTrue(summaries(three.experiment).stream().allMatch(s -> s.runs() == 1
                && s.stopReason().equals("time used up")), summaries(three.experiment).toString());
    }

    @Test
    void aPointIsGivenUpAfterThreeFailuresAndTheOthersGoOn() throws IOException {
        Path lost = halfASecond(folder.resolve("lost.wav"));
        Measuring both = threads(1);
        Outcome first = measure(both, FAST, "--clip", lost, "--precision", "50%", "--max-time", NO_TIME);
        assertEquals(0, first.exit(), first.err());
        Measuring again = threads();
        again.beforeTheFirstRun = () -> assertTrue(DECODED.get(lost).toFile().delete());
        Outcome o = goOn(again, both.experiment, "--clip", lost, "--max-time", "10s");
        assertEquals(0, o.exit(), o.err());
        List<Run> rows = ExperimentFolder.readRuns(both.experiment);
        List<Run> failed = rows.stream().filter(r -> r.status() != RunStatus.OK).toList();
        assertEquals(List.of("lost.wav", "lost.wav", "lost.wav"), failed.stream().map(Run::clip).toList());
        PointSummary kept = summary(both.experiment, "mine.wav");
        PointSummary givenUp = summary(both.experiment, "lost.wav");
        assertTrue(kept.runs() >= 6, kept.toString());
        assertEquals(1, givenUp.runs());
        assertEquals(3, givenUp.failedRuns());
        assertEquals("given up after failures", givenUp.stopReason());
        assertEquals(Set.of("There is no audio file " + DECODED.get(lost).getFileName() + "; check the path"),
                failed.stream().map(Run::error).collect(Collectors.toSet()), "no folder of this machine");
    }

    @Test
    void anErrorNamesFilesWithoutTheirFolders() throws IOException {
        Path model = Files.createDirectory(folder.resolve("my models")).resolve("ggml-tiny.en-q5_1.bin");
        Files.copy(Home.find().checkout().resolve("models").resolve(model.getFileName()), model);
        Measuring command = threads(1);
        command.beforeTheFirstRun = () -> spoil(model);
        Outcome o = measure(command, "whisper-jni", "--model", model, "--max-time", "20s");
        assertEquals(1, o.exit(), o.err());
        Path made = only(folder.resolve("results"));
        assertEquals(Set.of("whisper-jni could not load the model ggml-tiny.en-q5_1.bin"), ExperimentFolder.readRuns(
                made).stream().map(Run::error).collect(Collectors.toSet()));
        assertEquals(Set.of("given up after failures"), summaries(made).stream().map(PointSummary::stopReason)
                .collect(Collectors.toSet()), "also without one good run");
    }

    private static void spoil(Path model) {
        try {
            Files.writeString(model, "no model");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one experiment under a results folder. */
    private static Path only(Path results) throws IOException {
        try (Stream<Path> files = Files.walk(results)) {
            return files.filter(f -> f.endsWith("runs.csv")).map(Path::getParent).findFirst().orElseThrow();
        }
    }

    @Test
    void theWarmUpPassTakesShortClipsFirst() throws IOException {
        Path shorter = noise(folder.resolve("shorter.wav"), 0.25);
        Measuring two = threads(1, 2);
        Outcome o = measure(two, FAST, "--clip", shorter, "--max-time", NO_TIME);
        assertEquals(0, o.exit(), o.err());
        assertEquals(List.of("mine.wav", "mine.wav", "shorter.wav", "shorter.wav"),
                two.plan.points().stream().map(Plan.Point::clip).toList());
        assertEquals(List.of("shorter.wav", "shorter.wav", "mine.wav", "mine.wav"),
                ExperimentFolder.readRuns(two.experiment).stream().filter(r -> r.iteration() == 0).map(Run::clip)
                        .toList());
    }

    /** What is busy on a machine is the instances and the others, and no more than its CPUs: on a loaded one too. */
    @Test
    void instancesAreNoOthersToOneAnother() {
        int cpus = Runtime.getRuntime().availableProcessors();
        Assumptions.assumeTrue(cpus >= 2 && cpus <= 8, "needs 2 to 8 CPUs");
        Measuring command = new Measuring(ALIAS, List.of(new Wish.Setting(1, 1, cpus, null)));
        Outcome o = measure(command, "synthetic:work=500ms", "--max-time", NO_TIME);
        assertEquals(0, o.exit(), o.err());
        List<Run> batch = ExperimentFolder.readRuns(command.experiment).stream().filter(Run::counts).toList();
        assertEquals(cpus, batch.size());
        double instances = batch.stream().mapToDouble(Run::busyCores).sum();
        for (Run run : batch) {
            assertTrue(run.otherBusyCores() + instances < cpus * 1.2, "others " + run.otherBusyCores()
                    + " beside instances " + instances);
        }
    }

    private static PointSummary summary(Path experiment, String clip) {
        return summaries(experiment).stream().filter(s -> s.clip().equals(clip)).findFirst().orElseThrow();
    }

    private static Run failed(Run run) {
        return Rows.set(Rows.set(run, "status", RunStatus.CRASHED), "error", "The worker died");
    }

    private static Run numbered(Run run, int number) {
        return Rows.set(run, "run", number);
    }

    @Test
    void whatWasGivenUpIsCalledSoThoughEveryFreshWorkersFirstRunWentWell() {
        Plan.Point point = JudgementTest.point(1, 1);
        List<Run> runs = JudgementTest.runs(point, 1, new double[] {1, 1, 1, 1, 1});
        List<Run> rows = new ArrayList<>(List.of(runs.get(0), runs.get(1), failed(runs.get(2))));
        for (Run run : runs.subList(3, 5)) {
            rows.add(Rows.set(Rows.set(numbered(run, run.run() + 50), "startSeconds", 1), "warmup", true));
            rows.add(failed(run));
        }
        assertEquals("given up after failures", stopReason(point, rows));
        assertEquals("time used up", stopReason(point, rows.subList(0, 5)), "two failures are not three");
    }

    @Test
    void instancesThatNeverAllEndedWellAreGivenUpToo() {
        Plan.Point pair = new Plan.Point("base-q5_1", "jfk", "docker", 1, 1, 2, null, null);
        List<Run> rows = new ArrayList<>();
        for (Run run : Rows.set(JudgementTest.runs(pair, 1, new double[] {1, 1, 1, 1, 1}), "instances", 2)) {
            Run other = numbered(run, run.run() + 50);
            rows.add(run.iteration() > 2 ? failed(run) : run);
            rows.add(other);
        }
        assertEquals("given up after failures", stopReason(pair, rows));
        assertEquals("time used up", stopReason(pair, rows.subList(0, 8)), "two failures are not three");
    }

    private static String stopReason(Plan.Point point, List<Run> rows) {
        return Rows.judge(JudgementTest.plan("docker", point), JudgementTest.MACHINE, rows).summaries().get(0)
                .stopReason();
    }

    @Test
    void aBatchInWhichOneInstanceFailsIsNoMeasurement() {
        Measuring command = aloneAndInPairs();
        // one worker is asked alone and as the first of the pair: warm-ups, alone, and this is its fourth request
        Outcome o = measure(command, FAST + ",crash=4", "--max-time", NO_TIME, "--seed", seedOfTwoInOrder());
        assertEquals(0, o.exit(), o.err());
        List<Run> rows = ExperimentFolder.readRuns(command.experiment);
        assertEquals(Set.of(RunStatus.OK, RunStatus.CRASHED), rows.stream()
                .filter(r -> r.instances() == 2 && r.iteration() == 1).map(Run::status).collect(Collectors.toSet()));
        PointSummary alone = summaries(command.experiment).get(0);
        PointSummary pair = summaries(command.experiment).get(1);
        assertEquals(1, alone.runs());
        assertEquals(2, pair.instances());
        assertEquals(0, pair.runs());
        assertEquals(1, pair.failedRuns());
        assertFalse(pair.measured() || pair.valid(), pair.toString());
    }

    @Test
    void runsOfWhichNoBatchIsWholeAreAMeasurementThatFailed() {
        // the third request ends the first worker alone, and the second one beside the fresh first one
        Outcome o = measure(aloneAndInPairs(), FAST + ",crash=3", "--max-time", NO_TIME, "--seed",
                seedOfTwoInOrder());
        assertEquals(1, o.exit(), o.err());
        assertTrue(o.err().contains("Nothing could be measured: crashed"), o.err());
    }

    @Test
    void ofModelsThatWouldFillTheMemoryTheOneUnusedForLongestIsEndedAndStartsAgain() throws IOException {
        Path lost = halfASecond(folder.resolve("lost.wav"));
        Path planned = planned(new Measuring(ALIAS, Stream.of("active", "passive", null)
                .map(policy -> new Wish.Setting(1, 1, 1, policy)).toList()), lost);
        edit(planned, json -> {
            // workers may take 60 % of the memory, and 600 MB beside the model: there is room for two
            long bytes = json.at("/environment/memoryBytes").asLong() / 4 - 600_000_000;
            Assumptions.assumeTrue(bytes > 0, "this machine has too little memory");
            ((ObjectNode) json.at("/plan/models/0")).put("bytes", bytes);
        });
        Measuring command = threads();
        // the engine is real, or it would have no model; with nothing to hear it answers at once, and stays
        command.beforeTheFirstRun = () -> assertTrue(DECODED.get(lost).toFile().delete());
        Outcome o = run(command, "--resume", planned, "--clip", lost, "--max-time", "20s");
        assertEquals(1, o.exit(), o.err());
        List<Run> rows = ExperimentFolder.readRuns(planned);
        assertEquals(List.of(0, 0, 0, 1, 1, 1, 2, 2, 2), rows.stream().map(Run::iteration).toList());
        List<Boolean> started = rows.stream().map(r -> r.startSeconds() != null).toList();
        assertEquals(IntStream.range(0, 9).mapToObj(i -> twoOthersSince(rows, i)).toList(), started);
        assertTrue(started.subList(3, 9).containsAll(List.of(true, false)), rows.toString());
        assertTrue(rows.stream().allMatch(r -> r.startSeconds() == null || r.warmup()), rows.toString());
    }

    /** True too if it never ran before. */
    private static boolean twoOthersSince(List<Run> rows, int row) {
        Set<String> others = new HashSet<>();
        for (int i = row - 1; i >= 0; i--) {
            if (String.valueOf(rows.get(i).waitPolicy()).equals(String.valueOf(rows.get(row).waitPolicy()))) {
                return others.size() >= 2;
            }
            others.add(String.valueOf(rows.get(i).waitPolicy()));
        }
        return true;
    }

    private static Map<String, String> content(Path experiment) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(experiment)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                content.put(experiment.relativize(file).toString(), Files.readString(file));
            }
        }
        return content;
    }

    /** Exit code 2, one line, and a folder in which nothing has changed. */
    private static void assertRefused(Measuring command, Path experiment, Object[] more, String... fragments)
            throws IOException {
        Map<String, String> before = content(experiment);
        Outcome o = goOn(command, experiment, more);
        assertEquals(2, o.exit(), o.err());
        assertEquals(1, o.err().lines().count(), o.err());
        for (String fragment : fragments) {
            assertTrue(o.err().contains(fragment), "no \"" + fragment + "\" in " + o.err());
        }
        assertEquals(before, content(experiment));
    }

    private static Object[] nothing() {
        return new Object[0];
    }

    @Test
    void anotherModelFileUnderTheSameNameIsRefused() throws IOException {
        Path planned = planned(threads(1), clip);
        String name = "ggml-tiny.en-q5_1.bin";
        byte[] model = Files.readAllBytes(Home.find().checkout().resolve("models").resolve(name));
        model[model.length - 1] ^= 1;
        Path other = Files.write(folder.resolve(name), model);
        assertRefused(threads(), planned, new Object[] {"--model", other}, "The model tiny.en-q5_1 here is not the one",
                planned.toString(), "SHA-256", "--model");
    }

    @Test
    void anotherClipUnderTheSameNameIsRefused() throws IOException {
        Path other = halfASecond(folder.resolve(clip.getFileName()));
        Path copy = copyOfWhole();
        Map<String, String> before = content(copy);
        Outcome o = run(threads(), "--resume", copy, "--clip", other);
        assertEquals(2, o.exit(), o.err());
        assertEquals("The clip mine.wav here is not the one of " + copy + " (its SHA-256 differs); give the right file"
                + " with --clip", o.err().strip());
        assertEquals(before, content(copy));
    }

    @Test
    void anotherMachineIsRefused() throws IOException {
        Path copy = copyOfWhole();
        edit(copy, json -> ((ObjectNode) json.get("environment")).put("hostName", "elsewhere"));
        assertRefused(threads(), copy, nothing(), "was measured on elsewhere", EnvironmentProbe.read().hostName(),
                "start a new experiment here");
    }

    @Test
    void anExperimentOfAnotherCommandIsRefused() throws IOException {
        assertRefused(new Measuring("tune-threads", List.of()), copyOfWhole(), nothing(),
                "is an experiment of profile-cpu, not of tune-threads", "./jbang profile-cpu --resume");
    }

    @Test
    void aPlanOfTheFirstFormatIsRefusedForItsVersionAndNotForWhatItLacks() throws IOException {
        Path copy = copyOfWhole();
        edit(copy, json -> {
            json.put("schemaVersion", 1);
            ObjectNode plan = (ObjectNode) json.get("plan");
            plan.set("clip", plan.at("/clips/0"));
            plan.remove(List.of("question", "models", "clips", "limits", "soak", "refused"));
        });
        assertRefused(threads(), copy, nothing(), "schemaVersion 1", "reads 2", "measure again");
    }
}
