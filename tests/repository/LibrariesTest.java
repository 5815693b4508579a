package tests.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tests.harness.Checkout;

/** Each library is named once, with its version, in the door of the room that owns it. */
class LibrariesTest {
    private static final Path ROOT = Checkout.root();
    private static final Pattern DEPS = Pattern.compile("(?m)^//DEPS\\s+(\\S+)");
    private static final Pattern SOURCES = Pattern.compile("(?m)^//SOURCES\\s+(\\S+)");

    @Test
    void onlyDoorsNameLibraries() throws IOException {
        List<Path> others = new ArrayList<>();
        for (Path file : Checkout.javaSources(ROOT)) {
            if (!isDoor(file) && DEPS.matcher(Files.readString(file)).find()) {
                others.add(ROOT.relativize(file));
            }
        }
        assertEquals(List.of(), others);
    }

    @Test
    void noLibraryIsNamedTwice() throws IOException {
        Map<String, List<String>> named = new TreeMap<>();
        for (Path file : Checkout.javaSources(ROOT)) {
            for (Matcher m = DEPS.matcher(Files.readString(file)); m.find();) {
                String[] parts = m.group(1).split(":");
                String classifier = parts.length > 3 ? ":" + parts[3] : "";
                named.computeIfAbsent(parts[0] + ":" + parts[1] + classifier, k -> new ArrayList<>())
                        .add(ROOT.relativize(file) + " " + m.group(1));
            }
        }
        named.values().removeIf(places -> places.size() == 1);
        assertEquals(Map.of(), named);
    }

    @Test
    void everyLibraryIsPinned() throws IOException {
        List<String> loose = new ArrayList<>();
        for (Path file : Checkout.javaSources(ROOT)) {
            for (Matcher m = DEPS.matcher(Files.readString(file)); m.find();) {
                if (!m.group(1).matches("[\\w.-]+:[\\w.-]+:\\d[\\w.-]*(:[\\w-]+)?(@pom)?")) {
                    loose.add(ROOT.relativize(file) + " " + m.group(1));
                }
            }
        }
        assertEquals(List.of(), loose);
    }

    /** Every command goes through this door; javac of Java 17 would read the sources as ASCII where the locale is C. */
    @Test
    void sourcesAreCompiledAsUtf8InAnyLocale() throws IOException {
        assertTrue(Files.readString(ROOT.resolve("lib/cli/package-info.java"))
                .contains("\n//JAVAC_OPTIONS -encoding UTF-8\n"));
    }

    @Test
    void everyDoorListsAllFilesOfItsRoomAndNoOther() throws IOException {
        Map<String, List<String>> wrong = new TreeMap<>();
        for (Path door : Checkout.javaSources(ROOT).stream().filter(f -> f.startsWith(ROOT.resolve("lib")))
                .filter(LibrariesTest::isDoor).toList()) {
            List<String> differences = new ArrayList<>();
            List<String> listed = new ArrayList<>();
            for (Matcher m = SOURCES.matcher(Files.readString(door)); m.find();) {
                listed.add(m.group(1));
                if (!Files.isRegularFile(door.resolveSibling(m.group(1)))) {
                    differences.add("not there: " + m.group(1));
                }
            }
            try (Stream<Path> files = Files.list(door.getParent())) {
                files.map(f -> f.getFileName().toString()).filter(n -> n.endsWith(".java") && !listed.contains(n))
                        .filter(n -> !n.equals("package-info.java")).sorted()
                        .forEach(n -> differences.add("not listed: " + n));
            }
            if (!differences.isEmpty()) {
                wrong.put(ROOT.relativize(door).toString(), differences);
            }
        }
        assertEquals(Map.of(), wrong);
    }

    private static boolean isDoor(Path file) {
        return file.endsWith("package-info.java");
    }
}
