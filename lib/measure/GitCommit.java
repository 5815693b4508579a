package lib.measure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The commit of the checkout that measures, with {@code -dirty} when it has uncommitted changes. */
final class GitCommit {
    private GitCommit() {
    }

    /** Null when there is no checkout, no git, or no answer within two seconds. */
    static String of(Path checkout) {
        if (checkout == null) {
            return null;
        }
        try {
            Process git = new ProcessBuilder("git", "-C", checkout.toString(), "describe", "--always", "--dirty",
                    "--exclude", "*").redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor(2, TimeUnit.SECONDS) && git.exitValue() == 0 ? answer : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
