package lib.host;

import java.nio.file.Path;
import java.util.BitSet;

/**
 * The limits that hold the process that reads them, as the kernel tells them: read inside the worker, so that a limit
 * that never arrived is found out.
 *
 * @param quotaCores tightest CPU quota of the process's control group and its ancestors, in cores; null without one
 * @param allowedCpus logical CPUs that the scheduler may use for the process; null where the kernel does not say
 * @param memoryLimitBytes tightest memory limit of the control groups, null without one
 */
public record LimitInForce(Double quotaCores, Integer allowedCpus, Long memoryLimitBytes) {
    public static LimitInForce read() {
        return read(Path.of("/"));
    }

    /** From a recorded tree; {@code root} stands for {@code /}. */
    public static LimitInForce read(Path root) {
        Cgroup cgroup = Cgroup.find(root);
        return new LimitInForce(cgroup.quotaCores(), Proc.allowedCpus(root).map(BitSet::cardinality).orElse(null),
                cgroup.memoryLimitBytes());
    }

    /** The tighter of quota and allowed CPUs, null when neither is known. */
    public Double cores() {
        if (quotaCores == null || allowedCpus == null) {
            return quotaCores != null ? quotaCores : allowedCpus == null ? null : Double.valueOf(allowedCpus);
        }
        return Math.min(quotaCores, allowedCpus);
    }
}
