package lib.measure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import lib.results.Cores;
import lib.results.Estimate;
import lib.results.Plan;
import lib.results.Run;
import lib.results.RunStatus;
import lib.results.SoakSample;
import lib.results.Verdict;
import lib.stats.AudioCostModel;
import lib.stats.MemoryLine;
import lib.stats.RatioOfSums;
import lib.stats.ScalingVerdict;
import lib.stats.Sentences;
import lib.stats.SharedCores;
import lib.stats.Soak;
import lib.stats.SpeedComparison;
import lib.stats.ThreadAdvice;

/** The answers to the question that an experiment was made for. */
final class Verdicts {
    static final String UNDECIDED = ScalingVerdict.Scaling.UNDECIDED.code();
    /** docs/method.md, rule 24. */
    private static final double EXCELLENT_RTF = 0.1;
    /** Lengths that requests often have, in seconds: what they take is said, as far as it was measured. */
    private static final List<Double> AUDIO_LENGTHS = List.of(30.0, 60.0, 300.0, 600.0);
    /** See {@link lib.engine.WeightlessModel}. */
    private static final String WEIGHTLESS_TIMES = " has no weights: its time stands for one window of speech; files of"
            + " several windows take longer with real weights, so their totals are no prediction.";

    private final Evidence evidence;
    private final Plan plan;
    private final Checks checks;

    private Verdicts(Evidence evidence, Checks checks) {
        this.evidence = evidence;
        this.plan = evidence.plan();
        this.checks = checks;
    }

    static Verdict of(Evidence evidence, Checks checks, List<Curve> curves) {
        return new Verdicts(evidence, checks).verdict(curves);
    }

    private Verdict verdict(List<Curve> curves) {
        List<String> sentences = new ArrayList<>();
        String doubtful = plan.measuredPoints().stream()
                .filter(p -> !checks.valid(p) && !evidence.measured(p).isEmpty()).map(plan::words)
                .collect(Collectors.joining("; "));
        if (!doubtful.isEmpty()) {
            sentences.add("Left out of the verdict because they are not valid: " + doubtful + ".");
        }
        if (!checks.disqualifying().isEmpty()) {
            sentences.add("No verdict: the figures are indicative only (grade C: "
                    + String.join(", ", checks.disqualifying())
                    + "), and disturbed runs look like bad scaling. Mend what the doubts say and measure again.");
            sentences.add("Chưa kết luận được: số đo chỉ để tham khảo (hạng C); hãy đo lại khi máy rảnh.");
            String scaling = plan.question() == Plan.Question.SCALING ? UNDECIDED : null;
            return new Verdict(scaling, scaling, null, null, List.of(), List.of(), List.of(),
                    soak(sentences), sentences);
        }
        return switch (plan.question()) {
            case SCALING -> scaling(curves.get(0), sentences);
            case THREADS -> threads(sentences);
            case AUDIO -> audio(sentences);
        };
    }

    private Verdict scaling(Curve curve, List<String> sentences) {
        ScalingVerdict scaling = curve.verdict();
        sentences.addAll(scaling.sentences());
        List<ThreadAdvice> advices = advices(points -> points.size() > 1).values().stream().flatMap(List::stream)
                .toList();
        advices.forEach(a -> sentences.addAll(a.sentences()));
        Double optimal = scaling.optimalCores();
        if (optimal != null) {
            sentences.add("For a service that transcribes one request at a time: " + Cores.words(optimal) + " and "
                    + Cores.threads(curve.points().get(optimal).threads())
                    + " for each pod, as far as latency goes.");
        }
        return new Verdict(scaling.scaling(), scaling.manyWeakOrFewStrong(), optimal, scaling.cheapestCores(),
                advices.stream().map(a -> threads(a, null)).toList(), List.of(), List.of(), List.of(), sentences);
    }

    private Verdict threads(List<String> sentences) {
        List<Verdict.Threads> threads = new ArrayList<>();
        advices(points -> true).forEach((work, advices) -> advices.forEach(advice -> {
            advice.sentences().forEach(s -> sentences.add(waiting(work) + s));
            threads.add(threads(advice, work.waitPolicy()));
        }));
        List<Verdict.Shared> shared = new ArrayList<>();
        boolean severalKinds = plan.limits().size() > 1;
        for (Plan.Point work : works()) {
            plan.points().stream().filter(work::sameWork).filter(p -> p.instances() > 1)
                    .map(Verdicts::budget).distinct().forEach(budget -> {
                        SharedCores verdict = shared(work, budget);
                        String start = waiting(work) + (severalKinds ? work.isolation() + ": " : "");
                        verdict.sentences().forEach(s -> sentences.add(start + s));
                        shared.add(shared(work, verdict));
                    });
        }
        return new Verdict(null, null, null, null, threads, shared, List.of(), List.of(), sentences);
    }

    private static String waiting(Plan.Point work) {
        return work.waitPolicy() == null ? "" : work.waitPolicy() + " waiting: ";
    }

    /** One point of each work: model, clip, kind of limit, waiting. */
    private List<Plan.Point> works() {
        List<Plan.Point> works = new ArrayList<>();
        plan.points().stream().filter(p -> works.stream().noneMatch(p::sameWork)).forEach(works::add);
        return works;
    }

    /** For each work, and each core count under which the thread counts are {@code wanted}. */
    private Map<Plan.Point, List<ThreadAdvice>> advices(Predicate<List<Plan.Point>> wanted) {
        Map<Plan.Point, List<ThreadAdvice>> advices = new LinkedHashMap<>();
        for (Plan.Point work : works()) {
            Map<Double, List<Plan.Point>> byCores = plan.measuredPoints().stream().filter(work::sameWork)
                    .filter(p -> p.instances() == 1)
                    .collect(Collectors.groupingBy(Plan.Point::coresLimit, TreeMap::new, Collectors.toList()));
            List<ThreadAdvice.Limit> limits = byCores.entrySet().stream()
                    .map(e -> new ThreadAdvice.Limit(work.isolation(), e.getKey(),
                            e.getValue().stream().map(this::level).toList()))
                    .toList();
            advices.put(work, limits.stream().filter(l -> wanted.test(byCores.get(l.cores())))
                    .map(l -> ThreadAdvice.of(l, limits, plan.seed())).toList());
        }
        return advices;
    }

    private ThreadAdvice.Level level(Plan.Point point) {
        return new ThreadAdvice.Level(point.threads(), evidence.seconds(point), evidence.throttledPeriodShare(point),
                evidence.throttledShare(point), evidence.median(point, Run::busyCores), checks.valid(point));
    }

    private static Verdict.Threads threads(ThreadAdvice advice, String waitPolicy) {
        return new Verdict.Threads(advice.limit().kind(), waitPolicy, advice.limit().cores(),
                advice.recommendedThreads(), advice.kubernetesCpu(),
                advice.levels().stream().map(l -> new Verdict.Level(l.threads(), l.label().words(), l.timesFastest(),
                        l.throttled())).toList());
    }

    private static int budget(Plan.Point point) {
        return (int) Math.round(point.instances() * point.coresLimit());
    }

    private SharedCores shared(Plan.Point work, int budget) {
        List<SharedCores.Split> splits = plan.points().stream().filter(work::sameWork)
                .filter(p -> budget(p) == budget && p.threads() == p.coresLimit()).map(this::split).toList();
        return SharedCores.of(budget, splits, plan.seed());
    }

    private SharedCores.Split split(Plan.Point point) {
        List<List<Run>> batches = StoppingRule.wholeRounds(point, evidence.runs());
        Long memory = batches.stream().filter(b -> b.stream().allMatch(r -> r.peakRssBytes() != null))
                .map(b -> b.stream().mapToLong(Run::peakRssBytes).sum()).max(Long::compare).orElse(null);
        return new SharedCores.Split(point.instances(), point.threads(), plan.clip(point).seconds(),
                batches.stream().map(b -> b.stream().mapToDouble(Run::wallSeconds).toArray())
                        .map(s -> new SharedCores.Batch(DoubleStream.of(s).max().orElseThrow(), s)).toList(),
                memory, checks.valid(point));
    }

    private static Verdict.Shared shared(Plan.Point work, SharedCores verdict) {
        return new Verdict.Shared(work.isolation(), work.waitPolicy(), verdict.budgetCores(),
                verdict.answer().code().code(),
                verdict.splits().stream().map(s -> new Verdict.Split(s.split().instances(), s.split().threads(),
                        s.audioHoursPerCoreHour(), s.latencySeconds(), s.maxLatencySeconds(),
                        s.split().totalPeakRssBytes())).toList());
    }

    private Verdict audio(List<String> sentences) {
        List<Verdict.Audio> audio = new ArrayList<>();
        Map<String, List<Plan.Point>> settings = plan.points().stream()
                .collect(Collectors.groupingBy(p -> p.model() + " " + p.isolation() + " " + p.coresLimit(),
                        LinkedHashMap::new, Collectors.toList()));
        for (List<Plan.Point> planned : settings.values()) {
            List<Plan.Point> points = planned.stream().filter(p -> whyLeftOut(p) == null).toList();
            if (points.isEmpty()) {
                continue;
            }
            Plan.Point first = points.get(0);
            String name = Objects.requireNonNullElse(first.model(), plan.engine())
                    + (overCores() ? " on " + Cores.words(first.coresLimit()) : "");
            AudioCostModel cost = AudioCostModel.of(name, points.stream()
                    .map(p -> new AudioCostModel.Observation(p.clip(), plan.clip(p).seconds(),
                            evidence.max(p, Run::tokens), evidence.latency(p).value())).toList());
            MemoryLine memory = MemoryLine.of(name, points.stream().filter(p -> evidence.firstPeak(p) != null)
                    .map(p -> new MemoryLine.Observation(p.clip(), plan.clip(p).seconds(),
                            evidence.firstPeak(p))).toList());
            Estimate rtf = RatioOfSums.realTimeFactor(clips(points), plan.seed());
            Double errors = wordErrorRate(points);
            sentences.add(realTime(name, planned, points, rtf, errors));
            sentences.addAll(cost.sentences());
            sentences.add(memory.sentence());
            boolean weightless = plan.model(first) != null && plan.model(first).weightless();
            if (weightless) {
                sentences.add(name + WEIGHTLESS_TIMES);
            }
            AUDIO_LENGTHS.stream().filter(s -> !weightless || Plan.ClipRef.windows(s) == 1).map(cost::predict)
                    .filter(p -> p != null && !p.extrapolated()).forEach(p -> sentences.add(p.sentence()));
            audio.add(new Verdict.Audio(first.model(), first.isolation(), first.coresLimit(), first.threads(),
                    points.size(), planned.stream().filter(p -> whyLeftOut(p) != null)
                            .map(p -> p.clip() + ": " + whyLeftOut(p)).toList(),
                    rtf, errors, cost.fixedSeconds(), cost.secondsPerWindow(), cost.secondsPerToken(),
                    cost.rSquared(), cost.fixedSeconds() == null ? null : cost.valid(), memory.fixedBytes(),
                    memory.bytesPerMinute()));
        }
        sentences.addAll(modelsCompared());
        return new Verdict(null, null, null, null, List.of(), List.of(), audio, soak(sentences), sentences);
    }

    /** Why a clip takes no part in the figures of its set; null when it does. */
    private String whyLeftOut(Plan.Point point) {
        return point.skipped() != null ? "skipped"
                : evidence.seconds(point).length == 0 ? "not measured" : checks.valid(point) ? null : "not valid";
    }

    /** Noise of the machine moves times, not memory: drawn at grade C too. */
    private List<Verdict.Soak> soak(List<String> sentences) {
        List<String> models = plan.soak() == 0 ? List.of()
                : plan.measuredPoints().stream().map(Plan.Point::model).distinct().toList();
        List<Verdict.Soak> verdicts = new ArrayList<>();
        for (String model : models) {
            List<SoakSample> samples = evidence.soak().stream().filter(s -> Objects.equals(s.model(), model))
                    .toList();
            List<SoakSample> measured = samples.stream()
                    .filter(s -> s.status() == RunStatus.OK && s.rssBytes() != null).toList();
            String error = whyEnded(samples);
            Soak soak = Soak.of(measured.stream().mapToDouble(SoakSample::repetition).toArray(),
                    measured.stream().mapToDouble(SoakSample::rssBytes).toArray(),
                    samples.stream().allMatch(s -> s.status() == RunStatus.OK));
            String name = Objects.requireNonNullElse(model, plan.engine());
            sentences.add(name + ": " + (error == null ? "" : "the soak " + error + ". ") + soak.sentence());
            verdicts.add(new Verdict.Soak(name, plan.soak(), measured.size(), soak.verdict().code(),
                    soak.bytesPerRepetition(), error));
        }
        return verdicts;
    }

    /** Null when all repetitions were made. */
    private String whyEnded(List<SoakSample> samples) {
        long ok = samples.stream().filter(s -> s.status() == RunStatus.OK).count();
        String after = "ended after " + ok + " of " + plan.soak() + " repetitions: ";
        return samples.stream().filter(s -> s.status() != RunStatus.OK).findFirst()
                .map(s -> after + s.status().name().toLowerCase(Locale.ROOT) + ", " + s.error())
                .orElse(ok == plan.soak() ? null : after + "interrupted, --resume makes it anew");
    }

    private String realTime(String name, List<Plan.Point> planned, List<Plan.Point> points, Estimate rtf,
            Double errors) {
        boolean decided = rtf.hasInterval();
        String band = !decided ? ""
                : rtf.high() < EXCELLENT_RTF ? ", excellent (below 0.1)"
                        : rtf.high() < 1 ? ", faster than real time (below 1)"
                                : rtf.low() > 1 ? ", slower than real time" : "";
        return name + ": RTF " + Sentences.interval(rtf, 3) + band + ", the sum of " + points.size()
                + (points.size() == 1 ? " clip" : " clips") + without(planned, this::whyLeftOut)
                + (errors == null ? ""
                        : String.format(Locale.ROOT, "; WER %.1f %% of all words", errors * 100)
                                + without(points, p -> evidence.max(p, Run::wordErrorRate) == null ? "no transcript"
                                        : null))
                + ".";
    }

    /** @param why null for a clip that is not left out */
    private static String without(List<Plan.Point> points, Function<Plan.Point, String> why) {
        Map<String, String> clips = points.stream().filter(p -> why.apply(p) != null).collect(Collectors.groupingBy(
                why, LinkedHashMap::new, Collectors.mapping(Plan.Point::clip, Collectors.joining(", "))));
        return clips.isEmpty() ? ""
                : clips.entrySet().stream().map(e -> e.getValue() + " (" + e.getKey() + ")")
                        .collect(Collectors.joining(" and ", ", without ", ""));
    }

    private List<RatioOfSums.Clip> clips(List<Plan.Point> points) {
        return points.stream().map(p -> new RatioOfSums.Clip(p.clip(), plan.clip(p).seconds(), evidence.seconds(p)))
                .toList();
    }

    /** Wrong words of all clips / words of all references. */
    private Double wordErrorRate(List<Plan.Point> points) {
        List<Plan.Point> scored = points.stream().filter(p -> evidence.max(p, Run::wordErrorRate) != null).toList();
        double words = scored.stream().mapToInt(p -> plan.clip(p).referenceWords()).sum();
        return scored.isEmpty() ? null
                : scored.stream().mapToDouble(p -> evidence.max(p, Run::wordErrorRate)
                        * plan.clip(p).referenceWords()).sum() / words;
    }

    private boolean overCores() {
        return plan.points().stream().map(Plan.Point::coresLimit).distinct().count() > 1;
    }

    /** Each model against the one before, at the largest core count, on the clips that both have. */
    private List<String> modelsCompared() {
        List<String> sentences = new ArrayList<>();
        for (int i = 1; i < plan.models().size(); i++) {
            String first = plan.models().get(i).name();
            String second = plan.models().get(i - 1).name();
            Plan.Point setting = plan.measuredPoints().stream().max(Comparator.comparing(Plan.Point::coresLimit))
                    .orElseThrow();
            String cores = overCores() ? " on " + Cores.words(setting.coresLimit()) : "";
            List<Plan.Point> a = ofModel(first, setting);
            List<Plan.Point> b = ofModel(second, setting);
            Set<String> both = a.stream().map(Plan.Point::clip).collect(Collectors.toSet());
            both.retainAll(b.stream().map(Plan.Point::clip).toList());
            if (!both.isEmpty()) {
                sentences.addAll(SpeedComparison.of(first + cores, clips(only(a, both)), second, clips(
                        only(b, both)), plan.seed()).sentences());
            }
        }
        return sentences;
    }

    private List<Plan.Point> ofModel(String model, Plan.Point setting) {
        return plan.measuredPoints().stream().filter(checks::valid).filter(p -> p.model().equals(model)
                && p.isolation().equals(setting.isolation()) && p.coresLimit() == setting.coresLimit() && p
                        .threads() == setting.threads()).toList();
    }

    private static List<Plan.Point> only(List<Plan.Point> points, Set<String> clips) {
        return points.stream().filter(p -> clips.contains(p.clip())).toList();
    }
}
