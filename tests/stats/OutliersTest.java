package tests.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import lib.stats.Outliers;
import org.junit.jupiter.api.Test;

class OutliersTest {
    @Test
    void theRunFarFromTheRestIsNamedByItsPosition() {
        assertArrayEquals(new int[] {2}, Outliers.modifiedZ(new double[] {2.0, 2.1, 4.0, 1.9, 2.05, 1.95}));
    }

    @Test
    void theThresholdItselfIsNotBeyondIt() {
        // median 0, MAD 0.6745: the modified Z-score of x is x
        double[] values = {-0.6745, -0.6745, 0, 0.6745, 0.6745, -3.5, 3.51};
        assertArrayEquals(new int[] {6}, Outliers.modifiedZ(values));
    }

    @Test
    void fastRunsAreOutliersToo() {
        assertArrayEquals(new int[] {0}, Outliers.modifiedZ(new double[] {0.5, 2.1, 2.0, 1.9, 2.05, 1.95}));
    }

    @Test
    void aStrangerAmongEqualRunsIsFoundAlthoughTheMadIsZero() {
        assertArrayEquals(new int[] {5}, Outliers.modifiedZ(new double[] {2, 2, 2, 2, 2, 3}));
    }

    @Test
    void equalRunsOneRunAndNoRunsHaveNoOutliers() {
        assertArrayEquals(new int[0], Outliers.modifiedZ(Fixtures.repeated(2, 9)));
        assertArrayEquals(new int[0], Outliers.modifiedZ(new double[] {2}));
        assertArrayEquals(new int[0], Outliers.modifiedZ(new double[] {2, 9}));
        assertArrayEquals(new int[0], Outliers.modifiedZ(new double[0]));
    }
}
