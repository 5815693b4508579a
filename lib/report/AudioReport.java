package lib.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import lib.cli.TextTable;
import lib.results.Cores;
import lib.results.Experiment;
import lib.results.Plan;
import lib.results.PointSummary;
import lib.results.Verdict;

/** Clips × models. */
final class AudioReport extends ExperimentReport {
    private static final String READING = "Latency: seconds to transcribe the clip, median of the runs (lower is "
            + "better); [a, b]: 95 % interval. RTF: latency / seconds of audio; below 1 is faster than real time, "
            + "below 0.1 excellent. Whisper computes whole windows of 30 s, so RTF of clips of different length is not "
            + "compared: a clip of 8 s pays for 30; s/window is what can be. WER, CER: wrong words and characters / "
            + "those of the reference, after Whisper's normalisation. Peak memory: of the first pass, in which no "
            + "longer clip came before; an allocator keeps what it had.";
    private static final String MODELS_READING = "RTF and WER of all clips together are sums over sums, never means of "
            + "ratios. Cost: seconds = fixed + windows · per window (+ tokens · per token). Memory: fixed + minutes · "
            + "per minute.";

    AudioReport(Path folder, Experiment experiment) {
        super(folder, experiment);
    }

    @Override
    List<Table> tables() {
        List<Table> tables = new ArrayList<>(List.of(new Table("Clips", clips(), READING)));
        if (!experiment().verdict().audio().isEmpty()) {
            tables.add(new Table("Models", models(), MODELS_READING));
        }
        return tables;
    }

    @Override
    List<Chart> charts() {
        // an engine without models is one series
        List<String> models = measured().stream().filter(PointSummary::valid).map(PointSummary::model).distinct()
                .toList();
        List<Chart> charts = new ArrayList<>(List.of(
                new Chart("latency.svg", "Seconds to transcribe against 30 s windows of audio, by model",
                        AudioCharts.latency(models.stream().map(m -> new AudioCharts.Series(name(m), weightless(m),
                                of(m).stream().map(this::point).toList(), line(m))).toList(), caption())),
                new Chart("memory.svg", "Peak memory against length of audio, by model",
                        AudioCharts.memory(models.stream().map(this::memory).toList(), caption()))));
        if (plan().models().size() > 1) {
            charts.add(new Chart("accuracy.svg", "Word error rate against real-time factor, by model",
                    AudioCharts.accuracy(models.stream().filter(m -> verdict(m) != null).map(m -> new AudioCharts.Model(
                            name(m) + ofTheSet(verdict(m)), weightless(m), verdict(m).rtf(),
                            verdict(m).wordErrorRate())).toList(), caption())));
        }
        return charts;
    }

    private String name(String model) {
        return Objects.requireNonNullElse(model, plan().engine());
    }

    /** Two models with different clips left out are not like for like. */
    private static String ofTheSet(Verdict.Audio a) {
        return a.leftOut().isEmpty() ? "" : " (" + clips(a) + " clips)";
    }

    private static String clips(Verdict.Audio a) {
        return a.clips() + (a.leftOut().isEmpty() ? "" : " of " + (a.clips() + a.leftOut().size()));
    }

    private boolean weightless(String model) {
        return plan().models().stream().anyMatch(m -> m.name().equals(model) && m.weightless());
    }

    /** At the largest core count, for which the charts are drawn. */
    private List<PointSummary> of(String model) {
        double most = measured().stream().mapToDouble(PointSummary::coresLimit).max().orElse(0);
        return measured().stream().filter(s -> s.valid() && Objects.equals(s.model(), model)
                && s.coresLimit() == most).toList();
    }

    private AudioCharts.Point point(PointSummary s) {
        return new AudioCharts.Point(s.clip(), clip(s).windows(), clip(s).seconds(), s.latencySeconds());
    }

    /** Null where nothing was judged. */
    private Verdict.Audio verdict(String model) {
        return experiment().verdict().audio().stream().filter(a -> Objects.equals(a.model(), model))
                .max(Comparator.comparing(Verdict.Audio::cores)).orElse(null);
    }

    /** With a cost of tokens of its own it is no line over windows. */
    private AudioCharts.Line line(String model) {
        Verdict.Audio a = verdict(model);
        return a == null || a.fixedSeconds() == null || a.secondsPerToken() != null ? null
                : new AudioCharts.Line(a.fixedSeconds().value(), a.secondsPerWindow().value());
    }

    private AudioCharts.MemorySeries memory(String model) {
        Verdict.Audio a = verdict(model);
        boolean fitted = a != null && a.fixedBytes() != null;
        return new AudioCharts.MemorySeries(name(model), weightless(model),
                of(model).stream().filter(s -> s.firstPeakRssBytes() != null).map(s -> new AudioCharts.MemoryPoint(
                        s.clip(), clip(s).seconds(), s.firstPeakRssBytes())).toList(),
                fitted ? a.fixedBytes().value() : null, fitted ? a.bytesPerMinute().value() : null);
    }

    private TextTable clips() {
        boolean overCores = measured().stream().map(PointSummary::coresLimit).distinct().count() > 1;
        List<String> header = new ArrayList<>(List.of("clip", "audio s", "model", "runs", "latency s",
                "95 % interval", "RTF", "s/window", "WER", "CER", "peak memory", "Java heap", "cold start s"));
        if (overCores) {
            header.add(3, "cores");
            header.add("speed-up");
        }
        TextTable table = new TextTable(header.toArray(String[]::new));
        for (PointSummary s : measured()) {
            List<String> row = new ArrayList<>(List.of(s.clip(), Figures.fixed(1, clip(s).seconds()), model(s),
                    String.valueOf(s.runs()), Figures.value(s.latencySeconds(), 2),
                    Figures.interval(s.latencySeconds(), 2), Figures.value(s.rtf(), 3),
                    Figures.number(2, s.secondsPerWindow()), Figures.percent(s.wordErrorRate()),
                    Figures.percent(s.characterErrorRate()), Figures.bytes(s.firstPeakRssBytes()),
                    Figures.bytes(s.heapBytes()), Figures.number(1, s.coldStartSeconds())));
            if (overCores) {
                row.add(3, Cores.number(s.coresLimit()));
                row.add(s.speedup() == null ? ""
                        : Figures.value(s.speedup(), 2) + " " + Figures.interval(s.speedup(), 2));
            }
            table.row(row);
        }
        return table;
    }

    private Plan.ClipRef clip(PointSummary s) {
        return plan().clips().stream().filter(c -> c.name().equals(s.clip())).findFirst().orElseThrow();
    }

    private String model(PointSummary s) {
        return Objects.requireNonNullElse(s.model(), "") + (weightless(s.model()) ? " (" + Plan.ModelRef.NO_WEIGHTS
                + ")" : "");
    }

    private TextTable models() {
        TextTable table = new TextTable("model", "limit", "cores", "threads", "clips", "RTF", "95 % interval", "WER",
                "fixed s", "s/window", "95 % interval", "ms/token", "R²", "fixed memory", "MB/minute");
        for (Verdict.Audio a : experiment().verdict().audio()) {
            table.row(List.of(name(a.model()), a.isolation(), Cores.number(a.cores()),
                    String.valueOf(a.threads()), clips(a), Figures.value(a.rtf(), 3),
                    Figures.interval(a.rtf(), 3), Figures.percent(a.wordErrorRate()),
                    Figures.value(a.fixedSeconds(), 2), Figures.value(a.secondsPerWindow(), 2),
                    Figures.interval(a.secondsPerWindow(), 2),
                    a.secondsPerToken() == null ? "" : Figures.fixed(1, a.secondsPerToken().value() * 1e3),
                    Figures.number(4, a.rSquared()),
                    a.fixedBytes() == null ? "" : Figures.bytes((long) a.fixedBytes().value()),
                    a.bytesPerMinute() == null ? "" : Figures.fixed(2, a.bytesPerMinute().value() / 1e6)));
        }
        return table;
    }
}
