package lib.host;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.Ulimit;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code docker run --cpus}. By default the container sees this machine's own programs and libraries, mounted read-only
 * into an empty image: nothing is pulled or copied, and the binaries are those that any other kind of limit would run.
 */
final class DockerLimit implements CpuLimit {
    // Of /etc only what the loader and a distribution's JDK read: the rest is nobody's business, and Docker mounts
    // files of its own there (/etc/hosts), which a read-only /etc without them would not let it do.
    private static final List<Path> SYSTEM = Stream.of("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache",
            "/etc/alternatives", "/etc/localtime").map(Path::of).toList();
    private static final Path ETC = Path.of("/etc");
    private static final String JDK_SETTINGS = "java*"; // /etc/java-17-openjdk on Debian, /etc/java on Fedora
    private static final double NANOS = 1e9;
    /** Docker's own lower bound: the kernel's smallest quota, 1 ms of a period of 100 ms. */
    private static final double SMALLEST_CORES = 0.01;
    private static final String NOBODY = "65534:65534";
    private static final String ROOT = "0:0";
    private static final long MOST_PROCESSES = 1024;
    private static final String TEMPORARY = "/tmp";
    // Not java itself as process 1: the kernel does not deliver a process 1 its own abort(), so a native crash would
    // end with another signal than it has everywhere else. The shell hands on stdin, stdout and the exit code.
    private static final List<String> AS_CHILD = List.of("sh", "-c", "\"$@\"; exit $?", "sh");

    private final String image;
    private DockerEngine engine;

    /** @param image null for this machine's own file system, or, where that is not Linux, k8s/Dockerfile.worker */
    DockerLimit(String image) {
        this.image = image;
    }

    @Override
    public Isolation isolation() {
        return Isolation.DOCKER;
    }

    @Override
    public Optional<String> refusal(double cores) {
        if (cores < SMALLEST_CORES) {
            return Optional.of("a CPU quota starts at " + SMALLEST_CORES + " cores");
        }
        try {
            int cpus = engine().cpus();
            return cores <= cpus ? Optional.empty()
                    : Optional.of(Machine.cpus(isLinux() ? "this machine has" : "Docker's virtual machine has", cpus));
        } catch (IOException noEngine) {
            return Optional.of(noEngine.getMessage());
        }
    }

    @Override
    public LimitedProcess start(JavaProgram program, double cores) throws IOException {
        Set<Path> files = new LinkedHashSet<>(program.classPath());
        files.addAll(program.readable());
        for (Path file : files) {
            if (!Files.exists(file)) {
                throw new IOException("the worker needs " + file + ", which does not exist");
            }
        }
        boolean hostFiles = image == null && isLinux();
        Path javaHome = Path.of(System.getProperty("java.home"));
        List<String> command = new ArrayList<>(AS_CHILD);
        command.add(hostFiles ? javaHome.resolve("bin/java").toString() : "java");
        command.addAll(LocalProcess.arguments(program, TEMPORARY));
        List<String> environment = new ArrayList<>(List.of("LC_ALL=C.UTF-8", "HOME=" + TEMPORARY));
        program.environment().forEach((name, value) -> environment.add(name + "=" + value));
        HostConfig host = HostConfig.newHostConfig().withNanoCPUs(Math.round(cores * NANOS))
                .withMounts(mounts(hostFiles ? system(javaHome) : Set.of(), files))
                .withTmpFs(Map.of(TEMPORARY, "rw,exec,nosuid,nodev")).withReadonlyRootfs(true).withNetworkMode("none")
                .withCapDrop(Capability.ALL).withSecurityOpts(List.of("no-new-privileges", "label=disable"))
                .withPidsLimit(MOST_PROCESSES).withUlimits(new Ulimit[] {new Ulimit("core", 0L, 0L)})
                .withLogConfig(new LogConfig(LogConfig.LoggingType.NONE));
        try {
            engine().removeLeftContainers();
            String from = image(hostFiles);
            // a name without a value takes out what the image sets
            engine().variables(from).stream().filter(JavaProgram::ownsVariable)
                    .filter(name -> !program.environment().containsKey(name)).forEach(environment::add);
            CreateContainerCmd create = engine().client().createContainerCmd(from).withHostConfig(host)
                    .withLabels(Map.of(DockerEngine.WORKER_LABEL, Owner.uniqueName()))
                    .withEntrypoint(command.get(0)).withCmd(command.subList(1, command.size())).withEnv(environment)
                    .withWorkingDir(TEMPORARY).withUser(user(files)).withAttachStdin(true).withAttachStdout(true)
                    .withAttachStderr(true).withStdinOpen(true).withStdInOnce(true);
            String id = engine().ask(create::exec).getId();
            return DockerProcess.start(engine(), id);
        } catch (RuntimeException failed) {
            throw new IOException("the container could not be started: " + DockerEngine.sentence(failed), failed);
        }
    }

    private String image(boolean hostFiles) throws IOException {
        if (hostFiles) {
            return engine().emptyImage();
        }
        if (image == null) {
            return engine().workerImage();
        }
        if (!engine().hasImage(image)) {
            throw new IOException("the engine has no image " + image + " (docker pull " + image + ")");
        }
        return image;
    }

    private synchronized DockerEngine engine() throws IOException {
        if (engine == null) {
            engine = DockerEngine.connect();
        }
        return engine;
    }

    private static Set<Path> system(Path javaHome) throws IOException {
        Set<Path> system = new LinkedHashSet<>(SYSTEM);
        system.add(javaHome);
        try (DirectoryStream<Path> settings = Files.newDirectoryStream(ETC, JDK_SETTINGS)) {
            settings.forEach(system::add);
        }
        system.removeIf(folder -> !Files.exists(folder));
        return system;
    }

    private static List<Mount> mounts(Set<Path> system, Set<Path> files) {
        Set<Path> all = new LinkedHashSet<>(system);
        all.addAll(files);
        // What lies in a folder that is mounted already is there, and a mount point can't be made in a read-only mount.
        return all.stream().filter(path -> all.stream().noneMatch(other -> !other.equals(path) && path.startsWith(
                other)))
                .map(path -> new Mount().withType(MountType.BIND).withReadOnly(true).withSource(path.toString())
                        .withTarget(path.toString()))
                .toList();
    }

    /**
     * Who the program is in the container: nobody. A mounted file keeps its owner and mode, however, and there are no
     * capabilities to override them: so the user himself where he is not root, and root without any power over others'
     * files where root's files (mode 600, say under umask 077) must be read. In a rootless engine root is the user.
     */
    private String user(Set<Path> files) throws IOException {
        if (engine().rootless()) {
            return ROOT;
        }
        String self = self();
        if (!self.startsWith("0:")) {
            return self;
        }
        for (Path file : files) {
            if (!Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                return ROOT;
            }
        }
        return NOBODY;
    }

    /** User and group of this process, from a file that it makes: the JDK's own call says 0 to users without a name. */
    private static String self() throws IOException {
        Path mine = Files.createTempFile("perf-user", null);
        try {
            return Files.getAttribute(mine, "unix:uid") + ":" + Files.getAttribute(mine, "unix:gid");
        } finally {
            Files.delete(mine);
        }
    }

    private static boolean isLinux() {
        return System.getProperty("os.name").equals("Linux");
    }
}
