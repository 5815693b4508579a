package lib.audio;

import java.nio.file.Path;

/**
 * Something to transcribe, not yet decoded.
 *
 * @param name one of the nine, else the file's name
 * @param original the user's file, or null for one of the nine, which are built on first use
 * @param seconds its length, or null for a user's file that was not decoded yet
 * @param sha256 of the user's file as it is; of the built WAV for one of the nine
 * @param language ISO 639-1 code, or null when not known
 * @param reference what is said in it, or null when not known
 */
public record AudioClip(String name, Path original, Double seconds, String sha256, String language, String reference) {
}
