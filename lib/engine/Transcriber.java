package lib.engine;

import lib.results.EngineIdentity;

/**
 * One loaded model that turns samples into text. Not for use by two threads at once.
 *
 * <p>Implementations may run native code that can abort the process, so a transcriber lives in a {@link Worker} and
 * never in the process that holds the results.
 */
public interface Transcriber extends AutoCloseable {

    EngineIdentity identity();

    /**
     * Blocks until the whole clip is transcribed.
     *
     * @param samples 16 kHz mono, -1 to 1
     * @throws EngineFailure when the engine says that it failed
     */
    Transcript transcribe(float[] samples, Decoding decoding) throws EngineFailure;

    @Override
    void close();
}
