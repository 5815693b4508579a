package lib.stats;

import static lib.stats.Sentences.interval;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lib.results.Estimate;
import lib.results.Plan.ClipRef;

/**
 * What a file costs: seconds = fixed + perWindow · windows + perToken · tokens, with windows = ceil(audio / 30 s).
 *
 * <p>Clips go from 8 s to 14 minutes; in plain least squares the longest would rule and the short ones be off by
 * multiples of themselves. So the residuals are relative to the measured seconds (weights 1 / seconds²): Tofallis,
 * Least Squares Percentage Regression, Journal of Modern Applied Statistical Methods 7 (2008), 526-534. Every clip
 * weighs the same however many runs are behind its median: what is left over comes from the text and from windows done
 * again, which more runs of the same clip don't average out.
 *
 * <p>In even speech tokens go with windows. They get a cost of their own only where both costs are shown to be above 0;
 * elsewhere the model is fixed + perWindow · windows, and says so. R² is near 1 for any line over such a range of
 * lengths; the model is judged by its residuals instead.
 *
 * @param secondsPerToken null where tokens have no cost of their own
 * @param rSquared weighted as the fit; like the figures before it null without a fit
 * @param residuals of each clip in order of length; empty without a fit
 * @param worst the residual that is furthest off when its clip is held out; null without a fit
 * @param valid whether {@link #predict} answers
 * @param sentences everything that a person should read, in order
 */
public record AudioCostModel(String model, List<Observation> clips, Estimate fixedSeconds, Estimate secondsPerWindow,
        Estimate secondsPerToken, Double rSquared, List<Residual> residuals, Residual worst, boolean valid,
        List<String> sentences) {
    /** Three coefficients and the two degrees of freedom without which the residuals say nothing. */
    public static final int MIN_CLIPS = 5;
    /** Relative, and of a clip held out of the fit: what a new file may meet. Beyond it a plan is not worth making. */
    public static final double LARGEST_HELD_OUT_RESIDUAL = 0.25;
    /** docs/method.md, rule 12: what takes more than twice as long is not slow but held back. */
    public static final double TIMEOUT_FACTOR = 2;
    /** docs/method.md, rule 22: how many times the longest clip is still no extrapolation. */
    public static final double REACH = 2;
    /** How closely tokens may follow windows before rounding decides what each costs. */
    private static final double INSEPARABLE_R_SQUARED = 1 - 1e-9;
    private static final String BELOW_ZERO = "The fixed part is below 0, which no file costs: longer clips take more"
            + " than their share, as when Whisper steps on by less than 30 s, to the last thing it heard whole.";

    /**
     * One clip.
     *
     * @param tokens that the decoder put out; null if not known
     * @param latencySeconds median of its runs
     */
    public record Observation(String clip, double audioSeconds, Integer tokens, double latencySeconds) {
        public Observation {
            if (!(audioSeconds > 0 && latencySeconds > 0 && audioSeconds + latencySeconds < Double.MAX_VALUE)) {
                throw new IllegalArgumentException("seconds must be numbers above 0: " + clip + ", " + audioSeconds
                        + " s of audio, " + latencySeconds + " s");
            }
        }

        int windows() {
            return ClipRef.windows(audioSeconds);
        }
    }

    /**
     * @param relative (measured - fitted) / measured; above 0 the clip was slower than the line
     * @param heldOut the same against a line fitted without this clip; null where there is no such line
     */
    public record Residual(String clip, double measuredSeconds, double fittedSeconds, double relative, Double heldOut) {
        private double size() {
            return heldOut == null ? Double.POSITIVE_INFINITY : Math.abs(heldOut);
        }
    }

    /**
     * @param latencySeconds with the 95 % interval for the median of one such file, not for the line
     * @param timeoutSeconds upper end · {@value AudioCostModel#TIMEOUT_FACTOR}
     * @param extrapolated longer than {@value AudioCostModel#REACH} times the longest clip measured, or of fewer
     * windows than the shortest; the sentence says so
     */
    public record Prediction(double audioSeconds, double tokens, Estimate latencySeconds, double timeoutSeconds,
            boolean extrapolated, String sentence) {
    }

    public AudioCostModel {
        clips = List.copyOf(clips);
        residuals = List.copyOf(residuals);
        sentences = List.copyOf(sentences);
    }

    /** @param unordered clips of one model, threads and limit; one each */
    public static AudioCostModel of(String model, List<Observation> unordered) {
        List<Observation> clips = unordered.stream().sorted(Comparator.comparing(Observation::audioSeconds)
                .thenComparing(Observation::clip)).toList();
        if (clips.size() < MIN_CLIPS) {
            return none(model, clips, clips.size() + (clips.size() == 1 ? " clip was" : " clips were")
                    + " measured, it takes " + MIN_CLIPS);
        }
        if (clips.stream().map(Observation::windows).distinct().count() == 1) {
            return none(model, clips, "all clips have the same number of 30 s windows, it takes shorter and"
                    + " longer ones");
        }
        LinearFit plain = fit(clips, false);
        LinearFit full = separable(clips) ? fit(clips, true) : null;
        boolean withTokens = full != null && full.coefficient(1).low() > 0 && full.coefficient(2).low() > 0;
        LinearFit fit = withTokens ? full : plain;
        List<Residual> residuals = residuals(clips, fit);
        Residual worst = residuals.stream().max(Comparator.comparing(Residual::size)).orElseThrow();
        boolean valid = worst.size() <= LARGEST_HELD_OUT_RESIDUAL;
        Estimate perToken = withTokens ? fit.coefficient(2) : null;
        return new AudioCostModel(model, clips, fit.coefficient(0), fit.coefficient(1), perToken, fit.rSquared(),
                residuals, worst, valid,
                Stream.of(line(model, clips, fit, perToken, worst), withTokens ? null : leftOut(clips, full),
                        fit.coefficient(0).high() < 0 ? BELOW_ZERO : null, valid ? null : invalid(worst))
                        .filter(Objects::nonNull).toList());
    }

    /** As {@link #predict(double, double)}, with as many tokens a second as the measured clips have. */
    public Prediction predict(double audioSeconds) {
        return predict(audioSeconds, secondsPerToken == null ? 0
                : audioSeconds
                        * clips.stream().mapToDouble(Observation::tokens).sum()
                        / clips.stream().mapToDouble(Observation::audioSeconds).sum());
    }

    /**
     * What a file will take.
     *
     * @param tokens taken only where they have a cost of their own
     * @return null if the model is not valid, and where its line is not above 0, which no file takes
     */
    public Prediction predict(double audioSeconds, double tokens) {
        if (!(audioSeconds > 0)) {
            throw new IllegalArgumentException("seconds of audio must be above 0: " + audioSeconds);
        }
        if (!valid) {
            return null;
        }
        LinearFit fit = fit(clips, secondsPerToken != null);
        double[] row = row(ClipRef.windows(audioSeconds), secondsPerToken == null ? null : tokens);
        // below the shortest clip, where the fixed part is below 0
        if (!(fit.at(row) > 0)) {
            return null;
        }
        Estimate free = fit.prediction(row, 1 / Math.pow(fit.at(row), 2));
        // few clips and much scatter: the interval is symmetric, a latency is not below 0
        Estimate latency = new Estimate(free.value(), Math.max(0, free.low()), free.high());
        double timeout = latency.high() * TIMEOUT_FACTOR;
        double longest = longest(clips);
        boolean beyond = audioSeconds > REACH * longest;
        boolean below = ClipRef.windows(audioSeconds) < clips.get(0).windows();
        String sentence = length(audioSeconds) + " of audio with " + model + ": " + interval(latency, 1, " s")
                + String.format(Locale.ROOT, "; request timeout: %.0f s, %.0f times the upper end.", Math.ceil(timeout),
                        TIMEOUT_FACTOR)
                + (beyond ? " Extrapolated, not shown by measurement: the longest clip measured has "
                        + length(longest) + "."
                        : below ? " Extrapolated, not shown by measurement: the shortest clip measured has "
                                + length(clips.get(0).audioSeconds()) + ", more 30 s windows." : "");
        return new Prediction(audioSeconds, tokens, latency, timeout, beyond || below, sentence);
    }

    private static AudioCostModel none(String model, List<Observation> clips, String why) {
        return new AudioCostModel(model, clips, null, null, null, null, List.of(), null, false,
                List.of(model + ": no cost model, " + why + "."));
    }

    private static LinearFit fit(List<Observation> clips, boolean withTokens) {
        return LinearFit.of(clips.stream().map(c -> row(c.windows(), withTokens ? (double) c.tokens() : null))
                .toArray(double[][]::new), clips.stream().mapToDouble(Observation::latencySeconds).toArray(),
                weights(clips));
    }

    private static double[] row(int windows, Double tokens) {
        return tokens == null ? new double[] {1, windows} : new double[] {1, windows, tokens};
    }

    private static double[] weights(List<Observation> clips) {
        return clips.stream().mapToDouble(c -> 1 / (c.latencySeconds() * c.latencySeconds())).toArray();
    }

    /** Whether tokens are known and do anything that windows don't. */
    private static boolean separable(List<Observation> clips) {
        if (clips.stream().anyMatch(c -> c.tokens() == null)
                || clips.stream().map(Observation::tokens).distinct().count() == 1) {
            return false;
        }
        return LinearFit.of(clips.stream().map(c -> row(c.windows(), null)).toArray(double[][]::new),
                clips.stream().mapToDouble(Observation::tokens).toArray(), weights(clips))
                .rSquared() < INSEPARABLE_R_SQUARED;
    }

    private static List<Residual> residuals(List<Observation> clips, LinearFit fit) {
        return IntStream.range(0, clips.size()).mapToObj(i -> {
            double measured = clips.get(i).latencySeconds();
            return new Residual(clips.get(i).clip(), measured, measured * (1 - fit.residuals()[i]), fit.residuals()[i],
                    fit.heldOut()[i]);
        }).toList();
    }

    private static String line(String model, List<Observation> clips, LinearFit fit, Estimate perToken,
            Residual worst) {
        return model + ": a file takes " + interval(fit.coefficient(0), 2, " s") + " and "
                + interval(fit.coefficient(1), 2, " s") + " for each 30 s window"
                + (perToken == null ? "" : " and " + interval(perToken.times(1000), 1, " ms") + " for each token")
                + "; " + clips.size() + " clips from " + length(clips.get(0).audioSeconds()) + " to "
                + length(longest(clips)) + String.format(Locale.ROOT, ", R² %.4f, %s is the worst: ", fit.rSquared(),
                        worst.clip()) + off(worst) + ".";
    }

    private static String off(Residual worst) {
        return String.format(Locale.ROOT, "%.1f %% off the line", Math.abs(worst.relative()) * 100)
                + (worst.heldOut() == null ? ""
                        : String.format(Locale.ROOT, ", %.1f %% off one fitted without it", worst.size() * 100));
    }

    private static String leftOut(List<Observation> clips, LinearFit full) {
        if (clips.stream().anyMatch(c -> c.tokens() == null)) {
            return "Tokens are left out: the engine did not tell them for every clip.";
        }
        return "Tokens are left out: in these clips they go with the windows, and what each costs can't be told apart"
                + (full == null ? "."
                        : " (together: " + interval(full.coefficient(1), 2, " s") + " for each window and "
                                + interval(full.coefficient(2).times(1000), 1, " ms") + " for each token).");
    }

    private static String invalid(Residual worst) {
        return "The cost model is not valid: " + (worst.heldOut() == null
                ? "it rests on " + worst.clip() + " alone, no other clip tells what a window costs"
                : String.format(Locale.ROOT, "held out of the fit, %s is %.0f %% off, more than %.0f %%", worst.clip(),
                        worst.size() * 100, LARGEST_HELD_OUT_RESIDUAL * 100))
                + "; it predicts nothing.";
    }

    private static double longest(List<Observation> clips) {
        return clips.get(clips.size() - 1).audioSeconds();
    }

    /** {@code 8.1 s}, {@code 13.6 min}. */
    static String length(double seconds) {
        return seconds < 60 ? String.format(Locale.ROOT, "%.1f s", seconds)
                : String.format(Locale.ROOT, "%.1f min", seconds / 60);
    }
}
