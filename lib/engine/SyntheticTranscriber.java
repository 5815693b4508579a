package lib.engine;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import lib.results.EngineIdentity;
import lib.results.RunStatus;

/**
 * Burns a known amount of CPU in a known shape, so that the lab can be checked against the truth: with serial share s,
 * n threads on n free cores are 1 / (s + (1 - s) / n) times as fast as one (Amdahl 1967).
 *
 * <p>The amount is a count of steps, not a time. A loop that ran until a clock had run out would take just as long
 * under half a core as under a whole one, and would make any CPU limit look as if it had no effect.
 */
public final class SyntheticTranscriber implements Transcriber {
    /** Long enough for the compiler to have replaced the kernel's interpreted and profiled versions. */
    private static final double WARM_UP_SECONDS = 0.1;
    private static final int CALIBRATIONS = 9;
    /** Shorter than a scheduler's time slice, so that the best of a few runs undisturbed on a busy machine. */
    private static final long CALIBRATION_STEPS = 2_000_000;
    private static final int STEPS_A_CALL = 100_000;
    /** About a sixth of a millisecond: short beside a request, long beside taking the next piece. */
    private static final long PIECE_STEPS = 100_000;

    /** Where the kernel's result goes; a result that nobody could read would let the compiler drop the work. */
    private static volatile long sink;

    private final EngineSpec.Synthetic spec;
    private final ExecutorService threads;
    private int requests;

    public SyntheticTranscriber(EngineSpec.Synthetic spec) {
        this.spec = spec.calibrated();
        // The threads live on between requests, as an engine's do: starting them is not part of the truth.
        this.threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "synthetic");
            thread.setDaemon(true);
            return thread;
        });
        warmUp();
    }

    @Override
    public EngineIdentity identity() {
        return new EngineIdentity(spec.name(), spec.toString(), System.getProperty("java.vm.version"), null);
    }

    @Override
    public Transcript transcribe(float[] samples, Decoding decoding) throws EngineFailure {
        requests++;
        for (EngineSpec.Fault fault : EngineSpec.Fault.values()) {
            if (Integer.valueOf(requests).equals(spec.faults().get(fault))) {
                commit(fault);
            }
        }
        long serial = Math.round(spec.iterations() * spec.serial());
        burn(serial);
        burnInParallel(spec.iterations() - serial, spec.ignoreThreads() ? 1 : decoding.threads());
        double seconds = samples.length / 16_000.0;
        return new Transcript(spec.text(), List.of(new Transcript.Segment(0, seconds, spec.text())), null);
    }

    /**
     * The threads take small pieces until none is left. Halves fixed in advance would make the request as slow as the
     * unluckier half, and whatever else runs on the machine would count twice.
     */
    private void burnInParallel(long steps, int count) throws EngineFailure {
        AtomicLong left = new AtomicLong(steps);
        List<Future<?>> others = new ArrayList<>();
        for (int i = 1; i < count; i++) {
            others.add(threads.submit(() -> burnPieces(left)));
        }
        burnPieces(left);
        try {
            for (Future<?> other : others) {
                other.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new EngineFailure(RunStatus.FAILED, "A synthetic thread did not finish: " + e.getMessage());
        }
    }

    private static void burnPieces(AtomicLong left) {
        for (long before = left.getAndAdd(-PIECE_STEPS); before > 0; before = left.getAndAdd(-PIECE_STEPS)) {
            burn(Math.min(before, PIECE_STEPS));
        }
    }

    private static void burn(long steps) {
        long state = sink | 1;
        for (long left = steps; left > 0; left -= STEPS_A_CALL) {
            state = step(state, (int) Math.min(left, STEPS_A_CALL));
        }
        sink = state;
    }

    /**
     * Marsaglia's xorshift64 (2003): every operation waits for the one before, and nothing touches memory. So the speed
     * does not depend on caches or memory bandwidth that threads would share, and hardly on a busy SMT sibling.
     */
    private static long step(long start, int count) {
        long state = start;
        for (int i = 0; i < count; i++) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
        }
        return state;
    }

    private static void warmUp() {
        long end = System.nanoTime() + Math.round(WARM_UP_SECONDS * 1e9);
        while (System.nanoTime() - end < 0) {
            burn(CALIBRATION_STEPS);
        }
    }

    /** Speed of the kernel on one undisturbed thread of this machine: the best of several short measurements. */
    static double iterationsPerSecond() {
        warmUp();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < CALIBRATIONS; i++) {
            long start = System.nanoTime();
            burn(CALIBRATION_STEPS);
            best = Math.min(best, System.nanoTime() - start);
        }
        return CALIBRATION_STEPS / (best / 1e9);
    }

    private static void commit(EngineSpec.Fault fault) throws EngineFailure {
        switch (fault) {
            case CRASH -> writeToNowhere();
            case HANG -> sleepForEver();
            case OOM -> fillTheHeap();
            case GARBAGE -> Worker.protocol().println("whisper_print_timings: not an answer");
        }
    }

    /** Reflection, because naming sun.misc.Unsafe is a compiler warning that cannot be suppressed. */
    private static void writeToNowhere() throws EngineFailure {
        try {
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field instance = unsafe.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            unsafe.getMethod("putLong", long.class, long.class).invoke(instance.get(null), 1L, 1L);
        } catch (ReflectiveOperationException e) {
            throw new EngineFailure(RunStatus.FAILED, "The synthetic crash did not happen: " + e.getMessage());
        }
    }

    private static void sleepForEver() {
        while (true) {
            try {
                Thread.sleep(Long.MAX_VALUE);
            } catch (InterruptedException e) {
                // A hung engine does not react to interrupts either.
            }
        }
    }

    private static void fillTheHeap() {
        List<byte[]> kept = new ArrayList<>();
        while (true) {
            kept.add(new byte[1 << 24]);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
