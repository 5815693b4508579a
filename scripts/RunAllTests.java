///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//DESCRIPTION Run every test of this repository: HTML and JSON reports, coverage, slow tests
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES ../lib/*/package-info.java
//SOURCES ../tests/harness/package-info.java
//SOURCES ../tests/*/*.java

/*
 * Runs the tests under tests/ in a JVM of their own, and says what passed, what failed and what was skipped, and why.
 *
 *     ./jbang test                                  everything
 *     ./jbang test --filter stats --exclude-tag docker
 *     ./jbang test --examples                       no tests: what follows from committed experiments is written anew
 *     ./jbang test --format                         no tests: rewrites the sources with the project's formatter
 *
 * Writes results/tests/<date>/<hhmmss>/: index.html, tests.json, coverage/index.html, output.txt (what the tests
 * printed). Last line: N passed, N failed, N skipped. Exit code 1 if a test failed, or if none ran.
 */

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import lib.cli.Cli;
import lib.cli.DurationOption;
import lib.cli.Progress;
import lib.cli.UserError;
import lib.results.Json;
import org.junit.platform.commons.PreconditionViolationException;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tests.harness.Checkout;
import tests.harness.Coverage;
import tests.harness.Examples;
import tests.harness.RoomCoverage;
import tests.harness.Selection;
import tests.harness.SourceFormatter;
import tests.harness.Suite;
import tests.harness.SuitePage;
import tests.harness.SuiteResult;
import tests.harness.TestOutcome;

@Command(name = "test",
        description = "Run every test of this repository: HTML and JSON reports, coverage, slow tests")
public class RunAllTests extends Cli.Base {
    @Option(names = "--tag", paramLabel = "TAG",
            description = "Only tests with this tag: docker, noisy, or an expression: 'docker & !noisy'. Repeatable.")
    List<String> tags = List.of();

    @Option(names = "--exclude-tag", paramLabel = "TAG", description = "No tests with this tag. Repeatable.")
    List<String> excludeTags = List.of();

    @Option(names = "--filter", paramLabel = "TEXT", description = "Only tests whose name, such as "
            + "tests.stats.SoakTest, contains this, or fits it if it has * or ?. Repeatable.")
    List<String> filters = List.of();

    @Option(names = "--results", paramLabel = "FOLDER", defaultValue = "results",
            description = "Where to write: FOLDER/tests/<date>/<hhmmss>/. Default: ${DEFAULT-VALUE}")
    Path results;

    @Option(names = "--time-out", paramLabel = "DURATION", defaultValue = "15m",
            description = "Stop when all tests together take longer, with a thread dump. Default: ${DEFAULT-VALUE}")
    Duration timeOut;

    @Option(names = "--list", description = "Print the names of the tests that would run, and their tags; run none.")
    boolean list;

    @Option(names = "--format", description = "Rewrite the sources with the project's formatter; run no test.")
    boolean format;

    @Option(names = "--examples", paramLabel = "FOLDER", arity = "0..*",
            description = "Write anew what is derived from the committed experiments: their verdicts, charts and "
                    + "pages, and the documents that show them. A FOLDER takes the place of the example of its "
                    + "command.")
    List<Path> examples;

    public static void main(String... args) {
        System.exit(Cli.run(new RunAllTests(), args));
    }

    @Override
    public Integer call() throws Exception {
        Path root = Checkout.root();
        if (examples != null) {
            new Examples(Path.of(""), examples).write().forEach(System.out::println);
            return Cli.DONE;
        }
        if (format) {
            return formatSources(root);
        }
        Selection selection = new Selection(List.of(), tags, excludeTags, filters);
        LauncherDiscoveryRequest request = checkedRequest(selection);
        if (list) {
            return printTests(request);
        }
        Path folder = newFolder();
        SuiteResult result = run(selection, folder, root);
        write(result, folder, root);
        print(result, folder);
        return result.good() ? Cli.DONE : Cli.FAILED;
    }

    private static int formatSources(Path root) throws IOException {
        SourceFormatter formatter = new SourceFormatter(root.resolve(SourceFormatter.SETTINGS));
        int changed = 0;
        for (Path file : Checkout.javaSources(root)) {
            try {
                if (formatter.rewrite(file)) {
                    System.out.println("formatted " + root.relativize(file));
                    changed++;
                }
            } catch (IllegalArgumentException e) {
                throw new UserError(root.relativize(file) + " was left as it is: " + e.getMessage()
                        + "; mend it first.");
            }
        }
        System.out.println(changed == 0 ? "every source was formatted already" : changed + " files formatted");
        return Cli.DONE;
    }

    private static LauncherDiscoveryRequest checkedRequest(Selection selection) {
        try {
            return selection.request();
        } catch (PreconditionViolationException e) {
            throw new UserError("A tag can't be read (" + e.getMessage() + "); give a name such as docker, or an "
                    + "expression of names with & | ! and brackets.");
        }
    }

    private static int printTests(LauncherDiscoveryRequest request) {
        TestPlan plan = LauncherFactory.create().discover(request);
        List<String> lines = Selection.describe(plan);
        lines.forEach(System.out::println);
        System.out.println(lines.size() + " tests");
        return Cli.DONE;
    }

    /** Made before the first test runs: to learn after ten minutes that nothing can be written would be bad. */
    private Path newFolder() {
        ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
        Path day = results.toAbsolutePath().resolve("tests").resolve(now.format(DateTimeFormatter.ISO_LOCAL_DATE));
        String time = now.format(DateTimeFormatter.ofPattern("HHmmss", Locale.ROOT));
        try {
            Files.createDirectories(day);
            for (int i = 1;; i++) {
                try {
                    return Files.createDirectory(day.resolve(i == 1 ? time : time + "-" + i));
                } catch (FileAlreadyExistsException e) {
                    // another test run of this very second: take the next name
                }
            }
        } catch (IOException e) {
            throw new UserError("The results folder " + results + " can't be written (" + e.getMessage()
                    + "); choose another one with --results FOLDER.", e);
        }
    }

    private SuiteResult run(Selection selection, Path folder, Path root) throws IOException, InterruptedException {
        Narrator narrator = new Narrator();
        SuiteResult result = new Suite(folder, root, timeOut, narrator::say).run(selection);
        narrator.close();
        return result.with(Coverage.report(folder, root));
    }

    private static void write(SuiteResult result, Path folder, Path root) throws IOException {
        Json.MAPPER.writerWithDefaultPrettyPrinter().writeValue(folder.resolve("tests.json").toFile(), result);
        SuitePage.write(result, root.resolve(SuitePage.TEMPLATE), folder.resolve("index.html"));
    }

    private static void print(SuiteResult result, Path folder) {
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        List<TestOutcome> failed = result.those(TestOutcome.Status.FAILED);
        failed.stream().filter(TestOutcome::started)
                .forEach(test -> out.println("FAILED  " + test.test() + attempts(test) + "\n        " + test.reason()));
        long lost = failed.stream().filter(test -> !test.started()).count();
        if (lost > 0) {
            out.println("FAILED  " + lost + " tests that did not start; their names are in the report");
        }
        result.flaky().forEach(test -> out.println("flaky   " + test.test() + attempts(test)));
        result.those(TestOutcome.Status.SKIPPED).stream()
                .collect(Collectors.groupingBy(t -> String.valueOf(t.reason()), TreeMap::new, Collectors.counting()))
                .forEach((reason, count) -> out.println("skipped " + count + ": " + reason));
        result.slow().forEach(test -> out.printf(Locale.ROOT, "slow    %s took %.1f s (more than %.0f s)%n", test
                .test(),
                test.seconds(), TestOutcome.SLOW_SECONDS));
        if (!result.coverage().isEmpty()) {
            RoomCoverage all = result.coverage().stream().reduce(new RoomCoverage("lib", 0, 0, 0, 0),
                    RoomCoverage::plus);
            out.println("covered " + all.linePercent() + " % of the lines and " + all.branchPercent()
                    + " % of the branches under lib/");
        }
        if (result.problem() != null) {
            out.println("problem " + result.problem());
        }
        out.println("report  " + folder.resolve("index.html") + " (" + DurationOption.words(result.seconds()) + ")");
        out.println(result.countLine());
    }

    private static String attempts(TestOutcome test) {
        return test.earlierFailed().isEmpty() ? ""
                : " (attempt " + (test.earlierFailed().size() + 1) + "; before: "
                        + String.join("; ", test.earlierFailed()) + ")";
    }

    /** One line on a terminal that is written over again; in a log a line for each test. */
    private static final class Narrator {
        private static final int WIDTH = 100;
        private final boolean terminal = Progress.onTerminal();

        void say(String line) {
            if (terminal) {
                System.err.print("\r\u001b[K" + (line.length() > WIDTH ? line.substring(0, WIDTH - 1) + "…" : line));
            } else {
                System.err.println(line);
            }
        }

        void close() {
            if (terminal) {
                System.err.print("\r\u001b[K");
            }
        }
    }
}
