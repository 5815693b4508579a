package lib.engine;

/**
 * One line to a worker.
 *
 * @param id returned in the answer
 * @param clip absolute path of a 16 kHz mono 16-bit WAV file
 */
public record WorkerRequest(long id, String clip, int threads, String language) {
}
