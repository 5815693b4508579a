package tests.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import lib.report.AudioCharts;
import lib.report.AudioCharts.Line;
import lib.report.AudioCharts.MemoryPoint;
import lib.report.AudioCharts.MemorySeries;
import lib.report.AudioCharts.Model;
import lib.report.AudioCharts.Point;
import lib.report.AudioCharts.Series;
import lib.results.Estimate;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class AudioChartsTest {
    private static final String CAPTION = "whisper-jni 1.7.1 · docker, 2 cores, 2 threads · 6 runs · grade A";
    private static final double[] LENGTHS = {8.1, 11, 22.1, 45, 90, 160.2, 270, 459.9, 816.2};
    private static final String LONG_NAME = "ggml-our-call-centre-finetuned-for-Vietnamese-2026-06-medium-q5_0";

    private static Estimate about(double value) {
        return new Estimate(value, value * 0.8, value * 1.25);
    }

    private static Point point(double audioSeconds, double seconds) {
        return new Point("clip of " + audioSeconds + " s", (int) Math.ceil(audioSeconds / 30), audioSeconds,
                about(seconds));
    }

    private static Series series(String name, Line line, Point... points) {
        return new Series(name, false, List.of(points), line);
    }

    /** As many of the nine clips, at the same cost for each window. */
    private static Series series(String name, double secondsPerWindow, int clips) {
        return series(name, new Line(0.3, secondsPerWindow), Arrays.stream(LENGTHS).limit(clips)
                .mapToObj(s -> point(s, 0.3 + secondsPerWindow * Math.ceil(s / 30))).toArray(Point[]::new));
    }

    private static MemorySeries memory(String name, double fixedBytes, int clips) {
        return new MemorySeries(name, false, Arrays.stream(LENGTHS).limit(clips)
                .mapToObj(s -> new MemoryPoint("clip", s, Math.round(fixedBytes + s * 1e5))).toList(), fixedBytes, 6e6);
    }

    private static Model model(String name, double rtf, double wordErrorRate) {
        return new Model(name, false, about(rtf), wordErrorRate);
    }

    private static Document read(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<Element> all(Document svg, String name) {
        NodeList found = svg.getElementsByTagName(name);
        return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
    }

    private static List<Element> all(Document svg, String name, String style) {
        return all(svg, name).stream().filter(e -> List.of(e.getAttribute("class").split(" ")).contains(style))
                .toList();
    }

    private static String words(Document svg) {
        return all(svg, "text").stream().map(Element::getTextContent).collect(Collectors.joining("\n"));
    }

    private static double number(Element e, String name) {
        return Double.parseDouble(e.getAttribute(name));
    }

    private static double[] corners(Element path) {
        return Arrays.stream(path.getAttribute("d").split("[MLZ ]+")).filter(n -> !n.isEmpty())
                .mapToDouble(Double::parseDouble).toArray();
    }

    /** Height of the line of this figure on the upright axis. */
    private static double height(Document svg, String figure) {
        return number(all(svg, "text").stream().filter(t -> t.getAttribute("text-anchor").equals("end")
                && t.getTextContent().equals(figure)).findFirst().orElseThrow(), "y") - 6;
    }

    /** Place of this figure on the lower axis. */
    private static double place(Document svg, String figure) {
        return number(all(svg, "text", "muted").stream().filter(t -> t.getAttribute("text-anchor").equals("middle")
                && t.getTextContent().equals(figure)).findFirst().orElseThrow(), "x");
    }

    /** Markers of the first in the list, which are circles; the first of all is in the legend. */
    private static List<Element> circles(Document svg) {
        return all(svg, "circle").subList(1, all(svg, "circle").size());
    }

    @Test
    void overALongRangeAPointStandsWhereTheLogarithmicAxesSay() throws Exception {
        // 10 and 1000 s are on the axis, so 100 s is half way; 4 windows are half way from 1 to 16
        Document svg = read(AudioCharts.latency(List.of(series("base", null, point(30, 10), point(120, 100),
                point(480, 1000))), CAPTION));
        Element middle = circles(svg).get(1);
        assertEquals((height(svg, "10") + height(svg, "1000")) / 2, number(middle, "cy"), 0.11);
        assertEquals((place(svg, "1") + place(svg, "16")) / 2, number(middle, "cx"), 0.11);
        assertTrue(words(svg).contains("seconds, log scale") && words(svg).contains("of the clip, log scale"));
    }

    @Test
    void overAShortRangeBothAxesAreLinear() throws Exception {
        Document svg = read(AudioCharts.latency(List.of(series("base", null, point(30, 2), point(60, 3))), CAPTION));
        double unit = height(svg, "0") - height(svg, "1");
        assertEquals(height(svg, "0") - 3 * unit, number(circles(svg).get(1), "cy"), 0.11);
        assertEquals(2 * (place(svg, "1") - 70), place(svg, "2") - 70, 0.11);
        assertFalse(words(svg).contains("log scale"));
    }

    @Test
    void theLengthOfABarIsTheInterval() throws Exception {
        Document svg = read(AudioCharts.latency(List.of(series("base", null,
                new Point("jfk", 1, 11, new Estimate(2, 1.0, 4.0)))), CAPTION));
        Element bar = all(svg, "line", "bar").get(0);
        assertEquals(height(svg, "1"), number(bar, "y1"), 0.11);
        assertEquals(height(svg, "4"), number(bar, "y2"), 0.11);
    }

    @Test
    void aPointWithoutAnIntervalIsHollowAndSaidToBeSo() throws Exception {
        Estimate once = new Estimate(2.41, null, null);
        for (String text : List.of(
                AudioCharts.latency(List.of(series("base", null, new Point("jfk", 1, 11, once))), CAPTION),
                AudioCharts.accuracy(List.of(new Model("base", false, once, 0.05)), CAPTION))) {
            Document svg = read(text);
            assertEquals("hollow s0", circles(svg).get(0).getAttribute("class"));
            assertEquals(0, all(svg, "line", "bar").size());
            assertTrue(all(svg, "desc").get(0).getTextContent().contains("too few runs for an interval"));
            assertTrue(words(svg).replace('\n', ' ').contains("hollow: too few runs for an interval"));
        }
    }

    @Test
    void theFittedLineGoesThroughWhatItPredicts() throws Exception {
        Document svg = read(AudioCharts.latency(List.of(series("base", new Line(4, 6), point(30, 10.5),
                point(480, 101))), CAPTION));
        double[] line = corners(all(svg, "path", "curve").get(0));
        assertEquals(place(svg, "1"), line[0], 0.11);
        assertEquals(height(svg, "10"), line[1], 0.11);
        assertEquals(place(svg, "16"), line[line.length - 2], 0.11);
        assertEquals(height(svg, "100"), line[line.length - 1], 0.11);
        assertTrue(words(svg).contains("base: 6.00 s a window + 4.00 s"));
    }

    @Test
    void withoutAFitThereIsNoLineAndNoFigureOfOne() throws Exception {
        Document svg = read(AudioCharts.latency(List.of(series("base", null, point(30, 2), point(480, 20))), CAPTION));
        assertEquals(0, all(svg, "path", "curve").size());
        assertFalse(words(svg).contains("a window"));
    }

    @Test
    void realTimeIsTheLengthOfEachClipNotOfItsWindows() throws Exception {
        Document svg = read(AudioCharts.latency(List.of(series("base", null, point(10, 20), point(20, 18),
                point(480, 50))), CAPTION));
        double[] line = corners(all(svg, "path", "ideal").get(0));
        assertEquals(height(svg, "10"), line[1], 0.11);
        assertEquals(height(svg, "20"), line[3], 0.11);
        assertEquals(line[0], line[2]);
        assertTrue(words(svg).contains("Slower than real time: base (1 of 3 clips)."), words(svg));
    }

    @Test
    void onALinearScaleRealTimeFarAboveThePointsIsOnlySaid() throws Exception {
        Document svg = read(AudioCharts.latency(List.of(series("base", null, point(30, 2), point(60, 3))), CAPTION));
        assertEquals(0, all(svg, "path", "ideal").size());
        assertTrue(words(svg).contains("All are faster than real time."));
    }

    @Test
    void clipsOfAsManyWindowsDoNotCoverOneAnother() throws Exception {
        Document svg = read(AudioCharts.latency(List.of(series("base", 3, 9)), CAPTION));
        List<Element> one = circles(svg).subList(0, 3);
        for (Element a : one) {
            assertEquals(place(svg, "1"), number(a, "cx"), 14.01);
            assertTrue(one.stream().filter(b -> b != a)
                    .allMatch(b -> Math.abs(number(a, "cx") - number(b, "cx")) >= 12));
        }
    }

    @Test
    void eachModelHasAColourAndShapeThatNoOtherHas() throws Exception {
        List<MemorySeries> ten = IntStream.range(0, 10).mapToObj(i -> memory("model " + i, 3e8, 1)).toList();
        Document svg = read(AudioCharts.memory(ten, CAPTION));
        TreeSet<String> looks = new TreeSet<>();
        for (Element e : all(svg, "circle", "full")) {
            looks.add(e.getAttribute("class"));
        }
        for (Element e : all(svg, "path", "full")) {
            double[] corners = corners(e);
            String shape = IntStream.range(2, corners.length)
                    .mapToObj(i -> Long.toString(Math.round(corners[i] - corners[i % 2])))
                    .collect(Collectors.joining(" "));
            looks.add(e.getAttribute("class") + " " + shape);
        }
        assertEquals(10, looks.size(), looks.toString());
    }

    @Test
    void speedAndAccuracyStandWhereTheAxesSay() throws Exception {
        Document svg = read(AudioCharts.accuracy(List.of(new Model("base", false, new Estimate(0.1, 0.05, 0.2), 0.04)),
                CAPTION));
        Element marker = circles(svg).get(0);
        assertEquals(place(svg, "0.1"), number(marker, "cx"), 0.11);
        assertEquals(height(svg, "4"), number(marker, "cy"), 0.11);
        Element bar = all(svg, "line", "bar").get(0);
        assertEquals(place(svg, "0.05"), number(bar, "x1"), 0.11);
        assertEquals(place(svg, "0.2"), number(bar, "x2"), 0.11);
        assertEquals(number(bar, "y1"), number(bar, "y2"));
        assertTrue(words(svg).contains("base: WER 4.0 %, RTF 0.100"));
        assertTrue(words(svg).contains("best: lower left"));
    }

    @Test
    void realTimeIsDrawnWhereTheModelsReachIt() throws Exception {
        Document svg = read(AudioCharts.accuracy(List.of(model("tiny", 0.05, 0.08), model("medium", 1.3, 0.03)),
                CAPTION));
        Element line = all(svg, "line", "ideal").stream().filter(l -> l.getAttribute("x1").equals(l.getAttribute("x2")))
                .findFirst().orElseThrow();
        assertEquals(place(svg, "1"), number(line, "x1"), 0.11);
        assertEquals(0, all(read(AudioCharts.accuracy(List.of(model("tiny", 0.05, 0.08)), CAPTION)), "line", "ideal")
                .size());
    }

    @Test
    void aModelWithoutWeightsIsNamedAndHasNoPlaceInAccuracy() throws Exception {
        String name = "small-weightless";
        Document accuracy = read(AudioCharts.accuracy(List.of(model("base", 0.1, 0.05),
                new Model(name, true, about(0.4), 1.0)), CAPTION));
        assertEquals(1, circles(accuracy).size());
        assertEquals(0, all(accuracy, "path").size());
        assertTrue(words(accuracy).replace('\n', ' ').contains(name
                + ": no weights: timing only, no text, no WER; RTF 0.400"), words(accuracy));
        for (String svg : List.of(
                AudioCharts.latency(List.of(new Series(name, true, List.of(point(8, 3)), null)), CAPTION),
                AudioCharts.memory(List.of(new MemorySeries(name, true, List.of(), null, null)), CAPTION))) {
            assertTrue(words(read(svg)).replace('\n', ' ').contains(name
                    + ": no weights: timing only, no text, no WER"));
        }
    }

    @Test
    void aModelWithoutAReferenceIsNotSaidToBeWithoutWeights() throws Exception {
        String words = words(read(AudioCharts.accuracy(List.of(new Model("base", false, about(0.1), null)), CAPTION)));
        assertTrue(words.contains("base: no reference to compare with, no WER; RTF 0.100"), words);
        assertTrue(words.contains("not measured"));
        assertFalse(words.contains("weights"));
    }

    @Test
    void memoryStandsAtItsMegabytesAndTheLineStartsAtTheFixedPart() throws Exception {
        Document svg = read(AudioCharts.memory(List.of(new MemorySeries("base", false, List.of(
                new MemoryPoint("short", 60, 210_000_000), new MemoryPoint("long", 600, 300_000_000)), 200e6, 10e6)),
                CAPTION));
        assertEquals(height(svg, "300"), number(circles(svg).get(1), "cy"), 0.11);
        assertEquals(place(svg, "10"), number(circles(svg).get(1), "cx"), 0.11);
        double[] line = corners(all(svg, "path", "curve").get(0));
        assertEquals(place(svg, "0"), line[0], 0.11);
        assertEquals(height(svg, "200"), line[1], 0.11);
        assertEquals(height(svg, "300"), line[3], 0.11);
        assertTrue(words(svg).contains("base: 10.0 MB a minute + 200 MB"));
        assertTrue(all(svg, "desc").get(0).getTextContent().contains("base, long (600 s): 300 MB"));
    }

    @Test
    void aLongNameKeepsItsEndAndItsFigures() throws Exception {
        String words = words(read(AudioCharts.accuracy(List.of(model(LONG_NAME, 0.1, 0.05)), CAPTION)));
        assertTrue(words.lines().anyMatch(l -> l.matches("ggml-our.*….*medium-q5_0: WER 5.0 %, RTF 0.100")), words);
    }

    /** All three, of so many models with so many clips. */
    private static List<String> charts(int models, int clips) {
        List<Series> latency = new ArrayList<>();
        List<Model> accuracy = new ArrayList<>();
        List<MemorySeries> memory = new ArrayList<>();
        for (int i = 0; i < models; i++) {
            String name = i == 4 ? LONG_NAME : "model-" + i + "-q5_1";
            latency.add(series(name, Math.pow(2, i), clips));
            accuracy.add(model(name, 0.04 * Math.pow(1.5, i), 0.08 - 0.005 * i));
            memory.add(memory(name, 1e8 * (i + 1), clips));
        }
        return List.of(AudioCharts.latency(latency, CAPTION), AudioCharts.accuracy(accuracy, CAPTION),
                AudioCharts.memory(memory, CAPTION));
    }

    @Test
    void wordsStayInsideTheCardAndApart() throws Exception {
        for (int models : new int[] {0, 1, 2, 5, 9}) {
            for (int clips : new int[] {1, 4, 9}) {
                for (String svg : charts(models, clips)) {
                    assertInsideTheCardAndApart(read(svg));
                }
            }
        }
    }

    @Test
    void whereManyLengthsAreMeasuredOnlySomeAreWrittenOnTheAxisAndTheLongestIs() throws Exception {
        Document svg = read(AudioCharts.latency(List.of(series("base", new Line(0, 1), IntStream.rangeClosed(1, 120)
                .mapToObj(w -> point(30 * w, w)).toArray(Point[]::new))), CAPTION));
        assertInsideTheCardAndApart(svg);
        assertTrue(place(svg, "120") > place(svg, "1"));
        assertEquals(120, circles(svg).size());
    }

    private static void assertInsideTheCardAndApart(Document svg) {
        double bottom = Double.parseDouble(svg.getDocumentElement().getAttribute("viewBox").split(" ")[3]);
        List<Element> texts = all(svg, "text");
        for (int i = 0; i < texts.size(); i++) {
            double[] a = ends(texts.get(i));
            assertTrue(a[0] >= 4 && a[1] <= 716 && number(texts.get(i), "y") <= bottom - 8,
                    texts.get(i).getTextContent());
            for (int j = 0; j < i; j++) {
                double[] b = ends(texts.get(j));
                assertTrue(a[1] <= b[0] || b[1] <= a[0]
                        || Math.abs(number(texts.get(i), "y") - number(texts.get(j), "y")) >= 18,
                        texts.get(i).getTextContent() + " on " + texts.get(j).getTextContent());
            }
        }
    }

    /** Left and right end of a text, at the usual width of letters. */
    private static double[] ends(Element text) {
        double width = text.getTextContent().length() * 0.56 * 18;
        double x = number(text, "x");
        return switch (text.getAttribute("text-anchor")) {
            case "start" -> new double[] {x, x + width};
            case "middle" -> new double[] {x - width / 2, x + width / 2};
            default -> new double[] {x - width, x};
        };
    }

    @Test
    void nothingMeasuredIsSaidToBeSo() throws Exception {
        for (String svg : charts(0, 0)) {
            assertTrue(words(read(svg)).contains("not measured"));
            assertTrue(all(read(svg), "desc").get(0).getTextContent().endsWith("Not measured."));
        }
        assertTrue(words(read(AudioCharts.latency(List.of(series("base", null)), CAPTION))).contains(
                "base: not measured"));
    }

    @Test
    void hostileNamesAreTextAndNothingElse() throws Exception {
        String hostile = "<script>alert(1)</script> & \"quoted\" ]]> \u0001\ud800 'x'";
        for (String svg : List.of(
                AudioCharts.latency(List.of(series(hostile, null, new Point(hostile, 1, 8, about(2)))), hostile),
                AudioCharts.accuracy(List.of(model(hostile, 0.1, 0.05)), hostile),
                AudioCharts.memory(List.of(memory(hostile, 1e8, 1)), hostile))) {
            assertFalse(svg.contains("<script"));
            assertTrue(words(read(svg)).contains("<script>alert(1)</script> & \"quoted\""));
        }
    }

    @Test
    void chartsOnOnePageDoNotShareAnId() throws Exception {
        List<String> ids = new ArrayList<>();
        for (String svg : charts(2, 4)) {
            all(read(svg), "*").stream().filter(e -> e.hasAttribute("id")).forEach(e -> ids.add(e.getAttribute("id")));
        }
        assertEquals(9, Set.copyOf(ids).size());
    }

    @Test
    void theSamePointsGiveTheSameBytesInEveryLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.ROOT);
            List<String> charts = charts(5, 9);
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertEquals(charts, charts(5, 9));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void theCardIsDarkWhereTheReaderIsAndAsWideAsThereIsRoom() {
        for (String svg : charts(2, 4)) {
            assertTrue(svg.contains("@media (prefers-color-scheme: dark)"));
            assertTrue(svg.contains("viewBox=\"0 0 720 ") && svg.contains("width=\"100%\""));
        }
    }
}
