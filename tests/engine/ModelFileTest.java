package tests.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import lib.cli.UserError;
import lib.engine.Decoding;
import lib.engine.EngineFailure;
import lib.engine.ModelFile;
import lib.engine.WorkerAnswer;
import lib.engine.WorkerClient;
import lib.results.RunStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFileTest {
    /** Where the tensors of tiny.en begin: after header, filters and vocabulary. */
    private static final int TINY_ENGLISH_TENSORS = 586_836;
    private static final int TINY_ENGLISH_BYTES = 32_166_756;
    private static final int HEADER_BYTES = 48;
    private static final long FUZZ_SEED = Long.getLong("fuzz.seed", 1);
    private static final int FLIPS = Integer.getInteger("fuzz.flips", 60);

    @TempDir
    Path folder;

    @Test
    void theDefaultModelIsReadToItsLastByte() {
        ModelFile model = ModelFile.check(Fixtures.BASE);
        assertEquals("base-q5_1", model.name());
        assertEquals(59_710_611, model.bytes());
        assertEquals("94efc08099edefd7013ccb6b201f5b8e54f20991832ad29a607cc77ac9ada5b0", model.sha256());
        assertEquals("base q5_1 6+6 80", model.type() + " " + model.quantisation() + " " + model.audioLayers() + "+"
                + model.textLayers() + " " + model.mels());
        assertTrue(model.multilingual());
        assertFalse(model.weightless());
    }

    @Test
    void theEnglishModelIsKnownToBeEnglish() {
        ModelFile model = ModelFile.check(Fixtures.TINY_ENGLISH);
        assertEquals("tiny q5_1", model.type() + " " + model.quantisation());
        assertFalse(model.multilingual());
        assertEquals("02559f888b313d0e06dc6daa8730d5643eff17d7ddeb63efdbecfe23524c07e2", model.sha256());
    }

    @Test
    void aFileThatIsNoModelIsNamedForWhatItIs() throws IOException {
        Map<String, String> lookalikes = Map.of(
                "GGUF\3\0\0\0", "GGUF, which whisper.cpp does not read",
                "version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer",
                "PK\3\4.........", "zip archive",
                "\n<!DOCTYPE html>", "web page",
                "\20\0\0\0\0\0\0\0{\"__metadata__\":", "safetensors",
                "RIFF....WAVEfmt ", "an audio file",
                "hello", "is not a ggml model:",
                "abc", "is not a ggml model:");
        for (Map.Entry<String, String> lookalike : lookalikes.entrySet()) {
            Path file = write("model.bin", lookalike.getKey().getBytes(StandardCharsets.ISO_8859_1));
            assertRefused(file, lookalike.getValue());
        }
    }

    @Test
    void aMissingFileAFolderAndAnEmptyFileAreRefused() throws IOException {
        assertRefused(folder.resolve("nothing.bin"), "does not exist");
        assertRefused(folder, "is not a file");
        assertRefused(write("empty.bin", new byte[0]), "is empty");
    }

    @Test
    void aCutModelIsRefusedWithTheMissingBytes() throws IOException {
        assertRefused(write("cut.bin", start(Fixtures.BASE, 1_234)), "ends after 1,234 of more than 59,");
        assertRefused(write("cut.bin", start(Fixtures.BASE, 600_000)), "ends after 600,000 of 59,710,611 bytes");
        assertRefused(write("cut.bin", start(Fixtures.BASE, 59_710_610)),
                "ends after 59,710,610 of 59,710,611 bytes");
    }

    @Test
    void aModelCutWhereItsTensorsBeginIsWeightlessAndRefusedUnlessAsked() throws IOException {
        Path file = write("weightless.bin", start(Fixtures.TINY_ENGLISH, TINY_ENGLISH_TENSORS));
        assertRefused(file, "holds no weights");
        ModelFile model = ModelFile.checkAllowingWeightless(file);
        assertTrue(model.weightless());
        assertEquals("tiny", model.type());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "1  | 51863 | vocabulary size is 51863 instead of 51864 to 51866",
            "2  | 3000  | audio context is 3000 instead of 1500",
            "3  | 512   | encoder width is 512 instead of 384",
            "4  | 8     | number of encoder heads is 8 instead of 6",
            "5  | 5     | number of encoder layers is 5 instead of 4, 6, 12, 24 or 32",
            "6  | 0     | text context is 0 instead of 448",
            "7  | -384  | decoder width is -384 instead of 384",
            "9  | 5     | number of decoder layers is 5 instead of 1 to 4",
            "10 | 81    | number of mel bands is 81 instead of 80 or 128",
            "11 | 2014  | weight type is 2014 instead of",
            "11 | 0     | has f32 weights, which whisper.cpp 1.7.1 loads but cannot run",
            "12 | 128   | number of mel bands of the filters is 128 instead of 80",
            "13 | 400   | width of the mel filters is 400 instead of 201"})
    void aWrongHeaderFieldIsNamedWithItsValue(int field, int value, String fragment) throws IOException {
        byte[] head = start(Fixtures.TINY_ENGLISH, TINY_ENGLISH_TENSORS);
        ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putInt(4 * field, value);
        assertRefused(write("corrupt.bin", head), fragment);
    }

    @Test
    void aTensorThatIsNotWhatTheHeaderPromisesIsNamed() throws IOException {
        byte[] model = Files.readAllBytes(Fixtures.TINY_ENGLISH);
        ByteBuffer values = ByteBuffer.wrap(model).order(ByteOrder.LITTLE_ENDIAN);
        String first = "decoder.positional_embedding";
        int name = indexOf(model, first.getBytes(StandardCharsets.US_ASCII));
        model[name] = 'x';
        assertRefused(write("name.bin", model), "tensor \"x" + first.substring(1) + "\" does not belong");
        model[name] = 'd';
        values.putInt(name - 4, 449);
        assertRefused(write("shape.bin", model), "shape of tensor " + first + " is [384, 449] instead of [384, 448]");
        values.putInt(name - 4, 448);
        values.putInt(name - 12, 1);
        assertRefused(write("type.bin", model), "type of tensor " + first + " is 1 instead of 0 (f32)");
        values.putInt(name - 12, 0);
        Path tail = write("tail.bin", model);
        Files.write(tail, new byte[5], StandardOpenOption.APPEND);
        assertRefused(tail, "5 bytes follow its last tensor");
    }

    @Test
    void noTruncationIsAccepted() throws IOException {
        Path file = folder.resolve("shrinking.bin");
        Files.copy(Fixtures.TINY_ENGLISH, file);
        Random random = new Random(1);
        try (RandomAccessFile model = new RandomAccessFile(file.toFile(), "rw")) {
            for (long length : random.longs(40, 1, TINY_ENGLISH_BYTES).map(l -> -l).sorted().map(l -> -l).toArray()) {
                model.setLength(length);
                assertRefused(file, "ends after");
            }
        }
    }

    /** Whatever the check lets pass, whisper.cpp must load and run: on some headers it aborts. */
    @Test
    void aFlippedByteIsEitherRefusedOrHarmless() throws IOException, EngineFailure {
        Path file = folder.resolve("flipped.bin");
        Files.copy(Fixtures.TINY_ENGLISH, file);
        Random random = new Random(FUZZ_SEED);
        int refused = 0;
        int harmless = 0;
        try (RandomAccessFile model = new RandomAccessFile(file.toFile(), "rw")) {
            for (int i = 0; i < FLIPS; i++) {
                // Mostly the header; some filters, vocabulary and tensors.
                int offset = i % 15 == 0 ? random.nextInt(TINY_ENGLISH_TENSORS + 100_000)
                        : random.nextInt(HEADER_BYTES);
                model.seek(offset);
                int original = model.read();
                model.seek(offset);
                model.write(original ^ 1 << random.nextInt(8));
                try {
                    runs(ModelFile.check(file));
                    harmless++;
                } catch (UserError expected) {
                    refused++;
                }
                model.seek(offset);
                model.write(original);
            }
        }
        assertTrue(refused > 0 && harmless > 0, refused + " refused, " + harmless + " harmless");
        ModelFile.check(file);
    }

    private static void runs(ModelFile model) throws EngineFailure {
        try (WorkerClient worker = Fixtures.worker("whisper-jni", model)) {
            WorkerAnswer answer = worker.transcribe(Fixtures.jfk(), new Decoding(2, "en"), Duration.ofSeconds(60));
            assertEquals(RunStatus.OK, answer.status(), answer.error());
        }
    }

    private static void assertRefused(Path file, String fragment) {
        String message = assertThrows(UserError.class, () -> ModelFile.check(file)).getMessage();
        assertTrue(message.contains(fragment) && message.contains(file.toString()), message);
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static byte[] start(Path file, int bytes) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(bytes);
        }
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(new String(wanted, StandardCharsets.ISO_8859_1));
    }
}
