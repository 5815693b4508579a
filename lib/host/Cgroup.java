package lib.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The control groups of this process, version 1 or 2, found the way the JVM finds them: the path of
 * {@code /proc/self/cgroup} below the mount of {@code /proc/self/mountinfo} (proc(5), cgroups(7)). A limit may stand at
 * any level up to the mount, and the tightest one holds.
 *
 * @param version 1, 2, or null when the process is in none that controls CPU
 * @param cpuFolders where the CPU quota stands, the process's own group first, then its ancestors
 * @param cpuUsageFolder the group's CPU time
 * @param memoryFolders like cpuFolders, for memory
 */
record Cgroup(Integer version, List<Path> cpuFolders, Path cpuUsageFolder, List<Path> memoryFolders) {
    // Version 1 shows "no limit" as the largest page-aligned long; no machine has an exbibyte.
    private static final long NO_MEMORY_LIMIT = 1L << 60;

    /** Counters of the process's group. */
    record Cpu(Double cpuSeconds, Long periods, Long throttledPeriods, Double throttledSeconds) {
    }

    private record Mount(String root, Path point, boolean version2, List<String> controllers) {
    }

    static Cgroup find(Path root) {
        List<Mount> mounts = mounts(root);
        List<String> memberships = Proc.text(root.resolve("proc/self/cgroup")).lines().toList();
        Mount unified = mounts.stream().filter(Mount::version2).findFirst().orElse(null);
        // On hybrid systems a version 2 hierarchy without controllers stands beside the version 1 ones that control.
        Mount cpu = controlling(mounts, "cpu");
        if (cpu != null) {
            Mount usage = controlling(mounts, "cpuacct");
            return new Cgroup(1, folders(root, cpu, path(memberships, "cpu")),
                    usage == null ? null : folders(root, usage, path(memberships, "cpuacct")).get(0),
                    foldersOrNone(root, controlling(mounts, "memory"), path(memberships, "memory")));
        }
        if (unified != null) {
            List<Path> folders = folders(root, unified, path(memberships, ""));
            return new Cgroup(2, folders, folders.get(0), folders);
        }
        return new Cgroup(null, List.of(), null, List.of());
    }

    private static List<Path> foldersOrNone(Path root, Mount mount, String path) {
        return mount == null ? List.of() : folders(root, mount, path);
    }

    private static Mount controlling(List<Mount> mounts, String controller) {
        return mounts.stream().filter(mount -> mount.controllers().contains(controller)).findFirst().orElse(null);
    }

    private static List<Mount> mounts(Path root) {
        List<Mount> mounts = new ArrayList<>();
        for (String line : Proc.text(root.resolve("proc/self/mountinfo")).split("\n")) {
            int dash = line.indexOf(" - cgroup");
            if (dash >= 0) {
                String[] place = line.split(" ");
                String[] kind = line.substring(dash + 3).split(" ");
                boolean version2 = kind[0].equals("cgroup2");
                mounts.add(new Mount(place[3], Path.of(unescaped(place[4])), version2,
                        version2 ? List.of() : Arrays.asList(kind[kind.length - 1].split(","))));
            }
        }
        return mounts;
    }

    private static String unescaped(String path) {
        return path.replace("\\040", " "); // proc(5) writes a space in octal
    }

    /** The process's path in the hierarchy of the controller; version 2 has no controller name there. */
    private static String path(List<String> memberships, String controller) {
        return memberships.stream().map(line -> line.split(":", 3))
                .filter(parts -> parts.length == 3 && Arrays.asList(parts[1].split(",")).contains(controller))
                .map(parts -> parts[2]).findFirst().orElse("/");
    }

    private static List<Path> folders(Path root, Mount mount, String path) {
        Path top = root.resolve("/".equals(root.toString()) ? mount.point() : Path.of("/").relativize(mount.point()));
        // In a container the path may be the host's (its mount shows only the container's own part, named as mount
        // root), or lead out of the namespace (/../..): what is not below the mount is the mount's own group.
        String below = path.startsWith(mount.root()) ? path.substring(mount.root().length()) : "";
        Path own = top.resolve(below.replaceFirst("^/+", "")).normalize();
        if (!own.startsWith(top) || !Files.isDirectory(own)) {
            own = top;
        }
        List<Path> folders = new ArrayList<>();
        for (Path folder = own; folder.startsWith(top); folder = folder.getParent()) {
            folders.add(folder);
            if (folder.equals(top)) {
                break;
            }
        }
        return folders;
    }

    /** Tightest CPU quota in cores, null without one. */
    Double quotaCores() {
        return tightest() == null ? null : quota(tightest());
    }

    /** The folder whose quota is the tightest, null when there is no quota. */
    private Path tightest() {
        Path tightest = null;
        for (Path folder : cpuFolders) {
            Double quota = quota(folder);
            if (quota != null && (tightest == null || quota < quota(tightest))) {
                tightest = folder;
            }
        }
        return tightest;
    }

    private Double quota(Path folder) {
        Long quota;
        Long period;
        if (version == 1) {
            quota = Proc.number(folder.resolve("cpu.cfs_quota_us"));
            period = Proc.number(folder.resolve("cpu.cfs_period_us"));
        } else {
            String[] max = Proc.text(folder.resolve("cpu.max")).strip().split(" ");
            quota = Proc.number(max[0]);
            period = max.length < 2 ? null : Proc.number(max[1]);
        }
        return quota == null || period == null || quota <= 0 || period <= 0 ? null : (double) quota / period;
    }

    Long memoryLimitBytes() {
        String file = version != null && version == 1 ? "memory.limit_in_bytes" : "memory.max";
        return memoryFolders.stream().map(folder -> Proc.number(folder.resolve(file)))
                .filter(limit -> limit != null && limit < NO_MEMORY_LIMIT).min(Long::compare).orElse(null);
    }

    Cpu cpu() {
        if (cpuFolders.isEmpty()) {
            return new Cpu(null, null, null, null);
        }
        // Throttling is counted where the quota stands, which may be an ancestor.
        Path tightest = tightest();
        String stat = Proc.text((tightest == null ? cpuFolders.get(0) : tightest).resolve("cpu.stat"));
        if (version == 1) {
            return new Cpu(seconds(cpuUsageFolder == null ? null : Proc.number(cpuUsageFolder.resolve("cpuacct.usage")),
                    1e9), count(stat, "nr_periods"), count(stat, "nr_throttled"),
                    seconds(count(stat, "throttled_time"), 1e9));
        }
        Long usage = count(Proc.text(cpuUsageFolder.resolve("cpu.stat")), "usage_usec");
        return new Cpu(seconds(usage, 1e6), count(stat, "nr_periods"), count(stat, "nr_throttled"),
                seconds(count(stat, "throttled_usec"), 1e6));
    }

    private static Long count(String stat, String name) {
        String value = Proc.field(stat, name);
        return value == null ? null : Proc.number(value);
    }

    private static Double seconds(Long units, double unitsPerSecond) {
        return units == null ? null : Double.valueOf(units / unitsPerSecond);
    }
}
