package lib.host;

import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;
import oshi.software.os.OperatingSystem;

/** The machine as OSHI sees it. OSHI is asked only when a question comes, since loading it takes half a second. */
final class OshiFacts implements EnvironmentProbe.MachineFacts {
    private SystemInfo system;

    private CentralProcessor processor() {
        return system().getHardware().getProcessor();
    }

    private SystemInfo system() {
        if (system == null) {
            system = new SystemInfo();
        }
        return system;
    }

    @Override
    public String cpuModel() {
        String name = processor().getProcessorIdentifier().getName().strip();
        return name.isEmpty() ? null : name;
    }

    @Override
    public Integer logicalCpus() {
        return processor().getLogicalProcessorCount();
    }

    @Override
    public Integer physicalCores() {
        return processor().getPhysicalProcessorCount();
    }

    @Override
    public Boolean hybrid() {
        return processor().getPhysicalProcessors().stream()
                .mapToInt(CentralProcessor.PhysicalProcessor::getEfficiency).distinct().count() > 1;
    }

    @Override
    public Long memoryBytes() {
        return system().getHardware().getMemory().getTotal();
    }

    @Override
    public String os() {
        OperatingSystem os = system().getOperatingSystem();
        return os.getFamily() + " " + os.getVersionInfo().getVersion();
    }

    @Override
    public String kernel() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version");
    }

    @Override
    public String docker() {
        return DockerEngine.version().orElse(null);
    }

    @Override
    public String libc() {
        return EnvironmentProbe.libc();
    }
}
