package lib.audio;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import lib.cli.UserError;

/** Starts {@link Decoder} in a JVM of its own and says in one sentence what went wrong. */
final class DecodeProcess {
    /** An hour of MP3 takes about 10 s on one slow core; what takes longer than this hangs. */
    private static final long LONGEST_MINUTES = 10;
    /** The library keeps 1 MB for every file that it ever opened, and the longest clip is made of 77. */
    private static final String DIRECT_MEMORY = "512m";
    private static final int KILLED_BY_SIGNAL = 128;

    private DecodeProcess() {
    }

    /**
     * @param what how the user calls the input, for messages
     * @param output the file to write; left behind only when this returns
     * @throws UnusableClip when the input is at fault
     */
    static void run(String what, List<Path> inputs, int gapSamples, Path output) throws IOException {
        // the library unpacks its native part to java.io.tmpdir and leaves it there: a folder beside the output can be
        // removed, and works where /tmp forbids programs
        Path temporary = Files.createTempDirectory(output.toAbsolutePath().getParent(), "decode-");
        Path crash = temporary.resolve("hs_err.log");
        boolean done = false;
        try {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
                    "-XX:MaxDirectMemorySize=" + DIRECT_MEMORY, "-Xshare:auto", "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1", "-XX:-CreateCoredumpOnCrash", "-XX:-UsePerfData",
                    "-Djava.util.logging.config.file=/dev/null", // a third of the start went into two log lines
                    "-XX:ErrorFile=" + crash,
                    "-Djava.io.tmpdir=" + temporary, "-cp", System.getProperty("java.class.path"),
                    Decoder.class.getName(), output.toString(), String.valueOf(gapSamples)));
            inputs.forEach(input -> command.add(input.toAbsolutePath().toString()));
            Path log = temporary.resolve("log");
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile())
                    .start();
            try {
                if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
                    throw new UnusableClip("Decoding " + what + " was given up after " + LONGEST_MINUTES
                            + " minutes; convert it to WAV with another program");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UserError("Decoding " + what + " was interrupted; run the command again", e);
            } finally {
                process.destroyForcibly();
            }
            int code = process.exitValue();
            if (code != 0) {
                throw failure(what, code, Files.exists(crash), lastLine(log));
            }
            done = true;
        } finally {
            if (!done) {
                Files.deleteIfExists(output);
            }
            delete(temporary);
        }
    }

    private static RuntimeException failure(String what, int code, boolean crashed, String lastLine) {
        if (code == Decoder.BAD_INPUT) {
            return new UnusableClip(what + " is not audio that can be read (" + lastLine
                    + "); give a whole WAV, FLAC, MP3, Ogg, Opus, M4A or AAC file");
        }
        if (crashed || code > KILLED_BY_SIGNAL) { // a JVM that may not write a core dump ends with 1 when it crashes
            return new UnusableClip("The decoder crashed on " + what + ", which is most likely damaged;"
                    + " give a whole file, or convert it to WAV with another program");
        }
        return new UserError("The decoder failed on " + what + " (" + lastLine
                + "); if that is about a library that can't"
                + " be loaded, set PERF_CACHE to a folder that programs may be started from");
    }

    private static String lastLine(Path log) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.ISO_8859_1)) {
            return lines.lines().filter(line -> !line.isBlank() && !line.startsWith("\tat ")).reduce((a, b) -> b)
                    .orElse("no message");
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> inside = Files.walk(folder)) {
            inside.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
