package tests.audio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import lib.audio.ClipFolder;
import lib.audio.Clips;
import lib.cli.Home;
import lib.cli.UserError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipFolderTest {
    private static final Path SPEECH = Path.of("audio", "speech");
    private static final Path ENCODED = Path.of("tests", "data", "audio");

    @TempDir
    Path temporary;
    private Path folder;

    @BeforeEach
    void createFolder() throws IOException {
        folder = Files.createDirectory(temporary.resolve("mine"));
    }

    @Test
    void brokenClipsAreListedAndTheRestCanBeUsed() throws IOException {
        for (int i = 10; i < 27; i++) {
            clip("clip-" + i + ".wav");
            Files.writeString(folder.resolve("clip-" + i + ".txt"), "this is clip " + i);
        }
        Files.writeString(folder.resolve("clip-15-text.wav"), "This is text, whatever its name says.");
        Files.createFile(folder.resolve("clip-27-empty.mp3"));
        byte[] flac = Files.readAllBytes(SPEECH.resolve("jfk.flac"));
        Files.write(folder.resolve("clip-28-cut.flac"), Arrays.copyOf(flac, flac.length / 2));

        List<String> told = new ArrayList<>();
        ClipFolder found = clips().folder(folder,
                (file, number, total) -> told.add(file.getFileName() + " " + number + "/" + total));

        assertEquals(17, found.clips().size());
        assertEquals("clip-10.wav", found.clips().get(0).clip().name());
        assertEquals("clip-26.wav", found.clips().get(16).clip().name());
        assertEquals("this is clip 26", found.clips().get(16).clip().reference());
        assertEquals(0.1, found.clips().get(16).seconds());
        assertEquals(List.of("clip-15-text.wav", "clip-27-empty.mp3", "clip-28-cut.flac"), refusedNames(found));
        assertTrue(why(found, 0).contains("is not audio that can be read"), why(found, 0));
        assertTrue(why(found, 1).contains("is empty (0 bytes)"), why(found, 1));
        assertTrue(why(found, 2).contains("of 11.0 seconds could be decoded"), why(found, 2));
        assertEquals(List.of(), found.leftOut());
        assertEquals(20, told.size());
        assertEquals("clip-10.wav 1/20", told.get(0));
        assertEquals("clip-28-cut.flac 20/20", told.get(19));
    }

    @Test
    void aFileThatCrashesTheDecoderCostsOnlyItself() throws IOException {
        byte[] aac = Files.readAllBytes(ENCODED.resolve("lj001-0002.aac"));
        for (int i = 104; i < aac.length; i += 291) {
            aac[i] ^= (byte) 0xFF;
        }
        Files.write(folder.resolve("a.aac"), aac);
        clip("b.wav");
        ClipFolder found = read();
        assertTrue(why(found, 0).startsWith("The decoder crashed on " + folder.resolve("a.aac")), why(found, 0));
        assertEquals("b.wav", found.clips().get(0).clip().name());
    }

    @Test
    void aTranscriptThatIsNotUtf8RefusesItsClip() throws IOException {
        transcript("a", "El Capitán", StandardCharsets.ISO_8859_1);
        transcript("b", "Nhiều cores yếu hay ít cores mạnh?", StandardCharsets.UTF_16);
        transcript("c", "only English letters", StandardCharsets.UTF_16LE);
        transcript("d", "Nhiều cores yếu hay ít cores mạnh?", StandardCharsets.UTF_8);
        ClipFolder found = read();
        assertEquals(List.of("a.wav", "b.wav", "c.wav"), refusedNames(found));
        for (ClipFolder.Refused refused : found.refused()) {
            assertTrue(refused.why().matches("The reference transcript .*[abc]\\.txt is not UTF-8 .*"), refused.why());
        }
        assertEquals("Nhiều cores yếu hay ít cores mạnh?", found.clips().get(0).clip().reference());
    }

    @Test
    void filesOfOneStemKeepTheirNamesApartAndShareTheTranscript() throws IOException {
        Files.copy(ENCODED.resolve("lj001-0002.mp3"), folder.resolve("talk.mp3"));
        clip("talk.WAV");
        clip("other.wav");
        Files.writeString(folder.resolve("talk.txt"), "in being comparatively modern");
        ClipFolder found = read();
        assertEquals(List.of("other.wav", "talk.WAV", "talk.mp3"),
                found.clips().stream().map(clip -> clip.clip().name()).toList());
        assertNull(found.clips().get(0).clip().reference());
        assertEquals("in being comparatively modern", found.clips().get(1).clip().reference());
        assertEquals("in being comparatively modern", found.clips().get(2).clip().reference());
    }

    @Test
    void namesThatWouldLookTheSameAreNotMixedUp() throws IOException {
        clip("a\n.wav");
        clip("a\t.wav");
        ClipFolder found = read();
        assertEquals("a?.wav", found.clips().get(0).clip().name());
        assertTrue(why(found, 0).startsWith("There is another a?.wav"), why(found, 0));
    }

    @Test
    void whatIsNoAudioByItsNameIsLeftOutAndNamed() throws IOException {
        clip("talk.wav");
        Files.writeString(folder.resolve("talk.txt"), "words");
        Files.writeString(folder.resolve("tlak.txt"), "a slip of the pen");
        Files.writeString(folder.resolve("cover.jpg"), "no picture");
        Files.writeString(folder.resolve(".hidden.wav"), "no audio");
        Files.createDirectory(folder.resolve("more.wav"));
        ClipFolder found = read();
        assertEquals(1, found.clips().size());
        assertEquals(List.of(), found.refused());
        assertEquals(List.of(folder.resolve("cover.jpg"), folder.resolve("tlak.txt")), found.leftOut());
    }

    @Test
    void aFolderWithoutAudioIsAMistake() throws IOException {
        assertTrue(mistake(folder).contains("has no audio files in it"));
        Files.writeString(folder.resolve("talk.txt"), "words");
        assertTrue(mistake(folder).contains("has no audio files in it"));
        assertTrue(mistake(folder.resolve("talk.txt")).contains("is a file, not a folder"));
        assertTrue(mistake(folder.resolve("none")).startsWith("There is no folder "));
    }

    @Test
    void aCacheThatCantBeWrittenIsNotBlamedOnTheClips() throws IOException {
        clip("a.wav");
        Clips clips = clips();
        Files.createDirectories(temporary.resolve("cache"));
        Files.writeString(temporary.resolve("cache/audio"), "a file where the folder should be");
        String message = assertThrows(UserError.class, () -> clips.folder(folder, (file, number, total) -> {}))
                .getMessage();
        assertTrue(message.startsWith("Can't write ") && message.contains("PERF_CACHE"), message);
    }

    private void clip(String name) throws IOException {
        new Wav(16_000, 16, false, 0.1).write(folder.resolve(name), Wav.tone(440, 0.5));
    }

    private void transcript(String stem, String text, Charset charset) throws IOException {
        clip(stem + ".wav");
        Files.writeString(folder.resolve(stem + ".txt"), text, charset);
    }

    private Clips clips() {
        return Clips.open(Home.find(Path.of(""), Map.of("PERF_CACHE", temporary.resolve("cache").toString()), temporary,
                "Linux"));
    }

    private ClipFolder read() {
        return clips().folder(folder, (file, number, total) -> {});
    }

    private String mistake(Path path) {
        return assertThrows(UserError.class, () -> clips().folder(path, (file, number, total) -> {})).getMessage();
    }

    private static List<String> refusedNames(ClipFolder found) {
        return found.refused().stream().map(refused -> refused.file().getFileName().toString()).toList();
    }

    private static String why(ClipFolder found, int index) {
        return found.refused().get(index).why();
    }
}
