package lib.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A card to draw on. The chart libraries of Java lay out text with the fonts of the machine: on one without fonts (a
 * slim container) they end in an InternalError, and elsewhere they give other bytes on each machine. So positions are
 * computed here from a fixed width of letters, and the fonts are the reader's.
 */
final class Svg {
    static final int WIDTH = 720;
    static final int LINE = 24;
    /** In the card's own unit; 9.4 px where the card is 375 px wide. */
    private static final int FONT_SIZE = 18;
    /**
     * Advance of a usual letter or digit, in font sizes, in the wide fonts among those that {@code system-ui} means.
     */
    private static final double LETTER = 0.6;
    /** Okabe and Ito's palette, told apart with every kind of colour vision; {@code &} stands for the card itself. */
    private static final String STYLE = """

            & text { font: 18px system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif }
            & .title { font-size: 23px; font-weight: 600 }
            & .value { font-weight: 600; stroke: #ffffff; stroke-width: 5px }
            & .value { stroke-linejoin: round; paint-order: stroke }
            & .card { fill: #ffffff; stroke: #d0d7de }
            & .ink { fill: #1f2328 }
            & .muted { fill: #59636e }
            & .grid { stroke: #e6e9ed }
            & .axis { stroke: #818b98; stroke-width: 1.5px }
            & .ideal { stroke: #818b98; stroke-width: 2px; stroke-dasharray: 7 6 }
            & .weak { stroke: #009e73; stroke-width: 2px; stroke-dasharray: 2 5 }
            & .strong { stroke: #d55e00; stroke-width: 2px; stroke-dasharray: 2 5 }
            & .curve { stroke-width: 2px; opacity: 0.55 }
            & .bar { stroke-width: 2.5px }
            & .s0 { stroke: #0072b2 }
            & .s1 { stroke: #d55e00 }
            & .s2 { stroke: #009e73 }
            & .s3 { stroke: #cc79a7 }
            & .s4 { stroke: #e69f00 }
            & .full { stroke-width: 2px }
            & .s0.full { fill: #0072b2 }
            & .s1.full { fill: #d55e00 }
            & .s2.full { fill: #009e73 }
            & .s3.full { fill: #cc79a7 }
            & .s4.full { fill: #e69f00 }
            & .hollow { fill: #ffffff; stroke-width: 2.5px }
            @media (prefers-color-scheme: dark) {
              & .card { fill: #161b22; stroke: #30363d }
              & .ink { fill: #f0f6fc }
              & .muted { fill: #a3adb8 }
              & .value { stroke: #161b22 }
              & .grid { stroke: #2a313a }
              & .axis, & .ideal { stroke: #8b949e }
              & .s0 { stroke: #56b4e9 }
              & .s0.full { fill: #56b4e9 }
              & .s1 { stroke: #e69f00 }
              & .s1.full { fill: #e69f00 }
              & .s4 { stroke: #f0e442 }
              & .s4.full { fill: #f0e442 }
              & .hollow { fill: #161b22 }
            }
            """;

    private final StringBuilder out = new StringBuilder();

    /** @param id must differ among charts that one page holds; its style is kept to it */
    Svg(String id, int height, String title, String description) {
        open("svg", "xmlns", "http://www.w3.org/2000/svg", "id", id, "viewBox", "0 0 " + WIDTH + " " + height, "width",
                "100%", "style", "max-width:" + WIDTH + "px", "role", "img", "aria-labelledby",
                id + "-title " + id + "-desc");
        element("title", title, "id", id + "-title");
        element("desc", description, "id", id + "-desc");
        out.append("<style>").append(STYLE.replace("&", "#" + id)).append("</style>\n");
        element("rect", "", "class", "card", "x", "1", "y", "1", "width", number(WIDTH - 2), "height",
                number(height - 2), "rx", "12");
    }

    void line(double x1, double y1, double x2, double y2, String style) {
        element("line", "", "class", style, "x1", number(x1), "y1", number(y1), "x2", number(x2), "y2", number(y2));
    }

    void circle(double x, double y, double radius, String style) {
        element("circle", "", "class", style, "cx", number(x), "cy", number(y), "r", number(radius));
    }

    /**
     * @param corners x and y of each in turn
     * @param closed an area in the style's colour; else a line through the corners
     */
    void path(double[] corners, boolean closed, String style) {
        StringBuilder way = new StringBuilder();
        for (int i = 0; i < corners.length; i += 2) {
            way.append(i == 0 ? "M" : "L").append(number(corners[i])).append(' ').append(number(corners[i + 1]));
        }
        if (closed) {
            element("path", "", "class", style, "d", way + "Z");
        } else {
            element("path", "", "class", style, "fill", "none", "d", way.toString());
        }
    }

    /** @param anchor {@code start}, {@code middle} or {@code end} */
    void text(double x, double y, String anchor, String style, String words) {
        element("text", words, "class", style, "x", number(x), "y", number(y), "text-anchor", anchor);
    }

    /** What follows until {@link #endGroup()} shows these words when pointed at. */
    void group(String words) {
        open("g");
        element("title", words);
    }

    void endGroup() {
        out.append("</g>\n");
    }

    String end() {
        return out + "</svg>\n";
    }

    /** Width of one line, estimated on the wide side. */
    static double width(String words) {
        return words.length() * LETTER * FONT_SIZE;
    }

    /** Broken at blanks, or within a word longer than a line; what does not fit ends in an ellipsis. */
    static List<String> wrapped(String words, int width, int mostLines) {
        int letters = (int) (width / (LETTER * FONT_SIZE));
        List<String> lines = new ArrayList<>();
        String rest = words.strip();
        while (!rest.isEmpty()) {
            if (lines.size() == mostLines) {
                String last = lines.get(mostLines - 1);
                lines.set(mostLines - 1, last.substring(0, Math.min(last.length(), letters - 1)) + "…");
                break;
            }
            int blank = rest.lastIndexOf(' ', letters);
            int end = rest.length() <= letters ? rest.length() : blank > 0 ? blank : letters;
            lines.add(rest.substring(0, end));
            rest = rest.substring(end).strip();
        }
        return lines;
    }

    private void open(String name, String... attributes) {
        start(name, attributes);
        out.append(">\n");
    }

    private void element(String name, String words, String... attributes) {
        start(name, attributes);
        if (words.isEmpty()) {
            out.append("/>\n");
        } else {
            out.append('>').append(escaped(words)).append("</").append(name).append(">\n");
        }
    }

    private void start(String name, String... attributes) {
        out.append('<').append(name);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ').append(attributes[i]).append("=\"").append(escaped(attributes[i + 1])).append('"');
        }
    }

    /** A clip may have any name; a character that XML forbids would make the whole file unreadable. */
    private static String escaped(String words) {
        StringBuilder legal = new StringBuilder();
        words.codePoints().map(c -> c < 0x20 || c > 0xd7ff && c < 0xe000 || c == 0xfffe || c == 0xffff ? 0xfffd : c)
                .forEach(legal::appendCodePoint);
        return legal.toString().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value).replaceAll("\\.0$", "");
    }
}
