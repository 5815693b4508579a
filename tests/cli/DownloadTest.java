package tests.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import lib.cli.Download;
import lib.cli.UserError;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {
    private static final byte[] CONTENT = content();
    private static final String SHA256 = sha256(CONTENT);

    @TempDir
    Path folder;

    @Test
    void aFileArrivesWithNothingBesideIt() throws IOException {
        try (FileServer server = new FileServer(CONTENT)) {
            AtomicLong soFar = new AtomicLong();
            Path target = folder.resolve("new/file.bin");
            Download download = new Download(server.url("file"), (long) CONTENT.length, SHA256);
            Path fetched = download.to(target, (bytes, total) -> {
                assertEquals(CONTENT.length, total);
                soFar.set(bytes);
            });
            assertEquals(target, fetched);
            assertArrayEquals(CONTENT, Files.readAllBytes(target));
            assertEquals(CONTENT.length, soFar.get());
            assertEquals(List.of("file.bin"), files(target.getParent()));
        }
    }

    @Test
    void aConnectionThatKeepsBreakingGoesOnWhereItStopped() throws IOException {
        try (FileServer server = new FileServer(CONTENT).breakingAfter(40_000)) {
            fetch(server, null);
            assertTrue(server.ranges.size() >= 3, server.ranges.toString());
            int arrived = 0;
            for (String range : server.ranges.subList(1, server.ranges.size())) {
                int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
                assertTrue(from > arrived, server.ranges.toString());
                arrived = from;
            }
        }
    }

    @Test
    void aServerThatCannotResumeIsReadFromTheStart() throws IOException {
        Files.write(folder.resolve("file.bin.part"), Arrays.copyOf(CONTENT, 1000));
        try (FileServer server = new FileServer(CONTENT).withoutResuming()) {
            fetch(server, null);
            assertEquals(List.of("bytes=1000-"), server.ranges);
        }
    }

    @Test
    void whatAKilledRunLeftBehindIsFinished() throws IOException {
        Files.write(folder.resolve("file.bin.part"), Arrays.copyOf(CONTENT, 70_000));
        try (FileServer server = new FileServer(CONTENT)) {
            fetch(server, (long) CONTENT.length);
            assertEquals(List.of("bytes=70000-"), server.ranges);
        }
    }

    @Test
    void aRedirectedDownloadIsResumedToo() throws IOException {
        Files.write(folder.resolve("file.bin.part"), Arrays.copyOf(CONTENT, 70_000));
        try (FileServer server = new FileServer(CONTENT)) {
            Path target = folder.resolve("file.bin");
            new Download(server.url("moved/file.bin"), (long) CONTENT.length, SHA256).to(target, Download.SILENT);
            assertArrayEquals(CONTENT, Files.readAllBytes(target));
            assertEquals(List.of("bytes=70000-"), server.ranges);
        }
    }

    @Test
    void progressBeginsWithWhatIsThereAndEndsOnceHoweverItEnds() throws IOException {
        Files.write(folder.resolve("file.bin.part"), Arrays.copyOf(CONTENT, 70_000));
        Heard heard = new Heard();
        try (FileServer server = new FileServer(CONTENT)) {
            new Download(server.url("x"), null, SHA256).to(folder.resolve("file.bin"), heard);
        }
        assertEquals(70_000, heard.soFar.get(0));
        assertEquals(CONTENT.length, heard.soFar.get(heard.soFar.size() - 1));
        assertEquals(1, heard.ends);
        try (FileServer server = new FileServer(CONTENT).withStatus(404)) {
            Download gone = new Download(server.url("x"), null, SHA256);
            assertThrows(UserError.class, () -> gone.to(folder.resolve("gone.bin"), heard));
        }
        assertEquals(2, heard.ends);
    }

    private static final class Heard implements Download.Received {
        private final List<Long> soFar = new ArrayList<>();
        private int ends;

        @Override
        public void bytes(long bytes, Long total) {
            soFar.add(bytes);
        }

        @Override
        public void ended() {
            ends++;
        }
    }

    @Test
    void aCompletePartIsTakenWithoutFetchingItAgain() throws IOException {
        Files.write(folder.resolve("file.bin.part"), CONTENT);
        try (FileServer server = new FileServer(CONTENT)) {
            fetch(server, null);
            assertEquals(List.of("bytes=" + CONTENT.length + "-"), server.ranges,
                    "asked, and told that nothing is left");
        }
    }

    @Test
    void aPartOfAnotherFileIsThrownAway() throws IOException {
        Files.write(folder.resolve("file.bin.part"), new byte[30_000]);
        try (FileServer server = new FileServer(CONTENT)) {
            fetch(server, (long) CONTENT.length);
            assertEquals(List.of("bytes=30000-", ""), server.ranges);
        }
    }

    @Test
    void anotherFileIsRefusedAndNotKept() throws IOException {
        byte[] other = CONTENT.clone();
        other[5]++;
        try (FileServer server = new FileServer(other)) {
            String message = refusal(new Download(server.url("file.bin"), (long) CONTENT.length, SHA256));
            assertTrue(message.contains(sha256(other)) && message.contains(SHA256), message);
            assertFalse(Files.exists(folder.resolve("file.bin")));
            assertEquals(0, Files.size(folder.resolve("file.bin.part")));
        }
    }

    @Test
    void aFileOfAnotherLengthIsRefusedBeforeItIsFetched() throws IOException {
        try (FileServer server = new FileServer(CONTENT)) {
            String message = refusal(new Download(server.url("file.bin"), 99L, SHA256));
            assertTrue(message.contains("it has 100000 bytes instead of 99"), message);
            assertEquals(0, Files.size(folder.resolve("file.bin.part")));
        }
    }

    @Test
    void aMissingFileIsSaidAtOnce() throws IOException {
        try (FileServer server = new FileServer(CONTENT).withStatus(404)) {
            String message = refusal(new Download(server.url("gone.bin"), null, SHA256));
            assertTrue(message.startsWith(server.url("gone.bin") + " does not exist (HTTP 404)"), message);
            assertEquals(1, server.ranges.size());
        }
    }

    @Test
    void aServerInTroubleIsAskedAgainAndThenGivenUp() throws IOException {
        try (FileServer server = new FileServer(CONTENT).withStatus(503)) {
            String message = refusal(new Download(server.url("file.bin"), null, SHA256));
            assertTrue(message.contains("HTTP 503") && message.contains("run the command again"), message);
            assertEquals(3, server.ranges.size());
        }
    }

    @Test
    void withoutANetworkTheSentenceNamesTheHost() throws IOException {
        int closedPort;
        try (ServerSocket socket = new ServerSocket(0)) {
            closedPort = socket.getLocalPort();
        }
        String message = refusal(new Download(URI.create("http://127.0.0.1:" + closedPort + "/x"), null, SHA256));
        assertTrue(message.startsWith("Can't reach 127.0.0.1"), message);
    }

    @Test
    void aFileThatDoesNotFitIsNotBegun() throws IOException {
        try (FileServer server = new FileServer(CONTENT).announcing(1L << 60)) {
            String message = refusal(new Download(server.url("file.bin"), null, SHA256));
            assertTrue(message.contains("too full") && message.contains("PERF_CACHE"), message);
            assertEquals(0, Files.size(folder.resolve("file.bin.part")));
        }
    }

    @Test
    void aDiskThatFillsUpIsSaidAndTheRestIsFetchedOnceThereIsRoom() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Assumptions.assumeTrue(mount(disk, "size=64k"), "a small disk can be mounted by root only");
        try (FileServer knowing = new FileServer(CONTENT);
                FileServer unknowing = new FileServer(CONTENT).withoutLength()) {
            Path target = disk.resolve("file.bin");
            String before = assertThrows(UserError.class,
                    () -> new Download(knowing.url("x"), null, SHA256).to(target, Download.SILENT)).getMessage();
            assertTrue(before.contains("too full: 100000 bytes are needed"), before);
            String during = assertThrows(UserError.class,
                    () -> new Download(unknowing.url("x"), null, SHA256).to(target, Download.SILENT)).getMessage();
            assertTrue(during.startsWith("Can't write " + target + " (No space left"), during);
            assertFalse(Files.exists(target));
            assertTrue(mount(disk, "remount,size=1m"));
            new Download(knowing.url("x"), null, SHA256).to(target, Download.SILENT);
            assertArrayEquals(CONTENT, Files.readAllBytes(target));
            String resumed = knowing.ranges.get(knowing.ranges.size() - 1);
            assertTrue(resumed.matches("bytes=[1-9]\\d+-"), knowing.ranges.toString());
        } finally {
            new ProcessBuilder("umount", disk.toString()).inheritIO().start().waitFor();
        }
    }

    private static boolean mount(Path disk, String options) throws Exception {
        return new ProcessBuilder("mount", "-t", "tmpfs", "-o", options, "none", disk.toString())
                .redirectErrorStream(true).start().waitFor() == 0;
    }

    @Test
    void aFolderThatCannotBeWrittenIsSaid() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        try (FileServer server = new FileServer(CONTENT)) {
            Download download = new Download(server.url("x"), null, SHA256);
            String message = assertThrows(UserError.class,
                    () -> download.to(file.resolve("inside/x"), Download.SILENT)).getMessage();
            assertTrue(message.startsWith("Can't write " + file) && message.contains("PERF_CACHE"), message);
        }
    }

    @Test
    void twoProcessesAtOnceFetchItOnce() throws Exception {
        try (FileServer server = new FileServer(CONTENT).slowBy(1000)) {
            List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                    System.getProperty("java.class.path"), Fetch.class.getName(), server.url("file.bin").toString(),
                    SHA256, folder.resolve("file.bin").toString());
            Process first = new ProcessBuilder(command).inheritIO().start();
            Process second = new ProcessBuilder(command).inheritIO().start();
            try {
                assertTrue(first.waitFor(30, TimeUnit.SECONDS) && second.waitFor(30, TimeUnit.SECONDS));
            } finally {
                first.destroyForcibly();
                second.destroyForcibly();
            }
            assertEquals(List.of(0, 0), List.of(first.exitValue(), second.exitValue()));
            assertArrayEquals(CONTENT, Files.readAllBytes(folder.resolve("file.bin")));
            assertEquals(List.of("file.bin"), files(folder));
            assertEquals(1, server.ranges.size());
        }
    }

    /** The program of {@link #twoProcessesAtOnceFetchItOnce}. */
    static final class Fetch {
        public static void main(String[] args) {
            new Download(URI.create(args[0]), null, args[1]).to(Path.of(args[2]), Download.SILENT);
        }
    }

    private void fetch(FileServer server, Long bytes) throws IOException {
        Path target = folder.resolve("file.bin");
        new Download(server.url("file.bin"), bytes, SHA256).to(target, Download.SILENT);
        assertArrayEquals(CONTENT, Files.readAllBytes(target));
        assertEquals(List.of("file.bin"), files(folder));
    }

    private String refusal(Download download) {
        return assertThrows(UserError.class, () -> download.to(folder.resolve("file.bin"), Download.SILENT))
                .getMessage();
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static byte[] content() {
        byte[] bytes = new byte[100_000];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
