package lib.measure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import lib.cli.UserError;
import lib.host.Isolation;
import lib.results.Environment;
import lib.results.Estimate;
import lib.results.Plan;
import lib.results.PointSummary;
import lib.results.Run;
import lib.results.RunStatus;
import lib.results.Verdict;
import lib.results.WarningNote;
import lib.stats.Bootstrap;
import lib.stats.Outliers;
import lib.stats.Precision;
import lib.stats.ScalingVerdict;
import lib.stats.Summary;

/**
 * What the rows say: a pure function of plan, machine and rows, so that it gives the same for a result from a pod and
 * for one from a laptop, today and after a re-reading. Thresholds are here, with their reason; {@code docs/method.md}
 * lists them.
 */
public record Judgement(List<PointSummary> summaries, Verdict verdict, String grade, List<String> gradeReasons,
        List<WarningNote> warnings) {
    /** The kernel rounds quotas to microseconds; a limit further off than this is another limit. */
    private static final double LIMIT_TOLERANCE = 0.01;
    /** A quota is refilled every 100 ms, so a run may use what was left of one period more than its share. */
    private static final double QUOTA_PERIOD_SECONDS = 0.1;
    private static final double BUSY_TOLERANCE = 0.05;
    /** Adding threads that spin at barriers raises busy cores by nearly one each; below a tenth nothing arrived. */
    private static final double LEAST_BUSY_GAIN = 1.1;
    /** whisper.cpp's threads spin; what was seen for 2 threads is 98 %, and short serial parts cost more with many. */
    private static final double LEAST_BUSY_SHARE = 0.75;
    private static final double THROTTLED_TIME_SHARE = 0.05;
    private static final double THROTTLED_TIME_SHARE_C = 0.25;
    private static final double OVERSUBSCRIBED_LATENCY = 2.0;
    /** In cores. The lab itself and a quiet system use less than the first. */
    private static final double OTHER_LOAD_B = 0.15;
    private static final double OTHER_LOAD_C = 0.5;
    /** Stolen time in cores for each core of the limit. */
    private static final double STEAL_B = 0.01;
    private static final double STEAL_C = 0.05;
    /**
     * More is no accident: something disturbs the machine that its counters don't show, a neighbour on the host say.
     */
    private static final double OUTLIER_SHARE_B = 0.1;
    /** Caches of a second core may help a little; what is beyond is not scaling. */
    private static final double MOST_EFFICIENCY = 1.05;
    /** A median known no better than this, after all the time given, was not measured on a quiet machine. */
    private static final double WIDE_SCATTER_B = 0.1;
    /** Half of the words wrong is not a transcript. */
    private static final double WORD_ERROR_RATE_VOID = 0.5;
    /** Digest of no text at all. */
    private static final String EMPTY_TEXT = "e3b0c44298fc";
    private static final double WINDOW_SECONDS = 30;
    private static final String UNDECIDED = ScalingVerdict.Scaling.UNDECIDED.code();

    /** @throws UserError if a row is not one of this plan */
    public static Judgement of(Plan plan, Environment environment, List<Run> runs) {
        runs.forEach(r -> requireOfPlan(r, plan));
        requireEachOnce(runs);
        return new Judge(plan, environment, runs).judge();
    }

    private static void requireEachOnce(List<Run> runs) {
        long numbers = runs.stream().map(Run::run).distinct().count();
        if (numbers < runs.size()) {
            throw new UserError("runs.csv has " + (runs.size() - numbers) + " rows more than once; restore the file");
        }
    }

    private static void requireOfPlan(Run r, Plan plan) {
        String model = plan.model() == null ? null : plan.model().name();
        boolean cold = r.iteration() == 0 || r.startSeconds() != null || r.status() != RunStatus.OK;
        String wrong = !Objects.equals(r.engine(), plan.engine()) ? "engine"
                : !Objects.equals(r.model(), model) ? "model"
                        : !Objects.equals(r.clip(), plan.clip().name()) ? "clip"
                                : !Objects.equals(r.isolation(), plan.isolation()) ? "isolation"
                                        : plan.measuredPoints().stream().noneMatch(p -> p.owns(r)) ? "point"
                                                : r.warmup() && !cold ? "warmup" : null;
        if (wrong != null) {
            throw new UserError("Run " + r.run() + " in runs.csv is not of this experiment's plan: its " + wrong
                    + " is another; restore the file");
        }
    }

    /** The pass over one experiment, with what it has found so far. */
    private static final class Judge {
        private final Plan plan;
        private final Environment environment;
        private final List<Run> runs;
        private final List<WarningNote> warnings = new ArrayList<>();
        private final List<String> reasonsB = new ArrayList<>();
        private final List<String> reasonsC = new ArrayList<>();
        private final Map<Plan.Point, Boolean> valid = new LinkedHashMap<>();

        Judge(Plan plan, Environment environment, List<Run> runs) {
            this.plan = plan;
            this.environment = environment;
            this.runs = runs;
        }

        Judgement judge() {
            List<Plan.Point> points = plan.measuredPoints();
            points.forEach(p -> valid.put(p, true));
            points.forEach(this::checkPoint);
            checkMachine();
            checkTexts();
            points.forEach(this::checkCredible);
            Map<Double, Plan.Point> curve = curve();
            ScalingVerdict scaling = ScalingVerdict.of(levels(curve), plan.seed());
            List<PointSummary> summaries = plan.points().stream()
                    .map(p -> summarise(p, !p.equals(curve.get(p.coresLimit())) ? null
                            : reasonsC.isEmpty() ? scaling.labelAt(p.coresLimit()) : UNDECIDED))
                    .toList();
            String grade = !reasonsC.isEmpty() ? "C" : !reasonsB.isEmpty() ? "B" : "A";
            List<String> reasons = new ArrayList<>(reasonsC);
            reasons.addAll(reasonsB);
            return new Judgement(summaries, verdict(scaling, curve), grade, reasons, warnings);
        }

        private void warn(Warning warning, Plan.Point point, String what, Object... figures) {
            warnings.add(warning.note(point == null ? null : Lab.words(point), text(what, figures)));
        }

        private void invalid(Plan.Point point) {
            valid.put(point, false);
        }

        private List<Run> measured(Plan.Point point) {
            return runs.stream().filter(Run::counts).filter(point::owns).toList();
        }

        private double[] seconds(Plan.Point point) {
            return StoppingRule.measuredSeconds(point, runs);
        }

        private Plan.Point baseline() {
            return plan.measuredPoints().stream()
                    .filter(p -> p.coresLimit() == ScalingVerdict.BASELINE_CORES && p.threads() == 1 && p
                            .instances() == 1)
                    .filter(p -> seconds(p).length > 0).findFirst().orElse(null);
        }

        private void checkPoint(Plan.Point point) {
            List<Run> mine = measured(point);
            checkFailures(point);
            if (mine.isEmpty()) {
                invalid(point);
                return;
            }
            checkLimit(point, mine);
            checkThreads(point, mine);
            checkThrottling(point, mine);
            checkNoise(point, mine);
            checkRuns(point, seconds(point));
            checkQuality(point, mine);
        }

        private void checkFailures(Plan.Point point) {
            List<Run> failed = runs.stream().filter(point::owns).filter(r -> r.error() != null).toList();
            if (!failed.isEmpty()) {
                warn(Warning.RUNS_FAILED, point, "%d of %d runs did not end well; the last: %s", failed.size(),
                        runs.stream().filter(point::owns).count(), failed.get(failed.size() - 1).error());
            }
        }

        private void checkLimit(Plan.Point point, List<Run> mine) {
            boolean none = plan.isolation().equals(Isolation.NONE.label());
            List<Run> off = mine.stream().filter(r -> r.coresInForce() != null && (none
                    ? r.coresInForce() < point.coresLimit() * (1 - LIMIT_TOLERANCE)
                    : Math.abs(r.coresInForce() - point.coresLimit()) > LIMIT_TOLERANCE * point.coresLimit())).toList();
            if (!off.isEmpty()) {
                invalid(point);
                warn(Warning.LIMIT_NOT_IN_FORCE, point, "%d of %d runs had a limit of %s in force, not %s", off.size(),
                        mine.size(), number(off.get(0).coresInForce()), number(point.coresLimit()));
            } else if (!none && mine.stream().anyMatch(r -> r.coresInForce() == null)) {
                invalid(point);
                warn(Warning.LIMIT_NOT_IN_FORCE, point, "no limit could be read back from inside the worker");
            }
            for (Run r : none ? List.<Run>of() : mine) {
                double most = point.coresLimit() * (1 + BUSY_TOLERANCE + QUOTA_PERIOD_SECONDS / r.wallSeconds());
                if (r.busyCores() != null && r.busyCores() > most) {
                    invalid(point);
                    warn(Warning.LIMIT_NOT_IN_FORCE, point, "run %d kept %.2f cores busy under a limit of %s", r.run(),
                            r.busyCores(), number(point.coresLimit()));
                    return;
                }
            }
        }

        private void checkThreads(Plan.Point point, List<Run> mine) {
            long fewer = mine.stream().filter(r -> r.workingThreads() != null && r.workingThreads() < point.threads())
                    .count();
            if (fewer > 0) {
                invalid(point);
                warn(Warning.THREADS_NOT_IN_FORCE, point, "in %d of %d runs fewer than %d threads worked", fewer,
                        mine.size(), point.threads());
                return;
            }
            double[] busy = values(mine, Run::busyCores);
            if (busy.length == 0 || point.threads() == 1) {
                return;
            }
            boolean counted = mine.stream().allMatch(r -> r.workingThreads() != null);
            double expected = Math.min(point.threads(), point.coresLimit());
            double median = Summary.of(busy).median().value();
            // an engine with a model is whisper.cpp, which spins; a synthetic one rests while it works serially
            boolean idle = plan.model() != null && median < LEAST_BUSY_SHARE * expected;
            if (!counted && (idle || changedNothing(point, busy))) {
                invalid(point);
                warn(Warning.THREADS_NOT_IN_FORCE, point, "%d threads kept %.2f cores busy", point.threads(), median);
            } else if (idle) {
                warn(Warning.CORES_NOT_BUSY, point, "%d threads kept %.2f of %s cores busy", point.threads(), median,
                        number(expected));
                grade(true, "cores not busy");
            }
        }

        /** Where the system shows no threads: did more of them raise the busy cores at all? */
        private boolean changedNothing(Plan.Point point, double[] busy) {
            Plan.Point base = baseline();
            if (base == null || point.coresLimit() < 2) {
                return false;
            }
            double[] baseBusy = values(measured(base), Run::busyCores);
            Estimate gain = baseBusy.length == 0 ? null : Bootstrap.ratioOfMedians(busy, baseBusy, plan.seed());
            return gain != null && gain.hasInterval() && gain.high() < LEAST_BUSY_GAIN;
        }

        private void checkThrottling(Plan.Point point, List<Run> mine) {
            Double share = throttledShare(mine);
            if (share != null && share > THROTTLED_TIME_SHARE) {
                Double periods = throttledPeriodShare(mine);
                warn(Warning.THROTTLED, point, "threads were held back for %.0f %% of the time%s", share * 100,
                        periods == null ? "" : text(", in %.0f %% of the quota periods", periods * 100));
                // with more threads than cores it is what the point shows; else it describes the quota, not the cores
                if (point.threads() <= point.coresLimit()) {
                    grade(share > THROTTLED_TIME_SHARE_C, "throttling");
                }
            }
            if (point.threads() > ThreadCounts.matching(point.coresLimit())) {
                plan.measuredPoints().stream()
                        .filter(p -> p.coresLimit() == point.coresLimit() && p.threads() == 1)
                        .filter(p -> seconds(p).length > 0).findFirst()
                        .ifPresent(one -> checkOversubscription(point, one));
            }
        }

        private void checkOversubscription(Plan.Point point, Plan.Point one) {
            Estimate ratio = Bootstrap.ratioOfMedians(seconds(point), seconds(one), plan.seed());
            if (ratio.hasInterval() && ratio.low() > 1) {
                Double share = throttledShare(measured(point));
                boolean throttling = ratio.value() > OVERSUBSCRIBED_LATENCY && share != null
                        && share > THROTTLED_TIME_SHARE;
                warn(Warning.OVERSUBSCRIBED, point,
                        "%d threads take %.2f times as long as 1 thread under the same limit%s",
                        point.threads(), ratio.value(), throttling ? ": throttling" : "");
            }
        }

        private void checkNoise(Plan.Point point, List<Run> mine) {
            Double steal = stealShare(mine);
            if (steal != null && steal / point.coresLimit() > STEAL_B) {
                warn(Warning.STEAL, point, "%.2f cores were stolen", steal);
                grade(steal / point.coresLimit() > STEAL_C, "steal");
            }
            Double other = median(mine, Run::otherBusyCores);
            if (other != null && other > OTHER_LOAD_B) {
                warn(Warning.OTHER_LOAD, point, "others kept %.2f cores busy", other);
                Integer cpus = environment.logicalCpus();
                boolean pinned = plan.isolation().equals(Isolation.AFFINITY.label());
                boolean inTheWay = pinned || cpus == null || point.coresLimit() + other > cpus;
                grade(other > OTHER_LOAD_C && inTheWay, "other load");
            }
        }

        private void checkRuns(Plan.Point point, double[] seconds) {
            Estimate median = Summary.of(seconds).median();
            int[] outliers = Outliers.modifiedZ(seconds);
            if (outliers.length > 0) {
                warn(Warning.OUTLIERS, point, "%d of %d runs", outliers.length, seconds.length);
                if (outliers.length > OUTLIER_SHARE_B * seconds.length) {
                    grade(false, "many outliers");
                }
            }
            if (outliers.length > 0 && outliers[0] == 0 && seconds[0] > median.value()) {
                warn(Warning.SLOW_FIRST_RUN, point, "%.2f s where the median is %.2f s", seconds[0], median.value());
            }
            if (median.hasInterval() && median.precision() > WIDE_SCATTER_B) {
                grade(false, "wide scatter");
            }
            if (!median.hasInterval()) {
                warn(Warning.NOT_ENOUGH_RUNS, point, "%d measured, %s needed", seconds.length, moreRunsInWords(
                        seconds));
            } else if (median.precision() > plan.precision()) {
                warn(Warning.PRECISION_NOT_REACHED, point, "±%.1f %% after %d runs, asked ±%.1f %%; %s needed",
                        median.precision() * 100, seconds.length, plan.precision() * 100, moreRunsInWords(seconds));
            }
        }

        private int moreRuns(double[] seconds) {
            int toMinimum = plan.minRuns() - seconds.length;
            // without an interval the spread is not known either, and a guess from it would be wild
            return Summary.of(seconds).median().hasInterval()
                    ? Math.max(toMinimum, Precision.moreRunsNeeded(seconds, plan.precision()))
                    : toMinimum;
        }

        private String moreRunsInWords(double[] seconds) {
            int more = moreRuns(seconds);
            return more > Precision.UNLIKELY_RUNS ? "more than " + Precision.UNLIKELY_RUNS + " further runs"
                    : "about " + more + " further runs";
        }

        private void checkQuality(Plan.Point point, List<Run> mine) {
            Double worst = max(mine, Run::wordErrorRate);
            if (mine.stream().anyMatch(r -> EMPTY_TEXT.equals(r.textDigest()))) {
                invalid(point);
                warn(Warning.NO_TEXT, point, "the engine heard nothing");
            } else if (worst != null && worst > WORD_ERROR_RATE_VOID) {
                invalid(point);
                warn(Warning.WORD_ERRORS, point, "word error rate %.0f %%", worst * 100);
            }
        }

        private void checkCredible(Plan.Point point) {
            Estimate speedup = seconds(point).length == 0 ? null : speedup(point, seconds(point));
            if (speedup != null && speedup.hasInterval() && speedup.low() / point.coresLimit() > MOST_EFFICIENCY) {
                warn(Warning.SUPER_LINEAR, point, "efficiency %.0f %%", speedup.value() / point.coresLimit() * 100);
                grade(true, "faster than its cores allow");
            }
        }

        private void checkTexts() {
            Set<String> texts = runs.stream().filter(Run::counts).map(Run::textDigest).collect(Collectors.toSet());
            if (texts.size() > 1) {
                plan.measuredPoints().forEach(this::invalid);
                warn(Warning.TEXT_DIFFERS, null, "%d different texts for one clip", texts.size());
            }
        }

        private void checkMachine() {
            if (environment.emulation() != null) {
                warn(Warning.CPU_EMULATED, null, "this CPU is emulated or translated: %s", environment.emulation());
                plan.measuredPoints().forEach(this::invalid);
                reasonsC.add("emulated CPU");
            }
            if (plan.isolation().equals(Isolation.NONE.label())) {
                warn(Warning.NO_ISOLATION, null, "no CPU limit was in force");
                reasonsB.add("no CPU limit");
            }
            if (environment.governor() != null && !environment.governor().equals("performance")) {
                warn(Warning.FREQUENCY_SCALING, null, "the frequency governor is %s", environment.governor());
                reasonsB.add("frequency scaling");
            }
            double most = plan.measuredPoints().stream().mapToDouble(Plan.Point::coresLimit).max().orElse(0);
            if (environment.physicalCores() != null && most > environment.physicalCores()) {
                warn(Warning.SMT_SIBLINGS, null, "%s asked for on %d physical cores", Lab.cores(most),
                        environment.physicalCores());
                reasonsB.add("SMT siblings");
            }
            if (Boolean.TRUE.equals(environment.hybrid())) {
                warn(Warning.HYBRID_CORES, null, "this CPU has cores of different speed");
                reasonsB.add("hybrid cores");
            }
            checkObserved();
            if (plan.measuredPoints().size() > 1 && baseline() == null) {
                warn(Warning.NO_BASELINE, null, "no speed-up can be given");
            }
        }

        private void checkObserved() {
            List<Run> counted = runs.stream().filter(Run::counts).toList();
            List<String> unseen = new ArrayList<>();
            if (counted.stream().anyMatch(r -> r.otherBusyCores() == null)) {
                unseen.add("other load");
            }
            if (counted.stream().anyMatch(r -> r.stealSeconds() == null)) {
                unseen.add("steal");
            }
            if (counted.stream().anyMatch(r -> r.workingThreads() == null)) {
                unseen.add("working threads");
            }
            if (!unseen.isEmpty()) {
                warn(Warning.NOT_OBSERVED, null, "not measured in every run: %s", String.join(", ", unseen));
                reasonsB.add("not all observed");
            }
        }

        private void grade(boolean c, String reason) {
            List<String> reasons = c ? reasonsC : reasonsB;
            if (!reasonsC.contains(reason) && !reasons.contains(reason)) {
                reasonsB.remove(reason);
                reasons.add(reason);
            }
        }

        /** One thread count a core count: as many as whole cores if that was measured, else the fastest. */
        private Map<Double, Plan.Point> curve() {
            Comparator<Plan.Point> preference = Comparator
                    .comparing((Plan.Point p) -> p.threads() != ThreadCounts.matching(p.coresLimit()))
                    .thenComparing(p -> Summary.of(seconds(p)).median().value());
            return plan.measuredPoints().stream().filter(valid::get)
                    .filter(p -> p.coresLimit() != ScalingVerdict.BASELINE_CORES || p.threads() == 1).collect(Collectors
                            .toMap(Plan.Point::coresLimit,
                                    p -> p, (a, b) -> preference.compare(a, b) <= 0 ? a : b));
        }

        private List<ScalingVerdict.Level> levels(Map<Double, Plan.Point> curve) {
            return plan.points().stream().map(Plan.Point::coresLimit).distinct()
                    .map(cores -> curve.containsKey(cores) ? new ScalingVerdict.Level(cores, seconds(curve.get(cores)))
                            : ScalingVerdict.Level.notMeasured(cores, whyNot(cores)))
                    .toList();
        }

        private String whyNot(double cores) {
            return plan.points().stream().filter(p -> p.coresLimit() == cores).map(Plan.Point::skipped)
                    .filter(Objects::nonNull).findFirst().orElse("its runs are not valid, see the doubts");
        }

        private Verdict verdict(ScalingVerdict scaling, Map<Double, Plan.Point> curve) {
            List<String> doubtful = valid.entrySet().stream().filter(e -> !e.getValue() && !measured(e.getKey())
                    .isEmpty())
                    .map(e -> Lab.words(e.getKey())).toList();
            List<String> sentences = new ArrayList<>();
            if (!doubtful.isEmpty()) {
                sentences.add("Left out of the verdict because they are not valid: " + String.join("; ", doubtful)
                        + ".");
            }
            if (!reasonsC.isEmpty()) {
                sentences.add("No verdict: the figures are indicative only (grade C: " + String.join(", ", reasonsC)
                        + "), and disturbed runs look like bad scaling. Mend what the doubts say and measure again.");
                sentences.add("Chưa kết luận được: số đo chỉ để tham khảo (hạng C); hãy đo lại khi máy rảnh.");
                return new Verdict(UNDECIDED, UNDECIDED, null, null, sentences);
            }
            sentences.addAll(scaling.sentences());
            sentences.addAll(threadCounts());
            Double optimal = scaling.optimalCores();
            if (optimal != null) {
                int threads = curve.get(optimal).threads();
                sentences.add("For a service that transcribes one request at a time: " + Lab.cores(optimal) + " and "
                        + threads
                        + (threads == 1 ? " thread" : " threads") + " for each pod, as far as latency goes.");
            }
            return new Verdict(scaling.scaling(), scaling.manyWeakOrFewStrong(), optimal, scaling.cheapestCores(),
                    sentences);
        }

        /** Where several thread counts were measured under one limit: the fewest that no other is shown to beat. */
        private List<String> threadCounts() {
            Map<Double, List<Plan.Point>> byCores = plan.measuredPoints().stream().filter(valid::get)
                    .collect(Collectors.groupingBy(Plan.Point::coresLimit, TreeMap::new, Collectors.toList()));
            List<String> sentences = new ArrayList<>();
            byCores.forEach((cores, points) -> {
                if (points.size() > 1) {
                    sentences.add(threadCount(cores, points));
                }
            });
            return sentences;
        }

        private String threadCount(double cores, List<Plan.Point> points) {
            Plan.Point fastest = points.stream().min(Comparator.comparing(p -> Summary.of(seconds(p)).median().value()))
                    .orElseThrow();
            Map<Plan.Point, Estimate> times = new LinkedHashMap<>();
            points.forEach(p -> times.put(p, Bootstrap.ratioOfMedians(seconds(p), seconds(fastest), plan.seed())));
            List<Plan.Point> best = points.stream().filter(p -> !(times.get(p).hasInterval() && times.get(p).low() > 1))
                    .sorted(Comparator.comparing(Plan.Point::threads)).toList();
            String others = times.entrySet().stream().filter(e -> !best.contains(e.getKey()))
                    .map(e -> text("%d take %.2f (95 %%: %.2f to %.2f) times as long", e.getKey().threads(),
                            e.getValue().value(), e.getValue().low(), e.getValue().high()))
                    .collect(Collectors.joining("; "));
            String counts = best.stream().map(p -> String.valueOf(p.threads())).collect(Collectors.joining(", "));
            return "Threads at " + Lab.cores(cores) + ": " + (best.size() == 1 ? counts : "undecided between " + counts)
                    + (others.isEmpty() ? "." : "; " + others + ".");
        }

        /** @param scaling label of the point, null when it is not on the curve */
        private PointSummary summarise(Plan.Point point, String scaling) {
            List<Run> mine = measured(point);
            List<Run> all = runs.stream().filter(point::owns).toList();
            int failed = (int) all.stream().filter(r -> r.error() != null).count();
            List<String> codes = warnings.stream().filter(w -> Lab.words(point).equals(w.point()))
                    .map(WarningNote::code).distinct().toList();
            if (mine.isEmpty()) {
                return new PointSummary(point.coresLimit(), point.threads(), point.instances(), 0, failed, null, null,
                        null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                        null, null, null, null, false, point.skipped(), codes);
            }
            double[] seconds = seconds(point);
            Summary summary = Summary.of(seconds);
            Estimate latency = summary.median();
            Estimate speedup = speedup(point, seconds);
            Double busy = median(mine, Run::busyCores);
            double audio = plan.clip().seconds();
            boolean known = StoppingRule.of(plan).known(seconds);
            Run coldest = all.stream().filter(r -> r.startSeconds() != null && r.wallSeconds() != null).findFirst()
                    .orElse(null);
            return new PointSummary(point.coresLimit(), point.threads(), point.instances(), seconds.length, failed,
                    latency, summary.min(), summary.max(), inverse(latency), busy,
                    busy == null ? null : busy / point.coresLimit(), speedup, scale(speedup, 1 / point.coresLimit()),
                    scale(latency, 1 / audio), latency.value() / Math.ceil(audio / WINDOW_SECONDS),
                    max(mine, Run::wordErrorRate), mine.stream().map(Run::peakRssBytes).filter(Objects::nonNull)
                            .max(Long::compare).orElse(null),
                    throttledShare(mine), throttledPeriodShare(mine), stealShare(mine),
                    median(mine, Run::otherBusyCores), inForce(point, mine),
                    mine.stream().map(Run::workingThreads).filter(Objects::nonNull).min(Integer::compare).orElse(null),
                    coldest == null ? null : coldest.startSeconds() + coldest.wallSeconds(),
                    scaling, known ? "precision reached" : givenUp(all) ? "given up after failures" : "time used up",
                    known ? null : moreRuns(seconds),
                    valid.get(point), null, codes);
        }

        private static boolean givenUp(List<Run> all) {
            int last = Math.max(0, all.size() - Lab.FAILURES_TO_GIVE_UP);
            return all.size() >= Lab.FAILURES_TO_GIVE_UP
                    && all.subList(last, all.size()).stream().allMatch(r -> r.status() != RunStatus.OK);
        }

        private Estimate speedup(Plan.Point point, double[] seconds) {
            Plan.Point base = baseline();
            return base == null ? null
                    : point.equals(base) ? new Estimate(1, 1.0, 1.0)
                            : Bootstrap.ratioOfMedians(seconds(base), seconds, plan.seed());
        }

        private static Double inForce(Plan.Point point, List<Run> mine) {
            return mine.stream().map(Run::coresInForce).filter(Objects::nonNull)
                    .max(Comparator.comparing(c -> Math.abs(c - point.coresLimit()))).orElse(null);
        }

        private static Double throttledShare(List<Run> mine) {
            return ratioOfSums(mine, Run::throttledSeconds, Run::wallSeconds);
        }

        private static Double throttledPeriodShare(List<Run> mine) {
            return ratioOfSums(mine, r -> r.throttledPeriods() == null ? null : (double) r.throttledPeriods(),
                    r -> r.periods() == null ? null : (double) r.periods());
        }

        private static Double stealShare(List<Run> mine) {
            return ratioOfSums(mine, Run::stealSeconds, Run::wallSeconds);
        }
    }

    private static Double ratioOfSums(List<Run> runs, Function<Run, Double> above, Function<Run, Double> below) {
        double a = 0;
        double b = 0;
        for (Run r : runs) {
            if (above.apply(r) == null || below.apply(r) == null) {
                return null;
            }
            a += above.apply(r);
            b += below.apply(r);
        }
        return b == 0 ? null : a / b;
    }

    private static double[] values(List<Run> runs, Function<Run, Double> column) {
        return runs.stream().map(column).filter(Objects::nonNull).mapToDouble(Double::doubleValue).toArray();
    }

    private static Double median(List<Run> runs, Function<Run, Double> column) {
        double[] values = values(runs, column);
        return values.length == 0 ? null : Summary.of(values).median().value();
    }

    private static Double max(List<Run> runs, Function<Run, Double> column) {
        return runs.stream().map(column).filter(Objects::nonNull).max(Double::compare).orElse(null);
    }

    private static Estimate scale(Estimate e, double factor) {
        return e == null ? null
                : new Estimate(e.value() * factor, e.low() == null ? null : e.low() * factor,
                        e.high() == null ? null : e.high() * factor);
    }

    private static Estimate inverse(Estimate e) {
        return new Estimate(1 / e.value(), e.high() == null ? null : 1 / e.high(), e.low() == null ? null
                : 1 / e.low());
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : text("%.2f", value);
    }

    private static String text(String format, Object... figures) {
        return String.format(Locale.ROOT, format, figures);
    }
}
