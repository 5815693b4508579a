package tests.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lib.measure.Warning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documents say is there, is there. */
class DocumentsTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(#[^)]*)?\\)");

    @Test
    void theMethodListsEveryWarningAndNoOther() throws IOException {
        Set<String> documented = Files.readAllLines(Path.of("docs/method.md")).stream()
                .filter(l -> l.startsWith("| ") && l.contains("| `")).map(l -> l.split("`")[1])
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> warnings = Arrays.stream(Warning.values()).map(Warning::code)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(warnings, documented);
    }

    /** All that people read; the pages of experiments are written by the report. */
    static List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(""))) {
            return files.filter(f -> f.toString().endsWith(".md") && !f.toString().startsWith("results/2")
                    && !f.toString().startsWith(".")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void linksResolve(Path page) throws IOException {
        Path folder = page.toAbsolutePath().getParent();
        List<String> broken = LINK.matcher(Files.readString(page)).results().map(m -> m.group(1))
                .filter(target -> !target.contains("://")).filter(target -> !Files.exists(folder.resolve(target)))
                .toList();
        assertEquals(List.of(), broken);
    }

    @Test
    void everyRoomAndFolderThatTheArchitectureNamesExists() throws IOException {
        String page = Files.readString(Path.of("docs/architecture.md"));
        try (Stream<Path> rooms = Files.list(Path.of("lib"))) {
            List<String> unnamed = rooms.map(Path::toString).filter(room -> !page.contains("`" + room + "`")).toList();
            assertEquals(List.of(), unnamed);
        }
        List<String> missing = Pattern.compile("`((?:lib|scripts|tests|docs|results)/[A-Za-z/]*)`").matcher(page)
                .results()
                .map(m -> m.group(1)).filter(p -> !Files.exists(Path.of(p)) && !Files.exists(Path.of(p + ".java")))
                .toList();
        assertTrue(missing.isEmpty(), "named and not there: " + missing);
    }
}
