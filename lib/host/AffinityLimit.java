package lib.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Pins the program to whole logical CPUs with {@code taskset} (util-linux). */
final class AffinityLimit implements CpuLimit {
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
        String cpus = Topology.read(root).fastest((int) cores, allowed).stream().map(String::valueOf)
                .collect(Collectors.joining(","));
        return LocalProcess.start(program, List.of("taskset", "-c", cpus), () -> {});
    }
}
