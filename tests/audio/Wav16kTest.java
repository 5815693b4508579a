package tests.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import lib.audio.Wav16k;
import lib.cli.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Wav16kTest {
    private static final double SAMPLES_PER_SECOND = 16_000;

    @TempDir
    Path folder;

    @Test
    void samplesAreFractionsOfFullScale() throws IOException {
        double[] values = {0, 0.5, -0.5, 1, -1};
        Path wav = new Wav(16_000, 16, false, values.length / SAMPLES_PER_SECOND).write(folder.resolve("a.wav"),
                seconds -> values[(int) Math.round(seconds * SAMPLES_PER_SECOND)]);
        assertArrayEquals(new float[] {0, 0.5f, -0.5f, 1, -1}, Wav16k.read(wav), 1e-4f);
    }

    @Test
    void readingTakesNoMoreThanTheSamplesThemselves() throws IOException {
        int samples = 60 * 16_000;
        Path wav = new Wav(16_000, 16, false, 60).write(folder.resolve("minute.wav"), seconds -> seconds / 60);
        Wav16k.read(wav); // classes are loaded once
        long before = Allocated.byThisThread();
        float[] read = Wav16k.read(wav);
        long allocated = Allocated.byThisThread() - before;
        assertEquals(samples, read.length);
        for (int i = 0; i < samples; i++) {
            assertEquals((double) i / samples, read[i], 1e-4);
        }
        assertTrue(allocated < samples * 4 * 1.1, allocated + " bytes for " + samples + " samples");
    }

    @Test
    void anyOtherFormIsRefused() throws IOException {
        refused(new Wav(44_100, 16, false, 0.1).write(folder.resolve("rate.wav"), Wav.silence()));
        refused(new Wav(16_000, 8, false, 0.1).write(folder.resolve("bits.wav"), Wav.silence()));
        refused(new Wav(16_000, 16, false, 0.1).write(folder.resolve("stereo.wav"), Wav.silence(), Wav.silence()));
        Path whole = new Wav(16_000, 16, false, 0.1).write(folder.resolve("whole.wav"), Wav.silence());
        refused(Files.write(folder.resolve("cut.wav"), Arrays.copyOf(Files.readAllBytes(whole), 1000)));
        refused(Files.write(folder.resolve("longer.wav"), Arrays.copyOf(Files.readAllBytes(whole), 5000)));
        refused(Files.writeString(folder.resolve("text.wav"), "text"));
        assertTrue(assertThrows(UserError.class, () -> Wav16k.read(folder.resolve("none.wav"))).getMessage()
                .startsWith("There is no audio file"));
    }

    private static void refused(Path wav) {
        String message = assertThrows(UserError.class, () -> Wav16k.read(wav)).getMessage();
        assertTrue(message.contains("is not a 16 kHz mono 16-bit WAV"), message);
    }
}
