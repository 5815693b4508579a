package lib.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.host.CpuLimit;
import lib.host.Exit;
import lib.host.JavaProgram;
import lib.host.LimitedProcess;
import lib.results.Json;
import lib.results.RunStatus;

/**
 * The lab's side of a {@link Worker}: starts it under a CPU limit, asks, and turns whatever becomes of it into a run
 * status. Once {@link #isAlive()} is false, start another one. Not for use by two threads at once.
 */
public final class WorkerClient implements AutoCloseable {
    private static final List<String> JVM_OPTIONS = List.of(
            // Collector and compiler threads would take CPU from the engine's limit and blur its counters.
            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
            // What was asked to be compiled between two runs must not be compiled during the next one, on its cores.
            "-XX:-BackgroundCompilation",
            // A clip takes 64 kB a second as floats and as much again while it is read: an hour is 0.5 GB. Committed
            // only as clips need it.
            "-Xms16m", "-Xmx1g",
            // The heap is given back between runs: a run's peak is its own and not that of a longer clip before it.
            "-Xmn4m", "-XX:MinHeapFreeRatio=10", "-XX:MaxHeapFreeRatio=20",
            // Out of heap is a result: end at once, with a code that says so (HotSpot: 3).
            "-XX:+ExitOnOutOfMemoryError",
            // Else HotSpot's last words on stdout, which belongs to the protocol; its crash report goes there anyway.
            "-XX:+DisplayVMOutputToStderr");
    private static final Pattern CRASH_SIGNAL = Pattern.compile("#\\s+(SIG\\w+) \\(0x(\\p{XDigit}+)\\).*");
    private static final int EXIT_HEAP_EXHAUSTED = 3;
    /** Without a UTF-8 locale, as in an empty container, Java 17 cannot open files whose names are not ASCII. */
    private static final Map<String, String> LOCALE = Map.of("LC_ALL", "C.UTF-8");
    /** A transcript is about a kilobyte a minute: a day of speech stays below this. */
    static final int LONGEST_LINE_BYTES = 1 << 21;
    private static final Duration DEATH_ALLOWANCE = Duration.ofSeconds(10);
    private static final Duration LAST_WORDS_ALLOWANCE = Duration.ofSeconds(3);
    private static final int SHOWN_CHARACTERS = 120;

    /** A line, or null when there will be no more; then {@code defect} says why, null for the end of the output. */
    private record Message(String line, String defect) {
    }

    /** Exactly one of the two is null. */
    private record Received<T>(T message, WorkerAnswer failure) {
    }

    private final LimitedProcess process;
    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final List<String> crashReport = new CopyOnWriteArrayList<>();
    private final long startNanos;
    private WorkerHello hello;
    private double startSeconds;
    private volatile boolean ended;
    private long lastId;

    private WorkerClient(LimitedProcess process, long startNanos) {
        this.process = process;
        this.startNanos = startNanos;
        Thread reader = new Thread(this::readLines, "worker-stdout");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a worker and waits until its engine is loaded.
     *
     * @param model null for an engine that needs none
     * @param readable files and folders that the worker will be asked to read: the clips
     * @param environment what the engine is tuned by: {@code OMP_WAIT_POLICY} …
     * @throws EngineFailure when it did not start, died, said that the engine failed, or took longer than allowed;
     * there is nothing to close then
     */
    public static WorkerClient start(CpuLimit limit, double cores, EngineSpec engine, ModelFile model,
            List<Path> readable, Map<String, String> environment, Duration startTimeout) throws EngineFailure {
        List<String> arguments = new ArrayList<>(List.of(engine.toString()));
        List<Path> files = new ArrayList<>(readable);
        if (engine.needsModel()) {
            Path path = model.path().toAbsolutePath();
            arguments.add(path.toString());
            files.add(path);
        }
        List<Path> classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty()).map(Path::of).toList();
        Map<String, String> variables = new HashMap<>(LOCALE);
        variables.putAll(environment);
        JavaProgram program = new JavaProgram(JVM_OPTIONS, Worker.class.getName(), arguments, classPath, variables,
                files);
        long startNanos = System.nanoTime();
        WorkerClient client;
        try {
            client = new WorkerClient(limit.start(program, cores), startNanos);
        } catch (IOException e) {
            throw new EngineFailure(RunStatus.FAILED, "The worker could not be started: " + e.getMessage());
        }
        client.awaitHello(startTimeout);
        return client;
    }

    private void awaitHello(Duration timeout) throws EngineFailure {
        boolean ready = false;
        try {
            Received<WorkerHello> received = receive(timeout, WorkerHello.class);
            startSeconds = (System.nanoTime() - startNanos) / 1e9;
            if (received.failure != null) {
                throw new EngineFailure(received.failure.status(), received.failure.error());
            }
            hello = received.message;
            if (!hello.ready()) {
                throw new EngineFailure(RunStatus.FAILED, hello.error());
            }
            ready = true;
        } finally {
            if (!ready) {
                close();
            }
        }
    }

    public WorkerHello hello() {
        return hello;
    }

    /** From starting the process to its first line; loading the model is part of it. */
    public double startSeconds() {
        return startSeconds;
    }

    /** False when the worker died, was ended after a timeout, or can no longer be trusted. */
    public boolean isAlive() {
        return !ended && process.isAlive();
    }

    /**
     * Transcribes one clip; blocks.
     *
     * @param clip 16 kHz mono 16-bit WAV, one of the files that the worker may read
     * @param timeout after which the worker is ended
     */
    public WorkerAnswer transcribe(Path clip, Decoding decoding, Duration timeout) {
        if (ended) {
            return new WorkerAnswer(RunStatus.FAILED, null, "The worker had ended before", null);
        }
        lastId++;
        WorkerRequest request = new WorkerRequest(lastId, clip.toAbsolutePath().toString(), decoding.threads(),
                decoding.language());
        try {
            process.stdin().write((Json.MAPPER.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8));
            process.stdin().flush();
        } catch (IOException e) {
            return died();
        }
        Received<WorkerReply> received = receive(timeout, WorkerReply.class);
        if (received.failure != null) {
            return received.failure;
        }
        WorkerReply reply = received.message;
        if (reply.id() != lastId) {
            return end(RunStatus.FAILED, "The worker answered request " + reply.id() + " instead of " + lastId);
        }
        return reply.error() == null ? new WorkerAnswer(RunStatus.OK, reply, null, null)
                : new WorkerAnswer(RunStatus.FAILED, null, reply.error(), null);
    }

    private <T> Received<T> receive(Duration timeout, Class<T> wanted) {
        Message message;
        try {
            message = messages.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Received<>(null, end(RunStatus.FAILED, "The run was interrupted; the worker was ended"));
        }
        if (message == null) {
            String seconds = BigDecimal.valueOf(timeout.toMillis(), 3).stripTrailingZeros().toPlainString();
            return new Received<>(null, end(RunStatus.TIMEOUT, "No answer within " + seconds
                    + " s; the worker was ended"));
        }
        if (message.line == null) {
            return new Received<>(null, message.defect == null ? died() : end(RunStatus.FAILED, message.defect));
        }
        try {
            T parsed = Json.MAPPER.readValue(message.line, wanted);
            if (parsed != null) {
                return new Received<>(parsed, null);
            }
        } catch (JsonProcessingException e) {
            // Not an answer: said below.
        }
        // ggml's abort, for one, has a debugger print the stack first
        if (exit(LAST_WORDS_ALLOWANCE) != null) {
            return new Received<>(null, died());
        }
        return new Received<>(null, end(RunStatus.FAILED, "The worker printed something that is no answer: \""
                + shortened(message.line) + "\""));
    }

    /** The worker closed its stdout without an answer: it is dead, or about to be. */
    private WorkerAnswer died() {
        ended = true;
        Exit exit = exit(DEATH_ALLOWANCE);
        if (exit == null) {
            return end(RunStatus.FAILED, "The worker closed its output without an answer");
        }
        String how = describe(exit);
        String words = lastWords();
        return new WorkerAnswer(RunStatus.CRASHED, null, "The worker died: " + how
                + (words.isEmpty() ? "" : "; it said \"" + words + "\""), how);
    }

    /** Null while it lives. */
    private Exit exit(Duration allowance) {
        try {
            return process.waitFor(allowance);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private String describe(Exit exit) {
        if (Integer.valueOf(EXIT_HEAP_EXHAUSTED).equals(exit.code())) {
            return "out of memory (Java heap)";
        }
        // After its report HotSpot ends with a plain exit code; the signal that hit it is in the report.
        return crashReport.stream().map(CRASH_SIGNAL::matcher).filter(Matcher::matches)
                .map(found -> "killed by signal " + Integer.parseInt(found.group(2), 16) + " (" + found.group(1)
                        + ", a native crash)")
                .findFirst().orElseGet(exit::describe);
    }

    /** Ends a worker that can no longer be used. */
    private WorkerAnswer end(RunStatus status, String error) {
        ended = true;
        process.kill();
        return new WorkerAnswer(status, null, error, null);
    }

    /** The crashing function where HotSpot names it, else the last line on stderr. */
    private String lastWords() {
        int frame = crashReport.indexOf("# Problematic frame:") + 1;
        if (frame > 0 && frame < crashReport.size()) {
            return shortened(crashReport.get(frame).substring(1));
        }
        return process.stderrTail().lines().filter(line -> !line.isBlank()).reduce((earlier, last) -> last)
                .map(WorkerClient::shortened).orElse("");
    }

    private static String shortened(String text) {
        String plain = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return plain.length() <= SHOWN_CHARACTERS ? plain : plain.substring(0, SHOWN_CHARACTERS) + "…";
    }

    private void readLines() {
        try (InputStream in = new BufferedInputStream(process.stdout())) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b == '\n') {
                    took(line.toString(StandardCharsets.UTF_8));
                    line.reset();
                } else if (line.size() == LONGEST_LINE_BYTES) {
                    messages.add(new Message(null, "The worker printed a line of more than " + LONGEST_LINE_BYTES
                            + " bytes"));
                    return;
                } else {
                    line.write(b);
                }
            }
            messages.add(new Message(null, null));
        } catch (IOException e) {
            messages.add(new Message(null, null));
        }
    }

    /** HotSpot prints the report of its own crash on stdout, every line with this mark, and then ends. */
    private void took(String line) {
        if (line.startsWith("#")) {
            crashReport.add(line);
        } else {
            messages.add(new Message(line, null));
        }
    }

    @Override
    public void close() {
        ended = true;
        process.close();
    }
}
