package lib.measure;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import lib.results.Environment;
import lib.results.Estimate;
import lib.results.Plan;
import lib.results.Run;
import lib.results.SoakSample;
import lib.stats.ScalingVerdict;
import lib.stats.Summary;

/** What there is to judge an experiment by, and the figures that checks, summaries and verdicts all take from it. */
record Evidence(Plan plan, Environment environment, List<Run> runs, List<SoakSample> soak) {

    /** Every row of the point, warm-up and failures too. */
    List<Run> all(Plan.Point point) {
        return runs.stream().filter(point::owns).toList();
    }

    List<Run> measured(Plan.Point point) {
        return runs.stream().filter(Run::counts).filter(point::owns).toList();
    }

    double[] seconds(Plan.Point point) {
        return StoppingRule.measuredSeconds(point, runs);
    }

    Estimate latency(Plan.Point point) {
        return Summary.of(seconds(point)).median();
    }

    /** The point that the speed-up of {@code point} refers to: the same work on 1 core with 1 thread; null without. */
    Plan.Point baseline(Plan.Point point) {
        return point.instances() > 1 ? null
                : plan.measuredPoints().stream().filter(point::sameWork)
                        .filter(p -> p.coresLimit() == ScalingVerdict.BASELINE_CORES && p.threads() == 1
                                && p.instances() == 1)
                        .filter(p -> seconds(p).length > 0).findFirst().orElse(null);
    }

    /** Peak memory in the first pass, in which no longer clip came before; null when not measured. */
    Long firstPeak(Plan.Point point) {
        return all(point).stream().filter(r -> r.iteration() == 0).map(Run::peakRssBytes).filter(Objects::nonNull)
                .findFirst().orElse(null);
    }

    /**
     * Share of the time that a thread was held back by the quota, 0 to 1; null when not measured. The kernel adds up
     * the time of every CPU on which threads of the group were held back (throttle_cfs_rq in kernel/sched/fair.c), and
     * that is a CPU a thread, as far as there are so many.
     */
    Double throttledShare(Plan.Point point) {
        Double onAllCpus = ratioOfSums(measured(point), Run::throttledSeconds, Run::wallSeconds);
        Integer cpus = environment.logicalCpus();
        int cpusOfThreads = cpus == null ? point.threads() : Math.min(point.threads(), cpus);
        // the JVM's own threads are held back too
        return onAllCpus == null ? null : Double.valueOf(Math.min(1, onAllCpus / cpusOfThreads));
    }

    Double throttledPeriodShare(Plan.Point point) {
        return ratioOfSums(measured(point), r -> asDouble(r.throttledPeriods()), r -> asDouble(r.periods()));
    }

    /** In cores. */
    Double stealShare(Plan.Point point) {
        return ratioOfSums(measured(point), Run::stealSeconds, Run::wallSeconds);
    }

    private static Double asDouble(Long count) {
        return count == null ? null : (double) count;
    }

    private static Double ratioOfSums(List<Run> runs, Function<Run, Double> above, Function<Run, Double> below) {
        if (runs.stream().anyMatch(r -> above.apply(r) == null || below.apply(r) == null)) {
            return null;
        }
        double sum = runs.stream().mapToDouble(below::apply).sum();
        return sum == 0 ? null : runs.stream().mapToDouble(above::apply).sum() / sum;
    }

    double[] values(Plan.Point point, Function<Run, Double> column) {
        return column(point, column).mapToDouble(Double::doubleValue).toArray();
    }

    Double median(Plan.Point point, Function<Run, Double> column) {
        double[] values = values(point, column);
        return values.length == 0 ? null : Summary.of(values).median().value();
    }

    <T extends Comparable<T>> T max(Plan.Point point, Function<Run, T> column) {
        return column(point, column).max(T::compareTo).orElse(null);
    }

    <T extends Comparable<T>> T min(Plan.Point point, Function<Run, T> column) {
        return column(point, column).min(T::compareTo).orElse(null);
    }

    private <T> Stream<T> column(Plan.Point point, Function<Run, T> column) {
        return measured(point).stream().map(column).filter(Objects::nonNull);
    }
}
