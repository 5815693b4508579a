package tests.harness;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lib.results.Json;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherFactory;
import tests.harness.TestOutcome.Status;

/** The JVM that runs the tests, and nothing else: a test that kills it does not take the report along. */
public final class SuiteChild implements TestExecutionListener {
    /** Tests with this tag measure time: a busy machine may break them, so they get more than one attempt. */
    static final String NOISY = "noisy";
    /** Where the system itself needs 1 % of 2 CPUs, up to half of the tries miss the truth of a synthetic speed-up. */
    private static final int NOISY_ATTEMPTS = 8;

    private final Writer events;
    private final Map<String, Long> startedNanos = new HashMap<>();
    private final Set<String> ended = new HashSet<>();
    private final Set<String> failedNoisy = new LinkedHashSet<>();
    private TestPlan plan;

    private SuiteChild(Writer events) {
        this.events = events;
    }

    /** @param args the file that the events are written to, and the selection as JSON */
    public static void main(String[] args) throws IOException {
        // killed outright, the command can't stop its child: without this it would go on testing for minutes
        ProcessHandle.current().parent().ifPresent(p -> p.onExit().thenRun(() -> Runtime.getRuntime().halt(1)));
        try (Writer events = Files.newBufferedWriter(Path.of(args[0]))) {
            new SuiteChild(events).run(Json.MAPPER.readValue(args[1], Selection.class));
        }
        // threads that a test left behind must not keep the suite from ending
        System.exit(0);
    }

    private void run(Selection selection) {
        Launcher launcher = LauncherFactory.create();
        TestPlan all = launcher.discover(selection.request());
        List<SuiteEvent.Planned> known = new ArrayList<>();
        all.getRoots().forEach(r -> testsUnder(all, r).forEach(t -> known.add(planned(t))));
        write(SuiteEvent.plan(known));
        launcher.execute(all, this);
        for (int attempt = 2; attempt <= NOISY_ATTEMPTS && !failedNoisy.isEmpty(); attempt++) {
            List<String> ids = List.copyOf(failedNoisy);
            failedNoisy.clear();
            ended.removeAll(ids);
            launcher.execute(Selection.again(ids), this);
        }
        write(SuiteEvent.end());
    }

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
        plan = started;
    }

    @Override
    public void executionStarted(TestIdentifier id) {
        startedNanos.put(id.getUniqueId(), System.nanoTime());
        if (id.isTest()) {
            System.out.println("--- " + planned(id).test());
            write(SuiteEvent.started(planned(id)));
        }
    }

    @Override
    public void executionSkipped(TestIdentifier id, String reason) {
        List<TestIdentifier> tests = testsUnder(plan, id);
        for (TestIdentifier test : tests.isEmpty() ? List.of(id) : tests) {
            end(test, Status.SKIPPED, reason, null);
        }
    }

    @Override
    public void executionFinished(TestIdentifier id, TestExecutionResult result) {
        Status status = switch (result.getStatus()) {
            case SUCCESSFUL -> Status.PASSED;
            case ABORTED -> Status.SKIPPED;
            case FAILED -> Status.FAILED;
        };
        String reason = result.getThrowable().map(SuiteChild::reason).orElse(null);
        String details = status == Status.FAILED ? result.getThrowable().map(SuiteChild::stackTrace).orElse(null)
                : null;
        if (id.isTest()) {
            end(id, status, reason, details);
        } else if (status != Status.PASSED) {
            // a set-up that failed or was aborted: the tests behind it never start, and must not vanish
            List<TestIdentifier> lost = testsUnder(plan, id).stream().filter(t -> !ended.contains(t.getUniqueId()))
                    .toList();
            for (TestIdentifier test : lost.isEmpty() ? List.of(id) : lost) {
                end(test, status, reason, details);
            }
        }
    }

    private void end(TestIdentifier id, Status status, String reason, String details) {
        Long started = startedNanos.get(id.getUniqueId());
        Double seconds = started == null || status == Status.SKIPPED ? null : (System.nanoTime() - started) / 1e9;
        SuiteEvent.Planned test = planned(id);
        ended.add(id.getUniqueId());
        if (status == Status.FAILED && test.tags().contains(NOISY)) {
            failedNoisy.add(id.getUniqueId());
        }
        write(SuiteEvent.outcome(
                new TestOutcome(test.id(), test.test(), test.tags(), status, seconds, reason, details, List.of())));
    }

    private static List<TestIdentifier> testsUnder(TestPlan plan, TestIdentifier id) {
        return plan.getDescendants(id).stream().filter(TestIdentifier::isTest).toList();
    }

    static SuiteEvent.Planned planned(TestIdentifier id) {
        String name = id.getSource().map(source -> {
            if (source instanceof MethodSource method) {
                String invocation = id.getDisplayName().startsWith(method.getMethodName()) ? ""
                        : " " + id.getDisplayName();
                return method.getClassName() + "." + method.getMethodName() + invocation;
            }
            return source instanceof ClassSource type ? type.getClassName() : id.getDisplayName();
        }).orElse(id.getDisplayName());
        return new SuiteEvent.Planned(id.getUniqueId(), name,
                id.getTags().stream().map(TestTag::getName).sorted().toList());
    }

    private static String reason(Throwable e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().strip();
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end) + " …";
    }

    private static String stackTrace(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    private void write(SuiteEvent event) {
        try {
            synchronized (events) {
                events.write(Json.MAPPER.writeValueAsString(event) + "\n");
                events.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
