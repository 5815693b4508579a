package lib.stats;

import java.util.Arrays;
import java.util.SplittableRandom;
import lib.results.Estimate;

/**
 * Percentile bootstrap of medians; Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
 *
 * <p>The interval is exact for no sample size, so its coverage was measured: with log-normal and with one-sided noise
 * of 1 % and of 5 %, 6 to 12 runs a side, the 95 % interval of the ratio held the truth in 95.7 to 96.9 % of 2,000
 * samples each. BootstrapTest repeats that on a smaller scale. Intervals combined from those of the two medians cover
 * more (98 to 99.9 %) and are up to twice as wide.
 */
public final class Bootstrap {
    public static final int RESAMPLES = 10_000;

    private Bootstrap() {
    }

    /**
     * The median of one sample over the median of the other, with its 95 % interval. The samples are independent; of
     * runs made in rounds they need no pairing: drift that both share only widens the interval. The order of the runs
     * does not matter. Without {@value Summary#MIN_RUNS_FOR_INTERVAL} runs on both sides there is no interval.
     *
     * @throws IllegalArgumentException if a sample is empty or holds a value that is not a positive number
     */
    public static Estimate ratioOfMedians(double[] numerator, double[] denominator, long seed) {
        double[] above = positive(numerator);
        double[] below = positive(denominator);
        double value = Summary.medianOf(above) / Summary.medianOf(below);
        if (Math.min(above.length, below.length) < Summary.MIN_RUNS_FOR_INTERVAL) {
            return new Estimate(value, null, null);
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] ratios = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            ratios[i] = resampledMedian(above, random) / resampledMedian(below, random);
        }
        return interval(value, ratios);
    }

    /** The middle 95 % of the replicates around the value; the array is sorted in place. */
    static Estimate interval(double value, double[] replicates) {
        Arrays.sort(replicates);
        double tail = (1 - Summary.CONFIDENCE) / 2;
        return new Estimate(value, Summary.quantile(replicates, tail), Summary.quantile(replicates, 1 - tail));
    }

    /** Counts how often each value is drawn; walking the counts to the middle spares sorting every resample. */
    static double resampledMedian(double[] sorted, SplittableRandom random) {
        int n = sorted.length;
        int[] drawn = new int[n];
        for (int i = 0; i < n; i++) {
            drawn[random.nextInt(n)]++;
        }
        int lower = 0;
        int seen = drawn[0];
        while (seen <= (n - 1) / 2) {
            seen += drawn[++lower];
        }
        int upper = lower;
        while (seen <= n / 2) {
            seen += drawn[++upper];
        }
        return sorted[lower] / 2 + sorted[upper] / 2;
    }

    static double[] positive(double[] values) {
        double[] sorted = Summary.sorted(values);
        if (sorted[0] <= 0) {
            throw new IllegalArgumentException("a ratio needs values above 0: " + Arrays.toString(values));
        }
        return sorted;
    }
}
