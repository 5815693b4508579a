package lib.audio;

import java.nio.file.Path;
import java.util.List;

/**
 * A folder of the user's own clips, decoded.
 *
 * @param clips those that can be used, by file name
 * @param refused audio files that can't be used; they don't end the rest
 * @param leftOut files that by their names are neither audio nor the transcript of one
 */
public record ClipFolder(List<PreparedClip> clips, List<Refused> refused, List<Path> leftOut) {
    /** @param why one sentence: what is wrong and what to do */
    public record Refused(Path file, String why) {
    }

    /** Told before each file is decoded. */
    @FunctionalInterface
    public interface Decoding {
        /** @param number of this file, from 1 */
        void file(Path file, int number, int total);
    }
}
