package lib.results;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * What an experiment set out to measure; with the same plan the same runs are made in the same order.
 *
 * @param question what the experiment is to answer; decides which verdicts are drawn
 * @param engine as given to {@code --engine}, with what the lab added (the calibration of the synthetic engine)
 * @param models empty for an engine without one
 * @param decoding in words, the same for every run
 * @param timingScope what {@code wallSeconds} spans: {@code engine}, {@code pipeline} or {@code request}
 * @param limits kinds of CPU limit that the points are measured under
 * @param precision asked half-width of the 95 % interval of the median, relative (0.03 is ±3 %)
 * @param minRuns measured runs a point before the stopping rule may stop
 * @param maxTimeSeconds time for warm-up and runs of all points together
 * @param seed of the order of the runs and of the bootstrap
 * @param soak repetitions on one worker that show whether memory grows; 0 for none
 * @param refused files that were to be measured and can't be, each with the sentence why
 */
public record Plan(Question question, String engine, List<ModelRef> models, List<ClipRef> clips, String decoding,
        String timingScope, List<LimitRef> limits, List<Point> points, double precision, int minRuns,
        double maxTimeSeconds, long seed, int soak, List<String> refused) {

    /** {@link #SCALING}: over cores; {@link #THREADS}: threads under a limit; {@link #AUDIO}: clips and models. */
    public enum Question {
        SCALING, THREADS, AUDIO
    }

    /**
     * The model file: its digest decides whether two results are like for like.
     *
     * @param weightless true for a file of a model's dimensions without its weights: timing and memory, no text
     */
    public record ModelRef(String name, String sha256, long bytes, boolean weightless) {
        /** Said wherever a model without weights stands beside others. */
        public static final String NO_WEIGHTS = "no weights: timing only, no text, no WER";
    }

    /**
     * The clip: digest of the prepared 16 kHz mono audio that the engine heard.
     *
     * @param referenceWords of its transcript, normalised; null without one
     */
    public record ClipRef(String name, String sha256, double seconds, String language, Integer referenceWords) {
        /** Whisper computes audio in pieces of this length, the last one whole (Radford et al. 2022, section 2.1). */
        public static final double WINDOW_SECONDS = 30;

        public int windows() {
            return windows(seconds);
        }

        /** How many windows audio of this length fills or begins. */
        public static int windows(double seconds) {
            return (int) Math.ceil(seconds / WINDOW_SECONDS);
        }
    }

    /**
     * A kind of CPU limit.
     *
     * @param isolation its label
     * @param reason why this kind
     * @param image Docker image, null for the machine's own files
     */
    public record LimitRef(String isolation, String reason, String image) {
    }

    /**
     * One configuration.
     *
     * @param model null for an engine without one
     * @param coresLimit of each instance
     * @param threads of each instance
     * @param instances workers that transcribe the clip at the same time, each under a limit of its own
     * @param waitPolicy OpenMP's {@code active} or {@code passive}, null for the engine's own
     * @param skipped why it will not be measured, or null when it will
     */
    public record Point(String model, String clip, String isolation, double coresLimit, int threads, int instances,
            String waitPolicy, String skipped) {
        /** True if the run belongs to this point. */
        public boolean owns(Run run) {
            return run.coresLimit() == coresLimit && run.threads() == threads && run.instances() == instances
                    && Objects.equals(run.clip(), clip) && Objects.equals(run.model(), model)
                    && Objects.equals(run.isolation(), isolation) && Objects.equals(run.waitPolicy(), waitPolicy);
        }

        /** True if both differ in nothing but cores, threads and instances. */
        public boolean sameWork(Point other) {
            return Objects.equals(clip, other.clip) && Objects.equals(model, other.model)
                    && Objects.equals(isolation, other.isolation) && Objects.equals(waitPolicy, other.waitPolicy);
        }
    }

    /** False for a plan that was damaged: something that nothing can be judged without is missing. */
    boolean whole() {
        return question != null && engine != null && models != null && clips != null && limits != null && points != null
                && refused != null
                && !points.isEmpty() && points.stream().allMatch(p -> p.isolation() != null
                        && clips.stream().anyMatch(c -> c.name().equals(p.clip()))
                        && (p.model() == null) == models.isEmpty() && (p.model() == null || model(p) != null));
    }

    /** The points that are measured, in the order of the plan. */
    public List<Point> measuredPoints() {
        return points.stream().filter(p -> p.skipped() == null).toList();
    }

    /** Null for an engine without models. */
    public ModelRef model(Point point) {
        return models.stream().filter(m -> m.name().equals(point.model())).findFirst().orElse(null);
    }

    public ClipRef clip(Point point) {
        return clips.stream().filter(c -> c.name().equals(point.clip())).findFirst().orElseThrow();
    }

    /** The point as a person says it: what sets it apart from the others of this plan. */
    public String words(Point point) {
        List<String> parts = new ArrayList<>();
        if (varies(Point::model)) {
            parts.add(point.model());
        }
        if (varies(Point::clip)) {
            parts.add(point.clip());
        }
        if (point.instances() > 1) {
            parts.add(point.instances() + " instances");
        }
        if (parts.isEmpty() || varies(Point::coresLimit) || varies(Point::threads)) {
            parts.add(Cores.words(point.coresLimit()));
            parts.add(Cores.threads(point.threads()));
        }
        if (varies(Point::isolation)) {
            parts.add(point.isolation());
        }
        if (point.waitPolicy() != null) {
            parts.add(point.waitPolicy() + " waiting");
        }
        return String.join(", ", parts);
    }

    private boolean varies(Function<Point, Object> part) {
        return points.stream().map(part).distinct().count() > 1;
    }

    public Plan withEffort(double newPrecision, int newMinRuns, double newMaxTimeSeconds) {
        return new Plan(question, engine, models, clips, decoding, timingScope, limits, points, newPrecision,
                newMinRuns, newMaxTimeSeconds, seed, soak, refused);
    }
}
