package lib.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import lib.cli.DurationOption;
import lib.cli.SizeOption;
import lib.cli.TextTable;
import lib.results.Estimate;
import lib.results.Experiment;
import lib.results.ExperimentFolder;
import lib.results.Json;
import lib.results.PointSummary;
import lib.results.WarningNote;
import lib.stats.Precision;

/** A scaling experiment as a person reads it: text for the terminal; a Markdown page and charts for its folder. */
public final class ScalingReport {
    private static final String READING = "Latency: seconds to transcribe the clip, median of the runs (scope engine; "
            + "lower is better). Speed-up: latency of 1 core with 1 thread / this latency. "
            + "Efficiency: speed-up / cores. RTF: latency / seconds of audio, below 1 is faster than real time; "
            + "s/window: latency / windows of 30 s, which Whisper always computes whole. "
            + "[a, b]: 95 % interval.";

    private final Path folder;
    private final Experiment experiment;

    private ScalingReport(Path folder, Experiment experiment) {
        this.folder = folder;
        this.experiment = experiment;
    }

    public static ScalingReport of(Path folder) {
        return new ScalingReport(folder, ExperimentFolder.readExperiment(folder));
    }

    public String json() {
        try {
            return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(experiment);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** For the terminal. */
    public String text() {
        List<String> parts = new ArrayList<>(List.of(headline(), speed().plain(), use().plain()));
        if (!skipped().isEmpty()) {
            parts.add(String.join("\n", skipped()));
        }
        if (curve(PointSummary::speedup).size() > 1) {
            parts.add(TerminalPlot.speedup(curve(PointSummary::speedup)));
        }
        parts.add(section("Verdict", experiment.verdict().sentences()));
        if (!experiment.warnings().isEmpty()) {
            parts.add(section("Doubts", experiment.warnings().stream().map(ScalingReport::doubt).toList()));
        }
        moreTime().ifPresent(parts::add);
        parts.add("Runs, charts and transcripts: " + folder);
        return String.join("\n\n", parts);
    }

    private static String section(String title, List<String> lines) {
        return title + lines.stream().map(l -> "\n  " + l).collect(Collectors.joining());
    }

    /** Writes the charts and the experiment's own README.md beside its runs. */
    public void write() {
        try (ExperimentFolder into = ExperimentFolder.open(folder)) {
            write(into);
        }
    }

    private void write(ExperimentFolder into) {
        into.write("latency.svg", ScalingCharts.latency(curve(PointSummary::latencySeconds), "Latency", caption()));
        boolean scaled = !curve(PointSummary::speedup).isEmpty();
        if (scaled) {
            into.write("speedup.svg", ScalingCharts.speedup(curve(PointSummary::speedup), "Speed-up", caption()));
            into.write("efficiency.svg",
                    ScalingCharts.efficiency(curve(PointSummary::efficiency), "Efficiency", caption()));
        }
        into.write("README.md", page(scaled));
    }

    private String page(boolean scaled) {
        StringBuilder out = new StringBuilder("# " + markdown(headline()) + "\n\n");
        out.append("Measured ").append(experiment.startedAt()).append(" on ").append(machine()).append(".\n\n");
        out.append("## Verdict\n\n");
        experiment.verdict().sentences().forEach(s -> out.append("- ").append(markdown(s)).append('\n'));
        out.append("\n## Speed\n\n").append(speed().markdown()).append("\n\n").append(READING).append("\n\n");
        if (scaled) {
            out.append("![Speed-up against cores, with the ideal line](speedup.svg)\n\n")
                    .append("![Efficiency against cores](efficiency.svg)\n\n");
        }
        out.append("![Latency against cores](latency.svg)\n\n## What it used\n\n").append(use().markdown())
                .append("\n\n");
        skipped().forEach(s -> out.append("- ").append(markdown(s)).append('\n'));
        out.append("\n## Doubts\n\n");
        experiment.warnings().forEach(w -> out.append("- ").append(markdown(doubt(w))).append('\n'));
        if (experiment.warnings().isEmpty()) {
            out.append("None of the checks in docs/method.md found anything.\n");
        }
        moreTime().ifPresent(t -> out.append('\n').append(markdown(t)).append('\n'));
        return out.append("\nEvery run is a row of [runs.csv](runs.csv); plan, machine and figures are in "
                + "[experiment.json](experiment.json).\n").toString();
    }

    private String headline() {
        return experiment.alias() + ": " + subject() + ", " + experiment.plan().isolation() + ", grade " + grade();
    }

    private String subject() {
        String clip = experiment.plan().clip().name() + " (" + fixed(1, experiment.plan().clip().seconds())
                + " s of audio), ";
        // a synthetic engine is what its settings say
        return experiment.plan().model() == null || experiment.engine() == null ? clip + experiment.plan().engine()
                : experiment.plan().model().name() + ", " + clip + experiment.engine().name() + " "
                        + experiment.engine().version();
    }

    private String grade() {
        return experiment.grade() + " ("
                + (experiment.gradeReasons().isEmpty() ? "clean" : String.join(", ", experiment.gradeReasons())) + ")";
    }

    private String caption() {
        String runs = measured().stream().mapToInt(PointSummary::runs).boxed().sorted().map(String::valueOf)
                .distinct().collect(Collectors.joining("–"));
        return subject() + " · " + experiment.plan().isolation() + " · " + runs + " runs a point · grade "
                + experiment.grade();
    }

    private String machine() {
        var e = experiment.environment();
        return markdown(e.cpuModel() + ", " + e.logicalCpus() + " CPUs, " + e.architecture() + ", " + e.os()
                + (e.hypervisor() == null ? "" : ", virtual (" + e.hypervisor() + ")"));
    }

    private List<PointSummary> measured() {
        return experiment.summaries().stream().filter(PointSummary::measured).toList();
    }

    private List<ScalingCharts.Point> curve(Function<PointSummary, Estimate> figure) {
        boolean oneThreadCount = measured().stream().map(PointSummary::coresLimit).distinct().count() == measured()
                .size();
        return measured().stream().filter(s -> figure.apply(s) != null && s.valid())
                .map(s -> new ScalingCharts.Point(s.coresLimit(), oneThreadCount ? ""
                        : s.threads() + (s.threads() == 1 ? " thread" : " threads"),
                        figure.apply(s)))
                .toList();
    }

    private TextTable speed() {
        TextTable table = new TextTable("cores", "threads", "runs", "latency s", "95 % interval", "speed-up",
                "95 % interval", "efficiency",
                "per second", "RTF", "s/window", "scaling");
        for (PointSummary s : measured()) {
            table.row(List.of(plain(s.coresLimit()), String.valueOf(s.threads()), String.valueOf(s.runs()),
                    value(s.latencySeconds(), 3), interval(s.latencySeconds(), 3), value(s.speedup(), 2),
                    interval(s.speedup(), 2), s.efficiency() == null ? ""
                            : fixed(1, s.efficiency().value() * 100) + " %",
                    value(s.throughputPerSecond(), 3), value(s.rtf(), 3), number(2, s.secondsPerWindow()), s.valid()
                            ? Objects.requireNonNullElse(s
                                    .scaling(), "")
                            : "invalid"));
        }
        return table;
    }

    private TextTable use() {
        TextTable table = new TextTable("cores", "threads", "busy cores", "of limit", "throttled", "of periods",
                "peak memory", "WER", "cold start s", "limit in force");
        for (PointSummary s : measured()) {
            table.row(List.of(plain(s.coresLimit()), String.valueOf(s.threads()), number(2, s.busyCores()),
                    percent(s.cpuUtilisation()), percent(s.throttledShare()), percent(s.throttledPeriodShare()),
                    s.peakRssBytes() == null ? "" : SizeOption.words(s.peakRssBytes()), percent(s.wordErrorRate()),
                    number(1, s.coldStartSeconds()), s.coresInForce() == null ? "" : plain(s.coresInForce())));
        }
        return table;
    }

    private List<String> skipped() {
        return experiment.summaries().stream().filter(s -> !s.measured())
                .map(s -> plain(s.coresLimit()) + (s.coresLimit() == 1 ? " core" : " cores") + ": "
                        + (s.skipped() == null ? "no run ended well, see Doubts" : "skipped, " + s.skipped()))
                .distinct().toList();
    }

    /** What it would take to reach the precision that was asked for, as a line to paste. */
    private Optional<String> moreTime() {
        List<PointSummary> open = measured().stream().filter(s -> s.moreRuns() != null).toList();
        if (open.isEmpty()) {
            return Optional.empty();
        }
        int more = open.stream().mapToInt(PointSummary::moreRuns).max().orElse(0);
        String asked = "What was asked for (±" + percent(experiment.plan().precision()) + ", at least "
                + experiment.plan().minRuns() + " runs)";
        if (more > Precision.UNLIKELY_RUNS) {
            return Optional.of(asked
                    + " is out of reach while the machine is as noisy as this; close other programs and "
                    + "measure again, or ask for less with --precision.");
        }
        double warmUp = 2 * measured().stream().mapToDouble(s -> Objects.requireNonNullElse(s.coldStartSeconds(), 0.0))
                .sum();
        double seconds = more * measured().stream().mapToDouble(s -> s.latencySeconds().value()).sum() + warmUp;
        return Optional.of(asked + " would likely take about " + DurationOption.words(seconds) + " more:\n  ./jbang "
                + experiment.alias() + " --resume " + quoted(folder) + " --max-time " + (long) Math.ceil(seconds)
                + "s");
    }

    private static String quoted(Path folder) {
        String path = folder.toString();
        return path.matches("[A-Za-z0-9_./-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
    }

    private static String doubt(WarningNote w) {
        return w.code() + (w.point() == null ? "" : " (" + w.point() + ")") + ": " + w.what() + ". " + w.why() + " "
                + w.mend();
    }

    /** Names from outside (a clip, a model, an error) stay text in a page. */
    private static String markdown(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|").replace("[", "\\[");
    }

    private static String plain(double cores) {
        return cores == Math.rint(cores) ? String.valueOf((long) cores) : String.valueOf(cores);
    }

    private static String value(Estimate e, int digits) {
        return e == null ? "" : fixed(digits, e.value());
    }

    /** Empty without one, and for the baseline's own speed-up, which is 1 by definition. */
    private static String interval(Estimate e, int digits) {
        return e == null || !e.hasInterval() || e.low().equals(e.high()) ? ""
                : "[" + fixed(digits, e.low()) + ", " + fixed(digits, e.high()) + "]";
    }

    private static String percent(Double share) {
        return share == null ? "" : fixed(share < 0.0995 && share > 0 ? 1 : 0, share * 100) + " %";
    }

    private static String number(int digits, Double value) {
        return value == null ? "" : fixed(digits, value);
    }

    private static String fixed(int digits, double value) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
