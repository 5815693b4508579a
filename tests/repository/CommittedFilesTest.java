package tests.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tests.harness.Checkout;

/** What must never be committed: where somebody's files lie, and from where somebody's machine takes its packages. */
class CommittedFilesTest {
    private static final Path ROOT = Checkout.root();
    private static final int LONGEST_LINE = 120;
    /** {@code $HOME/…}, {@code /proc/…} and paths inside a container's own /tmp are everybody's. */
    private static final Pattern PRIVATE_PATH = Pattern
            .compile(
                    "(?<![\\w.$}~/-])/(?:home|Users)/(?!<)[A-Za-z]|(?<![\\w.$}~/-])/(?:root|work)/");
    private static final Pattern MIRROR = Pattern.compile("(?i)https?://[^\\s\"'<>]*"
            + "(?:artifactory|nexus|mirror|proxy|devpi|verdaccio)[^\\s\"'<>]*/");

    @Test
    void noFileNamesAFolderOrAMirrorOfOneMachine() throws Exception {
        List<String> found = new ArrayList<>();
        for (Path file : committedText()) {
            int number = 0;
            for (String line : Files.readString(file).lines().toList()) {
                number++;
                if (PRIVATE_PATH.matcher(line).find() || MIRROR.matcher(line).find()) {
                    found.add(ROOT.relativize(file) + ":" + number + ": " + line.strip());
                }
            }
        }
        assertEquals(List.of(), found);
    }

    @Test
    void thePatternsSeeWhatTheyShould() {
        String slash = "/";
        for (String bad : List.of("home/ann/perf", "Users/ann/perf", "root/.m2", "work/main")) {
            assertTrue(PRIVATE_PATH.matcher("see " + slash + bad).find(), bad);
        }
        for (String good : List.of("$HOME/x", "/proc/self", "docs/work/plan", "https://example.org/home/x",
                "/home/<you>/x")) {
            assertEquals(false, PRIVATE_PATH.matcher("see " + good).find(), good);
        }
        assertTrue(MIRROR.matcher("https:" + slash + "/nexus.example.org/repository/").find());
    }

    @Test
    void noLineOfCodeIsTooLong() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : Checkout.javaSources(ROOT)) {
            int number = 0;
            for (String line : Files.readString(file).lines().toList()) {
                number++;
                if (line.length() > LONGEST_LINE && !line.startsWith("//")) {
                    found.add(ROOT.relativize(file) + ":" + number);
                }
            }
        }
        assertEquals(List.of(), found);
    }

    private static List<Path> committedText() throws IOException, InterruptedException {
        Process git = new ProcessBuilder("git", "ls-files", "-z").directory(ROOT.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Assumptions.assumeTrue(git.waitFor() == 0, "this is no git checkout, so nobody knows what is committed");
        List<Path> text = new ArrayList<>();
        for (String name : names.split("\0")) {
            Path file = ROOT.resolve(name);
            if (Files.isRegularFile(file) && !name.matches(".*\\.(bin|flac|wav|mp3|m4a|ogg|opus|png|ico|jar)")
                    && isUtf8(file)) {
                text.add(file);
            }
        }
        return text;
    }

    private static boolean isUtf8(Path file) throws IOException {
        try {
            Files.readString(file);
            return true;
        } catch (java.nio.charset.CharacterCodingException e) {
            return false;
        }
    }
}
