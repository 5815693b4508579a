package lib.results;

import java.util.List;

/**
 * The machine and the build that a measurement was made with. A null field was not found out; it is never guessed.
 *
 * @param hostName name used in the experiment folder; {@code PERF_HOST_NAME} overrides it
 * @param architecture as the JVM says: {@code amd64}, {@code aarch64}
 * @param logicalCpus CPUs that the operating system shows
 * @param physicalCores cores without SMT siblings
 * @param threadsPerCore 2 with SMT
 * @param hybrid true when the machine mixes fast and slow cores
 * @param emulation how the CPU is emulated or translated (qemu, VirtualApple, Rosetta), null on a real one
 * @param hypervisor the virtualisation that /proc/cpuinfo or DMI names, null on bare metal
 * @param governor cpufreq governor, null where the kernel shows none
 * @param boost whether clock boost is on, null where the kernel does not say
 * @param cgroupVersion 1, 2 or null
 * @param inheritedCores CPU limit that this process was already under, null without one
 * @param instructionSets SIMD extensions that matter to the engine (avx2, avx512f, neon, asimdhp …)
 * @param container {@code docker}, {@code kubernetes}, … when this process runs in one
 * @param docker version of the Docker engine, null without one
 */
public record Environment(String hostName, String os, String kernel, String architecture, String cpuModel,
        Integer logicalCpus, Integer physicalCores, Integer threadsPerCore, Boolean hybrid, String emulation,
        String hypervisor, String governor, Boolean boost, Long memoryBytes, Integer cgroupVersion,
        Double inheritedCores, List<String> instructionSets, String container, String docker, String java,
        String libc) {
}
