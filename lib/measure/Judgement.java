package lib.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import lib.cli.UserError;
import lib.results.Environment;
import lib.results.Experiment;
import lib.results.Plan;
import lib.results.PointSummary;
import lib.results.Run;
import lib.results.RunStatus;
import lib.results.SoakSample;
import lib.results.Verdict;
import lib.results.WarningNote;

/**
 * What the rows say: a pure function of plan, machine and rows, so that it gives the same for a result from a pod and
 * for one from a laptop, today and after a re-reading.
 */
public record Judgement(List<PointSummary> summaries, Verdict verdict, String grade, List<String> gradeReasons,
        List<WarningNote> warnings) {
    /** @throws UserError if a row is not one of this plan, is there twice, or contradicts the others of its batch */
    public static Judgement of(Plan plan, Environment environment, List<Run> runs, List<SoakSample> soak) {
        runs.forEach(r -> requireOfPlan(r, plan));
        requireEachOnce(runs);
        requireWarmUpsMarked(runs, plan);
        Evidence evidence = new Evidence(plan, environment, runs, soak);
        Checks checks = Checks.of(evidence);
        List<Curve> curves = curves(evidence, checks);
        return new Judgement(Summaries.of(evidence, checks, curves), Verdicts.of(evidence, checks, curves),
                checks.grade(), checks.gradeReasons(), checks.warnings());
    }

    /** The experiment as today's judgement sees it: the same rows and plan, summaries and verdict anew. */
    public static Experiment again(Experiment e, List<Run> runs, List<SoakSample> soak) {
        Judgement j = of(e.plan(), e.environment(), runs, soak);
        return new Experiment(e.schemaVersion(), e.alias(), e.commandLine(), e.startedAt(), e.finishedAt(),
                e.gitCommit(), e.environment(), e.engine(), e.plan(), j.summaries, j.verdict, j.grade, j.gradeReasons,
                j.warnings);
    }

    /** One for each work that was measured over cores; a scaling experiment has one however few counts it has. */
    private static List<Curve> curves(Evidence evidence, Checks checks) {
        Plan plan = evidence.plan();
        List<Plan.Point> works = new ArrayList<>();
        for (Plan.Point point : plan.points()) {
            boolean overCores = plan.question() == Plan.Question.SCALING || plan.points().stream()
                    .anyMatch(p -> p.sameWork(point) && p.coresLimit() != point.coresLimit() && p.instances() == 1);
            if (overCores && works.stream().noneMatch(point::sameWork)) {
                works.add(point);
            }
        }
        return works.stream().map(work -> Curve.of(evidence, checks::valid, work)).toList();
    }

    private static void requireEachOnce(List<Run> runs) {
        long numbers = runs.stream().map(Run::run).distinct().count();
        if (numbers < runs.size()) {
            throw new UserError("runs.csv has " + (runs.size() - numbers) + " rows more than once; restore the file");
        }
    }

    private static void requireOfPlan(Run r, Plan plan) {
        String wrong = !Objects.equals(r.engine(), plan.engine()) ? "engine"
                : none(plan, Plan.Point::model, r.model()) ? "model"
                        : none(plan, Plan.Point::clip, r.clip()) ? "clip"
                                : none(plan, Plan.Point::isolation, r.isolation()) ? "isolation"
                                        : plan.measuredPoints().stream().noneMatch(p -> p.owns(r)) ? "point" : null;
        if (wrong != null) {
            throw new UserError("Run " + r.run() + " in runs.csv is not of this experiment's plan: its " + wrong
                    + " is another; restore the file");
        }
    }

    /**
     * Warm-up is what a worker does first, and what the instances beside it do meanwhile. A round may have two batches,
     * the first of them cold or failed; rows don't say which they are of. What a wrong mark leaves of a batch is not
     * whole, so it doesn't count.
     */
    private static void requireWarmUpsMarked(List<Run> runs, Plan plan) {
        for (Plan.Point point : plan.measuredPoints()) {
            List<Run> mine = runs.stream().filter(point::owns).toList();
            Set<Integer> excused = mine.stream().filter(r -> isCold(r) || r.status() != RunStatus.OK)
                    .map(Run::iteration).collect(Collectors.toSet());
            for (Run r : mine) {
                boolean mayBeWarmUp = point.instances() == 1 ? isCold(r) || r.status() != RunStatus.OK
                        : excused.contains(r.iteration());
                if (r.warmup() ? !mayBeWarmUp : isCold(r)) {
                    throw new UserError("Run " + r.run() + " in runs.csv has warmup " + r.warmup()
                            + ", and what else its row or the instances beside it say contradicts that; restore the "
                            + "file");
                }
            }
        }
    }

    private static boolean isCold(Run r) {
        return r.iteration() == 0 || r.startSeconds() != null;
    }

    private static boolean none(Plan plan, Function<Plan.Point, String> part, String value) {
        return plan.points().stream().noneMatch(p -> Objects.equals(part.apply(p), value));
    }
}
