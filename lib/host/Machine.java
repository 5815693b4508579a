package lib.host;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;
import lib.results.Cores;

/** How many CPUs there are to limit, and the sentence for asking more. */
final class Machine {
    private Machine() {
    }

    /** CPUs that the operating system shows, whatever this process may use of them. */
    static int logicalCpus() {
        return online(Path.of("/")).map(BitSet::cardinality).orElseGet(() -> Runtime.getRuntime()
                .availableProcessors());
    }

    static Optional<BitSet> online(Path root) {
        String online = Proc.line(root.resolve("sys/devices/system/cpu/online"));
        return online == null ? Optional.empty() : Optional.of(Proc.cpuList(online));
    }

    /** Refuses more cores than this process can use: those of the machine, or of a limit that it is itself under. */
    static Optional<String> refusal(double cores) {
        LimitInForce own = LimitInForce.read();
        int machine = logicalCpus();
        if (cores > machine) {
            return Optional.of(cpus("this machine has", machine));
        }
        if (own.cores() != null && cores > own.cores()) {
            return Optional.of("this process is itself limited to " + Cores.number(own.cores()) + " of the machine's "
                    + machine
                    + " CPUs");
        }
        return Optional.empty();
    }

    static String cpus(String start, int count) {
        return start + " " + count + (count == 1 ? " CPU" : " CPUs");
    }
}
