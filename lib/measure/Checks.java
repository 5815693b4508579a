package lib.measure;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import lib.engine.EngineSpec;
import lib.host.Isolation;
import lib.host.Noise;
import lib.results.Cores;
import lib.results.Environment;
import lib.results.Estimate;
import lib.results.Plan;
import lib.results.Run;
import lib.results.TextDigest;
import lib.results.WarningNote;
import lib.stats.Bootstrap;
import lib.stats.Outliers;
import lib.stats.Precision;
import lib.stats.ScalingVerdict;
import lib.stats.Summary;
import lib.stats.ThreadAdvice;

/**
 * The pass of checks over one experiment: what may be doubted, how far the figures can be trusted, and which points no
 * verdict may rest on. Thresholds are here, with their reason; {@code docs/method.md} lists them.
 */
final class Checks {
    /** The kernel rounds quotas to microseconds; a limit further off than this is another limit. */
    private static final double LIMIT_TOLERANCE = 0.01;
    /** A quota is refilled every 100 ms, so a run may use what was left of one period more than its share. */
    private static final double QUOTA_PERIOD_SECONDS = 0.1;
    private static final double BUSY_TOLERANCE = 0.05;
    /** Adding threads that spin at barriers raises busy cores by nearly one each; below a tenth nothing arrived. */
    private static final double LEAST_BUSY_GAIN = 1.1;
    /** whisper.cpp's threads spin; what was seen for 2 threads is 98 %, and short serial parts cost more with many. */
    private static final double LEAST_BUSY_SHARE = 0.75;
    private static final double THROTTLED_TIME_SHARE_C = 0.25;
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
    private static final String EMPTY_TEXT = TextDigest.of("");

    private final Evidence evidence;
    private final Plan plan;
    private final List<WarningNote> warnings = new ArrayList<>();
    private final List<String> reasonsB = new ArrayList<>();
    private final List<String> reasonsC = new ArrayList<>();
    private final Set<Plan.Point> invalid = new HashSet<>();

    private Checks(Evidence evidence) {
        this.evidence = evidence;
        this.plan = evidence.plan();
    }

    static Checks of(Evidence evidence) {
        Checks checks = new Checks(evidence);
        checks.plan.measuredPoints().forEach(checks::checkPoint);
        checks.checkMachine();
        checks.checkTexts();
        checks.plan.measuredPoints().forEach(checks::checkCredible);
        return checks;
    }

    List<WarningNote> warnings() {
        return warnings;
    }

    /** False when no verdict may rest on this point. */
    boolean valid(Plan.Point point) {
        return !invalid.contains(point);
    }

    /** A clean, B usable, C indicative only. */
    String grade() {
        return !reasonsC.isEmpty() ? "C" : !reasonsB.isEmpty() ? "B" : "A";
    }

    /** The weightier first. */
    List<String> gradeReasons() {
        List<String> reasons = new ArrayList<>(reasonsC);
        reasons.addAll(reasonsB);
        return reasons;
    }

    /** Why no verdict may be drawn at all; empty when one may. */
    List<String> disqualifying() {
        return reasonsC;
    }

    private void warn(Warning warning, Plan.Point point, String what, Object... figures) {
        warnings.add(warning.note(point == null ? null : plan.words(point), text(what, figures)));
    }

    private static String text(String format, Object... figures) {
        return String.format(Locale.ROOT, format, figures);
    }

    private void invalid(Plan.Point point) {
        invalid.add(point);
    }

    /** Null without a baseline that counts, or without runs. */
    Estimate speedup(Plan.Point point) {
        Plan.Point base = evidence.baseline(point);
        if (base == null || !valid(base) || evidence.seconds(point).length == 0) {
            return null;
        }
        return point.equals(base) ? ScalingVerdict.BASELINE_SPEEDUP
                : ScalingVerdict.speedup(evidence.seconds(base), evidence.seconds(point), plan.seed());
    }

    /** Of all instances together. */
    private static double cores(Plan.Point point) {
        return point.instances() * point.coresLimit();
    }

    private boolean weightless(Plan.Point point) {
        return plan.model(point) != null && plan.model(point).weightless();
    }

    /** Several core or thread counts, and not the one that they are compared with. */
    private boolean lacksBaseline(Plan.Point point) {
        return point.instances() == 1 && evidence.baseline(point) == null
                && plan.measuredPoints().stream().filter(p -> p.instances() == 1 && p.sameWork(point)).count() > 1;
    }

    private void checkPoint(Plan.Point point) {
        List<Run> mine = evidence.measured(point);
        checkFailures(point);
        // instances that ended well in rounds that others of theirs did not are rows, and no measurement
        if (evidence.seconds(point).length == 0) {
            invalid(point);
            return;
        }
        checkLimit(point, mine);
        checkThreads(point, mine);
        checkThrottling(point);
        checkNoise(point);
        checkRuns(point, evidence.seconds(point));
        checkQuality(point, mine);
    }

    private void checkFailures(Plan.Point point) {
        List<Run> all = evidence.all(point);
        List<Run> failed = all.stream().filter(r -> r.error() != null).toList();
        if (!failed.isEmpty()) {
            warn(Warning.RUNS_FAILED, point, "%d of %d runs did not end well; the last: %s", failed.size(),
                    all.size(), failed.get(failed.size() - 1).error());
        }
    }

    private void checkLimit(Plan.Point point, List<Run> mine) {
        boolean none = Isolation.NONE.label().equals(point.isolation());
        List<Run> off = mine.stream().filter(r -> r.coresInForce() != null && (none
                ? r.coresInForce() < point.coresLimit() * (1 - LIMIT_TOLERANCE)
                : Math.abs(r.coresInForce() - point.coresLimit()) > LIMIT_TOLERANCE * point.coresLimit())).toList();
        if (!off.isEmpty()) {
            invalid(point);
            warn(Warning.LIMIT_NOT_IN_FORCE, point, "%d of %d runs had a limit of %s in force, not %s", off.size(),
                    mine.size(), Cores.number(off.get(0).coresInForce()), Cores.number(point.coresLimit()));
        } else if (!none && mine.stream().anyMatch(r -> r.coresInForce() == null)) {
            invalid(point);
            warn(Warning.LIMIT_NOT_IN_FORCE, point, "no limit could be read back from inside the worker");
        }
        for (Run r : none ? List.<Run>of() : mine) {
            double most = point.coresLimit() * (1 + BUSY_TOLERANCE + QUOTA_PERIOD_SECONDS / r.wallSeconds());
            if (r.busyCores() != null && r.busyCores() > most) {
                invalid(point);
                warn(Warning.LIMIT_NOT_IN_FORCE, point, "run %d kept %.2f cores busy under a limit of %s", r.run(),
                        r.busyCores(), Cores.number(point.coresLimit()));
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
        double[] busy = evidence.values(point, Run::busyCores);
        if (busy.length == 0 || point.threads() == 1) {
            return;
        }
        boolean counted = mine.stream().allMatch(r -> r.workingThreads() != null);
        double expected = Math.min(point.threads(), point.coresLimit());
        double median = Summary.of(busy).median().value();
        boolean idle = EngineSpec.parse(plan.engine()).spins(point.waitPolicy())
                && median < LEAST_BUSY_SHARE * expected;
        if (!counted && (idle || changedNothing(point, busy))) {
            invalid(point);
            warn(Warning.THREADS_NOT_IN_FORCE, point, "%d threads kept %.2f cores busy", point.threads(), median);
        } else if (idle) {
            warn(Warning.CORES_NOT_BUSY, point, "%d threads kept %.2f of %s cores busy", point.threads(), median,
                    Cores.number(expected));
            grade(true, "cores not busy");
        }
    }

    /** Where the system shows no threads: did more of them raise the busy cores at all? */
    private boolean changedNothing(Plan.Point point, double[] busy) {
        Plan.Point base = evidence.baseline(point);
        if (base == null || point.coresLimit() < 2) {
            return false;
        }
        double[] baseBusy = evidence.values(base, Run::busyCores);
        Estimate gain = baseBusy.length == 0 ? null : Bootstrap.ratioOfMedians(busy, baseBusy, plan.seed());
        return gain != null && gain.hasInterval() && gain.high() < LEAST_BUSY_GAIN;
    }

    private void checkThrottling(Plan.Point point) {
        Double share = evidence.throttledShare(point);
        if (share != null && share > ThreadAdvice.THROTTLED_SHARE) {
            Double periods = evidence.throttledPeriodShare(point);
            warn(Warning.THROTTLED, point, "threads were held back for %.0f %% of the time%s", share * 100,
                    periods == null ? "" : text(", in %.0f %% of the quota periods", periods * 100));
            // with more threads than cores it is what the point shows; else it describes the quota, not the cores
            if (point.threads() <= point.coresLimit()) {
                grade(share > THROTTLED_TIME_SHARE_C, "throttling");
            }
        }
        if (point.threads() > Cores.whole(point.coresLimit())) {
            plan.measuredPoints().stream()
                    .filter(p -> p.sameWork(point) && p.coresLimit() == point.coresLimit() && p.threads() == 1
                            && p.instances() == point.instances())
                    .filter(p -> evidence.seconds(p).length > 0).findFirst()
                    .ifPresent(one -> checkOversubscription(point, one));
        }
    }

    private void checkOversubscription(Plan.Point point, Plan.Point one) {
        Estimate ratio = Bootstrap.ratioOfMedians(evidence.seconds(point), evidence.seconds(one), plan.seed());
        if (ratio.hasInterval() && ratio.low() > 1) {
            Double share = evidence.throttledShare(point);
            boolean throttling = ratio.value() > ThreadAdvice.STRESS_LATENCY && share != null
                    && share > ThreadAdvice.THROTTLED_SHARE;
            warn(Warning.OVERSUBSCRIBED, point,
                    "%d threads take %.2f times as long as 1 thread under the same limit%s",
                    point.threads(), ratio.value(), throttling ? ": throttling" : "");
        }
    }

    private void checkNoise(Plan.Point point) {
        Double steal = evidence.stealShare(point);
        if (steal != null && steal / cores(point) > Noise.STEAL_B) {
            warn(Warning.STEAL, point, "%.2f cores were stolen", steal);
            grade(steal / cores(point) > Noise.STEAL_C, "steal");
        }
        Double other = evidence.median(point, Run::otherBusyCores);
        if (other != null && other > Noise.OTHER_LOAD_B) {
            warn(Warning.OTHER_LOAD, point, "others kept %.2f cores busy", other);
            Integer cpus = evidence.environment().logicalCpus();
            boolean pinned = Isolation.AFFINITY.label().equals(point.isolation());
            boolean inTheWay = pinned || cpus == null || cores(point) + other > cpus;
            grade(other > Noise.OTHER_LOAD_C && inTheWay, "other load");
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

    private String moreRunsInWords(double[] seconds) {
        int more = StoppingRule.of(plan).moreRuns(seconds);
        return more > Precision.UNLIKELY_RUNS ? "more than " + Precision.UNLIKELY_RUNS + " further runs"
                : "about " + more + " further runs";
    }

    private void checkQuality(Plan.Point point, List<Run> mine) {
        Double worst = evidence.max(point, Run::wordErrorRate);
        if (weightless(point)) {
            return;
        }
        if (mine.stream().anyMatch(r -> EMPTY_TEXT.equals(r.textDigest()))) {
            invalid(point);
            warn(Warning.NO_TEXT, point, "the engine heard nothing");
        } else if (worst != null && worst > WORD_ERROR_RATE_VOID) {
            invalid(point);
            warn(Warning.WORD_ERRORS, point, "word error rate %.0f %%", worst * 100);
        }
    }

    private void checkCredible(Plan.Point point) {
        Estimate speedup = speedup(point);
        if (speedup != null && speedup.hasInterval() && speedup.low() / point.coresLimit() > MOST_EFFICIENCY) {
            warn(Warning.SUPER_LINEAR, point, "efficiency %.0f %%", speedup.value() / point.coresLimit() * 100);
            grade(true, "faster than its cores allow");
        }
    }

    private void checkTexts() {
        Map<String, List<Plan.Point>> byWork = plan.measuredPoints().stream().filter(p -> !weightless(p))
                .collect(Collectors.groupingBy(p -> p.model() + " " + p.clip(), LinkedHashMap::new, Collectors
                        .toList()));
        for (List<Plan.Point> points : byWork.values()) {
            long texts = points.stream().flatMap(p -> evidence.measured(p).stream()).map(Run::textDigest).distinct()
                    .count();
            if (texts > 1) {
                points.forEach(this::invalid);
                warn(Warning.TEXT_DIFFERS, null, "%d different texts for %s", texts, points.get(0).clip());
            }
        }
    }

    private void checkMachine() {
        Environment environment = evidence.environment();
        if (environment.emulation() != null) {
            warn(Warning.CPU_EMULATED, null, "this CPU is emulated or translated: %s", environment.emulation());
            plan.measuredPoints().forEach(this::invalid);
            reasonsC.add("emulated CPU");
        }
        if (plan.measuredPoints().stream().anyMatch(p -> Isolation.NONE.label().equals(p.isolation()))) {
            warn(Warning.NO_ISOLATION, null, "no CPU limit was in force");
            reasonsB.add("no CPU limit");
        }
        if (environment.governor() != null && !environment.governor().equals("performance")) {
            warn(Warning.FREQUENCY_SCALING, null, "the frequency governor is %s", environment.governor());
            reasonsB.add("frequency scaling");
        }
        double most = plan.measuredPoints().stream().mapToDouble(Checks::cores).max().orElse(0);
        if (environment.physicalCores() != null && most > environment.physicalCores()) {
            warn(Warning.SMT_SIBLINGS, null, "%s asked for on %d physical cores", Cores.words(most),
                    environment.physicalCores());
            reasonsB.add("SMT siblings");
        }
        if (Boolean.TRUE.equals(environment.hybrid())) {
            warn(Warning.HYBRID_CORES, null, "this CPU has cores of different speed");
            reasonsB.add("hybrid cores");
        }
        checkObserved();
        if (plan.question() != Plan.Question.THREADS && plan.measuredPoints().stream().anyMatch(this::lacksBaseline)) {
            warn(Warning.NO_BASELINE, null, "no speed-up can be given");
        }
    }

    private void checkObserved() {
        List<Run> counted = evidence.runs().stream().filter(Run::counts).toList();
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
}
