package tests.measure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import lib.results.Json;
import lib.results.Run;

/** Rows of an experiment with one column changed. */
final class Rows {
    private Rows() {
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
