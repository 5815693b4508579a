package lib.engine;

/**
 * One line from a worker. A null field was not measured.
 *
 * @param id of the request; -1 when the request could not be read
 * @param wallSeconds scope {@code engine}: the transcription call alone, with the audio already in memory
 * @param cpuSeconds CPU time of the worker process over the same interval
 * @param peakRssBytes highest resident set during this request
 * @param coresInForce CPU limit as read from inside after the request, null without one
 * @param workingThreads threads of the engine that used CPU time
 * @param otherBusyCores CPU used on this machine by everything but the worker, in cores
 * @param tokens that the decoder put out, about; null for an engine that can't tell
 * @param heapBytes highest Java heap during this request, a part of the resident set
 * @param rssBytes resident set after this request
 * @param error a sentence when the engine or the request failed; then text and times are null
 */
public record WorkerReply(long id, String text, Double wallSeconds, Double cpuSeconds, Long periods,
        Long throttledPeriods, Double throttledSeconds, Double stealSeconds, Long peakRssBytes, Double coresInForce,
        Integer workingThreads, Double otherBusyCores, Integer tokens, Long heapBytes, Long rssBytes, String error) {

    static WorkerReply failed(long id, String error) {
        return new WorkerReply(id, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, error);
    }
}
