package tests.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lib.results.Json;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tests.harness.JBangJar;
import tests.cli.FileServer;

/**
 * What is served is a real model of the repository under its pinned digest: a command that runs where no checkout is
 * has to download it.
 */
class FetchModelTest {
    private static final String NAME = "tiny.en-q5_1";
    private static final Path MODEL = Shell.CHECKOUT.resolve("models/ggml-tiny.en-q5_1.bin");
    private static final String SHA256 = "02559f888b313d0e06dc6daa8730d5643eff17d7ddeb63efdbecfe23524c07e2";
    private static final int MEGABYTE = 1_000_000;
    private static final String IN_CHECKOUT = Shell.CHECKOUT.toString();
    private static final String NOWHERE = "";

    /** Without anybody's registered catalogs, through which a checkout would be found. */
    @TempDir
    static Path jbangFolder;
    /** What JBang runs in the end, for bash. Without the launcher, which makes its own checkout the one. */
    private static String program;

    @TempDir
    Path folder;

    @BeforeAll
    static void build() {
        Path script = Shell.CHECKOUT.resolve("scripts/FetchModel.java");
        if (!Files.exists(JBangJar.path())) { // then JBang is on PATH
            program = "jbang '" + script + "'";
            return;
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Shell.Outcome o = new Shell(jbangFolder, Map.of("JBANG_RUNTIME_SHELL", "bash")).runProgram(java, "-jar",
                JBangJar.path().toString(), script.toString());
        assertEquals(255, o.exit(), o.toString());
        program = o.out().strip();
    }

    @Test
    void aConnectionThatBreaksAgainAndAgainStillBringsTheModelAndItsPathIsTheOutput() throws IOException {
        try (FileServer server = new FileServer(Files.readAllBytes(MODEL)).breakingAfter(7 * MEGABYTE)) {
            Shell.Outcome o = run(NOWHERE, server, NAME);
            assertEquals(0, o.exit(), o.toString());
            Path fetched = Path.of(o.out().strip());
            assertTrue(fetched.startsWith(cache()), o.toString());
            assertEquals(-1, Files.mismatch(MODEL, fetched));
            assertTrue(o.err().contains("fetching tiny.en-q5_1, 32 MB\n"), o.err());
            assertTrue(o.err().contains("SHA-256 as pinned (tiny.en-q5_1 of this repository)"), o.err());
            assertTrue(server.ranges.size() >= 5, server.ranges.toString());

            int asked = server.ranges.size();
            assertEquals(fetched.toString(), run(NOWHERE, server, NAME).out().strip());
            assertEquals(asked, server.ranges.size(), "it was there");
        }
    }

    @Test
    void whatAKilledCommandHadFetchedIsKept() throws Exception {
        int held = 20 * MEGABYTE;
        try (FileServer server = new FileServer(Files.readAllBytes(MODEL)).holdingAfter(held)) {
            Shell.Running killed = start(NOWHERE, server, NAME);
            try {
                for (int i = 0; partBytes() < held && i < 600 && killed.process().isAlive(); i++) {
                    Thread.sleep(100);
                }
            } finally {
                killed.process().destroyForcibly();
            }
            Shell.Outcome o = killed.end();
            assertEquals(128 + 9, o.exit(), o.toString());
            assertEquals("", o.out());
            assertEquals(held, partBytes());
        }
        JsonNode listed = Json.MAPPER.readTree(run(NOWHERE, null, "--json").out()).get(1);
        assertEquals("NOT_HERE", listed.get("place").asText());
        assertEquals(held, listed.get("partBytes").asInt());
        try (FileServer server = new FileServer(Files.readAllBytes(MODEL))) {
            Shell.Outcome o = run(NOWHERE, server, NAME);
            assertEquals(0, o.exit(), o.toString());
            assertEquals(List.of("bytes=" + held + "-"), server.ranges);
            assertTrue(o.err().contains("32 MB, going on after 20 MB"), o.err());
            assertEquals(-1, Files.mismatch(MODEL, Path.of(o.out().strip())));
        }
    }

    @Test
    void aFileOfAnotherDigestIsRefusedAndNothingIsKept() throws IOException {
        byte[] changed = Files.readAllBytes(MODEL);
        changed[changed.length / 2]++;
        try (FileServer server = new FileServer(changed)) {
            assertRefused(run(NOWHERE, server, NAME), "is not the expected file", "instead of " + SHA256);
        }
        try (Stream<Path> files = Files.walk(cache())) {
            assertEquals(List.of(), files.filter(f -> Files.isRegularFile(f) && f.toFile().length() > 0).toList());
        }
    }

    @Test
    void whatCannotBeHadIsSaidInOneSentence() throws IOException {
        try (FileServer server = new FileServer(new byte[1]).withStatus(404)) {
            assertRefused(run(IN_CHECKOUT, server, "small"), "Model small", "ggml-small.bin does not exist (HTTP 404)");
        }
        int closedPort;
        try (ServerSocket socket = new ServerSocket(0)) {
            closedPort = socket.getLocalPort();
        }
        Map<String, String> offline = Map.of("PERF_MODELS_URL", "http://127.0.0.1:" + closedPort);
        assertRefused(start(IN_CHECKOUT, offline, "small").end(), "Can't reach 127.0.0.1", "check the network",
                "by its path", "/ggml-small.bin");
    }

    @Test
    void aDiskThatIsTooSmallIsSaidBeforeTheDownload() throws Exception {
        Path disk = Files.createDirectories(cache());
        Assumptions.assumeTrue(new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=8m", "none", disk.toString())
                .start().waitFor() == 0, "only root can mount a small disk");
        try (FileServer server = new FileServer(Files.readAllBytes(MODEL))) {
            assertRefused(run(NOWHERE, server, NAME), "too full: 32166756 bytes are needed", "PERF_CACHE");
        } finally {
            new ProcessBuilder("umount", disk.toString()).inheritIO().start().waitFor();
        }
    }

    @Test
    void aTerminalShowsABarWithSizeSpeedAndTimeLeft() throws IOException {
        Assumptions.assumeTrue(Stream.of("/usr/bin/script", "/bin/script").anyMatch(f -> Files.exists(Path.of(f)))
                && System.getProperty("os.name").startsWith("Linux"), "a terminal is made by the script of util-linux");
        try (FileServer server = new FileServer(Files.readAllBytes(MODEL)).breakingAfter(7 * MEGABYTE).slowBy(400)) {
            List<String> command = command(NAME);
            StringBuilder quoted = new StringBuilder();
            command.forEach(word -> quoted.append('\'').append(word.replace("'", "'\\''")).append("' "));
            Shell.Outcome o = new Shell(folder, variables(NOWHERE, server)).runProgram("script", "-qec",
                    quoted.toString(), "/dev/null");
            assertEquals(0, o.exit(), o.toString());
            assertTrue(o.out().matches("(?s).*fetching tiny\\.en-q5_1 +\\d+% .* \\d+/32 MB .*\\d MB/s.*"), o.out());
            assertFalse(o.out().contains("fetching tiny.en-q5_1, 32 MB\n"), "a bar or lines, not both");
        }
    }

    @Test
    void theListSaysWhatEachModelIsForAndWhereItIs() throws IOException {
        Shell.Outcome o = new Shell(folder).run("fetch-model");
        assertEquals(0, o.exit(), o.toString());
        List<String> lines = o.out().lines().toList();
        assertEquals(6, lines.size(), o.out());
        assertTrue(lines.get(1).matches("base-q5_1 +60 MB +the default.* in this checkout: .*/ggml-base-q5_1.bin"),
                o.out());
        String elsewhere = run(IN_CHECKOUT, null, "--list").out();
        assertTrue(elsewhere.lines().toList().get(4).matches("small +488 MB +.* not here"), elsewhere);
    }

    @Test
    void modelsOfTheCheckoutAreThereAlreadyAndSeveralAreSeveralLines() throws IOException {
        Shell.Outcome o = run(IN_CHECKOUT, null, NAME, "base-q5_1");
        assertEquals(0, o.exit(), o.toString());
        assertEquals(MODEL + "\n" + MODEL.resolveSibling("ggml-base-q5_1.bin") + "\n", o.out());
        JsonNode json = Json.MAPPER.readTree(run(IN_CHECKOUT, null, NAME, "--json").out()).get(0);
        assertEquals(MODEL.toString(), json.get("path").asText());
        assertEquals(SHA256, json.get("sha256").asText());
        assertEquals("this repository", json.get("pinned").get("publisher").asText());
    }

    @Test
    void aFileIsLookedIntoAndComparedWithThePinnedOnes() throws IOException {
        Path copy = Files.copy(MODEL, folder.resolve("renamed.bin"));
        Shell.Outcome pinned = run(IN_CHECKOUT, null, copy.toString());
        assertEquals(0, pinned.exit(), pinned.toString());
        for (String line : List.of("name          renamed", "type          tiny, English only", "quantisation  q5_1",
                "bytes         32,166,756", "SHA-256       " + SHA256, "pinned        yes, " + NAME + " of this rep")) {
            assertTrue(pinned.out().contains(line), pinned.out());
        }
        byte[] changed = Files.readAllBytes(MODEL);
        changed[changed.length - 1]++;
        Files.write(copy, changed);
        Shell.Outcome own = run(IN_CHECKOUT, null, "--verify", copy.toString());
        assertEquals(0, own.exit(), own.toString());
        assertTrue(own.out().contains("pinned        no, a model of your own"), own.out());
        Path sameName = Files.move(copy, folder.resolve("ggml-tiny.en-q5_1.bin"));
        JsonNode json = Json.MAPPER.readTree(run(IN_CHECKOUT, null, sameName.toString(), "--json").out()).get(0);
        assertTrue(json.get("pinned").isNull() && json.get("type").asText().equals("tiny"), json.toString());
        String text = run(IN_CHECKOUT, null, sameName.toString()).out();
        assertTrue(text.contains("no, " + NAME + " has SHA-256 " + SHA256), text);
        Files.write(sameName, Arrays.copyOf(changed, 9 * MEGABYTE));
        assertRefused(run(IN_CHECKOUT, null, sameName.toString()), "was cut short");
    }

    @Test
    void aNamedModelThatIsHereCanBeVerifiedAndOneThatIsNotIsNotFetched() throws IOException {
        Shell.Outcome o = run(IN_CHECKOUT, null, "--verify", NAME);
        assertEquals(0, o.exit(), o.toString());
        assertTrue(o.out().contains("pinned        yes, " + NAME), o.out());
        try (FileServer server = new FileServer(new byte[1])) {
            assertRefused(run(IN_CHECKOUT, server, "--verify", "small"), "small is not on this machine",
                    "./jbang fetch-model small");
            assertEquals(List.of(), server.ranges);
        }
    }

    @Test
    void badInputIsFoundBeforeTheFirstDownload() throws IOException {
        try (FileServer server = new FileServer(Files.readAllBytes(MODEL))) {
            assertRefused(run(NOWHERE, server, NAME, "huge"), "no model 'huge'", "base-q5_1, tiny.en-q5_1, base");
            assertRefused(run(NOWHERE, server, "--verify"), "--verify needs a model");
            assertRefused(run(NOWHERE, server, "--list", NAME), "--list takes no model");
            assertEquals(List.of(), server.ranges);
        }
    }

    private static void assertRefused(Shell.Outcome o, String... fragments) {
        assertEquals(2, o.exit(), o.toString());
        assertEquals("", o.out());
        for (String fragment : fragments) {
            assertTrue(o.err().contains(fragment), o.toString());
        }
        assertFalse(o.err().contains("\tat "), o.err());
    }

    private Shell.Outcome run(String perfHome, FileServer server, String... arguments) {
        return new Shell(folder, variables(perfHome, server)).runProgram(command(arguments).toArray(String[]::new));
    }

    private Shell.Running start(String perfHome, FileServer server, String... arguments) {
        return new Shell(folder, variables(perfHome, server)).startProgram(command(arguments).toArray(String[]::new));
    }

    private Shell.Running start(String perfHome, Map<String, String> more, String... arguments) {
        Map<String, String> variables = variables(perfHome, null);
        variables.putAll(more);
        return new Shell(folder, variables).startProgram(command(arguments).toArray(String[]::new));
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of("bash", "-c", "exec " + program + " \"$@\"", "bash"));
        command.addAll(List.of(arguments));
        return command;
    }

    private Map<String, String> variables(String perfHome, FileServer server) {
        return new HashMap<>(Map.of("PERF_HOME", perfHome, "PERF_CACHE", cache().toString(), "JBANG_DIR",
                jbangFolder.toString(), "JBANG_NO_VERSION_CHECK", "true", "PERF_MODELS_URL",
                server == null ? "" : server.url("").toString()));
    }

    private Path cache() {
        return folder.resolve("cache");
    }

    private long partBytes() throws IOException {
        if (!Files.isDirectory(cache())) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(cache())) {
            return files.filter(f -> f.toString().endsWith(".part")).mapToLong(f -> f.toFile().length()).max()
                    .orElse(0);
        }
    }
}
