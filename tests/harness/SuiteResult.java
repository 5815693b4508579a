package tests.harness;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import tests.harness.TestOutcome.Status;

/**
 * What {@code tests.json} holds.
 *
 * @param problem what kept tests from running, in one sentence; null if nothing did
 * @param seconds from the start of the test JVM to its end
 */
public record SuiteResult(int schemaVersion, int total, int passed, int failed, int skipped, Instant startedAt,
        double seconds, String problem, String java, String system, int cpus, List<TestOutcome> tests,
        List<RoomCoverage> coverage) {
    private static final int SCHEMA_VERSION = 1;

    static SuiteResult of(Instant startedAt, Instant finishedAt, String problem, List<TestOutcome> tests) {
        return new SuiteResult(SCHEMA_VERSION, tests.size(), count(tests, Status.PASSED), count(tests, Status.FAILED),
                count(tests, Status.SKIPPED), startedAt, Duration.between(startedAt, finishedAt).toMillis() / 1e3,
                problem == null && tests.isEmpty() ? "no test was found" : problem,
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(), tests, List.of());
    }

    private static int count(List<TestOutcome> tests, Status status) {
        return (int) tests.stream().filter(t -> t.is(status)).count();
    }

    public SuiteResult with(List<RoomCoverage> measured) {
        return new SuiteResult(schemaVersion, total, passed, failed, skipped, startedAt, seconds, problem, java, system,
                cpus, tests, measured);
    }

    public List<TestOutcome> those(Status status) {
        return tests.stream().filter(t -> t.is(status)).toList();
    }

    /** Slowest first. */
    public List<TestOutcome> slow() {
        return tests.stream().filter(TestOutcome::slow)
                .sorted(Comparator.comparing(TestOutcome::seconds, Comparator.reverseOrder())).toList();
    }

    /** Passed, but not at the first attempt. */
    public List<TestOutcome> flaky() {
        return tests.stream().filter(t -> t.is(Status.PASSED) && !t.earlierFailed().isEmpty()).toList();
    }

    /** True only if tests ran and none of them failed: a suite that skips everything has shown nothing. */
    public boolean good() {
        return problem == null && failed == 0 && passed > 0;
    }

    /** The closing line, in the form that other tools read. */
    public String countLine() {
        return passed + " passed, " + failed + " failed, " + skipped + " skipped";
    }
}
