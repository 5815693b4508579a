package tests.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lib.host.CpuLimit;
import lib.host.Exit;
import lib.host.LimitedProcess;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What every kind of limit has to do, run against the real ones. */
class CpuLimitTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    abstract static class Contract {
        private final String isolation;

        Contract(String isolation) {
            this.isolation = isolation;
        }

        CpuLimit limit() {
            return Programs.limitOrSkip(isolation);
        }

        @Test
        void theLimitReadInsideIsTheOneThatWasAsked() throws Exception {
            CpuLimit limit = limit();
            for (double cores : limit.refusal(0.5).isPresent() ? new double[] {1} : new double[] {0.5, 1}) {
                assertEquals(cores, Programs.numbers(Programs.run(limit, cores, "limit").out()).get(2), 0.001);
            }
        }

        @Test
        void twoThreadsNeverUseMoreThanTheOneCoreTheyWereGiven() throws Exception {
            List<Double> seen = Programs.numbers(Programs.run(limit(), 1, "burn", "2", "1.5").out());
            // A quota is settled per period of 100 ms: one period of 2 busy cores may be ahead of it.
            assertTrue(seen.get(0) < 1.1, "busy cores " + seen.get(0));
            assertTrue(seen.get(0) > 0.2, "busy cores " + seen.get(0)); // low: others may use the machine
            assertEquals(2, seen.get(1), "working threads");
        }

        @Test
        void argumentsArriveAsTheyAre() throws Exception {
            String[] hostile = {"arguments", "", "two words", "$HOME `id` \"'\\", "line\nbreak", "*", "--",
                    "xin chào"};
            String seen = Programs.run(limit(), 1, hostile).out();
            String asked = Stream.of(hostile).skip(1)
                    .map(text -> Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)))
                    .collect(Collectors.joining("\n"));
            assertEquals(asked, seen);
        }

        @Test
        void linesGoInAndComeBackAndEndOfInputEndsTheProgram() throws Exception {
            try (LimitedProcess process = limit().start(Programs.burner(List.of(), "echo"), 1)) {
                BufferedReader out = Programs.reader(process);
                OutputStream in = process.stdin();
                for (String line : List.of("one", "x".repeat(300_000), "three")) {
                    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                    in.flush();
                    assertEquals(line, out.readLine());
                }
                assertNull(process.waitFor(Duration.ofMillis(50)));
                in.close();
                assertNull(out.readLine());
                assertEquals(new Exit(0, null, false), process.waitFor(SOON));
                assertTrue(process.stderrTail().contains("end of input"), process.stderrTail());
            }
        }

        @Test
        void ofOpenMpTheProgramHasWhatItWasGivenAndNothingOfTheCallers() throws Exception {
            limit();
            assertEquals("[OMP_WAIT_POLICY=passive]", openMpOfAProgram(isolation));
        }

        @Test
        void theWayItEndedIsTold() throws Exception {
            CpuLimit limit = limit();
            assertEquals(new Exit(3, null, false), Programs.run(limit, 1, "exit", "3").exit());
            assertEquals(new Exit(134, 6, false), Programs.run(limit, 1, "abort").exit());
        }

        @Test
        void aKilledProgramEndsAtOnceAndWritingToItFails() throws Exception {
            try (LimitedProcess process = limit().start(Programs.burner(List.of(), "echo"), 1)) {
                process.stdin().write("ready\n".getBytes(StandardCharsets.UTF_8));
                process.stdin().flush();
                assertEquals("ready", Programs.reader(process).readLine());
                process.kill();
                assertEquals(new Exit(137, 9, false), process.waitFor(SOON));
                assertFalse(process.isAlive());
                assertThrows(IOException.class, () -> {
                    for (int attempt = 0; attempt < 100; attempt++) {
                        process.stdin().write(new byte[1 << 16]);
                        process.stdin().flush();
                    }
                });
            }
        }

        @Test
        void closingLeavesNothingBehind() throws Exception {
            CpuLimit limit = limit();
            LimitedProcess process = limit.start(Programs.burner(List.of(), "echo"), 1);
            process.close();
            assertFalse(process.isAlive());
            assertNotNull(process.waitFor(SOON));
            assertEquals(List.of(), traces(ProcessHandle.current().pid()));
        }

        @Test
        void peakMemoryCanBeReadAndReset() throws Exception {
            String[] seen = Programs.run(limit(), 1, "peak").out().split(" ");
            assertTrue(Long.parseLong(seen[0]) > 200L << 20, "peak " + seen[0]);
            assertEquals("true", seen[1]);
            assertTrue(Long.parseLong(seen[2]) < 200L << 20, "peak after reset " + seen[2]);
        }
    }

    /** Started by a lab whose own environment is full of it. */
    private static String openMpOfAProgram(String isolation) throws IOException {
        ProcessBuilder lab = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), Lab.class.getName(), isolation, "openmp")
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        lab.environment().putAll(Map.of("OMP_NUM_THREADS", "1", "OMP_WAIT_POLICY", "active", "OMP_PROC_BIND", "true",
                "GOMP_SPINCOUNT", "7", "GOMP_CPU_AFFINITY", "0", "KMP_BLOCKTIME", "0", "JAVA_TOOL_OPTIONS",
                "-Dperf.test=1", "JDK_JAVA_OPTIONS", "-Dperf.test=1"));
        return new String(lab.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    @Test
    void withoutALimitTheProgramHasNothingOfTheCallersOpenMpEither() throws Exception {
        assertEquals("[OMP_WAIT_POLICY=passive]", openMpOfAProgram("none"));
    }

    /** Kinds whose program is a child of the lab. */
    abstract static class OnThisMachine extends Contract {
        OnThisMachine(String isolation) {
            super(isolation);
        }

        @Test
        void whatAKilledLabLeftBehindIsRemovedByTheNextStart() throws Exception {
            CpuLimit limit = limit();
            Process lab = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                    System.getProperty("java.class.path"), Lab.class.getName(), limit.isolation().label())
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            try (BufferedReader out = new BufferedReader(new InputStreamReader(lab.getInputStream()))) {
                assertEquals("up", out.readLine());
                assertNotEquals(List.of(), traces(lab.pid()));
                limit.start(Programs.burner(List.of(), "echo"), 1).close();
                assertNotEquals(List.of(), traces(lab.pid()), "what a living lab uses was removed");
            } finally {
                lab.destroyForcibly().waitFor();
            }
            limit.start(Programs.burner(List.of(), "echo"), 1).close();
            assertEquals(List.of(), traces(lab.pid()));
        }
    }

    /** Temporary folders and control groups of a lab. */
    private static List<Path> traces(long owner) throws IOException {
        try (Stream<Path> folders = Stream.concat(children(Path.of(System.getProperty("java.io.tmpdir"))),
                Stream.concat(children(Path.of("/sys/fs/cgroup/cpu")), children(Path.of("/sys/fs/cgroup/cpuacct"))))) {
            return folders.filter(path -> path.getFileName().toString().startsWith("perf-worker-")
                    && path.getFileName().toString().contains("-" + owner + "-")).sorted().toList();
        }
    }

    private static Stream<Path> children(Path folder) throws IOException {
        return Files.isDirectory(folder) ? Files.list(folder) : Stream.empty();
    }

    @Nested
    @Tag("docker")
    class Docker extends Contract {
        Docker() {
            super("docker");
        }
    }

    @Nested
    @Tag("root")
    class Cgroup extends OnThisMachine {
        Cgroup() {
            super("cgroup");
        }
    }

    @Test
    @Tag("root")
    void aLocalWorkerThatTheKernelKilledForMemoryIsToldFromOneThatSomebodyKilled() throws Exception {
        Path memory = Path.of("/sys/fs/cgroup/memory");
        assumeTrue(Files.isWritable(memory) && Files.exists(memory.resolve("memory.limit_in_bytes")),
                "needs a cgroup v1 memory controller and root");
        Path group = Files.createDirectory(memory.resolve("perf-test-" + ProcessHandle.current().pid()));
        try (LimitedProcess process = Programs.limitOrSkip("none").start(Programs.burner(List.of(), "eat"), 1)) {
            Files.writeString(group.resolve("memory.limit_in_bytes"), "80M");
            long child = ProcessHandle.current().children().filter(ProcessHandle::isAlive)
                    .filter(each -> each.info().commandLine().orElse("").contains("perf-worker-")).findFirst()
                    .orElseThrow()
                    .pid();
            Files.writeString(group.resolve("cgroup.procs"), Long.toString(child));
            process.stdin().write('\n');
            process.stdin().flush();
            Exit exit = process.waitFor(SOON);
            assertNotNull(exit, "still running");
            assertTrue(exit.outOfMemory(), exit + " " + process.stderrTail());
        } finally {
            Files.delete(group);
        }
    }

    @Nested
    class Affinity extends OnThisMachine {
        Affinity() {
            super("affinity");
        }
    }
}
