package lib.stats;

import static lib.stats.Sentences.interval;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import lib.results.Estimate;

/**
 * Peak memory by length of audio: bytes = fixed + perMinute · minutes, by plain least squares, as the fixed part makes
 * all clips of the same size. Each clip must have had a worker of its own, or none longer before it: an allocator that
 * keeps what it had shows the longest clip's memory for all that follow.
 *
 * @param fixedBytes null, as all but the sentence, without a line
 * @param residuals of each clip in order of length; empty without a line
 * @param worst the largest of them
 */
public record MemoryLine(String model, Estimate fixedBytes, Estimate bytesPerMinute, List<Residual> residuals,
        Residual worst, String sentence) {
    /** Two coefficients and one degree of freedom for their intervals. */
    public static final int MIN_CLIPS = 3;
    private static final double MEGABYTE = 1e6;

    /** One clip; the peak is the highest of its runs. */
    public record Observation(String clip, double audioSeconds, long peakRssBytes) {
        public Observation {
            if (!(audioSeconds > 0 && audioSeconds < Double.MAX_VALUE && peakRssBytes > 0)) {
                throw new IllegalArgumentException("length and memory must be above 0: " + clip + ", " + audioSeconds
                        + " s, " + peakRssBytes + " bytes");
            }
        }
    }

    /** @param bytes measured - fitted */
    public record Residual(String clip, long measuredBytes, double bytes) {
    }

    public MemoryLine {
        residuals = List.copyOf(residuals);
    }

    /** @param unordered clips of one model; one each */
    public static MemoryLine of(String model, List<Observation> unordered) {
        List<Observation> clips = unordered.stream().sorted(Comparator.comparing(Observation::audioSeconds)
                .thenComparing(Observation::clip)).toList();
        if (clips.size() < MIN_CLIPS
                || clips.get(0).audioSeconds() == clips.get(clips.size() - 1).audioSeconds()) {
            return new MemoryLine(model, null, null, List.of(), null,
                    model + ": no line of memory over length, it takes " + MIN_CLIPS + " clips of different length.");
        }
        double[] peaks = clips.stream().mapToDouble(Observation::peakRssBytes).toArray();
        double[] weights = peaks.clone();
        Arrays.fill(weights, 1);
        LinearFit fit = LinearFit.of(clips.stream().map(c -> new double[] {1, c.audioSeconds() / 60})
                .toArray(double[][]::new), peaks, weights);
        List<Residual> residuals = IntStream.range(0, clips.size()).mapToObj(i -> new Residual(clips.get(i).clip(),
                clips.get(i).peakRssBytes(), fit.residuals()[i])).toList();
        Residual worst = residuals.stream().max(Comparator.comparing(r -> Math.abs(r.bytes()))).orElseThrow();
        return new MemoryLine(model, fit.coefficient(0), fit.coefficient(1), residuals, worst,
                sentence(model, clips, fit, worst));
    }

    private static String sentence(String model, List<Observation> clips, LinearFit fit, Residual worst) {
        Estimate growth = fit.coefficient(1);
        boolean decided = growth.low() > 0 || growth.high() < 0;
        return model + ": " + interval(fit.coefficient(0).times(1 / MEGABYTE), 1, " MB") + " and "
                + interval(growth.times(1 / MEGABYTE), 2, " MB") + " for each minute of audio"
                + (decided ? "" : ", so growth with the length is not shown") + "; " + clips.size() + " clips from "
                + AudioCostModel.length(clips.get(0).audioSeconds()) + " to "
                + AudioCostModel.length(clips.get(clips.size() - 1).audioSeconds())
                + String.format(Locale.ROOT, ", %s is the worst: %.1f MB (%.1f %%) off the line.", worst.clip(),
                        Math.abs(worst.bytes()) / MEGABYTE, Math.abs(worst.bytes()) / worst.measuredBytes() * 100);
    }
}
