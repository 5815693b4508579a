///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//SOURCES ../../lib/stats/package-info.java
//SOURCES ../harness/JBangJar.java

/*
 * Question: how long does a user wait for ./jbang COMMAND --help, compared with JBang running an empty script?
 *
 *     ./jbang tests/benchmarks/StartupBenchmark.java            20 rounds, about two minutes
 *     ./jbang tests/benchmarks/StartupBenchmark.java 50         more rounds, narrower intervals
 *
 * The empty script is started as JBang's own start script does it: java -jar, and the command that it prints. ./jbang
 * itself does the same with JVM flags for a quick start, so an empty script through ./jbang is shown as well.
 *
 * How to read it: each round starts the empty script and every command once, in a new order, so that a machine that
 * slows down slows all of them. The ratio of the medians stands with its 95 % interval; lower is better, 1 would mean
 * that the command costs nothing beyond JBang itself. Exit code 1 if a ratio is above 1.5. Everything is compiled and
 * started once before the clock runs. Writes nothing.
 */

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import lib.results.Estimate;
import lib.stats.Bootstrap;
import lib.stats.Summary;
import tests.harness.JBangJar;

class StartupBenchmark {
    private static final double MOST_RATIO = 1.5;
    private static final int ROUNDS = 20;
    private static final long SEED = 1;
    private static final String EMPTY = "an empty script";

    public static void main(String... args) throws Exception {
        int rounds = args.length == 0 ? ROUNDS : Integer.parseInt(args[0]);
        Path folder = Files.createTempDirectory("perf-startup");
        boolean good;
        try {
            good = print(measure(commands(folder), rounds));
        } finally {
            Files.deleteIfExists(folder.resolve("Empty.java"));
            Files.delete(folder);
        }
        System.exit(good ? 0 : 1);
    }

    private static Map<String, List<String>> commands(Path folder) throws IOException {
        Path empty = Files.writeString(folder.resolve("Empty.java"),
                "//JAVA 17+\nclass Empty {\n    public static void main(String... args) {\n    }\n}\n");
        Map<String, List<String>> commands = new LinkedHashMap<>();
        commands.put(EMPTY, List.of("sh", "-c", "eval \"exec $(java -jar \"$0\" \"$1\")\"", jar(), empty.toString()));
        commands.put("the same through ./jbang", List.of("./jbang", empty.toString()));
        Pattern.compile("(?m)^    \"([a-z0-9-]+)\": \\{$").matcher(Files.readString(Path.of("jbang-catalog.json")))
                .results().map(m -> m.group(1))
                .forEach(alias -> commands.put(alias + " --help", List.of("./jbang", alias, "--help")));
        return commands;
    }

    /** With a jbang on PATH the launcher keeps none, and this benchmark has nothing to compare with. */
    private static String jar() {
        Path jar = JBangJar.path();
        if (!Files.exists(jar)) {
            throw new IllegalStateException(jar + " is missing; run this by ./jbang, without a jbang on PATH");
        }
        return jar.toString();
    }

    private static Map<String, List<Double>> measure(Map<String, List<String>> commands, int rounds)
            throws IOException, InterruptedException {
        Map<String, List<Double>> seconds = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> command : commands.entrySet()) {
            start(command.getValue());
            seconds.put(command.getKey(), new ArrayList<>());
        }
        List<String> order = new ArrayList<>(commands.keySet());
        Random random = new Random(SEED);
        for (int round = 0; round < rounds; round++) {
            Collections.shuffle(order, random);
            for (String name : order) {
                seconds.get(name).add(start(commands.get(name)));
            }
        }
        return seconds;
    }

    private static double start(List<String> command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command).inheritIO()
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with " + process.exitValue());
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static boolean print(Map<String, List<Double>> seconds) {
        double[] empty = array(seconds.get(EMPTY));
        System.out.printf(Locale.ROOT, "%-28s %.2f s (median of %d)%n", EMPTY, Summary.of(empty).median().value(),
                empty.length);
        boolean good = true;
        for (Map.Entry<String, List<Double>> command : seconds.entrySet()) {
            if (!command.getKey().equals(EMPTY)) {
                double[] own = array(command.getValue());
                Estimate ratio = Bootstrap.ratioOfMedians(own, empty, SEED);
                System.out.printf(Locale.ROOT, "%-28s %.2f s, %.2f times [%s]%n", command.getKey(),
                        Summary.of(own).median().value(), ratio.value(), interval(ratio));
                good &= ratio.value() <= MOST_RATIO;
            }
        }
        System.out.println(good ? "every command starts within 1.5 times the empty script"
                : "a command takes more than 1.5 times the empty script");
        return good;
    }

    private static String interval(Estimate e) {
        return e.hasInterval() ? String.format(Locale.ROOT, "%.2f to %.2f", e.low(), e.high()) : "too few rounds";
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
