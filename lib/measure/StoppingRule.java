package lib.measure;

import java.util.List;
import lib.results.Plan;
import lib.results.Run;
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

    /** Wall seconds of the runs of a point that count. */
    static double[] measuredSeconds(Plan.Point point, List<Run> runs) {
        return runs.stream().filter(Run::counts).filter(point::owns).mapToDouble(Run::wallSeconds).toArray();
    }
}
