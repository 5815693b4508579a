package lib.host;

/**
 * How a process ended.
 *
 * @param code exit code, as a shell would show it; 128 + signal when a signal ended it; null when nobody can say
 * @param signal number of the signal, null when the process ended by itself
 * @param outOfMemory the kernel killed it to free memory
 */
public record Exit(Integer code, Integer signal, boolean outOfMemory) {
    // A shell's, Java's and Docker's way to report a signal: 128 + its number. The highest signal is 64.
    private static final int SIGNAL_BASE = 128;
    private static final int HIGHEST_SIGNAL = 64;

    static Exit of(int code, boolean outOfMemory) {
        boolean signalled = code > SIGNAL_BASE && code <= SIGNAL_BASE + HIGHEST_SIGNAL;
        return new Exit(code, signalled ? code - SIGNAL_BASE : null, outOfMemory);
    }

    /** For a sentence: {@code out of memory}, {@code killed by signal 9 (SIGKILL)}, {@code exit code 3}. */
    public String describe() {
        if (outOfMemory) {
            return "out of memory (the kernel killed it)";
        }
        if (code == null) {
            return "ended, and nothing says how";
        }
        if (signal == null) {
            return "exit code " + code;
        }
        String name = switch (signal) {
            case 1 -> "SIGHUP";
            case 2 -> "SIGINT";
            case 3 -> "SIGQUIT";
            case 4 -> "SIGILL, an instruction that this CPU does not have";
            case 6 -> "SIGABRT, the program gave up";
            case 7 -> "SIGBUS";
            case 8 -> "SIGFPE";
            case 9 -> "SIGKILL";
            case 11 -> "SIGSEGV, a native crash";
            case 15 -> "SIGTERM";
            case 31 -> "SIGSYS";
            default -> null;
        };
        return "killed by signal " + signal + (name == null ? "" : " (" + name + ")");
    }
}
