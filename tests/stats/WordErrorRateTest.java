package tests.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lib.stats.WordErrorRate;
import org.junit.jupiter.api.Test;

class WordErrorRateTest {
    private static final Path DATA = Path.of("tests", "data", "wer");
    private static final double EXACT = 1e-12;

    @Test
    void normalisedTextsAreThoseOfWhispersOwnNormaliser() throws IOException {
        List<String> different = new ArrayList<>();
        List<String[]> pairs = rows("normalizer.tsv");
        for (String[] pair : pairs) {
            String ours = WordErrorRate.normalized(pair[1], pair[0]);
            if (!ours.equals(pair[2])) {
                different.add("\"" + pair[1] + "\" should be \"" + pair[2] + "\", is \"" + ours + "\"");
            }
        }
        assertTrue(pairs.size() >= 60, "pairs: " + pairs.size());
        assertEquals(List.of(), different);
    }

    @Test
    void ratesAreThoseOfJiwer() throws IOException {
        List<String[]> rows = rows("rates.tsv");
        assertTrue(rows.size() >= 30, "rows: " + rows.size());
        for (String[] row : rows) {
            assertEquals(Double.parseDouble(row[2]), WordErrorRate.of(row[0], row[1], "en").wer(), EXACT, row[0]);
            assertEquals(Double.parseDouble(row[3]), WordErrorRate.characterErrorRate(row[0], row[1], "en"), EXACT,
                    row[0]);
        }
    }

    @Test
    void eachKindOfEditIsCounted() {
        assertEquals(new WordErrorRate(3 / 6.0, 1, 1, 1, 6),
                WordErrorRate.of("ask not what your country can", "ask please not what your county", "en"));
    }

    @Test
    void theSameTextInOtherWordsHasNoErrors() {
        assertEquals(0.0, WordErrorRate.of("Mister Brown can't organise fourteen fifty-five colours.",
                "mr. brown can not organize 1455 colors", "en").wer());
    }

    @Test
    void moreErrorsThanWordsIsMoreThanOne() {
        assertEquals(3.0, WordErrorRate.of("yes", "no no no", "en").wer());
    }

    @Test
    void anEmptyTranscriptHasLostEveryWord() {
        assertEquals(new WordErrorRate(1.0, 0, 3, 0, 3), WordErrorRate.of("ask not what", "", "en"));
    }

    @Test
    void aReferenceWithoutWordsHasNoRate() {
        assertNull(WordErrorRate.of("[music]", "hello", "en").wer());
        assertNull(WordErrorRate.characterErrorRate("...", "hello", "de"));
        assertEquals(1, WordErrorRate.of("", "hello", "en").insertions());
    }

    @Test
    void languagesWithoutSpacesAreComparedByCharacter() {
        assertEquals(new WordErrorRate(0.25, 1, 0, 0, 4), WordErrorRate.of("今天很好", "今天狠好。", "zh"));
    }

    @Test
    void otherLanguagesKeepTheirOwnNumbersAndAccents() {
        assertEquals(1.0, WordErrorRate.of("zwei", "2", "de").wer());
        assertEquals(0.5, WordErrorRate.of("Où est?", "Ou est", "fr").wer());
        assertEquals(0.0, WordErrorRate.of("El Capitán, Veneno", "el capitán veneno", null).wer());
    }

    private static List<String[]> rows(String file) throws IOException {
        return Files.readAllLines(DATA.resolve(file)).stream().skip(1).map(line -> line.split("\t", -1)).toList();
    }
}
