package lib.results;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;

/**
 * One row of {@code runs.csv}: one transcription, or one that was tried. Null means not measured and is written as an
 * empty cell, never 0.
 *
 * @param run number of the row in the experiment, from 1
 * @param iteration round in which it ran; 0 is the cold start
 * @param warmup kept, and never averaged
 * @param coresLimit CPU limit that was asked for, in cores
 * @param isolation kind of limit that carried it
 * @param threads threads that the engine was told to use
 * @param wallSeconds scope {@code engine}: the transcription call alone, timed in the worker
 * @param cpuSeconds CPU time of the worker process over the same interval
 * @param rtf wallSeconds / audioSeconds
 * @param busyCores cpuSeconds / wallSeconds
 * @param peakRssBytes highest resident set of the worker during this run
 * @param throttledSeconds time that the cgroup's threads were held back by the quota
 * @param periods quota periods that elapsed in this run
 * @param throttledPeriods how many of them were throttled
 * @param stealSeconds CPU time that the hypervisor gave to others, over all CPUs
 * @param wordErrorRate after the standard Whisper normalisation; null without a reference
 * @param coresInForce limit as read back from inside the worker at the end of the run
 * @param workingThreads threads of the engine that used CPU time in this run
 * @param otherBusyCores CPU used on this machine by everything but the worker, in cores
 * @param textDigest first 12 hex digits of the text's SHA-256; the text itself is in {@code transcripts/}
 * @param startSeconds cold start only: from starting the process to an engine that is ready, loading included
 * @param loadSeconds cold start only: the part of it that loads the engine and the model
 * @param waitPolicy OpenMP's waiting that was asked for, {@code active} or {@code passive}; null for the engine's own
 * @param characterErrorRate like wordErrorRate, over characters
 * @param tokens that the decoder put out, about: the text in the model's own vocabulary, and two timestamps a segment
 * @param heapBytes highest Java heap of the worker in this run, a part of peakRssBytes
 */
@JsonPropertyOrder({"run", "iteration", "warmup", "engine", "model", "clip", "audioSeconds", "coresLimit", "isolation",
        "threads", "instances", "concurrency", "startedAt", "wallSeconds", "cpuSeconds", "rtf", "busyCores",
        "peakRssBytes", "throttledSeconds", "periods", "throttledPeriods", "stealSeconds", "wordErrorRate", "status",
        "error", "coresInForce", "workingThreads", "otherBusyCores", "textDigest", "startSeconds", "loadSeconds",
        "waitPolicy", "characterErrorRate", "tokens", "heapBytes"})
public record Run(int run, int iteration, boolean warmup, String engine, String model, String clip,
        Double audioSeconds, Double coresLimit, String isolation, Integer threads, Integer instances,
        Integer concurrency, Instant startedAt, Double wallSeconds, Double cpuSeconds, Double rtf, Double busyCores,
        Long peakRssBytes, Double throttledSeconds, Long periods, Long throttledPeriods, Double stealSeconds,
        Double wordErrorRate, RunStatus status, String error, Double coresInForce, Integer workingThreads,
        Double otherBusyCores, String textDigest, Double startSeconds, Double loadSeconds,
        String waitPolicy, Double characterErrorRate, Integer tokens, Long heapBytes) {

    /** Derived columns are rounded to the nanosecond; what is further off was not written by the lab. */
    private static final double ROUNDING = 1e-6;
    /** A model that repeats itself may write many times the reference, a day long: still less than this. */
    private static final double MOST_ERRORS = 1e6;

    /** A row that contradicts itself was not measured; the message says how. */
    public Run {
        require(coresLimit != null && coresLimit > 0, "coresLimit must be above 0");
        require(threads != null && threads > 0, "threads must be above 0");
        require(instances != null && instances > 0, "instances must be above 0");
        require(startedAt != null, "startedAt is missing");
        require(status != null, "status is missing");
        require(wallSeconds == null || wallSeconds > 0, "wallSeconds must be above 0");
        require(status != RunStatus.OK || wallSeconds != null, "a run that ended ok has wallSeconds");
        require(agrees(rtf, wallSeconds, audioSeconds), "rtf is not wallSeconds / audioSeconds");
        require(agrees(busyCores, cpuSeconds, wallSeconds), "busyCores is not cpuSeconds / wallSeconds");
        requireFrom(0, cpuSeconds, "cpuSeconds");
        requireFrom(1, peakRssBytes, "peakRssBytes");
        requireFrom(0, heapBytes, "heapBytes");
        requireFrom(0, throttledSeconds, "throttledSeconds");
        requireFrom(0, periods, "periods");
        requireFrom(0, throttledPeriods, "throttledPeriods");
        requireFrom(0, stealSeconds, "stealSeconds");
        requireFrom(0, otherBusyCores, "otherBusyCores");
        requireFrom(0, workingThreads, "workingThreads");
        requireFrom(0, tokens, "tokens");
        requireFrom(0, startSeconds, "startSeconds");
        requireFrom(0, loadSeconds, "loadSeconds");
        requireErrorRate(wordErrorRate, "wordErrorRate");
        requireErrorRate(characterErrorRate, "characterErrorRate");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private static void requireFrom(double least, Number value, String column) {
        // a number that is none compares as false
        require(value == null || value.doubleValue() >= least && value.doubleValue() < Double.POSITIVE_INFINITY,
                column + " is " + value + ", and can't be below " + (int) least);
    }

    private static void requireErrorRate(Double rate, String column) {
        require(rate == null || rate >= 0 && rate <= MOST_ERRORS,
                column + " is " + rate + ", and can't be below 0 or above " + (int) MOST_ERRORS);
    }

    private static boolean agrees(Double ratio, Double above, Double below) {
        return ratio == null || above != null && below != null
                && Math.abs(ratio - above / below) <= ROUNDING * Math.max(1, Math.abs(ratio));
    }

    /** True for a run whose times may be summarised. */
    public boolean counts() {
        return status == RunStatus.OK && !warmup;
    }
}
