package lib.measure;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import lib.results.Estimate;
import lib.results.Plan;
import lib.results.PointSummary;
import lib.results.Run;
import lib.results.RunStatus;
import lib.results.WarningNote;
import lib.stats.Summary;

/** The rows of each point as figures. */
final class Summaries {
    private final Evidence evidence;
    private final Plan plan;
    private final Checks checks;

    private Summaries(Evidence evidence, Checks checks) {
        this.evidence = evidence;
        this.plan = evidence.plan();
        this.checks = checks;
    }

    /** @param curves those that the points lie on */
    static List<PointSummary> of(Evidence evidence, Checks checks, List<Curve> curves) {
        Summaries summaries = new Summaries(evidence, checks);
        return evidence.plan().points().stream().map(p -> summaries.of(p, curves.stream().map(c -> c.labelOf(p))
                .filter(Objects::nonNull).findFirst().orElse(null))).toList();
    }

    /** @param scaling label of the point, null when it is not on a curve */
    private PointSummary of(Plan.Point point, String scaling) {
        List<Run> all = evidence.all(point);
        int failed = (int) all.stream().filter(r -> r.error() != null).count();
        List<String> codes = checks.warnings().stream().filter(w -> plan.words(point).equals(w.point()))
                .map(WarningNote::code).distinct().toList();
        double[] seconds = evidence.seconds(point);
        if (seconds.length == 0) {
            return PointSummary.notMeasured(point, failed, all.isEmpty() ? null : whyStopped(all), codes);
        }
        Summary summary = Summary.of(seconds);
        Estimate latency = summary.median();
        Estimate speedup = checks.speedup(point);
        Double busy = evidence.median(point, Run::busyCores);
        Plan.ClipRef clip = plan.clip(point);
        StoppingRule rule = StoppingRule.of(plan);
        boolean known = rule.known(seconds);
        Run coldest = all.stream().filter(r -> r.startSeconds() != null && r.wallSeconds() != null).findFirst()
                .orElse(null);
        String label = scaling != null && !checks.disqualifying().isEmpty() ? Verdicts.UNDECIDED : scaling;
        return new PointSummary(point.model(), point.clip(), point.isolation(), point.waitPolicy(),
                point.coresLimit(), point.threads(), point.instances(), seconds.length, failed, latency,
                summary.min(), summary.max(), latency.inverse().times(point.instances()), busy,
                busy == null ? null : busy / point.coresLimit(), speedup,
                speedup == null ? null : speedup.times(1 / point.coresLimit()), latency.times(1 / clip.seconds()),
                latency.value() / clip.windows(), evidence.max(point, Run::wordErrorRate),
                evidence.max(point, Run::characterErrorRate), evidence.max(point, Run::tokens),
                evidence.max(point, Run::peakRssBytes), evidence.firstPeak(point),
                evidence.max(point, Run::heapBytes),
                evidence.throttledShare(point), evidence.throttledPeriodShare(point), evidence.stealShare(point),
                evidence.median(point, Run::otherBusyCores), inForce(point), evidence.min(point, Run::workingThreads),
                coldest == null ? null : coldest.startSeconds() + coldest.wallSeconds(), label,
                known ? "precision reached" : whyStopped(all),
                known ? null : rule.moreRuns(seconds), checks.valid(point), null, codes);
    }

    /** @param all rows of a point that is not known */
    private static String whyStopped(List<Run> all) {
        return givenUp(all) ? "given up after failures" : "time used up";
    }

    /** As the lab counts: instances fail together, and a warm-up that went well proves nothing. */
    private static boolean givenUp(List<Run> all) {
        Collection<List<Run>> rounds = all.stream().filter(r -> !r.warmup() || r.status() != RunStatus.OK)
                .collect(Collectors.groupingBy(Run::iteration, LinkedHashMap::new, Collectors.toList())).values();
        return rounds.size() >= Lab.FAILURES_TO_GIVE_UP
                && rounds.stream().skip(rounds.size() - Lab.FAILURES_TO_GIVE_UP)
                        .allMatch(round -> round.stream().anyMatch(r -> r.status() != RunStatus.OK));
    }

    private Double inForce(Plan.Point point) {
        return evidence.measured(point).stream().map(Run::coresInForce).filter(Objects::nonNull)
                .max(Comparator.comparing(c -> Math.abs(c - point.coresLimit()))).orElse(null);
    }
}
