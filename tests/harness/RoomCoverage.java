package tests.harness;

/** How much of one room (a package under lib) the tests ran, in lines and branches. */
public record RoomCoverage(String room, int coveredLines, int lines, int coveredBranches, int branches) {
    /** Both together, under this one's name. */
    public RoomCoverage plus(RoomCoverage other) {
        return new RoomCoverage(room, coveredLines + other.coveredLines, lines + other.lines,
                coveredBranches + other.coveredBranches, branches + other.branches);
    }

    /** Null where there is no line to cover. */
    public Integer linePercent() {
        return lines == 0 ? null : Math.round(100f * coveredLines / lines);
    }

    /** Null where there is no branch to cover. */
    public Integer branchPercent() {
        return branches == 0 ? null : Math.round(100f * coveredBranches / branches);
    }
}
