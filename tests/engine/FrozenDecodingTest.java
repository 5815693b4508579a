package tests.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.givimad.whisperjni.WhisperFullParams;
import lib.cli.UserError;
import lib.engine.Decoding;
import lib.engine.WhisperJniTranscriber;
import org.junit.jupiter.api.Test;

/** Two runs do the same work only if nothing is left to the engine's defaults. */
class FrozenDecodingTest {
    @Test
    void greedyWithoutFallbackWithoutContextWithTheThreadsThatWereAskedFor() {
        WhisperFullParams params = WhisperJniTranscriber.params(new Decoding(3, "de"));
        assertEquals(3, params.nThreads);
        assertEquals("de", params.language);
        assertEquals(0, params.temperature);
        assertEquals(0, params.temperatureInc, "a doubtful window would be decoded again and again");
        assertEquals(1, params.greedyBestOf);
        assertTrue(params.noContext);
        assertFalse(params.noTimestamps, "long clips lose whole windows without timestamps");
        assertFalse(params.detectLanguage, "detection is one more encoder pass");
    }

    @Test
    void aLanguageThatWhisperDoesNotKnowIsRefused() {
        assertThrows(UserError.class, () -> new Decoding(1, "xx"));
        assertThrows(UserError.class, () -> new Decoding(1, null));
        assertEquals("vi", new Decoding(1, "vi").language());
    }
}
