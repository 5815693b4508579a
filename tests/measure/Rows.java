package tests.measure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import lib.measure.Judgement;
import lib.results.Environment;
import lib.results.Json;
import lib.results.Plan;
import lib.results.Run;

/** Rows of an experiment with one column changed, and what they say. */
final class Rows {
    private Rows() {
    }

    /** Of an experiment without a soak. */
    static Judgement judge(Plan plan, Environment environment, List<Run> runs) {
        return Judgement.of(plan, environment, runs, List.of());
    }

    static Run set(Run run, String column, Object value) {
        ObjectNode row = Json.MAPPER.valueToTree(run);
        row.set(column, Json.MAPPER.valueToTree(value));
        return Json.MAPPER.convertValue(row, Run.class);
    }

    static List<Run> set(List<Run> runs, String column, Object value) {
        return runs.stream().map(r -> set(r, column, value)).toList();
    }

    /** CPU time and busy cores go together. */
    static List<Run> busy(List<Run> runs, double cores) {
        return runs.stream().map(r -> set(set(set(r, "busyCores", null), "cpuSeconds", r.wallSeconds() * cores),
                "busyCores", cores)).toList();
    }

    static List<Run> shareOfWall(List<Run> runs, String column, double share) {
        return runs.stream().map(r -> set(r, column, r.wallSeconds() * share)).toList();
    }
}
