package lib.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/**
 * How far a command is, on stderr: a live line on a terminal; in a pipe or a log one line now and then, so that nobody
 * wonders for more than half a minute whether it still runs.
 */
public final class Progress implements AutoCloseable {
    private static final long LOG_EVERY_NANOS = 20_000_000_000L;
    private static final long LOG_DOWNLOAD_EVERY_NANOS = 5_000_000_000L;
    private static final int REFRESH_MILLIS = 500;
    private static final int DEFAULT_COLUMNS = 79;

    private final ProgressBar bar;
    private final String task;
    private final long startedAt = System.nanoTime();
    private long loggedAt = startedAt;

    /** @param budgetSeconds the longest that the task will take; the bar runs over this time */
    public Progress(String task, double budgetSeconds) {
        this.task = task;
        this.bar = !onTerminal() ? null
                : new ProgressBarBuilder().setTaskName(task).setInitialMax(Math.max(1, Math.round(budgetSeconds * 1e3)))
                        .setUnit(" s", 1000).setUpdateIntervalMillis(REFRESH_MILLIS).clearDisplayOnFinish().hideEta()
                        .setConsumer(new ConsoleProgressBarConsumer(System.err, columns())).build();
    }

    /** @param doing what is being done now, with the time left if it is known */
    public void update(Supplier<String> doing) {
        long elapsed = System.nanoTime() - startedAt;
        if (bar != null) {
            bar.stepTo(Math.min(bar.getMax(), elapsed / 1_000_000));
            bar.setExtraMessage(" " + doing.get());
        } else if (System.nanoTime() - loggedAt > LOG_EVERY_NANOS) {
            loggedAt = System.nanoTime();
            System.err.println(task + ", " + DurationOption.words(elapsed / 1e9) + ": " + doing.get());
        }
    }

    /** A bar on a terminal, else a line every few seconds: size, speed and time left. */
    public static Download.Received ofDownload(String what) {
        return onTerminal() ? new DownloadBar(what) : new DownloadLog(what);
    }

    private static final class DownloadBar implements Download.Received {
        private final String what;
        private ProgressBar bar;

        DownloadBar(String what) {
            this.what = what;
        }

        @Override
        public void bytes(long soFar, Long total) {
            if (bar == null) {
                // what an earlier run fetched is no part of this run's speed
                bar = new ProgressBarBuilder().setTaskName(what).setInitialMax(total == null ? -1 : total)
                        .startsFrom(soFar, Duration.ZERO).setUnit(" MB", 1_000_000)
                        .showSpeed(new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
                        .setUpdateIntervalMillis(REFRESH_MILLIS).clearDisplayOnFinish()
                        .setConsumer(new ConsoleProgressBarConsumer(System.err, columns())).build();
            }
            bar.stepTo(soFar);
        }

        @Override
        public void ended() {
            if (bar != null) {
                bar.close();
            }
        }
    }

    private static final class DownloadLog implements Download.Received {
        private final String what;
        private long firstBytes = -1;
        private long startedAt;
        private long saidAt;

        DownloadLog(String what) {
            this.what = what;
        }

        @Override
        public void bytes(long soFar, Long total) {
            long now = System.nanoTime();
            if (firstBytes < 0) {
                firstBytes = soFar;
                startedAt = now;
                saidAt = now;
                System.err.println(what + (total == null ? "" : ", " + SizeOption.words(total))
                        + (soFar == 0 ? "" : ", going on after " + SizeOption.words(soFar)));
            } else if (now - saidAt > LOG_DOWNLOAD_EVERY_NANOS) {
                saidAt = now;
                double bytesPerSecond = (soFar - firstBytes) / ((now - startedAt) / 1e9);
                boolean moves = bytesPerSecond > 0;
                System.err.println(what + ": " + SizeOption.words(soFar)
                        + (total == null ? "" : " of " + SizeOption.words(total))
                        + (moves ? ", " + SizeOption.words(Math.round(bytesPerSecond)) + " a second" : "")
                        + (moves && total != null
                                ? ", " + DurationOption.words((total - soFar) / bytesPerSecond) + " left"
                                : ""));
            }
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }

    /** Said here, because the library would ask through a terminal library that takes Ctrl-C away from this program. */
    private static int columns() {
        String columns = System.getenv("COLUMNS");
        return columns != null && columns.matches("\\d{2,3}") ? Integer.parseInt(columns) - 1 : DEFAULT_COLUMNS;
    }

    /** True if stderr is a terminal, as far as this platform tells. */
    public static boolean onTerminal() {
        try {
            Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/2"));
            return target.startsWith("/dev/pts") || target.toString().startsWith("/dev/tty")
                    || target.toString().equals("/dev/console");
        } catch (IOException | RuntimeException e) {
            return System.console() != null;
        }
    }
}
