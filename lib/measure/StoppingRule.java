package lib.measure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import lib.results.Plan;
import lib.results.Run;
import lib.stats.Precision;
import lib.stats.Summary;

/**
 * When a point is known: at least {@code minRuns} measured runs, and the 95 % interval of their median within the asked
 * precision. A fixed count would stop too early on a noisy machine and too late on a quiet one.
 */
public record StoppingRule(int minRuns, double precision) {
    public static final int LEAST_RUNS = Summary.MIN_RUNS_FOR_INTERVAL;
    public static final int MOST_RUNS = 10_000;

    public static StoppingRule of(Plan plan) {
        return new StoppingRule(plan.minRuns(), plan.precision());
    }

    public boolean known(double[] seconds) {
        if (seconds.length < minRuns) {
            return false;
        }
        Double reached = Summary.of(seconds).median().precision();
        return reached != null && reached <= precision;
    }

    /** About how many more runs the rule would take, at least. */
    int moreRuns(double[] seconds) {
        int toMinimum = minRuns - seconds.length;
        // without an interval the spread is not known either, and a guess from it would be wild
        return Summary.of(seconds).median().hasInterval()
                ? Math.max(toMinimum, Precision.moreRunsNeeded(seconds, precision))
                : toMinimum;
    }

    /**
     * Seconds of a point, one figure a round, in the order of the rounds: its run's; where several instances work at
     * the same time, until the last of them has ended.
     */
    static double[] measuredSeconds(Plan.Point point, List<Run> runs) {
        return wholeRounds(point, runs).stream()
                .mapToDouble(r -> r.stream().mapToDouble(Run::wallSeconds).max().orElseThrow()).toArray();
    }

    /** The runs of a point that count, by rounds; a round in which one of its instances failed is left out. */
    static List<List<Run>> wholeRounds(Plan.Point point, List<Run> runs) {
        Map<Integer, List<Run>> rounds = runs.stream().filter(Run::counts).filter(point::owns)
                .collect(Collectors.groupingBy(Run::iteration, LinkedHashMap::new, Collectors.toList()));
        return rounds.values().stream().filter(r -> r.size() == point.instances()).toList();
    }
}
