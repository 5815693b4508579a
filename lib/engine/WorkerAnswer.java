package lib.engine;

import lib.results.RunStatus;

/**
 * What came of one request to a worker.
 *
 * @param reply null unless {@code status} is {@link RunStatus#OK}
 * @param error one sentence, null when ok
 * @param exit how the worker process ended, null while it lives
 */
public record WorkerAnswer(RunStatus status, WorkerReply reply, String error, String exit) {
}
