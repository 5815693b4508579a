package tests.audio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import lib.audio.AudioClip;
import lib.audio.Clips;
import lib.audio.PreparedClip;
import lib.audio.Wav16k;
import lib.cli.Download;
import lib.cli.Home;
import lib.cli.UserError;
import lib.results.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClipsTest {
    private static final Path ENCODED = Path.of("tests", "data", "audio");
    private static final Path SPEECH = Path.of("audio", "speech");

    @TempDir
    Path folder;
    private Home home;
    private Clips clips;

    @BeforeEach
    void open() {
        home = Home.find(Path.of(""), Map.of("PERF_CACHE", folder.resolve("cache").toString()), folder, "Linux");
        clips = Clips.open(home);
    }

    @Test
    void theNineClipsAreBuiltAsPinnedAndFormALadder() throws IOException {
        List<Long> sizes = new ArrayList<>();
        for (AudioClip clip : clips.all()) {
            PreparedClip prepared = clips.prepare(clip);
            assertEquals(clip.sha256(), prepared.sha256(), clip.name());
            assertEquals(clip.seconds(), prepared.seconds(), 0.001, clip.name());
            assertEquals("en", clip.language());
            sizes.add(Files.size(prepared.wav()));
        }
        assertEquals(9, sizes.size());
        assertEquals(0.26, sizes.get(0) / 1e6, 0.005);
        assertEquals(26, sizes.get(8) / 1e6, 0.2);
        for (int i = 1; i < sizes.size(); i++) {
            double step = (double) sizes.get(i) / sizes.get(i - 1);
            assertTrue(step > 1.3 && step < 2.2, "from " + sizes.get(i - 1) + " to " + sizes.get(i));
        }
    }

    @Test
    void everyUtteranceIsTheOneThatTheManifestNames() throws IOException {
        JsonNode utterances = manifest().get("utterances");
        assertEquals(34, utterances.size());
        for (JsonNode utterance : utterances) {
            Path file = SPEECH.resolve(utterance.get("file").asText());
            assertEquals(utterance.get("sha256").asText(), Download.sha256(file), file.toString());
            for (String field : List.of("language", "speaker", "source", "licence", "transcript")) {
                assertTrue(utterance.get(field).asText().length() > 1, file + " lacks its " + field);
            }
        }
    }

    @Test
    void noUtteranceComesTwiceInARow() throws IOException {
        for (JsonNode clip : manifest().get("clips")) {
            String last = "";
            for (JsonNode file : clip.get("utterances")) {
                assertNotEquals(last, file.asText(), clip.get("name").asText());
                last = file.asText();
            }
        }
    }

    @Test
    void aComposedClipHasItsUtterancesWithSilenceBetweenAndTheirTranscripts() {
        AudioClip clip = clips.find("mixed-22s");
        assertTrue(clip.reference().startsWith("For although the Chinese"), clip.reference());
        assertTrue(clip.reference().endsWith("pleasanter and easier to read."), clip.reference());
        float[] samples = Wav16k.read(clips.prepare(clip).wav());
        int firstEnds = (int) Math.round(9.667 * 16_000);
        for (int i = firstEnds + 100; i < firstEnds + 7900; i++) {
            assertEquals(0, samples[i], "half a second of silence after the first utterance");
        }
        float[] first = Wav16k.read(clips.prepare(clips.find(SPEECH.resolve("lj001-0003.flac").toString())).wav());
        for (int i = 0; i < first.length; i++) {
            assertEquals(first[i], samples[i]);
        }
    }

    @Test
    void theDefaultClipComesWithTheScriptWhereThereIsNoCheckout() {
        Home alone = Home.find(folder, Map.of("PERF_CACHE", folder.resolve("alone").toString()), folder, "Linux");
        assertNull(alone.checkout());
        AudioClip clip = Clips.open(alone).find(Clips.DEFAULT);
        assertEquals(11.0, Clips.open(alone).prepare(clip).seconds());
        assertTrue(clip.reference().contains("ask not what your country can do for you"));
    }

    @Test
    void aClipThatIsNotAsPinnedIsRefused() {
        AudioClip jfk = clips.find("jfk");
        AudioClip other = new AudioClip("jfk", null, jfk.seconds(), "0".repeat(64), "en", jfk.reference());
        String message = assertThrows(UserError.class, () -> clips.prepare(other)).getMessage();
        assertTrue(message.startsWith("Clip jfk was built with SHA-256 " + jfk.sha256()), message);
    }

    @Test
    void aDamagedClipInTheCacheIsBuiltAgain() throws IOException {
        PreparedClip jfk = clips.prepare(clips.find("jfk"));
        byte[] wav = Files.readAllBytes(jfk.wav());
        wav[1000]++;
        Files.write(jfk.wav(), wav);
        assertEquals(jfk, clips.prepare(clips.find("jfk")));
        assertEquals(jfk.sha256(), Download.sha256(jfk.wav()));
        Files.write(jfk.wav(), new byte[10]);
        assertEquals(jfk, clips.prepare(clips.find("jfk")));
    }

    @Test
    void aFileThatChangedIsDecodedAgain() throws IOException {
        Path file = folder.resolve("mine.wav");
        new Wav(16_000, 16, false, 1).write(file, Wav.tone(440, 0.5));
        assertEquals(1, clips.prepare(clips.find(file.toString())).seconds());
        new Wav(16_000, 16, false, 2).write(file, Wav.tone(440, 0.5));
        assertEquals(2, clips.prepare(clips.find(file.toString())).seconds());
    }

    @Test
    void aFileNameOfAnyLengthCanBeCached() throws IOException {
        Path file = folder.resolve("n".repeat(251) + ".wav");
        new Wav(16_000, 16, false, 1).write(file, Wav.tone(440, 0.5));
        assertEquals(1, clips.prepare(clips.find(file.toString())).seconds());
    }

    @Test
    void decodingLeavesNothingBehindButTheClip() throws IOException {
        PreparedClip jfk = clips.prepare(clips.find("jfk"));
        Path text = Files.writeString(folder.resolve("text.wav"), "no audio");
        refusal(text);
        try (Stream<Path> cached = Files.list(jfk.wav().getParent())) {
            assertEquals(List.of(jfk.wav()), cached.toList());
        }
        try (Stream<Path> temporary = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertEquals(List.of(), temporary.filter(file -> file.toString().contains("ffsampledsp")).toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mp3", "ogg", "opus", "m4a", "aac"})
    void speechInAnyFormatIsTheSameSpeech(String extension) {
        float[] original = Wav16k.read(clips.prepare(clips.find(SPEECH.resolve("lj001-0002.flac").toString())).wav());
        float[] decoded = Wav16k.read(clips.prepare(clips.find(ENCODED.resolve("lj001-0002." + extension).toString()))
                .wav());
        // encoders put up to two frames of silence around the sound
        assertEquals(original.length, decoded.length, 0.15 * 16_000);
        assertTrue(likeness(original, decoded) > 0.9, "correlation " + likeness(original, decoded));
    }

    @ParameterizedTest
    @CsvSource({"8000,16,false,1", "16000,8,false,1", "22050,16,false,2", "44100,24,false,2", "48000,32,false,1",
            "48000,32,true,6", "96000,24,false,1"})
    void wavOfAnyFormKeepsLengthAndLevel(int samplesPerSecond, int bits, boolean isFloat, int channels)
            throws IOException {
        DoubleUnaryOperator[] same = new DoubleUnaryOperator[channels];
        Arrays.fill(same, Wav.tone(1000, 0.25));
        Path file = new Wav(samplesPerSecond, bits, isFloat, 0.5).write(folder.resolve("any.wav"), same);
        float[] samples = Wav16k.read(clips.prepare(clips.find(file.toString())).wav());
        assertEquals(8000, samples.length, 32);
        assertEquals(0.25, Wav.amplitude(samples, 1000), 0.02);
    }

    @Test
    void bothChannelsOfAStereoFileAreHeard() throws IOException {
        Path file = new Wav(48_000, 16, false, 1).write(folder.resolve("stereo.wav"), Wav.tone(500, 0.5),
                Wav.tone(1500, 0.5));
        float[] samples = Wav16k.read(clips.prepare(clips.find(file.toString())).wav());
        assertEquals(0.25, Wav.amplitude(samples, 500), 0.02);
        assertEquals(0.25, Wav.amplitude(samples, 1500), 0.02);
    }

    @Test
    void twoPeopleOnTwoChannelsAreBothHeard() throws IOException {
        float[] agent = Wav16k.read(clips.prepare(clips.find(SPEECH.resolve("lj001-0002.flac").toString())).wav());
        float[] caller = Wav16k.read(clips.prepare(clips.find("jfk")).wav());
        Path file = new Wav(16_000, 16, false, agent.length / 16_000.0).write(folder.resolve("call.wav"),
                seconds -> agent[(int) Math.round(seconds * 16_000)],
                seconds -> caller[(int) Math.round(seconds * 16_000)]);
        float[] mixed = Wav16k.read(clips.prepare(clips.find(file.toString())).wav());
        assertEquals(agent.length, mixed.length);
        for (int i = 0; i < mixed.length; i++) {
            assertEquals((agent[i] + caller[i]) / 2, mixed[i], 1e-3, "sample " + i);
        }
    }

    @Test
    void aTelephoneCallIsTheSameSpeech() {
        float[] original = Wav16k.read(clips.prepare(clips.find(SPEECH.resolve("lj001-0002.flac").toString())).wav());
        float[] decoded = Wav16k.read(clips.prepare(clips.find(ENCODED.resolve("lj001-0002-telephone.wav").toString()))
                .wav());
        assertEquals(original.length, decoded.length, 32);
        // nothing above 4 kHz is left, and the hiss of 8 bits is in it
        assertTrue(likeness(original, decoded) > 0.9, "correlation " + likeness(original, decoded));
    }

    @Test
    void anHourOfSilenceIsDecodedWithoutHoldingIt() throws IOException {
        Path hour = new Wav(16_000, 16, false, 0).write(folder.resolve("hour.wav"), Wav.silence());
        int dataBytes = 3600 * 16_000 * 2;
        try (RandomAccessFile file = new RandomAccessFile(hour.toFile(), "rw")) {
            file.seek(4);
            file.writeInt(Integer.reverseBytes(36 + dataBytes));
            file.seek(40);
            file.writeInt(Integer.reverseBytes(dataBytes));
            file.setLength(44L + dataBytes);
        }
        long before = Allocated.byThisThread();
        PreparedClip clip = clips.prepare(clips.find(hour.toString()));
        assertTrue(Allocated.byThisThread() - before < 8_000_000, "bytes " + (Allocated.byThisThread() - before));
        assertEquals(3600, clip.seconds());
    }

    @Test
    void sizesAreThoseOfTheWav() throws IOException {
        for (AudioClip clip : clips.all().subList(0, 3)) {
            // the manifest has milliseconds, 32 bytes each
            assertEquals(Files.size(clips.prepare(clip).wav()), clip.wavBytes(), 32);
        }
        assertNull(clips.find(SPEECH.resolve("jfk.flac").toString()).wavBytes());
        assertEquals(352_044, clips.prepare(clips.find(SPEECH.resolve("jfk.flac").toString())).clip().wavBytes());
    }

    @Test
    void soundAboveHalfTheRateDoesNotComeBackAsAnotherTone() throws IOException {
        Path file = new Wav(44_100, 16, false, 1).write(folder.resolve("high.wav"), Wav.tone(10_000, 0.5));
        float[] samples = Wav16k.read(clips.prepare(clips.find(file.toString())).wav());
        // 10 kHz would fold to 6 kHz; at least 40 dB weaker than it was
        assertTrue(Wav.amplitude(samples, 6000) < 0.5 * 0.01, "6 kHz at " + Wav.amplitude(samples, 6000));
    }

    @Test
    void audioUnderASecondIsAllowed() throws IOException {
        Path file = new Wav(16_000, 16, false, 0.3).write(folder.resolve("short.wav"), Wav.silence());
        assertEquals(0.3, clips.prepare(clips.find(file.toString())).seconds());
    }

    @Test
    void aTextBesideTheFileIsItsReference() throws IOException {
        Path file = new Wav(16_000, 16, false, 0.3).write(folder.resolve("talk.one.wav"), Wav.silence());
        assertNull(clips.find(file.toString()).reference());
        Path text = folder.resolve("talk.one.txt");
        Files.writeString(text, "\uFEFFNhiều cores yếu.\n");
        assertEquals("Nhiều cores yếu.", clips.find(file.toString()).reference());
        Files.write(text, "El Capitán".getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(assertThrows(UserError.class, () -> clips.find(file.toString())).getMessage().contains("not UTF-8"));
        Files.writeString(text, " \n");
        assertTrue(assertThrows(UserError.class, () -> clips.find(file.toString())).getMessage().contains("is empty"));
    }

    @Test
    void aNameNobodyKnowsListsTheKnownOnes() {
        String message = assertThrows(UserError.class, () -> clips.find("jkf")).getMessage();
        assertTrue(message.contains("'jkf'") && message.contains("lj-8s, jfk, mixed-22s"), message);
    }

    @Test
    void whatIsNotAudioIsSaidInOneSentence() throws IOException {
        assertTrue(refusal(folder).contains("is a folder"));
        assertTrue(refusal(Files.createFile(folder.resolve("empty.wav"))).contains("is empty (0 bytes)"));
        Path text = Files.writeString(folder.resolve("text.wav"), "This is text, whatever its name says.");
        assertTrue(refusal(text).contains("is not audio that can be read"));
    }

    @Test
    void aWavThatIsCutOrLiesAboutItsLengthIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(
                new Wav(16_000, 16, false, 1).write(folder.resolve("whole.wav"), Wav.tone(440, 0.5)));
        assertTrue(refusal(cut(whole, 30)).contains("header ends before the audio"));
        assertTrue(refusal(cut(whole, 20_000)).contains("announces 32000 bytes of audio and 19956 are there"));
        byte[] boasting = whole.clone();
        Arrays.fill(boasting, 40, 44, (byte) 0xFF);
        assertTrue(refusal(cut(boasting, boasting.length)).contains("announces 4294967295 bytes"));
        Path nothing = new Wav(16_000, 16, false, 0).write(folder.resolve("nothing.wav"), Wav.silence());
        assertTrue(refusal(nothing).contains("0 seconds of audio"));
    }

    @Test
    void aFlacThatIsCutIsNotTakenForAShorterOne() throws IOException {
        byte[] flac = Files.readAllBytes(SPEECH.resolve("jfk.flac"));
        Path cut = Files.write(folder.resolve("cut.flac"), Arrays.copyOf(flac, flac.length / 2));
        assertTrue(refusal(cut).contains("of 11.0 seconds could be decoded"), refusal(cut));
    }

    private Path cut(byte[] wav, int bytes) throws IOException {
        return Files.write(folder.resolve("cut.wav"), Arrays.copyOf(wav, bytes));
    }

    private String refusal(Path file) {
        return assertThrows(UserError.class, () -> clips.prepare(clips.find(file.toString()))).getMessage();
    }

    private static JsonNode manifest() throws IOException {
        return Json.MAPPER.readTree(Path.of("audio", "manifest.json").toFile());
    }

    /** The best normalised correlation over shifts of up to 0.15 s. */
    private static double likeness(float[] a, float[] b) {
        double best = 0;
        for (int shift = -2400; shift <= 2400; shift += 1) {
            double ab = 0;
            double aa = 0;
            double bb = 0;
            for (int i = Math.max(0, -shift); i < a.length && i + shift < b.length; i += 3) {
                ab += a[i] * b[i + shift];
                aa += a[i] * a[i];
                bb += b[i + shift] * b[i + shift];
            }
            best = Math.max(best, ab / Math.sqrt(aa * bb));
        }
        return best;
    }
}
