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
import lib.report.HeatMap;
import lib.report.HeatMap.Cell;
import lib.results.Estimate;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HeatMapTest {
    private static final String CAPTION = "base-q5_1, jfk (11.0 s of audio) · 9 runs a point · grade A";

    private static Cell cell(double cores, int threads, double seconds) {
        return new Cell("docker", cores, threads, new Estimate(seconds, seconds * 0.98, seconds * 1.02), true, false,
                threads > cores, false);
    }

    private static String draw(Cell... cells) {
        return HeatMap.svg(List.of(cells), "Threads under a CPU limit", CAPTION);
    }

    private static Document read(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<Element> all(Document svg, String name) {
        NodeList found = svg.getElementsByTagName(name);
        return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
    }

    private static List<String> texts(Document svg) {
        return all(svg, "text").stream().map(Element::getTextContent).toList();
    }

    /** The group of one cell, found by how its words begin. */
    private static Element group(Document svg, String words) {
        return all(svg, "g").stream().filter(g -> g.getTextContent().strip().startsWith(words)).findFirst()
                .orElseThrow(() -> new AssertionError(words));
    }

    private static boolean has(Element group, String style) {
        NodeList lines = group.getElementsByTagName("line");
        return IntStream.range(0, lines.getLength()).mapToObj(i -> ((Element) lines.item(i)).getAttribute("class"))
                .anyMatch(c -> List.of(c.split(" ")).contains(style));
    }

    private static double number(Element e, String name) {
        return Double.parseDouble(e.getAttribute(name));
    }

    @Test
    void colourAndFactorAreRelativeToTheFastestThatFitsTheLimit() throws Exception {
        // at 1.5 cores 2 threads are faster, and no measure: the limit can't run them at once
        Document svg = read(draw(cell(1.5, 1, 2), cell(1.5, 2, 1.6), cell(4, 1, 2), cell(4, 2, 1.08), cell(4, 4, 1)));
        assertTrue(group(svg, "docker, 1.5 cores, 1 thread").getTextContent().contains("×1.00"));
        assertTrue(group(svg, "docker, 1.5 cores, 2 threads").getTextContent().contains("×0.80"));
        assertTrue(has(group(svg, "docker, 1.5 cores, 2 threads"), "h0"));
        assertTrue(has(group(svg, "docker, 4 cores, 1 thread"), "h3"));
        assertTrue(has(group(svg, "docker, 4 cores, 2 threads"), "h1"));
        assertTrue(has(group(svg, "docker, 4 cores, 4 threads"), "h0"));
        assertTrue(texts(svg).containsAll(List.of("2.00 s", "1.60 s", "1.08 s", "×1.08", "×2.00")));
    }

    @Test
    void everyColourIsReachedAndEndsWhereTheLegendSays() throws Exception {
        double[] times = {1, 1.05, 1.06, 1.25, 1.26, 1.5, 1.51, 2, 2.01};
        int[] colours = {0, 0, 1, 1, 2, 2, 3, 3, 4};
        for (int i = 1; i < times.length; i++) {
            Document svg = read(draw(cell(8, 8, 100), cell(8, 1, 100 * times[i])));
            assertTrue(has(group(svg, "docker, 8 cores, 1 thread"), "h" + colours[i]), times[i] + "");
        }
        assertTrue(texts(read(draw())).containsAll(List.of("to ×1.05", "to ×1.25", "to ×1.5", "to ×2", "above")));
    }

    @Test
    void whatIsRecommendedThrottledOrTooManyHasAMarkAndIsSaid() throws Exception {
        Estimate one = new Estimate(1, 0.9, 1.1);
        Document svg = read(draw(new Cell("docker", 1, 1, one, true, true, false, false),
                new Cell("docker", 1, 2, one, true, false, true, true),
                new Cell("docker", 2, 2, one, true, false, false, false)));
        Element best = group(svg, "docker, 1 core, 1 thread");
        Element over = group(svg, "docker, 1 core, 2 threads");
        Element plain = group(svg, "docker, 2 cores, 2 threads");
        assertTrue(has(best, "best") && has(best, "mark") && !has(best, "over"));
        assertTrue(has(over, "over") && has(over, "mark") && !has(over, "best"));
        assertFalse(has(plain, "best") || has(plain, "over") || has(plain, "mark"));
        String description = all(svg, "desc").get(0).getTextContent();
        assertTrue(description.contains("1 core, 1 thread: 1.00 s, 95 % interval 0.900 s to 1.10 s, ×1.00 the fastest, "
                + "recommended; "), description);
        assertTrue(description.contains("×1.00 the fastest, more threads than cores, throttled; "), description);
        assertTrue(texts(svg).containsAll(List.of("recommended", "throttled", "more threads than cores")));
    }

    @Test
    void whatWasNotMeasuredOrIsNotValidHasNoColour() throws Exception {
        Document svg = read(draw(cell(1, 1, 2), cell(2, 2, 1),
                new Cell("docker", 2, 4, new Estimate(0.5, null, null), false, false, true, true)));
        Element missing = group(svg, "docker, 1 core, 2 threads");
        assertTrue(missing.getTextContent().contains("not measured") && !missing.getTextContent().contains(" s\n"));
        assertFalse(has(missing, "cell"));
        Element invalid = group(svg, "docker, 2 cores, 4 threads");
        assertTrue(invalid.getTextContent().contains("0.500 s, too few runs for an interval, not valid"));
        assertFalse(has(invalid, "cell"));
        // and it is not what others are compared with
        assertTrue(group(svg, "docker, 2 cores, 2 threads").getTextContent().contains("×1.00"));
        assertTrue(texts(read(draw())).contains("not measured"));
        assertTrue(all(read(draw()), "desc").get(0).getTextContent().endsWith("Not measured."));
    }

    @Test
    void mapsOfOtherTitlesDoNotShareAnIdOrAStyle() throws Exception {
        for (String waiting : List.of("active", "passive")) {
            String svg = HeatMap.svg(List.of(cell(1, 1, 1)), "Threads, " + waiting + " waiting", CAPTION);
            assertEquals("perf-threads-" + waiting + "-waiting", read(svg).getDocumentElement().getAttribute("id"));
            assertTrue(svg.contains("\n#perf-threads-" + waiting + "-waiting .cell {"), svg);
        }
    }

    @Test
    void everyKindHasItsPanelAndManyLimitsGoOnInAnother() throws Exception {
        List<Cell> cells = new ArrayList<>();
        for (String kind : List.of("docker", "affinity")) {
            for (int cores = 1; cores <= 8; cores++) {
                for (int threads : new int[] {1, 2, 1024}) {
                    cells.add(new Cell(kind, cores, threads, new Estimate(1234 + threads, null, null), true, false,
                            threads > cores, true));
                }
            }
        }
        Document svg = read(HeatMap.svg(cells, "Threads", CAPTION));
        assertTrue(texts(svg).containsAll(List.of("docker", "docker, continued", "affinity", "affinity, continued")));
        assertEquals(cells.size(), all(svg, "g").size());
        assertInsideTheCardAndApart(svg);
    }

    @Test
    void wordsStayInsideTheCardAndApart() throws Exception {
        for (int limits = 0; limits <= 7; limits++) {
            List<Cell> cells = new ArrayList<>();
            for (int i = 0; i < limits; i++) {
                cells.add(cell(i + 0.5, 1, 12.34));
                cells.add(new Cell("docker", i + 0.5, 16, new Estimate(123.4, null, null), i % 2 == 0, false, true,
                        true));
            }
            assertInsideTheCardAndApart(read(HeatMap.svg(cells, "Threads", CAPTION)));
        }
    }

    private static double[] ends(Element text) {
        double width = text.getTextContent().length() * 0.56 * 18;
        double x = number(text, "x");
        return switch (text.getAttribute("text-anchor")) {
            case "start" -> new double[] {x, x + width};
            case "middle" -> new double[] {x - width / 2, x + width / 2};
            default -> new double[] {x - width, x};
        };
    }

    private static void assertInsideTheCardAndApart(Document svg) {
        double height = Double.parseDouble(svg.getDocumentElement().getAttribute("viewBox").split(" ")[3]);
        List<Element> texts = all(svg, "text");
        for (int i = 0; i < texts.size(); i++) {
            double[] a = ends(texts.get(i));
            assertTrue(a[0] >= 4 && a[1] <= 716 && number(texts.get(i), "y") <= height - 8,
                    texts.get(i).getTextContent());
            for (int j = 0; j < i; j++) {
                double[] b = ends(texts.get(j));
                assertTrue(a[1] <= b[0] || b[1] <= a[0]
                        || Math.abs(number(texts.get(i), "y") - number(texts.get(j), "y")) >= 18,
                        texts.get(i).getTextContent() + " on " + texts.get(j).getTextContent());
            }
        }
    }

    @Test
    void hostileNamesAreTextAndNothingElse() throws Exception {
        String hostile = "</style><script>alert(1)</script> & \"q\"";
        String text = HeatMap.svg(List.of(new Cell(hostile, 1, 1, new Estimate(1, null, null), true, false, false,
                false)), hostile, hostile);
        assertFalse(text.contains("<script"));
        assertTrue(texts(read(text)).contains(hostile));
        assertEquals(1, all(read(text), "style").size());
    }

    @Test
    void textOnEveryColourCanBeReadAndLightnessRunsOneWayInLightAndDark() {
        String svg = draw(cell(1, 1, 1));
        int dark = svg.lastIndexOf("@media (prefers-color-scheme: dark)");
        for (String style : List.of(svg.substring(svg.lastIndexOf(".cell {"), dark), svg.substring(dark))) {
            double before = 0;
            boolean falling = style.contains("#fdf0cc");
            for (int i = 0; i < 5; i++) {
                double ground = luminance(colour(style, "h" + i, "stroke"));
                double words = luminance(colour(style, "t" + i, "fill"));
                double mark = luminance(colour(style, "k" + i, "stroke"));
                assertEquals(words, mark);
                assertTrue((Math.max(ground, words) + 0.05) / (Math.min(ground, words) + 0.05) >= 4.5, "colour " + i);
                assertTrue(i == 0 || (falling ? ground < before / 1.2 : ground > before * 1.2), "colour " + i);
                before = ground;
            }
        }
    }

    private static String colour(String style, String name, String property) {
        Matcher m = Pattern.compile("\\." + name + "\\b[^{]*\\{ " + property + ": #([0-9a-f]{6})").matcher(style);
        assertTrue(m.find(), name);
        return m.group(1);
    }

    /** Relative luminance of WCAG 2.1. */
    private static double luminance(String hex) {
        double[] weights = {0.2126, 0.7152, 0.0722};
        double sum = 0;
        for (int i = 0; i < 3; i++) {
            double c = Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16) / 255.0;
            sum += weights[i] * (c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
        }
        return sum;
    }

    @Test
    void theSameCellsGiveTheSameBytesInEveryLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.ROOT);
            String svg = draw(cell(1.5, 1, 2));
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertEquals(svg, draw(cell(1.5, 1, 2)));
        } finally {
            Locale.setDefault(before);
        }
    }
}
