package tests.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lib.audio.Clips;
import lib.cli.Home;
import lib.cli.UserError;
import lib.engine.Decoding;
import lib.engine.EngineFailure;
import lib.engine.EngineSpec;
import lib.engine.ModelFile;
import lib.engine.WeightlessModel;
import lib.engine.WorkerClient;
import lib.engine.WorkerReply;
import lib.host.CpuLimits;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightlessModelTest {
    /** Base-q5_1 on this repository's clips. */
    private static final double TOKENS_A_SECOND = 3.2;
    private static final int WAV_HEADER_BYTES = 44;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @TempDir
    Path folder;
    private Home home;

    @BeforeEach
    void ownCache() {
        home = Home.find(Path.of(""), Map.of("PERF_CACHE", folder.toString()), folder, "Linux");
    }

    /** Bytes of the published files, but for the words of the vocabulary: within 50 kB. */
    @ParameterizedTest
    @CsvSource({"tiny, tiny f16 4+4 80, 77691713", "base-q5_1, base q5_1 6+6 80, 59707625",
            "small, small f16 12+12 80, 487601967", "medium, medium f16 24+24 80, 1533763059",
            "large-v3-q5_0, large q5_0 32+32 128, 1081140203"})
    void itHasTheShapeAndTheLengthOfTheRealModel(String name, String shape, long publishedBytes) {
        ModelFile model = ModelFile.checkAllowingWeightless(WeightlessModel.create(home, name));
        assertEquals(name + "-weightless", model.name());
        assertEquals(shape, model.type() + " " + model.quantisation() + " " + model.audioLayers() + "+"
                + model.textLayers() + " " + model.mels());
        assertTrue(model.multilingual());
        assertTrue(model.weightless());
        assertEquals(publishedBytes, model.bytes(), 50_000);
    }

    @Test
    void itIsKnownUnderAnyNameAndRefusedWhereTextIsWanted() throws IOException {
        Path renamed = Files.move(WeightlessModel.create(home, "tiny-q5_1"), folder.resolve("ggml-base-q5_1.bin"));
        assertTrue(ModelFile.checkAllowingWeightless(renamed).weightless());
        String message = assertThrows(UserError.class, () -> ModelFile.check(renamed)).getMessage();
        assertTrue(message.contains("holds no weights") && message.contains(renamed.toString()), message);
        assertFalse(ModelFile.checkAllowingWeightless(Fixtures.BASE).weightless());
    }

    @Test
    void makingItAgainReplacesWhatIsThereAndLeavesNothingElse() throws IOException {
        Path model = WeightlessModel.create(home, "tiny-q5_1");
        String sha256 = ModelFile.checkAllowingWeightless(model).sha256();
        Files.write(model, new byte[10]);
        assertEquals(model, WeightlessModel.create(home, "tiny-q5_1"));
        assertEquals(sha256, ModelFile.checkAllowingWeightless(model).sha256());
        try (Stream<Path> files = Files.list(model.getParent())) {
            assertEquals(List.of(model), files.toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "huge", "small-q9_9", "small-f32", "tiny.en", "small-", "../small"})
    void anUnknownNameIsRefusedWithTheNamesThatThereAre(String name) {
        String message = assertThrows(UserError.class, () -> WeightlessModel.create(home, name)).getMessage();
        assertTrue(message.contains("tiny, base, small, medium, large-v3"), message);
    }

    /** Every quantisation encodes the values in its own way. */
    @ParameterizedTest
    @ValueSource(strings = {"q5_1", "f16", "q4_0", "q4_1", "q5_0", "q8_0"})
    void itDecodesAboutAsManyTokensAsSpeechHas(String quantisation) throws EngineFailure {
        try (WorkerClient worker = worker("tiny-" + quantisation)) {
            assertEquals(11 * TOKENS_A_SECOND, words(worker, clip("jfk")), 10);
        }
    }

    @Test
    void theTokensFollowTheSoundAndNotTheWindows() throws EngineFailure, IOException {
        Path silence = folder.resolve("silence.wav");
        byte[] jfk = Files.readAllBytes(clip("jfk"));
        Arrays.fill(jfk, WAV_HEADER_BYTES, jfk.length, (byte) 0);
        Files.write(silence, jfk);
        try (WorkerClient worker = worker("tiny-q5_1")) {
            assertEquals(45 * TOKENS_A_SECOND, words(worker, clip("mixed-45s")), 30);
            assertTrue(words(worker, silence) < 10);
        }
    }

    @Test
    void itUsesTheMemoryOfTheRealModel() throws EngineFailure {
        WorkerReply real = reply(Fixtures.BASE);
        WorkerReply weightless = reply(WeightlessModel.create(home, "base-q5_1"));
        double ratio = (double) weightless.peakRssBytes() / real.peakRssBytes();
        assertTrue(ratio > 0.95 && ratio < 1.05, "peak memory is " + ratio + " of the real model's");
    }

    private WorkerClient worker(String name) throws EngineFailure {
        return worker(WeightlessModel.create(home, name));
    }

    private WorkerClient worker(Path model) throws EngineFailure {
        return WorkerClient.start(CpuLimits.choose("none", null).limit(), 1, EngineSpec.parse("whisper-jni"),
                ModelFile.checkAllowingWeightless(model), List.of(folder), Map.of(), TIMEOUT);
    }

    private WorkerReply reply(Path model) throws EngineFailure {
        try (WorkerClient worker = worker(model)) {
            return reply(worker, clip("jfk"));
        }
    }

    private static WorkerReply reply(WorkerClient worker, Path clip) {
        WorkerReply reply = worker.transcribe(clip, new Decoding(1, "en"), TIMEOUT).reply();
        assertNull(reply.error());
        return reply;
    }

    private static int words(WorkerClient worker, Path clip) {
        String text = reply(worker, clip).text();
        List<String> words = text.isEmpty() ? List.of() : List.of(text.split(" "));
        assertTrue(words.stream().allMatch(WeightlessModel.WORD.strip()::equals), text);
        return words.size();
    }

    private static Path clip(String name) {
        Clips clips = Clips.open(Home.find());
        return clips.prepare(clips.find(name)).wav();
    }
}
