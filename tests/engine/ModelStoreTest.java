package tests.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import lib.cli.Download;
import lib.cli.Home;
import lib.cli.UserError;
import lib.engine.ModelStore;
import lib.engine.ModelStore.Known;
import lib.engine.ModelStore.Place;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelStoreTest {
    private static final String OURS = "the file as the repository has it";
    private static final String UPSTREAMS = "the file as the upstream project has it";

    @TempDir
    Path folder;
    private HttpServer server;
    private String base;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile String served = UPSTREAMS;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                asked.add(exchange.getRequestURI().getPath());
                byte[] body = served.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(exchange.getRequestURI().getPath().contains("gone") ? 404 : 200,
                        body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        base = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void everyModelOfTheRepositoryHasANameAndADigest() {
        Home home = Home.find(Path.of(""), Map.of("PERF_CACHE", folder.toString()), folder, "Linux");
        assertEquals(List.of("base-q5_1", "tiny.en-q5_1", "base", "small", "medium"), ModelStore.names(home));
        assertTrue(ModelStore.names(home).contains(ModelStore.DEFAULT));
        Path model = ModelStore.find(home, "tiny.en-q5_1", Download.SILENT);
        assertEquals(home.checkout().resolve("models/ggml-tiny.en-q5_1.bin"), model);
        assertEquals("02559f888b313d0e06dc6daa8730d5643eff17d7ddeb63efdbecfe23524c07e2", Download.sha256(model));
    }

    @Test
    void aModelThatIsNotInTheCheckoutIsDownloadedOnce() throws IOException {
        Home home = checkout();
        Path model = ModelStore.find(home, "far", Download.SILENT, Map.of());
        assertEquals(UPSTREAMS, Files.readString(model));
        assertTrue(model.startsWith(home.cache()) && model.endsWith("ggml-far.bin"), model.toString());
        assertEquals(model, ModelStore.find(home, "far", Download.SILENT, Map.of()));
        assertEquals(List.of("/upstream/ggml-far.bin"), asked);
    }

    @Test
    void aCutModelInTheCacheIsFetchedAgain() throws IOException {
        Home home = checkout();
        Path model = ModelStore.find(home, "far", Download.SILENT, Map.of());
        Files.writeString(model, "cut");
        assertEquals(UPSTREAMS, Files.readString(ModelStore.find(home, "far", Download.SILENT, Map.of())));
    }

    @Test
    void anotherPlaceToFetchFromMayHaveEitherFile() throws IOException {
        Home home = checkout();
        Map<String, String> mirror = Map.of("PERF_MODELS_URL", base + "/mirror");
        Path first = ModelStore.find(home, "near", Download.SILENT, mirror);
        assertEquals(UPSTREAMS, Files.readString(first));
        Files.delete(first);
        served = OURS;
        assertEquals(OURS, Files.readString(ModelStore.find(home, "near", Download.SILENT, mirror)));
        assertTrue(asked.stream().allMatch("/mirror/ggml-near.bin"::equals), asked.toString());
    }

    @Test
    void whatCameFromAnotherPlaceIsFoundWithoutIt() throws IOException {
        Home home = checkout();
        served = OURS;
        Path fetched = ModelStore.find(home, "near", Download.SILENT, Map.of("PERF_MODELS_URL", base + "/mirror"));
        assertEquals(fetched, ModelStore.find(home, "near", Download.SILENT, Map.of()));
        assertEquals(1, asked.size());
    }

    @Test
    void aModelThatCannotBeHadSaysWhyAndWhatElseWorks() throws IOException {
        Home home = checkout();
        String message = refusal(home, "gone", Map.of());
        assertTrue(message.contains("HTTP 404") && message.contains("by its path"), message);
        served = "<html>please log in</html>";
        assertTrue(refusal(home, "far", Map.of()).contains("instead of " + UPSTREAMS.length()));
        assertTrue(refusal(home, "far", Map.of("PERF_MODELS_URL", "models")).startsWith("PERF_MODELS_URL is models,"));
    }

    @Test
    void whereEachModelIsIsKnownWithoutFetchingAnything() throws IOException {
        Home home = checkout();
        Path near = Files.writeString(home.checkout().resolve("models/ggml-near.bin"), OURS);
        Path far = ModelStore.find(home, "far", Download.SILENT, Map.of());
        Path gone = home.cached("models/ggml-gone.bin", sha256(UPSTREAMS));
        Files.writeString(Download.part(gone), "half");
        asked.clear();
        long published = UPSTREAMS.length();
        assertEquals(List.of(new Known("far", "tests of far", published, Place.CACHE, far, null),
                new Known("near", "tests of near", OURS.length(), Place.CHECKOUT, near, null),
                new Known("gone", "tests of gone", published, Place.NOT_HERE, null, 4L)),
                ModelStore.known(home));
        assertEquals(List.of(), asked);
    }

    @Test
    void aFetchedModelIsOneOfThePinnedFiles() throws IOException {
        Home home = checkout();
        ModelStore.Fetched far = ModelStore.fetch(home, "far", Download.SILENT, Map.of());
        assertEquals(new ModelStore.Pinned("far", "whisper.cpp", UPSTREAMS.length(), sha256(UPSTREAMS)), far.pinned());
        assertEquals(UPSTREAMS, Files.readString(far.path()));
        Files.writeString(home.checkout().resolve("models/ggml-near.bin"), OURS);
        assertEquals("this repository", ModelStore.fetch(home, "near", Download.SILENT, Map.of()).pinned().publisher());
        assertEquals(List.of("/upstream/ggml-far.bin"), asked);
    }

    @Test
    void aCachedModelWhoseBytesHaveChangedIsFetchedAgain() throws IOException {
        Home home = checkout();
        Path far = ModelStore.fetch(home, "far", Download.SILENT, Map.of()).path();
        Files.writeString(far, UPSTREAMS.toUpperCase(Locale.ROOT));
        assertEquals(far, ModelStore.fetch(home, "far", Download.SILENT, Map.of()).path());
        assertEquals(UPSTREAMS, Files.readString(far));
    }

    @Test
    void aChangedModelInTheCheckoutIsSaidAndLeftAlone() throws IOException {
        Home home = checkout();
        Path near = Files.writeString(home.checkout().resolve("models/ggml-near.bin"), "my own");
        String message = assertThrows(UserError.class,
                () -> ModelStore.fetch(home, "near", Download.SILENT, Map.of())).getMessage();
        assertTrue(message.startsWith(near + " is not the pinned model") && message.contains("git checkout"), message);
        assertEquals("my own", Files.readString(near));
    }

    @Test
    void anAddressThatDoesNotMatterIsNotLookedAt() throws IOException {
        Home home = checkout();
        Path near = Files.writeString(home.checkout().resolve("models/ggml-near.bin"), OURS);
        assertEquals(near, ModelStore.find(home, "near", Download.SILENT, Map.of("PERF_MODELS_URL", "nonsense")));
    }

    @Test
    void withoutANetworkOneReasonIsGivenAndThePlaceToPutTheFile() throws IOException {
        Home home = checkout();
        server.stop(0);
        String message = refusal(home, "near", Map.of("PERF_MODELS_URL", base));
        assertEquals(1, message.split("Can't reach 127.0.0.1", -1).length - 1, message);
        assertTrue(message.endsWith(home.cached("models/ggml-near.bin", sha256(UPSTREAMS)).toString()), message);
    }

    @Test
    void aPathIsTakenAndANameNobodyKnowsListsTheKnownOnes() throws IOException {
        Home home = checkout();
        Path own = Files.writeString(folder.resolve("own.bin"), "any");
        assertEquals(own, ModelStore.find(home, own.toString(), Download.SILENT, Map.of()));
        String message = refusal(home, "huge", Map.of());
        assertTrue(message.contains("'huge'") && message.contains("far, near, gone") && message.contains("path"),
                message);
        assertEquals(List.of(), asked);
    }

    private static String refusal(Home home, String name, Map<String, String> environment) {
        return assertThrows(UserError.class, () -> ModelStore.find(home, name, Download.SILENT, environment))
                .getMessage();
    }

    /** A checkout whose models are small. */
    private Home checkout() throws IOException {
        Path root = Files.createDirectories(folder.resolve("checkout"));
        Files.createDirectories(root.resolve("models"));
        Files.writeString(root.resolve("jbang-catalog.json"), "{}");
        Files.writeString(root.resolve("models/manifest.json"),
                "{\"models\": [" + entry("far", false) + "," + entry("near", true) + "," + entry("gone", false) + "]}");
        return Home.find(root, Map.of("PERF_CACHE", folder.resolve("cache").toString()), folder, "Linux");
    }

    private String entry(String name, boolean alsoOurs) {
        return """
                {"name": "%s", "purpose": "tests of %s", "file": "ggml-%s.bin", %s
                 "upstream": {"url": "%s/upstream/ggml-%s.bin", "bytes": %d, "sha256": "%s"},
                 "licence": "MIT", "provenance": "a test"}""".formatted(name, name, name,
                alsoOurs ? "\"bytes\": %d, \"sha256\": \"%s\",".formatted(OURS.length(), sha256(OURS)) : "", base, name,
                UPSTREAMS.length(), sha256(UPSTREAMS));
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
