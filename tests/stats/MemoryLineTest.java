package tests.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import lib.stats.MemoryLine;
import lib.stats.MemoryLine.Observation;
import org.junit.jupiter.api.Test;

class MemoryLineTest {
    @Test
    void everyFigureIsThatOfStatsmodels() throws IOException {
        for (String[] row : Fixtures.rows("memory-lines.csv")) {
            MemoryLine line = MemoryLine.of("base", clips(Fixtures.numbers(row[0]), Fixtures.numbers(row[1])));
            assertEquals(Double.parseDouble(row[2]), line.fixedBytes().value(), 1);
            assertEquals(Double.parseDouble(row[3]), line.fixedBytes().low(), 1);
            assertEquals(Double.parseDouble(row[4]), line.fixedBytes().high(), 1);
            assertEquals(Double.parseDouble(row[5]), line.bytesPerMinute().value(), 1);
            assertEquals(Double.parseDouble(row[6]), line.bytesPerMinute().low(), 1);
            assertEquals(Double.parseDouble(row[7]), line.bytesPerMinute().high(), 1);
            double[] residuals = Fixtures.numbers(row[8]);
            for (int i = 0; i < residuals.length; i++) {
                assertEquals(residuals[i], line.residuals().get(i).bytes(), 1);
            }
        }
    }

    private static List<Observation> clips(double[] seconds, double... bytes) {
        return IntStream.range(0, seconds.length)
                .mapToObj(i -> new Observation("clip-" + i, seconds[i], (long) bytes[i])).toList();
    }

    @Test
    void theSentenceHasBothPartsAndTheWorstClip() {
        MemoryLine line = MemoryLine.of("base", clips(new double[] {60, 600, 120, 300}, 251e6, 305e6, 257e6, 281e6));
        assertEquals("clip-3", line.worst().clip());
        assertEquals("base: 246.2 MB (95 %: 233.4 to 259.1) and 6.06 MB (95 %: 3.81 to 8.31) for each minute of audio;"
                + " 4 clips from 1.0 min to 10.0 min, clip-3 is the worst: 4.5 MB (1.6 %) off the line.",
                line.sentence());
    }

    @Test
    void growthThatIsNotShownIsSaid() {
        MemoryLine flat = MemoryLine.of("base", clips(new double[] {8, 60, 300, 600}, 250e6, 260e6, 249e6, 257e6));
        assertTrue(flat.sentence().contains("so growth with the length is not shown"), flat.sentence());
        MemoryLine growing = MemoryLine.of("base", clips(new double[] {8, 60, 300, 600}, 250e6, 256e6, 280e6, 310e6));
        assertFalse(growing.sentence().contains("not shown"), growing.sentence());
    }

    @Test
    void twoClipsOrOneLengthGiveNoLine() {
        for (List<Observation> clips : List.of(clips(new double[] {8, 60}, 1e6, 2e6),
                clips(new double[] {8, 8, 8}, 1e6, 2e6, 3e6))) {
            MemoryLine line = MemoryLine.of("base", clips);
            assertNull(line.fixedBytes());
            assertEquals("base: no line of memory over length, it takes 3 clips of different length.",
                    line.sentence());
        }
    }

    @Test
    void noMemoryIsNotMemoryOfZero() {
        assertThrows(IllegalArgumentException.class, () -> new Observation("a", 8, 0));
    }
}
