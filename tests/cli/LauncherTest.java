package tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import lib.cli.Home;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tests.harness.Checkout;
import tests.harness.JBangJar;

/**
 * The launcher of a small checkout (a folder with a space in its name), run from another folder, in an environment that
 * holds nothing but what a test puts there: PATH is a folder of links to the tools that the launcher needs.
 */
class LauncherTest {
    private static final String JAR = JBangJar.fileName();
    private static final List<String> TOOLS = List.of("sh", "bash", "env", "dirname", "readlink", "grep", "sed", "cut",
            "mktemp", "mkdir", "rm", "mv", "ln", "sleep", "head", "cp", "cat", "echo", "sha256sum");
    private static final long TIMEOUT_SECONDS = 60;

    @TempDir
    Path temp;
    private Path checkout;
    private Path bin;
    private Path cache;
    private Path elsewhere;
    private Map<String, String> environment;

    private record Ended(int exitCode, String out, String err) {
    }

    @BeforeEach
    void makeCheckout() throws IOException {
        checkout = Files.createDirectories(temp.resolve("my checkout"));
        bin = Files.createDirectory(temp.resolve("bin"));
        cache = temp.resolve("cache");
        elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        for (String file : List.of("jbang", "jbang-catalog.json")) {
            Files.copy(Checkout.root().resolve(file), checkout.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        for (String tool : TOOLS) {
            Files.createSymbolicLink(bin.resolve(tool), onPath(tool));
        }
        environment = new TreeMap<>(Map.of("PATH", bin.toString(), "PERF_CACHE", cache.toString(), "HOME",
                temp.toString()));
    }

    @Test
    void argumentsReachTheCommandUnchangedFromAnyFolder() throws Exception {
        useRealJBang();
        // in the C locale this JVM itself could not hand a non-ASCII argument to a process
        String foreign = "UTF-8".equals(System.getProperty("sun.jnu.encoding")) ? "é日" : "";
        List<String> hostile = List.of("two words", "$HOME", "*", "it's", "\"q\"", "new\nline", "back\\slash", "`id`",
                "", "%s", "@file", "--verbose", "-", "!!", ";", foreign);
        Ended ended = run(hostile.toArray(String[]::new));
        assertEquals(hostile.toString() + "\n" + elsewhere.toRealPath() + "\n" + checkout.toRealPath() + "\n",
                ended.out(), ended.err());
    }

    @Test
    void theCommandTakesTheLaunchersPlaceSoThatSignalsAndExitCodesPassThrough() throws Exception {
        useRealJBang();
        assertEquals(7, run("exit", "7").exitCode());
        Process process = start(checkout.resolve("jbang"), temp.resolve("err"), "doctor", "wait");
        try {
            String pid = process.inputReader().readLine();
            assertEquals(String.valueOf(process.pid()), pid);
        } finally {
            process.destroy();
        }
        assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS));
        assertEquals(128 + 15, process.exitValue());
    }

    @Test
    void aLinkToTheLauncherFindsItsCheckout() throws Exception {
        stubJdk("jdk", "17.0.1");
        Path link = Files.createSymbolicLink(temp.resolve("perf-here"), Path.of("my checkout", "jbang"));
        stubJar();
        Ended ended = ended(link, "doctor");
        assertTrue(ended.out().contains(checkout.toRealPath() + "/scripts/Doctor.java"), ended.out());
    }

    @Test
    void withoutJavaItSaysWhatToInstall() throws Exception {
        Ended ended = run();
        assertEquals(2, ended.exitCode());
        assertTrue(ended.err().startsWith(
                "perf: no JDK was found in JAVA_HOME or on PATH; perf needs a JDK 17 or newer"),
                ended.err());
        assertEquals(1, ended.err().lines().count());
    }

    @Test
    void aJdkThatIsTooOldIsNamedWithItsVersion() throws Exception {
        environment.put("JAVA_HOME", stubJdk("jdk8", "1.8.0_402").toString());
        assertTrue(run().err().startsWith("perf: the JDK in " + temp + "/jdk8 is version 8; perf needs"));
        environment.put("JAVA_HOME", stubJdk("jdk11", "11.0.2").toString());
        Ended ended = run();
        assertEquals(2, ended.exitCode());
        assertTrue(ended.err().startsWith("perf: the JDK in " + temp + "/jdk11 is version 11; perf needs"));
    }

    @Test
    void aJreIsNotTakenForAJdk() throws Exception {
        Path jre = stubJdk("jre", "17.0.1");
        Files.delete(jre.resolve("bin/javac"));
        environment.put("JAVA_HOME", jre.toString());
        Ended ended = run();
        assertEquals(2, ended.exitCode());
        assertTrue(ended.err().contains("is a JRE: it has no compiler (javac)"), ended.err());
    }

    @Test
    void anOldJavaHomeGivesWayToTheJdkOnPath() throws Exception {
        environment.put("JAVA_HOME", stubJdk("jdk11", "11.0.2").toString());
        Path jdk = stubJdk("jdk21", "21.0.2");
        Files.createSymbolicLink(bin.resolve("javac"), jdk.resolve("bin/javac"));
        stubJar();
        Ended ended = run();
        assertEquals(0, ended.exitCode(), ended.err());
        assertTrue(ended.out().contains("JAVA_HOME=" + jdk), ended.out());
    }

    @Test
    void aJarWithAnotherDigestIsRefusedAndNotKept() throws Exception {
        environment.put("JAVA_HOME", stubJdk("jdk", "17.0.1").toString());
        stub("mvn", "for a; do case $a in -DoutputDirectory=*) echo evil >\"${a#*=}/" + JAR + "\" ;; esac; done");
        Ended ended = run();
        assertEquals(2, ended.exitCode());
        assertTrue(ended.err().contains("is not the expected one (SHA-256 "), ended.err());
        assertEquals(List.of(), cached());
    }

    @Test
    void twoFirstRunsAtOnceBothSucceed() throws Exception {
        useRealJBang();
        Path jar = Files.move(cache.resolve(JAR), temp.resolve("real.jar"));
        stub("mvn", "for a; do case $a in -DoutputDirectory=*) cp '" + jar + "' \"${a#*=}/" + JAR + "\" ;; esac; done");
        Process first = start(checkout.resolve("jbang"), temp.resolve("err3"), "doctor", "exit", "3");
        Process second = start(checkout.resolve("jbang"), temp.resolve("err4"), "doctor", "exit", "4");
        assertTrue(first.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS));
        assertTrue(second.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS));
        assertEquals(List.of(3, 4), List.of(first.exitValue(), second.exitValue()));
        assertEquals(List.of(JAR), cached());
    }

    @Test
    void withoutMavenTheOfficialInstallerRunsAndIsAnnounced() throws Exception {
        environment.put("JAVA_HOME", stubJdk("jdk", "17.0.1").toString());
        stub("curl", "echo 'printf \"installer ran with %s\\n\" \"$@\"'");
        Ended ended = run("a b");
        assertTrue(ended.err().contains("neither JBang nor Maven is on PATH; running its installer from "), ended
                .err());
        assertTrue(ended.out().endsWith("installer ran with a b\n"), ended.out());
    }

    @Test
    void withNoWayToGetJBangItSaysSo() throws Exception {
        environment.put("JAVA_HOME", stubJdk("jdk", "17.0.1").toString());
        assertTrue(run().err().contains("its official installer needs curl and bash; install Maven, or JBang"));
        stub("curl", "exit 6");
        stub("mvn", "echo no route to host; exit 1");
        Ended ended = run();
        assertEquals(2, ended.exitCode());
        assertTrue(ended.err().contains("no route to host"), ended.err());
        assertTrue(ended.err().contains("installer can't be reached; check the network"), ended.err());
        assertEquals(List.of(), cached());
    }

    @Test
    void aCacheThatCannotBeWrittenIsNamedWithTheWayOut() throws Exception {
        environment.put("JAVA_HOME", stubJdk("jdk", "17.0.1").toString());
        stub("mvn", "exit 1");
        Files.writeString(temp.resolve("file"), "");
        environment.put("PERF_CACHE", temp.resolve("file/cache").toString());
        Ended ended = run();
        assertEquals(2, ended.exitCode());
        assertTrue(ended.err().contains("can't be written; set PERF_CACHE to a folder that can"), ended.err());
    }

    @Test
    @Tag("root")
    void aCacheWithoutRoomIsSaidBeforeMavenIsBlamed() throws Exception {
        environment.put("JAVA_HOME", stubJdk("jdk", "17.0.1").toString());
        stub("mvn", "echo Maven was asked; exit 1");
        Files.createDirectory(cache);
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=64k", "none", cache.toString())
                .redirectErrorStream(true).start();
        Assumptions.assumeTrue(mount.waitFor() == 0, "a small disk can be mounted by root only");
        try {
            Ended ended = run();
            assertEquals(2, ended.exitCode());
            assertTrue(ended.err().contains("perf: the cache " + cache + " has no room for JBang (10 MB); make room"),
                    ended.err());
            assertFalse(ended.err().contains("Maven was asked"), ended.err());
            assertEquals(List.of(), cached());
        } finally {
            new ProcessBuilder("umount", cache.toString()).inheritIO().start().waitFor();
        }
    }

    @Test
    void aRelativeCacheLiesBelowTheCurrentFolder() throws Exception {
        useRealJBang();
        Path jar = Files.move(cache.resolve(JAR), temp.resolve("real.jar"));
        stub("mvn", "for a; do case $a in -DoutputDirectory=*) cp '" + jar + "' \"${a#*=}/" + JAR + "\" ;; esac; done");
        environment.put("PERF_CACHE", "my cache");
        Ended ended = run("exit", "7");
        assertEquals(7, ended.exitCode(), ended.err());
        assertTrue(Files.exists(elsewhere.resolve("my cache").resolve(JAR)));
    }

    @ParameterizedTest
    @CsvSource({"Darwin, Mac OS X", "Linux, Linux"})
    void theLauncherAndTheCommandsShareOneCache(String uname, String osName) throws Exception {
        stubJdk("jdk", "17.0.1");
        stub("uname", "echo " + uname);
        environment.remove("PERF_CACHE");
        for (String xdg : new String[] {"", temp.resolve("xdg").toString()}) {
            environment.put("XDG_CACHE_HOME", xdg);
            cache = Home.find(elsewhere, environment, temp, osName).cache();
            stubJar();
            Ended ended = run();
            assertTrue(ended.out().contains("-jar " + cache.resolve(JAR) + " "), ended.toString());
        }
    }

    @Test
    void jbangOnPathIsPreferredAndTheLauncherDoesNotFindItself() throws Exception {
        environment.put("PATH", checkout + ":" + temp + "/nothing:" + bin);
        stub("jbang", "printf '[%s]' \"$@\"; exit 9");
        Ended ended = run("a b", "");
        assertEquals(9, ended.exitCode(), ended.err());
        assertEquals("[" + checkout.toRealPath() + "/scripts/Doctor.java][a b][]", ended.out());
    }

    @Test
    void anAliasOwnArgumentsComeBeforeTheUsers() throws Exception {
        stub("jbang", "shift; printf '[%s]' \"$@\"");
        assertEquals("[--model][tiny.en-q5_1][--max-time][20s][--cores][2]",
                ended(checkout.resolve("jbang"), "profile-cpu-quick", "--cores", "2").out());
    }

    @Test
    void aLockLeftByAKilledLauncherIsNoObstacle() throws Exception {
        stubJdk("jdk", "17.0.1");
        stubJar();
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Path lock = Files.createSymbolicLink(cache.resolve(JAR + ".lock"), Path.of(String.valueOf(gone.pid())));
        assertEquals(0, run().exitCode());
        assertFalse(Files.exists(lock, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void aBuildOfAnotherCommandIsWaitedForAndSaid() throws Exception {
        stubJdk("jdk", "17.0.1");
        stubJar();
        Process other = new ProcessBuilder("sleep", "3").start();
        Files.createSymbolicLink(cache.resolve(JAR + ".lock"), Path.of(String.valueOf(other.pid())));
        Ended ended = run();
        assertFalse(other.isAlive(), "it did not wait");
        assertEquals(0, ended.exitCode());
        assertEquals("perf: waiting for another ./jbang that is building (process " + other.pid() + ")\n",
                ended.err());
    }

    @Test
    void whatIsNoAliasGoesToJBangAsItIs() throws Exception {
        stub("jbang", "printf '[%s]' \"$@\"");
        Path launcher = checkout.resolve("jbang");
        assertEquals("[--version]", ended(launcher, "--version").out());
        assertEquals("[alias][list]", ended(launcher, "alias", "list").out());
        assertEquals("[info][doctor]", ended(launcher, "info", "doctor").out());
        assertEquals("[folder/My.java]", ended(launcher, "folder/My.java").out());
    }

    @Test
    void aMistypedCommandGetsTheListOfCommandsAndNoneGetsTheUsage() throws Exception {
        stub("jbang", "printf '[%s]' \"$@\"");
        Path launcher = checkout.resolve("jbang");
        Ended mistyped = ended(launcher, "docter");
        assertEquals(2, mistyped.exitCode());
        assertTrue(mistyped.err().contains("there is no command \"docter\"") && mistyped.err().contains("  doctor "),
                mistyped.err());
        assertTrue(ended(launcher).out().startsWith("Usage: ./jbang COMMAND"), "without a command");
    }

    /** The checkout's doctor, in a few lines: prints its arguments and where it runs, or ends, or waits. */
    private void useRealJBang() throws IOException, InterruptedException {
        Path scripts = Files.createDirectory(checkout.resolve("scripts"));
        Files.writeString(scripts.resolve("Doctor.java"), """
                //JAVA 17+
                public class Doctor {
                    public static void main(String[] args) throws Exception {
                        if (args[0].equals("exit")) {
                            System.exit(Integer.parseInt(args[1]));
                        } else if (args[0].equals("wait")) {
                            System.out.println(ProcessHandle.current().pid());
                            Thread.sleep(60_000);
                        }
                        java.io.PrintStream out = new java.io.PrintStream(System.out, true, "UTF-8");
                        out.println(java.util.List.of(args));
                        out.println(System.getProperty("user.dir"));
                        out.println(System.getenv("PERF_HOME"));
                    }
                }
                """);
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("JBANG_DIR", temp.resolve("jbang").toString());
        Path jar = realJar();
        Files.createDirectories(cache);
        Files.copy(jar, cache.resolve(JAR));
    }

    /** The jar that this very launcher keeps for the user; fetched if the tests were started by another JBang. */
    private static Path realJar() throws IOException, InterruptedException {
        Path jar = Home.find().cache().resolve(JAR);
        if (!Files.exists(jar)) {
            ProcessBuilder fetch = new ProcessBuilder(Checkout.root().resolve("jbang").toString(), "--version")
                    .redirectErrorStream(true);
            fetch.start().waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        }
        Assumptions.assumeTrue(Files.exists(jar), "the launcher took JBang from PATH, so its jar is not here");
        return jar;
    }

    /** A java that says what it was asked to run, in the way in which JBang answers: a command, and exit code 255. */
    private Path stubJdk(String name, String version) throws IOException {
        Path jdk = temp.resolve(name);
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(jdk.resolve("bin/java"), "echo \"echo JAVA_HOME=$JAVA_HOME '$*'\"; exit 255");
        script(jdk.resolve("bin/javac"), "exit 1");
        if (version.startsWith("17")) {
            environment.put("JAVA_HOME", jdk.toString());
        }
        return jdk;
    }

    private void stubJar() throws IOException {
        Files.createDirectories(cache);
        Files.writeString(cache.resolve(JAR), "");
    }

    private void stub(String tool, String body) throws IOException {
        script(bin.resolve(tool), body);
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }

    private static Path onPath(String tool) {
        return Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, tool)).filter(
                Files::isExecutable)
                .findFirst().orElseThrow(() -> new IllegalStateException(tool + " is not on PATH"));
    }

    private List<String> cached() throws IOException {
        if (!Files.exists(cache)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(cache)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    private Ended run(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("doctor"));
        all.addAll(List.of(arguments));
        return ended(checkout.resolve("jbang"), all.toArray(String[]::new));
    }

    private Ended ended(Path launcher, String... arguments) throws IOException, InterruptedException {
        Path err = Files.createTempFile(temp, "err", ".txt");
        Process process = start(launcher, err, arguments);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS));
        return new Ended(process.exitValue(), out, Files.readString(err));
    }

    private Process start(Path launcher, Path err, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.directory(elsewhere.toFile()).redirectError(err.toFile()).start();
    }
}
