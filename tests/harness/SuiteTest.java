package tests.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.core.LauncherFactory;
import tests.harness.TestOutcome.Status;

/** The suite in its own JVM, on little classes that pass, fail, crash and hang. Their names do not end in Test. */
class SuiteTest {
    private static final Duration ENOUGH = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    void everyEndOfATestIsCountedWithItsReason() throws Exception {
        SuiteResult result = run(ENOUGH, Mixed.class);
        assertEquals("3 passed, 1 failed, 2 skipped", result.countLine());
        assertFalse(result.good());
        assertNull(result.problem());
        TestOutcome failed = result.those(Status.FAILED).get(0);
        assertTrue(failed.test().endsWith("Mixed.breaks"), failed.test());
        assertEquals("one is not two …", failed.reason());
        assertTrue(failed.details().contains("SuiteTest.java"), failed.details());
        assertEquals(List.of(), failed.earlierFailed(), "only noisy tests get another attempt");
        assertEquals(List.of("no engine here", "not yet"),
                result.those(Status.SKIPPED).stream().map(TestOutcome::reason).sorted().toList());
        assertEquals(List.of("Mixed.takes [1] value = 1", "Mixed.takes [2] value = 2"), result.tests().stream()
                .map(t -> t.test().substring(t.test().indexOf('$') + 1)).filter(t -> t.contains("takes")).toList());
    }

    @Test
    void aSetUpThatFailsFailsEveryTestBehindIt() throws Exception {
        SuiteResult result = run(ENOUGH, BrokenSetUp.class);
        assertEquals("0 passed, 2 failed, 0 skipped", result.countLine());
        assertEquals("no disk", result.tests().get(0).reason());
    }

    @Test
    void aNoisyTestIsTriedAgainAndItsFailureStaysOnRecord() throws Exception {
        SuiteResult result = run(ENOUGH, Noisy.class);
        assertEquals("1 passed, 1 failed, 0 skipped", result.countLine());
        assertEquals(1, result.flaky().size());
        assertEquals(List.of("busy"), result.flaky().get(0).earlierFailed());
        assertEquals(Collections.nCopies(7, "never"), result.those(Status.FAILED).get(0).earlierFailed());
    }

    @Test
    void aCrashOfTheTestJvmFailsTheTestInFlightAndThoseThatNeverStarted() throws Exception {
        SuiteResult result = run(ENOUGH, Crashing.class);
        assertEquals("1 passed, 2 failed, 0 skipped", result.countLine());
        assertTrue(result.problem().contains("exit code 134"), result.problem());
        assertTrue(reasonOf(result, "bCrashes").startsWith("did not end: "));
        assertTrue(reasonOf(result, "cNeverStarts").startsWith("did not start: "));
        assertEquals(List.of(true, true, false), result.tests().stream().map(TestOutcome::started).toList());
    }

    /** Slow on purpose, and noisy: on a busy machine the JVM may not even have started within the time-out. */
    @Test
    @Tag("noisy")
    void aHangIsStoppedAtTheTimeOutWithAThreadDumpAndItsChildren() throws Exception {
        SuiteResult result = run(Duration.ofSeconds(5), Hanging.class);
        assertEquals("0 passed, 1 failed, 0 skipped", result.countLine());
        assertTrue(result.problem().contains("--time-out 5.0 s"), result.problem());
        assertTrue(Files.readString(folder.resolve("threads.txt")).contains("Hanging.forEver"));
        long sleeper = Long.parseLong(Files.readString(folder.resolve("output.txt")).replaceAll("(?s).*child (\\d+).*",
                "$1"));
        Optional<ProcessHandle> child = ProcessHandle.of(sleeper);
        if (child.isPresent()) {
            child.get().onExit().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aSuiteThatRunsNothingIsNotGood() throws Exception {
        Selection nothing = new Selection(List.of(Mixed.class.getName()), List.of("nosuchtag"), List.of(), List.of());
        SuiteResult result = new Suite(folder, Checkout.root(), ENOUGH, line -> {}).run(nothing);
        assertEquals("0 passed, 0 failed, 0 skipped", result.countLine());
        assertEquals("no test was found", result.problem());
        assertFalse(result.good());
        assertFalse(run(ENOUGH, OnlySkipped.class).good());
    }

    @Test
    void aFilterIsAPartOfTheNameOrAGlob() {
        assertEquals(List.of(Mixed.class.getName() + ".works"), chosen("MIXED.works"));
        assertEquals(List.of(Mixed.class.getName() + ".takes"), chosen("*.Suite*Mixed.t?kes"));
        assertEquals(List.of(), chosen("Mixed.work?ng"));
    }

    @Test
    void progressNamesEachTestAndHowFarItIs() throws Exception {
        List<String> lines = new ArrayList<>();
        new Suite(folder, Checkout.root(), ENOUGH, lines::add).run(Selection.ofClasses(Crashing.class));
        assertEquals(List.of("[1/3] tests.harness.SuiteTest$Crashing.aPasses",
                "[2/3] tests.harness.SuiteTest$Crashing.bCrashes"), lines);
    }

    private static List<String> chosen(String filter) {
        Selection selection = new Selection(List.of(Mixed.class.getName()), List.of(), List.of(), List.of(filter));
        return Selection.describe(LauncherFactory.create().discover(selection.request()));
    }

    private SuiteResult run(Duration timeOut, Class<?> type) throws IOException, InterruptedException {
        return new Suite(folder, Checkout.root(), timeOut, line -> {}).run(Selection.ofClasses(type));
    }

    private static String reasonOf(SuiteResult result, String method) {
        return result.tests().stream().filter(t -> t.test().endsWith(method)).findFirst().orElseThrow().reason();
    }

    static class Mixed {
        @Test
        void works() {
            assertTrue(true);
        }

        @Test
        void breaks() {
            fail("one is not two\nnot at all");
        }

        @Test
        @Disabled("not yet")
        void waits() {
            fail();
        }

        @Test
        void assumes() {
            Assumptions.abort("no engine here");
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void takes(int value) {
            assertTrue(value > 0);
        }
    }

    static class BrokenSetUp {
        @BeforeAll
        static void setUp() {
            fail("no disk");
        }

        @Test
        void one() {
            assertTrue(true);
        }

        @Test
        void two() {
            assertTrue(true);
        }
    }

    static class Noisy {
        private static int attempts;

        @Test
        @Tag("noisy")
        void secondTime() {
            if (++attempts < 2) {
                fail("busy");
            }
        }

        @Test
        @Tag("noisy")
        void hopeless() {
            fail("never");
        }
    }

    @TestMethodOrder(MethodOrderer.MethodName.class)
    static class Crashing {
        @Test
        void aPasses() {
            assertTrue(true);
        }

        @Test
        void bCrashes() {
            Runtime.getRuntime().halt(134);
        }

        @Test
        void cNeverStarts() {
            assertTrue(true);
        }
    }

    static class Hanging {
        @Test
        void forEver() throws Exception {
            Process sleeper = new ProcessBuilder("sleep", "600").start();
            System.out.println("child " + sleeper.pid());
            Thread.sleep(600_000);
        }
    }

    static class OnlySkipped {
        @Test
        @Disabled("never")
        void skipped() {
            fail();
        }
    }
}
