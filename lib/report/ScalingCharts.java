package lib.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import lib.results.Cores;
import lib.results.Estimate;
import lib.stats.ScalingVerdict;

/**
 * A figure against the number of cores, as an SVG file that reads well in a Markdown page: on its own card, light or
 * dark as the reader's system is, down to 375 px wide. The same points give the same bytes on every machine.
 */
public final class ScalingCharts {
    /** What a chart shows and how its axis is read; the rest of a chart is the same for all three. */
    private enum Figure {
        LATENCY("seconds for the clip · bars: 95 % interval · lower is better", 30, v -> significant(v) + " s"),
        SPEEDUP("times as fast as 1 core · bars: 95 % interval · higher is better", 76,
                v -> String.format(Locale.ROOT, "%.2f×", v)),
        EFFICIENCY("speed-up / cores · bars: 95 % interval · higher is better", 180,
                v -> String.format(Locale.ROOT, "%.2f", v));

        final String axis;
        /** Room right of the plot for the names of its lines. */
        final int margin;
        final DoubleFunction<String> words;

        Figure(String axis, int margin, DoubleFunction<String> words) {
            this.axis = axis;
            this.margin = margin;
            this.words = words;
        }
    }

    /**
     * @param label what tells points of one core count apart, such as {@code 2 threads}; empty when nothing has to
     * @param value with its interval; without one the point is drawn hollow
     */
    public record Point(double cores, String label, Estimate value) {
    }

    private static final int LEFT = 70;
    private static final int TOP = 92;
    private static final int BOTTOM = 352;
    /** Sideways step between points that share a core count, so that their intervals can be told apart. */
    private static final int DODGE = 16;
    private static final int CAPTION_LINES = 3;
    private static final int MOST_STEPS = 6;
    private static final int MOST_CORE_TICKS = 10;
    private static final int MARKER = 6;
    private static final int SERIES_COLOURS = 5;

    private final Figure figure;
    private final List<Point> points;
    private final Map<String, List<Point>> series = new LinkedHashMap<>();
    private final double mostCores;
    private final double highest;
    private final double step;
    private final int right;
    /** Boxes (left, top, right, bottom) that a value's label must not cover. */
    private final List<double[]> taken = new ArrayList<>();

    private ScalingCharts(Figure figure, List<Point> points) {
        this.figure = figure;
        this.points = points;
        points.forEach(p -> series.computeIfAbsent(p.label(), l -> new ArrayList<>()).add(p));
        mostCores = points.stream().mapToDouble(Point::cores).max().orElse(1);
        double most = points.stream().mapToDouble(p -> p.value().hasInterval() ? p.value().high() : p.value().value())
                .max().orElse(1);
        double floor = switch (figure) {
            case LATENCY -> 0;
            case SPEEDUP -> mostCores;
            case EFFICIENCY -> 1;
        };
        step = niceStep(Math.max(most, floor) / MOST_STEPS);
        highest = Math.ceil(Math.max(most, floor) * 1.04 / step) * step;
        right = Svg.WIDTH - figure.margin;
    }

    /** @param caption one line: engine, model, clip, isolation, runs, grade */
    public static String latency(List<Point> points, String title, String caption) {
        return new ScalingCharts(Figure.LATENCY, points).draw(title, caption);
    }

    /** Against the dashed line of a speed-up that equals the cores. */
    public static String speedup(List<Point> points, String title, String caption) {
        return new ScalingCharts(Figure.SPEEDUP, points).draw(title, caption);
    }

    /** With the two thresholds of the 4-core question. */
    public static String efficiency(List<Point> points, String title, String caption) {
        return new ScalingCharts(Figure.EFFICIENCY, points).draw(title, caption);
    }

    private String draw(String title, String caption) {
        boolean hollow = points.stream().anyMatch(p -> !p.value().hasInterval());
        List<String> lines = Svg.wrapped(caption + (hollow ? " · hollow: too few runs for an interval" : ""),
                Svg.WIDTH - 2 * 24, CAPTION_LINES);
        int height = BOTTOM + 66 + Svg.LINE * lines.size();
        Svg svg = new Svg("perf-" + figure.name().toLowerCase(Locale.ROOT), height, title,
                caption + ". " + description());
        svg.text(24, 38, "start", "ink title", title);
        svg.text(24, 66, "start", "muted", figure.axis);
        grid(svg);
        reference(svg);
        if (points.isEmpty()) {
            svg.text((LEFT + right) / 2.0, (TOP + BOTTOM) / 2.0, "middle", "muted", "not measured");
        }
        int number = 0;
        for (List<Point> one : series.values()) {
            series(svg, one, number++);
        }
        labels(svg);
        for (int i = 0; i < lines.size(); i++) {
            svg.text(24, BOTTOM + 78 + i * Svg.LINE, "start", "muted", lines.get(i));
        }
        return svg.end();
    }

    private void grid(Svg svg) {
        int decimals = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
        boolean half = Math.abs(step * Math.pow(10, decimals) % 1) > 1e-9;
        for (int i = 0; i * step <= highest * (1 + 1e-9); i++) {
            svg.line(LEFT, y(i * step), right, y(i * step), i == 0 ? "axis" : "grid");
            svg.text(LEFT - 10, y(i * step) + 6, "end", "muted",
                    String.format(Locale.ROOT, "%." + (half ? decimals + 1 : decimals) + "f", i * step));
        }
        int every = 1;
        while (span() / every >= MOST_CORE_TICKS) {
            every *= 2;
        }
        for (int cores = 0; cores <= span(); cores += every) {
            svg.line(x(cores), BOTTOM, x(cores), BOTTOM + 6, "axis");
            svg.text(x(cores), BOTTOM + 26, "middle", "muted", Integer.toString(cores));
        }
        svg.text((LEFT + right) / 2.0, BOTTOM + 50, "middle", "muted", "cores (CPU limit)");
    }

    private void reference(Svg svg) {
        if (figure == Figure.SPEEDUP) {
            double end = Math.min(span(), highest);
            svg.line(x(0), y(0), x(end), y(end), "ideal");
            name(svg, x(end), y(end) + 6, "ideal");
        }
        if (figure == Figure.EFFICIENCY) {
            svg.line(LEFT, y(1), right, y(1), "ideal");
            name(svg, right, y(1) + 6, "1 ideal");
            // the thresholds are those of the 4-core question; drawn over other counts they would seem to answer it
            if (points.stream().anyMatch(p -> p.cores() == ScalingVerdict.QUESTION_CORES)) {
                threshold(svg, ScalingVerdict.MANY_WEAK_EFFICIENCY, "> " + ScalingVerdict.MANY_WEAK_EFFICIENCY
                        + " many weak", true);
                threshold(svg, ScalingVerdict.FEW_STRONG_EFFICIENCY, "< " + ScalingVerdict.FEW_STRONG_EFFICIENCY
                        + " few strong", false);
            }
        }
    }

    /** The name stands on the side of the line that it speaks of. */
    private void threshold(Svg svg, double value, String name, boolean above) {
        svg.line(LEFT, y(value), right, y(value), above ? "weak" : "strong");
        name(svg, right, y(value) + (above ? -5 : 18), name);
    }

    private void name(Svg svg, double end, double y, String name) {
        svg.text(end + 8, y, "start", "muted", name);
        taken.add(new double[] {end + 6, y - 15, Svg.WIDTH, y + 4});
    }

    private void series(Svg svg, List<Point> one, int number) {
        String colour = "s" + number % SERIES_COLOURS;
        for (int i = 1; i < one.size(); i++) {
            svg.line(x(one.get(i - 1)), y(one.get(i - 1).value().value()), x(one.get(i)),
                    y(one.get(i).value().value()), "curve " + colour);
        }
        for (Point p : one) {
            double x = x(p);
            svg.group(sentence(p));
            double low = y(bottom(p));
            double high = y(top(p));
            // a shorter one lies within the marker, and its ends would only make it ragged
            if (low - high > 2 * MARKER) {
                svg.line(x, low, x, high, "bar " + colour);
                svg.line(x - 7, low, x + 7, low, "bar " + colour);
                svg.line(x - 7, high, x + 7, high, "bar " + colour);
            }
            svg.circle(x, y(p.value().value()), MARKER, (p.value().hasInterval() ? "full " : "hollow ") + colour);
            svg.endGroup();
        }
    }

    /** The figures beside their points. A label without room is left out: the table and the description have it. */
    private void labels(Svg svg) {
        for (Point p : points) {
            double reach = MARKER + 3;
            taken.add(new double[] {x(p) - reach, y(top(p)) - 3, x(p) + reach, y(bottom(p)) + 3});
        }
        // from the largest count down: where many scaled to is what the reader looks for
        for (int i = points.size() - 1; i >= 0; i--) {
            Point p = points.get(i);
            String words = figure.words.apply(p.value().value()) + (p.label().isEmpty() ? "" : ", " + p.label());
            double width = Svg.width(words);
            double middle = Math.min(x(p), Svg.WIDTH - 14 - width / 2);
            // below first for speed-up, where the ideal line runs above
            double above = y(top(p)) - 12;
            double below = y(bottom(p)) + 24;
            List<double[]> places = List.of(new double[] {middle, figure == Figure.SPEEDUP ? below : above},
                    new double[] {middle, figure == Figure.SPEEDUP ? above : below},
                    new double[] {x(p) + 14 + width / 2, y(p.value().value()) + 6},
                    new double[] {x(p) - 14 - width / 2, y(p.value().value()) + 6});
            for (double[] place : places) {
                double[] box = {place[0] - width / 2, place[1] - 15, place[0] + width / 2, place[1] + 4};
                if (free(box)) {
                    taken.add(box);
                    svg.text(place[0], place[1], "middle", "ink value", words);
                    break;
                }
            }
        }
    }

    private boolean free(double[] box) {
        return box[1] >= TOP - 14 && box[3] <= BOTTOM - 2 && box[0] >= LEFT + 2 && box[2] <= Svg.WIDTH - 10
                && taken.stream().noneMatch(t -> box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3]);
    }

    private static double top(Point p) {
        return p.value().hasInterval() ? p.value().high() : p.value().value();
    }

    private static double bottom(Point p) {
        return p.value().hasInterval() ? p.value().low() : p.value().value();
    }

    private String description() {
        return points.isEmpty() ? "Not measured."
                : figure.axis + ". "
                        + points.stream().map(this::sentence).collect(Collectors.joining("; ")) + ".";
    }

    private String sentence(Point p) {
        Estimate e = p.value();
        return Cores.words(p.cores()) + (p.label().isEmpty() ? "" : ", " + p.label()) + ": " + figure.words.apply(e
                .value())
                + (e.hasInterval() ? ", 95 % interval " + figure.words.apply(e.low()) + " to "
                        + figure.words.apply(e.high()) : ", too few runs for an interval");
    }

    /** The axis goes a little beyond the last point, so that its label has room. */
    private double span() {
        return mostCores * 1.1;
    }

    private double x(double cores) {
        return LEFT + (right - LEFT) * cores / span();
    }

    private double x(Point p) {
        List<Point> same = points.stream().filter(q -> q.cores() == p.cores()).toList();
        return x(p.cores()) + DODGE * (same.indexOf(p) - (same.size() - 1) / 2.0);
    }

    private double y(double value) {
        return BOTTOM - (BOTTOM - TOP) * Math.max(0, value) / highest;
    }

    /** The smallest of 1, 2, 2.5, 5 times a power of ten that is not below. */
    static double niceStep(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double nice : new double[] {1, 2, 2.5, 5}) {
            if (nice * power >= least * (1 - 1e-9)) {
                return nice * power;
            }
        }
        return 10 * power;
    }

    /** Three digits that count. */
    static String significant(double value) {
        int decimals = value <= 0 ? 0 : Math.max(0, 2 - (int) Math.floor(Math.log10(value)));
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
