package tests.harness;

import org.junit.jupiter.api.Assumptions;

/** What a test of real speed needs of the machine that it runs on. */
public final class QuietMachine {
    /** In cores. With more than that taken by others, two free cores are not there to be measured. */
    private static final double MOST_OTHER_LOAD = 0.3;

    private QuietMachine() {
    }

    /**
     * Skips the test, with the reason, if others took the cores while it measured.
     *
     * @param otherBusyCores as the lab recorded it, null where it is not known
     */
    public static void assume(Double otherBusyCores) {
        Assumptions.assumeTrue(otherBusyCores == null || otherBusyCores <= MOST_OTHER_LOAD,
                () -> "the machine was not free: others kept " + otherBusyCores + " cores busy");
    }
}
