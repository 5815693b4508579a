package lib.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the CPU quota into a control group of its own, made below the one that this process is in (version 1 and 2).
 * Needs the right to make one there: root, or a delegated subtree.
 */
final class CgroupLimit implements CpuLimit {
    private static final String NAME_START = "perf-worker-";
    /** The kernel's and Docker's default; a quota is a share of it. */
    private static final long PERIOD_MICROS = 100_000;
    /** Kernel: the smallest quota is 1 ms. */
    private static final double SMALLEST_CORES = 0.01;
    // The shell joins the groups before it becomes java, so that the JVM starts up under the limit. Groups come as
    // arguments up to "--": nothing is quoted, so no path can break the command.
    private static final List<String> JOIN = List.of("sh", "-c",
            "while [ \"$1\" != -- ]; do echo $$ > \"$1/cgroup.procs\" || exit 125; shift; done; shift; exec \"$@\"",
            "sh");

    @Override
    public Isolation isolation() {
        return Isolation.CGROUP;
    }

    @Override
    public Optional<String> refusal(double cores) {
        return cores < SMALLEST_CORES ? Optional.of("a CPU quota starts at " + SMALLEST_CORES + " cores")
                : Machine.refusal(cores);
    }

    @Override
    public LimitedProcess start(JavaProgram program, double cores) throws IOException {
        Cgroup own = Cgroup.find(Path.of("/"));
        List<Path> groups = make(own, cores);
        List<String> prefix = new ArrayList<>(JOIN);
        groups.forEach(group -> prefix.add(group.toString()));
        prefix.add("--");
        return LocalProcess.start(program, prefix, () -> groups.forEach(CgroupLimit::remove));
    }

    private static List<Path> make(Cgroup own, double cores) throws IOException {
        if (own.version() == null) {
            throw new IOException("this system has no control groups for CPU");
        }
        String name = NAME_START + Owner.uniqueName();
        List<Path> made = new ArrayList<>();
        try {
            // With version 1 the CPU time may be counted in a hierarchy of its own.
            Set<Path> parents = new LinkedHashSet<>(List.of(parent(own), own.version() == 1 && own
                    .cpuUsageFolder() != null
                            ? own.cpuUsageFolder()
                            : parent(own)));
            for (Path parent : parents) {
                removeLeftGroups(parent);
                made.add(Files.createDirectory(parent.resolve(name)));
            }
            long quotaMicros = Math.round(cores * PERIOD_MICROS);
            Path group = made.get(0);
            if (own.version() == 1) {
                Files.writeString(group.resolve("cpu.cfs_period_us"), Long.toString(PERIOD_MICROS));
                Files.writeString(group.resolve("cpu.cfs_quota_us"), Long.toString(quotaMicros));
            } else {
                Files.writeString(group.resolve("cpu.max"), quotaMicros + " " + PERIOD_MICROS);
            }
            return made;
        } catch (IOException refused) {
            made.forEach(CgroupLimit::remove);
            throw new IOException("no control group can be made here (" + reason(refused) + ")", refused);
        }
    }

    private static String reason(IOException refused) {
        if (refused instanceof AccessDeniedException denied) {
            return "this user may not write " + Path.of(denied.getFile()).getParent();
        }
        return refused instanceof FileSystemException file && file.getReason() != null
                ? file.getReason() + ": " + file.getFile()
                : refused.getMessage();
    }

    /**
     * Where a child gets a CPU quota: below the process's own group with version 1; with version 2 below the nearest
     * group that hands the controller on, since a group with processes can't (cgroups(7), "no internal processes").
     * Never above a group with a quota: the child would escape the limit that this process is under.
     */
    private static Path parent(Cgroup own) throws IOException {
        if (own.version() == 1) {
            return own.cpuFolders().get(0);
        }
        for (Path folder : own.cpuFolders()) {
            if (List.of(Proc.text(folder.resolve("cgroup.subtree_control")).strip().split(" ")).contains("cpu")) {
                return folder;
            }
            if (!Proc.text(folder.resolve("cpu.max")).isEmpty()
                    && !Proc.text(folder.resolve("cpu.max")).startsWith("max")) {
                break;
            }
        }
        throw new IOException("no group above this process hands on the cpu controller");
    }

    private static void removeLeftGroups(Path parent) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(parent, NAME_START + "*")) {
            for (Path group : left) {
                if (Owner.isGone(group.getFileName().toString().substring(NAME_START.length()))) {
                    Proc.text(group.resolve("cgroup.procs")).lines().map(Proc::number)
                            .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
                    remove(group);
                }
            }
        }
    }

    /** A group can be removed only when its last process is gone, which takes the kernel a moment after the kill. */
    private static void remove(Path group) {
        for (int attempt = 0; attempt < 50; attempt++) {
            try {
                Files.deleteIfExists(group);
                return;
            } catch (IOException busy) {
                try {
                    Thread.sleep(20);
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }
}
