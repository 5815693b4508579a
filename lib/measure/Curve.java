package lib.measure;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import lib.results.Cores;
import lib.results.Plan;
import lib.stats.ScalingVerdict;

/**
 * The scaling curve of one work (model, clip, kind of limit): one thread count a core count, as many as whole cores if
 * that was measured, else the fastest. The baseline has one thread.
 *
 * @param points by cores; only those that a verdict may rest on
 */
record Curve(Map<Double, Plan.Point> points, ScalingVerdict verdict) {

    /** @param work any point of it */
    static Curve of(Evidence evidence, Predicate<Plan.Point> valid, Plan.Point work) {
        Plan plan = evidence.plan();
        Comparator<Plan.Point> preference = Comparator
                .comparing((Plan.Point p) -> p.threads() != Cores.whole(p.coresLimit()))
                .thenComparing(p -> evidence.latency(p).value());
        List<Plan.Point> candidates = plan.points().stream().filter(work::sameWork).filter(p -> p.instances() == 1)
                .toList();
        Map<Double, Plan.Point> points = candidates.stream().filter(p -> p.skipped() == null).filter(valid)
                .filter(p -> p.coresLimit() != ScalingVerdict.BASELINE_CORES || p.threads() == 1)
                .collect(Collectors.toMap(Plan.Point::coresLimit, p -> p,
                        (a, b) -> preference.compare(a, b) <= 0 ? a : b, TreeMap::new));
        List<ScalingVerdict.Level> levels = candidates.stream().map(Plan.Point::coresLimit).distinct()
                .map(cores -> points.containsKey(cores)
                        ? new ScalingVerdict.Level(cores, evidence.seconds(points.get(cores)))
                        : ScalingVerdict.Level.notMeasured(cores, whyNot(candidates, cores)))
                .toList();
        return new Curve(points, ScalingVerdict.of(levels, plan.seed()));
    }

    private static String whyNot(List<Plan.Point> candidates, double cores) {
        return candidates.stream().filter(p -> p.coresLimit() == cores).map(Plan.Point::skipped)
                .filter(Objects::nonNull).findFirst().orElse("its runs are not valid, see the doubts");
    }

    /** Null for a point that is not on the curve. */
    String labelOf(Plan.Point point) {
        return point.equals(points.get(point.coresLimit())) ? verdict.labelAt(point.coresLimit()) : null;
    }
}
