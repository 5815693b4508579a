package tests.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import lib.cli.UserError;
import lib.host.CpuLimit;
import lib.host.CpuLimits;
import lib.host.Exit;
import lib.host.JavaProgram;
import lib.host.LimitedProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("docker")
class DockerLimitTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private static DockerClient client() {
        DefaultDockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder().build();
        return DockerClientImpl.getInstance(config,
                new ZerodepDockerHttpClient.Builder().dockerHost(config.getDockerHost()).build());
    }

    private static List<String> containersOf(DockerClient client, long owner) {
        return client.listContainersCmd().withShowAll(true).withLabelFilter(List.of("perf.worker")).exec().stream()
                .filter(container -> container.getLabels().get("perf.worker").contains("-" + owner + "-"))
                .map(Container::getId).toList();
    }

    @Test
    @Tag("noisy")
    void twoThreadsOnOneCoreAreThrottledAndOneIsNot() throws Exception {
        CpuLimit limit = Programs.limitOrSkip("docker");
        List<Double> two = Programs.numbers(Programs.run(limit, 1, "burn", "2", "3").out());
        List<Double> one = Programs.numbers(Programs.run(limit, 1, "burn", "1", "3").out());
        assumeTrue(two.get(0) > 0.95, "others used the machine: two threads did not fill one core");
        assertTrue(two.get(2) > 10, "periods " + two.get(2));
        assertTrue(two.get(3) > two.get(2) / 4, "throttled periods " + two.get(3) + " of " + two.get(2));
        assertTrue(two.get(4) > 0.2, "throttled seconds " + two.get(4));
        assertTrue(one.get(4) < two.get(4) / 2, "throttled seconds of one thread " + one.get(4));
    }

    @Test
    void theProgramIsNobodySeesOnlyWhatItNeedsAndHasNoNetwork() throws Exception {
        Path clip = Files.writeString(folder.resolve("bài nói 1.txt"), "hello");
        Files.writeString(folder.resolve("secret"), "not for the worker");
        CpuLimit limit = Programs.limitOrSkip("docker");
        String[] seen = Programs.run(limit, 1, Programs.burner(List.of(clip), "surroundings", clip.toString())).out()
                .split(" ");
        assertFalse(seen[0].equals("0"), "user " + seen[0]);
        assertEquals("false", seen[1], "/usr writable");
        assertEquals("/tmp", seen[2]);
        assertEquals("hello", seen[3]);
        assertEquals("1", seen[4], "network interfaces besides the loopback");
        Exit exit = Programs.run(limit, 1, Programs.burner(List.of(clip), "surroundings",
                folder.resolve("secret").toString())).exit();
        assertEquals(1, exit.code());
    }

    @Test
    void aFileThatOnlyItsOwnerMayReadCanBeRead() throws Exception {
        Path model = Files.writeString(folder.resolve("model"), "weights");
        Files.setPosixFilePermissions(model, PosixFilePermissions.fromString("rw-------"));
        CpuLimit limit = Programs.limitOrSkip("docker");
        String out = Programs.run(limit, 1, Programs.burner(List.of(model), "surroundings", model.toString())).out();
        assertTrue(out.contains(" weights "), out);
    }

    @Test
    void aMissingFileIsNamed() {
        CpuLimit limit = Programs.limitOrSkip("docker");
        String message = assertThrows(IOException.class, () -> limit.start(
                Programs.burner(List.of(folder.resolve("gone.bin")), "limit"), 1)).getMessage();
        assertTrue(message.contains("gone.bin"), message);
    }

    @Test
    void aWorkerThatTheKernelKilledForMemoryIsToldFromOthers() throws Exception {
        CpuLimit limit = Programs.limitOrSkip("docker");
        try (DockerClient client = client();
                LimitedProcess process = limit.start(Programs.burner(List.of(), "eat"), 1)) {
            String id = containersOf(client, ProcessHandle.current().pid()).get(0);
            long megabytes = 1 << 20;
            client.updateContainerCmd(id).withMemory(100 * megabytes).withMemorySwap(100 * megabytes).exec();
            process.stdin().write('\n');
            process.stdin().flush();
            Exit exit = process.waitFor(SOON);
            assertNotNull(exit, "still running");
            assertTrue(exit.outOfMemory(), exit + " " + process.stderrTail());
        }
    }

    @Test
    void whatAKilledLabLeftBehindIsRemovedByTheNextStart() throws Exception {
        CpuLimit limit = Programs.limitOrSkip("docker");
        Process lab = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Lab.class.getName(), "docker")
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (DockerClient client = client();
                BufferedReader out = new BufferedReader(new InputStreamReader(lab.getInputStream()))) {
            assertEquals("up", out.readLine());
            assertEquals(1, containersOf(client, lab.pid()).size());
            try (LimitedProcess other = limit.start(Programs.burner(List.of(), "echo"), 1)) {
                assertTrue(other.isAlive());
                assertEquals(1, containersOf(client, lab.pid()).size(), "a living lab's container was removed");
            }
            lab.destroyForcibly().waitFor();
            try (LimitedProcess next = limit.start(Programs.burner(List.of(), "echo"), 1)) {
                assertTrue(next.isAlive());
                assertEquals(List.of(), containersOf(client, lab.pid()));
                assertEquals(1, containersOf(client, ProcessHandle.current().pid()).size());
            }
            assertEquals(List.of(), containersOf(client, ProcessHandle.current().pid()));
        } finally {
            lab.destroyForcibly();
        }
    }

    @Test
    void aLabThatIsInterruptedTakesItsContainerWithIt() throws Exception {
        Programs.limitOrSkip("docker");
        Process lab = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Lab.class.getName(), "docker")
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (DockerClient client = client();
                BufferedReader out = new BufferedReader(new InputStreamReader(lab.getInputStream()))) {
            assertEquals("up", out.readLine());
            lab.destroy(); // SIGTERM; Ctrl-C runs the same shutdown hooks
            assertEquals(143, lab.waitFor());
            assertEquals(List.of(), containersOf(client, lab.pid()));
        } finally {
            lab.destroyForcibly();
        }
    }

    @Test
    void insideALimitedContainerAutoTakesTheLimitAsItIs() throws Exception {
        CpuLimit limit = Programs.limitOrSkip("docker");
        JavaProgram burner = Programs.burner(List.of(), "auto", "describe");
        JavaProgram lab = new JavaProgram(burner.jvmOptions(), Lab.class.getName(), burner.arguments(),
                burner.classPath(), Map.of(), List.of());
        Programs.Outcome outcome = Programs.run(limit, 1, lab);
        assertTrue(outcome.out().startsWith("inherited | 1 core | this process inherited a limit of 1 core and can be"
                + " measured at no other"), outcome.toString());
        assertTrue(outcome.out().contains("container is itself limited to 1 core"), outcome.out());
    }

    @Test
    void anImageThatTheEngineDoesNotHaveIsNamed() {
        Programs.limitOrSkip("docker");
        String message = assertThrows(UserError.class, () -> CpuLimits.choose("docker", "no-such:image")).getMessage();
        assertTrue(message.endsWith("no-such:image (docker pull no-such:image); mend that, or leave --image out"),
                message);
    }

    @Test
    void anEngineThatIsNotThereOrNeverAnswersIsGivenUp() throws Exception {
        String before = System.getProperty("DOCKER_HOST");
        Path silent = folder.resolve("silent.sock");
        try (ServerSocketChannel listens = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listens.bind(UnixDomainSocketAddress.of(silent));
            for (Path socket : List.of(silent, folder.resolve("absent.sock"))) {
                System.setProperty("DOCKER_HOST", "unix://" + socket);
                long start = System.nanoTime();
                String message = assertThrows(UserError.class, () -> CpuLimits.choose("docker", null)).getMessage();
                assertTrue(message.contains("no Docker engine answers at unix://" + socket), message);
                assertTrue((System.nanoTime() - start) / 1e9 < 10, "gave up too late");
            }
        } finally {
            if (before == null) {
                System.clearProperty("DOCKER_HOST");
            } else {
                System.setProperty("DOCKER_HOST", before);
            }
        }
        assertNull(before);
    }
}
