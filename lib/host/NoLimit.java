package lib.host;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** No limit: the core count says only how many threads the program is given. */
final class NoLimit implements CpuLimit {
    @Override
    public Isolation isolation() {
        return Isolation.NONE;
    }

    @Override
    public Optional<String> refusal(double cores) {
        return Machine.refusal(cores);
    }

    @Override
    public LimitedProcess start(JavaProgram program, double cores) throws IOException {
        return LocalProcess.start(program, List.of(), () -> {});
    }
}
