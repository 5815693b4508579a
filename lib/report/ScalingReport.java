package lib.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import lib.cli.TextTable;
import lib.results.Cores;
import lib.results.Estimate;
import lib.results.Experiment;
import lib.results.PointSummary;

/** One clip over core counts. */
final class ScalingReport extends ExperimentReport {
    private static final String READING = "Latency: seconds to transcribe the clip, median of the runs (scope engine; "
            + "lower is better). Speed-up: latency of 1 core with 1 thread / this latency. "
            + "Efficiency: speed-up / cores. RTF: latency / seconds of audio, below 1 is faster than real time; "
            + "s/window: latency / windows of 30 s, which Whisper always computes whole. "
            + "[a, b]: 95 % interval.";

    ScalingReport(Path folder, Experiment experiment) {
        super(folder, experiment);
    }

    @Override
    List<Table> tables() {
        return List.of(new Table("Speed", speed(), READING), new Table("What it used", use(), null));
    }

    @Override
    List<Chart> charts() {
        List<Chart> charts = new ArrayList<>();
        if (!curve(PointSummary::speedup).isEmpty()) {
            charts.add(new Chart("speedup.svg", "Speed-up against cores, with the ideal line",
                    ScalingCharts.speedup(curve(PointSummary::speedup), "Speed-up", caption())));
            charts.add(new Chart("efficiency.svg", "Efficiency against cores",
                    ScalingCharts.efficiency(curve(PointSummary::efficiency), "Efficiency", caption())));
        }
        charts.add(new Chart("latency.svg", "Latency against cores",
                ScalingCharts.latency(curve(PointSummary::latencySeconds), "Latency", caption())));
        return charts;
    }

    @Override
    Optional<String> plot() {
        return curve(PointSummary::speedup).size() > 1
                ? Optional.of(TerminalPlot.speedup(curve(PointSummary::speedup)))
                : Optional.empty();
    }

    private List<ScalingCharts.Point> curve(Function<PointSummary, Estimate> figure) {
        boolean oneThreadCount = measured().stream().map(PointSummary::coresLimit).distinct().count() == measured()
                .size();
        return measured().stream().filter(s -> figure.apply(s) != null && s.valid())
                .map(s -> new ScalingCharts.Point(s.coresLimit(), oneThreadCount ? "" : Cores.threads(s.threads()),
                        figure.apply(s)))
                .toList();
    }

    private TextTable speed() {
        TextTable table = new TextTable("cores", "threads", "runs", "latency s", "95 % interval", "speed-up",
                "95 % interval", "efficiency", "per second", "RTF", "s/window", "scaling");
        for (PointSummary s : measured()) {
            table.row(List.of(Cores.number(s.coresLimit()), String.valueOf(s.threads()), String.valueOf(s.runs()),
                    Figures.value(s.latencySeconds(), 3), Figures.interval(s.latencySeconds(), 3),
                    Figures.value(s.speedup(), 2), Figures.interval(s.speedup(), 2),
                    s.efficiency() == null ? "" : Figures.fixed(1, s.efficiency().value() * 100) + " %",
                    Figures.value(s.throughputPerSecond(), 3), Figures.value(s.rtf(), 3),
                    Figures.number(2, s.secondsPerWindow()),
                    s.valid() ? Objects.requireNonNullElse(s.scaling(), "") : "invalid"));
        }
        return table;
    }

    private TextTable use() {
        TextTable table = new TextTable("cores", "threads", "busy cores", "of limit", "throttled", "of periods",
                "peak memory", "WER", "cold start s", "limit in force");
        for (PointSummary s : measured()) {
            table.row(List.of(Cores.number(s.coresLimit()), String.valueOf(s.threads()),
                    Figures.number(2, s.busyCores()), Figures.percent(s.cpuUtilisation()),
                    Figures.percent(s.throttledShare()), Figures.percent(s.throttledPeriodShare()),
                    Figures.bytes(s.peakRssBytes()), Figures.percent(s.wordErrorRate()),
                    Figures.number(1, s.coldStartSeconds()),
                    s.coresInForce() == null ? "" : Cores.number(s.coresInForce())));
        }
        return table;
    }
}
