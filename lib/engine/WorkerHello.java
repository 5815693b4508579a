package lib.engine;

import lib.host.LimitInForce;

/**
 * A worker's first line.
 *
 * @param ready false when the engine did not load; then {@code error} is a sentence and the other fields may be null
 * @param engine name of the engine, {@code whisper-jni}
 * @param systemInfo instruction sets that the engine uses, in its own words
 * @param library binary that was chosen for this CPU, null when the engine has none
 * @param loadSeconds loading the engine and its model
 * @param limit CPU and memory limits as read from inside, before the first transcription
 */
public record WorkerHello(boolean ready, Long pid, String engine, String version, String systemInfo, String library,
        Double loadSeconds, LimitInForce limit, String error) {
}
