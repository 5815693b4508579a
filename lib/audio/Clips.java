package lib.audio;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lib.cli.Download;
import lib.cli.Home;
import lib.cli.UserError;
import lib.results.Json;

/** The bundled clips, which {@code audio/manifest.json} describes, and the user's own files. */
public final class Clips {
    public static final String DEFAULT = "jfk";
    private static final String MANIFEST = "audio/manifest.json";
    private static final String SPEECH = "audio/speech/";
    /** In the name of a decoded file: raised when decoding changes, so that an old cache is not taken for the new. */
    private static final int DECODING_VERSION = 1;
    private static final int DIGEST_DIGITS = 16;
    /** Of a clip's name in that of its decoded file; the digest tells clips apart, file systems stop at 255 bytes. */
    private static final int NAME_CHARACTERS = 60;
    /** What FFmpeg can read and people have; in a folder the rest is not taken for audio. */
    private static final Set<String> AUDIO_EXTENSIONS = Set.of("aac", "aif", "aiff", "au", "caf", "flac", "gsm", "m4a",
            "mka", "mp3", "mp4", "oga", "ogg", "opus", "wav", "webm", "wma", "wv");
    /** Editors on Windows put it first in a UTF-8 file. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final long RIFF_HEADER_BYTES = 12;
    private static final long CHUNK_HEADER_BYTES = 8;

    private record Manifest(double gapSeconds, List<Recipe> clips, List<Utterance> utterances) {
    }

    private record Recipe(String name, double seconds, String sha256, String language, List<String> utterances) {
    }

    private record Utterance(String file, String sha256, String transcript) {
    }

    private final Home home;
    private final int gapSamples;
    private final List<Recipe> recipes;
    private final Map<String, Utterance> utterances;

    private Clips(Home home, Manifest manifest) {
        this.home = home;
        this.gapSamples = (int) Math.round(manifest.gapSeconds * Wav16k.SAMPLES_PER_SECOND);
        this.recipes = manifest.clips;
        this.utterances = manifest.utterances.stream().collect(Collectors.toMap(Utterance::file, Function.identity()));
    }

    public static Clips open(Home home) {
        try {
            return new Clips(home, Json.MAPPER.readValue(home.text(MANIFEST), Manifest.class));
        } catch (JsonProcessingException e) {
            throw new UserError(MANIFEST + " is damaged (" + e.getOriginalMessage()
                    + "); restore it from the repository",
                    e);
        }
    }

    /** The bundled ones, shortest first. */
    public List<AudioClip> all() {
        return recipes.stream().map(this::clip).toList();
    }

    /**
     * @param nameOrPath a bundled clip, else a path to an audio file; a text file beside it with the extension
     * {@code .txt} is its reference transcript
     * @throws UserError when it is neither, or can't be what it says
     */
    public AudioClip find(String nameOrPath) {
        for (Recipe recipe : recipes) {
            if (recipe.name.equals(nameOrPath)) {
                return clip(recipe);
            }
        }
        Path file = Path.of(nameOrPath);
        if (!Files.exists(file)) {
            throw new UserError("There is no clip '" + nameOrPath + "', neither a known name nor a file; give one of "
                    + String.join(", ", recipes.stream().map(Recipe::name).toList())
                    + ", or the path of an audio file");
        }
        try {
            return ofUser(file);
        } catch (UnusableClip e) {
            throw new UserError(e.getMessage(), e);
        }
    }

    /**
     * All audio files of a folder, decoded, each with the transcript beside it as in {@link #find}. Hidden files and
     * folders inside are not looked at.
     *
     * @throws UserError when there is no such folder or no audio in it, or when nothing could be decoded for a reason
     * that is not the file's, such as a full disk
     */
    public ClipFolder folder(Path folder, ClipFolder.Decoding decoding) {
        List<Path> files = filesOf(folder);
        List<Path> audio = files.stream().filter(Clips::isAudioByName).toList();
        if (audio.isEmpty()) {
            throw new UserError("The folder " + folder + " has no audio files in it; give one with WAV, FLAC, MP3, Ogg,"
                    + " Opus, M4A or AAC files, not in folders inside it");
        }
        List<PreparedClip> clips = new ArrayList<>();
        List<ClipFolder.Refused> refused = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Path file : audio) {
            decoding.file(file, clips.size() + refused.size() + 1, audio.size());
            try {
                AudioClip clip = ofUser(file);
                if (!names.add(clip.name())) {
                    throw new UnusableClip("There is another " + clip.name() + " in " + folder + ", different only in"
                            + " characters that can't be shown; rename one");
                }
                clips.add(decode(clip));
            } catch (UnusableClip e) {
                refused.add(new ClipFolder.Refused(file, e.getMessage()));
            }
        }
        Set<Path> transcripts = audio.stream().map(Clips::transcript).collect(Collectors.toSet());
        return new ClipFolder(List.copyOf(clips), List.copyOf(refused),
                files.stream().filter(file -> !isAudioByName(file) && !transcripts.contains(file)).toList());
    }

    private static List<Path> filesOf(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new UserError((Files.exists(folder) ? folder + " is a file, not a folder"
                    : "There is no folder "
                            + folder) + "; give the path of a folder with audio files");
        }
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.filter(file -> !file.getFileName().toString().startsWith(".") && !Files.isDirectory(file))
                    .sorted().toList();
        } catch (IOException e) {
            throw new UserError("Can't read the folder " + folder + " (" + e + "); check its permissions", e);
        }
    }

    private static boolean isAudioByName(Path file) {
        String name = file.getFileName().toString();
        return AUDIO_EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    private static AudioClip ofUser(Path file) {
        checkFile(file);
        return new AudioClip(file.getFileName().toString().replaceAll("\\p{Cntrl}", "?"), file.toAbsolutePath()
                .normalize(), null,
                Download.sha256(file), null, reference(file));
    }

    /**
     * The clip as 16 kHz mono 16-bit WAV in the cache; decoded or built if it is not there yet.
     *
     * @throws UserError when it can't be decoded, is empty, or the built clip is not the one that the manifest pins
     */
    public PreparedClip prepare(AudioClip clip) {
        try {
            return decode(clip);
        } catch (UnusableClip e) {
            throw new UserError(e.getMessage(), e);
        }
    }

    private PreparedClip decode(AudioClip clip) {
        String name = clip.name().replaceAll("[^A-Za-z0-9._-]", "_");
        Path wav = home.cache().resolve("audio")
                .resolve(name.substring(0, Math.min(name.length(), NAME_CHARACTERS)) + "-"
                        + clip.sha256().substring(0, DIGEST_DIGITS) + "-" + DECODING_VERSION + ".wav");
        try {
            PreparedClip cached = cached(clip, wav);
            if (cached != null) {
                return cached;
            }
            Files.createDirectories(wav.getParent());
            Path part = Files.createTempFile(wav.getParent(), "clip-", ".part");
            try {
                DecodeProcess.run(clip.original() == null ? "clip " + clip.name() : clip.original().toString(),
                        sources(clip), gapSamples, part);
                PreparedClip built = prepared(clip, part);
                if (built.seconds() == 0) {
                    throw new UnusableClip(clip.original() + " has 0 seconds of audio; give a file with speech in it");
                }
                if (clip.original() == null && !built.sha256().equals(clip.sha256())) {
                    throw new UserError("Clip " + clip.name() + " was built with SHA-256 " + built.sha256()
                            + " instead of " + clip.sha256() + ", so figures could not be compared; restore "
                            + SPEECH + " from the repository");
                }
                Files.move(part, wav, StandardCopyOption.ATOMIC_MOVE);
                return new PreparedClip(built.clip(), wav, built.seconds(), built.sha256());
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new UserError("Can't write " + wav + " (" + e.getMessage()
                    + "); make room or set PERF_CACHE to another folder", e);
        }
    }

    /** Null when it is not there or damaged: it is made again then. */
    private static PreparedClip cached(AudioClip clip, Path wav) throws IOException {
        if (!Files.exists(wav)) {
            return null;
        }
        try {
            PreparedClip prepared = prepared(clip, wav);
            return clip.original() != null || prepared.sha256().equals(clip.sha256()) ? prepared : null;
        } catch (UserError damaged) {
            return null;
        }
    }

    private static PreparedClip prepared(AudioClip clip, Path wav) throws IOException {
        double seconds = Wav16k.seconds(wav);
        AudioClip measured = new AudioClip(clip.name(), clip.original(), seconds, clip.sha256(), clip.language(),
                clip.reference());
        return new PreparedClip(measured, wav, seconds, Download.sha256(wav));
    }

    private List<Path> sources(AudioClip clip) {
        if (clip.original() != null) {
            return List.of(clip.original());
        }
        return recipe(clip.name()).utterances.stream()
                .map(file -> home.file(SPEECH + file, utterances.get(file).sha256)).toList();
    }

    private AudioClip clip(Recipe recipe) {
        String reference = recipe.utterances.stream().map(file -> utterances.get(file).transcript)
                .collect(Collectors.joining(" "));
        return new AudioClip(recipe.name, null, recipe.seconds, recipe.sha256, recipe.language, reference);
    }

    private Recipe recipe(String name) {
        return recipes.stream().filter(recipe -> recipe.name.equals(name)).findFirst().orElseThrow();
    }

    private static Path transcript(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return file.resolveSibling((dot < 0 ? name : name.substring(0, dot)) + ".txt");
    }

    private static String reference(Path file) {
        Path text = transcript(file);
        if (!Files.isRegularFile(text) || text.equals(file)) {
            return null;
        }
        try {
            String reference = Files.readString(text);
            if (reference.indexOf('\0') >= 0) {
                throw new CharacterCodingException(); // UTF-16 is valid UTF-8 where all letters are English
            }
            reference = (reference.startsWith(BYTE_ORDER_MARK) ? reference.substring(1) : reference).strip();
            if (reference.isEmpty()) {
                throw new UnusableClip("The reference transcript " + text
                        + " is empty; write what is said into it, or remove it to measure without one");
            }
            return reference;
        } catch (CharacterCodingException e) {
            throw new UnusableClip("The reference transcript " + text + " is not UTF-8 (perhaps UTF-16"
                    + " or Latin-1); save it as UTF-8", e);
        } catch (IOException e) {
            throw new UnusableClip("Can't read the reference transcript " + text + " (" + e.getMessage()
                    + "); check its permissions, or move it away to measure without one", e);
        }
    }

    private static void checkFile(Path file) {
        if (Files.isDirectory(file)) {
            throw new UnusableClip(file + " is a folder; give the path of one audio file");
        }
        try {
            if (Files.size(file) == 0) {
                throw new UnusableClip(file + " is empty (0 bytes); give an audio file");
            }
            checkWavIsWhole(file);
        } catch (IOException e) {
            throw new UnusableClip("Can't read " + file + " (" + e.getMessage() + "); check its permissions", e);
        }
    }

    /** FFmpeg takes a WAV that is cut short for a shorter one without a word; the figures would be for other audio. */
    private static void checkWavIsWhole(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            if (in.length() < RIFF_HEADER_BYTES || !tag(in).equals("RIFF")) {
                return; // no WAV: FFmpeg knows what it is
            }
            for (long at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= in.length();) {
                in.seek(at);
                String tag = tag(in);
                long announced = Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
                long present = in.length() - at - CHUNK_HEADER_BYTES;
                if (tag.equals("data")) {
                    if (announced > present) {
                        throw new UnusableClip(file + " is cut short: its header announces " + announced
                                + " bytes of audio and " + present + " are there; give the whole file, or mend the"
                                + " header with: ffmpeg -i FILE MENDED.wav");
                    }
                    return;
                }
                at += CHUNK_HEADER_BYTES + announced + announced % 2; // chunks start at even offsets
            }
            throw new UnusableClip(file + " is cut short: its WAV header ends before the audio; give the whole file");
        }
    }

    private static String tag(RandomAccessFile in) throws IOException {
        byte[] tag = new byte[4];
        in.readFully(tag);
        return new String(tag, StandardCharsets.ISO_8859_1);
    }
}
