package lib.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lib.cli.DurationOption;
import lib.cli.TextTable;
import lib.results.Experiment;
import lib.results.ExperimentFolder;
import lib.results.Json;
import lib.results.Plan;
import lib.results.PointSummary;
import lib.results.WarningNote;
import lib.stats.Precision;

/**
 * An experiment as a person reads it: text for the terminal; a Markdown page and charts for its folder. The frame is
 * the same for every question; tables and charts are the question's own.
 */
public abstract class ExperimentReport {
    /**
     * @param title of its part of the page
     * @param reading what the columns mean, below the table on the page; null when the one before says it
     */
    record Table(String title, TextTable cells, String reading) {
    }

    /** @param alt what it shows, for those who can't see it */
    record Chart(String file, String alt, String svg) {
    }

    /** Of one kind of doubt; all are in {@code experiment.json}. */
    private static final int MOST_NOTES = 4;
    /** An afternoon: nobody keeps a machine quiet for longer, so it would be no advice. */
    private static final double MOST_SECONDS_TO_ADVISE = 4 * 3600;

    private final Path folder;
    private final Experiment experiment;

    ExperimentReport(Path folder, Experiment experiment) {
        this.folder = folder;
        this.experiment = experiment;
    }

    /** The report of the question that the experiment asked. */
    public static ExperimentReport of(Path folder) {
        return of(folder, ExperimentFolder.readExperiment(folder));
    }

    /** The same for an experiment that was read already. */
    public static ExperimentReport of(Path folder, Experiment experiment) {
        return switch (experiment.plan().question()) {
            case SCALING -> new ScalingReport(folder, experiment);
            case THREADS -> new ThreadReport(folder, experiment);
            case AUDIO -> new AudioReport(folder, experiment);
        };
    }

    abstract List<Table> tables();

    abstract List<Chart> charts();

    /** A picture that a terminal can show, if there is one. */
    Optional<String> plot() {
        return Optional.empty();
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
        List<String> parts = new ArrayList<>(List.of(headline()));
        tables().forEach(t -> parts.add(t.cells.plain()));
        if (!skipped().isEmpty()) {
            parts.add(String.join("\n", skipped()));
        }
        plot().ifPresent(parts::add);
        parts.add(section("Verdict", experiment.verdict().sentences()));
        if (!experiment.warnings().isEmpty()) {
            parts.add(section("Doubts", doubts()));
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
            files().forEach(into::write);
        }
    }

    /** Name and content of what is written into the folder. */
    public Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        charts().forEach(c -> files.put(c.file, c.svg));
        files.put("README.md", page());
        return files;
    }

    private String page() {
        StringBuilder out = new StringBuilder("# " + markdown(headline()) + "\n\n");
        out.append("Measured ").append(experiment.startedAt()).append(" on ").append(machine()).append(".\n\n");
        out.append("## Verdict\n\n").append(bullets(experiment.verdict().sentences()));
        List<Table> tables = tables();
        for (int i = 0; i < tables.size(); i++) {
            out.append("\n## ").append(tables.get(i).title).append("\n\n").append(tables.get(i).cells.markdown())
                    .append('\n');
            if (tables.get(i).reading != null) {
                out.append('\n').append(tables.get(i).reading).append('\n');
            }
            if (i == 0) {
                charts().forEach(c -> out.append("\n![").append(c.alt).append("](").append(c.file).append(")\n"));
            }
        }
        if (!skipped().isEmpty()) {
            out.append("\n## Not measured\n\n").append(bullets(skipped()));
        }
        out.append("\n## Doubts\n\n").append(experiment.warnings().isEmpty()
                ? "None of the checks in docs/method.md found anything.\n"
                : bullets(doubts()));
        moreTime().ifPresent(t -> out.append('\n').append(markdown(t)).append('\n'));
        return out.append("\nEvery run is a row of [runs.csv](runs.csv); plan, machine and figures are in "
                + "[experiment.json](experiment.json).\n").toString();
    }

    private static String bullets(List<String> sentences) {
        return sentences.stream().map(s -> "- " + markdown(s) + "\n").collect(Collectors.joining());
    }

    final Experiment experiment() {
        return experiment;
    }

    final Plan plan() {
        return experiment.plan();
    }

    private String headline() {
        return experiment.alias() + ": " + subject() + ", " + isolations() + ", grade " + grade();
    }

    private String isolations() {
        return plan().limits().stream().map(Plan.LimitRef::isolation).collect(Collectors.joining(" and "));
    }

    private String subject() {
        Plan.ClipRef first = plan().clips().get(0);
        String clips = plan().clips().size() == 1
                ? first.name() + " (" + Figures.fixed(1, first.seconds()) + " s of audio), "
                : plan().clips().size() + " clips, ";
        // a synthetic engine is what its settings say
        return plan().models().isEmpty() || experiment.engine() == null ? clips + plan().engine()
                : plan().models().stream().map(Plan.ModelRef::name).collect(Collectors.joining(", ")) + ", " + clips
                        + experiment.engine().name() + " " + experiment.engine().version();
    }

    private String grade() {
        return experiment.grade() + " ("
                + (experiment.gradeReasons().isEmpty() ? "clean" : String.join(", ", experiment.gradeReasons())) + ")";
    }

    /** Below a chart. */
    final String caption() {
        String runs = measured().stream().mapToInt(PointSummary::runs).boxed().sorted().map(String::valueOf)
                .distinct().collect(Collectors.joining("–"));
        return subject() + " · " + isolations() + " · " + runs + " runs a point · grade " + experiment.grade();
    }

    private String machine() {
        var e = experiment.environment();
        return markdown(e.cpuModel() + ", " + e.logicalCpus() + " CPUs, " + e.architecture() + ", " + e.os()
                + (e.hypervisor() == null ? "" : ", virtual (" + e.hypervisor() + ")"));
    }

    final List<PointSummary> measured() {
        return experiment.summaries().stream().filter(PointSummary::measured).toList();
    }

    private List<String> skipped() {
        Map<String, List<String>> byReason = new LinkedHashMap<>();
        for (int i = 0; i < plan().points().size(); i++) {
            Plan.Point point = plan().points().get(i);
            if (!experiment.summaries().get(i).measured()) {
                byReason.computeIfAbsent(point.skipped() == null ? "no run ended well, see Doubts"
                        : "skipped, " + point.skipped(), r -> new ArrayList<>()).add(plan().words(point));
            }
        }
        return Stream.concat(plan().refused().stream(), byReason.entrySet().stream()
                .map(e -> String.join("; ", e.getValue()) + ": " + e.getKey())).toList();
    }

    /** What it would take to reach the precision that was asked for, as a line to paste. */
    private Optional<String> moreTime() {
        List<PointSummary> open = measured().stream().filter(s -> s.moreRuns() != null).toList();
        if (open.isEmpty()) {
            return Optional.empty();
        }
        int more = open.stream().mapToInt(PointSummary::moreRuns).max().orElse(0);
        String asked = "What was asked for (±" + Figures.percent(plan().precision()) + ", at least "
                + plan().minRuns() + " runs)";
        double warmUp = 2 * measured().stream().mapToDouble(s -> Objects.requireNonNullElse(s.coldStartSeconds(), 0.0))
                .sum();
        double seconds = more * measured().stream().mapToDouble(s -> s.latencySeconds().value()).sum() + warmUp;
        if (more > Precision.UNLIKELY_RUNS || seconds > MOST_SECONDS_TO_ADVISE) {
            return Optional.of(asked
                    + " is out of reach while the machine is as noisy as this; close other programs and "
                    + "measure again, or ask for less with --precision.");
        }
        return Optional.of(asked + " would likely take about " + DurationOption.words(seconds) + " more:\n  ./jbang "
                + experiment.alias() + " --resume " + quoted(folder) + " --max-time " + (long) Math.ceil(seconds)
                + "s");
    }

    private static String quoted(Path folder) {
        String path = folder.toString();
        return path.matches("[A-Za-z0-9_./-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
    }

    /** One for each kind of doubt: what was seen at which point, then once why it matters and what mends it. */
    private List<String> doubts() {
        Map<String, List<WarningNote>> byCode = experiment.warnings().stream()
                .collect(Collectors.groupingBy(WarningNote::code, LinkedHashMap::new, Collectors.toList()));
        return byCode.values().stream().map(notes -> notes.get(0).code() + ": " + notes.stream().limit(MOST_NOTES)
                .map(w -> (w.point() == null ? "" : w.point() + ": ") + w.what()).collect(Collectors.joining("; "))
                + (notes.size() > MOST_NOTES ? "; and at " + (notes.size() - MOST_NOTES) + " more points" : "")
                + ". " + notes.get(0).why() + " " + notes.get(0).mend()).toList();
    }

    /** Names from outside (a clip, a model, an error) stay text in a page. */
    private static String markdown(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|").replace("[", "\\[");
    }
}
