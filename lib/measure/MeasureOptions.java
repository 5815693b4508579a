package lib.measure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import lib.cli.UserError;
import lib.engine.EngineSpec;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options that every measuring command has; what enters the measurement is copied into the plan. */
public final class MeasureOptions {
    /**
     * What may be said when going on with an experiment: the effort, and where the model and the clip of its plan lie
     * now. Everything else is its plan, and stays.
     */
    private static final Set<String> WITH_RESUME = Set.of("--resume", "--precision", "--min-runs", "--max-time",
            "--timeout", "--json", "--verbose", "--model", "--models", "--clip", "--clips");

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    @Option(names = "--engine", paramLabel = "ENGINE", defaultValue = "whisper-jni",
            description = "whisper-jni, or a synthetic engine of known behaviour such as " + EngineSpec.EXAMPLE
                    + ". Default: ${DEFAULT-VALUE}.")
    String engine;

    @Option(names = "--language", paramLabel = "CODE",
            description = "Language spoken, such as en. Default: the clip's, or en.")
    String language;

    @Option(names = "--precision", paramLabel = "PERCENT", defaultValue = "3%", converter = PercentOption.class,
            description = "Measure until the 95 %% interval of the median latency is within this much of it. "
                    + "Default: ${DEFAULT-VALUE}.")
    double precision;

    @Option(names = "--min-runs", paramLabel = "N", defaultValue = "6",
            description = "Fewest measured runs a point; 6 is the least that bears a 95 %% interval. "
                    + "Default: ${DEFAULT-VALUE}.")
    int minRuns;

    @Option(names = "--max-time", paramLabel = "TIME",
            description = "Stop measuring after about this time, such as 90s or 5m, precise or not. Default: 30s a "
                    + "point, more for clips over 15 s.")
    Duration maxTime;

    @Option(names = "--timeout", paramLabel = "TIME",
            description = "End a transcription that takes longer. Default: 20m for each 30 s window, more below "
                    + "one core.")
    Duration timeout;

    @Option(names = "--isolation", paramLabel = "KIND", defaultValue = "auto",
            description = "What holds the engine to its cores: docker, cgroup, affinity, inherited, none, or auto for "
                    + "the strongest that works here; for tune-threads several with commas between. "
                    + "Default: ${DEFAULT-VALUE}.")
    String isolation;

    @Option(names = "--image", paramLabel = "IMAGE",
            description = "Docker image with Java 17 to run the engine in. Default: this machine's own files, "
                    + "read-only, in an empty image; nothing is pulled.")
    String image;

    @Option(names = "--results", paramLabel = "FOLDER", defaultValue = "results",
            description = "Where the experiment's folder is made. Default: ${DEFAULT-VALUE}.")
    Path results;

    @Option(names = "--resume", paramLabel = "FOLDER",
            description = "Go on with this experiment: its plan, its runs so far, and new time.")
    Path resume;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
            description = "Seed of the order of the runs. Default: ${DEFAULT-VALUE}.")
    long seed;

    @Option(names = "--json", description = "Print the experiment as JSON instead of the table.")
    boolean json;

    @Option(names = "--dry-run", description = "Print what would be measured and how long it takes at most, and stop.")
    boolean dryRun;

    public boolean json() {
        return json;
    }

    public boolean dryRun() {
        return dryRun;
    }

    boolean given(String option) {
        return command.commandLine().getParseResult().hasMatchedOption(option);
    }

    /** As the command spells it: {@code --clip}, or {@code --clips} where it takes several. */
    String optionFor(String what) {
        return "--" + what + (command.commandLine().getCommandSpec().findOption("--" + what) == null ? "s" : "");
    }

    /** The checks that one option's own type can't make. */
    void check() {
        if (minRuns < StoppingRule.LEAST_RUNS || minRuns > StoppingRule.MOST_RUNS) {
            throw new UserError("--min-runs " + minRuns + " is out of range; from " + StoppingRule.LEAST_RUNS + " to "
                    + StoppingRule.MOST_RUNS);
        }
        if (resume != null) {
            List<String> extra = command.commandLine().getParseResult().matchedOptions().stream()
                    .map(o -> o.longestName()).filter(name -> !WITH_RESUME.contains(name)).toList();
            if (!extra.isEmpty()) {
                throw new UserError("--resume takes the plan from " + resume + ", so leave out "
                        + String.join(", ", extra));
            }
        }
    }

    List<String> commandLine() {
        return command.commandLine().getParseResult().originalArgs().stream().map(MeasureOptions::withoutFolders)
                .toList();
    }

    /** Results are shared; the folders of the machine that made them are nobody's business. */
    private static String withoutFolders(String argument) {
        if (!argument.contains("/") || argument.contains("://")) {
            return argument;
        }
        int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
        return argument.substring(0, equals + 1) + Arrays.stream(argument.substring(equals + 1).split(",", -1))
                .map(part -> part.replaceFirst("/+$", "").replaceFirst(".*/", "")).collect(Collectors.joining(","));
    }

    /** {@code 3%} or {@code 0.03}, as a share. */
    static final class PercentOption implements ITypeConverter<Double> {
        @Override
        public Double convert(String value) {
            boolean percent = value.endsWith("%");
            String number = percent ? value.substring(0, value.length() - 1).strip() : value;
            if (!number.matches("\\d{1,3}(\\.\\d{1,6})?")) {
                throw new TypeConversionException("'" + value + "' is not a precision; write 3% or 0.03");
            }
            double share = Double.parseDouble(number) / (percent ? 100 : 1);
            if (share < 0.001 || share > 0.5) {
                throw new TypeConversionException("'" + value
                        + "' is out of range; write 3% or 0.03 (from 0.1% to 50%)");
            }
            return share;
        }
    }
}
