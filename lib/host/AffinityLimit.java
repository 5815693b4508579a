package lib.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Pins the program to whole logical CPUs with {@code taskset} (util-linux).
 *
 * @param number of this program among those that run at once, from 0; each gets the next CPUs
 */
record AffinityLimit(int number) implements CpuLimit {
    AffinityLimit() {
        this(0);
    }

    @Override
    public CpuLimit instance(int n) {
        return new AffinityLimit(n);
    }

    @Override
    public Isolation isolation() {
        return Isolation.AFFINITY;
    }

    @Override
    public Optional<String> refusal(double cores) {
        if (cores != Math.rint(cores)) {
            return Optional.of("pinning takes whole cores only; a share of a core needs docker or cgroup");
        }
        return Machine.refusal(cores);
    }

    @Override
    public LimitedProcess start(JavaProgram program, double cores) throws IOException {
        Path root = Path.of("/");
        BitSet allowed = Proc.allowedCpus(root)
                .orElseThrow(() -> new IOException("this system does not say which CPUs a process may use"));
        int count = (int) cores;
        Topology topology = Topology.read(root);
        List<Integer> others = topology.fastest(count * number, allowed);
        String cpus = topology.fastest(count * (number + 1), allowed).stream().filter(cpu -> !others.contains(cpu))
                .map(String::valueOf)
                .collect(Collectors.joining(","));
        return LocalProcess.start(program, List.of("taskset", "-c", cpus), () -> {});
    }
}
