package tests.host;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import lib.host.CounterDelta;
import lib.host.Counters;
import lib.host.LimitInForce;
import lib.host.PeakMemory;

/** The program that the tests start under a limit: does what its first argument says and prints what it sees. */
public final class Burner {
    private Burner() {
    }

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        switch (args[0]) {
            case "limit" -> {
                LimitInForce limit = LimitInForce.read();
                System.out.println(limit.quotaCores() + " " + limit.allowedCpus() + " " + limit.cores());
            }
            case "burn" -> burn(Integer.parseInt(args[1]), Double.parseDouble(args[2]));
            case "echo" -> {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    System.out.println(line);
                }
                System.err.println("end of input");
            }
            case "arguments" -> Arrays.stream(args).skip(1)
                    .map(text -> Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)))
                    .forEach(System.out::println);
            case "openmp" -> System.out.println(System.getenv().entrySet().stream().map(Object::toString)
                    .filter(variable -> variable.matches("(OMP|GOMP|KMP)_.*|.*JAVA.*OPTIONS")).sorted().toList());
            case "exit" -> System.exit(Integer.parseInt(args[1]));
            case "abort" -> {
                new ProcessBuilder("kill", "-ABRT", Long.toString(ProcessHandle.current().pid())).start().waitFor();
                Thread.sleep(60_000);
            }
            case "eat" -> {
                in.readLine();
                List<byte[]> eaten = new ArrayList<>();
                while (true) {
                    eaten.add(new byte[1 << 20]);
                }
            }
            case "surroundings" -> System.out.println(Files.getAttribute(Path.of("/proc/self"), "unix:uid") + " "
                    + Files.isWritable(Path.of("/usr")) + " " + System.getProperty("java.io.tmpdir") + " "
                    + Files.readString(Path.of(args[1])).strip() + " " + Files.list(Path.of("/sys/class/net")).count());
            case "peak" -> peak();
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void burn(int threads, double seconds) throws InterruptedException {
        Counters before = Counters.now();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        List<Thread> burning = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            burning.add(new Thread(() -> {
                // Still alive when the counters are read, as the engine's threads are.
                spinUntil(end);
                parkForever();
            }));
            burning.get(thread).setDaemon(true);
            burning.get(thread).start();
        }
        Thread.sleep((long) (seconds * 1000));
        CounterDelta delta = CounterDelta.between(before, Counters.now());
        System.out.printf("%s %s %s %s %s %s %s%n", delta.busyCores(), delta.workingThreads(), delta.periods(),
                delta.throttledPeriods(), delta.throttledSeconds(), delta.cgroupCpuSeconds(), delta.cpuSeconds());
    }

    private static void spinUntil(long end) {
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private static void parkForever() {
        try {
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    /** Peak after 200 MB were used and given back, then again after the reset. */
    private static void peak() {
        java.nio.ByteBuffer large = java.nio.ByteBuffer.allocateDirect(200 << 20);
        for (int at = 0; at < large.capacity(); at += 4096) {
            large.put(at, (byte) 1);
        }
        long before = PeakMemory.peakRssBytes();
        large = null;
        for (int attempt = 0; attempt < 20; attempt++) {
            System.gc();
            sleep();
        }
        boolean reset = PeakMemory.reset();
        System.out.println(before + " " + reset + " " + PeakMemory.peakRssBytes());
    }

    private static void sleep() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
