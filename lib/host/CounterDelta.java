package lib.host;

import java.util.Map;
import java.util.Set;

/**
 * What happened between two {@link Counters} of the same process. Null where it is not known.
 *
 * @param cpuSeconds CPU time of this process
 * @param busyCores cpuSeconds / wallSeconds
 * @param otherBusyCores CPU used on the machine by everything but this process, in cores
 * @param workingThreads threads of the engine that used CPU: at least {@link #WORKING_SHARE} of what each could have;
 * the JVM's own threads are left out. Null when threads that used as much came and went unseen in between
 */
public record CounterDelta(double wallSeconds, Double cpuSeconds, Double busyCores, Double cgroupCpuSeconds,
        Long periods, Long throttledPeriods, Double throttledSeconds, Double hostBusySeconds, Double stealSeconds,
        Double otherBusyCores, Integer workingThreads) {
    /**
     * A thread of the engine that works uses nearly all that it can have, the whole wall time or its share of fewer
     * cores (2 threads on 0.5 cores: 25 %; 64 on one: 1.6 %); one that waits for work only wakes for microseconds. 2 %
     * of it lies between.
     */
    public static final double WORKING_SHARE = 0.02;

    // The process's counter moves in steps of 10 ms, and a running thread's is up to one scheduler tick late.
    private static final double PROCESS_CPU_SLACK_SECONDS = 0.03;

    // Kernel names (15 characters at most) of the threads that HotSpot 17 to 25 starts for itself, as seen in
    // /proc/self/task with each of its collectors.
    private static final Set<String> JVM_THREADS = Set.of("VM Thread", "VM Periodic Tas", "Signal Dispatch",
            "Finalizer",
            "Reference Handl", "Service Thread", "Monitor Deflati", "Common-Cleaner", "Notification Th",
            "Sweeper thread", "process reaper", "Attach Listener", "StringDedupProc");
    private static final Set<String> JVM_THREAD_STARTS = Set.of("C1 ", "C2 ", "GC ", "G1 ", "ZDirector", "ZDriver",
            "ZStat", "ZUncommitter", "ZUnmapper", "ZWorker", "RuntimeWorker", "Shenandoah", "JFR ", "JVMCI");

    /** Of a process whose threads have a core each. */
    public static CounterDelta between(Counters before, Counters after) {
        return between(before, after, 1, null);
    }

    /**
     * @param threads that the engine was told to use
     * @param cores that it may use, null where that is not known
     */
    public static CounterDelta between(Counters before, Counters after, int threads, Double cores) {
        double wallSeconds = (after.nanoTime() - before.nanoTime()) / 1e9;
        Double processSeconds = minus(after.processCpuSeconds(), before.processCpuSeconds());
        Double threadSeconds = threadSeconds(before, after);
        // Threads are counted to the nanosecond, but those that ended are forgotten: trusted only while they add up.
        boolean complete = processSeconds != null && threadSeconds != null
                && Math.abs(processSeconds - threadSeconds) <= PROCESS_CPU_SLACK_SECONDS;
        Double cpuSeconds = complete ? threadSeconds : processSeconds;
        Double hostBusySeconds = minus(after.hostBusySeconds(), before.hostBusySeconds());
        Double otherBusyCores = hostBusySeconds == null || cpuSeconds == null ? null
                : Math.max(0, hostBusySeconds - cpuSeconds) / wallSeconds;
        double enoughSeconds = WORKING_SHARE * wallSeconds * (cores == null ? 1 : Math.min(1, cores / threads));
        boolean unseen = processSeconds == null || threadSeconds == null
                || processSeconds - threadSeconds > Math.max(PROCESS_CPU_SLACK_SECONDS, enoughSeconds);
        return new CounterDelta(wallSeconds, cpuSeconds, cpuSeconds == null ? null : cpuSeconds / wallSeconds,
                minus(after.cgroupCpuSeconds(), before.cgroupCpuSeconds()), minus(after.periods(), before.periods()),
                minus(after.throttledPeriods(), before.throttledPeriods()),
                minus(after.throttledSeconds(), before.throttledSeconds()), hostBusySeconds,
                minus(after.stealSeconds(), before.stealSeconds()), otherBusyCores,
                unseen ? null : workingThreads(before, after, enoughSeconds));
    }

    private static Double threadSeconds(Counters before, Counters after) {
        if (after.threads().isEmpty()) {
            return null;
        }
        return after.threads().keySet().stream().mapToLong(id -> nanosUsed(before, after, id)).sum() / 1e9;
    }

    private static int workingThreads(Counters before, Counters after, double enoughSeconds) {
        return (int) after.threads().entrySet().stream()
                .filter(thread -> !isOfTheJvm(thread.getValue().name()))
                .filter(thread -> nanosUsed(before, after, thread.getKey()) >= enoughSeconds * 1e9)
                .count();
    }

    private static long nanosUsed(Counters before, Counters after, int id) {
        Map<Integer, Counters.ThreadCpu> earlier = before.threads();
        long used = after.threads().get(id).cpuNanos();
        return earlier.containsKey(id) ? Math.max(0, used - earlier.get(id).cpuNanos()) : used;
    }

    private static boolean isOfTheJvm(String name) {
        return JVM_THREADS.contains(name) || JVM_THREAD_STARTS.stream().anyMatch(name::startsWith);
    }

    /** Null also for a counter that went back, as some hypervisors' steal does: it tells nothing. */
    private static Double minus(Double after, Double before) {
        return after == null || before == null || after < before ? null : Double.valueOf(after - before);
    }

    private static Long minus(Long after, Long before) {
        return after == null || before == null || after < before ? null : Long.valueOf(after - before);
    }
}
