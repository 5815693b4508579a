package lib.measure;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import lib.audio.AudioClip;
import lib.audio.PreparedClip;
import lib.cli.DurationOption;
import lib.cli.MeasurementFailed;
import lib.cli.Progress;
import lib.engine.Decoding;
import lib.engine.EngineFailure;
import lib.engine.EngineSpec;
import lib.engine.ModelFile;
import lib.engine.WorkerAnswer;
import lib.engine.WorkerClient;
import lib.engine.WorkerHello;
import lib.engine.WorkerReply;
import lib.host.CpuLimit;
import lib.results.EngineIdentity;
import lib.results.ExperimentFolder;
import lib.results.Plan;
import lib.results.Run;
import lib.results.RunStatus;
import lib.stats.WordErrorRate;

/**
 * Runs a plan: one worker a CPU limit, kept warm beside the others (an idle worker waits on a pipe and uses no CPU),
 * and rounds in which every point is run once. Whatever a worker does, a row says so and the next run goes on; rows are
 * on disk before the next run starts.
 */
public final class Lab implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
    /** A point that fails this often in a row will not recover by itself; the time belongs to the others. */
    static final int FAILURES_TO_GIVE_UP = 3;
    /** A transcription that takes this many times the audio, on one core, has hung: the slowest boards take 30. */
    private static final double TIMEOUT_RTF = 60;
    /**
     * One quota period: a run starts neither with what the one before left of its quota nor in its debt, and what the
     * lab itself still does after a run (writing, compiling) is done.
     */
    private static final long SETTLE_MILLIS = 100;
    private static final Duration LEAST_TIMEOUT = Duration.ofMinutes(2);

    private final Plan plan;
    private final CpuLimit limit;
    private final EngineSpec engine;
    private final ModelFile model;
    private final AudioClip clip;
    private final PreparedClip audio;
    private final Duration timeout;
    private final ExperimentFolder folder;
    private final List<Run> runs;
    private final Map<Double, WorkerClient> workers = new ConcurrentHashMap<>();
    private final Map<Plan.Point, Integer> failuresInARow = new HashMap<>();
    private final Thread atExit = new Thread(this::atExit, "end workers");
    private volatile boolean ending;
    private EngineIdentity identity;

    /**
     * @param model null for an engine without one
     * @param timeout for one transcription, null for the default
     */
    public Lab(Plan plan, CpuLimit limit, EngineSpec engine, ModelFile model, AudioClip clip, PreparedClip audio,
            Duration timeout, ExperimentFolder folder) {
        this.plan = plan;
        this.limit = limit;
        this.engine = engine;
        this.model = model;
        this.clip = clip;
        this.audio = audio;
        this.timeout = timeout != null ? timeout : defaultTimeout(plan);
        this.folder = folder;
        this.runs = new ArrayList<>(folder.runs());
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    private static Duration defaultTimeout(Plan plan) {
        double leastCores = plan.measuredPoints().stream().mapToDouble(Plan.Point::coresLimit).min().orElse(1);
        Duration byLength = Duration.ofSeconds((long) (TIMEOUT_RTF * plan.clip().seconds() / Math.min(1, leastCores)));
        return byLength.compareTo(LEAST_TIMEOUT) > 0 ? byLength : LEAST_TIMEOUT;
    }

    /** What the engine told of itself; null before the first worker was ready. */
    public EngineIdentity identity() {
        return identity;
    }

    /**
     * Warms up and measures until every point is known or the time is used up.
     *
     * @throws MeasurementFailed when not one point could be measured
     */
    public void run() {
        long startedAt = System.nanoTime();
        int round = runs.stream().mapToInt(Run::iteration).max().orElse(0);
        try (Progress progress = new Progress(plan.clip().name(), plan.maxTimeSeconds())) {
            for (Plan.Point point : plan.measuredPoints()) {
                progress.update(() -> "warming up, " + words(point));
                transcribe(point, 0, true);
            }
            // a killed run may have left a round half done: finish it, then go on
            boolean tried = false;
            for (round = Math.max(1, round);; round++) {
                List<Plan.Point> left = pointsLeft();
                double elapsed = (System.nanoTime() - startedAt) / 1e9;
                boolean outOfTime = elapsed + expectedSeconds(left) > plan.maxTimeSeconds();
                // one round at least: new time that went into warming up alone would be lost
                if (left.isEmpty() || outOfTime && tried) {
                    break;
                }
                for (Plan.Point point : Schedule.round(left, plan.seed(), round)) {
                    if (!done(point, round)) {
                        progress.update(() -> doing(startedAt));
                        transcribe(point, round, false);
                        tried = true;
                    }
                }
            }
        }
        if (!anyMeasured()) {
            throw new MeasurementFailed("Nothing could be measured: " + lastError() + ". The runs tried are in "
                    + folder.path().resolve("runs.csv"));
        }
    }

    private boolean anyMeasured() {
        return runs.stream().anyMatch(Run::counts);
    }

    private String lastError() {
        return runs.stream().filter(r -> r.error() != null).reduce((a, b) -> b)
                .map(r -> r.status().name().toLowerCase(Locale.ROOT) + ", " + r.error()).orElse("no run was made");
    }

    /**
     * All points that still take part; empty when all that do are known: rounds stay whole, or drift becomes a finding.
     */
    private List<Plan.Point> pointsLeft() {
        StoppingRule rule = StoppingRule.of(plan);
        List<Plan.Point> alive = plan.measuredPoints().stream()
                .filter(p -> failuresInARow.getOrDefault(p, 0) < FAILURES_TO_GIVE_UP).toList();
        return alive.stream().allMatch(p -> rule.known(StoppingRule.measuredSeconds(p, runs))) ? List.of() : alive;
    }

    private boolean done(Plan.Point point, int round) {
        return runs.stream().anyMatch(r -> !r.warmup() && r.iteration() == round && point.owns(r));
    }

    private double expectedSeconds(List<Plan.Point> points) {
        return points.stream().mapToDouble(point -> runs.stream().filter(point::owns)
                .filter(r -> r.wallSeconds() != null).mapToDouble(Run::wallSeconds).reduce((a, b) -> b).orElse(0))
                .sum();
    }

    private String doing(long startedAt) {
        double left = plan.maxTimeSeconds() - (System.nanoTime() - startedAt) / 1e9;
        long least = plan.measuredPoints().stream()
                .mapToLong(p -> StoppingRule.measuredSeconds(p, runs).length).min().orElse(0);
        return least + (least == 1 ? " run" : " runs") + " a point so far, about " + DurationOption.words(Math.max(0,
                left)) + " left";
    }

    private void transcribe(Plan.Point point, int iteration, boolean warmup) {
        WorkerClient worker = workers.get(point.coresLimit());
        Instant startedAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        boolean cold = worker == null || !worker.isAlive();
        if (cold) {
            try {
                worker = start(point.coresLimit());
            } catch (EngineFailure e) {
                holdIfEnding();
                record(point, iteration, true, startedAt, new WorkerAnswer(e.status(), null, e.getMessage(), null),
                        null);
                return;
            }
        }
        settle();
        WorkerAnswer answer = worker.transcribe(audio.wav(), new Decoding(point.threads(), clip.language()), timeout);
        holdIfEnding();
        // a worker that was lost is replaced in mid-round: its first run is cold, and is kept as warm-up
        record(point, iteration, warmup || cold, startedAt, answer, cold ? worker : null);
        if (!worker.isAlive()) {
            worker.close();
            workers.remove(point.coresLimit());
        } else if (cold && !warmup) {
            transcribe(point, iteration, false);
        }
    }

    private static void settle() {
        try {
            Thread.sleep(SETTLE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private WorkerClient start(double cores) throws EngineFailure {
        holdIfEnding();
        WorkerClient old = workers.remove(cores);
        if (old != null) {
            old.close();
        }
        WorkerClient worker = WorkerClient.start(limit, cores, engine, model, List.of(audio.wav()), Map.of(),
                START_TIMEOUT);
        workers.put(cores, worker);
        if (ending) {
            worker.close();
            holdIfEnding();
        }
        WorkerHello hello = worker.hello();
        identity = new EngineIdentity(hello.engine(), hello.version(), hello.systemInfo(), hello.library());
        return worker;
    }

    private void record(Plan.Point point, int iteration, boolean warmup, Instant startedAt, WorkerAnswer answer,
            WorkerClient coldWorker) {
        WorkerReply reply = answer.reply();
        boolean ok = answer.status() == RunStatus.OK;
        String digest = ok ? digest(reply.text()) : null;
        if (ok) {
            folder.keepTranscript(digest, reply.text());
        }
        Double wall = ok ? reply.wallSeconds() : null;
        Double cpu = ok ? reply.cpuSeconds() : null;
        // the synthetic engine's text is not a transcript
        boolean scored = ok && plan.model() != null && clip.reference() != null;
        Run run = new Run(runs.size() + 1, iteration, warmup, plan.engine(),
                plan.model() == null ? null : plan.model().name(), clip.name(), rounded(audio.seconds()),
                point.coresLimit(), plan.isolation(), point.threads(), point.instances(), 1, startedAt, rounded(wall),
                rounded(cpu), wall == null ? null : rounded(wall / audio.seconds()),
                cpu == null ? null : rounded(cpu / wall), ok ? reply.peakRssBytes() : null,
                ok ? rounded(reply.throttledSeconds()) : null, ok ? reply.periods() : null,
                ok ? reply.throttledPeriods() : null, ok ? rounded(reply.stealSeconds()) : null,
                scored ? rounded(WordErrorRate.of(clip.reference(), reply.text(), clip.language()).wer()) : null,
                answer.status(), answer.error(), ok ? reply.coresInForce() : null, ok ? reply.workingThreads() : null,
                ok ? rounded(reply.otherBusyCores()) : null, digest,
                coldWorker == null ? null : rounded(coldWorker.startSeconds()),
                coldWorker == null ? null : rounded(coldWorker.hello().loadSeconds()));
        folder.append(run);
        runs.add(run);
        // a warm-up that went well proves nothing: an engine that dies on every second request would never be given up
        int failures = failuresInARow.getOrDefault(point, 0);
        failuresInARow.put(point, run.counts() ? 0 : ok ? failures : failures + 1);
    }

    /** To the nanosecond: what is beyond is the arithmetic's own noise. */
    private static Double rounded(Double value) {
        return value == null ? null : Math.rint(value * 1e9) / 1e9;
    }

    private static String digest(String text) {
        try {
            byte[] sha = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha).substring(0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The point as a person says it. */
    public static String words(Plan.Point point) {
        return cores(point.coresLimit()) + ", " + point.threads() + (point.threads() == 1 ? " thread" : " threads");
    }

    public static String cores(double cores) {
        String number = cores == Math.rint(cores) ? String.valueOf((long) cores) : String.valueOf(cores);
        return number + (cores == 1 ? " core" : " cores");
    }

    /** Ctrl-C ends the workers: what they then answer is no result, and the program is about to end. */
    private void holdIfEnding() {
        while (ending) {
            settle();
        }
    }

    private void atExit() {
        ending = true;
        endWorkers();
    }

    private void endWorkers() {
        workers.values().forEach(WorkerClient::close);
    }

    @Override
    public void close() {
        endWorkers();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException shuttingDown) {
            // the hook is running already
        }
    }
}
