package lib.audio;

import java.nio.file.Path;

/**
 * Something to transcribe, not yet decoded.
 *
 * @param name of a bundled clip, else the file's name
 * @param original the user's file, or null for a bundled clip, which is built on first use
 * @param seconds its length, or null for a user's file that was not decoded yet; of a bundled clip to the millisecond
 * @param sha256 of the user's file as it is; of the built WAV for a bundled clip
 * @param language ISO 639-1 code, or null when not known
 * @param reference what is said in it, or null when not known
 */
public record AudioClip(String name, Path original, Double seconds, String sha256, String language, String reference) {
    /**
     * Its size as 16 kHz mono 16-bit WAV, whatever form the file has, so that sizes mean the same for all; as exact as
     * {@link #seconds}. Null when that is.
     */
    public Long wavBytes() {
        return seconds == null ? null : Wav16k.bytes(seconds);
    }
}
