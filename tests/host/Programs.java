package tests.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lib.cli.UserError;
import lib.host.CpuLimit;
import lib.host.CpuLimits;
import lib.host.Exit;
import lib.host.JavaProgram;
import lib.host.LimitedProcess;
import org.junit.jupiter.api.Assumptions;

/** Starts {@link Burner} under a limit. */
final class Programs {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private Programs() {
    }

    record Outcome(String out, Exit exit, String stderr) {
    }

    /** The limit, or a skipped test that says why there is none here. */
    static CpuLimit limitOrSkip(String isolation) {
        try {
            return CpuLimits.choose(isolation, null).limit();
        } catch (UserError unavailable) {
            System.out.println("skipped: " + unavailable.getMessage());
            Assumptions.abort(unavailable.getMessage());
            throw unavailable;
        }
    }

    static JavaProgram burner(List<Path> readable, String... arguments) {
        List<Path> classPath = Arrays.stream(System.getProperty("java.class.path").split(":")).map(Path::of).toList();
        return new JavaProgram(List.of("-Xmx256m", "-XX:+UseSerialGC"), Burner.class.getName(), List.of(arguments),
                classPath, Map.of(), readable);
    }

    static Outcome run(CpuLimit limit, double cores, String... arguments) throws IOException, InterruptedException {
        return run(limit, cores, burner(List.of(), arguments));
    }

    static Outcome run(CpuLimit limit, double cores, JavaProgram program) throws IOException, InterruptedException {
        try (LimitedProcess process = limit.start(program, cores)) {
            process.stdin().close();
            String out = reader(process).lines().reduce((one, next) -> one + "\n" + next).orElse("");
            return new Outcome(out, process.waitFor(TIMEOUT), process.stderrTail());
        }
    }

    static BufferedReader reader(LimitedProcess process) {
        return new BufferedReader(new InputStreamReader(process.stdout(), StandardCharsets.UTF_8));
    }

    static List<Double> numbers(String line) {
        return Stream.of(line.strip().split(" ")).map(word -> word.equals("null") ? null : Double.valueOf(word))
                .toList();
    }
}
