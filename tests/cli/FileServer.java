package tests.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One file under every path, over a real socket, with the faults that networks have. */
public final class FileServer implements AutoCloseable {
    /** The Range header of every request so far; "" for one without. */
    public final List<String> ranges = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final byte[] content;
    private volatile int status = 200;
    private volatile int breaksAfterBytes = Integer.MAX_VALUE;
    private volatile boolean resumes = true;
    private volatile long announcedBytes = -1;
    private volatile long pauseMillis;
    private volatile int holdsAfterBytes = Integer.MAX_VALUE;
    private volatile boolean saysLength = true;

    public FileServer(byte[] content) throws IOException {
        this.content = content;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public FileServer withStatus(int answered) {
        status = answered;
        return this;
    }

    /** Every connection is cut after this many bytes of the file. */
    public FileServer breakingAfter(int bytes) {
        breaksAfterBytes = bytes;
        return this;
    }

    /** Every connection falls silent after this many bytes of the file, and stays open. */
    public FileServer holdingAfter(int bytes) {
        holdsAfterBytes = bytes;
        return this;
    }

    /** In chunks, so that nobody knows how much is to come. */
    public FileServer withoutLength() {
        saysLength = false;
        return this;
    }

    public FileServer withoutResuming() {
        resumes = false;
        return this;
    }

    public FileServer announcing(long bytes) {
        announcedBytes = bytes;
        return this;
    }

    public FileServer slowBy(long millis) {
        pauseMillis = millis;
        return this;
    }

    /** A path under {@code moved/} is answered with the way to the same path without it. */
    public URI url(String path) {
        return URI.create("http://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort() + "/" + path);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (path.startsWith("/moved/")) {
                exchange.getResponseHeaders().set("Location", url(path.substring("/moved/".length())).toString());
                exchange.sendResponseHeaders(302, -1);
                return;
            }
            String range = exchange.getRequestHeaders().getFirst("Range");
            ranges.add(range == null ? "" : range);
            if (status != 200) {
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            sleep(pauseMillis);
            int start = range == null || !resumes ? 0
                    : Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
            if (start > 0 && start >= content.length) {
                exchange.sendResponseHeaders(416, -1);
                return;
            }
            if (start > 0) {
                exchange.getResponseHeaders().set("Content-Range",
                        "bytes " + start + "-" + (content.length - 1) + "/" + content.length);
            }
            long length = announcedBytes >= 0 ? announcedBytes : content.length - start;
            exchange.sendResponseHeaders(start > 0 ? 206 : 200, saysLength ? length : 0);
            byte[] rest = Arrays.copyOfRange(content, start, content.length);
            exchange.getResponseBody().write(rest, 0,
                    Math.min(rest.length, Math.min(breaksAfterBytes, holdsAfterBytes)));
            exchange.getResponseBody().flush();
            if (rest.length > holdsAfterBytes) {
                sleep(Long.MAX_VALUE);
            }
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
