package lib.host;

import java.io.IOException;
import java.util.Optional;

final class InheritedLimit implements CpuLimit {
    @Override
    public Isolation isolation() {
        return Isolation.INHERITED;
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
