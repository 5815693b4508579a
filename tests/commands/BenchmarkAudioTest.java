package tests.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lib.cli.UserError;
import lib.host.CpuLimits;
import lib.results.Experiment;
import lib.results.ExperimentFolder;
import lib.results.Plan;
import lib.results.PointSummary;
import lib.results.Run;
import lib.results.SoakSample;
import lib.results.Verdict;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkAudioTest {
    private static final String FAST = "synthetic:work=10ms";

    @TempDir
    Path folder;
    private Path mine;
    private Shell shell;

    @BeforeEach
    void inAFolderOfItsOwn() throws IOException {
        shell = new Shell(folder);
        mine = Files.createDirectory(folder.resolve("mine"));
    }

    private Shell.Outcome benchmark(String... arguments) {
        return shell.run(Stream.concat(Stream.of("benchmark-audio"), Stream.of(arguments)).toArray(String[]::new));
    }

    private Experiment experiment() {
        return ExperimentFolder.readExperiment(shell.onlyExperiment());
    }

    private List<Run> rows() {
        return ExperimentFolder.readRuns(shell.onlyExperiment());
    }

    private String page() throws IOException {
        return Files.readString(shell.onlyExperiment().resolve("README.md"));
    }

    private static List<String> points(Shell.Outcome o) {
        assertEquals(0, o.exit(), o.toString());
        return o.out().lines().filter(l -> l.startsWith("point")).map(l -> l.substring("point".length()).strip())
                .toList();
    }

    private void speech(String name, String as, String transcript) throws IOException {
        Files.copy(Shell.CHECKOUT.resolve("audio/speech").resolve(name), mine.resolve(as));
        if (transcript != null) {
            Files.writeString(mine.resolve(as.replaceAll("\\.[a-z]+$", ".txt")), transcript);
        }
    }

    private void halfASecond(String name) throws IOException {
        byte[] wav = new byte[44 + 16_000];
        ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN).put("RIFF".getBytes()).putInt(36 + 16_000)
                .put("WAVEfmt ".getBytes()).putInt(16).putShort((short) 1).putShort((short) 1).putInt(16_000)
                .putInt(32_000).putShort((short) 2).putShort((short) 16).put("data".getBytes()).putInt(16_000);
        // its own bytes, or the clips would be one
        Arrays.fill(wav, 44, wav.length, (byte) name.hashCode());
        Files.write(mine.resolve(name), wav);
    }

    @Test
    void onlyClipsUpToThreeMegabytesAreMeasuredUnlessAskedOtherwise() {
        Shell.Outcome o = benchmark("--engine", FAST, "--dry-run");
        assertEquals(List.of("lj-8s", "jfk", "mixed-22s", "mixed-45s", "mixed-90s"), points(o));
    }

    @Test
    void allNineClipsAreListedAndThoseThatAreTooLongSkippedWithTheReasonUntilTheBoundIsRaised() {
        List<String> bounded = points(benchmark("--all-audio", "--engine", FAST, "--max-duration", "400", "--dry-run"));
        assertEquals(9, bounded.size(), bounded.toString());
        assertEquals(List.of("mixed-460s, skipped: its 460 s are more than --max-duration 400",
                "mixed-816s, skipped: its 816 s are more than --max-duration 400"),
                bounded.stream().filter(p -> p.contains("skipped")).toList());
        List<String> raised = points(benchmark("--all-audio", "--engine", FAST, "--max-duration", "900", "--dry-run"));
        assertEquals(9, raised.size());
        assertFalse(raised.toString().contains("skipped"), raised.toString());
    }

    @Test
    void aSoakThatIsTooShortToTellAnythingIsRefused() {
        Shell.Outcome o = benchmark("--engine", FAST, "--soak", "3");
        assertEquals(2, o.exit(), o.toString());
        assertTrue(o.err().contains("--soak 3 is too few") && o.err().contains("at least"), o.err());
        assertEquals(List.of(), shell.experiments());
    }

    @Test
    void ofTwentyClipsThreeBrokenOnesAreListedAndTheRestIsMeasuredAndSoaked() throws IOException {
        for (int i = 1; i <= 16; i++) {
            halfASecond("clip-" + i + ".wav");
        }
        // a name that one of this repository's clips has too
        halfASecond("jfk.wav");
        Files.createFile(mine.resolve("empty.mp3"));
        Files.writeString(mine.resolve("text.wav"), "This is text.");
        byte[] flac = Files.readAllBytes(Shell.CHECKOUT.resolve("audio/speech/jfk.flac"));
        Files.write(mine.resolve("cut.flac"), Arrays.copyOf(flac, flac.length / 2));
        Shell.Outcome o = benchmark("--clips", mine + "/", "--engine", FAST, "--cores", "1", "--isolation", "none",
                "--max-time", "1s", "--soak", "100", "--models=my/a.bin,b,my/c.bin");

        assertEquals(1, o.exit(), "not all could be measured: " + o);
        assertEquals(17, experiment().summaries().size());
        assertTrue(experiment().summaries().stream().allMatch(s -> s.runs() >= 1), o.toString());
        assertEquals(0.5, rows().stream().filter(r -> r.clip().equals("jfk.wav")).findFirst().orElseThrow()
                .audioSeconds());
        for (String broken : List.of("empty.mp3 is empty", "text.wav is not audio", "cut.flac")) {
            assertTrue(o.out().contains(broken), broken + " in " + o.out());
            assertTrue(page().contains(broken), broken + " in " + page());
        }
        assertFalse(Files.readString(shell.onlyExperiment().resolve("experiment.json")).contains(folder.toString()),
                "results are shared; where the clips lay is not");
        assertTrue(experiment().commandLine().containsAll(List.of("mine", "--models=a.bin,b,c.bin")),
                experiment().commandLine().toString());
        String picture = Files.readString(shell.onlyExperiment().resolve("latency.svg"));
        assertTrue(picture.contains("synthetic") && !picture.contains("not measured"), picture);

        List<SoakSample> soak = ExperimentFolder.readSoak(shell.onlyExperiment());
        assertEquals(IntStream.rangeClosed(1, 100).boxed().toList(), soak.stream().map(SoakSample::repetition)
                .toList());
        assertTrue(soak.stream().allMatch(s -> s.rssBytes() > 0 && s.heapBytes() > 0), soak.toString());
        Verdict.Soak verdict = experiment().verdict().soak().get(0);
        assertEquals(100, verdict.samples());
        assertNull(verdict.error());
        assertTrue(verdict.code().matches("slow growth|no leak shown|undecided"), "it keeps nothing: " + o.out());
        assertTrue(o.out().contains("50 of 100 repetitions judged"), o.out());
    }

    @Test
    void aSoakWhoseWorkerDiesIsSaidWithItsReason() throws IOException {
        halfASecond("a.wav");
        Shell.Outcome o = benchmark("--clips", mine.toString(), "--engine", FAST + ",oom=30", "--cores", "1",
                "--isolation", "none", "--max-time", "1s", "--precision", "50%", "--soak", "100");
        assertEquals(0, o.exit(), o.toString());
        Verdict.Soak verdict = experiment().verdict().soak().get(0);
        assertEquals(29, verdict.samples());
        assertEquals("undecided", verdict.code());
        assertTrue(verdict.error().matches("ended after 29 of 100 repetitions: crashed, .*out of memory.*"),
                verdict.error());
        assertTrue(o.out().contains(verdict.error()) && page().contains(verdict.error()), o.out());
    }

    @Test
    void realSpeechIsScoredAndAModelWithoutWeightsOnlyTimed() throws IOException {
        speech("lj001-0002.flac", "short.flac", "in being comparatively modern.");
        speech("jfk.flac", "long.flac",
                "And so my fellow Americans, ask not what your country can do for you, ask what "
                        + "you can do for your nation.");
        speech("lj001-0006.flac", "unknown.flac", null);
        Shell.Outcome o = benchmark("--clips", mine.toString(), "--models", "tiny.en-q5_1", "--weightless", "tiny",
                "--precision", "50%", "--isolation", "none", "--max-time", "1s");
        assertEquals(0, o.exit(), o.toString());
        List<PointSummary> real = of("tiny.en-q5_1");
        List<PointSummary> hollow = of("tiny-weightless");
        assertEquals(3, real.size());
        assertEquals(3, hollow.size());
        PointSummary jfk = real.stream().filter(s -> s.clip().equals("long.flac")).findFirst().orElseThrow();
        // one of the 22 words of the transcript beside it is not what was said
        assertEquals(1.0 / 22, jfk.wordErrorRate(), 1e-9);
        assertTrue(jfk.characterErrorRate() > 0 && jfk.characterErrorRate() < jfk.wordErrorRate() * 2, jfk.toString());
        assertNull(real.stream().filter(s -> s.clip().equals("unknown.flac")).findFirst().orElseThrow()
                .wordErrorRate());
        assertTrue(real.stream().allMatch(s -> s.tokens() > 5 && s.heapBytes() > 0
                && s.heapBytes() < s.peakRssBytes()), real.toString());
        assertEquals(1, real.stream().filter(s -> s.coldStartSeconds() != null).count(), "one worker, one cold start");
        assertTrue(hollow.stream().allMatch(s -> s.wordErrorRate() == null && s.characterErrorRate() == null));
        assertTrue(experiment().warnings().stream().noneMatch(w -> List.of("no-text", "word-errors", "text-differs")
                .contains(w.code())), o.out());
        assertTrue(o.out().contains(Plan.ModelRef.NO_WEIGHTS), o.out());
        for (String column : List.of("WER", "CER", "peak memory", "Java heap", "cold start s", "s/window")) {
            assertTrue(o.out().contains(column) && page().contains(column), column);
        }
        for (PointSummary s : real) {
            assertEquals(rows().stream().filter(r -> r.clip().equals(s.clip()) && s.model().equals(r.model())
                    && r.iteration() == 0).findFirst().orElseThrow().peakRssBytes(), s.firstPeakRssBytes(),
                    "the memory of a clip is that of the first pass");
        }
    }

    private List<PointSummary> of(String model) {
        return experiment().summaries().stream().filter(s -> model.equals(s.model())).toList();
    }

    @Test
    void theCpuProfileGivesASpeedUpForEachClipAndTheSetIsASumOverASum() throws IOException {
        Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() >= 2, "needs 2 CPUs");
        try {
            CpuLimits.choose("affinity", null);
        } catch (UserError e) {
            Assumptions.abort(e.getMessage());
        }
        speech("lj001-0002.flac", "a.flac", null);
        speech("lj001-0006.flac", "b.flac", null);
        Shell.Outcome o = benchmark("--clips", mine.toString(), "--engine", "synthetic:work=80ms", "--cpu-profile",
                "--cores", "2", "--isolation", "affinity", "--precision", "50%", "--max-time", "20s");
        assertEquals(0, o.exit(), o.toString());
        List<PointSummary> two = experiment().summaries().stream().filter(s -> s.coresLimit() == 2).toList();
        assertEquals(2, two.size());
        for (PointSummary s : two) {
            double[] ones = seconds(s.clip(), 1);
            double[] twos = seconds(s.clip(), 2);
            assertEquals(median(ones) / median(twos), s.speedup().value(), 1e-6);
        }
        assertTrue(o.out().contains("speed-up"), o.out());
        Assumptions.assumeFalse(experiment().verdict().audio().isEmpty(),
                "too much else ran for a verdict, grade " + experiment().grade());
        Verdict.Audio set = experiment().verdict().audio().stream().filter(a -> a.cores() == 2).findFirst()
                .orElseThrow();
        Assumptions.assumeTrue(set.clips() == 2, "too much else ran for both clips");
        double wall = median(seconds("a.flac", 2)) + median(seconds("b.flac", 2));
        double audio = rows().stream().filter(r -> r.iteration() == 1 && r.coresLimit() == 2)
                .mapToDouble(Run::audioSeconds).sum();
        assertEquals(wall / audio, set.rtf().value(), 1e-6);
        assertTrue(o.out().contains(String.format(Locale.ROOT, "RTF %.3f", wall / audio)), o.out());
    }

    private double[] seconds(String clip, double cores) {
        return rows().stream().filter(r -> r.counts() && r.clip().equals(clip) && r.coresLimit() == cores)
                .mapToDouble(Run::wallSeconds).sorted().toArray();
    }

    private static double median(double[] sorted) {
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    @Test
    void goingOnWithClipsOfYourOwnAsksForTheirFolderByTheOptionThatThereIs() throws IOException {
        halfASecond("a.wav");
        Shell.Outcome first = benchmark("--clips", mine.toString(), "--engine", FAST, "--isolation", "none", "--cores",
                "1", "--max-time", "1s");
        assertEquals(0, first.exit(), first.toString());
        String experiment = shell.onlyExperiment().toString();
        Shell.Outcome without = benchmark("--resume", experiment);
        assertEquals(2, without.exit(), without.toString());
        assertTrue(without.err().contains("a.wav") && without.err().contains("--clips"), without.err());
        int before = rows().size();
        Shell.Outcome with = benchmark("--resume", experiment, "--clips", mine.toString(), "--max-time", "1s");
        assertEquals(0, with.exit(), with.toString());
        assertTrue(rows().size() > before, with.toString());
        assertNotNull(experiment().finishedAt());
    }
}
