package lib.results;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a run ended. Only {@link #OK} runs have times that count. */
public enum RunStatus {
    /** The engine answered and the answer was whole. */
    @JsonProperty("ok")
    OK,
    /** The engine answered with an error, or with something that is not an answer. */
    @JsonProperty("failed")
    FAILED,
    /** The worker process died: native crash, out of memory, killed from outside. */
    @JsonProperty("crashed")
    CRASHED,
    /** No answer within the time allowed; the worker was ended. */
    @JsonProperty("timeout")
    TIMEOUT
}
