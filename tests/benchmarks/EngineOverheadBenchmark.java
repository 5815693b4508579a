///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//SOURCES ../../lib/audio/package-info.java
//SOURCES ../../lib/engine/package-info.java
//SOURCES ../../lib/host/package-info.java
//SOURCES ../../lib/stats/package-info.java

/*
 * Question: is the time that the lab reports for the engine the engine's own, or has the lab added to it?
 *
 *     ./jbang tests/benchmarks/EngineOverheadBenchmark.java            150 pairs, about eight minutes
 *     ./jbang tests/benchmarks/EngineOverheadBenchmark.java 300        more pairs, a narrower interval
 *
 * How to read it: a bare whisper-jni loop (below: nothing of lib/engine in it) and the lab's worker transcribe the same
 * clip with the same model in turns, each in a process of its own that is idle while the other works. A pair's ratio
 * is worker / bare; drift of the machine hits both halves of a pair and falls out. The median of the ratios stands with
 * its 95 % interval; 1 means that the lab adds nothing. Exit code 0 if the whole interval lies within 1 % of 1; else 1,
 * which on a noisy machine may mean no more than too few pairs. Writes nothing.
 */

import io.github.givimad.whisperjni.WhisperContext;
import io.github.givimad.whisperjni.WhisperFullParams;
import io.github.givimad.whisperjni.WhisperJNI;
import io.github.givimad.whisperjni.WhisperSamplingStrategy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import lib.audio.Clips;
import lib.audio.Wav16k;
import lib.cli.Home;
import lib.engine.Decoding;
import lib.engine.EngineFailure;
import lib.engine.EngineSpec;
import lib.engine.ModelFile;
import lib.engine.ModelStore;
import lib.engine.WorkerAnswer;
import lib.engine.WorkerClient;
import lib.host.CpuLimits;
import lib.results.Estimate;
import lib.results.RunStatus;
import lib.stats.Summary;

class EngineOverheadBenchmark {
    private static final double MOST_DEVIATION = 0.01;
    private static final int PAIRS = 150;
    private static final int WARM_UP_PAIRS = 2;
    private static final int THREADS = 1;
    private static final String MODEL = "tiny.en-q5_1";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    public static void main(String... args) throws Exception {
        int pairs = args.length == 0 ? PAIRS : Integer.parseInt(args[0]);
        Home home = Home.find();
        Clips clips = Clips.open(home);
        Path clip = clips.prepare(clips.find(Clips.DEFAULT)).wav();
        ModelFile model = ModelFile.check(ModelStore.find(home, MODEL, (soFar, total) -> {}));
        boolean within;
        try (BareLoop bare = new BareLoop(model.path(), clip);
                WorkerClient worker = WorkerClient.start(CpuLimits.choose("none", null).limit(), THREADS, EngineSpec
                        .parse("whisper-jni"), model,
                        List.of(clip), Map.of(), PATIENCE)) {
            within = print(ratios(bare, worker, clip, pairs));
        }
        System.exit(within ? 0 : 1);
    }

    private static double[] ratios(BareLoop bare, WorkerClient worker, Path clip, int pairs) throws Exception {
        double[] ratios = new double[pairs];
        for (int i = -WARM_UP_PAIRS; i < pairs; i++) {
            boolean bareFirst = i % 2 == 0;
            double first = bareFirst ? bare.seconds() : seconds(worker, clip);
            double second = bareFirst ? seconds(worker, clip) : bare.seconds();
            if (i >= 0) {
                ratios[i] = bareFirst ? second / first : first / second;
                System.err.printf(Locale.ROOT, "pair %d of %d: bare %.3f s, worker %.3f s%n", i + 1, pairs,
                        bareFirst ? first : second, bareFirst ? second : first);
            }
        }
        return ratios;
    }

    private static double seconds(WorkerClient worker, Path clip) throws EngineFailure {
        WorkerAnswer answer = worker.transcribe(clip, new Decoding(THREADS, "en"), PATIENCE);
        if (answer.status() != RunStatus.OK) {
            throw new EngineFailure(answer.status(), answer.error());
        }
        return answer.reply().wallSeconds();
    }

    private static boolean print(double[] ratios) {
        Estimate ratio = Summary.of(ratios).median();
        boolean within = ratio.hasInterval() && ratio.low() >= 1 - MOST_DEVIATION
                && ratio.high() <= 1 + MOST_DEVIATION;
        System.out.printf(Locale.ROOT, "worker / bare loop: %.4f [%.4f to %.4f], %d pairs, %s, 1 thread%n", ratio
                .value(),
                ratio.low(), ratio.high(), ratios.length, MODEL);
        System.out.println(within ? "the reported time is within 1 % of the engine's own"
                : "not shown to be within 1 %; try more pairs on a quiet machine");
        return within;
    }

    /** The other half of a pair: whisper-jni as its own README uses it, with the lab's decoding. */
    private static final class BareLoop implements AutoCloseable {
        /** Its own, because whisper-jni leaves the library that it unpacks behind. */
        private final Path temporary = Files.createTempDirectory("perf-bare");
        private final Process process;
        private final PrintWriter requests;
        private final BufferedReader answers;

        BareLoop(Path model, Path clip) throws IOException {
            process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + temporary, "-cp", System
                            .getProperty("java.class.path"),
                    Bare.class.getName(), model.toString(), clip.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            requests = new PrintWriter(process.outputWriter(), true);
            answers = process.inputReader();
        }

        double seconds() throws IOException {
            requests.println();
            String answer = answers.readLine();
            if (answer == null) {
                throw new IOException("the bare loop died");
            }
            return Double.parseDouble(answer);
        }

        @Override
        public void close() throws IOException {
            process.destroy();
            process.onExit().join();
            try (Stream<Path> files = Files.walk(temporary)) {
                files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
            }
        }
    }

    static final class Bare {
        public static void main(String... args) throws Exception {
            WhisperJNI.loadLibrary();
            WhisperJNI whisper = new WhisperJNI();
            float[] samples = Wav16k.read(Path.of(args[1]));
            try (WhisperContext context = whisper.init(Path.of(args[0]))) {
                while (System.in.read() >= 0) {
                    WhisperFullParams params = new WhisperFullParams(WhisperSamplingStrategy.GREEDY);
                    params.nThreads = THREADS;
                    params.language = "en";
                    params.temperature = 0;
                    params.temperatureInc = 0;
                    params.greedyBestOf = 1;
                    params.printProgress = false;
                    params.printTimestamps = false;
                    long start = System.nanoTime();
                    whisper.full(context, params, samples, samples.length);
                    System.out.println((System.nanoTime() - start) / 1e9);
                }
            }
        }
    }
}
