package tests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import lib.cli.UserError;

/** The checkout whose sources are tested; the tests run in its root folder. */
public final class Checkout {
    private static final List<String> SOURCE_FOLDERS = List.of("scripts", "lib", "tests");

    private Checkout() {
    }

    /** What the launcher says, else the nearest folder upward from the working directory that holds the catalog. */
    public static Path root() {
        String home = System.getenv("PERF_HOME");
        Path folder = home != null ? Path.of(home) : Path.of("").toAbsolutePath();
        while (folder != null && !Files.isRegularFile(folder.resolve("jbang-catalog.json"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new UserError("'" + (home != null ? home : Path.of("").toAbsolutePath())
                    + "' is not inside a checkout of perf, and the tests need one; call ./jbang test of a checkout.");
        }
        return folder;
    }

    /** Every Java source of the project, sorted. */
    public static List<Path> javaSources(Path root) {
        return SOURCE_FOLDERS.stream().map(root::resolve).filter(Files::isDirectory).flatMap(Checkout::javaFiles)
                .sorted().toList();
    }

    private static Stream<Path> javaFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
