///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//DESCRIPTION Say what this machine can measure, and the command that mends what is missing
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES ../lib/measure/package-info.java

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import lib.cli.Cli;
import lib.cli.Home;
import lib.cli.SizeOption;
import lib.host.CounterDelta;
import lib.host.Counters;
import lib.host.CpuLimits;
import lib.host.EnvironmentProbe;
import lib.host.Isolation;
import lib.host.Noise;
import lib.results.Environment;
import lib.results.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Looks at the machine with the same code that measures, and tries each kind of CPU limit for real.
 *
 * <pre> ./jbang doctor </pre>
 *
 * Prints one line a finding, {@code ok}, {@code note} or {@code MISSING}, and under it what mends it. Writes nothing.
 */
@Command(name = "doctor", description = "Say what this machine can measure, and the command that mends what is missing")
public class Doctor extends Cli.Base {
    private static final long SAMPLE_MILLIS = 1000;
    private static final long LEAST_MEMORY_BYTES = 1_500_000_000L;
    private static final long LEAST_DISK_BYTES = 500_000_000L;

    enum State {
        OK, NOTE, MISSING
    }

    /** @param mend the command or the act that mends it, null when nothing needs it */
    record Finding(State state, String what, String found, String mend) {
    }

    @Option(names = "--json", description = "Print the findings as JSON.")
    boolean json;

    private final List<Finding> findings = new ArrayList<>();

    public static void main(String... args) {
        System.exit(Cli.run(new Doctor(), args));
    }

    @Override
    public Integer call() throws Exception {
        Environment machine = EnvironmentProbe.read();
        lookAtCpu(machine);
        lookAtLoad();
        lookAtLimits();
        lookAtEngine(machine);
        lookAtSpace(machine);
        print();
        return findings.stream().anyMatch(f -> f.state() == State.MISSING) ? Cli.BAD_INPUT : Cli.DONE;
    }

    private void ok(String what, String found) {
        findings.add(new Finding(State.OK, what, found, null));
    }

    private void note(String what, String found, String mend) {
        findings.add(new Finding(State.NOTE, what, found, mend));
    }

    private void missing(String what, String found, String mend) {
        findings.add(new Finding(State.MISSING, what, found, mend));
    }

    private void lookAtCpu(Environment m) {
        ok("CPU", m.cpuModel() + ", " + m.architecture() + ", " + m.logicalCpus() + " CPUs on " + m.physicalCores()
                + " cores" + (m.hypervisor() == null ? "" : ", virtual machine (" + m.hypervisor() + ")"));
        if (m.emulation() != null) {
            note("emulation", "this CPU is emulated or translated: " + m.emulation() + "; times mean nothing",
                    "install a JDK of the machine's own architecture");
        }
        if (m.threadsPerCore() != null && m.threadsPerCore() > 1) {
            note("SMT", m.threadsPerCore() + " hardware threads a core: points above " + m.physicalCores()
                    + " cores share cores", "measure with --cores " + m.physicalCores());
        }
        if (Boolean.TRUE.equals(m.hybrid())) {
            note("hybrid", "fast and slow cores in one CPU", "read the largest points with care");
        }
        if (m.governor() == null) {
            ok("frequency", "the kernel shows no governor here");
        } else if (m.governor().equals("performance")) {
            ok("frequency", "governor performance");
        } else {
            note("frequency", "governor " + m.governor() + ": the clock follows the load",
                    "sudo cpupower frequency-set -g performance");
        }
        if (m.logicalCpus() != null && m.logicalCpus() < 4) {
            note("4-core question", "\"Nhiều cores yếu hay ít cores mạnh?\" needs 4 CPUs, there are " + m.logicalCpus(),
                    "measure on a larger machine as well");
        }
    }

    private void lookAtLoad() throws InterruptedException {
        Counters before = Counters.now();
        Thread.sleep(SAMPLE_MILLIS);
        var delta = CounterDelta.between(before, Counters.now());
        double seconds = delta.wallSeconds();
        if (delta.otherBusyCores() == null) {
            note("load", "not measurable on this system", "close other programs before measuring");
            return;
        }
        String busy = String.format(Locale.ROOT, "others use %.2f cores", delta.otherBusyCores());
        if (delta.otherBusyCores() > Noise.OTHER_LOAD_B) {
            note("load", busy, "close other programs before measuring");
        } else {
            ok("load", busy);
        }
        if (delta.stealSeconds() == null) {
            note("steal", "not measurable on this system", "have an eye on how the figures scatter");
            return;
        }
        double stolen = delta.stealSeconds() / seconds / Runtime.getRuntime().availableProcessors();
        String steal = String.format(Locale.ROOT, "%.1f %% of the CPUs stolen by the hypervisor", stolen * 100);
        if (stolen > Noise.STEAL_B) {
            note("steal", steal, "measure on a less crowded machine");
        } else {
            ok("steal", steal);
        }
    }

    private void lookAtLimits() {
        CpuLimits.Choice choice = CpuLimits.choose("auto", null);
        ok("CPU limit", "auto takes " + choice.limit().isolation().label() + ": " + choice.reason());
        for (Isolation kind : List.of(Isolation.DOCKER, Isolation.CGROUP, Isolation.AFFINITY)) {
            CpuLimits.failure(kind).ifPresentOrElse(why -> note("  " + kind.label(), why, CpuLimits.remedy(kind)),
                    () -> ok("  " + kind.label(), "works here"));
        }
    }

    private void lookAtEngine(Environment m) {
        ok("Java", m.java());
        if (System.getProperty("os.name").startsWith("Linux")) {
            boolean gomp = List.of("/usr/lib", "/usr/lib64", "/lib").stream().map(Path::of).anyMatch(Doctor::hasGomp);
            if (gomp) {
                ok("libgomp", "found");
            } else {
                missing("libgomp", "the engine's native library needs libgomp1", "sudo apt-get install libgomp1");
            }
            if (m.libc() != null && m.libc().toLowerCase(Locale.ROOT).contains("musl")) {
                missing("libc", m.libc() + ": the engine needs glibc 2.29 or newer", "use a Debian or Ubuntu image");
            }
        }
    }

    private static boolean hasGomp(Path folder) {
        try (var files = Files.find(folder, 2, (p, a) -> p.getFileName().toString().startsWith("libgomp.so.1"))) {
            return files.findAny().isPresent();
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private void lookAtSpace(Environment m) throws IOException {
        if (m.memoryBytes() != null && m.memoryBytes() < LEAST_MEMORY_BYTES) {
            note("memory", SizeOption.words(m.memoryBytes()) + ": little for several workers at once",
                    "use --model tiny.en-q5_1");
        } else if (m.memoryBytes() != null) {
            ok("memory", SizeOption.words(m.memoryBytes()));
        }
        Path cache = Home.find().cache();
        long free = Files.getFileStore(cache).getUsableSpace();
        if (free < LEAST_DISK_BYTES) {
            note("disk", SizeOption.words(free) + " free in the cache",
                    "free some, or set PERF_CACHE to another folder");
        } else {
            ok("disk", SizeOption.words(free) + " free in the cache");
        }
        if (!Files.isWritable(Path.of("").toAbsolutePath())) {
            note("results", "the current folder can't be written", "use --results FOLDER");
        }
    }

    private void print() throws JsonProcessingException {
        if (json) {
            System.out.println(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(findings));
            return;
        }
        for (Finding f : findings) {
            System.out.printf("%-8s %-16s %s%n", f.state() == State.MISSING ? "MISSING"
                    : f.state().name()
                            .toLowerCase(Locale.ROOT), f.what(), f.found());
            if (f.mend() != null) {
                System.out.printf("%-8s %-16s   -> %s%n", "", "", f.mend());
            }
        }
    }
}
