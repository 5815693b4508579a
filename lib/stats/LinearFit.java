package lib.stats;

import java.util.Arrays;
import lib.results.Estimate;
import org.hipparchus.distribution.continuous.TDistribution;
import org.hipparchus.stat.regression.OLSMultipleLinearRegression;

/**
 * Weighted least squares; Draper and Smith, Applied Regression Analysis, 3rd edition, chapters 5 (intervals), 8
 * (residuals) and 9 (weights). Each row is divided by its error's scale, the root of 1 / weight, and fitted plainly.
 *
 * @param inverse of X'WX
 * @param errorVariance of an observation of weight 1
 * @param residuals in error scales: with weights 1 / y² they are relative to y
 * @param heldOut the residual against a fit without this very row, in the same scale; null where there is no such fit
 */
record LinearFit(double[] coefficients, double[][] inverse, double errorVariance, int freedom, double[] residuals,
        Double[] heldOut, double rSquared) {
    /** A row of leverage 1 has a coefficient to itself; rounding leaves it a little below. */
    private static final double FULL_LEVERAGE = 1 - 1e-9;

    /**
     * @param rows the intercept's 1 included; more of them than columns
     * @throws org.hipparchus.exception.MathIllegalArgumentException if a column is a sum of others
     */
    static LinearFit of(double[][] rows, double[] y, double[] weights) {
        int n = y.length;
        double[][] scaledRows = new double[n][];
        double[] scaledY = new double[n];
        for (int i = 0; i < n; i++) {
            double root = Math.sqrt(weights[i]);
            scaledRows[i] = Arrays.stream(rows[i]).map(v -> v * root).toArray();
            scaledY[i] = y[i] * root;
        }
        OLSMultipleLinearRegression regression = new OLSMultipleLinearRegression();
        regression.setNoIntercept(true);
        regression.newSampleData(scaledY, scaledRows);
        double[] residuals = regression.estimateResiduals();
        Double[] heldOut = new Double[n];
        for (int i = 0; i < n; i++) {
            double leverage = regression.calculateHat().getEntry(i, i);
            heldOut[i] = leverage < FULL_LEVERAGE ? residuals[i] / (1 - leverage) : null;
        }
        double squares = Arrays.stream(residuals).map(r -> r * r).sum();
        int freedom = n - rows[0].length;
        return new LinearFit(regression.estimateRegressionParameters(),
                regression.estimateRegressionParametersVariance(), squares / freedom, freedom, residuals, heldOut,
                1 - squares / totalSquares(y, weights));
    }

    private static double totalSquares(double[] y, double[] weights) {
        double sum = 0;
        double weight = 0;
        for (int i = 0; i < y.length; i++) {
            sum += weights[i] * y[i];
            weight += weights[i];
        }
        double squares = 0;
        for (int i = 0; i < y.length; i++) {
            squares += weights[i] * Math.pow(y[i] - sum / weight, 2);
        }
        return squares;
    }

    Estimate coefficient(int i) {
        return around(coefficients[i], errorVariance * inverse[i][i]);
    }

    double at(double[] row) {
        double sum = 0;
        for (int i = 0; i < row.length; i++) {
            sum += coefficients[i] * row[i];
        }
        return sum;
    }

    /** The interval for one more observation: the error of the line and that of the observation itself. */
    Estimate prediction(double[] row, double weight) {
        double ofLine = 0;
        for (int i = 0; i < row.length; i++) {
            for (int j = 0; j < row.length; j++) {
                ofLine += row[i] * inverse[i][j] * row[j];
            }
        }
        return around(at(row), errorVariance * (ofLine + 1 / weight));
    }

    private Estimate around(double value, double variance) {
        double reach = Math.sqrt(variance)
                * new TDistribution(freedom).inverseCumulativeProbability((1 + Summary.CONFIDENCE) / 2);
        return new Estimate(value, value - reach, value + reach);
    }
}
