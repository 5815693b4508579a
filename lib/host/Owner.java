package lib.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who made a container, a control group or a temporary folder: stands in its name, so that what a killed run left
 * behind is recognised, and what a living one uses is left alone. The start time guards against a process id that was
 * given out again, the PID namespace against a lab in another container that shares the engine or the folder.
 */
record Owner(String pidNamespace, long pid, long startMillis) {
    private static final Pattern FORM = Pattern.compile("(\\w+)-(\\d+)-(\\d+)(-\\d+)?");
    private static final Owner CURRENT = new Owner(namespace(), ProcessHandle.current().pid(),
            startMillis(ProcessHandle.current()));
    private static final AtomicInteger MADE = new AtomicInteger();

    static Owner current() {
        return CURRENT;
    }

    /** A name that no other thing has, in the form that {@link #isGone} reads. */
    static String uniqueName() {
        return CURRENT + "-" + MADE.incrementAndGet();
    }

    /** True only when the name tells an owner of this PID namespace, and that process does not exist any more. */
    static boolean isGone(String name) {
        Matcher form = FORM.matcher(name);
        if (!form.matches() || !form.group(1).equals(CURRENT.pidNamespace)) {
            return false;
        }
        long start = Long.parseLong(form.group(3));
        return ProcessHandle.of(Long.parseLong(form.group(2))).filter(ProcessHandle::isAlive)
                .map(process -> startMillis(process) != start).orElse(true);
    }

    @Override
    public String toString() {
        return pidNamespace + "-" + pid + "-" + startMillis;
    }

    private static long startMillis(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static String namespace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString().replaceAll("\\D", "");
        } catch (IOException | UnsupportedOperationException notLinux) {
            return "host";
        }
    }
}
