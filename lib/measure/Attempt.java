package lib.measure;

import java.time.Instant;
import lib.engine.WorkerAnswer;

/**
 * One transcription that was asked for, and what became of it.
 *
 * @param cold true when its worker was started for it
 * @param startSeconds from starting the process to an engine that is ready, null unless cold
 * @param loadSeconds the part of it that loads the engine and the model, null unless cold
 */
record Attempt(Instant startedAt, WorkerAnswer answer, boolean cold, Double startSeconds, Double loadSeconds) {
}
