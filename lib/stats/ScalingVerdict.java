package lib.stats;

import static lib.results.Cores.words;
import static lib.stats.Sentences.interval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import lib.results.Cores;
import lib.results.Estimate;

/**
 * How a service scales over cores, judged by docs/method.md, rules 17 to 21. A verdict is given only where the whole 95
 * % interval lies on one side of a threshold; elsewhere it is undecided and says how many more runs would likely
 * decide.
 *
 * @param points in ascending order of cores
 * @param steps from one count to the next that the 20 % rule can judge
 * @param sentences everything that a person should read, in order; English, then the 4-core answer in Vietnamese
 */
public record ScalingVerdict(List<PointVerdict> points, Answer manyOrFew, List<Step> steps,
        Optimum optimal, Cheapest cheapest, List<String> sentences) {
    /** docs/method.md, rule 6: what speed-up refers to, with 1 thread. Without it there is none. */
    public static final double BASELINE_CORES = 1;
    /** By definition, without scatter. */
    public static final Estimate BASELINE_SPEEDUP = new Estimate(1, 1.0, 1.0);
    /** docs/method.md, rule 18. */
    public static final double LINEAR_EFFICIENCY = 0.9;
    /** docs/method.md, rule 18. */
    public static final double SUB_LINEAR_EFFICIENCY = 0.8;
    /** docs/method.md, rule 19: the count at which "many weak or few strong" is asked. */
    public static final double QUESTION_CORES = 4;
    /** docs/method.md, rule 19. */
    public static final double MANY_WEAK_EFFICIENCY = 0.8;
    /** docs/method.md, rule 19. */
    public static final double FEW_STRONG_EFFICIENCY = 0.5;
    /** docs/method.md, rule 21: what a step has to take off the latency to pay. */
    public static final double PAYING_GAIN = 0.2;
    /** Rounding of a division must not push a figure over a threshold: 3.2 s / 1 s / 4 is not always 0.8. */
    private static final double ROUNDING = 1e-12;

    /**
     * The runs of one core count; threads are those of that count.
     *
     * @param cores CPU limit of the point, may be a fraction
     * @param latencySeconds the measured runs that ended ok, warm-up left out; empty when there are none
     * @param notMeasured why there are none that count, such as {@code this machine has 2 cores}; null when there are
     */
    public record Level(double cores, double[] latencySeconds, String notMeasured) {
        public Level {
            if (!(cores > 0) || Double.isInfinite(cores)) {
                throw new IllegalArgumentException("cores must be a number above 0: " + cores);
            }
            if ((latencySeconds.length == 0) == (notMeasured == null)) {
                throw new IllegalArgumentException("a point has runs or the reason why not: " + cores + " cores, "
                        + Arrays.toString(latencySeconds) + ", " + notMeasured);
            }
            latencySeconds = latencySeconds.clone();
        }

        public Level(double cores, double... latencySeconds) {
            this(cores, latencySeconds, null);
        }

        public static Level notMeasured(double cores, String why) {
            return new Level(cores, new double[0], why);
        }

        public boolean measured() {
            return notMeasured == null;
        }

        int runs() {
            return latencySeconds.length;
        }
    }

    /** How the efficiency of a point stands to 1; {@link #code()} is its name in the files. */
    public enum Scaling {
        BASELINE, LINEAR, NEAR_LINEAR, SUB_LINEAR, UNDECIDED, NOT_MEASURED;

        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** "Nhiều cores yếu hay ít cores mạnh?" {@link #code()} is the answer's name in the files. */
    public enum ManyOrFew {
        MANY_WEAK("many-weak-cores"), FEW_STRONG("few-strong-cores"), IT_DEPENDS("it-depends"), UNDECIDED("undecided"),
        NOT_MEASURED("not-measured");

        private final String code;

        ManyOrFew(String code) {
            this.code = code;
        }

        public String code() {
            return code;
        }
    }

    /** Whether more cores took at least {@value #PAYING_GAIN} off the latency. */
    public enum StepVerdict {
        PAYS, DIMINISHING, UNDECIDED
    }

    /**
     * @param latencySeconds median; this and the next two are null when the point was not measured
     * @param speedup latency at the baseline / latency here; exactly 1 at the baseline, null without one
     * @param efficiency speedup / cores
     */
    public record PointVerdict(double cores, int runs, Estimate latencySeconds, Estimate speedup, Estimate efficiency,
            Scaling scaling, String sentence) {
    }

    /** The 4-core question, answered for people in both languages. */
    public record Answer(ManyOrFew code, String english, String vietnamese) {
    }

    /** @param gain share of the latency that the step takes off, negative when it adds to it */
    public record Step(double fromCores, double toCores, Estimate gain, StepVerdict verdict, String sentence) {
    }

    /** @param cores largest count before more cores win too little; null when undecided or not measured */
    public record Optimum(Double cores, String sentence) {
    }

    /**
     * @param cores count with the fewest core-seconds for the clip; null when undecided or not measured
     * @param candidates every count that may be the cheapest, ascending; more than one when they can't be told apart
     */
    public record Cheapest(Double cores, List<Double> candidates, String sentence) {
        public Cheapest {
            candidates = List.copyOf(candidates);
        }
    }

    public ScalingVerdict {
        points = List.copyOf(points);
        steps = List.copyOf(steps);
        sentences = List.copyOf(sentences);
    }

    /**
     * @param seed of the bootstrap; the same points and seed give the same verdict, in whatever order they come
     * @throws IllegalArgumentException if a core count comes twice or a latency is not above 0
     */
    public static ScalingVerdict of(List<Level> unordered, long seed) {
        List<Level> all = unordered.stream().sorted(Comparator.comparing(Level::cores)).toList();
        if (all.stream().map(Level::cores).distinct().count() < all.size()) {
            throw new IllegalArgumentException("a core count comes twice: "
                    + all.stream().map(Level::cores).toList());
        }
        List<Level> measured = all.stream().filter(Level::measured).toList();
        Level baseline = measured.stream().filter(p -> p.cores() == BASELINE_CORES).findFirst().orElse(null);
        List<PointVerdict> points = all.stream().map(p -> judge(p, baseline, seed)).toList();
        Answer answer = manyOrFew(all, points, baseline);
        List<Step> steps = steps(measured, seed);
        Optimum optimal = optimal(measured, steps);
        Cheapest cheapest = cheapest(measured, seed);
        List<String> sentences = Stream.of(points.stream().map(PointVerdict::sentence),
                Stream.of(answer.english(), answer.vietnamese()), steps.stream().map(Step::sentence),
                Stream.of(optimal.sentence(), cheapest.sentence())).flatMap(s -> s).toList();
        return new ScalingVerdict(points, answer, steps, optimal, cheapest,
                sentences);
    }

    /** Code of the scaling at the largest measured count; {@code not-measured} when that is the baseline itself. */
    public String scaling() {
        return points.stream().filter(p -> p.latencySeconds() != null).reduce((a, b) -> b)
                .map(PointVerdict::scaling).filter(s -> s != Scaling.BASELINE).orElse(Scaling.NOT_MEASURED).code();
    }

    /** Code of the scaling at this count. */
    public String labelAt(double cores) {
        return points.stream().filter(p -> p.cores() == cores).map(PointVerdict::scaling).findFirst()
                .orElse(Scaling.NOT_MEASURED).code();
    }

    /** Code of the answer to the 4-core question. */
    public String manyWeakOrFewStrong() {
        return manyOrFew.code().code();
    }

    public Double optimalCores() {
        return optimal.cores();
    }

    public Double cheapestCores() {
        return cheapest.cores();
    }

    /** docs/method.md, rule 17. */
    public static Estimate speedup(double[] baselineSeconds, double[] seconds, long seed) {
        return Bootstrap.ratioOfMedians(baselineSeconds, seconds, seed);
    }

    private static PointVerdict judge(Level point, Level baseline, long seed) {
        double cores = point.cores();
        String name = words(cores);
        if (!point.measured()) {
            return new PointVerdict(cores, 0, null, null, null, Scaling.NOT_MEASURED,
                    name + ": no verdict, " + point.notMeasured() + ".");
        }
        Estimate latency = Summary.of(point.latencySeconds()).median();
        if (baseline == null) {
            return new PointVerdict(cores, point.runs(), latency, null, null, Scaling.NOT_MEASURED, name + ": "
                    + interval(latency, 3, " s") + " in " + Sentences.runs(point.runs())
                    + "; no speed-up, because 1 core with 1 thread was not measured.");
        }
        if (point == baseline) {
            return new PointVerdict(cores, point.runs(), latency, BASELINE_SPEEDUP, BASELINE_SPEEDUP, Scaling.BASELINE,
                    name
                            + ": the baseline, " + interval(latency, 3, " s") + " in " + Sentences.runs(point.runs())
                            + ".");
        }
        Estimate speedup = speedup(baseline.latencySeconds(), point.latencySeconds(), seed);
        Estimate efficiency = speedup.times(1 / cores);
        Scaling scaling = scaling(efficiency);
        String figures = name + ": " + scaling.code() + ". Speed-up " + interval(speedup, 2)
                + " over 1 core, efficiency " + interval(efficiency, 3) + ", "
                + Sentences.runs(point.runs());
        String doubt = scaling != Scaling.UNDECIDED ? "."
                : "; " + Sentences.undecided(runs(baseline, point), efficiency, Double::toString,
                        LINEAR_EFFICIENCY, SUB_LINEAR_EFFICIENCY) + ".";
        return new PointVerdict(cores, point.runs(), latency, speedup, efficiency, scaling, figures + doubt);
    }

    private static Scaling scaling(Estimate efficiency) {
        if (!efficiency.hasInterval()) {
            return Scaling.UNDECIDED;
        }
        if (above(efficiency.low(), LINEAR_EFFICIENCY)) {
            return Scaling.LINEAR;
        }
        if (above(SUB_LINEAR_EFFICIENCY, efficiency.high())) {
            return Scaling.SUB_LINEAR;
        }
        boolean between = !above(SUB_LINEAR_EFFICIENCY, efficiency.low())
                && !above(efficiency.high(), LINEAR_EFFICIENCY);
        return between ? Scaling.NEAR_LINEAR : Scaling.UNDECIDED;
    }

    private static Answer manyOrFew(List<Level> all, List<PointVerdict> points, Level baseline) {
        Optional<PointVerdict> four = points.stream()
                .filter(p -> p.cores() == QUESTION_CORES && p.latencySeconds() != null).findFirst();
        if (four.isEmpty() || baseline == null) {
            String why = all.stream().filter(p -> p.cores() == (four.isEmpty() ? QUESTION_CORES : 1))
                    .map(Level::notMeasured).filter(r -> r != null).findFirst().orElse(null);
            return Sentences.notAnswered(four.isEmpty() ? QUESTION_CORES : 1, why);
        }
        Estimate efficiency = four.get().efficiency();
        ManyOrFew code = manyOrFew(efficiency);
        return Sentences.answer(code, four.get(), Math.min(baseline.runs(), four.get().runs()));
    }

    private static ManyOrFew manyOrFew(Estimate efficiency) {
        if (!efficiency.hasInterval()) {
            return ManyOrFew.UNDECIDED;
        }
        if (above(efficiency.low(), MANY_WEAK_EFFICIENCY)) {
            return ManyOrFew.MANY_WEAK;
        }
        if (above(FEW_STRONG_EFFICIENCY, efficiency.high())) {
            return ManyOrFew.FEW_STRONG;
        }
        boolean between = !above(FEW_STRONG_EFFICIENCY, efficiency.low())
                && !above(efficiency.high(), MANY_WEAK_EFFICIENCY);
        return between ? ManyOrFew.IT_DEPENDS : ManyOrFew.UNDECIDED;
    }

    /**
     * Steps so small that even perfect scaling would not win more than {@value #PAYING_GAIN} (4 to 5 cores) would all
     * be called diminishing; the step is then taken to the next larger count.
     */
    private static List<Step> steps(List<Level> measured, long seed) {
        List<Step> steps = new ArrayList<>();
        Level from = measured.isEmpty() ? null : measured.get(0);
        for (Level to : measured) {
            // 1.5 cores run as many threads as 1: no step, and the one to 2 must not be judged from there
            boolean moreThreads = from.cores() < 1 || Math.floor(to.cores()) > Math.floor(from.cores());
            if (moreThreads && above(1 - from.cores() / to.cores(), PAYING_GAIN)) {
                steps.add(step(from, to, seed));
                from = to;
            }
        }
        return steps;
    }

    private static Step step(Level from, Level to, long seed) {
        Estimate ratio = Bootstrap.ratioOfMedians(to.latencySeconds(), from.latencySeconds(), seed);
        Estimate gain = ratio.hasInterval() ? new Estimate(1 - ratio.value(), 1 - ratio.high(), 1 - ratio.low())
                : new Estimate(1 - ratio.value(), null, null);
        StepVerdict verdict = !gain.hasInterval() ? StepVerdict.UNDECIDED
                : above(PAYING_GAIN, gain.high()) ? StepVerdict.DIMINISHING
                        : above(PAYING_GAIN, gain.low()) ? StepVerdict.UNDECIDED : StepVerdict.PAYS;
        String figures = "From " + Cores.number(from.cores()) + " to " + words(to.cores()) + ": latency "
                + (gain.value() < 0 ? "grows" : "falls") + " by " + Sentences.percent(gain);
        String meaning = switch (verdict) {
            case PAYS -> ", the step pays (at least 20 %).";
            case DIMINISHING -> ", diminishing returns (less than 20 %).";
            case UNDECIDED -> "; " + Sentences.undecided(runs(from, to), gain, t -> "20 %", PAYING_GAIN) + ".";
        };
        return new Step(from.cores(), to.cores(), gain, verdict, figures + meaning);
    }

    private static Optimum optimal(List<Level> measured, List<Step> steps) {
        if (steps.isEmpty()) {
            return new Optimum(null, "Optimal cores for latency: not measured, it takes two core counts"
                    + (measured.size() < 2 ? "." : " further apart."));
        }
        for (Step step : steps) {
            if (step.verdict() == StepVerdict.UNDECIDED) {
                return new Optimum(null, "Optimal cores for latency: undecided, at least "
                        + Cores.number(step.fromCores()) + "; whether the step to " + words(step.toCores())
                        + " pays is open.");
            }
            if (step.verdict() == StepVerdict.DIMINISHING) {
                return new Optimum(step.fromCores(), "Optimal cores for latency: "
                        + Cores.number(step.fromCores()) + ", the last count before a step that wins less than "
                        + "20 %.");
            }
        }
        double largest = steps.get(steps.size() - 1).toCores();
        return new Optimum(largest, "Optimal cores for latency: " + Cores.number(largest)
                + ", the largest count measured; every step up to it pays.");
    }

    private static Cheapest cheapest(List<Level> measured, long seed) {
        if (measured.size() < 2) {
            return new Cheapest(null, List.of(), "Cheapest for the same audio: not measured, it takes two core "
                    + "counts.");
        }
        Level best = measured.stream().min(Comparator.comparing(p -> coreSeconds(p).value())).orElseThrow();
        List<Level> candidates = measured.stream().filter(p -> p == best || mayCostAsLittle(p, best, seed))
                .toList();
        List<Double> counts = candidates.stream().map(Level::cores).toList();
        if (counts.size() == 1) {
            return new Cheapest(best.cores(), counts, "Cheapest for the same audio: " + words(best.cores())
                    + ", which takes " + interval(coreSeconds(best), 3, " core-seconds") + " for this clip.");
        }
        String figures = String.join(", ", candidates.stream()
                .map(p -> words(p.cores()) + " " + interval(coreSeconds(p), 3)).toList());
        return new Cheapest(null, counts, "Cheapest for the same audio: undecided, the core-seconds for this clip "
                + "can't be told apart (" + figures + "); at equal cost the larger count answers sooner.");
    }

    /** True unless the interval of the ratio of the two costs shows that {@code point} costs more than the best. */
    private static boolean mayCostAsLittle(Level point, Level best, long seed) {
        Estimate ratio = Bootstrap.ratioOfMedians(point.latencySeconds(), best.latencySeconds(), seed)
                .times(point.cores() / best.cores());
        return !ratio.hasInterval() || !above(ratio.low(), 1);
    }

    private static Estimate coreSeconds(Level point) {
        return Summary.of(point.latencySeconds()).median().times(point.cores());
    }

    private static int runs(Level a, Level b) {
        return Math.min(a.runs(), b.runs());
    }

    private static boolean above(double value, double threshold) {
        return value > threshold + ROUNDING;
    }
}
