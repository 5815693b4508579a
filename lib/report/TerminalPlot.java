package lib.report;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import lib.results.Cores;
import lib.results.Estimate;

/** Speed-up against cores for a terminal: at most {@value #COLUMNS} columns and {@value #LINES} lines, no colour. */
public final class TerminalPlot {
    static final int COLUMNS = 60;
    static final int LINES = 12;
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉";
    private static final int LONGEST_NAME = 20;

    private TerminalPlot() {
    }

    /** With block characters if the terminal's encoding has them, else with ASCII. */
    public static String speedup(List<ScalingCharts.Point> points) {
        // stdout.encoding exists from JDK 19 on; before, stdout has the encoding of the system
        String encoding = System.getProperty("stdout.encoding", System.getProperty("native.encoding", "US-ASCII"));
        return speedup(points, Charset.forName(encoding).newEncoder().canEncode(EIGHTHS + "█┊×"));
    }

    /** One bar a point; the mark behind it is where a speed-up equal to the cores would end. */
    public static String speedup(List<ScalingCharts.Point> points, boolean unicode) {
        if (points.isEmpty()) {
            return "Speed-up: not measured";
        }
        int rows = points.size() < LINES ? points.size() : LINES - 2;
        double longest = points.stream().mapToDouble(p -> Math.max(p.cores(), p.value().value())).max().orElseThrow();
        List<String> names = points.stream().limit(rows).map(TerminalPlot::name).toList();
        int width = names.stream().mapToInt(String::length).max().orElseThrow();
        int figures = points.stream().limit(rows).mapToInt(p -> figures(p.value()).length()).max().orElseThrow();
        int room = COLUMNS - width - figures - 3;
        List<String> lines = new ArrayList<>();
        lines.add("Speed-up, higher is better (" + (unicode ? "┊" : "|") + " ideal)");
        for (int i = 0; i < rows; i++) {
            ScalingCharts.Point p = points.get(i);
            StringBuilder bar = new StringBuilder(bar(p.value().value() / longest * room, unicode));
            int ideal = (int) Math.round(p.cores() / longest * room);
            bar.append(" ".repeat(room + 1 - bar.length()));
            if (bar.charAt(ideal) == ' ') {
                bar.setCharAt(ideal, unicode ? '┊' : '|');
            }
            lines.add(" ".repeat(width - names.get(i).length()) + names.get(i) + " " + bar + " " + figures(p.value()));
        }
        if (rows < points.size()) {
            lines.add("and " + (points.size() - rows) + " more points, in the table");
        }
        return String.join("\n", lines);
    }

    private static String name(ScalingCharts.Point p) {
        String name = Cores.words(p.cores()) + (p.label().isEmpty() ? "" : ", " + p.label());
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME);
    }

    private static String bar(double columns, boolean unicode) {
        int eighths = (int) Math.round(columns * 8);
        if (!unicode) {
            return "#".repeat(Math.max(1, (eighths + 4) / 8));
        }
        String rest = eighths % 8 == 0 ? "" : EIGHTHS.substring(eighths % 8, eighths % 8 + 1);
        return "█".repeat(eighths / 8) + rest;
    }

    private static String figures(Estimate e) {
        if (e.hasInterval() && e.low().equals(e.high())) {
            return String.format(Locale.ROOT, "%.2f", e.value());
        }
        return e.hasInterval() ? String.format(Locale.ROOT, "%.2f [%.2f, %.2f]", e.value(), e.low(), e.high())
                : String.format(Locale.ROOT, "%.2f (no interval)", e.value());
    }
}
