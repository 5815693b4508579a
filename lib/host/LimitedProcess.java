package lib.host;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/** A running program under a {@link CpuLimit}. Ended, with everything it left on the machine, by {@link #close()}. */
public interface LimitedProcess extends AutoCloseable {
    /** The program's standard input; closing it gives the program end of file. Flush after each message. */
    OutputStream stdin();

    /** The program's standard output, and nothing else. */
    InputStream stdout();

    /** The last few kilobytes that the program wrote to standard error, possibly empty. */
    String stderrTail();

    boolean isAlive();

    /** How the program ended, or null when it still runs after the time allowed. */
    Exit waitFor(Duration timeout) throws InterruptedException;

    /** Ends the program at once (SIGKILL). Does nothing when it has ended. */
    void kill();

    /** Ends the program if it still runs, and removes its container, control group and temporary folder. */
    @Override
    void close();
}
