package lib.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import lib.cli.TextTable;
import lib.results.Cores;
import lib.results.Experiment;
import lib.results.PointSummary;
import lib.results.Verdict;
import lib.stats.ThreadAdvice;

/** Thread counts under CPU limits, and the same cores shared by several instances. */
final class ThreadReport extends ExperimentReport {
    private static final String READING = "Latency: seconds to transcribe the clip, median of the runs (lower is "
            + "better). Against the fastest: latency / that of the fastest thread count that the limit can run at "
            + "once. Throttled: share of the time that the quota held threads back. [a, b]: 95 % interval.";
    private static final String SHARED_READING = "Instances × threads on the same cores, each instance a process with "
            + "its own model under its own limit, all transcribing at the same time. Audio-hours a core-hour: higher "
            + "is better; latency: of one request while the others run.";

    ThreadReport(Path folder, Experiment experiment) {
        super(folder, experiment);
    }

    @Override
    List<Table> tables() {
        List<Table> tables = new ArrayList<>(List.of(new Table("Threads", threads(), READING)));
        if (!verdict().shared().isEmpty()) {
            tables.add(new Table("The same cores, shared", shared(), SHARED_READING));
        }
        return tables;
    }

    private Verdict verdict() {
        return experiment().verdict();
    }

    @Override
    List<Chart> charts() {
        Map<String, List<PointSummary>> byPolicy = single().stream().collect(Collectors.groupingBy(
                s -> Objects.requireNonNullElse(s.waitPolicy(), ""), LinkedHashMap::new, Collectors.toList()));
        return byPolicy.entrySet().stream().map(e -> new Chart(
                e.getKey().isEmpty() ? "threads.svg" : "threads-" + e.getKey() + ".svg",
                "Latency over threads and CPU limit, relative to the fastest of each limit",
                HeatMap.svg(e.getValue().stream().map(this::cell).toList(),
                        "Threads under a CPU limit" + (e.getKey().isEmpty() ? "" : ", " + e.getKey() + " waiting"),
                        caption())))
                .toList();
    }

    private List<PointSummary> single() {
        return experiment().summaries().stream().filter(s -> s.instances() == 1 && s.skipped() == null).toList();
    }

    private HeatMap.Cell cell(PointSummary s) {
        Verdict.Threads advice = advice(s);
        return new HeatMap.Cell(s.isolation(), s.coresLimit(), s.threads(), s.latencySeconds(), s.valid(),
                advice != null && Integer.valueOf(s.threads()).equals(advice.recommended()),
                s.threads() > Cores.whole(s.coresLimit()),
                Boolean.TRUE.equals(ThreadAdvice.throttled(s.throttledShare(), s.throttledPeriodShare())));
    }

    /** Null where no verdict was drawn. */
    private Verdict.Threads advice(PointSummary s) {
        return verdict().threads().stream().filter(t -> t.isolation().equals(s.isolation())
                && t.cores() == s.coresLimit() && Objects.equals(t.waitPolicy(), s.waitPolicy())).findFirst()
                .orElse(null);
    }

    private Verdict.Level level(PointSummary s) {
        Verdict.Threads advice = advice(s);
        return advice == null ? null
                : advice.levels().stream().filter(l -> l.threads() == s.threads()).findFirst().orElse(null);
    }

    private TextTable threads() {
        boolean policies = measured().stream().anyMatch(s -> s.waitPolicy() != null);
        List<String> header = new ArrayList<>(List.of("limit", "cores", "threads", "runs", "latency s",
                "95 % interval", "against the fastest", "busy cores", "throttled", "of periods", "steal", "WER",
                "advice"));
        if (policies) {
            header.add(1, "waiting");
        }
        TextTable table = new TextTable(header.toArray(String[]::new));
        for (PointSummary s : measured().stream().filter(s -> s.instances() == 1).toList()) {
            Verdict.Level level = level(s);
            List<String> row = new ArrayList<>(List.of(s.isolation(), Cores.number(s.coresLimit()),
                    String.valueOf(s.threads()), String.valueOf(s.runs()), Figures.value(s.latencySeconds(), 3),
                    Figures.interval(s.latencySeconds(), 3),
                    level == null || level.timesFastest() == null ? ""
                            : "×" + Figures.value(level.timesFastest(), 2) + " "
                                    + Figures.interval(level.timesFastest(), 2),
                    Figures.number(2, s.busyCores()), Figures.percent(s.throttledShare()),
                    Figures.percent(s.throttledPeriodShare()), Figures.number(2, s.stealShare()),
                    Figures.percent(s.wordErrorRate()),
                    !s.valid() ? "invalid" : level == null ? "" : level.label()));
            if (policies) {
                row.add(1, Objects.requireNonNullElse(s.waitPolicy(), ""));
            }
            table.row(row);
        }
        return table;
    }

    private TextTable shared() {
        TextTable table = new TextTable("limit", "cores", "instances × threads", "audio-hours a core-hour",
                "95 % interval", "latency s", "95 % interval", "longest s", "total peak memory");
        verdict().shared().forEach(shared -> shared.splits().forEach(split -> table.row(List.of(
                shared.isolation() + (shared.waitPolicy() == null ? "" : ", " + shared.waitPolicy() + " waiting"),
                String.valueOf(shared.cores()), split.instances() + " × " + split.threads(),
                Figures.value(split.audioHoursPerCoreHour(), 2), Figures.interval(split.audioHoursPerCoreHour(), 2),
                Figures.value(split.latencySeconds(), 3), Figures.interval(split.latencySeconds(), 3),
                Figures.number(3, split.maxLatencySeconds()), Figures.bytes(split.totalPeakRssBytes())))));
        return table;
    }
}
