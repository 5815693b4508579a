package tests.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import lib.cli.UserError;
import lib.engine.Decoding;
import lib.engine.EngineFailure;
import lib.engine.EngineSpec;
import lib.engine.ModelFile;
import lib.engine.Worker;
import lib.engine.WorkerAnswer;
import lib.engine.WorkerClient;
import lib.engine.WorkerReply;
import lib.engine.WorkerRequest;
import lib.host.CpuLimit;
import lib.host.CpuLimits;
import lib.host.PeakMemory;
import lib.results.Json;
import lib.results.RunStatus;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.harness.QuietMachine;

class WorkerTest {
    private static final String JFK = "And so my fellow Americans ask not what your country can do for you, ask what "
            + "you can do for your country.";
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Decoding ONE_THREAD = new Decoding(1, "en");
    private static final Decoding TWO_THREADS = new Decoding(2, "en");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"models/ggml-base-q5_1.bin", "models/ggml-tiny.en-q5_1.bin"})
    void kennedyIsTranscribedWordForWord(String model) throws EngineFailure {
        try (WorkerClient worker = Fixtures.worker("whisper-jni", ModelFile.check(Path.of(model)))) {
            assertEquals("whisper-jni", worker.hello().engine());
            assertEquals("1.7.1", worker.hello().version());
            assertTrue(worker.hello().loadSeconds() < worker.startSeconds(), worker.hello().toString());
            WorkerReply reply = ok(worker.transcribe(Fixtures.jfk(), TWO_THREADS, TIMEOUT));
            assertEquals(words(JFK), words(reply.text()));
            assertTrue(reply.wallSeconds() > 0.1, reply.toString());
        }
    }

    @Test
    void readingTheClipIsNotInItsSeconds() throws EngineFailure, IOException {
        Path clip = silentHour();
        try (WorkerClient worker = Fixtures.worker("synthetic:work=1ms", null)) {
            long start = System.nanoTime();
            WorkerReply reply = ok(worker.transcribe(clip, ONE_THREAD, TIMEOUT));
            double requestSeconds = (System.nanoTime() - start) / 1e9;
            assertTrue(reply.wallSeconds() < requestSeconds / 2, reply.wallSeconds() + " s of " + requestSeconds);
        }
    }

    @Test
    void theMemoryOfAShortClipIsNotThatOfALongOneBeforeIt() throws EngineFailure, IOException {
        assumeTrue(PeakMemory.reset(), "this machine keeps the peak of a process's whole life");
        Path clip = silentHour();
        try (WorkerClient worker = Fixtures.worker("synthetic:work=1ms", null)) {
            long ofLong = ok(worker.transcribe(clip, ONE_THREAD, TIMEOUT)).peakRssBytes();
            long ofShort = ofLong;
            // the heap is given back in steps, the last of them with the fourth collection
            for (int i = 0; i < 5; i++) {
                ofShort = ok(worker.transcribe(Fixtures.jfk(), ONE_THREAD, TIMEOUT)).peakRssBytes();
            }
            assertTrue(ofShort < ofLong / 2, ofShort + " bytes after " + ofLong);
        }
    }

    @Test
    void audioShorterThanASecondIsPaddedAndANameNeedNotBeAscii() throws EngineFailure, IOException {
        byte[] speech = Files.readAllBytes(Fixtures.jfk());
        Path clip = folder.resolve("câu ngắn.wav");
        Files.write(clip, wav(speech, 0.9));
        try (WorkerClient worker = Fixtures.worker("whisper-jni", ModelFile.check(Fixtures.TINY_ENGLISH))) {
            // "And so", the first words, end before 0.9 s; whisper.cpp alone hears nothing in so short a clip.
            String text = ok(worker.transcribe(clip, ONE_THREAD, TIMEOUT)).text();
            assertTrue(words(text).contains("and so"), text);
        }
    }

    @Test
    void aClipThatCannotBeReadFailsAndTheWorkerLivesOn() throws EngineFailure {
        try (WorkerClient worker = Fixtures.worker("synthetic:work=1ms", null)) {
            WorkerAnswer answer = worker.transcribe(folder.resolve("none.wav"), ONE_THREAD, TIMEOUT);
            assertEquals(RunStatus.FAILED, answer.status());
            assertTrue(answer.error().contains("none.wav"), answer.error());
            assertNull(answer.reply());
            assertTrue(worker.isAlive());
            ok(worker.transcribe(Fixtures.jfk(), ONE_THREAD, TIMEOUT));
        }
    }

    @Test
    void aNativeCrashIsRecordedWithItsSignalAndPlace() throws EngineFailure {
        WorkerAnswer answer = secondAnswer("crash=2", TIMEOUT);
        assertEquals(RunStatus.CRASHED, answer.status());
        assertEquals("killed by signal 11 (SIGSEGV, a native crash)", answer.exit());
        assertTrue(answer.error().contains("Unsafe_PutLong"), answer.error());
    }

    @Test
    void wordsOnStdoutBeforeACrashDontHideIt() throws EngineFailure {
        WorkerAnswer answer = secondAnswer("garbage=2,crash=2", TIMEOUT);
        assertEquals(RunStatus.CRASHED, answer.status(), answer.error());
        assertTrue(answer.exit().contains("SIGSEGV"), answer.exit());
    }

    @Test
    void anExhaustedHeapIsRecordedAsOutOfMemory() throws EngineFailure {
        WorkerAnswer answer = secondAnswer("oom=2", TIMEOUT);
        assertEquals(RunStatus.CRASHED, answer.status());
        assertEquals("out of memory (Java heap)", answer.exit());
    }

    @Test
    void aHangIsEndedWhenItsTimeIsOver() throws EngineFailure {
        long start = System.nanoTime();
        WorkerAnswer answer = secondAnswer("hang=2", Duration.ofMillis(1500));
        assertEquals(RunStatus.TIMEOUT, answer.status());
        assertTrue(answer.error().contains("No answer within 1.5 s"), answer.error());
        assertTrue(System.nanoTime() - start < 30e9);
    }

    @Test
    void garbageInsteadOfAnAnswerIsRecordedAndShown() throws EngineFailure {
        WorkerAnswer answer = secondAnswer("garbage=2", TIMEOUT);
        assertEquals(RunStatus.FAILED, answer.status());
        assertTrue(answer.error().contains("no answer: \"whisper_print_timings"), answer.error());
    }

    @Test
    void aWorkerKilledFromOutsideIsRecordedWithItsSignal() throws EngineFailure {
        try (WorkerClient worker = Fixtures.worker("synthetic:work=1ms", null)) {
            ProcessHandle.of(worker.hello().pid()).orElseThrow().destroyForcibly();
            WorkerAnswer answer = worker.transcribe(Fixtures.jfk(), ONE_THREAD, TIMEOUT);
            assertEquals(RunStatus.CRASHED, answer.status());
            assertEquals("killed by signal 9 (SIGKILL)", answer.exit());
            assertFalse(worker.isAlive());
            assertEquals(RunStatus.FAILED, worker.transcribe(Fixtures.jfk(), ONE_THREAD, TIMEOUT).status());
        }
    }

    @Test
    void aModelThatWhisperRefusesIsAFailedStart() throws IOException {
        Path file = folder.resolve("changed-after-the-check.bin");
        Files.copy(Fixtures.TINY_ENGLISH, file);
        ModelFile model = ModelFile.check(file);
        Files.write(file, "no model".getBytes(StandardCharsets.US_ASCII));
        EngineFailure failure = assertThrows(EngineFailure.class, () -> Fixtures.worker("whisper-jni", model).close());
        assertEquals(RunStatus.FAILED, failure.status());
        assertTrue(failure.getMessage().contains("could not load the model"), failure.getMessage());
    }

    @Test
    void aStartThatTakesTooLongIsATimeout() {
        EngineFailure failure = assertThrows(EngineFailure.class, () -> WorkerClient.start(
                CpuLimits.choose("none", null).limit(), 1, EngineSpec.parse("synthetic"), null, List.of(), Map.of(),
                Duration.ofMillis(1)).close());
        assertEquals(RunStatus.TIMEOUT, failure.status());
    }

    @Test
    void closingItsStdinEndsTheWorkerInTheMiddleOfATranscription() throws IOException, InterruptedException {
        Process worker = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Worker.class.getName(), "synthetic:work=600s")
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            assertTrue(worker.inputReader(StandardCharsets.UTF_8).readLine().contains("\"ready\":true"));
            BufferedWriter stdin = worker.outputWriter(StandardCharsets.UTF_8);
            stdin.write(Json.MAPPER.writeValueAsString(new WorkerRequest(1, Fixtures.jfk().toString(), 2, "en")));
            stdin.newLine();
            stdin.flush();
            assertFalse(worker.waitFor(1, TimeUnit.SECONDS));
            stdin.close();
            assertTrue(worker.waitFor(5, TimeUnit.SECONDS));
        } finally {
            worker.destroyForcibly();
        }
    }

    @Test
    void whatTheEngineIsTunedByReachesItsEnvironment() throws EngineFailure, IOException {
        CpuLimit none = CpuLimits.choose("none", null).limit();
        try (WorkerClient worker = WorkerClient.start(none, 1, EngineSpec.parse("synthetic:work=1ms"), null, List.of(),
                Map.of("OMP_WAIT_POLICY", "passive"), TIMEOUT)) {
            Path environment = Path.of("/proc", worker.hello().pid().toString(), "environ");
            assumeTrue(Files.exists(environment), "no /proc on this machine");
            assertTrue(List.of(Files.readString(environment).split("\0")).contains("OMP_WAIT_POLICY=passive"));
        }
    }

    @Test
    @Tag("docker")
    void insideAContainerTheWorkerHasTheLimitAndReadsTheClip() throws EngineFailure, IOException {
        CpuLimit docker = docker();
        Path clip = Files.copy(Fixtures.jfk(), folder.resolve("bài diễn văn.wav"));
        ModelFile model = ModelFile.check(Fixtures.TINY_ENGLISH);
        try (WorkerClient worker = WorkerClient.start(docker, 1, EngineSpec.parse("whisper-jni"), model, List.of(clip),
                Map.of(), TIMEOUT)) {
            assertEquals(1, worker.hello().limit().quotaCores());
            WorkerReply reply = ok(worker.transcribe(clip, ONE_THREAD, TIMEOUT));
            assertEquals(words(JFK), words(reply.text()));
            assertEquals(1, reply.coresInForce());
            assertTrue(reply.periods() > 0, reply.toString());
        }
    }

    @Test
    @Tag("docker")
    void aContainerThatSomebodyRemovesIsACrashWithoutASignal() throws Exception {
        try (WorkerClient worker = WorkerClient.start(docker(), 1, EngineSpec.parse("synthetic:work=1ms"), null,
                List.of(Fixtures.jfk()), Map.of(), TIMEOUT)) {
            ok(worker.transcribe(Fixtures.jfk(), ONE_THREAD, TIMEOUT));
            String mine = "-" + ProcessHandle.current().pid() + "-";
            Process containers = new ProcessBuilder("sh", "-c",
                    "docker ps --format '{{.ID}} {{.Label \"perf.worker\"}}'"
                            + " | grep -e " + mine + " | cut -d' ' -f1 | xargs docker rm -f").start();
            assertEquals(0, containers.waitFor());
            WorkerAnswer answer = worker.transcribe(Fixtures.jfk(), ONE_THREAD, TIMEOUT);
            assertEquals(RunStatus.CRASHED, answer.status());
            assertTrue(answer.error().startsWith("The worker died: "), answer.error());
        }
    }

    @Test
    @Tag("docker")
    void aCrashInsideAContainerIsRecordedAsOutside() throws EngineFailure {
        try (WorkerClient worker = WorkerClient.start(docker(), 1, EngineSpec.parse("synthetic:work=1ms,crash=1"), null,
                List.of(Fixtures.jfk()), Map.of(), TIMEOUT)) {
            WorkerAnswer answer = worker.transcribe(Fixtures.jfk(), ONE_THREAD, TIMEOUT);
            assertEquals(RunStatus.CRASHED, answer.status());
            assertEquals("killed by signal 11 (SIGSEGV, a native crash)", answer.exit());
        }
    }

    @Test
    void theThreadCountReachesTheEngine() throws EngineFailure {
        try (WorkerClient worker = Fixtures.worker("whisper-jni", ModelFile.check(Fixtures.TINY_ENGLISH))) {
            assertEquals(1, ok(worker.transcribe(Fixtures.jfk(), ONE_THREAD, TIMEOUT)).workingThreads());
            assertEquals(2, ok(worker.transcribe(Fixtures.jfk(), TWO_THREADS, TIMEOUT)).workingThreads());
        }
    }

    @Test
    @Tag("noisy")
    void twoThreadsKeepTwoFreeCoresBusy() throws EngineFailure {
        try (WorkerClient worker = Fixtures.worker("whisper-jni", ModelFile.check(Fixtures.TINY_ENGLISH))) {
            WorkerReply one = ok(worker.transcribe(Fixtures.jfk(), ONE_THREAD, TIMEOUT));
            WorkerReply two = ok(worker.transcribe(Fixtures.jfk(), TWO_THREADS, TIMEOUT));
            QuietMachine.assume(Math.max(one.otherBusyCores(), two.otherBusyCores()));
            assertEquals(1, one.cpuSeconds() / one.wallSeconds(), 0.15);
            assertEquals(2, two.cpuSeconds() / two.wallSeconds(), 0.3);
        }
    }

    @Test
    void aThreadSettingThatNeverArrivesShowsAsOneWorkingThread() throws EngineFailure {
        try (WorkerClient worker = Fixtures.worker("synthetic:work=300ms,ignore-threads=true", null)) {
            WorkerReply reply = ok(worker.transcribe(Fixtures.jfk(), TWO_THREADS, TIMEOUT));
            assertEquals(1, reply.workingThreads());
        }
        try (WorkerClient worker = Fixtures.worker("synthetic:work=300ms", null)) {
            assertEquals(2, ok(worker.transcribe(Fixtures.jfk(), TWO_THREADS, TIMEOUT)).workingThreads());
        }
    }

    private static CpuLimit docker() {
        try {
            return CpuLimits.choose("docker", null).limit();
        } catch (UserError e) {
            return abort(e.getMessage());
        }
    }

    private static WorkerAnswer secondAnswer(String fault, Duration timeout) throws EngineFailure {
        try (WorkerClient worker = Fixtures.worker("synthetic:work=1ms," + fault, null)) {
            ok(worker.transcribe(Fixtures.jfk(), ONE_THREAD, TIMEOUT));
            WorkerAnswer answer = worker.transcribe(Fixtures.jfk(), ONE_THREAD, timeout);
            assertFalse(worker.isAlive());
            assertNull(answer.reply());
            return answer;
        }
    }

    private static WorkerReply ok(WorkerAnswer answer) {
        assertEquals(RunStatus.OK, answer.status(), answer.error());
        assertNull(answer.error());
        return answer.reply();
    }

    private static String words(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z ]", "");
    }

    /** 115 MB to read, which take no room on a disk that keeps holes. */
    private Path silentHour() throws IOException {
        int dataBytes = 2 * 16_000 * 3600;
        byte[] header = Arrays.copyOf(Files.readAllBytes(Fixtures.jfk()), 44);
        ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putInt(4, 36 + dataBytes).putInt(40, dataBytes);
        Path clip = folder.resolve("hour.wav");
        try (RandomAccessFile file = new RandomAccessFile(clip.toFile(), "rw")) {
            file.write(header);
            file.setLength(44L + dataBytes);
        }
        return clip;
    }

    /** The first seconds of a WAV file that has the usual header of 44 bytes. */
    private static byte[] wav(byte[] whole, double seconds) {
        int dataBytes = 2 * (int) (seconds * 16_000);
        ByteBuffer cut = ByteBuffer.allocate(44 + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        cut.put(whole, 0, 44 + dataBytes);
        return cut.putInt(4, 36 + dataBytes).putInt(40, dataBytes).array();
    }
}
