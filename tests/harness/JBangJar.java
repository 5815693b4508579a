package tests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The JBang that {@code ./jbang} runs when there is none on PATH; its version stands there and nowhere else. */
public final class JBangJar {
    private static final Pattern VERSION = Pattern.compile("(?m)^jbang_version=(\\S+)$");

    private JBangJar() {
    }

    public static String fileName() {
        try {
            Matcher version = VERSION.matcher(Files.readString(Path.of("jbang")));
            if (!version.find()) {
                throw new IllegalStateException("./jbang names no version");
            }
            return "jbang-cli-" + version.group(1) + "-all.jar";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the launcher keeps it; not there when JBang is on PATH. */
    public static Path path() {
        Map<String, String> variables = System.getenv();
        String caches = variables.getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache");
        return Path.of(variables.getOrDefault("PERF_CACHE", caches + "/perf"), fileName());
    }
}
