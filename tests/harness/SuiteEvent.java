package tests.harness;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * One line that the test JVM writes as it goes on, so that a crash loses nothing but the test in flight. Exactly one
 * field is set.
 *
 * @param plan first line: every test that is known before the start
 * @param started unique id of the test that starts now
 * @param outcome a test that ended; a second one with the same id is a retry
 * @param done last line: the test JVM has run everything
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SuiteEvent(List<Planned> plan, Planned started, TestOutcome outcome, Boolean done) {
    record Planned(String id, String test, List<String> tags) {
    }

    static SuiteEvent plan(List<Planned> plan) {
        return new SuiteEvent(plan, null, null, null);
    }

    static SuiteEvent started(Planned test) {
        return new SuiteEvent(null, test, null, null);
    }

    static SuiteEvent outcome(TestOutcome outcome) {
        return new SuiteEvent(null, null, outcome, null);
    }

    static SuiteEvent end() {
        return new SuiteEvent(null, null, null, true);
    }
}
