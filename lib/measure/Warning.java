package lib.measure;

import java.util.Locale;
import lib.results.WarningNote;

/**
 * The closed list of doubts: why each matters and what to try. What happened, with its figures, is said where it is
 * found ({@link Checks}). {@code docs/method.md} has the same list with the thresholds.
 */
public enum Warning {
    LIMIT_NOT_IN_FORCE(
            "The limit read back from inside is not the one asked for, so the point is not what its row says.",
            "Run doctor, or choose another kind with --isolation."),
    THREADS_NOT_IN_FORCE("The thread setting did not reach the engine, so a comparison of core counts would compare "
            + "nothing; no verdict is drawn from this point.",
            "Look for a cap outside (a cpuset, a cap on processes, the server's own setting) and measure again."),
    CORES_NOT_BUSY(
            "The engine's threads spin at barriers, so as many cores as it has threads should be busy; here the "
                    + "threads ran, and something kept the cores from them.",
            "Look for other programs, an outer limit, or cores that are not there; then measure again."),
    SUPER_LINEAR(
            "More than twice as fast on twice the cores is not scaling: the baseline was disturbed, or runs are so "
                    + "short that they live on unused quota.", "Measure a longer clip, on a quiet machine."),
    NOT_OBSERVED("What this system does not tell can't be ruled out: a disturbance would not be seen.",
            "Measure on Linux, where the kernel tells it."),
    CPU_EMULATED("Times on an emulated or translated CPU say nothing about a real one, and emulation slows threads "
            + "unevenly.", "Use a JDK and an image of the machine's own architecture."),
    NO_ISOLATION("Without a CPU limit the core count is only the number of threads: the system may run them, and "
            + "itself, on any core.", "Start Docker, or use --isolation affinity on Linux."),
    THROTTLED("The quota ran out and the kernel held the threads back, which lengthens and scatters latency.",
            "Use at most as many threads as whole cores, or a higher limit."),
    OVERSUBSCRIBED("More threads than the limit can run wait for one another at every barrier while the quota burns.",
            "Use fewer threads, at most as many as whole cores."),
    STEAL("The hypervisor gave CPU time of this machine to others while it was measured.",
            "Measure on a dedicated or less crowded machine, or at another hour."),
    OTHER_LOAD("Other programs used the CPU while it was measured; they slow the larger core counts most, which looks "
            + "like bad scaling.", "Close them and measure again."),
    FREQUENCY_SCALING("The clock changes with load and heat, and few busy cores clock higher than many: part of the "
            + "lost efficiency is clock, not software.", "Set the performance governor, and let the machine cool."),
    SMT_SIBLINGS("Two hardware threads of one core share its arithmetic, so the second adds far less than a core.",
            "Read the points up to the number of physical cores, or turn SMT off."),
    HYBRID_CORES("Fast and slow cores in one machine: a barrier waits for the slowest, and which cores a point got "
            + "matters.", "Pin to cores of one kind."),
    OUTLIERS("Some runs were far from the rest; they are kept, and the median bears them, but something disturbed the "
            + "machine.", "Look at the rows in runs.csv, and measure again when the machine is quiet."),
    SLOW_FIRST_RUN("The first measured run was an outlier: engine or machine had not settled.",
            "Go on with --resume: with more runs it weighs less."),
    NOT_ENOUGH_RUNS("A 95 % interval of a median needs at least 6 runs; without it nothing may be concluded.",
            "Go on with --resume and a larger --max-time."),
    PRECISION_NOT_REACHED("The interval is wider than asked, so small differences between points are not decided.",
            "Go on with --resume and a larger --max-time."),
    TEXT_DIFFERS("The text must be the same at every point; if it is not, the points did not do the same work.",
            "Compare the files in transcripts/."),
    WORD_ERRORS("Speed without quality is void: the text is far from the reference.",
            "Check the language, the clip's reference and the model."),
    NO_TEXT("The engine gave no text for this clip, so the time says little about transcribing speech.",
            "Use a clip with speech in it."),
    RUNS_FAILED("Runs that failed are recorded and not averaged; a point that fails is not one to deploy.",
            "Look at the error column of runs.csv."),
    NO_BASELINE("Speed-up is measured against 1 core with 1 thread, which was not measured.",
            "Add 1 to --cores, and 1 to --threads.");

    private final String why;
    private final String mend;

    Warning(String why, String mend) {
        this.why = why;
        this.mend = mend;
    }

    /** As the files spell it. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @param point null for the whole experiment */
    WarningNote note(String point, String what) {
        return new WarningNote(code(), point, what, why, mend);
    }
}
