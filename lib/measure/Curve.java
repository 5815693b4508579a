package lib.measure;

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
 * The scaling curve of one work (model, clip, kind of limit): at each core count as many threads as whole cores. Fewer
 * threads can't use the cores and more disturb each other, so neither tells how the service scales.
 *
 * @param points by cores; only those that a verdict may rest on
 */
record Curve(Map<Double, Plan.Point> points, ScalingVerdict verdict) {

    /** @param work any point of it */
    static Curve of(Evidence evidence, Predicate<Plan.Point> valid, Plan.Point work) {
        Plan plan = evidence.plan();
        List<Plan.Point> candidates = plan.points().stream().filter(work::sameWork).filter(p -> p.instances() == 1)
                .toList();
        Map<Double, Plan.Point> points = candidates.stream().filter(Curve::asManyThreadsAsCores)
                .filter(p -> p.skipped() == null).filter(valid)
                .collect(Collectors.toMap(Plan.Point::coresLimit, p -> p, (a, b) -> a, TreeMap::new));
        List<ScalingVerdict.Level> levels = candidates.stream().map(Plan.Point::coresLimit).distinct()
                .map(cores -> points.containsKey(cores)
                        ? new ScalingVerdict.Level(cores, evidence.seconds(points.get(cores)))
                        : ScalingVerdict.Level.notMeasured(cores, whyNot(candidates, cores)))
                .toList();
        return new Curve(points, ScalingVerdict.of(levels, plan.seed()));
    }

    private static String whyNot(List<Plan.Point> candidates, double cores) {
        List<Plan.Point> here = candidates.stream().filter(p -> p.coresLimit() == cores).toList();
        return here.stream().map(Plan.Point::skipped).filter(Objects::nonNull).findFirst()
                .orElseGet(() -> here.stream().anyMatch(Curve::asManyThreadsAsCores)
                        ? "its runs are not valid, see the doubts"
                        : "it takes " + Cores.threads(Cores.whole(cores)) + ", and it was measured with "
                                + here.stream().map(p -> String.valueOf(p.threads()))
                                        .collect(Collectors.joining(", ")));
    }

    private static boolean asManyThreadsAsCores(Plan.Point p) {
        return p.threads() == Cores.whole(p.coresLimit());
    }

    /** Null for a point that is not on the curve. */
    String labelOf(Plan.Point point) {
        return point.equals(points.get(point.coresLimit())) ? verdict.labelAt(point.coresLimit()) : null;
    }
}
