package tests.commands;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs a command of this repository as its users do: {@code ./jbang ALIAS …}, from a folder of its own. */
record Shell(Path workingFolder, Map<String, String> variables) {
    static final Path CHECKOUT = Path.of("").toAbsolutePath();
    private static final Duration LONGEST = Duration.ofMinutes(3);

    /** What a command left: its exit code and what it wrote. */
    record Outcome(int exit, String out, String err) {
        @Override
        public String toString() {
            return "exit " + exit + "\n--- stdout\n" + out + "\n--- stderr\n" + err;
        }
    }

    /** A command that still runs, its output in files. */
    record Running(Process process, Path out, Path err) {
        Outcome end() {
            try {
                if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError("no end after " + LONGEST + ": " + Files.readString(err));
                }
                return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    Shell(Path workingFolder) {
        this(workingFolder, Map.of());
    }

    Outcome run(String... arguments) {
        return start(arguments).end();
    }

    Running start(String... arguments) {
        List<String> command = new ArrayList<>(List.of(CHECKOUT.resolve("jbang").toString()));
        command.addAll(List.of(arguments));
        return start(command);
    }

    Outcome runProgram(String... command) {
        return startProgram(command).end();
    }

    Running startProgram(String... command) {
        return start(List.of(command));
    }

    private Running start(List<String> command) {
        try {
            Path out = Files.createTempFile(workingFolder, "out", ".txt");
            Path err = Files.createTempFile(workingFolder, "err", ".txt");
            ProcessBuilder builder = new ProcessBuilder(command).directory(workingFolder.toFile())
                    .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().put("PERF_HOST_NAME", "testhost");
            builder.environment().putAll(variables);
            return new Running(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The experiment folders under {@code results/}, oldest first. */
    List<Path> experiments() {
        Path results = workingFolder.resolve("results");
        if (!Files.isDirectory(results)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(results, 3)) {
            return files.filter(p -> p.getFileName().toString().equals("runs.csv")).map(Path::getParent).sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path onlyExperiment() {
        List<Path> all = experiments();
        if (all.size() != 1) {
            throw new AssertionError("one experiment wanted, there are " + all);
        }
        return all.get(0);
    }
}
