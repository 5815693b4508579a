package lib.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A plain table for a terminal, a pipe or a Markdown page: columns of figures, right-aligned. */
public final class TextTable {
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    public TextTable(String... header) {
        this.header = List.of(header);
    }

    public void row(List<String> cells) {
        if (cells.size() != header.size()) {
            throw new IllegalArgumentException(cells.size() + " cells under " + header.size() + " headings");
        }
        rows.add(List.copyOf(cells));
    }

    public String plain() {
        List<Integer> widths = new ArrayList<>();
        for (int c = 0; c < header.size(); c++) {
            int column = c;
            widths.add(Math.max(header.get(c).length(),
                    rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0)));
        }
        List<List<String>> all = new ArrayList<>(List.of(header));
        all.addAll(rows);
        return all.stream().map(r -> {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < r.size(); c++) {
                line.append("  ").append(" ".repeat(widths.get(c) - r.get(c).length())).append(r.get(c));
            }
            return line.toString().stripTrailing();
        }).collect(Collectors.joining("\n"));
    }

    public String markdown() {
        StringBuilder out = new StringBuilder(line(header)).append("|").append("---:|".repeat(header.size()));
        rows.forEach(r -> out.append('\n').append(line(r).stripTrailing()));
        return out.toString();
    }

    private static String line(List<String> cells) {
        return cells.stream().map(c -> c.replace("|", "\\|"))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
