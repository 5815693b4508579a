package lib.stats;

import java.util.function.DoubleUnaryOperator;
import lib.results.Estimate;
import org.hipparchus.analysis.solvers.BrentSolver;
import org.hipparchus.stat.inference.MannWhitneyUTest;

/**
 * Whether two sets of runs differ, without assuming a distribution.
 *
 * @param u pairs (first, second) in which the first is larger, ties counted half; the U of the first set
 * @param p two-sided; exact for small sets without ties, else by the normal approximation
 * @param delta Cliff's delta, which is the rank-biserial correlation: the share of pairs with the first larger less
 * that with the second larger, from -1 to 1; 0 means neither tends to be larger
 */
public record MannWhitney(double u, double p, Estimate delta) {
    public static final double SIGNIFICANT_P = 0.05;
    private static final double Z_95 = 1.959964;
    private static final double CLEAR = 1e-12;

    /** @throws IllegalArgumentException for an empty set or a value that is not a number */
    public static MannWhitney compare(double[] first, double[] second) {
        double[] a = Summary.sorted(first);
        double[] b = Summary.sorted(second);
        double u = 0;
        for (double x : a) {
            for (double y : b) {
                u += x > y ? 1 : x == y ? 0.5 : 0;
            }
        }
        boolean allEqual = a[0] == a[a.length - 1] && b[0] == b[b.length - 1] && a[0] == b[0];
        // with one value everywhere the test divides 0 by 0; there is nothing to tell apart
        double p = allEqual ? 1 : Math.min(1, new MannWhitneyUTest().mannWhitneyUTest(a, b));
        return new MannWhitney(u, p, delta(u / ((double) a.length * b.length), a.length, b.length));
    }

    public boolean differenceShown() {
        return p < SIGNIFICANT_P;
    }

    /**
     * Newcombe's method 5 for P(X &gt; Y) + P(X = Y) / 2 (Statistics in Medicine 25, 2006, 559-573), moved to the scale
     * of delta. Unlike a bootstrap it does not shrink to a point when the sets do not overlap.
     */
    private static Estimate delta(double share, int n, int m) {
        double value = 2 * share - 1;
        if (Math.min(n, m) < Summary.MIN_RUNS_FOR_INTERVAL) {
            return new Estimate(value, null, null);
        }
        double others = (n + m) / 2.0 - 1;
        DoubleUnaryOperator error = t -> Z_95 * Math.sqrt(
                t * (1 - t) * (1 + others * (1 - t) / (2 - t) + others * t / (1 + t)) / ((double) n * m));
        // at 0 and 1 the error is 0, which would be a root of its own: the search stays clear of them
        double low = share <= 0 ? 0 : root(t -> share - error.applyAsDouble(t) - t, 0, Math.min(share, 1 - CLEAR));
        double high = share >= 1 ? 1 : root(t -> share + error.applyAsDouble(t) - t, Math.max(share, CLEAR), 1);
        return new Estimate(value, 2 * low - 1, 2 * high - 1);
    }

    private static double root(DoubleUnaryOperator f, double from, double to) {
        return new BrentSolver(1e-9).solve(200, f::applyAsDouble, from, to);
    }
}
