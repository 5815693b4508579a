package tests.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import lib.stats.Precision;
import lib.stats.Summary;
import org.junit.jupiter.api.Test;

class PrecisionTest {
    @Test
    void aPrecisionThatIsReachedNeedsNoMore() {
        double[] runs = {1.00, 1.01, 0.99, 1.00, 1.02, 0.98};
        assertEquals(0, Precision.moreRunsNeeded(runs, 0.03));
    }

    @Test
    void halfTheWidthTakesFourTimesTheRuns() {
        // six runs, interval 0.9 to 1.1: ±10 %
        double[] runs = {0.9, 0.95, 1.0, 1.0, 1.05, 1.1};
        assertEquals(18, Precision.moreRunsNeeded(runs, 0.05), 1);
    }

    @Test
    void fewRunsNeedAtLeastTheSixOfAnInterval() {
        assertEquals(5, Precision.moreRunsNeeded(new double[] {2}, 0.03));
        assertEquals(3, Precision.moreRunsNeeded(new double[] {2, 2, 2}, 0.03));
        assertTrue(Precision.moreRunsNeeded(new double[] {1, 2, 3}, 0.03) > 100);
    }

    @Test
    void equalRunsAreAsPreciseAsAsked() {
        assertEquals(0, Precision.moreRunsNeeded(Fixtures.repeated(2, 6), 1e-9));
        assertEquals(0, Precision.moreRunsNeeded(Fixtures.repeated(0, 6), 0.03));
    }

    @Test
    void aPrecisionOfZeroIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Precision.moreRunsNeeded(new double[] {1}, 0));
        assertThrows(IllegalArgumentException.class, () -> Precision.moreRunsNeeded(new double[] {1}, Double.NaN));
    }

    @Test
    void theTypicalEstimateIsOfTheSizeOfWhatItReallyTakes() {
        Random random = new Random(9);
        for (int start : new int[] {4, 6, 9, 20}) {
            int samples = 301;
            double[] estimated = new double[samples];
            double[] real = new double[samples];
            for (int i = 0; i < samples; i++) {
                double[] runs = Fixtures.logNormal(2000, 1, 0.1, random);
                estimated[i] = start + Precision.moreRunsNeeded(Arrays.copyOf(runs, start), 0.03);
                int n = 6;
                while (Summary.of(Arrays.copyOf(runs, n)).median().precision() > 0.03) {
                    n++;
                }
                real[i] = n;
            }
            double factor = Summary.of(estimated).median().value() / Summary.of(real).median().value();
            assertTrue(factor > 0.5 && factor < 2, "from " + start + " runs: " + factor);
        }
    }
}
