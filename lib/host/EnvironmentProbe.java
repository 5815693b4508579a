package lib.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lib.results.Environment;

/**
 * Reads what the machine is. The kernel's own files come first, since a recorded tree of them stands for a machine that
 * is not here; OSHI answers where there are none (macOS) and knows the names of ARM cores.
 */
public final class EnvironmentProbe {
    // What ggml's CPU code has kernels for; the names are the kernel's (x86 flags, ARM hwcaps).
    private static final Set<String> INSTRUCTION_SETS = Set.of("avx", "avx2", "fma", "f16c", "avx512f", "avx512bw",
            "avx512vl", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_tile", "amx_int8", "amx_bf16", "neon", "asimd",
            "asimdhp", "asimddp", "fphp", "i8mm", "bf16", "sve", "sve2", "sme");
    private static final Path LIVE = Path.of("/");

    private EnvironmentProbe() {
    }

    public static Environment read() {
        return read(LIVE, System.getenv(), System.getProperty("os.arch"), new OshiFacts());
    }

    /**
     * From a recorded tree.
     *
     * @param root stands for {@code /}
     * @param variables the environment variables there
     * @param architecture as that machine's JVM says
     * @param elsewhere what the tree does not tell; {@link MachineFacts#UNKNOWN} to leave it unknown
     */
    public static Environment read(Path root, Map<String, String> variables, String architecture,
            MachineFacts elsewhere) {
        String cpuInfo = Proc.text(root.resolve("proc/cpuinfo"));
        Topology topology = Topology.read(root);
        boolean known = !topology.cpus().isEmpty();
        String cpuModel = Proc.field(cpuInfo, "model name");
        cpuModel = cpuModel == null ? elsewhere.cpuModel() : cpuModel;
        LimitInForce limit = LimitInForce.read(root);
        Integer logicalCpus = known ? Integer.valueOf(topology.cpus().size()) : elsewhere.logicalCpus();
        Integer physicalCores = known ? topology.physicalCores() : elsewhere.physicalCores();
        Integer threadsPerCore = known ? topology.threadsPerCore()
                : logicalCpus == null || physicalCores == null ? null : Integer.valueOf(logicalCpus / physicalCores);
        Double limitCores = limit.cores();
        boolean limited = limitCores != null && logicalCpus != null && limitCores < logicalCpus;
        return new Environment(hostName(variables), os(root, elsewhere), kernel(root, elsewhere), architecture,
                cpuModel,
                logicalCpus, physicalCores, threadsPerCore, known ? topology.hybrid() : elsewhere.hybrid(),
                emulation(root, cpuInfo, cpuModel, architecture), hypervisor(root, cpuInfo),
                Proc.line(root.resolve("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")), boost(root),
                memoryBytes(root, elsewhere), Cgroup.find(root).version(), limited ? limitCores : null,
                instructionSets(cpuInfo), container(root, variables), elsewhere.docker(),
                System.getProperty("java.vm.name") + " " + Runtime.version(), elsewhere.libc());
    }

    /** The kind of container or pod that this process runs in, null when in none. */
    static String container() {
        return container(LIVE, System.getenv());
    }

    static String container(Path root, Map<String, String> variables) {
        String mounts = Proc.text(root.resolve("proc/self/mountinfo"));
        if (variables.containsKey("KUBERNETES_SERVICE_HOST") || mounts.contains("/kubepods")
                || Proc.text(root.resolve("proc/self/cgroup")).contains("/kubepods")
                || Files.exists(root.resolve("var/run/secrets/kubernetes.io"))) {
            return "kubernetes";
        }
        // The file alone proves nothing: images of virtual machines are made from containers and keep it.
        if (Files.exists(root.resolve(".dockerenv")) && mounts.contains(" /etc/hostname ")) {
            return "docker";
        }
        if (Files.exists(root.resolve("run/.containerenv"))) {
            return "podman";
        }
        String named = variables.get("container"); // systemd's convention: lxc, systemd-nspawn, oci
        return named == null || named.isBlank() ? null : named;
    }

    private static String hostName(Map<String, String> variables) {
        String named = variables.get("PERF_HOST_NAME");
        if (named != null && !named.isBlank()) {
            return named;
        }
        String kernels = Proc.line(Path.of("/proc/sys/kernel/hostname"));
        if (kernels != null) {
            return kernels;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return null;
        }
    }

    private static String os(Path root, MachineFacts elsewhere) {
        String pretty = Proc.text(root.resolve("etc/os-release")).lines()
                .filter(line -> line.startsWith("PRETTY_NAME=")).findFirst().orElse(null);
        return pretty == null ? elsewhere.os() : pretty.substring("PRETTY_NAME=".length()).replace("\"", "");
    }

    private static String kernel(Path root, MachineFacts elsewhere) {
        String release = Proc.line(root.resolve("proc/sys/kernel/osrelease"));
        return release == null ? elsewhere.kernel() : "Linux " + release;
    }

    private static Long memoryBytes(Path root, MachineFacts elsewhere) {
        String total = Proc.field(Proc.text(root.resolve("proc/meminfo")), "MemTotal");
        return total == null ? elsewhere.memoryBytes()
                : Long.valueOf(Long.parseLong(total.replace("kB", "").strip()) * 1024);
    }

    /**
     * An emulated CPU is told by its name, or by a JVM built for another architecture than the CPU that the kernel
     * describes (user-mode qemu passes /proc/cpuinfo through). A "QEMU" CPU under KVM is a real one with a plain name.
     */
    private static String emulation(Path root, String cpuInfo, String cpuModel, String architecture) {
        String model = cpuModel == null ? "" : cpuModel;
        boolean x86Program = architecture.equals("amd64") || architecture.equals("x86_64");
        if (model.startsWith("VirtualApple")) {
            return "VirtualApple (Rosetta)";
        }
        if (x86Program && model.startsWith("Apple")) {
            return "Rosetta";
        }
        boolean armCpu = Proc.field(cpuInfo, "CPU implementer") != null;
        boolean x86Cpu = Proc.field(cpuInfo, "vendor_id") != null;
        if (x86Program && armCpu || architecture.equals("aarch64") && x86Cpu) {
            return "qemu (user mode)";
        }
        return model.contains("QEMU") && !clockSources(root).contains("kvm-clock") ? "qemu" : null;
    }

    private static String clockSources(Path root) {
        return Proc.text(root.resolve("sys/devices/system/clocksource/clocksource0/available_clocksource"));
    }

    /** From the guest's clock, the hypervisor flag (x86 only) and the firmware's names; null when nothing tells. */
    private static String hypervisor(Path root, String cpuInfo) {
        String vendor = Proc.line(root.resolve("sys/class/dmi/id/sys_vendor"));
        String product = Proc.line(root.resolve("sys/class/dmi/id/product_name"));
        String firmware = Stream.of(vendor, product).filter(name -> name != null).collect(Collectors.joining(" "));
        String kind = clockSources(root).contains("kvm-clock") ? "KVM"
                : clockSources(root).contains("hyperv") ? "Hyper-V"
                        : clockSources(root).contains("xen") ? "Xen" : null;
        boolean flagged = (" " + Proc.field(cpuInfo, "flags") + " ").contains(" hypervisor ");
        boolean virtualFirmware = Stream.of("qemu", "kvm", "vmware", "virtualbox", "virtual machine", "amazon ec2",
                "google compute", "apple virtualization", "parallels", "openstack")
                .anyMatch(firmware.toLowerCase(Locale.ROOT)::contains);
        if (firmware.contains(".metal")) {
            return null; // EC2 names its bare machines so; their firmware says Amazon EC2 as well
        }
        if (kind == null && !flagged && !virtualFirmware) {
            return null;
        }
        String where = virtualFirmware ? firmware : "";
        return kind == null ? where.isEmpty() ? "unnamed" : where : where.isEmpty() ? kind : kind + " (" + where + ")";
    }

    private static Boolean boost(Path root) {
        Long boost = Proc.number(root.resolve("sys/devices/system/cpu/cpufreq/boost"));
        if (boost != null) {
            return boost == 1;
        }
        Long noTurbo = Proc.number(root.resolve("sys/devices/system/cpu/intel_pstate/no_turbo"));
        return noTurbo == null ? null : Boolean.valueOf(noTurbo == 0);
    }

    private static List<String> instructionSets(String cpuInfo) {
        String flags = Proc.field(cpuInfo, "flags");
        flags = flags == null ? Proc.field(cpuInfo, "Features") : flags;
        return flags == null ? List.of()
                : Arrays.stream(flags.split(" ")).filter(INSTRUCTION_SETS::contains).distinct().sorted().toList();
    }

    /** What a machine tells that has none of the kernel's files, or that none of them says. Null is unknown. */
    public interface MachineFacts {
        MachineFacts UNKNOWN = new MachineFacts() {
        };

        default String cpuModel() {
            return null;
        }

        default Integer logicalCpus() {
            return null;
        }

        default Integer physicalCores() {
            return null;
        }

        default Boolean hybrid() {
            return null;
        }

        default Long memoryBytes() {
            return null;
        }

        default String os() {
            return null;
        }

        default String kernel() {
            return null;
        }

        default String docker() {
            return null;
        }

        default String libc() {
            return null;
        }
    }

    /** The C library: whisper-jni needs glibc; musl can't load it. */
    static String libc() {
        if (Files.exists(Path.of("/proc"))) {
            try {
                Process getconf = new ProcessBuilder("getconf", "GNU_LIBC_VERSION").redirectErrorStream(true).start();
                String version = new String(getconf.getInputStream().readAllBytes()).strip();
                if (getconf.waitFor(1, TimeUnit.SECONDS) && getconf.exitValue() == 0) {
                    return version;
                }
            } catch (IOException noGetconf) {
                return null;
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return null;
            }
            return Stream.of("x86_64", "aarch64").anyMatch(cpu -> Files.exists(Path.of("/lib/ld-musl-" + cpu
                    + ".so.1")))
                            ? "musl"
                            : null;
        }
        return null;
    }
}
