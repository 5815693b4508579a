package lib.host;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Closes the processes that still run when this JVM ends, by Ctrl-C for example. */
final class EndOfRun {
    private static final Set<LimitedProcess> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(LimitedProcess::close), "close-workers"));
    }

    private EndOfRun() {
    }

    static LimitedProcess watch(LimitedProcess process) {
        OPEN.add(process);
        return process;
    }

    static void forget(LimitedProcess process) {
        OPEN.remove(process);
    }
}
