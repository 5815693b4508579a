package lib.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A file to be fetched over HTTP(S), known by its digest. What arrives goes to {@code TARGET.part}, so a broken
 * connection or a killed run goes on where it stopped; the target appears in one step and only with the right digest.
 *
 * @param bytes what the file must have, or null if not known; with it, another file is refused before it is fetched
 * @param sha256 what the file must have, lower-case hex
 */
public record Download(URI from, Long bytes, String sha256) {
    public static final Received SILENT = (soFar, total) -> {};
    /** Attempts in a row that bring not one byte. A connection that breaks again and again but moves on is used. */
    private static final int FRUITLESS_ATTEMPTS = 3;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(30);
    /** A connection that brings nothing for this long is broken: the HTTP client itself would wait for ever. */
    private static final Duration STALL = Duration.ofSeconds(30);
    private static final long FIRST_PAUSE_MILLIS = 250;

    /** Told what is there when a connection begins, and after every piece that arrived. */
    @FunctionalInterface
    public interface Received {
        /** @param total null when the server does not say */
        void bytes(long soFar, Long total);

        /** The file is there or can't be had; in either case the last that is told. */
        default void ended() {
        }
    }

    /**
     * Fetches the file. Two processes may ask for the same target: one fetches, the other waits for it.
     *
     * @return the target
     * @throws UserError when it can't be had: the server, the file, the digest, the disk
     */
    // one at a time in this process: a file lock is held by the whole JVM and throws when a second thread wants it
    public Path to(Path target, Received received) {
        synchronized (Download.class) {
            Path part = part(target);
            try {
                Files.createDirectories(target.toAbsolutePath().getParent());
                try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE,
                        StandardOpenOption.READ, StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
                    assert lock.isValid();
                    if (Files.exists(target) && sha256(target).equals(sha256)) {
                        Files.deleteIfExists(part); // another process was faster while this one waited for the lock
                        return target;
                    }
                    boolean resumed = channel.size() > 0;
                    receive(channel, target, received);
                    // through the channel: on POSIX, closing any other handle of the file gives up this process's lock
                    String actual = sha256(channel);
                    if (resumed && !actual.equals(sha256)) {
                        channel.truncate(0); // what was left behind did not belong to this file
                        receive(channel, target, received);
                        actual = sha256(channel);
                    }
                    if (!actual.equals(sha256)) {
                        channel.truncate(0);
                        throw new UserError(from + " is not the expected file: its SHA-256 is " + actual
                                + " instead of " + sha256 + "; nothing was kept, fetch it from somewhere else");
                    }
                    // else a power cut could leave a file of the right name and no content
                    channel.force(true);
                    return Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
                }
            } catch (IOException e) {
                throw disk(target, e);
            } finally {
                received.ended();
            }
        }
    }

    /** Where what has arrived of the target is kept until it is whole. */
    public static Path part(Path target) {
        return target.resolveSibling(target.getFileName() + ".part");
    }

    /** @return lower-case hex */
    public static String sha256(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            return sha256(channel);
        } catch (IOException e) {
            throw new UserError("Can't read " + file + " (" + e + "); check its permissions", e);
        }
    }

    private static String sha256(FileChannel channel) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            for (long at = 0; channel.read(buffer, at) >= 0; at += buffer.limit(), buffer.clear()) {
                digest.update(buffer.flip());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Returns when the part file is complete, as far as the server says. */
    private void receive(FileChannel channel, Path target, Received received) throws IOException {
        HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT)
                .version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NORMAL).build();
        int fruitless = 0;
        while (bytes == null || channel.size() != bytes) {
            if (bytes != null && channel.size() > bytes) {
                channel.truncate(0);
            }
            long before = channel.size();
            try {
                attempt(client, channel, target, received);
                return;
            } catch (BrokenConnection e) {
                fruitless = channel.size() > before ? 0 : fruitless + 1;
                if (fruitless == FRUITLESS_ATTEMPTS) {
                    throw new UserError("The download of " + from + " broke off at " + channel.size() + " bytes ("
                            + e.getMessage() + "); run the command again, it goes on from there", e);
                }
                pause(FIRST_PAUSE_MILLIS << fruitless);
            }
        }
    }

    private void attempt(HttpClient client, FileChannel channel, Path target, Received received) throws IOException {
        long start = channel.size();
        HttpRequest.Builder request = HttpRequest.newBuilder(from).timeout(RESPONSE_TIMEOUT);
        if (start > 0) {
            request.header("Range", "bytes=" + start + "-");
        }
        HttpResponse<InputStream> response = send(client, request.build());
        try (InputStream body = response.body()) {
            int status = response.statusCode();
            switch (status) {
                case 200 -> channel.truncate(0); // the server does not resume: from the start
                case 206 -> {
                    if (!response.headers().firstValue("Content-Range").orElse("").startsWith("bytes " + start + "-")) {
                        channel.truncate(0);
                        throw new BrokenConnection("the server resumed at another place");
                    }
                }
                case 416 -> {
                    if (bytes == null && start > 0) {
                        return; // nothing is left to fetch; the digest decides whether it is the file
                    }
                    channel.truncate(0);
                    throw new BrokenConnection("the server can't resume");
                }
                case 404, 410 -> throw new UserError(from + " does not exist (HTTP " + status
                        + "); check the address, or fetch the file from somewhere else");
                default -> {
                    if (status < 500 && status != 429 && status != 408) {
                        throw new UserError(from + " was refused (HTTP " + status
                                + "); check the address and whether it needs a login");
                    }
                    throw new BrokenConnection("HTTP " + status);
                }
            }
            var length = response.headers().firstValueAsLong("Content-Length");
            Long total = length.isPresent() ? Long.valueOf(channel.size() + length.getAsLong()) : null;
            if (bytes != null && total != null && !bytes.equals(total)) {
                throw new UserError(from + " is not the expected file: it has " + total + " bytes instead of " + bytes
                        + "; fetch it from somewhere else");
            }
            checkSpace(target, total, channel.size());
            copy(body, channel, total == null ? bytes : total, received);
        }
    }

    private HttpResponse<InputStream> send(HttpClient client, HttpRequest request) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw new UserError("Can't reach " + from.getHost() + " to fetch " + from
                    + "; check the network (behind a proxy: JDK_JAVA_OPTIONS=-Dhttps.proxyHost=HOST"
                    + " -Dhttps.proxyPort=PORT), or fetch the file by hand", e);
        } catch (IOException e) {
            throw new BrokenConnection(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static void copy(InputStream body, FileChannel channel, Long total, Received received) throws IOException {
        AtomicLong lastNanos = new AtomicLong(System.nanoTime());
        AtomicBoolean stalled = new AtomicBoolean();
        Timer watch = new Timer("download-watch", true);
        watch.schedule(new TimerTask() {
            @Override
            public void run() {
                if (System.nanoTime() - lastNanos.get() > STALL.toNanos()) {
                    stalled.set(true);
                    try {
                        body.close(); // ends the read below, which has no time limit of its own
                    } catch (IOException e) {
                        // it was closed already
                    }
                }
            }
        }, 1000, 1000);
        try {
            byte[] buffer = new byte[1 << 16];
            long position = channel.size();
            received.bytes(position, total);
            for (int n = read(body, buffer); n >= 0; n = read(body, buffer)) {
                for (ByteBuffer piece = ByteBuffer.wrap(buffer, 0, n); piece.hasRemaining();) {
                    position += channel.write(piece, position);
                }
                lastNanos.set(System.nanoTime());
                received.bytes(position, total);
            }
            if (total != null && position < total) {
                throw new BrokenConnection("the connection was closed early");
            }
        } catch (BrokenConnection e) {
            throw stalled.get() ? new BrokenConnection("nothing came for " + STALL.toSeconds() + " s", e) : e;
        } finally {
            watch.cancel();
        }
    }

    private static int read(InputStream body, byte[] buffer) throws BrokenConnection {
        try {
            return body.read(buffer);
        } catch (IOException e) {
            throw new BrokenConnection(String.valueOf(e.getMessage()), e);
        }
    }

    private static void checkSpace(Path target, Long total, long present) throws IOException {
        long free = Files.getFileStore(target.toAbsolutePath().getParent()).getUsableSpace();
        if (total != null && free < total - present) {
            throw new UserError("The disk of " + target.toAbsolutePath().getParent() + " is too full: "
                    + (total - present) + " bytes are needed, " + free
                    + " are free; make room, or set PERF_CACHE to a folder on another disk");
        }
    }

    private static UserError disk(Path target, IOException e) {
        return new UserError("Can't write " + target + " (" + e.getMessage()
                + "); make room or set PERF_CACHE to another folder", e);
    }

    private void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private UserError interrupted() {
        Thread.currentThread().interrupt();
        return new UserError("The download of " + from
                + " was interrupted; run the command again, it goes on from there");
    }

    /** The network's fault, so worth another attempt; an IOException of the disk is not. */
    private static final class BrokenConnection extends IOException {
        private static final long serialVersionUID = 1L;

        BrokenConnection(String message) {
            super(message);
        }

        BrokenConnection(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
