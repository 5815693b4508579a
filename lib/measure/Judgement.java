package lib.measure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    /** Instances of a batch start within this time, and no batch is over so soon. */
    private static final Duration TOGETHER = Duration.ofMillis(Workers.SETTLE_MILLIS);

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

    /** Warm-up is what a worker does first, and what the instances beside it do meanwhile. */
    private static void requireWarmUpsMarked(List<Run> runs, Plan plan) {
        for (Plan.Point point : plan.measuredPoints()) {
            Map<Integer, List<Run>> rounds = runs.stream().filter(point::owns)
                    .collect(Collectors.groupingBy(Run::iteration));
            rounds.values().forEach(round -> round.forEach(r -> requireMarked(r, batch(r, round))));
        }
    }

    private static void requireMarked(Run r, List<Run> batch) {
        boolean cold = batch.stream().anyMatch(b -> b.iteration() == 0 || b.startSeconds() != null);
        boolean failed = batch.stream().anyMatch(b -> b.status() != RunStatus.OK);
        boolean alike = batch.stream().allMatch(b -> b.warmup() == r.warmup());
        if (!alike || (r.warmup() ? !cold && !failed : cold)) {
            throw new UserError("Run " + r.run() + " in runs.csv has warmup " + r.warmup()
                    + ", and what else its row or the instances beside it say contradicts that; restore the file");
        }
    }

    /** Those of the round that started together with this one: a batch that had to be repeated has rows of its own. */
    private static List<Run> batch(Run r, List<Run> round) {
        return r.instances() == 1 ? List.of(r)
                : round.stream()
                        .filter(b -> Duration.between(b.startedAt(), r.startedAt()).abs().compareTo(TOGETHER) < 0)
                        .toList();
    }

    private static boolean none(Plan plan, Function<Plan.Point, String> part, String value) {
        return plan.points().stream().noneMatch(p -> Objects.equals(part.apply(p), value));
    }
}
