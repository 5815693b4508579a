package tests.harness;

import java.util.List;
import java.util.stream.Stream;

/**
 * How one test ended.
 *
 * @param id JUnit's unique id
 * @param test {@code tests.room.SomeTest.methodName}, with the invocation of a parameterised one
 * @param seconds of the last attempt; null if it did not end by itself, or never ran
 * @param reason why it failed or was skipped, in one line; null if it passed
 * @param details stack trace; null if it did not fail
 * @param earlierFailed reasons of the attempts before this one; a passed test with any is flaky, and says so
 */
public record TestOutcome(String id, String test, List<String> tags, Status status, Double seconds, String reason,
        String details, List<String> earlierFailed) {
    /** Above this a test is listed as slow and warned about (the mission's own figure). */
    public static final double SLOW_SECONDS = 5;
    static final String NEVER_STARTED = "did not start: ";

    /** Aborted by an assumption and disabled are both skipped, with their reason. */
    public enum Status {
        PASSED, FAILED, SKIPPED
    }

    public boolean is(Status wanted) {
        return status == wanted;
    }

    public boolean slow() {
        return seconds != null && seconds > SLOW_SECONDS;
    }

    /** False for what a crash or a time-out of the test JVM kept from starting. */
    public boolean started() {
        return reason == null || !reason.startsWith(NEVER_STARTED);
    }

    /** This outcome as the next attempt after a failed one. */
    TestOutcome after(TestOutcome earlier) {
        List<String> reasons = Stream.concat(earlier.earlierFailed.stream(), Stream.of(earlier.reason)).toList();
        return new TestOutcome(id, test, tags, status, seconds, reason, details, reasons);
    }

    /** A test that was planned and never ended. */
    static TestOutcome lost(SuiteEvent.Planned planned, String reason) {
        return new TestOutcome(planned.id(), planned.test(), planned.tags(), Status.FAILED, null, reason, null,
                List.of());
    }
}
