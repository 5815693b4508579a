package tests.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import lib.measure.CoreLadder;
import lib.measure.Schedule;
import lib.measure.ThreadCounts;
import lib.results.Plan;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class PlanOptionsTest {
    private static List<Double> cores(String value) {
        return new CoreLadder.Converter().convert(value).cores();
    }

    @Test
    void oneNumberIsTheLadderUpToIt() {
        assertEquals(List.of(1.0, 2.0, 4.0, 8.0), cores("8"));
        assertEquals(List.of(1.0, 2.0, 4.0, 6.0), cores("6"));
        assertEquals(List.of(1.0), cores("1"));
        assertEquals(List.of(0.5), cores("0.5"));
    }

    @Test
    void aListIsTakenAsItStandsInRisingOrder() {
        assertEquals(List.of(0.5, 1.0, 1.5, 2.0), cores("2,0.5,1.5,1,1"));
    }

    @Test
    void whatIsNoCoreCountIsRefusedWithTheValueAndAGoodOne() {
        for (String bad : List.of("0", "-1", "abc", "", "1,,2", "NaN", "1e3", "99999", "0x4", "0.00001", "٣", "1;2")) {
            TypeConversionException e = assertThrows(TypeConversionException.class, () -> cores(bad), bad);
            assertTrue(e.getMessage().contains("'" + bad.split(",")[0]) && e.getMessage().contains("--cores 8"),
                    e.getMessage());
        }
    }

    @Test
    void matchingThreadsAreWholeCoresAndAtLeastOne() {
        ThreadCounts match = new ThreadCounts.Converter().convert("match");
        assertEquals(List.of(1), match.at(0.5));
        assertEquals(List.of(1), match.at(1.5));
        assertEquals(List.of(8), match.at(8));
        assertEquals(List.of(1, 2), new ThreadCounts.Converter().convert("2,1").at(1));
        for (String bad : List.of("0", "-2", "x", "1,", "2000", "1.5")) {
            assertThrows(TypeConversionException.class, () -> new ThreadCounts.Converter().convert(bad), bad);
        }
    }

    @Test
    void everyRoundRunsEachPointOnceInAnOrderThatTheSeedDecides() {
        List<Plan.Point> points = List.of(JudgementTest.point(1, 1), JudgementTest.point(2, 2),
                JudgementTest.point(4, 4), JudgementTest.point(8, 8));
        Set<List<Plan.Point>> orders = new java.util.HashSet<>();
        for (int round = 1; round <= 20; round++) {
            List<Plan.Point> order = Schedule.round(points, 7, round);
            assertEquals(Set.copyOf(points), Set.copyOf(order));
            assertEquals(order, Schedule.round(points, 7, round));
            orders.add(order);
        }
        assertTrue(orders.size() > 5, "rounds are shuffled: " + orders.size() + " orders");
        assertNotEquals(Schedule.round(points, 7, 1), Schedule.round(points, 8, 1));
    }

    @Test
    void withTwoPointsEachComesFirstAboutAsOftenAsTheOther() {
        List<Plan.Point> points = List.of(JudgementTest.point(1, 1), JudgementTest.point(2, 2));
        for (long seed = 1; seed <= 20; seed++) {
            long s = seed;
            long firsts = java.util.stream.IntStream.rangeClosed(1, 100)
                    .filter(round -> Schedule.round(points, s, round).get(0).threads() == 1).count();
            assertTrue(firsts >= 30 && firsts <= 70, "seed " + seed + ": first in " + firsts + " of 100 rounds");
        }
    }
}
