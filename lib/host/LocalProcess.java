package lib.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A Java program as a child of this process, with a temporary folder of its own. */
final class LocalProcess implements LimitedProcess {
    private static final String FOLDER_START = "perf-worker-";
    private static final int SIGKILL_CODE = 137;

    private final Process process;
    private final Path folder;
    private final Runnable afterwards;
    private final Tail stderr = new Tail();
    private final Thread stderrReader;
    private final Long oomKillsAtStart = oomKills();
    private volatile boolean killedHere;

    private LocalProcess(Process process, Path folder, Runnable afterwards) {
        this.process = process;
        this.folder = folder;
        this.afterwards = afterwards;
        this.stderrReader = new Thread(this::readStderr, "worker-stderr");
        stderrReader.setDaemon(true);
        stderrReader.start();
    }

    /**
     * @param prefix command and arguments in front of {@code java}
     * @param afterwards removes what the limit made, once the process has ended
     */
    static LimitedProcess start(JavaProgram program, List<String> prefix, Runnable afterwards) throws IOException {
        removeLeftFolders();
        Path folder = Files.createDirectory(temporary().resolve(FOLDER_START + Owner.uniqueName()));
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments(program, folder.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(JavaProgram::ownsVariable);
        builder.environment().putAll(program.environment());
        try {
            LimitedProcess started = new LocalProcess(builder.start(), folder, afterwards);
            return EndOfRun.watch(started);
        } catch (IOException failed) {
            remove(folder);
            afterwards.run();
            throw new IOException("the worker process could not be started: " + failed.getMessage(), failed);
        }
    }

    /** Arguments of {@code java}, the same wherever the program runs. */
    static List<String> arguments(JavaProgram program, String folder) {
        List<String> arguments = new ArrayList<>(List.of("-Djava.io.tmpdir=" + folder,
                "-XX:ErrorFile=" + folder + "/hs_err.log",
                // A worker that crashes is a result, and leaves neither a core dump nor /tmp/hsperfdata files.
                "-XX:-CreateCoredumpOnCrash", "-XX:-UsePerfData"));
        arguments.addAll(program.jvmOptions());
        arguments.add("-cp");
        arguments.add(program.classPath().stream().map(Path::toString).collect(Collectors.joining(":")));
        arguments.add(program.mainClass());
        arguments.addAll(program.arguments());
        return arguments;
    }

    @Override
    public OutputStream stdin() {
        return process.getOutputStream();
    }

    @Override
    public InputStream stdout() {
        return process.getInputStream();
    }

    @Override
    public String stderrTail() {
        return stderr.text();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public Exit waitFor(Duration timeout) throws InterruptedException {
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            return null;
        }
        stderrReader.join(1000); // the last lines are those that say why
        int code = process.exitValue();
        return Exit.of(code, code == SIGKILL_CODE && !killedHere && oomKillsAtStart != null
                && oomKills() > oomKillsAtStart);
    }

    @Override
    public void kill() {
        killedHere |= process.isAlive();
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
        boolean interrupted = false;
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException stop) {
            interrupted = true;
        }
        remove(folder);
        afterwards.run();
        EndOfRun.forget(this);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void readStderr() {
        byte[] buffer = new byte[4096];
        try (InputStream in = process.getErrorStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                stderr.add(buffer, read);
            }
        } catch (IOException ended) {
            return;
        }
    }

    /**
     * Processes that the kernel killed for memory since boot, on the machine or in any control group. The exit code
     * alone can't tell such a kill from somebody's {@code kill -9}.
     */
    private static Long oomKills() {
        String kills = Proc.field(Proc.text(Path.of("/proc/vmstat")), "oom_kill");
        return kills == null ? null : Proc.number(kills);
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static void removeLeftFolders() throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(temporary(), FOLDER_START + "*")) {
            for (Path folder : left) {
                if (Owner.isGone(folder.getFileName().toString().substring(FOLDER_START.length()))) {
                    remove(folder);
                }
            }
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException notOurs) {
            // Another user's folder, or another run removed it at the same moment: either way nothing is lost.
            return;
        }
    }
}
