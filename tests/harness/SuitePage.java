package tests.harness;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import lib.cli.DurationOption;
import tests.harness.TestOutcome.Status;

/**
 * The suite as one page that needs nothing but itself, light and dark, down to the width of a phone. JUnit's own
 * open-test-reporting page was tried first: a tree to click through, which counts classes as tests and shows neither
 * slow tests nor attempts nor why tests were skipped.
 */
public final class SuitePage {
    /** From the root of the checkout. */
    public static final Path TEMPLATE = Path.of("tests", "harness", "suite-page.mustache");

    private SuitePage() {
    }

    /** @param template {@code suite-page.mustache} */
    public static void write(SuiteResult result, Path template, Path page) throws IOException {
        try (Reader reader = Files.newBufferedReader(template)) {
            Files.writeString(page, Mustache.compiler().nullValue("").compile(reader).execute(Shown.of(result)));
        }
    }

    /** Everything that the template prints, in the words that it prints. */
    record Shown(String verdict, String state, String problem, SuiteResult counts, String startedAt, String duration,
            String slowLimit, List<Line> failed, List<Line> flaky, List<Line> slow, List<Reason> skipReasons,
            List<Room> rooms, List<TestClass> classes) {
        static Shown of(SuiteResult result) {
            String verdict = result.good() ? "All tests passed"
                    : result.failed() > 0 ? result.failed() + " failed" : "Nothing was shown";
            double slowest = result.tests().stream().filter(t -> t.seconds() != null)
                    .mapToDouble(TestOutcome::seconds).max().orElse(1);
            return new Shown(verdict, result.good() ? "passed" : "failed", result.problem(), result,
                    result.startedAt().atOffset(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS)
                            .format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)),
                    DurationOption.words(result.seconds()), DurationOption.words(TestOutcome.SLOW_SECONDS),
                    lines(result.those(Status.FAILED), slowest), lines(result.flaky(), slowest),
                    lines(result.slow(), slowest), Reason.of(result), Room.of(result), TestClass.of(result, slowest));
        }

        private static List<Line> lines(List<TestOutcome> tests, double slowest) {
            return tests.stream().map(t -> Line.of(t, slowest)).toList();
        }

        // the template asks for these: a section of Mustache is shown once for each element, a heading only once
        boolean anyFailed() {
            return !failed.isEmpty();
        }

        boolean anyFlaky() {
            return !flaky.isEmpty();
        }

        boolean anySlow() {
            return !slow.isEmpty();
        }

        boolean anySkipped() {
            return !skipReasons.isEmpty();
        }

        boolean anyRoom() {
            return !rooms.isEmpty();
        }
    }

    record Line(String test, String type, String method, String state, String time, int barPercent, boolean slow,
            String reason, String details, List<String> earlier) {
        static Line of(TestOutcome t, double slowest) {
            int parameters = t.test().indexOf(' ');
            int dot = t.test().lastIndexOf('.', parameters < 0 ? t.test().length() : parameters);
            return new Line(t.test(), dot < 0 ? "" : t.test().substring(0, dot), t.test().substring(dot + 1),
                    t.status().name().toLowerCase(Locale.ROOT),
                    t.seconds() == null ? "" : String.format(Locale.ROOT, "%.2f s", t.seconds()),
                    t.seconds() == null ? 0 : (int) Math.round(100 * t.seconds() / slowest), t.slow(), t.reason(),
                    t.details(), t.earlierFailed());
        }
    }

    record Reason(String reason, int count, List<String> tests) {
        static List<Reason> of(SuiteResult result) {
            Map<String, List<String>> byReason = result.those(Status.SKIPPED).stream()
                    .collect(Collectors.groupingBy(t -> t.reason() == null ? "no reason given" : t.reason(),
                            TreeMap::new, Collectors.mapping(TestOutcome::test, Collectors.toList())));
            return byReason.entrySet().stream().map(e -> new Reason(e.getKey(), e.getValue().size(), e.getValue()))
                    .toList();
        }
    }

    record Room(String room, String lines, String branches, int barPercent) {
        static List<Room> of(SuiteResult result) {
            return result.coverage().stream().map(c -> new Room(c.room(), percent(c.linePercent()),
                    percent(c.branchPercent()), c.linePercent() == null ? 0 : c.linePercent())).toList();
        }

        private static String percent(Integer value) {
            return value == null ? "nothing to cover" : value + " %";
        }
    }

    record TestClass(String type, String state, int count, String time, List<Line> tests) {
        static List<TestClass> of(SuiteResult result, double slowest) {
            return result.tests().stream().map(t -> Line.of(t, slowest))
                    .collect(Collectors.groupingBy(Line::type, TreeMap::new, Collectors.toList())).entrySet().stream()
                    .map(e -> new TestClass(e.getKey(), worst(e.getValue()), e.getValue().size(),
                            seconds(result, e.getKey()), e.getValue()))
                    .toList();
        }

        private static String worst(List<Line> tests) {
            List<String> states = tests.stream().map(Line::state).toList();
            return states.contains("failed") ? "failed" : states.contains("passed") ? "passed" : "skipped";
        }

        private static String seconds(SuiteResult result, String type) {
            double sum = result.tests().stream().filter(t -> t.seconds() != null && Line.of(t, 1).type().equals(type))
                    .mapToDouble(TestOutcome::seconds).sum();
            return String.format(Locale.ROOT, "%.2f s", sum);
        }
    }
}
