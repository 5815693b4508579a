package lib.stats;

import lib.results.Estimate;
import org.hipparchus.stat.descriptive.moment.StandardDeviation;

/** How many more runs it would likely take. An interval shrinks like 1 / sqrt(runs); nothing here is a promise. */
public final class Precision {
    /** Beyond it, "more runs" is no answer: the noise or the nearness to a threshold is what has to change. */
    public static final int UNLIKELY_RUNS = 1_000;
    /** Half-width of a 95 % interval, in standard errors, of a normal estimate. */
    private static final double HALF_WIDTH_OF_NORMAL = 1.96;
    /** Standard error of the median of normal values over that of their mean: sqrt(pi / 2). */
    private static final double MEDIAN_TO_MEAN_ERROR = 1.2533;

    private Precision() {
    }

    /**
     * Runs to make in addition until the 95 % interval of the median is likely within ± {@code asked} of it; 0 when it
     * already is. Without an interval yet, the spread of the runs at hand is taken for that of normal ones.
     *
     * @param asked relative: 0.03 is ±3 %
     */
    public static int moreRunsNeeded(double[] runs, double asked) {
        if (!(asked > 0)) {
            throw new IllegalArgumentException("the asked precision must be above 0: " + asked);
        }
        Summary summary = Summary.of(runs);
        Double reached = summary.median().precision();
        if (reached != null && (reached <= asked || summary.min() == summary.max())) {
            return 0;
        }
        if (reached != null) {
            return moreRuns(summary.n(), reached / asked);
        }
        // not the MAD, which is up to a third too small in so few runs; no spread says nothing: then the first
        // interval is what can be aimed at
        double sigma = new StandardDeviation().evaluate(runs) / Math.abs(summary.median().value());
        double errors = HALF_WIDTH_OF_NORMAL * MEDIAN_TO_MEAN_ERROR * sigma / asked;
        return Math.max(Summary.MIN_RUNS_FOR_INTERVAL, sigma > 0 ? atMost(errors * errors) : 0) - summary.n();
    }

    /**
     * Runs to make in addition, on each side of the ratio, until its interval likely spans none of the thresholds; 0
     * when it spans none. {@link Integer#MAX_VALUE} if the value lies on one.
     */
    static int moreRunsToDecide(int runs, Estimate estimate, double... thresholds) {
        if (!estimate.hasInterval()) {
            return Math.max(1, Summary.MIN_RUNS_FOR_INTERVAL - runs);
        }
        int more = 0;
        for (double threshold : thresholds) {
            if (estimate.low() < threshold && threshold < estimate.high()) {
                double distance = Math.abs(estimate.value() - threshold);
                double reach = threshold > estimate.value() ? estimate.high() - estimate.value()
                        : estimate.value() - estimate.low();
                more = Math.max(more, moreRuns(runs, reach / distance));
            }
        }
        return more;
    }

    private static int moreRuns(int runs, double shrink) {
        return Math.max(1, atMost(runs * shrink * shrink) - runs);
    }

    private static int atMost(double runs) {
        return (int) Math.min(Integer.MAX_VALUE, Math.ceil(runs));
    }
}
