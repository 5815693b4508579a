package lib.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Highest resident set of this process since {@link #reset()}: the kernel keeps it, nothing is sampled. */
public final class PeakMemory {
    private PeakMemory() {
    }

    /** False where the kernel does not offer it; then the peak is that of the whole life of the process. */
    public static boolean reset() {
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // proc(5): 5 resets VmHWM
            return true;
        } catch (IOException notOffered) {
            return false;
        }
    }

    /** Null where it is not known (without /proc). */
    public static Long peakRssBytes() {
        return peakRssBytes(Path.of("/"));
    }

    /** From a recorded tree; {@code root} stands for {@code /}. */
    public static Long peakRssBytes(Path root) {
        return status(root, "VmHWM");
    }

    /** Resident set now; null where it is not known. */
    public static Long rssBytes() {
        return status(Path.of("/"), "VmRSS");
    }

    private static Long status(Path root, String field) {
        String kibibytes = Proc.field(Proc.text(root.resolve("proc/self/status")), field);
        return kibibytes == null ? null : Long.parseLong(kibibytes.replace("kB", "").strip()) * 1024;
    }
}
