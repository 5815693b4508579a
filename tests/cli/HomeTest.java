package tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import lib.cli.Home;
import lib.cli.UserError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
    private static final byte[] CONTENT = "a clip".getBytes(StandardCharsets.UTF_8);
    private static final String SHA256 = DownloadTest.sha256(CONTENT);

    @TempDir
    Path folder;
    private Path elsewhere;
    private Path user;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void folders() throws IOException {
        elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        user = Files.createDirectories(folder.resolve("user"));
    }

    @Test
    void theNearestCheckoutUpwardIsTaken() throws IOException {
        Path checkout = checkout("perf");
        Path inside = Files.createDirectories(checkout.resolve("results/today"));
        assertEquals(checkout, find(inside).checkout());
        assertNull(find(elsewhere).checkout());
    }

    @Test
    void theLaunchersOwnCheckoutWinsOverTheOneAround() throws IOException {
        Path launched = checkout("launched");
        environment.put("PERF_HOME", launched.toString());
        assertEquals(launched, find(checkout("around")).checkout());
    }

    @Test
    void aPerfHomeThatIsNoCheckoutIsSaid() {
        environment.put("PERF_HOME", elsewhere.toString());
        String message = assertThrows(UserError.class, () -> find(elsewhere)).getMessage();
        assertTrue(message.startsWith("PERF_HOME is " + elsewhere), message);
    }

    @Test
    void aCatalogRegisteredByItsPathIsACheckout() throws IOException {
        Path checkout = checkout("with \"quotes\"");
        register(checkout.resolve("jbang-catalog.json").toString());
        assertEquals(checkout, find(elsewhere).checkout());
    }

    @Test
    void aCatalogRegisteredByItsUrlIsTheOrigin() throws IOException {
        register("https://example.org/perf/main/jbang-catalog.json");
        Home home = find(elsewhere);
        assertNull(home.checkout());
        assertEquals(URI.create("https://example.org/perf/main/"), home.origin());
    }

    @Test
    void jbangsOwnFolderMayLieElsewhere() throws IOException {
        Path jbang = Files.createDirectories(folder.resolve("jbang"));
        register("https://example.org/jbang-catalog.json");
        Files.move(user.resolve(".jbang/jbang-catalog.json"), jbang.resolve("jbang-catalog.json"));
        assertNull(find(elsewhere).origin());
        environment.put("JBANG_DIR", jbang.toString());
        assertEquals(URI.create("https://example.org/"), find(elsewhere).origin());
    }

    @Test
    void aFileOfTheCheckoutIsTakenAsItIs() throws IOException {
        Path checkout = checkout("perf");
        Path clip = Files.write(checkout.resolve("clip.flac"), CONTENT);
        assertEquals(clip, find(checkout).file("clip.flac", "0".repeat(64)));
    }

    @Test
    void withoutACheckoutAFileIsDownloadedOnceAndChecked() throws IOException {
        try (FileServer server = new FileServer(CONTENT)) {
            register(server.url("jbang-catalog.json").toString());
            Home home = find(elsewhere);
            Path file = home.file("audio/speech/clip.flac", SHA256);
            assertTrue(file.startsWith(home.cache()) && file.endsWith("clip.flac"), file.toString());
            assertEquals(file, home.file("audio/speech/clip.flac", SHA256));
            assertEquals(1, server.ranges.size());

            Files.writeString(file, "damaged");
            assertEquals("a clip", Files.readString(home.file("audio/speech/clip.flac", SHA256)));
            assertThrows(UserError.class, () -> home.file("audio/speech/clip.flac", "1".repeat(64)));
        }
    }

    @Test
    void aFileThatIsNowhereSaysWhatToDo() {
        String message = assertThrows(UserError.class, () -> find(elsewhere).file("x.bin", SHA256)).getMessage();
        assertTrue(message.startsWith("x.bin is not here") && message.contains("jbang catalog add"), message);
        assertThrows(UserError.class, () -> find(elsewhere).text("x.json"));
    }

    @Test
    void theCacheIsWhereThePlatformWantsItOrWhereTheUserSays() {
        assertEquals(user.resolve(".cache/perf"), find(elsewhere).cache());
        assertEquals(user.resolve("Library/Caches/perf"),
                Home.find(elsewhere, environment, user, "Mac OS X").cache());
        environment.put("XDG_CACHE_HOME", folder.resolve("xdg").toString());
        assertEquals(folder.resolve("xdg/perf"), find(elsewhere).cache());
        environment.put("PERF_CACHE", folder.resolve("own").toString());
        assertEquals(folder.resolve("own"), find(elsewhere).cache());
        assertTrue(Files.isDirectory(folder.resolve("own")));
    }

    @Test
    void aCacheThatCannotBeWrittenNamesTheVariable() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        environment.put("PERF_CACHE", file.resolve("cache").toString());
        String message = assertThrows(UserError.class, () -> find(elsewhere)).getMessage();
        assertTrue(message.contains("set PERF_CACHE") && message.contains(file.toString()), message);
    }

    private Home find(Path workingDirectory) {
        return Home.find(workingDirectory, environment, user, "Linux");
    }

    private Path checkout(String name) throws IOException {
        Path checkout = Files.createDirectories(folder.resolve(name));
        Files.createDirectories(checkout.resolve("models"));
        Files.writeString(checkout.resolve("models/manifest.json"), "{}");
        Files.writeString(checkout.resolve("jbang-catalog.json"), "{}");
        return checkout;
    }

    /** As {@code jbang catalog add -g --name perf} leaves it, among others and an alias of the same name. */
    private void register(String reference) throws IOException {
        Path jbang = Files.createDirectories(user.resolve(".jbang"));
        String escaped = reference.replace("\\", "\\\\").replace("\"", "\\\"").replace("=", "\\u003d");
        Files.writeString(jbang.resolve("jbang-catalog.json"), """
                {
                  "catalogs": {
                    "other": {
                      "catalog-ref": "https://example.com/other/jbang-catalog.json"
                    },
                    "perf": {
                      "description": "a \\"lab\\" {for} CPUs",
                      "catalog-ref": "%s"
                    }
                  },
                  "aliases": {
                    "perf": {
                      "script-ref": "perf.java"
                    }
                  }
                }
                """.formatted(escaped));
    }
}
