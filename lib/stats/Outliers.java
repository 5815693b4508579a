package lib.stats;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Runs that stand apart from the others. They are warned about and never removed: they happened. */
public final class Outliers {
    /** Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993), section 3.3. */
    public static final double LARGEST_MODIFIED_Z = 3.5;
    /** Median absolute deviation of the normal distribution with standard deviation 1. */
    private static final double MAD_OF_NORMAL = 0.6745;
    /** Mean absolute deviation of the normal distribution with standard deviation 1: sqrt(2 / pi). */
    private static final double MEAN_DEVIATION_OF_NORMAL = 0.797885;

    private Outliers() {
    }

    /**
     * The positions in {@code values} whose modified Z-score, by the median absolute deviation, is beyond
     * {@value #LARGEST_MODIFIED_Z}; ascending. When more than half of the values are equal that deviation is 0, and the
     * mean absolute deviation takes its place, as in the same source; when all are equal there are none.
     */
    public static int[] modifiedZ(double[] values) {
        if (values.length == 0) {
            return new int[0];
        }
        double middle = Summary.medianOf(Summary.sorted(values));
        double[] distances = Arrays.stream(values).map(v -> Math.abs(v - middle)).toArray();
        double mad = Summary.medianOf(Summary.sorted(distances));
        double scale = mad > 0 ? mad / MAD_OF_NORMAL
                : Arrays.stream(distances).average().orElse(0) / MEAN_DEVIATION_OF_NORMAL;
        return IntStream.range(0, values.length).filter(i -> distances[i] > LARGEST_MODIFIED_Z * scale).toArray();
    }
}
