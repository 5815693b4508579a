package lib.host;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.stream.Stream;

/** Highest Java heap of this process since {@link #reset()}: the JVM keeps it, nothing is sampled. */
public final class JavaHeap {
    private JavaHeap() {
    }

    public static void reset() {
        pools().forEach(MemoryPoolMXBean::resetPeakUsage);
    }

    /** Used, not reserved; the pools' peaks added up, which may lie some kilobytes above the true peak. */
    public static long peakBytes() {
        return pools().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    }

    private static Stream<MemoryPoolMXBean> pools() {
        return ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() == MemoryType.HEAP);
    }
}
