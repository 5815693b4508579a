package lib.engine;

import io.github.givimad.whisperjni.WhisperContext;
import io.github.givimad.whisperjni.WhisperContextParams;
import io.github.givimad.whisperjni.WhisperFullParams;
import io.github.givimad.whisperjni.WhisperJNI;
import io.github.givimad.whisperjni.WhisperSamplingStrategy;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lib.results.EngineIdentity;
import lib.results.RunStatus;

/** whisper.cpp through whisper-jni, which unpacks its library into {@code java.io.tmpdir}: it must allow execution. */
public final class WhisperJniTranscriber implements Transcriber {
    /**
     * whisper.cpp 1.7.1 returns success and no text for audio of one second or less (it stops when a second or less is
     * left), so shorter clips are followed by silence up to 1.1 s.
     */
    static final int LEAST_SAMPLES = 17_600;
    private static final int TIMESTAMPS_A_SEGMENT = 2;
    private static final double SECONDS_PER_TICK = 0.01;
    private static final Pattern EXTRACTION = Pattern.compile("Extracting /?(\\S+) into (.+)");

    private final WhisperJNI whisper = new WhisperJNI();
    private final WhisperContext context;
    private final EngineIdentity identity;
    private final Vocabulary vocabulary;

    /**
     * Loads the native library and the model.
     *
     * @param model a file that {@link ModelFile#check} accepted: whisper.cpp aborts the process on some corrupt headers
     * @throws EngineFailure when the native library cannot be loaded or refuses the model
     */
    public WhisperJniTranscriber(Path model) throws EngineFailure {
        List<String> loaderLog = new ArrayList<>();
        try {
            WhisperJNI.loadLibrary(loaderLog::add);
            removeExtracted(loaderLog);
            WhisperContextParams params = new WhisperContextParams();
            // This lab measures CPUs: a build that could use a GPU must not.
            params.useGPU = false;
            context = whisper.init(model, params);
            vocabulary = context == null ? null : Vocabulary.read(model);
        } catch (IOException | UnsatisfiedLinkError e) {
            throw new EngineFailure(RunStatus.FAILED, "whisper-jni could not load its native library: "
                    + e.getMessage());
        }
        if (context == null) {
            throw new EngineFailure(RunStatus.FAILED, "whisper-jni could not load the model " + model);
        }
        identity = new EngineIdentity("whisper-jni", version(), whisper.getSystemInfo().strip(), library(loaderLog));
    }

    @Override
    public EngineIdentity identity() {
        return identity;
    }

    @Override
    public Transcript transcribe(float[] samples, Decoding decoding) throws EngineFailure {
        float[] audio = samples.length < LEAST_SAMPLES ? Arrays.copyOf(samples, LEAST_SAMPLES) : samples;
        int code = whisper.full(context, params(decoding), audio, audio.length);
        if (code != 0) {
            throw new EngineFailure(RunStatus.FAILED, "whisper.cpp ended the transcription with code " + code);
        }
        List<Transcript.Segment> segments = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        int tokens = 0;
        for (int i = 0; i < whisper.fullNSegments(context); i++) {
            String words = whisper.fullGetSegmentText(context, i);
            text.append(words);
            tokens += vocabulary.count(words) + TIMESTAMPS_A_SEGMENT;
            segments.add(new Transcript.Segment(whisper.fullGetSegmentTimestamp0(context, i) * SECONDS_PER_TICK,
                    whisper.fullGetSegmentTimestamp1(context, i) * SECONDS_PER_TICK, words.strip()));
        }
        return new Transcript(text.toString().strip(), segments, tokens);
    }

    /**
     * Everything that decides what is computed, set explicitly: the engine's defaults are for people, not for clocks.
     */
    public static WhisperFullParams params(Decoding decoding) {
        WhisperFullParams params = new WhisperFullParams(WhisperSamplingStrategy.GREEDY);
        params.nThreads = decoding.threads();
        params.language = decoding.language();
        params.detectLanguage = false;
        params.temperature = 0;
        // The default of 0.4 decodes a doubtful window up to three times: the work would depend on the audio's noise.
        params.temperatureInc = 0;
        params.greedyBestOf = 1;
        // Of earlier requests; within a clip each window still hears the text before it.
        params.noContext = true;
        // Without timestamps whole 30 s windows are lost on clips longer than one window.
        params.noTimestamps = false;
        // stdout belongs to the worker's protocol.
        params.printProgress = false;
        params.printRealtime = false;
        params.printTimestamps = false;
        params.printSpecial = false;
        return params;
    }

    /** Of the three libraries, the one that whisper-jni builds for several kinds of CPU. */
    private static String library(List<String> loaderLog) {
        return extractions(loaderLog).map(found -> found.group(1)).filter(name -> name.contains("ggml")).findFirst()
                .orElse(null);
    }

    /** Once loaded, the unpacked files are not needed any more, and whisper-jni would leave them behind. */
    private static void removeExtracted(List<String> loaderLog) {
        extractions(loaderLog).map(found -> new File(found.group(2))).forEach(file -> {
            file.delete();
            file.getParentFile().delete(); // succeeds with the last file
        });
    }

    private static Stream<Matcher> extractions(List<String> loaderLog) {
        return loaderLog.stream().map(EXTRACTION::matcher).filter(Matcher::matches);
    }

    /** Read from the jar's own Maven record, so that the version stands in the room's door only. */
    private static String version() throws EngineFailure {
        String record = "/META-INF/maven/io.github.givimad/whisper-jni/pom.properties";
        try (InputStream in = WhisperJNI.class.getResourceAsStream(record)) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new EngineFailure(RunStatus.FAILED, "whisper-jni's jar cannot be read: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
