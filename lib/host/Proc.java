package lib.host;

import com.sun.management.OperatingSystemMXBean;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/**
 * Reads /proc and the like under a root, which is {@code /} or a recorded tree. A file that is missing or can't be read
 * is empty text: most machines lack most of these files, and none of them is an error.
 */
final class Proc {
    // USER_HZ: 100 on every architecture that Linux runs a JVM on (proc(5), sysconf(_SC_CLK_TCK)).
    private static final double TICKS_PER_SECOND = 100;
    private static final Path LIVE = Path.of("/");
    private static final int FIRST_READ = 1024;

    private Proc() {
    }

    record HostCpu(Double busySeconds, Double stealSeconds) {
    }

    static String text(Path file) {
        // Half the cost of Files.readString, which counts for the counters, and a CPU's or firmware's name may have a
        // byte that is not UTF-8.
        try (FileInputStream in = new FileInputStream(file.toString())) {
            byte[] bytes = new byte[FIRST_READ];
            int length = 0;
            for (int read = in.read(bytes); read > 0; read = in.read(bytes, length, bytes.length - length)) {
                length += read;
                bytes = length == bytes.length ? Arrays.copyOf(bytes, 4 * length) : bytes;
            }
            return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        } catch (IOException missing) {
            return "";
        }
    }

    /** The text of a file that holds one line, null when there is none. */
    static String line(Path file) {
        String text = text(file).strip();
        return text.isEmpty() ? null : text;
    }

    /** The whole number that a file holds, null when it holds something else ({@code max}) or does not exist. */
    static Long number(Path file) {
        return number(text(file));
    }

    static Long number(String text) {
        try {
            return Long.valueOf(text.strip());
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    /** Value of the first {@code name: value} or {@code name value} line, null without one. */
    static String field(String text, String name) {
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end;
            if (text.startsWith(name, from)) {
                int after = from + name.length();
                while (after < end && (text.charAt(after) == ' ' || text.charAt(after) == '\t')) {
                    after++;
                }
                boolean colon = after < end && text.charAt(after) == ':';
                if (colon || after > from + name.length()) {
                    return text.substring(colon ? after + 1 : after, end).strip();
                }
            }
            from = end + 1;
        }
        return null;
    }

    /** CPUs that the scheduler may use for this process; empty where the kernel does not say. */
    static Optional<BitSet> allowedCpus(Path root) {
        String list = field(text(root.resolve("proc/self/status")), "Cpus_allowed_list");
        return list == null ? Optional.empty() : Optional.of(cpuList(list));
    }

    /** A kernel CPU list: {@code 0-3,8,10-11}. */
    static BitSet cpuList(String list) {
        BitSet cpus = new BitSet();
        for (String range : list.strip().split(",")) {
            if (!range.isBlank()) {
                String[] ends = range.strip().split("-");
                cpus.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
            }
        }
        return cpus;
    }

    /** CPU time of this process, null when the root is a recorded tree without it. */
    static Double processCpuSeconds(Path root) {
        String stat = text(root.resolve("proc/self/stat"));
        if (!stat.isEmpty()) {
            return statTicks(stat) / TICKS_PER_SECOND;
        }
        if (root.equals(LIVE) && ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                && system.getProcessCpuTime() >= 0) {
            return system.getProcessCpuTime() / 1e9; // macOS
        }
        return null;
    }

    /** CPU time of one thread, from its folder under {@code task}; null when it has ended. */
    static Long threadCpuNanos(Path task) {
        String schedstat = text(task.resolve("schedstat"));
        int end = schedstat.indexOf(' ');
        if (end > 0) {
            return Long.valueOf(schedstat.substring(0, end));
        }
        // Kernels without CONFIG_SCHED_INFO.
        String stat = text(task.resolve("stat"));
        return stat.isEmpty() ? null : Long.valueOf((long) (statTicks(stat) / TICKS_PER_SECOND * 1e9));
    }

    private static long statTicks(String stat) {
        // The name stands in brackets and may itself have spaces and brackets; utime and stime are fields 14 and 15.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    static HostCpu hostCpu(Path root) {
        String stat = text(root.resolve("proc/stat"));
        if (!stat.startsWith("cpu ")) {
            return new HostCpu(null, null);
        }
        // user nice system idle iowait irq softirq steal guest guest_nice; guest time is in user already (proc(5)).
        String[] ticks = stat.substring(4, stat.indexOf('\n')).strip().split(" +");
        long busy = 0;
        for (int field : new int[] {0, 1, 2, 5, 6}) {
            busy += Long.parseLong(ticks[field]);
        }
        return new HostCpu(busy / TICKS_PER_SECOND,
                ticks.length > 7 ? Long.parseLong(ticks[7]) / TICKS_PER_SECOND : null);
    }
}
