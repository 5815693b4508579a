package tests.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import lib.host.Topology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopologyTest {
    @TempDir
    Path folder;

    private Topology topology(String machine) throws IOException {
        return Topology.read(RecordedTree.unpack(machine, folder));
    }

    private static BitSet cpus(int from, int to) {
        BitSet cpus = new BitSet();
        cpus.set(from, to + 1);
        return cpus;
    }

    @Test
    void smtSiblingsAreOneCoreAndArePinnedLast() throws IOException {
        Topology server = topology("smt-server");
        assertEquals(4, server.physicalCores());
        assertEquals(2, server.threadsPerCore());
        assertFalse(server.hybrid(), "a core that turbo favours is of the same kind");
        assertEquals(List.of(0, 1, 2, 3), server.fastest(4, cpus(0, 7)));
        assertEquals(List.of(0, 1, 2, 3, 4), server.fastest(5, cpus(0, 7)));
    }

    @Test
    void fastCoresOfAHybridMachineArePinnedFirst() throws IOException {
        Topology laptop = topology("hybrid-intel");
        assertTrue(laptop.hybrid());
        assertEquals(12, laptop.physicalCores());
        assertEquals(List.of(0, 2, 4, 6), laptop.fastest(4, cpus(0, 15)));
        assertEquals(List.of(0, 2, 4, 6, 8, 9), laptop.fastest(6, cpus(0, 15)));
    }

    @Test
    void onlyCpusThatTheProcessMayUseArePinned() throws IOException {
        assertEquals(List.of(8, 9), topology("hybrid-intel").fastest(2, cpus(8, 15)));
    }

    @Test
    void largeArmCoresComeBeforeSmallOnes() throws IOException {
        Topology phone = topology("big-little");
        assertTrue(phone.hybrid());
        assertEquals(List.of(4, 5, 6, 7), phone.fastest(4, cpus(0, 7)));
    }

    @Test
    void coresWithoutAKnownSpeedAreNotCalledHybridOrUniform() throws IOException {
        Topology graviton = topology("graviton");
        assertNull(graviton.hybrid());
        assertEquals(8, graviton.physicalCores());
        assertEquals(1, graviton.threadsPerCore());
    }

    @Test
    void aMachineWithoutThatFolderHasNoTopology() throws IOException {
        Topology mac = topology("mac");
        assertNull(mac.physicalCores());
        assertNull(mac.threadsPerCore());
        assertNull(mac.hybrid());
        assertEquals(List.of(0, 1), mac.fastest(2, cpus(0, 3)));
    }
}
