package tests.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import lib.cli.DurationOption;
import lib.results.Json;
import org.jacoco.agent.AgentJar;
import tests.harness.TestOutcome.Status;

/**
 * Runs the selected tests in a JVM of their own under JaCoCo and follows them. A crash, a hang or an exit of that JVM
 * is a failure of the test in flight and of all that did not start, with the reason; it is never silence.
 */
public final class Suite {
    private static final long POLL_MILLIS = 100;
    private static final long THREAD_DUMP_SECONDS = 10;
    private static final long LAST_SECONDS = 5;

    private final Path folder;
    private final Path root;
    private final Duration timeOut;
    private final Consumer<String> progress;
    private final Map<String, SuiteEvent.Planned> planned = new LinkedHashMap<>();
    private final Map<String, TestOutcome> outcomes = new LinkedHashMap<>();
    private SuiteEvent.Planned running;
    private boolean done;

    /**
     * @param folder existing, empty: {@code output.txt}, {@code jacoco.exec} and, after a hang, {@code threads.txt} are
     * written here
     * @param root working directory of the tests
     * @param progress told what runs now, as one short line
     */
    public Suite(Path folder, Path root, Duration timeOut, Consumer<String> progress) {
        this.folder = folder;
        this.root = root;
        this.timeOut = timeOut;
        this.progress = progress;
    }

    public SuiteResult run(Selection selection) throws IOException, InterruptedException {
        Instant startedAt = Instant.now();
        Path events = Files.createFile(folder.resolve("events.jsonl"));
        Path agent = folder.resolve("jacoco-agent.jar");
        AgentJar.extractTo(agent.toFile());
        Process child = start(selection, events, agent);
        Thread stopChild = new Thread(() -> kill(child));
        Runtime.getRuntime().addShutdownHook(stopChild);
        String problem;
        try (RandomAccessFile lines = new RandomAccessFile(events.toFile(), "r")) {
            problem = follow(child, lines, System.nanoTime() + timeOut.toNanos());
        } finally {
            kill(child);
            Runtime.getRuntime().removeShutdownHook(stopChild);
        }
        if (problem != null) {
            recordLost(problem);
        }
        Files.delete(events);
        Files.delete(agent);
        return SuiteResult.of(startedAt, Instant.now(), problem, List.copyOf(outcomes.values()));
    }

    private Process start(Selection selection, Path events, Path agent) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-javaagent:" + agent + "=destfile=" + folder.resolve(Coverage.EXECUTION_DATA)
                + ",includes=lib.*");
        command.add("-Djava.awt.headless=true");
        command.add("-XX:ErrorFile=" + folder.resolve("hs_err.log"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SuiteChild.class.getName()));
        command.addAll(List.of(events.toString(), Json.MAPPER.writeValueAsString(selection)));
        return new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.txt").toFile()).start();
    }

    /** Returns null when every test was run, else the sentence that says what went wrong. */
    private String follow(Process child, RandomAccessFile lines, long deadlineNanos)
            throws IOException, InterruptedException {
        StringBuilder partial = new StringBuilder();
        while (true) {
            boolean ended = child.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
            readEvents(lines, partial);
            if (ended) {
                return done ? null
                        : "the test JVM ended with exit code " + child.exitValue()
                                + " before all tests had run; see output.txt";
            }
            if (System.nanoTime() > deadlineNanos) {
                dumpThreads(child);
                return "the tests were stopped after --time-out " + DurationOption.words(timeOut.toMillis() / 1e3)
                        + "; threads.txt says where they stood";
            }
        }
    }

    private void readEvents(RandomAccessFile lines, StringBuilder partial) throws IOException {
        byte[] bytes = new byte[(int) (lines.length() - lines.getFilePointer())];
        lines.readFully(bytes);
        // ISO-8859-1 keeps bytes apart: a chunk may end inside a UTF-8 character, a line never does
        partial.append(new String(bytes, StandardCharsets.ISO_8859_1));
        for (int end = partial.indexOf("\n"); end >= 0; end = partial.indexOf("\n")) {
            byte[] line = partial.substring(0, end).getBytes(StandardCharsets.ISO_8859_1);
            partial.delete(0, end + 1);
            record(Json.MAPPER.readValue(line, SuiteEvent.class));
        }
    }

    private void record(SuiteEvent event) {
        if (event.plan() != null) {
            event.plan().forEach(test -> planned.put(test.id(), test));
        } else if (event.started() != null) {
            running = event.started();
            int number = outcomes.size() + 1;
            String which = outcomes.containsKey(running.id()) ? "again"
                    : number + "/" + Math.max(number, planned.size());
            progress.accept("[" + which + "] " + running.test());
        } else if (event.outcome() != null) {
            running = null;
            outcomes.merge(event.outcome().id(), event.outcome(), (earlier, later) -> later.after(earlier));
        } else {
            done = true;
        }
    }

    private void recordLost(String problem) {
        if (running != null) {
            TestOutcome lost = TestOutcome.lost(running, "did not end: " + problem);
            outcomes.merge(running.id(), lost, (earlier, later) -> later.after(earlier));
        }
        planned.values().stream().filter(test -> !outcomes.containsKey(test.id()))
                .forEach(test -> outcomes.put(test.id(), TestOutcome.lost(test, TestOutcome.NEVER_STARTED + problem)));
    }

    private void dumpThreads(Process child) throws InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        try {
            Process dump = new ProcessBuilder(jcmd.toString(), String.valueOf(child.pid()), "Thread.print", "-l")
                    .redirectErrorStream(true).redirectOutput(folder.resolve("threads.txt").toFile()).start();
            if (!dump.waitFor(THREAD_DUMP_SECONDS, TimeUnit.SECONDS)) {
                dump.destroyForcibly();
            }
        } catch (IOException e) {
            System.err.println("No thread dump of the hanging tests: " + e.getMessage());
        }
    }

    /**
     * With everything that its tests started; after a normal end there is nothing left to kill. First politely: then
     * the JVM writes what was covered and removes the socket that a thread dump opens.
     */
    private static void kill(Process child) {
        List<ProcessHandle> started = child.descendants().toList();
        child.destroy();
        try {
            child.waitFor(LAST_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        child.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
    }
}
