///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//DESCRIPTION Find how many engine threads to run under a CPU limit, and whether to share the cores
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES ../lib/commands/package-info.java

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import lib.cli.Cli;
import lib.cli.UserError;
import lib.commands.MeasureCommand;
import lib.measure.CoreLadder;
import lib.measure.MeasureOptions;
import lib.measure.OneClipOptions;
import lib.measure.ThreadCounts;
import lib.measure.Wish;
import lib.results.Cores;
import lib.results.Plan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * One clip with several thread counts under each CPU limit, by quota and by pinning where the machine allows both.
 *
 * <pre> ./jbang tune-threads --cores 1,2 </pre>
 *
 * Prints a table and the line to paste into a deployment. Writes {@code results/<date>/<time>-<host>-tune-threads/}.
 */
@Command(name = TuneThreads.ALIAS,
        description = "Find how many engine threads to run under a CPU limit, and whether to share the cores")
public class TuneThreads extends MeasureCommand {
    static final String ALIAS = "tune-threads";
    /** More threads than twice the cores tell nothing that twice the cores don't. */
    private static final int MOST_THREADS_A_CORE = 2;
    private static final int FEWEST_TO_SHARE = 2;

    @Option(names = "--cores", paramLabel = "N|LIST", converter = CoreLadder.Converter.class,
            description = "CPU limits: 8 is the ladder 1, 2, 4, 8; 0.5,1,2 is that list. Default: up to this machine's "
                    + "CPUs.")
    CoreLadder ladder;

    @Option(names = "--threads", paramLabel = "N|LIST", converter = ThreadCounts.Converter.class,
            description = "Engine threads under each limit. Default: 1, 2, 4, 8 … up to twice the limit, and as many "
                    + "as its whole cores.")
    ThreadCounts threads;

    @Option(names = "--wait-policy",
            description = "Measure each point with OpenMP's active and passive waiting (OMP_WAIT_POLICY).")
    boolean waitPolicies;

    @Option(names = "--grid",
            description = "Share the largest core count too, at most this machine's: 8×1, 4×2, 2×4, 1×8 instances × "
                    + "threads, all at work at once.")
    boolean grid;

    @Mixin
    OneClipOptions subject;

    @Mixin
    MeasureOptions options;

    public static void main(String... args) {
        System.exit(Cli.run(new TuneThreads(), args));
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
        List<Wish.Setting> settings = new ArrayList<>();
        for (double cores : ladder().cores()) {
            for (int count : threadsAt(cores)) {
                policies().forEach(policy -> settings.add(new Wish.Setting(cores, count, 1, policy)));
            }
        }
        if (grid) {
            splits().stream().filter(s -> !settings.contains(s)).forEach(settings::add);
        }
        return new Wish(Plan.Question.THREADS, subject.models(), subject.clips(), settings);
    }

    private CoreLadder ladder() {
        return ladder != null ? ladder : CoreLadder.upTo(Runtime.getRuntime().availableProcessors());
    }

    private List<String> policies() {
        List<String> policies = new ArrayList<>();
        if (waitPolicies) {
            policies.addAll(List.of("active", "passive"));
        } else {
            policies.add(null);
        }
        return policies;
    }

    /** Powers of two, and as many as whole cores: without these there is no recommendation. */
    private List<Integer> threadsAt(double cores) {
        return threads != null ? threads.at(cores)
                : IntStream.concat(IntStream.of(Cores.whole(cores)),
                        IntStream.iterate(1, t -> t <= MOST_THREADS_A_CORE * Math.ceil(cores), t -> t * 2))
                        .sorted().distinct().boxed().toList();
    }

    /** The largest whole core count of the ladder, cut to the machine, split into equal parts in every way. */
    private List<Wish.Setting> splits() {
        double most = ladder().cores().stream().max(Double::compare).orElseThrow();
        int budget = (int) Math.min(most, Runtime.getRuntime().availableProcessors());
        if (budget < FEWEST_TO_SHARE) {
            throw new UserError("--grid shares 2 cores or more, and there is only " + Cores.words(budget)
                    + "; give more with --cores, or leave --grid out");
        }
        return IntStream.rangeClosed(1, budget).filter(threadsEach -> budget % threadsEach == 0).boxed()
                .flatMap(t -> policies().stream().map(p -> new Wish.Setting(t, t, budget / t, p))).toList();
    }
}
