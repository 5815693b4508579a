package lib.engine;

import java.util.regex.Pattern;
import lib.cli.UserError;

/**
 * The settings of one transcription that may vary; every other one is frozen so that two runs do the same work: greedy,
 * temperature 0 without fallback, no context carried from one window to the next, timestamps on.
 *
 * @param threads compute threads, at least 1; there is no "engine's default", which would be min(4, host CPUs) whatever
 * the limit is
 * @param language ISO 639 code such as {@code en}; never detected, because detection is one more encoder pass
 */
public record Decoding(int threads, String language) {
    private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2,3}");

    public Decoding {
        if (threads < 1) {
            throw new UserError("Thread count must be at least 1, not " + threads + "");
        }
        if (language == null || !LANGUAGE.matcher(language).matches()) {
            throw new UserError("Language must be a code of two or three letters such as \"en\", not \"" + language
                    + "\"");
        }
    }
}
