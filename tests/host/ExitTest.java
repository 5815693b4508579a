package tests.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import lib.host.Exit;
import org.junit.jupiter.api.Test;

class ExitTest {
    @Test
    void theWayAProcessEndedIsSaidInWords() {
        assertEquals("exit code 3", new Exit(3, null, false).describe());
        assertEquals("killed by signal 9 (SIGKILL)", new Exit(137, 9, false).describe());
        assertEquals("killed by signal 6 (SIGABRT, the program gave up)", new Exit(134, 6, false).describe());
        assertEquals("killed by signal 11 (SIGSEGV, a native crash)", new Exit(139, 11, false).describe());
        assertEquals("killed by signal 64", new Exit(192, 64, false).describe());
        assertEquals("out of memory (the kernel killed it)", new Exit(137, 9, true).describe());
        assertEquals("ended, and nothing says how", new Exit(null, null, false).describe());
    }
}
