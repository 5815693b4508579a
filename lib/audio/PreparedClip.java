package lib.audio;

import java.nio.file.Path;

/**
 * A clip ready for an engine.
 *
 * @param wav 16 kHz, mono, 16-bit, as {@link Wav16k} reads it
 * @param sha256 of that WAV
 */
public record PreparedClip(AudioClip clip, Path wav, double seconds, String sha256) {
}
