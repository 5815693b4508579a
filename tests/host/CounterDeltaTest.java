package tests.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lib.host.CounterDelta;
import lib.host.Counters;
import lib.host.Counters.ThreadCpu;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CounterDeltaTest {
    private static final long SECOND = 1_000_000_000L;

    private static Counters at(long nanos, Double cpuSeconds, Map<Integer, ThreadCpu> threads) {
        return new Counters(nanos, cpuSeconds, null, null, null, null, cpuSeconds == null ? null : cpuSeconds + 10, 0.0,
                threads);
    }

    private static ThreadCpu thread(String name, double cpuSeconds) {
        return new ThreadCpu(name, Math.round(cpuSeconds * 1e9));
    }

    @Test
    void threadsThatWorkedAreCountedAndTheJvmsOwnAreNot() {
        Counters before = at(0, 1.0, Map.of(1, thread("java", 0.5), 2, thread("java", 0.2), 3, thread("C2 CompilerThre",
                0.3)));
        Counters after = at(SECOND, 3.01, Map.of(1, thread("java", 1.4), 2, thread("java", 0.21),
                3, thread("C2 CompilerThre", 0.7), 4, thread("java", 0.7)));
        CounterDelta delta = CounterDelta.between(before, after);
        assertEquals(2, delta.workingThreads(), "one that woke for 1 % of the time did not work");
        assertEquals(2.01, delta.cpuSeconds(), 1e-9);
        assertEquals(2.01, delta.busyCores(), 1e-9);
    }

    @Test
    void ofManyThreadsOnFewCoresEachIsCountedThatUsedItsSmallShare() {
        Map<Integer, ThreadCpu> before = IntStream.rangeClosed(1, 65).boxed()
                .collect(Collectors.toMap(id -> id, id -> thread("java", 1)));
        Map<Integer, ThreadCpu> after = new HashMap<>(before);
        IntStream.rangeClosed(1, 64).forEach(id -> after.put(id, thread("java", 1 + 1.0 / 64)));
        after.put(65, thread("java", 1.0001));
        Counters start = at(0, 65.0, before);
        Counters end = at(SECOND, 66.0, after);
        assertEquals(64, CounterDelta.between(start, end, 64, 1.0).workingThreads(), "the last one only woke");
        assertEquals(0, CounterDelta.between(start, end, 64, 64.0).workingThreads(),
                "on free cores they would not wait");
        assertEquals(0, CounterDelta.between(start, end, 64, null).workingThreads());
    }

    @Test
    void aCounterThatWentBackTellsNothing() {
        Counters before = new Counters(0, 1.0, 1.0, 10L, 5L, 2.0, 100.0, 5.0, Map.of());
        Counters after = new Counters(SECOND, 2.0, 0.5, 9L, 4L, 1.0, 99.0, 4.9, Map.of());
        CounterDelta delta = CounterDelta.between(before, after);
        assertEquals(Arrays.asList(null, null, null, null, null, null, null), Arrays.asList(delta.cgroupCpuSeconds(),
                delta.periods(), delta.throttledPeriods(), delta.throttledSeconds(), delta.hostBusySeconds(),
                delta.stealSeconds(), delta.otherBusyCores()));
    }

    @Test
    void threadsThatEndedUnseenMakeTheirCountUnknownAndTheirTimeStillCounts() {
        Counters before = at(0, 1.0, Map.of(1, thread("java", 1.0)));
        Counters after = at(SECOND, 2.9, Map.of(1, thread("java", 1.9)));
        CounterDelta delta = CounterDelta.between(before, after);
        assertNull(delta.workingThreads());
        assertEquals(1.9, delta.cpuSeconds(), 1e-9);
    }

    @Test
    void withoutCountersNothingIsClaimed() {
        CounterDelta delta = CounterDelta.between(at(0, null, Map.of()), at(SECOND, null, Map.of()));
        assertEquals(1.0, delta.wallSeconds());
        assertNull(delta.cpuSeconds());
        assertNull(delta.busyCores());
        assertNull(delta.workingThreads());
        assertNull(delta.otherBusyCores());
    }

    @Test
    void otherLoadIsWhatTheMachineDidBeyondThisProcess() {
        Counters before = new Counters(0, 1.0, null, null, null, null, 100.0, 5.0, Map.of(1, thread("java", 1.0)));
        Counters after = new Counters(2 * SECOND, 3.0, null, null, null, null, 105.0, 5.5, Map.of(1, thread("java",
                3.0)));
        CounterDelta delta = CounterDelta.between(before, after);
        assertEquals(1.5, delta.otherBusyCores(), 1e-9);
        assertEquals(0.5, delta.stealSeconds(), 1e-9);
    }

    @Test
    @Tag("noisy")
    void twoThreadsThatReallyBurnAreSeen() throws InterruptedException {
        assumeTrue(Files.exists(Path.of("/proc/self/task")), "no /proc here");
        CountDownLatch read = new CountDownLatch(1);
        Counters before = Counters.now();
        long end = System.nanoTime() + SECOND / 2;
        for (int thread = 0; thread < 2; thread++) {
            new Thread(() -> {
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                await(read);
            }).start();
        }
        Thread.sleep(500);
        CounterDelta delta = CounterDelta.between(before, Counters.now());
        read.countDown();
        assertEquals(2, delta.workingThreads());
        assertTrue(delta.busyCores() > 0.2 && delta.busyCores() < 2.1, "busy cores " + delta.busyCores());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
