package lib.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lib.results.Estimate;
import lib.results.Plan.ModelRef;

/**
 * Models over clips: latency and memory by length of audio, speed against accuracy; on cards like those of
 * {@link ScalingCharts}. Each model has a colour and a shape, by its place in the list: give all three charts the same
 * order.
 */
public final class AudioCharts {
    /**
     * One model, or one model on one number of cores.
     *
     * @param line null to draw none: too few clips, or a cost that hangs on more than the windows
     */
    public record Series(String name, boolean weightless, List<Point> points, Line line) {
    }

    /** @param latencySeconds with its interval; without one the point is drawn hollow */
    public record Point(String clip, int windows, double audioSeconds, Estimate latencySeconds) {
    }

    /** seconds = fixedSeconds + secondsPerWindow · windows. */
    public record Line(double fixedSeconds, double secondsPerWindow) {
        private double at(double windows) {
            return fixedSeconds + secondsPerWindow * windows;
        }
    }

    /**
     * @param rtf of the set: sum of the latencies / sum of the audio
     * @param wordErrorRate of the set, a share; null when no clip has a reference
     */
    public record Model(String name, boolean weightless, Estimate rtf, Double wordErrorRate) {
        private boolean drawn() {
            return !weightless && wordErrorRate != null;
        }
    }

    /** @param fixedBytes of the fitted line; null, as bytesPerMinute, to draw none */
    public record MemorySeries(String name, boolean weightless, List<MemoryPoint> points, Double fixedBytes,
            Double bytesPerMinute) {
    }

    public record MemoryPoint(String clip, double audioSeconds, long peakRssBytes) {
        private double minutes() {
            return audioSeconds / 60;
        }
    }

    private enum Figure {
        LATENCY("Latency by length of audio", "seconds", " · bars: 95 % interval · lower is better",
                "30 s windows of the clip"),
        ACCURACY("Speed against accuracy", "% wrong words (WER)", " · bars: 95 % interval · best: lower left",
                "seconds for a second of audio (RTF)"),
        MEMORY("Peak memory by length of audio", "MB resident at the peak", " · lower is better", "minutes of audio");

        final String title;
        final String up;
        final String better;
        final String across;

        Figure(String title, String up, String better, String across) {
            this.title = title;
            this.up = up;
            this.better = better;
            this.across = across;
        }
    }

    /** A line of the legend; a model's name may be shortened, what follows it is not. */
    private record Key(int marker, String name, String rest) {
        private static final int REAL_TIME = -1;
    }

    private record Axis(double low, double high, boolean log, List<Double> ticks) {
        /** From 0. */
        static Axis linear(double most) {
            double step = ScalingCharts.niceStep(most / MOST_STEPS);
            int steps = (int) Math.ceil(most * 1.04 / step);
            return new Axis(0, steps * step, false, IntStream.rangeClosed(0, steps).mapToObj(i -> i * step).toList());
        }

        /** @param values of which those above 0 count */
        static Axis log(List<Double> values) {
            double least = values.stream().filter(v -> v > 0).min(Comparator.naturalOrder()).orElse(1.0);
            List<Double> ticks = ticks(least / 1.04, most(values) * 1.04, 1, 2, 5);
            if (ticks.size() > MOST_LOG_TICKS) {
                ticks = ticks(least, most(values), 1);
            }
            return new Axis(ticks.get(0), ticks.get(ticks.size() - 1), true, ticks);
        }

        /** From the last that is not above the least to the first that is not below the most; two or more. */
        private static List<Double> ticks(double least, double most, double... factors) {
            List<Double> all = new ArrayList<>();
            double last = Math.ceil(Math.log10(most)) + 1;
            for (int power = (int) Math.floor(Math.log10(least)) - 1; power <= last; power++) {
                for (double factor : factors) {
                    all.add(factor * Math.pow(10, power));
                }
            }
            int from = 0;
            while (all.get(from + 1) <= least) {
                from++;
            }
            int to = from + 1;
            while (all.get(to) < most) {
                to++;
            }
            return all.subList(from, to + 1);
        }

        /** 0 at the low end, 1 at the high end, where what lies beyond is drawn too. */
        double share(double value) {
            double inside = Math.min(high, Math.max(low, value));
            return log ? Math.log(inside / low) / Math.log(high / low) : (inside - low) / (high - low);
        }

        String scale() {
            return log ? ", log scale" : "";
        }
    }

    private static final int LEFT = 70;
    private static final int RIGHT = Svg.WIDTH - 30;
    private static final int EDGE = 24;
    private static final int PLOT_HEIGHT = 300;
    private static final int KEY_HEIGHT = 27;
    private static final int CAPTION_LINES = 3;
    private static final int MOST_STEPS = 6;
    private static final int MOST_LOG_TICKS = 10;
    /** Largest over smallest from which a scale is logarithmic: on a linear one the small end would be a heap. */
    private static final double LOG_RATIO = 10;
    /** On a linear scale the line of real time is left out where it would press the points to the ground. */
    private static final double MOST_HEADROOM = 2;
    private static final int MARKER = 6;
    /** Sideways step between points that would cover one another. */
    private static final int DODGE = 14;
    private static final int MOST_DODGES = 2;
    private static final int COLOURS = 5;
    private static final int SHAPES = 5;
    /** Of a fitted line, which is bent on a logarithmic scale. */
    private static final int PIECES = 40;
    private static final int WIDEST_LABEL = 260;
    /** How much wider letters are where they are bold. */
    private static final double BOLD = 1.2;
    private static final double MEGABYTE = 1e6;

    private final Svg svg;
    private final Axis x;
    private final Axis y;
    private final int top;
    private final int bottom;

    private AudioCharts(Figure figure, Axis x, Axis y, List<Key> keys, List<String> below, List<String> sentences) {
        this.x = x;
        this.y = y;
        String reading = figure.up + y.scale() + figure.better;
        List<String> head = Svg.wrapped(reading, Svg.WIDTH - 2 * EDGE, 2);
        int legend = 66 + head.size() * Svg.LINE;
        top = legend + keys.size() * KEY_HEIGHT;
        bottom = top + PLOT_HEIGHT;
        List<String> foot = below.stream().flatMap(b -> Svg.wrapped(b, Svg.WIDTH - 2 * EDGE, CAPTION_LINES).stream())
                .toList();
        svg = new Svg("perf-audio-" + figure.name().toLowerCase(Locale.ROOT), bottom + 66 + Svg.LINE * foot.size(),
                figure.title, String.join(". ", below) + ". " + (sentences.isEmpty() ? "Not measured."
                        : reading + ". " + String.join("; ", sentences) + "."));
        svg.text(EDGE, 38, "start", "ink title", figure.title);
        lines(head, 66);
        for (int i = 0; i < keys.size(); i++) {
            key(keys.get(i), legend + i * KEY_HEIGHT);
        }
        grid(figure.across + x.scale());
        if (sentences.isEmpty()) {
            svg.text((LEFT + RIGHT) / 2.0, (top + bottom) / 2.0, "middle", "muted", "not measured");
        }
        lines(foot, bottom + 78);
    }

    /**
     * Seconds to transcribe over the number of 30 s windows, which is what Whisper computes: clips of 8 s and of 30 s
     * stand at the same place.
     *
     * @param caption one line: engine, limit, threads, runs, grade
     */
    public static String latency(List<Series> series, String caption) {
        List<Point> points = series.stream().flatMap(s -> s.points.stream()).toList();
        List<Double> windows = points.stream().map(p -> (double) p.windows).distinct().sorted().toList();
        List<Double> seconds = new ArrayList<>();
        points.forEach(p -> seconds.addAll(ends(p.latencySeconds)));
        series.stream().filter(s -> s.line != null)
                .forEach(s -> s.points.forEach(p -> seconds.add(s.line.at(p.windows))));
        List<Double> lengths = points.stream().map(Point::audioSeconds).toList();
        boolean log = wide(windows) || wide(seconds);
        boolean realTime = !points.isEmpty() && (log || most(lengths) <= MOST_HEADROOM * most(seconds));
        if (realTime) {
            seconds.addAll(lengths);
        }
        List<Key> keys = keys(series, Series::name, s -> s.points.isEmpty() ? "not measured"
                : s.line == null ? "" : sum(s.line.secondsPerWindow, " s a window", s.line.fixedSeconds, " s"));
        if (realTime) {
            keys.add(new Key(Key.REAL_TIME, "real time: below it, faster than the clip lasts", ""));
        }
        List<String> below = new ArrayList<>(List.of(caption(caption, points.stream().map(Point::latencySeconds))));
        String slow = series.stream().filter(s -> slow(s) > 0).map(s -> s.name + " (" + slow(s) + " of "
                + s.points.size() + (s.points.size() == 1 ? " clip)" : " clips)")).collect(Collectors.joining(", "));
        if (!points.isEmpty()) {
            below.add(slow.isEmpty() ? "All are faster than real time." : "Slower than real time: " + slow + ".");
        }
        below.addAll(weightless(series.stream().filter(Series::weightless).map(Series::name)));
        Axis x = points.isEmpty() ? Axis.linear(1)
                : new Axis(log ? windows.get(0) / 1.3 : 0,
                        most(windows) * (log ? 1.3 : 1.1), log, windows);
        AudioCharts chart = new AudioCharts(Figure.LATENCY, x, log ? Axis.log(seconds) : Axis.linear(most(seconds)),
                keys, below, series.stream().flatMap(s -> s.points.stream().map(p -> sentence(s, p))).toList());
        chart.drawLatency(series, windows, realTime);
        return chart.svg.end();
    }

    /**
     * Word error rate over real-time factor.
     *
     * @param models those without weights or without a word error rate are named below
     */
    public static String accuracy(List<Model> models, String caption) {
        List<Model> drawn = models.stream().filter(Model::drawn).toList();
        List<Double> factors = drawn.stream().flatMap(m -> ends(m.rtf).stream()).toList();
        Axis x = wide(factors) ? Axis.log(factors) : Axis.linear(drawn.isEmpty() ? 1 : most(factors));
        // at least 1 %: without a single error the axis still needs a length
        Axis y = Axis.linear(Math.max(1, 100 * drawn.stream().mapToDouble(Model::wordErrorRate).max().orElse(0)));
        List<Key> keys = new ArrayList<>();
        for (Model m : drawn) {
            keys.add(new Key(models.indexOf(m), m.name, "WER " + percent(m.wordErrorRate) + ", RTF "
                    + number(m.rtf.value())));
        }
        boolean realTime = !drawn.isEmpty() && x.low < 1 && x.high > 1;
        if (realTime) {
            keys.add(new Key(Key.REAL_TIME, "real time: left of it, faster than the audio lasts", ""));
        }
        List<String> below = new ArrayList<>(List.of(caption(caption, drawn.stream().map(Model::rtf))));
        for (Model m : models) {
            if (!m.drawn()) {
                below.add(m.name + ": " + (m.weightless ? ModelRef.NO_WEIGHTS : "no reference to compare with, no WER")
                        + "; RTF " + number(m.rtf.value()));
            }
        }
        AudioCharts chart = new AudioCharts(Figure.ACCURACY, x, y, keys, below, drawn.stream().map(
                AudioCharts::sentence).toList());
        chart.drawAccuracy(models, drawn, realTime);
        return chart.svg.end();
    }

    /** Peak resident memory over length of audio, each with its fitted line, which starts at what no audio needs. */
    public static String memory(List<MemorySeries> series, String caption) {
        List<MemoryPoint> points = series.stream().flatMap(s -> s.points.stream()).toList();
        double minutes = points.stream().mapToDouble(MemoryPoint::minutes).max().orElse(1);
        double bytes = points.stream().mapToDouble(MemoryPoint::peakRssBytes).max().orElse(MEGABYTE);
        List<Key> keys = keys(series, MemorySeries::name, s -> s.points.isEmpty() ? "not measured"
                : s.fixedBytes == null ? ""
                        : sum(s.bytesPerMinute / MEGABYTE, " MB a minute", s.fixedBytes / MEGABYTE, " MB"));
        List<String> below = Stream.concat(Stream.of(caption),
                weightless(series.stream().filter(MemorySeries::weightless).map(MemorySeries::name)).stream()).toList();
        AudioCharts chart = new AudioCharts(Figure.MEMORY, Axis.linear(minutes), Axis.linear(bytes / MEGABYTE), keys,
                below, series.stream().flatMap(s -> s.points.stream().map(p -> sentence(s, p))).toList());
        chart.drawMemory(series);
        return chart.svg.end();
    }

    private void drawLatency(List<Series> series, List<Double> windows, boolean realTime) {
        if (realTime) {
            // through every clip, so upright where clips of different length fill as many windows
            path(series.stream().flatMap(s -> s.points.stream()).sorted(Comparator.comparing(Point::audioSeconds))
                    .map(p -> new double[] {p.windows, p.audioSeconds}), "ideal");
        }
        for (int i = 0; i < series.size(); i++) {
            Line line = series.get(i).line;
            if (line != null && !series.get(i).points.isEmpty()) {
                double first = series.get(i).points.stream().mapToInt(Point::windows).min().orElseThrow();
                double last = series.get(i).points.stream().mapToInt(Point::windows).max().orElseThrow();
                path(IntStream.rangeClosed(0, PIECES).mapToDouble(n -> n / (double) PIECES)
                        .map(n -> first * Math.pow(last / first, n))
                        .mapToObj(w -> new double[] {w, line.at(w)}), "curve " + colour(i));
            }
        }
        double reach = IntStream.range(1, windows.size()).mapToDouble(i -> x(windows.get(i)) - x(windows.get(i - 1)))
                .min().orElse(Double.MAX_VALUE) / 2;
        List<double[]> placed = new ArrayList<>();
        for (int i = 0; i < series.size(); i++) {
            for (Point p : series.get(i).points) {
                double[] place = beside(placed, x(p.windows), y(p.latencySeconds.value()), reach);
                placed.add(place);
                svg.group(sentence(series.get(i), p));
                if (p.latencySeconds.hasInterval()) {
                    bar(place[0], y(p.latencySeconds.low()), place[0], y(p.latencySeconds.high()), i);
                }
                marker(place[0], place[1], i, p.latencySeconds.hasInterval());
                svg.endGroup();
            }
        }
    }

    /** The nearest place at this height where the marker covers none, or its own if there is none within reach. */
    private static double[] beside(List<double[]> placed, double x, double y, double reach) {
        for (int step = 0; step <= MOST_DODGES && step * DODGE <= reach; step++) {
            for (double middle : new double[] {x + step * DODGE, x - step * DODGE}) {
                if (placed.stream().noneMatch(o -> Math.abs(o[0] - middle) < DODGE && Math.abs(o[1] - y) < DODGE)) {
                    return new double[] {middle, y};
                }
            }
        }
        return new double[] {x, y};
    }

    private void drawAccuracy(List<Model> models, List<Model> drawn, boolean realTime) {
        if (realTime) {
            svg.line(x(1), top, x(1), bottom, "ideal");
        }
        List<double[]> taken = new ArrayList<>();
        for (Model m : drawn) {
            double height = y(100 * m.wordErrorRate);
            int number = models.indexOf(m);
            svg.group(sentence(m));
            if (m.rtf.hasInterval()) {
                bar(x(m.rtf.low()), height, x(m.rtf.high()), height, number);
            }
            marker(x(m.rtf.value()), height, number, m.rtf.hasInterval());
            svg.endGroup();
            double[] ends = ends(m.rtf).stream().mapToDouble(this::x).sorted().toArray();
            taken.add(new double[] {Math.min(ends[0], x(m.rtf.value()) - MARKER - 3), height - MARKER - 3,
                    Math.max(ends[ends.length - 1], x(m.rtf.value()) + MARKER + 3), height + MARKER + 3});
        }
        for (int i = 0; i < drawn.size(); i++) {
            label(drawn.get(i).name, taken.get(i), taken);
        }
    }

    /** The name right of, left of, above or below its point; left out where there is no room: the legend has it. */
    private void label(String name, double[] point, List<double[]> taken) {
        String words = shortened(name, WIDEST_LABEL);
        double width = Svg.width(words) * BOLD;
        double middle = (point[0] + point[2]) / 2;
        double height = (point[1] + point[3]) / 2 + 6;
        if (!label(words, "start", point[2] + 6, point[2] + 6, width, height, taken)
                && !label(words, "end", point[0] - 6, point[0] - 6 - width, width, height, taken)
                && !label(words, "middle", middle, middle - width / 2, width, point[1] - 6, taken)) {
            label(words, "middle", middle, middle - width / 2, width, point[3] + 18, taken);
        }
    }

    private boolean label(String words, String anchor, double x, double left, double width, double height,
            List<double[]> taken) {
        double[] box = {left, height - 15, left + width, height + 5};
        boolean free = box[0] > LEFT + 2 && box[2] < Svg.WIDTH - 10 && box[1] > top - 8 && box[3] < bottom - 2
                && taken.stream().noneMatch(t -> box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3]);
        if (free) {
            taken.add(box);
            svg.text(x, height, anchor, "ink value", words);
        }
        return free;
    }

    private void drawMemory(List<MemorySeries> series) {
        for (int i = 0; i < series.size(); i++) {
            MemorySeries s = series.get(i);
            if (s.fixedBytes != null && !s.points.isEmpty()) {
                double longest = s.points.stream().mapToDouble(MemoryPoint::minutes).max().orElseThrow();
                path(Stream.of(0.0, longest).map(m -> new double[] {m, (s.fixedBytes + s.bytesPerMinute * m)
                        / MEGABYTE}), "curve " + colour(i));
            }
        }
        for (int i = 0; i < series.size(); i++) {
            for (MemoryPoint p : series.get(i).points) {
                svg.group(sentence(series.get(i), p));
                marker(x(p.minutes()), y(p.peakRssBytes / MEGABYTE), i, true);
                svg.endGroup();
            }
        }
    }

    private void grid(String across) {
        for (double tick : y.ticks) {
            svg.line(LEFT, y(tick), RIGHT, y(tick), tick == y.low ? "axis" : "grid");
            svg.text(LEFT - 10, y(tick) + 6, "end", "muted", plain(tick));
        }
        double free = Svg.WIDTH - 6;
        // from the largest down: its figure is missed most where there is no room for all
        for (int i = x.ticks.size() - 1; i >= 0; i--) {
            double middle = x(x.ticks.get(i));
            double half = Svg.width(plain(x.ticks.get(i))) / 2;
            svg.line(middle, bottom, middle, bottom + 6, "axis");
            if (middle + half <= free) {
                svg.text(middle, bottom + 26, "middle", "muted", plain(x.ticks.get(i)));
                free = middle - half - 8;
            }
        }
        svg.text((LEFT + RIGHT) / 2.0, bottom + 50, "middle", "muted", across);
    }

    private void lines(List<String> words, int height) {
        for (int i = 0; i < words.size(); i++) {
            svg.text(EDGE, height + i * Svg.LINE, "start", "muted", words.get(i));
        }
    }

    private void key(Key key, double height) {
        if (key.marker == Key.REAL_TIME) {
            svg.line(EDGE, height - 6, EDGE + 22, height - 6, "ideal");
        } else {
            marker(EDGE + 11, height - 6, key.marker, true);
        }
        double left = EDGE + 34;
        String rest = key.rest.isEmpty() ? "" : ": " + key.rest;
        svg.text(left, height, "start", "muted", shortened(key.name, Svg.WIDTH - EDGE - left - Svg.width(rest)) + rest);
    }

    private void path(Stream<double[]> points, String style) {
        svg.path(points.flatMapToDouble(p -> DoubleStream.of(x(p[0]), y(p[1]))).toArray(), false, style);
    }

    /** A shorter one than its marker lies within it, and its ends would only make the marker ragged. */
    private void bar(double x1, double y1, double x2, double y2, int number) {
        double length = Math.hypot(x2 - x1, y2 - y1);
        if (length > 2 * MARKER) {
            double acrossX = (y2 - y1) / length * MARKER;
            double acrossY = (x2 - x1) / length * MARKER;
            String style = "bar " + colour(number);
            svg.line(x1, y1, x2, y2, style);
            svg.line(x1 - acrossX, y1 - acrossY, x1 + acrossX, y1 + acrossY, style);
            svg.line(x2 - acrossX, y2 - acrossY, x2 + acrossX, y2 + acrossY, style);
        }
    }

    /** Shapes of about the same area. Colours come round after five models, and each round meets other shapes. */
    private void marker(double x, double y, int number, boolean full) {
        String style = (full ? "full " : "hollow ") + colour(number);
        switch ((number + number / COLOURS) % SHAPES) {
            case 0 -> svg.circle(x, y, MARKER, style);
            case 1 -> svg.path(new double[] {x - 5.5, y - 5.5, x + 5.5, y - 5.5, x + 5.5, y + 5.5, x - 5.5, y + 5.5},
                    true, style);
            case 2 -> svg.path(new double[] {x, y - 8, x + 7, y + 5, x - 7, y + 5}, true, style);
            case 3 -> svg.path(new double[] {x, y - 8, x + 8, y, x, y + 8, x - 8, y}, true, style);
            default -> svg.path(new double[] {x, y + 8, x + 7, y - 5, x - 7, y - 5}, true, style);
        }
    }

    private static String colour(int number) {
        return "s" + number % COLOURS;
    }

    private double x(double value) {
        return LEFT + (RIGHT - LEFT) * x.share(value);
    }

    private double y(double value) {
        return bottom - (bottom - top) * y.share(value);
    }

    private static <T> List<Key> keys(List<T> series, Function<T, String> name, Function<T, String> rest) {
        List<Key> keys = new ArrayList<>();
        for (T s : series) {
            keys.add(new Key(keys.size(), name.apply(s), rest.apply(s)));
        }
        return keys;
    }

    private static String caption(String caption, Stream<Estimate> drawn) {
        return caption + (drawn.allMatch(Estimate::hasInterval) ? "" : " · hollow: too few runs for an interval");
    }

    private static List<String> weightless(Stream<String> names) {
        return names.map(name -> name + ": " + ModelRef.NO_WEIGHTS).toList();
    }

    private static long slow(Series s) {
        return s.points.stream().filter(p -> p.latencySeconds.value() > p.audioSeconds).count();
    }

    private static String sentence(Series s, Point p) {
        return s.name + ", " + p.clip + " (" + plain(p.audioSeconds) + " s, " + p.windows
                + (p.windows == 1 ? " window): " : " windows): ") + words(p.latencySeconds, " s");
    }

    private static String sentence(Model m) {
        return m.name + ": WER " + percent(m.wordErrorRate) + ", RTF " + words(m.rtf, "");
    }

    private static String sentence(MemorySeries s, MemoryPoint p) {
        return s.name + ", " + p.clip + " (" + plain(p.audioSeconds) + " s): "
                + number(p.peakRssBytes / MEGABYTE) + " MB";
    }

    private static String words(Estimate e, String unit) {
        return number(e.value()) + unit + (e.hasInterval()
                ? ", 95 % interval " + number(e.low()) + unit + " to " + number(e.high()) + unit
                : ", too few runs for an interval");
    }

    private static String sum(double slope, String slopeUnit, double fixed, String unit) {
        return number(slope) + slopeUnit + (fixed < 0 ? " - " : " + ") + number(Math.abs(fixed)) + unit;
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }

    private static String number(double value) {
        return (value < 0 ? "-" : "") + ScalingCharts.significant(Math.abs(value));
    }

    /** Without the digits that binary fractions add. */
    private static String plain(double value) {
        return new BigDecimal(value).round(new MathContext(6)).stripTrailingZeros().toPlainString();
    }

    /** Without its middle where it is too long: what tells models apart is often at the end. */
    private static String shortened(String name, double width) {
        int most = (int) (width / Svg.width("x"));
        return name.length() <= most ? name
                : name.substring(0, most / 2) + "…" + name.substring(name.length() - (most - most / 2 - 1));
    }

    private static List<Double> ends(Estimate e) {
        return e.hasInterval() ? List.of(e.low(), e.value(), e.high()) : List.of(e.value());
    }

    private static double most(List<Double> values) {
        return values.stream().max(Comparator.naturalOrder()).orElse(1.0);
    }

    private static boolean wide(List<Double> values) {
        double least = values.stream().filter(v -> v > 0).min(Comparator.naturalOrder()).orElse(1.0);
        return most(values) >= LOG_RATIO * least;
    }
}
