package lib.stats;

import java.util.Arrays;
import lib.results.Estimate;
import org.hipparchus.distribution.discrete.BinomialDistribution;
import org.hipparchus.stat.descriptive.rank.Percentile;

/**
 * What a sample says of itself, all in the unit of the sample.
 *
 * @param median with its distribution-free 95 % interval, which exists from {@value #MIN_RUNS_FOR_INTERVAL} values
 * @param mad median absolute deviation from the median, not scaled to a standard deviation
 */
public record Summary(int n, Estimate median, double min, double max, double mad) {
    /** Every interval of this project. */
    public static final double CONFIDENCE = 0.95;
    /** Below it even the whole range of the sample covers the median too rarely: 1 - 2·0.5^5 = 0.9375. */
    public static final int MIN_RUNS_FOR_INTERVAL = 6;

    /** @throws IllegalArgumentException for an empty sample, or one with a NaN or an infinity in it */
    public static Summary of(double[] values) {
        double[] sorted = sorted(values);
        int n = sorted.length;
        double middle = medianOf(sorted);
        double[] deviations = new double[n];
        for (int i = 0; i < n; i++) {
            deviations[i] = Math.abs(sorted[i] - middle);
        }
        Arrays.sort(deviations);
        return new Summary(n, medianWithInterval(sorted), sorted[0], sorted[n - 1],
                medianOf(deviations));
    }

    /** A sorted copy, so that nothing computed from it depends on the order in which the runs were made. */
    static double[] sorted(double[] values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("there are no values to summarise");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        // NaN sorts last and -infinity first, so the ends tell of all
        if (!Double.isFinite(sorted[0]) || !Double.isFinite(sorted[sorted.length - 1])) {
            throw new IllegalArgumentException("not a number to summarise: " + Arrays.toString(values));
        }
        return sorted;
    }

    static double medianOf(double[] sorted) {
        int n = sorted.length;
        // halves are added, not the sum halved: the sum of two large values may overflow
        return n % 2 == 1 ? sorted[n / 2] : sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2;
    }

    /** Linear interpolation between order statistics: type 7 of Hyndman and Fan (1996), the default of numpy and R. */
    static double quantile(double[] sorted, double probability) {
        return new Percentile().withEstimationType(Percentile.EstimationType.R_7).evaluate(sorted, probability * 100);
    }

    /**
     * The order statistics x(k) and x(n+1-k) with the largest k whose coverage 1 - 2·P(B(n, 1/2) &lt; k) is still at
     * least 95 %. It holds for every continuous distribution; source: David and Nagaraja, Order Statistics, 3rd
     * edition, section 7.1.
     */
    private static Estimate medianWithInterval(double[] sorted) {
        int n = sorted.length;
        double middle = medianOf(sorted);
        if (n < MIN_RUNS_FOR_INTERVAL) {
            return new Estimate(middle, null, null);
        }
        BinomialDistribution below = new BinomialDistribution(n, 0.5);
        int k = below.inverseCumulativeProbability((1 - CONFIDENCE) / 2);
        // the inverse is the smallest k with P(B <= k) >= 2.5 %, so P(B < k) < 2.5 %; x(k) counted from 1
        return new Estimate(middle, sorted[k - 1], sorted[n - k]);
    }
}
