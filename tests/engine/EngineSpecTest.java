package tests.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lib.cli.UserError;
import lib.engine.Decoding;
import lib.engine.EngineSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineSpecTest {

    @ParameterizedTest
    @ValueSource(strings = {"whisper-jni", "synthetic:work=400ms,serial=0.2", "synthetic:work=0.7ms,serial=0",
            "synthetic:work=1.5s,serial=1,iterations=250000000,garbage=5,crash=2,hang=3,oom=4,ignore-threads=true,"
                    + "text=one, two = three"})
    void whatIsPrintedIsWhatWasParsed(String text) {
        EngineSpec spec = EngineSpec.parse(text);
        assertEquals(text, spec.toString());
        assertEquals(spec, EngineSpec.parse(spec.toString()));
    }

    @Test
    void whatIsNotSaidHasADefault() {
        assertEquals(EngineSpec.parse("synthetic:work=400ms,serial=0"), EngineSpec.parse("synthetic"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "whisper                      | There is no engine \"whisper\": use whisper-jni",
            "''                           | There is no engine \"\"",
            "whisper-jni:threads=2        | takes no settings, but \"threads=2\"",
            "synthetic:work=400           | such as work=400ms or work=1.5s, not \"400\"",
            "synthetic:work=0s            | work must be more than 0",
            "synthetic:work=-1s           | not \"-1s\"",
            "synthetic:serial=1.5         | serial must be a share from 0 to 1, such as serial=0.2, not 1.5",
            "synthetic:serial=NaN         | not NaN",
            "synthetic:serial=a           | serial must be a number such as serial=0.2, not \"a\"",
            "synthetic:crash=0            | from 1, not 0",
            "synthetic:iterations=1e9     | must be a whole number such as iterations=3, not \"1e9\"",
            "synthetic:ignore-threads=yes | must be true or false, not \"yes\"",
            "synthetic:speed=3            | has no setting \"speed=3\"",
            "synthetic:serial             | not \"\""})
    void aWrongSpecIsRefusedWithTheValueAndAGoodOne(String text, String fragment) {
        String message = assertThrows(UserError.class, () -> EngineSpec.parse(text)).getMessage();
        assertTrue(message.contains(fragment), message);
    }

    @Test
    void aCalibratedSpecSaysHowManyStepsItsWorkIs() {
        EngineSpec.Synthetic spec = (EngineSpec.Synthetic) EngineSpec.parse("synthetic:work=100ms").calibrated();
        // From a very slow board to a very fast core.
        assertTrue(spec.iterations() > 1e6 && spec.iterations() < 1e9, spec.toString());
        assertEquals(spec, spec.calibrated());
        assertEquals(spec, EngineSpec.parse(spec.toString()));
    }

    @Test
    void onlyWhisperSpinsAndNotWhenItsWaitingIsPassive() {
        EngineSpec whisper = EngineSpec.parse("whisper-jni");
        assertTrue(whisper.spins(null) && whisper.spins("active"));
        assertFalse(whisper.spins("passive"));
        assertFalse(EngineSpec.parse("synthetic").spins("active"), "its threads rest while one works serially");
    }

    @Test
    void zeroThreadsAreRefusedBecauseTheEngineWouldChoose() {
        String message = assertThrows(UserError.class, () -> new Decoding(0, "en")).getMessage();
        assertTrue(message.contains("at least 1, not 0"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "auto", "EN", "english"})
    void aLanguageIsACode(String language) {
        assertThrows(UserError.class, () -> new Decoding(1, language));
    }
}
