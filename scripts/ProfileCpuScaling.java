///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//DESCRIPTION Measure how Whisper scales over CPU cores: latency, throughput, efficiency, and a verdict
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES ../lib/commands/package-info.java

import java.util.List;
import lib.cli.Cli;
import lib.commands.MeasureCommand;
import lib.measure.CoreLadder;
import lib.measure.MeasureOptions;
import lib.measure.OneClipOptions;
import lib.measure.ThreadCounts;
import lib.measure.Wish;
import lib.results.Plan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * One clip, transcribed again and again at each core count, in rounds, until the median latency is known.
 *
 * <pre> ./jbang profile-cpu --cores 2 </pre>
 *
 * Prints a table and a verdict. Writes {@code results/<date>/<time>-<host>-profile-cpu/}: {@code runs.csv} (a row a
 * run, as it happens), {@code experiment.json}, {@code README.md}, charts as SVG, transcripts.
 */
@Command(name = ProfileCpuScaling.ALIAS,
        description = "Measure how Whisper scales over CPU cores: latency, throughput, efficiency, and a verdict")
public class ProfileCpuScaling extends MeasureCommand {
    static final String ALIAS = "profile-cpu";

    @Option(names = "--cores", paramLabel = "N|LIST", converter = CoreLadder.Converter.class,
            description = "8 is the ladder 1, 2, 4, 8; 0.5,1,1.5,2 is that list. Default: up to this machine's CPUs.")
    CoreLadder ladder;

    @Option(names = "--threads", paramLabel = "match|N|LIST", defaultValue = "match",
            converter = ThreadCounts.Converter.class, description = "Engine threads at each core count; match is as "
                    + "many as whole cores. Default: ${DEFAULT-VALUE}.")
    ThreadCounts threads;

    @Mixin
    OneClipOptions subject;

    @Mixin
    MeasureOptions options;

    public static void main(String... args) {
        System.exit(Cli.run(new ProfileCpuScaling(), args));
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
        return new Wish(Plan.Question.SCALING, subject.models(), subject.clips(), settings());
    }

    private List<Wish.Setting> settings() {
        CoreLadder cores = ladder != null ? ladder : CoreLadder.upTo(Runtime.getRuntime().availableProcessors());
        return cores.cores().stream().flatMap(c -> threads.at(c).stream().map(t -> new Wish.Setting(c, t))).toList();
    }
}
