package lib.host;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What the kernel has counted up to now for this process, its control group and the machine. Taken before and after a
 * run; the difference is a {@link CounterDelta}. Null, or an empty map, where the kernel does not say.
 *
 * @param nanoTime {@link System#nanoTime} when the counters were read
 * @param processCpuSeconds CPU time of all threads, dead ones included; steps of 10 ms on Linux
 * @param cgroupCpuSeconds CPU time of the process's control group
 * @param periods quota periods of the control group whose quota is the tightest
 * @param throttledPeriods those in which the quota ran out
 * @param throttledSeconds time that threads were held back by the quota
 * @param hostBusySeconds CPU time used on the machine by anyone, over all its CPUs; steps of 10 ms
 * @param stealSeconds CPU time that the hypervisor gave to other machines, over all CPUs
 * @param threads by thread id
 */
public record Counters(long nanoTime, Double processCpuSeconds, Double cgroupCpuSeconds, Long periods,
        Long throttledPeriods, Double throttledSeconds, Double hostBusySeconds, Double stealSeconds,
        Map<Integer, ThreadCpu> threads) {
    private static final Path LIVE = Path.of("/");
    // Found once: a program joins its group before it becomes a JVM, and looking it up costs more than reading it.
    private static final Cgroup LIVE_CGROUP = Cgroup.find(LIVE);

    /** @param name the kernel's name of the thread, at most 15 characters */
    public record ThreadCpu(String name, long cpuNanos) {
    }

    /** Costs well under a millisecond of CPU, so it may stand at the edges of every run. */
    public static Counters now() {
        return now(LIVE, LIVE_CGROUP);
    }

    /** From a recorded tree; {@code root} stands for {@code /}. */
    public static Counters now(Path root) {
        return now(root, Cgroup.find(root));
    }

    private static Counters now(Path root, Cgroup group) {
        Cgroup.Cpu cgroup = group.cpu();
        Proc.HostCpu host = Proc.hostCpu(root);
        return new Counters(System.nanoTime(), Proc.processCpuSeconds(root), cgroup.cpuSeconds(), cgroup.periods(),
                cgroup.throttledPeriods(), cgroup.throttledSeconds(), host.busySeconds(), host.stealSeconds(),
                threads(root));
    }

    private static Map<Integer, ThreadCpu> threads(Path root) {
        Map<Integer, ThreadCpu> threads = new HashMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(root.resolve("proc/self/task"))) {
            for (Path task : tasks) {
                Long nanos = Proc.threadCpuNanos(task);
                if (nanos != null) {
                    threads.put(Integer.valueOf(task.getFileName().toString()),
                            new ThreadCpu(Proc.text(task.resolve("comm")).strip(), nanos));
                }
            }
        } catch (IOException noProc) {
            return Map.of();
        }
        return threads;
    }
}
