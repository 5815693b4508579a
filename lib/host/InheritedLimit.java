package lib.host;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import lib.results.Cores;

/** The limit that this process is under already; its children share it. */
final class InheritedLimit implements CpuLimit {
    // Quotas are set in whole microseconds of a period: what was asked and what is read differ by rounding only.
    private static final double SAME_CORES = 0.005;

    /** What holds this process, null when it may use the whole machine. */
    static Double cores() {
        Double cores = LimitInForce.read().cores();
        return cores == null || cores >= Machine.logicalCpus() ? null : cores;
    }

    @Override
    public Isolation isolation() {
        return Isolation.INHERITED;
    }

    @Override
    public Optional<String> refusal(double cores) {
        Double own = cores();
        if (own == null) {
            return Optional.of("this process is under no CPU limit that could be inherited");
        }
        return Math.abs(own - cores) <= SAME_CORES ? Optional.empty()
                : Optional.of("this process inherited a limit of " + Cores.words(own)
                        + " and can be measured at no other");
    }

    @Override
    public LimitedProcess start(JavaProgram program, double cores) throws IOException {
        return LocalProcess.start(program, List.of(), () -> {});
    }
}
