package tests.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Path;
import lib.host.Counters;
import lib.host.LimitInForce;
import lib.host.PeakMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitInForceTest {
    @TempDir
    Path folder;

    @Test
    void theQuotaOfAContainerIsFoundWithVersion1() throws IOException {
        Path root = RecordedTree.unpack("docker-v1", folder);
        LimitInForce limit = LimitInForce.read(root);
        assertEquals(1.5, limit.quotaCores());
        assertEquals(2, limit.allowedCpus());
        assertEquals(1.5, limit.cores());
        assertEquals(512L << 20, limit.memoryLimitBytes());
        Counters counters = Counters.now(root);
        assertEquals(0.024891282, counters.cgroupCpuSeconds());
        assertEquals(40, counters.periods());
        assertEquals(10, counters.throttledPeriods());
        assertEquals(2.5, counters.throttledSeconds());
        assertEquals(200L << 20, PeakMemory.peakRssBytes(root));
    }

    @Test
    void theQuotaOfAPodIsFoundWithVersion2() throws IOException {
        Path root = RecordedTree.unpack("pod-v2", folder);
        LimitInForce limit = LimitInForce.read(root);
        assertEquals(2.0, limit.cores());
        assertEquals(8, limit.allowedCpus());
        assertEquals(1L << 30, limit.memoryLimitBytes());
        Counters counters = Counters.now(root);
        assertEquals(12.345678, counters.cgroupCpuSeconds());
        assertEquals(30, counters.throttledPeriods());
        assertEquals(1.5, counters.throttledSeconds());
        assertEquals(16.3, counters.hostBusySeconds()); // user, nice, system, irq, softirq; guest is in user
        assertEquals(0.3, counters.stealSeconds());
    }

    @Test
    void anAncestorsTighterLimitHoldsAndItsThrottlingCounts() throws IOException {
        Path root = RecordedTree.unpack("slice-v2", folder);
        assertEquals(1.5, LimitInForce.read(root).quotaCores());
        assertEquals(2L << 30, LimitInForce.read(root).memoryLimitBytes());
        assertEquals(20, Counters.now(root).throttledPeriods());
        assertEquals(4.0, Counters.now(root).cgroupCpuSeconds());
    }

    @Test
    void withoutAQuotaTheAllowedCpusAreTheLimit() throws IOException {
        assertNull(LimitInForce.read(RecordedTree.unpack("desktop-v2", folder.resolve("desktop"))).quotaCores());
        LimitInForce pinned = LimitInForce.read(RecordedTree.unpack("hybrid-v1", folder.resolve("hybrid")));
        assertNull(pinned.quotaCores());
        assertNull(pinned.memoryLimitBytes());
        assertEquals(2.0, pinned.cores());
        assertEquals(7.0, Counters.now(folder.resolve("hybrid")).cgroupCpuSeconds());
    }

    @Test
    void whereTheKernelSaysNothingNothingIsClaimed() throws IOException {
        Path root = RecordedTree.unpack("mac", folder);
        LimitInForce limit = LimitInForce.read(root);
        assertNull(limit.cores());
        assertNull(limit.quotaCores());
        assertNull(limit.allowedCpus());
        assertNull(limit.memoryLimitBytes());
        assertNull(PeakMemory.peakRssBytes(root));
        Counters counters = Counters.now(root);
        assertNull(counters.throttledPeriods());
        assertNull(counters.hostBusySeconds());
        assertNull(counters.stealSeconds());
    }
}
