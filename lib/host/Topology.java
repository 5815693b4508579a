package lib.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Logical CPUs and the cores that they belong to, from /sys/devices/system/cpu (kernel:
 * Documentation/admin-guide/cputopology.rst). Without that folder (macOS) there are no CPUs in it.
 */
public record Topology(List<Cpu> cpus) {
    // Turbo favours single cores of one kind by about 5 %; efficiency cores are slower by a fifth and more.
    private static final double SAME_KIND = 0.85;

    /**
     * @param core the lowest CPU number among those that share the physical core; null when the kernel does not say
     * @param speed 1 for the fastest kind of core of the machine, less for slower ones; null when not known
     */
    public record Cpu(int id, Integer core, Double speed) {
    }

    public Topology {
        cpus = List.copyOf(cpus);
    }

    /** From a recorded tree; {@code root} stands for {@code /}. */
    public static Topology read(Path root) {
        BitSet online = Machine.online(root).orElseGet(BitSet::new);
        Map<Integer, Double> speeds = speeds(root, online);
        List<Cpu> cpus = new ArrayList<>();
        for (int id = online.nextSetBit(0); id >= 0; id = online.nextSetBit(id + 1)) {
            Path topology = folder(root, id).resolve("topology");
            String siblings = Proc.line(topology.resolve("core_cpus_list"));
            siblings = siblings == null ? Proc.line(topology.resolve("thread_siblings_list")) : siblings; // before 5.3
            cpus.add(new Cpu(id, siblings == null ? null : Proc.cpuList(siblings).nextSetBit(0), speeds.get(id)));
        }
        return new Topology(cpus);
    }

    /** Cores without SMT siblings, null when not known. */
    public Integer physicalCores() {
        return cpus.isEmpty() || cpus.stream().anyMatch(cpu -> cpu.core() == null) ? null
                : Integer.valueOf((int) cpus.stream().map(Cpu::core).distinct().count());
    }

    /** 2 when any core has SMT (on hybrid machines only the fast ones may), null when not known. */
    public Integer threadsPerCore() {
        if (physicalCores() == null) {
            return null;
        }
        Map<Integer, Integer> threads = new HashMap<>();
        cpus.forEach(cpu -> threads.merge(cpu.core(), 1, Integer::sum));
        return threads.values().stream().max(Integer::compare).orElse(null);
    }

    /** Whether fast and slow cores are mixed, null when not known. */
    public Boolean hybrid() {
        if (cpus.isEmpty() || cpus.stream().anyMatch(cpu -> cpu.speed() == null)) {
            return null;
        }
        return cpus.stream().anyMatch(cpu -> cpu.speed() < SAME_KIND);
    }

    /**
     * The CPUs to pin to: each on a core of its own as long as there are such, fast cores before slow ones, so that n
     * CPUs are n cores and n + 1 are never slower than n.
     */
    public List<Integer> fastest(int count, BitSet allowed) {
        Map<Integer, Integer> taken = new HashMap<>();
        record Candidate(int id, int sibling, double speed) {
        }
        List<Candidate> candidates = new ArrayList<>();
        for (int id = allowed.nextSetBit(0); id >= 0; id = allowed.nextSetBit(id + 1)) {
            int cpuId = id;
            Cpu cpu = cpus.stream().filter(known -> known.id() == cpuId).findFirst().orElse(new Cpu(id, null, null));
            // Before the core is known to be shared, a CPU counts as a core of its own.
            int sibling = cpu.core() == null ? 0 : taken.merge(cpu.core(), 1, Integer::sum) - 1;
            boolean slow = cpu.speed() != null && cpu.speed() < SAME_KIND;
            candidates.add(new Candidate(id, sibling, slow ? cpu.speed() : 1));
        }
        return candidates.stream()
                .sorted(Comparator.comparingInt(Candidate::sibling)
                        .thenComparing(Candidate::speed, Comparator.reverseOrder())
                        .thenComparing(Candidate::id))
                .limit(count).map(Candidate::id).sorted().toList();
    }

    private static Map<Integer, Double> speeds(Path root, BitSet online) {
        // Hybrid x86 kernels name the kinds outright; a CPU in neither list leaves the other sources to speak.
        String fast = Proc.line(root.resolve("sys/devices/cpu_core/cpus"));
        String slow = Proc.line(root.resolve("sys/devices/cpu_atom/cpus"));
        Map<Integer, Double> rated = new HashMap<>();
        for (int id = online.nextSetBit(0); id >= 0; id = online.nextSetBit(id + 1)) {
            Long rating = Proc.number(folder(root, id).resolve("cpu_capacity"));
            rating = rating == null ? Proc.number(folder(root, id).resolve("cpufreq/cpuinfo_max_freq")) : rating;
            if (rating != null) {
                rated.put(id, (double) rating);
            }
        }
        double highest = rated.values().stream().max(Double::compare).orElse(0.0);
        rated.replaceAll((id, rating) -> rating / highest);
        if (fast != null && slow != null) {
            // The efficiency cores' clock alone may look close: their kind is slower per clock as well.
            Proc.cpuList(fast).stream().forEach(id -> rated.put(id, 1.0));
            Proc.cpuList(slow).stream().forEach(id -> rated.merge(id, SAME_KIND / 2, Math::min));
        }
        return rated;
    }

    private static Path folder(Path root, int id) {
        return root.resolve("sys/devices/system/cpu/cpu" + id);
    }
}
