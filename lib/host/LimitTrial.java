package lib.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out whether a limit works here by using it: starts a program under one core, which reads the limit from inside
 * and prints it. Rootless engines, for example, accept {@code --cpus} and ignore it.
 */
final class LimitTrial {
    private static final double CORES = 1;
    private static final double SAME_CORES = 0.005;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private LimitTrial() {
    }

    /** The program that runs under the limit. */
    public static void main(String[] args) {
        System.out.println(LimitInForce.read().cores());
    }

    /** One sentence why the limit does not work, empty when it does. */
    static Optional<String> failure(CpuLimit limit) {
        Optional<String> refusal = limit.refusal(CORES);
        if (refusal.isPresent()) {
            return refusal;
        }
        try (LimitedProcess process = limit.start(program(), CORES)) {
            Exit exit = process.waitFor(TIMEOUT);
            if (exit == null) {
                return Optional.of("a first program under it did not end within " + TIMEOUT.toSeconds() + " s");
            }
            if (exit.code() == null || exit.code() != 0) {
                return Optional.of("a first program under it failed: " + exit.describe() + lastLine(process));
            }
            BufferedReader out = new BufferedReader(new InputStreamReader(process.stdout(), StandardCharsets.UTF_8));
            String cores = out.readLine();
            return Math.abs(Double.parseDouble(cores) - CORES) <= SAME_CORES ? Optional.empty()
                    : Optional.of("asked for 1 core, a program inside still has " + cores);
        } catch (IOException failed) {
            return Optional.of(failed.getMessage());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        } catch (NumberFormatException | NullPointerException notNumber) {
            return Optional.of("a program inside can't tell which limit is in force");
        }
    }

    private static String lastLine(LimitedProcess process) {
        return process.stderrTail().lines().filter(line -> !line.isBlank()).reduce((first, last) -> last)
                .map(line -> " (" + line.strip() + ")").orElse("");
    }

    private static JavaProgram program() throws IOException {
        try {
            Path code = Path.of(LimitTrial.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            return new JavaProgram(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-Xmx32m"),
                    LimitTrial.class.getName(), List.of(), List.of(code), Map.of(), List.of());
        } catch (URISyntaxException impossible) {
            throw new IOException(impossible.getMessage(), impossible);
        }
    }
}
