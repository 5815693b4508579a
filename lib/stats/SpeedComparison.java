package lib.stats;

import static lib.stats.Sentences.interval;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lib.results.Estimate;
import lib.stats.RatioOfSums.Clip;

/**
 * Which of two models or settings is slower on the same clips, docs/method.md, rule 23. The figure is the ratio of the
 * latencies, first over second; over the set it is a ratio of sums.
 *
 * @param clips each of them apart, by name
 * @param sentences the set's, then on which of several clips which one is faster
 */
public record SpeedComparison(String first, String second, Estimate ratio, Outcome outcome, List<OnClip> clips,
        List<String> sentences) {

    /** Undecided where the runs are too few for an interval; that no difference is shown is an answer. */
    public enum Outcome {
        FIRST_SLOWER, SECOND_SLOWER, NO_DIFFERENCE_SHOWN, UNDECIDED
    }

    /** One clip; a difference is shown where the interval of the ratio and the test both show it. */
    public record OnClip(String clip, Estimate ratio, MannWhitney test, Outcome outcome) {
    }

    public SpeedComparison {
        clips = List.copyOf(clips);
        sentences = List.copyOf(sentences);
    }

    /** @throws IllegalArgumentException if the clips are not the same, a clip comes twice, or there is none */
    public static SpeedComparison of(String first, List<Clip> firstClips, String second, List<Clip> secondClips,
            long seed) {
        Estimate ratio = RatioOfSums.ofLatencies(firstClips, secondClips, seed);
        List<Clip> a = RatioOfSums.distinct(firstClips);
        List<Clip> b = RatioOfSums.distinct(secondClips);
        List<OnClip> clips = IntStream.range(0, a.size())
                .mapToObj(i -> onClip(a.get(i), b.get(i), seed)).toList();
        if (clips.size() == 1) {
            OnClip only = clips.get(0);
            return new SpeedComparison(first, second, only.ratio(), only.outcome(), clips,
                    List.of(alone(first, a.get(0), second, b.get(0), only)));
        }
        Outcome outcome = outcome(ratio, true);
        return new SpeedComparison(first, second, ratio, outcome, clips, List.of(
                a.size() + " clips together: " + words(first, second, ratio, outcome) + ", sum over sum.",
                byClip(first, second, clips)));
    }

    private static OnClip onClip(Clip a, Clip b, long seed) {
        Estimate ratio = Bootstrap.ratioOfMedians(a.latencySeconds(), b.latencySeconds(), seed);
        MannWhitney test = MannWhitney.compare(a.latencySeconds(), b.latencySeconds());
        return new OnClip(a.name(), ratio, test, outcome(ratio, test.differenceShown()));
    }

    private static String alone(String first, Clip a, String second, Clip b, OnClip only) {
        return only.clip() + ": " + words(first, second, only.ratio(), only.outcome())
                + String.format(Locale.ROOT, "; %d and %d runs, Mann-Whitney %s, Cliff's delta ",
                        a.latencySeconds().length, b.latencySeconds().length, probability(only.test().p()))
                + interval(only.test().delta(), 2) + ".";
    }

    private static String byClip(String first, String second, List<OnClip> clips) {
        Map<Outcome, String> names = clips.stream().collect(Collectors.groupingBy(OnClip::outcome, TreeMap::new,
                Collectors.mapping(OnClip::clip, Collectors.joining(", "))));
        return "Each clip alone: " + names.entrySet().stream().map(e -> switch (e.getKey()) {
            case FIRST_SLOWER -> second + " is faster on ";
            case SECOND_SLOWER -> first + " is faster on ";
            case NO_DIFFERENCE_SHOWN -> "no difference shown on ";
            case UNDECIDED -> "undecided on ";
        } + e.getValue()).collect(Collectors.joining("; ")) + ".";
    }

    private static Outcome outcome(Estimate ratio, boolean testShows) {
        if (!ratio.hasInterval()) {
            return Outcome.UNDECIDED;
        }
        return testShows && ratio.low() > 1 ? Outcome.FIRST_SLOWER
                : testShows && ratio.high() < 1 ? Outcome.SECOND_SLOWER : Outcome.NO_DIFFERENCE_SHOWN;
    }

    private static String words(String first, String second, Estimate ratio, Outcome outcome) {
        String times = interval(ratio, 2) + " times as long as " + second;
        return switch (outcome) {
            case FIRST_SLOWER -> first + " is slower, it takes " + times;
            case SECOND_SLOWER -> first + " is faster, it takes " + times;
            case NO_DIFFERENCE_SHOWN -> "no difference shown, " + first + " takes " + times;
            case UNDECIDED -> "undecided, an interval takes " + Summary.MIN_RUNS_FOR_INTERVAL + " runs of each clip; "
                    + first + " takes " + times;
        };
    }

    private static String probability(double p) {
        return p < 0.001 ? "p < 0.001" : String.format(Locale.ROOT, "p = %.3f", p);
    }
}
