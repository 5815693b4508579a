package lib.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import lib.results.Cores;
import lib.results.Estimate;

/**
 * Latency over threads and CPU limit, a panel a kind of limit, on a card like those of {@link ScalingCharts}. Nothing
 * is told by colour alone: figures stand in the cells; what is recommended, throttled or over-subscribed has a mark.
 */
public final class HeatMap {
    /**
     * @param kind of the limit, in words
     * @param cores of the limit
     * @param latencySeconds median; null when not measured
     * @param valid false when nothing may be concluded from the figure
     * @param overSubscribed more threads than the limit can run at once
     * @param throttled false also when that was not measured
     */
    public record Cell(String kind, double cores, int threads, Estimate latencySeconds, boolean valid,
            boolean recommended, boolean overSubscribed, boolean throttled) {
        private boolean counts() {
            return valid && latencySeconds != null;
        }
    }

    /** Rows and columns of one grid; a kind of limit with many limits has several. */
    private record Panel(String title, String kind, List<Double> cores, List<Integer> threads) {
        int height() {
            return PANEL_TOP + threads.size() * CELL_HEIGHT + PANEL_BOTTOM;
        }
    }

    private static final int LEFT = 146;
    private static final int RIGHT = Svg.WIDTH - 24;
    private static final int TOP = 118;
    private static final int PANEL_TOP = 34;
    private static final int PANEL_BOTTOM = 74;
    private static final int CELL_HEIGHT = 78;
    private static final int WIDEST_CELL = 150;
    /** More would be too narrow for their figures. */
    private static final int MOST_COLUMNS = 6;
    /** Between two cells; the outline of a mark lies in it. */
    private static final int GAP = 8;
    private static final int SWATCH = 22;
    private static final int CAPTION_LINES = 3;
    /** Upper ends of the colours, in times the fastest; the last colour has none. */
    private static final double[] ENDS = {1.05, 1.25, 1.5, 2};
    /**
     * One hue whose lightness runs one way, so that every kind of colour vision and a grey print tell the colours
     * apart; the slower, the further from the card. HeatMapTest: text on each has a contrast of 4.5 (WCAG 2.1).
     */
    private static final String STYLE = """
            & .cell { stroke-width: 70px }
            & .swatch { stroke-width: 22px }
            & .h0 { stroke: #fdf0cc }
            & .h1 { stroke: #fbd27a }
            & .h2 { stroke: #f0a030 }
            & .h3 { stroke: #b85c0e }
            & .h4 { stroke: #6b2c05 }
            & .t0, & .t1, & .t2 { fill: #1f2328 }
            & .t3, & .t4 { fill: #ffffff }
            & .k0, & .k1, & .k2, & .key { stroke: #1f2328 }
            & .k3, & .k4 { stroke: #ffffff }
            & .mark { stroke-width: 3.5px; stroke-linecap: round }
            & .figure { font-weight: 600 }
            & .best { stroke: #1f2328; stroke-width: 4px; stroke-linecap: square }
            & .over { stroke: #59636e; stroke-width: 2px; stroke-dasharray: 7 5 }
            & .none { stroke: #d0d7de; stroke-width: 1.5px }
            @media (prefers-color-scheme: dark) {
              & .h0 { stroke: #3a3020 }
              & .h1 { stroke: #5f4312 }
              & .h2 { stroke: #8a5d10 }
              & .h3 { stroke: #d99a20 }
              & .h4 { stroke: #ffd983 }
              & .t0, & .t1, & .t2 { fill: #f0f6fc }
              & .t3, & .t4 { fill: #161b22 }
              & .k0, & .k1, & .k2, & .key { stroke: #f0f6fc }
              & .k3, & .k4 { stroke: #161b22 }
              & .best { stroke: #f0f6fc }
              & .over { stroke: #a3adb8 }
              & .none { stroke: #30363d }
            }
            """;

    private final List<Cell> cells;
    private final List<Panel> panels = new ArrayList<>();

    private HeatMap(List<Cell> cells) {
        this.cells = cells;
        Set<String> kinds = cells.stream().map(Cell::kind).collect(Collectors.toCollection(LinkedHashSet::new));
        for (String kind : kinds) {
            List<Cell> mine = cells.stream().filter(c -> c.kind.equals(kind)).toList();
            List<Double> cores = mine.stream().map(Cell::cores).distinct().sorted().toList();
            List<Integer> threads = mine.stream().map(Cell::threads).distinct().sorted().toList();
            for (int from = 0; from < cores.size(); from += MOST_COLUMNS) {
                List<Double> columns = cores.subList(from, Math.min(cores.size(), from + MOST_COLUMNS));
                panels.add(new Panel(from == 0 ? kind : kind + ", continued", kind, columns, threads));
            }
        }
    }

    /**
     * @param cells one for each kind, limit and thread count; a combination without one is shown as not measured
     * @param caption one line: engine, model, clip, runs, grade
     */
    public static String svg(List<Cell> cells, String title, String caption) {
        return new HeatMap(cells).draw(title, caption);
    }

    private String draw(String title, String caption) {
        List<String> lines = Svg.wrapped(caption, Svg.WIDTH - 2 * 24, CAPTION_LINES);
        int legend = TOP + (panels.isEmpty() ? PANEL_BOTTOM : panels.stream().mapToInt(Panel::height).sum());
        int height = legend + 2 * 36 + 20 + Svg.LINE * lines.size();
        // a page may hold one for each way of waiting, under titles of their own
        String id = "perf-" + title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        Svg svg = new Svg(id, height, title, caption + ". " + description());
        svg.text(24, 38, "start", "ink title", title);
        svg.text(24, 66, "start", "muted", "seconds for the clip · lower is better");
        svg.text(24, 66 + Svg.LINE, "start", "muted", "× and colour: times the fastest that fits the limit");
        if (panels.isEmpty()) {
            svg.text(Svg.WIDTH / 2.0, TOP + 24, "middle", "muted", "not measured");
        }
        double top = TOP;
        for (Panel panel : panels) {
            draw(svg, panel, top);
            top += panel.height();
        }
        legend(svg, legend);
        for (int i = 0; i < lines.size(); i++) {
            svg.text(24, legend + 2 * 36 + 20 + i * Svg.LINE, "start", "muted", lines.get(i));
        }
        return styled(svg.end(), id);
    }

    /** The card's own style stays as it is; words can't hold the tag, they are escaped. */
    private static String styled(String svg, String id) {
        int end = svg.indexOf("</style>");
        return svg.substring(0, end) + STYLE.replace("&", "#" + id) + svg.substring(end);
    }

    private void draw(Svg svg, Panel panel, double top) {
        double width = Math.min(WIDEST_CELL, (double) (RIGHT - LEFT) / panel.cores.size());
        svg.text(24, top + 18, "start", "ink value", panel.title);
        for (int row = 0; row < panel.threads.size(); row++) {
            double y = top + PANEL_TOP + row * CELL_HEIGHT;
            svg.text(LEFT - 12, y + CELL_HEIGHT / 2.0 + 6, "end", "muted", Cores.threads(panel.threads.get(row)));
            for (int column = 0; column < panel.cores.size(); column++) {
                cell(svg, panel, column, row, LEFT + column * width, y, width);
            }
        }
        double bottom = top + PANEL_TOP + panel.threads.size() * CELL_HEIGHT;
        for (int column = 0; column < panel.cores.size(); column++) {
            svg.text(LEFT + (column + 0.5) * width, bottom + 20, "middle", "muted",
                    Cores.number(panel.cores.get(column)));
        }
        svg.text(LEFT + panel.cores.size() * width / 2, bottom + 44, "middle", "muted", "cores (CPU limit)");
    }

    private void cell(Svg svg, Panel panel, int column, int row, double x, double y, double width) {
        double cores = panel.cores.get(column);
        int threads = panel.threads.get(row);
        Cell cell = cells.stream().filter(c -> c.kind.equals(panel.kind) && c.cores == cores && c.threads == threads)
                .findFirst().orElse(new Cell(panel.kind, cores, threads, null, true, false, false, false));
        Double times = times(cell);
        double middle = x + width / 2;
        svg.group(sentence(cell));
        if (times == null) {
            outline(svg, x, y, width, "none");
            svg.text(middle, y + 40, "middle", "muted", cell.latencySeconds == null ? "not" : "not valid");
            svg.text(middle, y + 62, "middle", "muted", cell.latencySeconds == null ? "measured"
                    : seconds(cell.latencySeconds.value()));
        } else {
            int colour = colour(times);
            svg.line(x + GAP / 2.0, y + CELL_HEIGHT / 2.0, x + width - GAP / 2.0, y + CELL_HEIGHT / 2.0,
                    "cell h" + colour);
            svg.text(middle, y + 40, "middle", "figure t" + colour, seconds(cell.latencySeconds.value()));
            svg.text(middle, y + 62, "middle", "t" + colour, times(times));
            if (cell.overSubscribed) {
                outline(svg, x, y, width, "over");
            }
            if (cell.recommended) {
                outline(svg, x, y, width, "best");
                check(svg, x + width - 29, y + 10, "mark k" + colour);
            }
            if (cell.throttled) {
                bars(svg, x + 15, y + 10, "mark k" + colour);
            }
        }
        svg.endGroup();
    }

    private static void outline(Svg svg, double x, double y, double width, String style) {
        double inset = GAP / 2.0 - 1;
        rectangle(svg, x + inset, y + inset, x + width - inset, y + CELL_HEIGHT - inset, style);
    }

    private static void rectangle(Svg svg, double left, double top, double right, double bottom, String style) {
        svg.line(left, top, right, top, style);
        svg.line(right, top, right, bottom, style);
        svg.line(right, bottom, left, bottom, style);
        svg.line(left, bottom, left, top, style);
    }

    /** A tick of strokes: a letter for it is not in every font. */
    private static void check(Svg svg, double x, double y, String style) {
        svg.line(x, y + 6, x + 5, y + 11, style);
        svg.line(x + 5, y + 11, x + 15, y, style);
    }

    /** As on a pause key: the kernel held the threads. */
    private static void bars(Svg svg, double x, double y, String style) {
        svg.line(x, y, x, y + 11, style);
        svg.line(x + 7, y, x + 7, y + 11, style);
    }

    private void legend(Svg svg, double top) {
        double x = 24;
        for (int i = 0; i <= ENDS.length; i++) {
            svg.line(x, top, x + SWATCH, top, "swatch h" + i);
            boolean last = i == ENDS.length;
            String words = last ? "above" : "to ×" + number(ENDS[i]);
            svg.text(x + SWATCH + 8, top + 6, "start", "muted", words);
            x += SWATCH + 8 + Svg.width(words) + 14;
        }
        double second = top + 36;
        check(svg, 27, second - 6, "mark key");
        svg.text(54, second + 6, "start", "muted", "recommended");
        bars(svg, 204, second - 6, "mark key");
        svg.text(224, second + 6, "start", "muted", "throttled");
        rectangle(svg, 350, second - 11, 372, second + 11, "over");
        svg.text(382, second + 6, "start", "muted", "more threads than cores");
    }

    /** Latency over that of the fastest that the limit can run at once; null when there is none to compare. */
    private Double times(Cell cell) {
        if (!cell.counts()) {
            return null;
        }
        List<Cell> same = cells.stream().filter(c -> c.counts() && c.kind.equals(cell.kind) && c.cores == cell.cores)
                .toList();
        double fastest = same.stream().filter(c -> !c.overSubscribed || same.stream().allMatch(Cell::overSubscribed))
                .mapToDouble(c -> c.latencySeconds.value()).min().orElseThrow();
        return cell.latencySeconds.value() / fastest;
    }

    private static int colour(double times) {
        int colour = 0;
        while (colour < ENDS.length && times > ENDS[colour]) {
            colour++;
        }
        return colour;
    }

    private String description() {
        return cells.isEmpty() ? "Not measured."
                : "Seconds for the clip, lower is better. "
                        + cells.stream().map(this::sentence).collect(Collectors.joining("; ")) + ".";
    }

    private String sentence(Cell cell) {
        String start = cell.kind + ", " + Cores.words(cell.cores) + ", " + Cores.threads(cell.threads) + ": ";
        if (cell.latencySeconds == null) {
            return start + "not measured";
        }
        Estimate e = cell.latencySeconds;
        return start + seconds(e.value()) + (e.hasInterval() ? ", 95 % interval " + seconds(e.low()) + " to "
                + seconds(e.high()) : ", too few runs for an interval")
                + (cell.valid ? ", " + times(times(cell)) + " the fastest" : ", not valid")
                + (cell.recommended ? ", recommended" : "")
                + (cell.overSubscribed ? ", more threads than cores" : "") + (cell.throttled ? ", throttled" : "");
    }

    private static String times(double times) {
        return String.format(Locale.ROOT, "×%.2f", times);
    }

    private static String number(double end) {
        return String.format(Locale.ROOT, "%.2f", end).replaceAll("\\.?0+$", "");
    }

    /** Three digits that count. */
    private static String seconds(double seconds) {
        int decimals = seconds <= 0 ? 0 : Math.max(0, 2 - (int) Math.floor(Math.log10(seconds)));
        return String.format(Locale.ROOT, "%." + decimals + "f s", seconds);
    }
}
