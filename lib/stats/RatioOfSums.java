package lib.stats;

import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import lib.results.Estimate;

/**
 * Figures of a set of clips: the sum over the clips of one thing over the sum of another. A mean of the clips' own
 * ratios would count 8 s of audio as much as 14 minutes.
 *
 * <p>The intervals are percentile bootstraps of the runs within each clip (Efron and Tibshirani 1993, chapters 8 and
 * 13: one resample for each sample of a problem with several). They are about this very set of clips and how well its
 * medians are known, not about other speech.
 */
public final class RatioOfSums {
    private RatioOfSums() {
    }

    /** @param latencySeconds the measured runs that ended ok, warm-up left out */
    public record Clip(String name, double audioSeconds, double[] latencySeconds) {
        public Clip {
            if (!(audioSeconds > 0 && audioSeconds < Double.MAX_VALUE)) {
                throw new IllegalArgumentException("seconds of audio must be above 0: " + name + ", " + audioSeconds);
            }
            latencySeconds = Bootstrap.positive(latencySeconds);
        }
    }

    /**
     * Real-time factor of the set: sum of the median latencies / sum of the seconds of audio, without an interval
     * unless every clip has {@value Summary#MIN_RUNS_FOR_INTERVAL} runs.
     *
     * @throws IllegalArgumentException if there is no clip or one comes twice
     */
    public static Estimate realTimeFactor(List<Clip> clips, long seed) {
        List<Clip> set = distinct(clips);
        double audio = set.stream().mapToDouble(Clip::audioSeconds).sum();
        return estimate(set, seed, medians -> medians.of(set) / audio);
    }

    /**
     * Sum of the median latencies of one model or setting / that of another on the same clips.
     *
     * @throws IllegalArgumentException also if the clips are not the same
     */
    public static Estimate ofLatencies(List<Clip> numerator, List<Clip> denominator, long seed) {
        List<Clip> above = distinct(numerator);
        List<Clip> below = distinct(denominator);
        requireSame(above, below);
        return estimate(Stream.concat(above.stream(), below.stream()).toList(), seed,
                medians -> medians.of(above) / medians.of(below));
    }

    /** By name, so that the order in which clips come does not change the interval. */
    static List<Clip> distinct(List<Clip> clips) {
        if (clips.isEmpty() || clips.stream().map(Clip::name).distinct().count() < clips.size()) {
            throw new IllegalArgumentException("a set has clips, and each once: "
                    + clips.stream().map(Clip::name).toList());
        }
        return clips.stream().sorted(Comparator.comparing(Clip::name)).toList();
    }

    private static void requireSame(List<Clip> above, List<Clip> below) {
        boolean same = above.size() == below.size();
        for (int i = 0; same && i < above.size(); i++) {
            same = above.get(i).name().equals(below.get(i).name())
                    && above.get(i).audioSeconds() == below.get(i).audioSeconds();
        }
        if (!same) {
            throw new IllegalArgumentException("not the same clips: " + above.stream().map(Clip::name).toList()
                    + " and " + below.stream().map(Clip::name).toList());
        }
    }

    /** How the medians of some clips add up: as measured, or as resampled. */
    private interface Medians {
        double of(List<Clip> clips);
    }

    private static Estimate estimate(List<Clip> all, long seed, ToDoubleFunction<Medians> figure) {
        double value = figure.applyAsDouble(clips -> clips.stream()
                .mapToDouble(c -> Summary.medianOf(c.latencySeconds())).sum());
        if (all.stream().anyMatch(c -> c.latencySeconds().length < Summary.MIN_RUNS_FOR_INTERVAL)) {
            return new Estimate(value, null, null);
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] replicates = new double[Bootstrap.RESAMPLES];
        for (int i = 0; i < replicates.length; i++) {
            replicates[i] = figure.applyAsDouble(clips -> clips.stream()
                    .mapToDouble(c -> Bootstrap.resampledMedian(c.latencySeconds(), random)).sum());
        }
        return Bootstrap.interval(value, replicates);
    }
}
