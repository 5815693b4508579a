package tests.audio;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** How much memory code asks for: the same on every machine, whenever the garbage collector runs. */
final class Allocated {
    private Allocated() {
    }

    static long byThisThread() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getThreadAllocatedBytes(Thread.currentThread()
                .getId());
    }
}
