package lib.results;

import java.util.List;

/**
 * The answers of an experiment. Codes and figures for machines, sentences for people; each sentence carries its
 * figures. What the experiment did not ask is null or empty.
 *
 * @param scaling {@code linear}, {@code near-linear}, {@code sub-linear}, {@code undecided} or {@code not-measured}, at
 * the largest core count
 * @param manyWeakOrFewStrong {@code many-weak-cores}, {@code few-strong-cores}, {@code it-depends}, {@code undecided}
 * or {@code not-measured}
 * @param optimalCores largest count before more cores win less than 20 %, null when undecided
 * @param cheapestCores lowest cores × latency, null when undecided
 * @param threads one for each CPU limit under which several thread counts were measured
 * @param shared one for each number of cores that was shared by several instances
 * @param audio one for each model and setting that clips were measured with
 * @param soak one for each model, with {@code --soak}
 */
public record Verdict(String scaling, String manyWeakOrFewStrong, Double optimalCores, Double cheapestCores,
        List<Threads> threads, List<Shared> shared, List<Audio> audio, List<Soak> soak,
        List<String> sentences) {

    /**
     * Memory over many repetitions.
     *
     * @param repetitions asked for
     * @param samples repetitions that ended well and have a resident set
     * @param code {@code leak}, {@code slow growth}, {@code no leak shown} or {@code undecided}
     * @param bytesPerRepetition slope of the resident set, null with too few samples
     * @param error why there are fewer repetitions than asked for, null when all were made
     */
    public record Soak(String model, int repetitions, int samples, String code, Estimate bytesPerRepetition,
            String error) {
    }

    /**
     * @param recommended thread count, null when undecided
     * @param kubernetesCpu quantity to request and to limit to, null without a recommendation
     */
    public record Threads(String isolation, String waitPolicy, double cores, Integer recommended,
            String kubernetesCpu, List<Level> levels) {
    }

    /**
     * One thread count under a limit.
     *
     * @param label {@code recommended}, {@code as fast}, {@code slower}, {@code over-subscribed}, {@code throttled} …
     * @param timesFastest latency / that of the fastest count that the limit can run at once
     */
    public record Level(int threads, String label, Estimate timesFastest, Boolean throttled) {
    }

    /**
     * Instances × threads on the same cores.
     *
     * @param waitPolicy see {@link Plan.Point}
     * @param answer {@code many-small}, {@code in-between}, {@code few-large}, {@code undecided}, {@code not-measured}
     */
    public record Shared(String isolation, String waitPolicy, int cores, String answer, List<Split> splits) {
    }

    /**
     * @param audioHoursPerCoreHour null, as the others, when not measured
     * @param latencySeconds of a single request while the others run
     */
    public record Split(int instances, int threads, Estimate audioHoursPerCoreHour, Estimate latencySeconds,
            Double maxLatencySeconds, Long totalPeakRssBytes) {
    }

    /**
     * What a model takes: latency = fixed + perWindow · windows + perToken · tokens, peak memory = fixed + perMinute ·
     * minutes. Null where nothing could be fitted.
     *
     * @param clips that all these figures are of
     * @param leftOut the other clips of the plan, each with the reason: skipped, not measured or not valid
     * @param rtf of all clips together, sum over sum
     * @param wordErrorRate of all clips that have a reference, sum over sum
     * @param costValid whether the line of the latency may be used to predict
     */
    public record Audio(String model, String isolation, double cores, int threads, int clips, List<String> leftOut,
            Estimate rtf, Double wordErrorRate, Estimate fixedSeconds, Estimate secondsPerWindow,
            Estimate secondsPerToken, Double rSquared, Boolean costValid, Estimate fixedBytes,
            Estimate bytesPerMinute) {
        public Audio {
            // files that were written before there was this field
            leftOut = leftOut == null ? List.of() : List.copyOf(leftOut);
        }
    }
}
