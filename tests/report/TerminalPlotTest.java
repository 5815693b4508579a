package tests.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import lib.report.ScalingCharts.Point;
import lib.report.TerminalPlot;
import lib.results.Estimate;
import org.junit.jupiter.api.Test;

class TerminalPlotTest {
    private static Point point(double cores, double speedup) {
        return new Point(cores, "", new Estimate(speedup, speedup * 0.98, speedup * 1.02));
    }

    /** 33 columns for 4 cores: 8.25 a core. */
    @Test
    void barsAreAsLongAsTheSpeedupAndTheMarkIsWhereIdealWouldBe() {
        assertEquals("""
                Speed-up, higher is better (| ideal)
                 1 core ########|                          1.00 [0.98, 1.02]
                2 cores ################ |                 1.90 [1.86, 1.94]
                4 cores #########################        | 3.00 [2.94, 3.06]""",
                TerminalPlot.speedup(List.of(point(1, 1), point(2, 1.9), point(4, 3)), false));
    }

    @Test
    void blocksShowEighthsOfAColumn() {
        String plot = TerminalPlot.speedup(List.of(point(1, 1), point(2, 1.9)), true);
        assertTrue(plot.contains("█▍"), plot);
        assertTrue(plot.contains("┊"), plot);
    }

    @Test
    void asciiIsAsciiOnly() {
        String plot = TerminalPlot.speedup(List.of(point(0.5, 0.48), point(2, 1.9)), false);
        assertTrue(plot.chars().allMatch(c -> c < 128), plot);
    }

    @Test
    void itFitsSixtyColumnsAndTwelveLinesWhateverIsMeasured() {
        for (int count = 1; count <= 40; count++) {
            List<Point> points = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                points.add(new Point(i + 0.5, "a label that is much too long", i % 2 == 0
                        ? new Estimate(100.0 + i, null, null)
                        : new Estimate(0.01, 0.005, 123.25)));
            }
            for (boolean unicode : new boolean[] {true, false}) {
                List<String> lines = TerminalPlot.speedup(points, unicode).lines().toList();
                assertTrue(lines.size() <= 12, count + " points: " + lines.size() + " lines");
                assertTrue(lines.stream().allMatch(l -> l.length() <= 60), String.join("\n", lines));
            }
        }
    }

    @Test
    void pointsThatDoNotFitAreCounted() {
        List<Point> points = new ArrayList<>();
        for (int i = 1; i <= 15; i++) {
            points.add(point(i, i));
        }
        assertTrue(TerminalPlot.speedup(points, false).endsWith("and 5 more points, in the table"));
    }

    @Test
    void fewRunsShowNoInterval() {
        assertTrue(TerminalPlot.speedup(List.of(new Point(1, "", new Estimate(1, null, null))), false)
                .endsWith("1.00 (no interval)"));
    }

    @Test
    void nothingMeasuredIsSaidToBeSo() {
        assertEquals("Speed-up: not measured", TerminalPlot.speedup(List.of()));
    }
}
