package tests.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import lib.report.ScalingCharts;
import lib.report.ScalingCharts.Point;
import lib.results.Estimate;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ScalingChartsTest {
    private static final String CAPTION = "base-q5_1, jfk (11.0 s of audio), whisper-jni 1.7.1 · docker · 12 runs a "
            + "point · grade A";

    private static Point point(double cores, double value, double reach) {
        return new Point(cores, "", new Estimate(value, value - reach, value + reach));
    }

    private static List<Point> ladder() {
        return List.of(point(1, 1, 0), point(2, 1.9, 0.05), point(4, 3.3, 0.4), point(8, 5, 0.3));
    }

    private static Document read(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<Element> all(Document svg, String name) {
        NodeList found = svg.getElementsByTagName(name);
        return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
    }

    private static List<String> texts(Document svg, String style) {
        return all(svg, "text").stream().filter(t -> t.getAttribute("class").contains(style))
                .map(Element::getTextContent).toList();
    }

    private static double number(Element e, String name) {
        return Double.parseDouble(e.getAttribute(name));
    }

    @Test
    void everyPointHasItsFigureBesideItAndInTheDescription() throws Exception {
        Document svg = read(ScalingCharts.speedup(ladder(), "Speed-up", CAPTION));
        assertEquals(List.of("5.00×", "3.30×", "1.90×", "1.00×"), texts(svg, "value"));
        String description = all(svg, "desc").get(0).getTextContent();
        assertTrue(description.contains("4 cores: 3.30×, 95 % interval 2.90× to 3.70×"), description);
        assertTrue(description.startsWith(CAPTION), description);
    }

    @Test
    void figuresStandWhereTheAxisSaysTheyDo() throws Exception {
        Document svg = read(ScalingCharts.speedup(ladder(), "Speed-up", CAPTION));
        List<Element> markers = all(svg, "circle");
        List<Element> ticks = all(svg, "text").stream().filter(t -> t.getAttribute("text-anchor").equals("end"))
                .toList();
        Element zero = ticks.get(0);
        Element top = ticks.get(ticks.size() - 1);
        assertEquals("0", zero.getTextContent());
        double unit = (number(zero, "y") - number(top, "y")) / Double.parseDouble(top.getTextContent());
        double base = number(zero, "y") - 6;
        assertEquals(base - 3.3 * unit, number(markers.get(2), "cy"), 0.11);
        // the ideal line has the slope of one speed-up a core, from the origin
        Element ideal = all(svg, "line").stream().filter(l -> l.getAttribute("class").equals("ideal")).findFirst()
                .orElseThrow();
        double slope = (number(ideal, "y1") - number(ideal, "y2")) / (number(ideal, "x2") - number(ideal, "x1"));
        double perCore = (number(markers.get(3), "cx") - number(markers.get(0), "cx")) / 7;
        assertEquals(unit / perCore, slope, 0.002);
        assertEquals(base, number(ideal, "y1"), 0.11);
    }

    @Test
    void theLengthOfABarIsTheInterval() throws Exception {
        Document svg = read(ScalingCharts.latency(List.of(point(1, 2, 0.5)), "Latency", CAPTION));
        Element bar = all(svg, "line").stream().filter(l -> l.getAttribute("class").startsWith("bar")).findFirst()
                .orElseThrow();
        Element marker = all(svg, "circle").get(0);
        double half = number(marker, "cy") - number(bar, "y2");
        assertEquals(number(bar, "y1") - number(marker, "cy"), half, 0.11);
        double axis = number(all(svg, "line").get(0), "y1");
        // the value is 4 times the half-width, both measured from the axis at 0
        assertEquals(4, (axis - number(marker, "cy")) / half, 0.02);
    }

    @Test
    void aPointWithoutAnIntervalIsHollowAndSaidToBeSo() throws Exception {
        String text = ScalingCharts.latency(List.of(new Point(1, "", new Estimate(2.41, null, null))), "Latency",
                CAPTION);
        Document svg = read(text);
        assertTrue(all(svg, "circle").get(0).getAttribute("class").contains("hollow"));
        assertTrue(all(svg, "desc").get(0).getTextContent().contains("2.41 s, too few runs for an interval"));
        assertTrue(String.join(" ", texts(svg, "muted")).contains("hollow: too few runs for an interval"));
        assertFalse(text.contains("class=\"bar"));
    }

    @Test
    void theThresholdsOfTheFourCoreQuestionAreDrawnAndNamed() throws Exception {
        Document svg = read(ScalingCharts.efficiency(List.of(point(4, 0.7, 0.05)), "Efficiency", CAPTION));
        assertTrue(texts(svg, "muted").containsAll(List.of("> 0.8 many weak", "< 0.5 few strong")));
        assertEquals(2, all(svg, "line").stream().map(l -> l.getAttribute("class"))
                .filter(List.of("weak", "strong")::contains).count());
    }

    @Test
    void whichWayIsBetterIsSaidOnEveryChart() {
        assertTrue(ScalingCharts.latency(ladder(), "t", "c").contains("lower is better"));
        assertTrue(ScalingCharts.speedup(ladder(), "t", "c").contains("higher is better"));
        assertTrue(ScalingCharts.efficiency(ladder(), "t", "c").contains("higher is better"));
    }

    @Test
    void coresHaveWholeTicks() throws Exception {
        for (double most : new double[] {0.5, 1, 2, 3, 8, 12, 64, 192}) {
            Document svg = read(ScalingCharts.latency(List.of(point(most, 2, 0.1)), "Latency", CAPTION));
            List<String> ticks = all(svg, "text").stream().filter(t -> t.getAttribute("text-anchor").equals("middle"))
                    .map(Element::getTextContent).filter(t -> t.matches("[0-9.]+")).toList();
            assertTrue(ticks.stream().allMatch(t -> t.matches("\\d+")), most + " cores: " + ticks);
            assertTrue(ticks.size() <= 11, most + " cores: " + ticks);
        }
    }

    @Test
    void hostileNamesAreTextAndNothingElse() throws Exception {
        String hostile = "<script>alert(1)</script> & \"quoted\" ]]> \u0001\ud800 'x'";
        String text = ScalingCharts.latency(List.of(new Point(1, hostile, new Estimate(2, 1.9, 2.1))), hostile,
                hostile);
        assertFalse(text.contains("<script"));
        Document svg = read(text);
        assertEquals(0, all(svg, "script").size());
        assertTrue(all(svg, "title").get(0).getTextContent().startsWith("<script>alert(1)</script> & \"quoted\""));
    }

    @Test
    void aCaptionThatDoesNotFitEndsInAnEllipsisWithinTheCard() throws Exception {
        Document svg = read(ScalingCharts.latency(ladder(), "Latency", "x".repeat(1000)));
        List<String> lines = texts(svg, "muted").stream().filter(t -> t.startsWith("xx")).toList();
        assertEquals(3, lines.size());
        assertTrue(lines.get(2).endsWith("…"));
        assertInsideTheCard(svg);
    }

    @Test
    void labelsStayInsideTheCardAndApart() throws Exception {
        for (int count = 0; count <= 7; count++) {
            for (double serial : new double[] {0, 0.05, 0.5, 1}) {
                List<Point> latency = new ArrayList<>();
                List<Point> speedup = new ArrayList<>();
                List<Point> efficiency = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    double cores = 1 << i;
                    double factor = 1 / (serial + (1 - serial) / cores);
                    latency.add(point(cores, 123.4 / factor, 5 / factor));
                    speedup.add(point(cores, factor, factor * 0.2));
                    efficiency.add(point(cores, factor / cores, 0.05));
                }
                for (String svg : List.of(ScalingCharts.latency(latency, "Latency", CAPTION),
                        ScalingCharts.speedup(speedup, "Speed-up", CAPTION),
                        ScalingCharts.efficiency(efficiency, "Efficiency", CAPTION))) {
                    assertInsideTheCard(read(svg));
                    assertApart(read(svg));
                    assertEquals(count, all(read(svg), "circle").size());
                }
            }
        }
    }

    /** Left and right end of a text, at the width of letters that charts are laid out with. */
    private static double[] ends(Element text) {
        double width = text.getTextContent().length() * 0.56 * 18;
        double x = number(text, "x");
        return switch (text.getAttribute("text-anchor")) {
            case "start" -> new double[] {x, x + width};
            case "middle" -> new double[] {x - width / 2, x + width / 2};
            default -> new double[] {x - width, x};
        };
    }

    private static void assertInsideTheCard(Document svg) {
        double height = Double.parseDouble(svg.getDocumentElement().getAttribute("viewBox").split(" ")[3]);
        for (Element text : all(svg, "text")) {
            double[] ends = ends(text);
            assertTrue(ends[0] >= 4 && ends[1] <= 716 && number(text, "y") <= height - 8, text.getTextContent());
        }
    }

    private static void assertApart(Document svg) {
        List<Element> texts = all(svg, "text");
        for (int i = 0; i < texts.size(); i++) {
            for (int j = 0; j < i; j++) {
                double[] a = ends(texts.get(i));
                double[] b = ends(texts.get(j));
                boolean apart = a[1] <= b[0] || b[1] <= a[0]
                        || Math.abs(number(texts.get(i), "y") - number(texts.get(j), "y")) >= 18;
                assertTrue(apart, texts.get(i).getTextContent() + " on " + texts.get(j).getTextContent());
            }
        }
    }

    @Test
    void textIsReadableWhereTheChartIs375PixelsWide() {
        String svg = ScalingCharts.latency(ladder(), "Latency", CAPTION);
        assertTrue(svg.contains("viewBox=\"0 0 720 ") && svg.contains("width=\"100%\""));
        Matcher sizes = Pattern.compile("(?:font: |font-size: )(\\d+)px").matcher(svg);
        int found = 0;
        while (sizes.find()) {
            found++;
            assertTrue(Integer.parseInt(sizes.group(1)) * 375 / 720.0 >= 9, sizes.group());
        }
        assertTrue(found > 0);
    }

    @Test
    void theCardIsDarkWhereTheReaderIs() {
        String svg = ScalingCharts.latency(ladder(), "Latency", CAPTION);
        assertTrue(svg.contains("@media (prefers-color-scheme: dark)"));
        assertTrue(svg.contains("class=\"card\""));
    }

    @Test
    void threeChartsOnOnePageDoNotShareAnId() throws Exception {
        List<String> ids = new ArrayList<>();
        for (String svg : List.of(ScalingCharts.latency(ladder(), "t", "c"), ScalingCharts.speedup(ladder(), "t", "c"),
                ScalingCharts.efficiency(ladder(), "t", "c"))) {
            for (Element e : all(read(svg), "*")) {
                if (e.hasAttribute("id")) {
                    ids.add(e.getAttribute("id"));
                }
            }
        }
        assertEquals(ids.stream().distinct().toList(), ids);
        assertEquals(9, ids.size());
    }

    @Test
    void theSamePointsGiveTheSameBytesInEveryLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.ROOT);
            String svg = ScalingCharts.efficiency(ladder(), "Efficiency", CAPTION);
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertEquals(svg, ScalingCharts.efficiency(ladder(), "Efficiency", CAPTION));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void nothingMeasuredIsSaidToBeSo() throws Exception {
        Document svg = read(ScalingCharts.speedup(List.of(), "Speed-up", CAPTION));
        assertTrue(texts(svg, "muted").contains("not measured"));
        assertEquals(0, all(svg, "circle").size());
    }

    @Test
    void pointsOfOneCoreCountAreNamedAndStandSideBySide() throws Exception {
        Document svg = read(ScalingCharts.latency(List.of(new Point(1, "1 thread", new Estimate(2, 1.9, 2.1)),
                new Point(1, "2 threads", new Estimate(3, 2.9, 3.1))), "Latency", CAPTION));
        assertEquals(List.of("3.00 s, 2 threads", "2.00 s, 1 thread"), texts(svg, "value"));
        assertTrue(number(all(svg, "circle").get(1), "cx") > number(all(svg, "circle").get(0), "cx") + 12);
    }
}
