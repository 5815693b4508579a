package lib.measure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import lib.cli.DurationOption;
import lib.cli.MeasurementFailed;
import lib.cli.Progress;
import lib.engine.WorkerAnswer;
import lib.engine.WorkerReply;
import lib.results.EngineIdentity;
import lib.results.ExperimentFolder;
import lib.results.Plan;
import lib.results.Run;
import lib.results.RunStatus;
import lib.results.SoakSample;
import lib.results.TextDigest;
import lib.stats.Summary;
import lib.stats.WordErrorRate;

/**
 * Runs a plan: rounds in which every point is run once, on workers that are kept warm. Whatever a worker does, a row
 * says so and the next run goes on; rows are on disk before the next run starts.
 */
public final class Lab implements AutoCloseable {
    /** A point that fails this often in a row will not recover by itself; the time belongs to the others. */
    static final int FAILURES_TO_GIVE_UP = 3;
    /** A window that takes this long, on one core, has hung: the slowest boards take 30 times its audio, 15 minutes. */
    private static final Duration WINDOW_TIMEOUT = Duration.ofMinutes(20);

    /** Error rates of a text. */
    private record Errors(Double words, Double characters) {
    }

    private static final Errors NOT_SCORED = new Errors(null, null);

    private final Plan plan;
    private final Subject subject;
    private final Duration timeout;
    private final ExperimentFolder folder;
    private final List<Run> runs;
    private final Workers workers;
    /** By clip and digest of the text: runs of a point give the same text, and scoring a long one takes CPU. */
    private final Map<String, Errors> scored = new HashMap<>();
    private final Map<Plan.Point, Integer> failuresInARow = new HashMap<>();
    private final ExecutorService atOnce = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "instance");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param timeout for one transcription, null for the default
     * @param memoryBytes of the machine, null if not known
     */
    Lab(Plan plan, Subject subject, Duration timeout, Long memoryBytes, ExperimentFolder folder) {
        this.plan = plan;
        this.subject = subject;
        this.timeout = timeout;
        this.folder = folder;
        this.runs = new ArrayList<>(folder.runs());
        this.workers = new Workers(plan, subject, memoryBytes);
    }

    private Duration timeout(Plan.Point point) {
        return timeout != null ? timeout : defaultTimeout(plan.clip(point), point.coresLimit());
    }

    /** By windows, not by seconds: a short clip pays for a whole one, which a large model takes minutes for. */
    public static Duration defaultTimeout(Plan.ClipRef clip, double cores) {
        return Duration.ofMillis(Math.round(WINDOW_TIMEOUT.toMillis() * clip.windows() / Math.min(1, cores)));
    }

    /** What the engine told of itself; null before the first worker was ready. */
    public EngineIdentity identity() {
        return workers.identity();
    }

    /**
     * Warms up and measures until every point is known or the time is used up.
     *
     * @throws MeasurementFailed when not one point could be measured
     */
    public void run() {
        long startedAt = System.nanoTime();
        int round = runs.stream().mapToInt(Run::iteration).max().orElse(0);
        try (Progress progress = new Progress("measuring", plan.maxTimeSeconds())) {
            for (Plan.Point point : warmUps()) {
                progress.update(() -> "warming up, " + plan.words(point));
                transcribe(point, 0, true);
            }
            // a killed run may have left a round half done: finish it, then go on
            boolean tried = false;
            for (round = Math.max(1, round);; round++) {
                List<Plan.Point> left = pointsLeft(round);
                double elapsed = (System.nanoTime() - startedAt) / 1e9;
                boolean outOfTime = elapsed + expectedSeconds(left) > plan.maxTimeSeconds();
                // one round at least: new time that went into warming up alone would be lost
                if (left.isEmpty() || outOfTime && tried) {
                    break;
                }
                for (Plan.Point point : Schedule.round(left, plan.seed(), round)) {
                    if (!done(point, round)) {
                        long runStartedAt = System.nanoTime();
                        progress.update(() -> doing(point, startedAt, runStartedAt));
                        transcribe(point, round, false);
                        tried = true;
                    }
                }
            }
        }
        if (plan.measuredPoints().stream().allMatch(p -> StoppingRule.measuredSeconds(p, runs).length == 0)) {
            throw new MeasurementFailed("Nothing could be measured: " + lastError() + ". The runs tried are in "
                    + folder.path().resolve("runs.csv"));
        }
    }

    /**
     * Every point once, short clips before long ones: so the memory that this first pass shows for a clip is its own,
     * and not what the worker kept from a longer one. An experiment that goes on has had that pass; its new workers are
     * warmed up with the shortest clip.
     */
    private List<Plan.Point> warmUps() {
        Set<Workers.Key> warmed = new HashSet<>();
        return shortestFirst().stream().filter(p -> warmed.add(Workers.Key.of(p, 0)) | !done(p, 0)).toList();
    }

    private List<Plan.Point> shortestFirst() {
        return plan.measuredPoints().stream().sorted(Comparator.comparing(p -> plan.clip(p).seconds())).toList();
    }

    /**
     * Repeats the shortest clip on one worker a model, if the plan says so: memory that grows with requests shows in a
     * pass of its own, on a process that saw nothing else. It ends with the first failure. An experiment that goes on
     * keeps the soaks that are whole; the samples of two workers are no series.
     */
    void soak() {
        if (plan.soak() == 0) {
            return;
        }
        List<SoakSample> whole = wholeSoaks();
        folder.beginSoak(whole);
        Map<String, Plan.Point> shortest = new LinkedHashMap<>();
        shortestFirst().forEach(p -> shortest.putIfAbsent(p.model(), p));
        for (Plan.Point point : shortest.values()) {
            if (whole.stream().anyMatch(s -> Objects.equals(s.model(), point.model()))) {
                continue;
            }
            workers.closeAll();
            double expected = expectedSeconds(point).orElse(1) * plan.soak();
            try (Progress progress = new Progress("soaking", expected)) {
                boolean ok = true;
                for (int i = 1; ok && i <= plan.soak(); i++) {
                    int repetition = i;
                    progress.update(() -> plan.words(point) + ", repetition " + repetition + " of " + plan.soak());
                    Attempt attempt = workers.attempt(point, 0, timeout(point));
                    workers.holdIfEnding();
                    WorkerReply reply = attempt.answer().reply();
                    ok = attempt.answer().status() == RunStatus.OK;
                    folder.append(new SoakSample(i, point.model(), point.clip(), attempt.startedAt(),
                            ok ? rounded(reply.wallSeconds()) : null, ok ? reply.rssBytes() : null,
                            ok ? reply.peakRssBytes() : null, ok ? reply.heapBytes() : null,
                            attempt.answer().status(), attempt.answer().error()));
                }
            }
        }
    }

    private List<SoakSample> wholeSoaks() {
        List<SoakSample> before = ExperimentFolder.readSoak(folder.path());
        return before.stream().filter(s -> before.stream().anyMatch(last -> last.status() == RunStatus.OK
                && last.repetition() == plan.soak() && Objects.equals(last.model(), s.model()))).toList();
    }

    private String lastError() {
        return runs.stream().filter(r -> r.error() != null).reduce((a, b) -> b)
                .map(r -> r.status().name().toLowerCase(Locale.ROOT) + ", " + r.error()).orElse("no run was made");
    }

    /**
     * All points that still take part; empty when all that do are known and the round is not half done: rounds stay
     * whole, or drift becomes a finding.
     */
    private List<Plan.Point> pointsLeft(int round) {
        StoppingRule rule = StoppingRule.of(plan);
        List<Plan.Point> alive = plan.measuredPoints().stream()
                .filter(p -> failuresInARow.getOrDefault(p, 0) < FAILURES_TO_GIVE_UP).toList();
        boolean known = alive.stream().allMatch(p -> rule.known(StoppingRule.measuredSeconds(p, runs)));
        boolean halfDone = alive.stream().map(p -> done(p, round)).distinct().count() > 1;
        return known && !halfDone ? List.of() : alive;
    }

    private boolean done(Plan.Point point, int round) {
        return runs.stream().anyMatch(r -> r.warmup() == (round == 0) && r.iteration() == round && point.owns(r));
    }

    private double expectedSeconds(List<Plan.Point> points) {
        return points.stream().mapToDouble(p -> expectedSeconds(p).orElse(0)).sum();
    }

    /** As long as it took the last time; before that, as long a second of audio as a clip of the same worker took. */
    private OptionalDouble expectedSeconds(Plan.Point point) {
        OptionalDouble before = runs.stream().filter(point::owns).filter(r -> r.wallSeconds() != null)
                .mapToDouble(Run::wallSeconds).reduce((a, b) -> b);
        return before.isPresent() ? before
                : plan.measuredPoints().stream()
                        .filter(p -> Workers.Key.of(p, 0).equals(Workers.Key.of(point, 0)))
                        .filter(p -> p.threads() == point.threads())
                        .sorted(Comparator.comparing((Plan.Point p) -> plan.clip(p).seconds()).reversed())
                        .mapToDouble(p -> StoppingRule.measuredSeconds(p, runs).length == 0 ? Double.NaN
                                : Summary.of(StoppingRule.measuredSeconds(p, runs)).median().value()
                                        / plan.clip(p).windows() * plan.clip(point).windows())
                        .filter(s -> !Double.isNaN(s)).findFirst();
    }

    private String doing(Plan.Point point, long startedAt, long runStartedAt) {
        double now = System.nanoTime();
        long least = plan.measuredPoints().stream()
                .mapToLong(p -> StoppingRule.measuredSeconds(p, runs).length).min().orElse(0);
        OptionalDouble expected = expectedSeconds(point);
        double left = expected.orElse(0) - (now - runStartedAt) / 1e9;
        String thisRun = expected.isEmpty() ? " (how long it takes is not known yet)"
                : left < DurationOption.WORTH_SAYING_SECONDS ? ""
                        : " (about " + DurationOption.words(left) + " left of this run)";
        return least + (least == 1 ? " run" : " runs") + " a point so far, at most "
                + DurationOption.words(Math.max(0, plan.maxTimeSeconds() - (now - startedAt) / 1e9)) + " left; now "
                + plan.words(point) + thisRun;
    }

    private void transcribe(Plan.Point point, int iteration, boolean warmup) {
        List<Attempt> attempts = point.instances() == 1 ? List.of(workers.attempt(point, 0, timeout(point)))
                : together(point);
        workers.holdIfEnding();
        // a worker that was lost is replaced in mid-round: its first run is cold, and is kept as warm-up
        boolean cold = attempts.stream().anyMatch(Attempt::cold);
        attempts.forEach(a -> record(point, iteration, warmup || cold, a, attempts));
        // a warm-up that went well proves nothing: an engine that dies on every second request would never be given up
        boolean ok = attempts.stream().allMatch(a -> a.answer().status() == RunStatus.OK);
        int failures = failuresInARow.getOrDefault(point, 0);
        failuresInARow.put(point, !ok ? failures + 1 : warmup || cold ? failures : 0);
        if (ok && cold && !warmup) {
            transcribe(point, iteration, false);
        }
    }

    /** All instances are started before the first is asked: they are to work at the same time. */
    private List<Attempt> together(Plan.Point point) {
        workers.prepare(point);
        List<Callable<Attempt>> tasks = IntStream.range(0, point.instances())
                .<Callable<Attempt>>mapToObj(i -> () -> workers.attempt(point, i, timeout(point))).toList();
        try {
            List<Attempt> attempts = new ArrayList<>();
            for (Future<Attempt> attempt : atOnce.invokeAll(tasks)) {
                attempts.add(attempt.get());
            }
            return attempts;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void record(Plan.Point point, int iteration, boolean warmup, Attempt attempt, List<Attempt> all) {
        WorkerAnswer answer = attempt.answer();
        WorkerReply reply = answer.reply();
        boolean ok = answer.status() == RunStatus.OK;
        String digest = ok ? TextDigest.of(reply.text()) : null;
        if (ok) {
            folder.keepTranscript(digest, reply.text());
        }
        Subject.Clip clip = subject.clip(point.clip());
        Double wall = ok ? reply.wallSeconds() : null;
        Double cpu = ok ? reply.cpuSeconds() : null;
        Errors errors = ok ? errors(point, clip, digest, reply.text()) : NOT_SCORED;
        double audioSeconds = clip.audio().seconds();
        Run run = new Run(runs.size() + 1, iteration, warmup, plan.engine(), point.model(), point.clip(),
                rounded(audioSeconds), point.coresLimit(), point.isolation(), point.threads(), point.instances(), 1,
                attempt.startedAt(), rounded(wall), rounded(cpu), wall == null ? null : rounded(wall / audioSeconds),
                cpu == null ? null : rounded(cpu / wall), ok ? reply.peakRssBytes() : null,
                ok ? rounded(reply.throttledSeconds()) : null, ok ? reply.periods() : null,
                ok ? reply.throttledPeriods() : null, ok ? rounded(reply.stealSeconds()) : null,
                rounded(errors.words()), answer.status(), answer.error(),
                ok ? reply.coresInForce() : null, ok ? reply.workingThreads() : null,
                ok ? rounded(others(reply, all)) : null, digest, rounded(attempt.startSeconds()),
                rounded(attempt.loadSeconds()), point.waitPolicy(), rounded(errors.characters()),
                ok ? reply.tokens() : null, ok ? reply.heapBytes() : null);
        folder.append(run);
        runs.add(run);
    }

    /** The synthetic engine's text is not a transcript, and a model without weights writes none. */
    private Errors errors(Plan.Point point, Subject.Clip clip, String digest, String text) {
        Plan.ModelRef model = plan.model(point);
        String reference = clip.clip().reference();
        String language = clip.clip().language();
        return model == null || model.weightless() || reference == null ? NOT_SCORED
                : scored.computeIfAbsent(point.clip() + " " + digest, key -> new Errors(
                        WordErrorRate.of(reference, text, language).wer(),
                        WordErrorRate.characterErrorRate(reference, text, language)));
    }

    /** To a worker the instances beside it are others; to the point they are its own work. */
    private static Double others(WorkerReply reply, List<Attempt> all) {
        if (reply.otherBusyCores() == null || all.size() == 1) {
            return reply.otherBusyCores();
        }
        double instances = all.stream().map(a -> a.answer().reply()).filter(r -> r != null && r != reply)
                .filter(r -> r.cpuSeconds() != null)
                .mapToDouble(r -> r.cpuSeconds() / Math.max(r.wallSeconds(), reply.wallSeconds())).sum();
        return Math.max(0, reply.otherBusyCores() - instances);
    }

    /** To the nanosecond: what is beyond is the arithmetic's own noise. */
    private static Double rounded(Double value) {
        return value == null ? null : Math.rint(value * 1e9) / 1e9;
    }

    @Override
    public void close() {
        atOnce.shutdownNow();
        workers.close();
    }
}
