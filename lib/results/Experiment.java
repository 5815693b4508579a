package lib.results;

import java.time.Instant;
import java.util.List;

/**
 * {@code experiment.json}: what was measured, on what, and what came of it.
 *
 * @param schemaVersion 2; raised when the meaning of a field changes
 * @param commandLine as typed, paths reduced to their last name
 * @param finishedAt null while the experiment runs, and after a kill
 * @param gitCommit of the checkout that measured, null outside one
 * @param engine name, version and system-info string of the engine that answered
 * @param grade A clean, B usable, C indicative only
 */
public record Experiment(int schemaVersion, String alias, List<String> commandLine, Instant startedAt,
        Instant finishedAt, String gitCommit, Environment environment, EngineIdentity engine, Plan plan,
        List<PointSummary> summaries, Verdict verdict, String grade, List<String> gradeReasons,
        List<WarningNote> warnings) {
    public static final int SCHEMA_VERSION = 2;
}
