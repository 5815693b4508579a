package lib.stats;

import static lib.results.Cores.threads;
import static lib.stats.Sentences.interval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import lib.results.Cores;
import lib.results.Estimate;

/**
 * How many engine threads to run under one CPU limit (docs/method.md, rules 12, 17 and 23): the fewest that are known
 * to be as fast as any other count that the limit can run at once, within {@value #TIE}. More threads than whole cores
 * are never recommended, even where they measure faster, and nothing is without runs of as many threads as whole cores.
 *
 * @param recommendedThreads null when undecided or not measured
 * @param levels ascending in threads
 * @param ruleOfThumbAgrees whether floor(cores), at least 1, is what the measurement recommends; null when that
 * recommends nothing
 * @param stresses thread counts that the quota throttled to more than twice the latency of one thread
 * @param sentences everything that a person should read, in order
 */
public record ThreadAdvice(Limit limit, Integer recommendedThreads, List<LevelVerdict> levels,
        Boolean ruleOfThumbAgrees, List<Stress> stresses, List<String> sentences) {
    /**
     * Most that fewer threads may take, in times the fastest count's latency, to be called as fast. Own choice: twice
     * what two medians that are known to ±3 % leave open, so that runs of the asked precision can show a tie.
     */
    public static final double TIE = 1.1;
    /** docs/method.md, rule 12: over-subscription that costs more than this, in latencies of 1 thread, is looked at. */
    public static final double STRESS_LATENCY = 2;
    /** docs/method.md, rule 12: share of the time (or, where only those are counted, of the quota's periods). */
    public static final double THROTTLED_SHARE = 0.05;
    /** Rounding of a division must not push a figure over a threshold. */
    private static final double ROUNDING = 1e-12;

    /**
     * The runs of one thread count under the limit.
     *
     * @param latencySeconds the measured runs that ended ok, warm-up left out; empty when it was not measured
     * @param throttledPeriodShare throttled periods / periods; null when not measured
     * @param throttledTimeShare share of the time that a thread was held back; null when not measured
     * @param busyCores median; null when not measured
     * @param valid false when nothing may be concluded from the runs
     */
    public record Level(int threads, double[] latencySeconds, Double throttledPeriodShare, Double throttledTimeShare,
            Double busyCores, boolean valid) {
        public Level {
            if (threads < 1) {
                throw new IllegalArgumentException("threads must be 1 or more: " + threads);
            }
            latencySeconds = latencySeconds.clone();
        }

        private boolean counts() {
            return valid && latencySeconds.length > 0;
        }

        private int runs() {
            return latencySeconds.length;
        }

        private double median() {
            return Summary.of(latencySeconds).median().value();
        }

        private Boolean throttled() {
            return ThreadAdvice.throttled(throttledTimeShare, throttledPeriodShare);
        }
    }

    /** By the share of the time or, where only those are counted, of the periods; null when neither was measured. */
    public static Boolean throttled(Double timeShare, Double periodShare) {
        Double share = timeShare != null ? timeShare : periodShare;
        return share == null ? null : above(share, THROTTLED_SHARE);
    }

    /**
     * One limit and what was measured under it.
     *
     * @param kind how the limit is set, in words: {@code docker}, {@code affinity}
     * @param cores may be a fraction
     */
    public record Limit(String kind, double cores, List<Level> levels) {
        public Limit {
            if (!(cores > 0) || Double.isInfinite(cores)) {
                throw new IllegalArgumentException("cores must be a number above 0: " + cores);
            }
            levels = levels.stream().sorted(Comparator.comparing(Level::threads)).toList();
            if (levels.stream().map(Level::threads).distinct().count() < levels.size()) {
                throw new IllegalArgumentException("a thread count comes twice: "
                        + levels.stream().map(Level::threads).toList());
            }
        }

        /** As many threads as the limit can run at once, and the rule of thumb: floor(cores), at least 1. */
        public int wholeCores() {
            return Cores.whole(cores);
        }

        /** {@code 2 cores (docker)}. */
        String words() {
            return Cores.words(cores) + " (" + kind + ")";
        }

        private Level at(int threads) {
            return levels.stream().filter(l -> l.threads == threads && l.counts()).findFirst().orElse(null);
        }
    }

    /** How a thread count stands to the fastest of those that the limit can run at once. */
    public enum Label {
        RECOMMENDED, AS_FAST, SLOWER, UNDECIDED, OVER_SUBSCRIBED, THROTTLED, INVALID, NOT_MEASURED;

        /** {@code as fast}. */
        public String words() {
            return this == OVER_SUBSCRIBED ? "over-subscribed" : name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * @param latencySeconds median; null when not measured
     * @param timesFastest latency / that of the fastest count that the limit can run at once; null when either does not
     * count
     * @param throttled null when that was not measured
     * @param words label, figure and throttling for a table: {@code slower ×1.90 [1.85, 1.95]}
     */
    public record LevelVerdict(int threads, Estimate latencySeconds, Estimate timesFastest, Label label,
            boolean overSubscribed, Boolean throttled, String words) {
    }

    /**
     * Latency of more threads than the limit can run, with both ways out of it. A gain is a ratio of latencies: 2 is
     * twice as fast.
     *
     * @param fewerThreads what to go down to, and its gain under the same limit
     * @param higherCores lowest limit of the same kind that runs all the threads at once, or else the highest measured;
     * null, as its gain, when these threads were not measured under any
     */
    public record Stress(int threads, Estimate timesOneThread, int fewerThreads, Estimate fewerThreadsGain,
            Double higherCores, Estimate higherLimitGain, String sentence) {
    }

    public ThreadAdvice {
        levels = List.copyOf(levels);
        stresses = List.copyOf(stresses);
        sentences = List.copyOf(sentences);
    }

    /**
     * @param measured every limit that was measured, for the gain of a higher one; may hold this limit too
     * @param seed of the bootstrap; the same runs and seed give the same advice
     * @throws IllegalArgumentException if a latency is not above 0
     */
    public static ThreadAdvice of(Limit limit, List<Limit> measured, long seed) {
        return new Judge(limit, measured, seed).judge();
    }

    /** The line to paste: {@code WHISPER_N_THREADS=2}; null without a recommendation. */
    public String setting() {
        return recommendedThreads == null ? null : "WHISPER_N_THREADS=" + recommendedThreads;
    }

    /**
     * Kubernetes quantity to request and to limit to: {@code 2}, {@code 500m}. As many cores as there are threads,
     * because threads can't use more; null without a recommendation.
     */
    public String kubernetesCpu() {
        if (recommendedThreads == null) {
            return null;
        }
        long milli = Math.round(Math.min(recommendedThreads, limit.cores) * 1000);
        return milli % 1000 == 0 ? String.valueOf(milli / 1000) : milli + "m";
    }

    /** The same as YAML: {@code resources: {requests: {cpu: "2"}, limits: {cpu: "2"}}}; null without it. */
    public String kubernetesResources() {
        return recommendedThreads == null ? null
                : "resources: {requests: {cpu: \"%1$s\"}, limits: {cpu: \"%1$s\"}}".formatted(kubernetesCpu());
    }

    private static boolean above(double value, double threshold) {
        return value > threshold + ROUNDING;
    }

    /** The pass over one limit. */
    private static final class Judge {
        private final Limit limit;
        private final List<Limit> measured;
        private final long seed;
        /** Those that the limit can run at once. */
        private final List<Level> candidates;
        private final Level fastest;
        /** Candidates that no other is shown to beat: the fewest threads first. */
        private final List<Level> best;
        private final Level recommended;
        /** By numerator and denominator: the same ratio decides, labels and stands in sentences. */
        private final Map<List<Level>, Estimate> ratios = new HashMap<>();

        Judge(Limit limit, List<Limit> measured, long seed) {
            this.limit = limit;
            this.measured = measured;
            this.seed = seed;
            candidates = limit.levels.stream().filter(l -> l.counts() && l.threads <= limit.wholeCores()).toList();
            fastest = candidates.stream().min(Comparator.comparing(Level::median)).orElse(null);
            best = candidates.stream().filter(l -> !isSlower(l)).toList();
            recommended = best.isEmpty() || isAlone() || lacksMost() || rivals().stream().anyMatch(this::isOpen) ? null
                    : best.get(0);
        }

        private boolean isAlone() {
            return candidates.size() == 1 && limit.wholeCores() > 1;
        }

        /** As many threads as whole cores may be the fastest: fewer are not recommended without having seen them. */
        private boolean lacksMost() {
            return limit.at(limit.wholeCores()) == null;
        }

        private boolean isSlower(Level level) {
            return candidates.stream().filter(c -> c != level).map(c -> ratio(level, c))
                    .anyMatch(times -> times.hasInterval() && above(times.low(), 1));
        }

        /** More threads than the fewest of the best, and not shown to be slower. */
        private List<Level> rivals() {
            return best.subList(1, best.size());
        }

        /** Whether the rival may be faster by more than a tie allows. */
        private boolean isOpen(Level rival) {
            Estimate times = ratio(best.get(0), rival);
            return !times.hasInterval() || above(times.high(), TIE);
        }

        private Estimate ratio(Level above, Level below) {
            return ratios.computeIfAbsent(List.of(above, below),
                    pair -> Bootstrap.ratioOfMedians(above.latencySeconds, below.latencySeconds, seed));
        }

        ThreadAdvice judge() {
            List<Stress> stresses = limit.levels.stream()
                    .filter(l -> isStressed(l) && Boolean.TRUE.equals(l.throttled())).map(this::stress).toList();
            Integer threads = recommended == null ? null : recommended.threads;
            List<LevelVerdict> levels = limit.levels.stream()
                    .map(l -> judge(l, stresses.stream().anyMatch(s -> s.threads == l.threads))).toList();
            Boolean agrees = threads == null ? null : threads == limit.wholeCores();
            List<String> sentences = new ArrayList<>(List.of(headline()));
            ThreadAdvice advice = new ThreadAdvice(limit, threads, levels, agrees, stresses, sentences);
            if (recommended != null) {
                sentences.add(toPaste(advice));
            }
            if (!Boolean.TRUE.equals(agrees)) {
                sentences.add(ruleOfThumb(levels));
            }
            limit.levels.stream().filter(this::isFasterButTooMany).map(this::fasterButTooMany).forEach(sentences::add);
            stresses.stream().map(Stress::sentence).forEach(sentences::add);
            limit.levels.stream().filter(l -> isStressed(l) && !Boolean.TRUE.equals(l.throttled()))
                    .map(this::slowOtherwise).forEach(sentences::add);
            leftOut().forEach(sentences::add);
            return new ThreadAdvice(limit, threads, levels, agrees, stresses, sentences);
        }

        private LevelVerdict judge(Level l, boolean stressed) {
            boolean tooMany = l.threads > limit.wholeCores();
            Estimate latency = l.runs() == 0 ? null : Summary.of(l.latencySeconds).median();
            Estimate times = !l.counts() || fastest == null ? null
                    : l == fastest ? new Estimate(1, 1.0, 1.0) : ratio(l, fastest);
            Label label = label(l, stressed, tooMany);
            StringBuilder words = new StringBuilder(label.words());
            if (times != null && l != fastest) {
                words.append(String.format(Locale.ROOT, " ×%.2f", times.value())).append(times.hasInterval()
                        ? String.format(Locale.ROOT, " [%.2f, %.2f]", times.low(), times.high())
                        : " (no interval)");
            }
            if (l.counts() && Boolean.TRUE.equals(l.throttled())) {
                words.append(", ").append(throttling(l));
            }
            return new LevelVerdict(l.threads, latency, times, label, tooMany, l.throttled(), words.toString());
        }

        private Label label(Level l, boolean stressed, boolean tooMany) {
            if (!l.counts()) {
                return l.runs() == 0 ? Label.NOT_MEASURED : Label.INVALID;
            }
            if (stressed || tooMany) {
                return stressed ? Label.THROTTLED : Label.OVER_SUBSCRIBED;
            }
            if (!best.contains(l)) {
                return Label.SLOWER;
            }
            return recommended == null ? Label.UNDECIDED : l == recommended ? Label.RECOMMENDED : Label.AS_FAST;
        }

        private String headline() {
            String start = "Threads at " + limit.words() + ": ";
            if (candidates.isEmpty()) {
                return start + "not measured, no count up to " + limit.wholeCores() + " has valid runs.";
            }
            if (isAlone()) {
                return start + "undecided, of the counts up to " + limit.wholeCores() + " only " + fastest.threads
                        + " has valid runs; measure another to compare it with.";
            }
            if (lacksMost()) {
                return start + "undecided, " + threads(limit.wholeCores()) + ", as many as whole cores, "
                        + (limit.wholeCores() == 1 ? "has" : "have") + " no valid runs and may be the fastest; measure "
                        + "with --threads " + limit.wholeCores() + " too.";
            }
            List<String> parts = new ArrayList<>();
            if (recommended != null) {
                parts.add(recommended.threads + (limit.wholeCores() == 1 ? ", the only count that it can run at once, "
                        : ", ") + interval(Summary.of(recommended.latencySeconds).median(), 3, " s"));
                rivals().forEach(r -> parts.add(longer(recommended, r)));
                if (!rivals().isEmpty()) {
                    parts.add("that is as fast, and ties go to fewer threads");
                }
            } else {
                List<Level> open = rivals().stream().filter(this::isOpen).toList();
                parts.add("undecided between " + best.get(0).threads + " and "
                        + open.stream().map(r -> String.valueOf(r.threads)).collect(Collectors.joining(" and ")));
                open.forEach(r -> parts.add(longer(best.get(0), r) + ", " + undecided(best.get(0), r)));
            }
            limit.levels.stream().filter(l -> l.counts() && isSlower(l)).forEach(l -> parts.add(longer(l, fastest)));
            return start + String.join("; ", parts) + ".";
        }

        /** Either a difference or a tie would decide; what the fewer runs lead to is named. */
        private String undecided(Level few, Level rival) {
            Estimate times = ratio(few, rival);
            int runs = Math.min(few.runs(), rival.runs());
            double threshold = DoubleStream.of(1, TIE).filter(t -> times.hasInterval() && times.low() < t).boxed()
                    .min(Comparator.comparing(t -> Precision.moreRunsToDecide(runs, times, t))).orElse(1.0);
            return Sentences.undecided(runs, times, Double::toString, threshold);
        }

        private String toPaste(ThreadAdvice advice) {
            String line = "To paste: " + advice.setting() + " and " + advice.kubernetesResources()
                    + (Boolean.TRUE.equals(advice.ruleOfThumbAgrees()) ? " (" + rule() + " says the same)." : ".");
            if (recommended.threads >= limit.cores) {
                return line;
            }
            String busy = recommended.busyCores == null ? ""
                    : String.format(Locale.ROOT, " (%.2f were busy)", recommended.busyCores);
            return line + " " + threads(recommended.threads) + " can't use more than " + recommended.threads
                    + " of the " + Cores.words(limit.cores) + busy + ".";
        }

        private String ruleOfThumb(List<LevelVerdict> levels) {
            int rule = limit.wholeCores();
            String start = "By " + rule() + " it is " + threads(rule);
            if (recommended == null) {
                return start + ", to be used until the measurement decides.";
            }
            return start + "; the measurement does not agree, that is " + levels.stream()
                    .filter(l -> l.threads == rule).map(LevelVerdict::words).findFirst()
                    .orElse(Label.NOT_MEASURED.words()) + ".";
        }

        private String rule() {
            return "the rule of thumb, floor(" + Cores.number(limit.cores) + ")"
                    + (limit.cores < 1 ? " but at least 1," : ",");
        }

        private boolean isFasterButTooMany(Level l) {
            if (!l.counts() || l.threads <= limit.wholeCores() || fastest == null) {
                return false;
            }
            Estimate times = ratio(l, fastest);
            return times.hasInterval() && above(1, times.high());
        }

        private String fasterButTooMany(Level l) {
            return threads(l.threads) + " measured faster at " + limit.words() + ", " + interval(ratio(l, fastest), 2)
                    + " times as long as " + fastest.threads + ", and are still not recommended: more threads than "
                    + "whole cores wait for one another as soon as the quota or the core is taken. A limit of "
                    + Cores.words(l.threads) + " would run them.";
        }

        /** Shown to be slower than 1 thread, and by more than {@value #STRESS_LATENCY} times. */
        private boolean isStressed(Level l) {
            Level one = limit.at(1);
            if (!l.counts() || one == null || l == one) {
                return false;
            }
            Estimate times = ratio(l, one);
            return times.hasInterval() && above(times.low(), 1) && above(times.value(), STRESS_LATENCY);
        }

        private Stress stress(Level l) {
            Level one = limit.at(1);
            Level fewer = recommended != null && recommended.threads < l.threads ? recommended : one;
            Limit higher = measured.stream()
                    .filter(m -> m.kind.equals(limit.kind) && m.cores > limit.cores && m.at(l.threads) != null)
                    .min(Comparator.comparing((Limit m) -> m.wholeCores() < l.threads)
                            .thenComparing(m -> m.wholeCores() < l.threads ? -m.cores : m.cores)).orElse(null);
            Estimate timesOne = ratio(l, one);
            Estimate fewerGain = ratio(l, fewer);
            Estimate higherGain = higher == null ? null : ratio(l, higher.at(l.threads));
            String sentence = "Throttling at " + limit.words() + ": " + longer(l, one) + ", " + throttling(l)
                    + ". Fewer threads: " + fewer.threads + (fewer.threads == 1 ? " is " : " are ")
                    + interval(fewerGain, 2) + " times as fast. Higher limit: " + (higher == null
                            ? threads(l.threads) + " under more cores: not measured."
                            : threads(l.threads) + " under " + Cores.words(higher.cores) + " are "
                                    + interval(higherGain, 2) + " times as fast.");
            return new Stress(l.threads, timesOne, fewer.threads, fewerGain, higher == null ? null : higher.cores,
                    higherGain, sentence);
        }

        private String slowOtherwise(Level l) {
            return longer(l, limit.at(1)) + " at " + limit.words() + "; " + (l.throttled() == null
                    ? "throttling was not measured."
                    : "not by throttling: the threads share the cores and wait for "
                            + "one another.");
        }

        private Stream<String> leftOut() {
            String invalid = limit.levels.stream().filter(l -> l.runs() > 0 && !l.valid).map(l -> threads(l.threads))
                    .collect(Collectors.joining(", "));
            return invalid.isEmpty() ? Stream.empty()
                    : Stream.of("Left out at " + limit.words() + ", because the runs are not valid: " + invalid + ".");
        }

        /** {@code 1 takes 1.90 (95 %: 1.85 to 1.95) times as long as 2}. */
        private String longer(Level l, Level than) {
            return l.threads + (l.threads == 1 ? " takes " : " take ") + interval(ratio(l, than), 2)
                    + " times as long as " + than.threads;
        }

        private static String throttling(Level l) {
            List<String> shares = new ArrayList<>();
            if (l.throttledTimeShare != null) {
                shares.add(String.format(Locale.ROOT, "for %.0f %% of the time", l.throttledTimeShare * 100));
            }
            if (l.throttledPeriodShare != null) {
                shares.add(String.format(Locale.ROOT, "in %.0f %% of the quota periods",
                        l.throttledPeriodShare * 100));
            }
            return "throttled " + String.join(", ", shares);
        }
    }
}
