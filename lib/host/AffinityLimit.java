package lib.host;

import java.io.IOException;
import java.util.Optional;

final class AffinityLimit implements CpuLimit {
    @Override
    public Isolation isolation() {
        return Isolation.AFFINITY;
    }

    @Override
    public Optional<String> refusal(double cores) {
        return Optional.empty();
    }

    @Override
    public LimitedProcess start(JavaProgram program, double cores) throws IOException {
        throw new IOException("being built");
    }
}
