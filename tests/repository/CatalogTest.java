package tests.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lib.results.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tests.harness.Checkout;

/** Catalog, script, help and README say the same sentence about a command. */
class CatalogTest {
    private static final Path ROOT = Checkout.root();
    private static final Pattern ARGUMENT = Pattern.compile("[A-Za-z0-9.,_=:-]+");
    private static final long HELP_TIMEOUT_SECONDS = 120;

    private record Alias(String name, Path script, String description, List<String> arguments) {
        @Override
        public String toString() {
            return name;
        }
    }

    @Test
    void everyScriptHasAnAlias() throws IOException {
        TreeSet<Path> scripts = new TreeSet<>();
        try (Stream<Path> files = Files.list(ROOT.resolve("scripts"))) {
            files.filter(f -> f.toString().endsWith(".java")).forEach(scripts::add);
        }
        TreeSet<Path> named = new TreeSet<>();
        aliases().forEach(a -> named.add(a.script));
        assertEquals(scripts, named);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void scriptAndCatalogSayTheSame(Alias alias) throws IOException {
        Matcher description = Pattern.compile("(?m)^//DESCRIPTION (.+)$").matcher(Files.readString(alias.script));
        assertTrue(description.find(), "no //DESCRIPTION");
        assertEquals(alias.description, description.group(1));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpAndCatalogSayTheSame(Alias alias) throws Exception {
        Process help = new ProcessBuilder("./jbang", alias.name, "--help").directory(ROOT.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String text = new String(help.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(help.waitFor(HELP_TIMEOUT_SECONDS, TimeUnit.SECONDS));
        assertEquals(0, help.exitValue(), text);
        assertTrue(text.startsWith("Usage: " + alias.name + " "), text);
        assertTrue(text.replaceAll("\\s+", " ").contains(alias.description), text);
    }

    @ParameterizedTest
    @MethodSource("aliases")
    void readmeAndCatalogSayTheSame(Alias alias) throws IOException {
        String row = Files.readString(ROOT.resolve("README.md")).lines()
                .filter(line -> line.startsWith("| `" + alias.name + "` |")).findFirst().orElse("no row");
        assertTrue(row.contains("| " + alias.description), row);
    }

    /** The launcher reads the catalog line by line, without a JSON library. */
    @ParameterizedTest
    @MethodSource("aliases")
    void theLauncherCanReadTheEntry(Alias alias) throws IOException {
        String entry = Pattern.compile("(?ms)^    \"" + alias.name + "\": \\{$(.*?)^    \\}").matcher(catalogText())
                .results().findFirst().orElseThrow(() -> new AssertionError("another layout")).group(1);
        assertTrue(entry.contains("\n      \"script-ref\": \"" + ROOT.relativize(alias.script) + "\""), entry);
        if (!alias.arguments.isEmpty()) {
            assertTrue(entry.contains("\n      \"arguments\": [\"" + String.join("\", \"", alias.arguments) + "\"]\n"),
                    entry);
        }
        alias.arguments.forEach(a -> assertTrue(ARGUMENT.matcher(a).matches(), a));
    }

    @Test
    void anAliasSaysNothingThatTheLauncherWouldNotSee() throws IOException {
        JsonNode aliases = Json.MAPPER.readTree(catalogText()).get("aliases");
        TreeSet<String> fields = new TreeSet<>();
        aliases.forEach(alias -> alias.properties().forEach(field -> fields.add(field.getKey())));
        fields.removeAll(List.of("script-ref", "description", "arguments"));
        assertEquals(new TreeSet<>(), fields);
    }

    static List<Alias> aliases() throws IOException {
        Map<String, Alias> aliases = new TreeMap<>();
        Json.MAPPER.readTree(catalogText()).get("aliases").properties().forEach(e -> {
            List<String> arguments = new ArrayList<>();
            e.getValue().path("arguments").forEach(a -> arguments.add(a.asText()));
            aliases.put(e.getKey(), new Alias(e.getKey(), ROOT.resolve(e.getValue().get("script-ref").asText()),
                    e.getValue().get("description").asText(), arguments));
        });
        return List.copyOf(aliases.values());
    }

    /** Without the presets, whose sentence is their own. */
    static List<Alias> commands() throws IOException {
        return aliases().stream().filter(a -> a.arguments.isEmpty()).toList();
    }

    private static String catalogText() throws IOException {
        return Files.readString(ROOT.resolve("jbang-catalog.json"));
    }
}
