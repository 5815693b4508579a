package tests.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tests.harness.JBangJar;

/** The repository behind a URL, and a user who has JBang and no checkout: one {@code catalog add}, then the command. */
class ByUrlTest {
    @TempDir
    Path folder;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @Test
    void withoutACheckoutTheClipComesWithTheScriptAndTheModelIsFetchedFromWhereTheCatalogCameFrom() throws Exception {
        Path jar = JBangJar.path();
        Assumptions.assumeTrue(Files.exists(jar), "JBang is on PATH, so the launcher has not fetched its jar");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        try {
            String catalog = "http://127.0.0.1:" + server.getAddress().getPort() + "/jbang-catalog.json";
            Map<String, String> fresh = Map.of("JBANG_DIR", folder.resolve("jbang").toString(), "PERF_CACHE",
                    folder.resolve("cache").toString(), "PERF_HOME", "", "JBANG_NO_VERSION_CHECK", "true");
            String jbang = "jbang() { command=$(java -jar " + jar + " \"$@\"); code=$?; "
                    + "[ $code != 255 ] || eval \"$command\"; }; ";
            Shell.Outcome o = new Shell(folder, fresh).runProgram("bash", "-c", jbang
                    + "jbang catalog add -g --name perf " + catalog + " && jbang profile-cpu@perf --cores 1 "
                    + "--model tiny.en-q5_1 --isolation none --max-time 10s");
            assertEquals(0, o.exit(), o.toString());
            assertTrue(o.out().contains("tiny.en-q5_1, jfk (11.0 s of audio)"), o.toString());
            assertTrue(asked.contains("/models/ggml-tiny.en-q5_1.bin"), asked.toString());
            assertTrue(asked.contains("/audio/speech/jfk.flac"), asked.toString());
        } finally {
            server.stop(0);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            asked.add(path);
            Path file = Shell.CHECKOUT.resolve(path.substring(1)).normalize();
            if (!file.startsWith(Shell.CHECKOUT) || !Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            exchange.sendResponseHeaders(200, Files.size(file));
            Files.copy(file, exchange.getResponseBody());
        }
    }
}
