package tests.measure;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import lib.measure.StoppingRule;
import lib.results.Estimate;
import lib.stats.Bootstrap;
import org.junit.jupiter.api.Test;

class StoppingRuleTest {
    private static final StoppingRule RULE = new StoppingRule(6, 0.03);

    @Test
    void aPointIsKnownWhenTheIntervalIsNarrowEnoughAndNotBefore() {
        double[] quiet = {1.00, 1.01, 0.99, 1.00, 1.01, 1.00};
        assertTrue(RULE.known(quiet));
        assertFalse(RULE.known(new double[] {1, 1, 1, 1, 1}), "5 runs bear no 95 % interval of a median");
        assertFalse(RULE.known(new double[] {1.0, 1.2, 0.8, 1.1, 0.9, 1.0}));
        assertFalse(new StoppingRule(8, 0.03).known(quiet), "fewer than asked");
    }

    /** Stopping at the first narrow interval favours samples that look quieter than they are; how much does it cost? */
    @Test
    void theIntervalOfTheSpeedUpStillHoldsTheTruthWhenTheRuleStopsTheMeasurement() {
        Random random = new Random(20261123);
        int samples = 600;
        int held = 0;
        for (int sample = 0; sample < samples; sample++) {
            double[] one = new double[0];
            double[] two = new double[0];
            while (one.length < 40 && !(RULE.known(one) && RULE.known(two))) {
                one = with(one, 4 * Math.exp(0.025 * random.nextGaussian()));
                two = with(two, 2.2 * Math.exp(0.025 * random.nextGaussian()));
            }
            Estimate speedup = Bootstrap.ratioOfMedians(one, two, sample);
            held += speedup.low() <= 4 / 2.2 && 4 / 2.2 <= speedup.high() ? 1 : 0;
        }
        // 95 % of 600, less two standard errors of that share
        assertTrue(held >= 0.932 * samples, held + " of " + samples);
    }

    private static double[] with(double[] values, double next) {
        double[] longer = Arrays.copyOf(values, values.length + 1);
        longer[values.length] = next;
        return longer;
    }
}
