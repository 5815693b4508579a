package tests.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lib.host.EnvironmentProbe;
import lib.results.Environment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentProbeTest {
    @TempDir
    Path folder;

    private Environment environment(String machine, String architecture) throws IOException {
        Path root = RecordedTree.unpack(machine, folder.resolve(machine));
        return EnvironmentProbe.read(root, Map.of("PERF_HOST_NAME", "named"), architecture,
                EnvironmentProbe.MachineFacts.UNKNOWN);
    }

    @Test
    void thisMachineIsDescribed() {
        Environment here = EnvironmentProbe.read();
        assertNotNull(here.os());
        assertNotNull(here.kernel());
        assertNotNull(here.cpuModel());
        assertTrue(here.logicalCpus() >= here.physicalCores());
        assertTrue(here.memoryBytes() > 1L << 28);
    }

    @Test
    void emulatedAndTranslatedCpusAreFoundOut() throws IOException {
        assertEquals("qemu", environment("qemu", "amd64").emulation());
        assertEquals("VirtualApple (Rosetta)", environment("rosetta", "amd64").emulation());
        assertEquals("qemu (user mode)", environment("graviton", "amd64").emulation());
        assertEquals("qemu (user mode)", environment("smt-server", "aarch64").emulation());
    }

    @Test
    void realCpusAreNotCalledEmulated() throws IOException {
        assertNull(environment("qemu-kvm", "amd64").emulation(), "KVM gives a real CPU a plain name");
        assertNull(environment("graviton", "aarch64").emulation());
        assertNull(environment("hybrid-intel", "amd64").emulation());
    }

    @Test
    void anIntelMacsProgramOnAppleSiliconIsTranslated() throws IOException {
        Path root = RecordedTree.unpack("mac", folder);
        EnvironmentProbe.MachineFacts m4 = new EnvironmentProbe.MachineFacts() {
            @Override
            public String cpuModel() {
                return "Apple M4";
            }

            @Override
            public Integer logicalCpus() {
                return 10;
            }

            @Override
            public Integer physicalCores() {
                return 10;
            }

            @Override
            public Boolean hybrid() {
                return true;
            }
        };
        Environment translated = EnvironmentProbe.read(root, Map.of(), "x86_64", m4);
        assertEquals("Rosetta", translated.emulation());
        Environment real = EnvironmentProbe.read(root, Map.of(), "aarch64", m4);
        assertNull(real.emulation());
        assertEquals("Apple M4", real.cpuModel());
        assertEquals(10, real.physicalCores());
        assertEquals(1, real.threadsPerCore());
        assertEquals(true, real.hybrid());
        assertNull(real.cgroupVersion());
        assertNull(real.governor());
        assertNull(real.inheritedCores());
    }

    @Test
    void theHypervisorIsNamedAndBareMetalHasNone() throws IOException {
        assertEquals("KVM (QEMU Standard PC (Q35 + ICH9, 2009))", environment("qemu-kvm", "amd64").hypervisor());
        assertEquals("Amazon EC2 m7g.2xlarge", environment("graviton", "aarch64").hypervisor());
        assertNull(environment("smt-server", "amd64").hypervisor());
        assertNull(environment("hybrid-intel", "amd64").hypervisor());
    }

    @Test
    void governorBoostAndInstructionSetsAreRead() throws IOException {
        Environment laptop = environment("hybrid-intel", "amd64");
        assertEquals("powersave", laptop.governor());
        assertEquals(true, laptop.boost());
        assertEquals(List.of("avx", "avx2", "avx_vnni", "f16c", "fma"), laptop.instructionSets());
        assertEquals(false, environment("smt-server", "amd64").boost());
        assertEquals(List.of("asimd", "asimddp", "asimdhp", "bf16", "fphp", "i8mm", "sve"),
                environment("graviton", "aarch64").instructionSets());
    }

    @Test
    void containersAndTheLimitTheyInheritAreNamed() throws IOException {
        Environment pod = environment("pod-v2", "amd64");
        assertEquals("kubernetes", pod.container());
        assertEquals(2.0, pod.inheritedCores());
        assertEquals(2, pod.cgroupVersion());
        Environment container = environment("docker-v1", "amd64");
        assertEquals("docker", container.container());
        assertEquals(1.5, container.inheritedCores());
        assertEquals(1, container.cgroupVersion());
        Environment desktop = environment("desktop-v2", "amd64");
        assertNull(desktop.container());
        assertNull(desktop.inheritedCores());
    }

    @Test
    void whatNobodyKnowsIsNull() throws IOException {
        Environment nothing = environment("mac", "aarch64");
        assertEquals("named", nothing.hostName());
        assertNull(nothing.cpuModel());
        assertNull(nothing.logicalCpus());
        assertNull(nothing.memoryBytes());
        assertNull(nothing.hypervisor());
        assertEquals(List.of(), nothing.instructionSets());
    }
}
