package lib.stats;

import java.util.Arrays;
import java.util.Locale;
import lib.results.Estimate;

/**
 * Whether a worker that does the same clip again and again keeps more memory each time.
 *
 * <p>The question is not whether the slope is exactly 0, which no finite soak can show, but whether it matters: at the
 * threshold the headroom of a pod ({@value #HEADROOM} of its memory) is used up after {@value #REPETITIONS_THAT_MATTER}
 * requests, about an hour of a busy pod that takes 3 s for each. What a soak without a leak does exclude is said in
 * requests.
 *
 * <p>Left out are the first {@value #WARM_UP_SHARE} of the repetitions and never fewer than {@value #LEAST_WARM_UP},
 * always and whatever they look like: choosing the start by its looks would choose the verdict. The JVM fills its heap
 * and compiles what is called once a request until then; a worker that did nothing grew by 37 kB a repetition in the
 * first 25, by 7 kB up to the 100th, and by less than 1 kB afterwards but for single steps. Growth that comes to an end
 * is no leak: it must be above the threshold in the second half of the samples alone as well, else it is undecided.
 *
 * @param warmUpSamples left out
 * @param samples judged
 * @param bytesPerRepetition slope over all judged samples, by {@link TheilSen#slopeOfSeries}; null below
 * {@value #MIN_SAMPLES}
 * @param laterBytesPerRepetition slope over the second half of them; null likewise
 * @param thresholdBytesPerRepetition slope that matters; null likewise
 * @param excludedWithinRepetitions for how many requests the headroom lasts at the upper end of the interval; null
 * likewise, and where that end is not above 0
 */
public record Soak(int warmUpSamples, int samples, Estimate bytesPerRepetition, Estimate laterBytesPerRepetition,
        Double thresholdBytesPerRepetition, Double excludedWithinRepetitions, Verdict verdict, String sentence) {
    /** docs/method.md, rule 35: what a memory limit leaves above the measured peak. */
    public static final double HEADROOM = 0.15;
    public static final int REPETITIONS_THAT_MATTER = 1_000;
    public static final double WARM_UP_SHARE = 0.2;
    public static final int LEAST_WARM_UP = 50;
    /** Halves of 25: single steps of a JVM that is still compiling don't move the slope of so many. */
    public static final int MIN_SAMPLES = 50;
    private static final double MEGABYTE = 1e6;

    /** {@link #code()} is its name in the files. Slow growth is shown, and too slow to matter. */
    public enum Verdict {
        LEAK("leak"), SLOW_GROWTH("slow growth"), NO_LEAK_SHOWN("no leak shown"), UNDECIDED("undecided");

        private final String code;

        Verdict(String code) {
            this.code = code;
        }

        public String code() {
            return code;
        }
    }

    /** The fewest repetitions that can be judged. */
    public static int minRepetitions() {
        return LEAST_WARM_UP + MIN_SAMPLES;
    }

    /**
     * @param repetition numbers, ascending; failed ones may be missing
     * @param rssBytes resident set at the end of each, all of one worker process: a new one starts from below
     * @param whole false when the worker ended before the soak did, and what its last request took is not known
     */
    public static Soak of(double[] repetition, double[] rssBytes, boolean whole) {
        if (repetition.length != rssBytes.length || Arrays.stream(rssBytes).anyMatch(b -> !(b > 0))) {
            throw new IllegalArgumentException("each repetition needs its resident set, above 0: "
                    + repetition.length + " repetitions, " + Arrays.toString(rssBytes));
        }
        int n = repetition.length;
        int first = Math.min(n, warmUp(n));
        if (n - first < MIN_SAMPLES) {
            return new Soak(first, n - first, null, null, null, null, Verdict.UNDECIDED, "Memory over time: undecided, "
                    + n + " repetitions were measured, it takes " + minRepetitions() + ".");
        }
        double[] bytes = Arrays.copyOfRange(rssBytes, first, n);
        Estimate slope = slope(repetition, rssBytes, first);
        Estimate later = slope(repetition, rssBytes, n - bytes.length / 2);
        double threshold = HEADROOM * Summary.of(bytes).median().value() / REPETITIONS_THAT_MATTER;
        Double lasts = slope.high() > 0 ? threshold * REPETITIONS_THAT_MATTER / slope.high() : null;
        Verdict verdict = verdict(slope, later, threshold, whole);
        String reason = switch (verdict) {
            case LEAK -> String.format(Locale.ROOT, "15 %% of headroom are used up after about %,.0f requests",
                    threshold * REPETITIONS_THAT_MATTER / slope.value());
            case SLOW_GROWTH -> String.format(Locale.ROOT, "growth is shown, and is below what matters: 15 %% of"
                    + " headroom last for about %,.0f requests, at least %,.0f",
                    threshold * REPETITIONS_THAT_MATTER / slope.value(), lasts);
            case NO_LEAK_SHOWN -> lasts == null ? "memory does not grow"
                    : (slope.low() > 0 ? "growth is not shown in the second half alone, and " : "")
                            + String.format(Locale.ROOT, "15 %% of headroom last at least %,.0f requests", lasts);
            case UNDECIDED -> slope.high() < threshold ? "the worker ended, and what its last request took is not known"
                    : slope.low() > threshold ? "memory grew, but not beyond doubt in the second half, as it does when"
                            + " it is still filling up; a longer soak would tell" : spans(n, slope, threshold);
        };
        return new Soak(first, bytes.length, slope, later, threshold, lasts, verdict, String.format(Locale.ROOT,
                "Memory over time: %s. %s for every 1,000 repetitions, %s (%d of %d repetitions judged, the first %d"
                        + " left out as warm-up; %.1f MB would matter).", verdict.code(), growth(slope), reason,
                bytes.length, n, first, threshold * REPETITIONS_THAT_MATTER / MEGABYTE));
    }

    private static Verdict verdict(Estimate slope, Estimate later, double threshold, boolean whole) {
        if (slope.low() > threshold && later.low() > threshold) {
            return Verdict.LEAK;
        }
        // what ended the worker may have been memory
        if (!(slope.high() < threshold) || !whole) {
            return Verdict.UNDECIDED;
        }
        return slope.low() > 0 && later.low() > 0 ? Verdict.SLOW_GROWTH : Verdict.NO_LEAK_SHOWN;
    }

    private static int warmUp(int n) {
        return Math.max(LEAST_WARM_UP, (int) Math.ceil(n * WARM_UP_SHARE));
    }

    private static Estimate slope(double[] repetition, double[] bytes, int from) {
        return TheilSen.slopeOfSeries(Arrays.copyOfRange(repetition, from, repetition.length),
                Arrays.copyOfRange(bytes, from, bytes.length));
    }

    private static String growth(Estimate slope) {
        return Sentences.interval(slope.times(REPETITIONS_THAT_MATTER / MEGABYTE), 1, " MB");
    }

    /** The interval of a slope shrinks like n^-1.5: with more points, and further apart. */
    private static String spans(int n, Estimate slope, double threshold) {
        double reach = threshold > slope.value() ? slope.high() - slope.value() : slope.value() - slope.low();
        double more = n * (Math.pow(reach / Math.abs(threshold - slope.value()), 2.0 / 3) - 1);
        return "the interval spans what matters, " + (more > Precision.UNLIKELY_RUNS
                ? "and more repetitions are unlikely to decide"
                : String.format(Locale.ROOT, "about %.0f more repetitions would decide", Math.max(1, Math.ceil(more))));
    }
}
