package lib.engine;

import java.util.Set;
import lib.cli.UserError;

/**
 * The settings of one transcription that may vary; every other one is frozen so that two runs do the same work: greedy,
 * temperature 0 without fallback, timestamps on, no text of an earlier request as context. Within a clip whisper.cpp
 * prompts each window with the text before it, as Whisper does.
 *
 * @param threads compute threads, at least 1; there is no "engine's default", which would be min(4, host CPUs) whatever
 * the limit is
 * @param language ISO 639 code such as {@code en}; never detected, because detection is one more encoder pass
 */
public record Decoding(int threads, String language) {
    /** Whisper's own list; with another code it would go on in silence with whatever comes out. */
    private static final Set<String> LANGUAGES = Set.of(
            ("en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms "
                    + "cs ro da hu ta no th ur hr bg lt la mi ml cy sk te fa lv bn sr az sl kn "
                    + "et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be "
                    + "tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha "
                    + "ba jw su yue").split(" "));

    public Decoding {
        if (threads < 1) {
            throw new UserError("Thread count must be at least 1, not " + threads);
        }
        if (language == null || !LANGUAGES.contains(language)) {
            throw new UserError("Language must be a code that Whisper knows, such as \"en\", not \"" + language
                    + "\"");
        }
    }
}
