package lib.engine;

import lib.results.RunStatus;

/** An engine that did not start or did not answer. The message is one sentence fit for {@code runs.csv}. */
public final class EngineFailure extends Exception {
    private static final long serialVersionUID = 1L;
    private final RunStatus status;

    public EngineFailure(RunStatus status, String message) {
        super(message);
        this.status = status;
    }

    /** Never {@link RunStatus#OK}. */
    public RunStatus status() {
        return status;
    }
}
