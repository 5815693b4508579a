package lib.results;

import java.util.List;

/**
 * What the runs of one point say; recomputed from {@code runs.csv}, never edited. Medians unless the name says else.
 *
 * @param runs measured runs that ended ok; where several instances ran together, times that they did
 * @param failedRuns measured or warm-up runs that did not
 * @param latencySeconds median with its distribution-free 95 % interval; with several instances, until the last ended
 * @param throughputPerSecond transcriptions a second: instances / latency
 * @param busyCores cores that a worker kept busy
 * @param cpuUtilisation busyCores / coresLimit
 * @param speedup latency of the 1-core 1-thread point / latency; null with several instances, and where that point was
 * not measured or is not valid
 * @param efficiency speedup / coresLimit
 * @param rtf latency / seconds of audio
 * @param secondsPerWindow latency / number of 30 s windows that Whisper works in
 * @param wordErrorRate of the runs' texts, the worst
 * @param characterErrorRate of the same
 * @param tokens that the decoder put out, see runs.csv
 * @param peakRssBytes the highest of all runs, of one worker
 * @param firstPeakRssBytes of the first pass, in which no longer clip came before: what the clip itself needs
 * @param heapBytes Java heap's part of it, the highest of all runs
 * @param throttledShare share of the time that a thread was held back by the quota, 0 to 1: throttled time / (wall time
 * × threads), or × the machine's CPUs where those are fewer
 * @param throttledPeriodShare throttled periods / periods
 * @param stealShare stolen CPU time / wall time, in cores
 * @param otherBusyCores CPU that others used meanwhile, in cores
 * @param coresInForce limit as read back from inside; the one furthest from the limit asked for
 * @param coldStartSeconds from starting the process to the first transcript: start, model load, first transcription
 * @param scaling {@code baseline}, {@code linear}, {@code near-linear}, {@code sub-linear}, {@code undecided}; null
 * when the point is not on the scaling curve, which has one thread count a core count
 * @param stopReason why no more runs were made: precision reached, time used up, or given up after failures; null when
 * none was tried
 * @param moreRuns about how many more the asked precision would likely take, null when it is reached
 * @param valid false when no verdict may rest on this point
 */
public record PointSummary(String model, String clip, String isolation, String waitPolicy, double coresLimit,
        int threads,
        int instances, int runs, int failedRuns, Estimate latencySeconds, Double minSeconds, Double maxSeconds,
        Estimate throughputPerSecond, Double busyCores,
        Double cpuUtilisation, Estimate speedup, Estimate efficiency, Estimate rtf, Double secondsPerWindow,
        Double wordErrorRate, Double characterErrorRate, Integer tokens, Long peakRssBytes, Long firstPeakRssBytes,
        Long heapBytes, Double throttledShare, Double throttledPeriodShare,
        Double stealShare, Double otherBusyCores, Double coresInForce, Integer workingThreads,
        Double coldStartSeconds, String scaling, String stopReason, Integer moreRuns, boolean valid,
        String skipped, List<String> warnings) {

    /** Of a point without a run that counts. */
    public static PointSummary notMeasured(Plan.Point point, int failedRuns, String stopReason,
            List<String> warnings) {
        return new PointSummary(point.model(), point.clip(), point.isolation(), point.waitPolicy(), point.coresLimit(),
                point.threads(), point.instances(), 0, failedRuns, null, null, null, null, null, null, null,
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, stopReason, null, false, point.skipped(), warnings);
    }

    public boolean measured() {
        return latencySeconds != null;
    }
}
