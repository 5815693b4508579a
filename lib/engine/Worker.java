package lib.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import lib.audio.Wav16k;
import lib.cli.UserError;
import lib.host.CounterDelta;
import lib.host.Counters;
import lib.host.JavaHeap;
import lib.host.LimitInForce;
import lib.host.PeakMemory;
import lib.results.EngineIdentity;
import lib.results.Json;

/**
 * The process in which the engine runs, so that its crashes end nothing else. Speaks JSON, one line a message: a
 * {@link WorkerHello} first, then a {@link WorkerReply} to every {@link WorkerRequest}.
 *
 * <p>Arguments: the engine's spec and, for engines that need one, the model's path.
 */
public final class Worker {
    private static final PrintStream PROTOCOL = new PrintStream(new FileOutputStream(FileDescriptor.out), true,
            StandardCharsets.UTF_8);

    private Worker() {
    }

    public static void main(String... arguments) throws InterruptedException {
        // Whatever a library prints must not be taken for an answer.
        System.setOut(System.err);
        BlockingQueue<String> requests = readRequests();
        long start = System.nanoTime();
        try (Transcriber transcriber = open(arguments)) {
            double loadSeconds = (System.nanoTime() - start) / 1e9;
            EngineIdentity engine = transcriber.identity();
            say(new WorkerHello(true, ProcessHandle.current().pid(), engine.name(), engine.version(),
                    engine.systemInfo(), engine.library(), loadSeconds, LimitInForce.read(), null));
            while (true) {
                say(answer(transcriber, requests.take()));
            }
        } catch (EngineFailure | RuntimeException e) {
            say(new WorkerHello(false, null, null, null, null, null, null, null, sentence(e)));
        }
    }

    private static Transcriber open(String... arguments) throws EngineFailure {
        EngineSpec spec = EngineSpec.parse(arguments[0]);
        if (spec instanceof EngineSpec.Synthetic synthetic) {
            return new SyntheticTranscriber(synthetic);
        }
        if (spec instanceof EngineSpec.WhisperJni) {
            return new WhisperJniTranscriber(Path.of(arguments[1]));
        }
        throw new IllegalArgumentException("the worker can't open engine " + spec.name());
    }

    /**
     * Reads stdin on a thread of its own and ends the process when it closes, even in the middle of a transcription:
     * native code cannot be cancelled, and a lab that was killed must not leave its workers burning CPU.
     */
    private static BlockingQueue<String> readRequests() {
        BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    requests.add(line);
                }
            } catch (IOException e) {
                System.err.println("stdin: " + e.getMessage());
            } finally {
                Runtime.getRuntime().halt(0);
            }
        }, "stdin");
        reader.setDaemon(true);
        reader.start();
        return requests;
    }

    private static WorkerReply answer(Transcriber transcriber, String line) {
        long id = -1;
        try {
            WorkerRequest request = Json.MAPPER.readValue(line, WorkerRequest.class);
            id = request.id();
            return transcribe(transcriber, request);
        } catch (EngineFailure | IOException | RuntimeException e) {
            return WorkerReply.failed(id, sentence(e));
        }
    }

    private static WorkerReply transcribe(Transcriber transcriber, WorkerRequest request)
            throws EngineFailure, IOException {
        Decoding decoding = new Decoding(request.threads(), request.language());
        float[] samples = Wav16k.read(Path.of(request.clip()));
        // Else the peak would be that of the longest clip so far, and a collection might fall into the measured time.
        System.gc();
        PeakMemory.reset();
        JavaHeap.reset();
        Counters before = Counters.now();
        long start = System.nanoTime();
        Transcript transcript = transcriber.transcribe(samples, decoding);
        long end = System.nanoTime();
        Counters after = Counters.now();
        Double cores = LimitInForce.read().cores();
        CounterDelta used = CounterDelta.between(before, after, decoding.threads(), cores);
        return new WorkerReply(request.id(), transcript.text(), (end - start) / 1e9, used.cpuSeconds(), used.periods(),
                used.throttledPeriods(), used.throttledSeconds(), used.stealSeconds(), PeakMemory.peakRssBytes(),
                cores, used.workingThreads(), used.otherBusyCores(), transcript.tokens(),
                JavaHeap.peakBytes(), PeakMemory.rssBytes(), null);
    }

    private static void say(Object message) {
        try {
            PROTOCOL.println(Json.MAPPER.writeValueAsString(message));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of this room can be written as JSON", e);
        }
    }

    private static String sentence(Exception e) {
        return e instanceof EngineFailure || e instanceof UserError ? e.getMessage() : e.toString();
    }

    /** The real stdout, for the synthetic engine that spoils it on purpose. */
    static PrintStream protocol() {
        return PROTOCOL;
    }
}
