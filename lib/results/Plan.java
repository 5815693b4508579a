package lib.results;

import java.util.List;

/**
 * What an experiment set out to measure; with the same plan the same runs are made in the same order.
 *
 * @param engine as given to {@code --engine}, with what the lab added (the calibration of the synthetic engine)
 * @param decoding in words, the same for every run
 * @param timingScope what {@code wallSeconds} spans: {@code engine}, {@code pipeline} or {@code request}
 * @param isolation kind of CPU limit; {@code isolationReason} says why this one
 * @param precision asked half-width of the 95 % interval of the median, relative (0.03 is ±3 %)
 * @param minRuns measured runs a point before the stopping rule may stop
 * @param maxTimeSeconds time for warm-up and runs of all points together
 * @param seed of the order of the runs and of the bootstrap
 */
public record Plan(String engine, ModelRef model, ClipRef clip, String decoding, String timingScope, String isolation,
        String isolationReason, String image, List<Point> points, double precision, int minRuns,
        double maxTimeSeconds, long seed) {

    /** The model file: its digest decides whether two results are like for like. Null for engines without one. */
    public record ModelRef(String name, String sha256, long bytes) {
    }

    /** The clip: digest of the prepared 16 kHz mono audio that the engine heard. */
    public record ClipRef(String name, String sha256, double seconds, String language, boolean hasReference) {
    }

    /**
     * One configuration.
     *
     * @param skipped why it will not be measured, or null when it will
     */
    public record Point(double coresLimit, int threads, int instances, String skipped) {
        /** True if the run belongs to this point. */
        public boolean owns(Run run) {
            return run.coresLimit() == coresLimit && run.threads() == threads && run.instances() == instances;
        }
    }

    /** The points that are measured, in the order of the plan. */
    public List<Point> measuredPoints() {
        return points.stream().filter(p -> p.skipped() == null).toList();
    }

    public Plan withEffort(double newPrecision, int newMinRuns, double newMaxTimeSeconds) {
        return new Plan(engine, model, clip, decoding, timingScope, isolation, isolationReason, image, points,
                newPrecision, newMinRuns, newMaxTimeSeconds, seed);
    }
}
