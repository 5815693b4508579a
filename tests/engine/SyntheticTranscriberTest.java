package tests.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import lib.engine.Decoding;
import lib.engine.EngineFailure;
import lib.engine.EngineSpec;
import lib.engine.SyntheticTranscriber;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("noisy")
class SyntheticTranscriberTest {
    private static final int ROUNDS = 12;
    private static final float[] SILENCE = new float[16_000];

    @ParameterizedTest
    @CsvSource({"0, 2.0", "0.2, 1.6667", "0.5, 1.3333", "1, 1.0"})
    void twoThreadsAreAsMuchFasterAsAmdahlSays(double serial, double truth) throws EngineFailure {
        assumeTrue(Runtime.getRuntime().availableProcessors() >= 2, "one CPU cannot show a speed-up");
        double one = Double.MAX_VALUE;
        double two = Double.MAX_VALUE;
        try (SyntheticTranscriber engine = engine("work=100ms,serial=" + serial)) {
            for (int i = 0; i < ROUNDS; i++) {
                one = Math.min(one, wallSeconds(engine, 1));
                two = Math.min(two, wallSeconds(engine, 2));
            }
        }
        assertEquals(truth, one / two, 0.03 * truth, one + " s and " + two + " s");
    }

    @Test
    void theWorkIsTheTimeThatWasAskedForOnAFreeCore() throws EngineFailure {
        double best = Double.MAX_VALUE;
        try (SyntheticTranscriber engine = engine("work=100ms")) {
            for (int i = 0; i < ROUNDS; i++) {
                best = Math.min(best, wallSeconds(engine, 1));
            }
        }
        assertEquals(0.1, best, 0.005);
    }

    private static SyntheticTranscriber engine(String settings) {
        return new SyntheticTranscriber((EngineSpec.Synthetic) EngineSpec.parse("synthetic:" + settings));
    }

    private static double wallSeconds(SyntheticTranscriber engine, int threads) throws EngineFailure {
        long start = System.nanoTime();
        engine.transcribe(SILENCE, new Decoding(threads, "en"));
        return (System.nanoTime() - start) / 1e9;
    }
}
