///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//DESCRIPTION Measure every clip with every model: latency, real-time factor, word errors, memory, cost of audio
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES ../lib/commands/package-info.java

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import lib.audio.AudioClip;
import lib.audio.ClipFolder;
import lib.audio.Clips;
import lib.audio.PreparedClip;
import lib.cli.Cli;
import lib.cli.Home;
import lib.cli.SecondsOption;
import lib.cli.SizeOption;
import lib.cli.UserError;
import lib.commands.MeasureCommand;
import lib.engine.WeightlessModel;
import lib.measure.CoreLadder;
import lib.measure.MeasureOptions;
import lib.measure.Wish;
import lib.results.Cores;
import lib.results.Plan;
import lib.stats.Soak;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Clips of this repository or of a folder, each with each model.
 *
 * <pre> ./jbang benchmark-audio --clips-up-to 2MB --models tiny.en-q5_1,base-q5_1 </pre>
 *
 * Prints tables and verdicts. Writes {@code results/<date>/<time>-<host>-benchmark-audio/}.
 */
@Command(name = BenchmarkAllAudio.ALIAS,
        description = "Measure every clip with every model: latency, real-time factor, word errors, memory, cost of "
                + "audio")
public class BenchmarkAllAudio extends MeasureCommand {
    static final String ALIAS = "benchmark-audio";
    private static final long DEFAULT_BYTES = 3_000_000;

    @Option(names = "--all-audio",
            description = "All nine clips, 260 KB to 26 MB. Default: those up to 3 MB.")
    boolean allAudio;

    @Option(names = "--clips-up-to", paramLabel = "SIZE", converter = SizeOption.class,
            description = "Only clips up to this size as 16 kHz 16-bit mono WAV, such as 2MB.")
    Long clipsUpTo;

    @Option(names = "--clips", paramLabel = "FOLDER",
            description = "Audio files of your own instead; a transcript may lie beside each as .txt.")
    Path clips;

    @Option(names = "--models", paramLabel = "LIST", split = ",", hideParamSyntax = true,
            defaultValue = "tiny.en-q5_1,base-q5_1",
            description = "Names or paths with commas between; ./jbang fetch-model lists the names. Default: "
                    + "${DEFAULT-VALUE}.")
    List<String> models;

    @Option(names = "--weightless", paramLabel = "SIZES", split = ",", hideParamSyntax = true,
            description = "Models of these sizes without weights too, such as small,medium: timing and memory only, no "
                    + "text.")
    List<String> weightless = List.of();

    @Option(names = "--max-duration", paramLabel = "SECONDS", defaultValue = "600", converter = SecondsOption.class,
            description = "Longer clips are listed as skipped; 600, 90s or 15m. Default: ${DEFAULT-VALUE}.")
    Duration maxDuration;

    @Option(names = "--cores", paramLabel = "N", converter = CoreLadder.Converter.class,
            description = "CPU limit to measure under; with --cpu-profile the end of the ladder. Default: this "
                    + "machine's CPUs.")
    CoreLadder ladder;

    @Option(names = "--cpu-profile", description = "Repeat it at 1, 2, 4, 8 cores up to --cores.")
    boolean cpuProfile;

    @Option(names = "--soak", paramLabel = "N",
            description = "Afterwards repeat the shortest clip N times, at least 100, on one worker a model: does "
                    + "memory grow?")
    int soak;

    @Mixin
    MeasureOptions options;

    public static void main(String... args) {
        System.exit(Cli.run(new BenchmarkAllAudio(), args));
    }

    @Override
    protected MeasureOptions options() {
        return options;
    }

    @Override
    protected String alias() {
        return ALIAS;
    }

    @Override
    protected Wish wish() {
        if (soak != 0 && soak < Soak.minRepetitions()) {
            throw new UserError("--soak " + soak + " is too few to tell growth from noise; at least "
                    + Soak.minRepetitions());
        }
        List<String> all = new ArrayList<>(models);
        weightless.forEach(size -> all.add(size.strip() + WeightlessModel.SUFFIX));
        List<String> refused = new ArrayList<>();
        return new Wish(Plan.Question.AUDIO, all, chosen(refused), maxDuration.toMillis() / 1e3, settings(), soak,
                refused);
    }

    private List<Wish.Setting> settings() {
        CoreLadder cores = ladder != null ? ladder : CoreLadder.upTo(Runtime.getRuntime().availableProcessors());
        List<Double> limits = cpuProfile ? cores.cores()
                : List.of(cores.cores().get(cores.cores().size() - 1));
        return limits.stream().map(c -> new Wish.Setting(c, Cores.whole(c))).toList();
    }

    /** @param refused gets what can't be used of the user's own files */
    private List<AudioClip> chosen(List<String> refused) {
        Clips known = Clips.open(Home.find());
        long most = clipsUpTo != null ? clipsUpTo : allAudio || clips != null ? Long.MAX_VALUE : DEFAULT_BYTES;
        List<AudioClip> candidates = clips == null ? known.all() : ofFolder(known, refused);
        List<AudioClip> chosen = candidates.stream().filter(c -> c.wavBytes() <= most).toList();
        if (chosen.isEmpty()) {
            throw new UserError("No clip is left: " + (candidates.isEmpty() ? String.join(" ", refused)
                    : "the smallest has " + SizeOption.words(candidates.stream().mapToLong(AudioClip::wavBytes).min()
                            .orElseThrow()) + " as 16 kHz WAV; raise --clips-up-to"));
        }
        return chosen;
    }

    private List<AudioClip> ofFolder(Clips known, List<String> refused) {
        ClipFolder folder = known.folder(clips, (file, number, total) -> System.err.print(
                number == total || number % 20 == 0 ? "reading clip " + number + " of " + total + "\n" : ""));
        // it goes into the results, which are shared, and the folders of a machine are nobody's business
        folder.refused().forEach(r -> refused.add(r.why().replace(r.file().toString(),
                r.file().getFileName().toString())));
        if (!folder.leftOut().isEmpty()) {
            System.err.println("left out, neither audio nor the transcript of one: " + folder.leftOut().stream()
                    .map(f -> f.getFileName().toString()).collect(Collectors.joining(", ")));
        }
        return folder.clips().stream().map(PreparedClip::clip).toList();
    }
}
