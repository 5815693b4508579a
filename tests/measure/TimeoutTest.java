package tests.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import lib.measure.Lab;
import lib.results.Plan;
import org.junit.jupiter.api.Test;

class TimeoutTest {
    private static Duration of(double seconds, double cores) {
        return Lab.defaultTimeout(new Plan.ClipRef("clip", "ab", seconds, "en", null), cores);
    }

    @Test
    void aShortClipHasTheTimeOfTheWholeWindowThatItPaysFor() {
        assertEquals(Duration.ofMinutes(20), of(0.5, 1));
        assertEquals(of(30, 1), of(0.5, 1));
        assertEquals(of(30, 1).multipliedBy(2), of(31, 1));
        assertEquals(Duration.ofMinutes(20 * 28), of(816, 4));
    }

    @Test
    void belowOneCoreThereIsMoreAndAboveItNotLess() {
        assertEquals(of(30, 1).multipliedBy(2), of(30, 0.5));
        assertEquals(of(30, 1), of(30, 8));
    }
}
