package lib.measure;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lib.engine.Decoding;
import lib.engine.EngineFailure;
import lib.engine.ModelFile;
import lib.engine.WorkerAnswer;
import lib.engine.WorkerClient;
import lib.engine.WorkerHello;
import lib.results.EngineIdentity;
import lib.results.Plan;

/**
 * The workers of a plan: one for each model, CPU limit and instance, started when it is first needed and kept warm
 * beside the others (an idle worker waits on a pipe and uses no CPU). When their models would fill the memory, the one
 * that was not used for longest is ended, and its next run is cold again.
 */
final class Workers implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
    /**
     * One quota period: a run starts neither with what the one before left of its quota nor in its debt, and what the
     * lab itself still does after a run (writing, compiling) is done.
     */
    private static final long SETTLE_MILLIS = 100;
    /** A worker's memory beside its model: whisper.cpp's own buffers and the JVM, with room. */
    private static final long BYTES_BESIDE_MODEL = 600_000_000;
    private static final double SHARE_OF_MEMORY = 0.6;
    private static final String WAIT_POLICY = "OMP_WAIT_POLICY";
    /** An absolute path up to its last name. */
    private static final Pattern FOLDERS = Pattern.compile("(?<![^\\s\"'(=])/([^/\\s\"']+/)+");

    /** What a worker can't change once it runs. */
    record Key(String model, String isolation, double cores, String waitPolicy, int instance) {
        static Key of(Plan.Point point, int instance) {
            return new Key(point.model(), point.isolation(), point.coresLimit(), point.waitPolicy(), instance);
        }
    }

    private final Subject subject;
    private final int most;
    /** Least recently used first; a worker is started under its lock. */
    private final Map<Key, WorkerClient> running = new LinkedHashMap<>(16, 0.75f, true);
    /** Those that were not asked anything yet: their first run is cold. */
    private final Set<WorkerClient> fresh = ConcurrentHashMap.newKeySet();
    /** To be closed at the end of the program, which waits for no lock. */
    private final Set<WorkerClient> open = ConcurrentHashMap.newKeySet();
    private final Thread atExit = new Thread(this::atExit, "end workers");
    private volatile boolean ending;
    private volatile EngineIdentity identity;

    Workers(Plan plan, Subject subject, Long memoryBytes) {
        this.subject = subject;
        long each = BYTES_BESIDE_MODEL + plan.models().stream().mapToLong(Plan.ModelRef::bytes).max().orElse(0);
        int fit = memoryBytes == null ? Integer.MAX_VALUE : (int) (SHARE_OF_MEMORY * memoryBytes / each);
        int together = plan.measuredPoints().stream().mapToInt(Plan.Point::instances).max().orElse(1);
        this.most = Math.max(together, fit);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    EngineIdentity identity() {
        return identity;
    }

    /** Starts the workers of a point that are not there yet; one that can't be started says so when it is asked. */
    void prepare(Plan.Point point) {
        for (int i = 0; i < point.instances(); i++) {
            try {
                worker(point, i);
            } catch (EngineFailure e) {
                return;
            }
        }
    }

    /** Asks the worker of one instance, which is started if it has to be. Instances may be asked at the same time. */
    Attempt attempt(Plan.Point point, int instance, Duration timeout) {
        Instant startedAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        WorkerClient worker;
        try {
            worker = worker(point, instance);
        } catch (EngineFailure e) {
            return new Attempt(startedAt, new WorkerAnswer(e.status(), null, withoutFolders(e.getMessage()), null),
                    true, null, null);
        }
        boolean cold = fresh.remove(worker);
        settle();
        Subject.Clip clip = subject.clip(point.clip());
        WorkerAnswer answer = worker.transcribe(clip.audio().wav(),
                new Decoding(point.threads(), clip.clip().language()), timeout);
        if (!worker.isAlive()) {
            forget(Key.of(point, instance));
        }
        return new Attempt(startedAt, new WorkerAnswer(answer.status(), answer.reply(), withoutFolders(answer.error()),
                answer.exit()), cold, cold ? worker.startSeconds() : null,
                cold ? worker.hello().loadSeconds() : null);
    }

    /** Results are shared; the folders of the machine that made them are nobody's business. */
    private String withoutFolders(String error) {
        if (error == null) {
            return null;
        }
        String named = error;
        // names of folders may have spaces in them, so these are not found by their looks
        for (Path file : Stream.concat(subject.wavs().stream(), subject.models().values().stream().map(ModelFile::path))
                .toList()) {
            named = named.replace(file.toAbsolutePath().toString(), file.getFileName().toString());
        }
        return FOLDERS.matcher(named).replaceAll("");
    }

    private WorkerClient worker(Plan.Point point, int instance) throws EngineFailure {
        holdIfEnding();
        Key key = Key.of(point, instance);
        synchronized (running) {
            WorkerClient warm = running.get(key);
            if (warm != null && warm.isAlive()) {
                return warm;
            }
            forget(key);
            while (running.size() >= most) {
                forget(running.keySet().iterator().next());
            }
            WorkerClient started = WorkerClient.start(
                    subject.limit(point.isolation()).limit().instance(instance), point.coresLimit(), subject.engine(),
                    subject.model(point.model()), subject.wavs(),
                    point.waitPolicy() == null ? Map.of() : Map.of(WAIT_POLICY, point.waitPolicy()), START_TIMEOUT);
            open.add(started);
            if (ending) {
                started.close();
                holdIfEnding();
            }
            running.put(key, started);
            fresh.add(started);
            WorkerHello hello = started.hello();
            identity = new EngineIdentity(hello.engine(), hello.version(), hello.systemInfo(), hello.library());
            return started;
        }
    }

    private void forget(Key key) {
        WorkerClient worker;
        synchronized (running) {
            worker = running.remove(key);
        }
        if (worker != null) {
            fresh.remove(worker);
            open.remove(worker);
            worker.close();
        }
    }

    void closeAll() {
        synchronized (running) {
            List.copyOf(running.keySet()).forEach(this::forget);
        }
    }

    private static void settle() {
        try {
            Thread.sleep(SETTLE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ctrl-C ends the workers: what they then answer is no result, and the program is about to end. */
    void holdIfEnding() {
        while (ending) {
            settle();
        }
    }

    private void atExit() {
        ending = true;
        endAll();
    }

    private void endAll() {
        open.forEach(WorkerClient::close);
    }

    @Override
    public void close() {
        endAll();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException shuttingDown) {
            // the hook is running already
        }
    }
}
