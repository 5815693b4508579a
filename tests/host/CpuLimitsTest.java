package tests.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lib.cli.UserError;
import lib.host.CpuLimit;
import lib.host.CpuLimits;
import lib.host.Isolation;
import lib.host.LimitInForce;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class CpuLimitsTest {
    private static String refusal(CpuLimit limit, double cores) {
        return limit.refusal(cores).orElse("");
    }

    @Test
    void anUnknownKindIsRefusedWithTheKnownOnes() {
        String message = assertThrows(UserError.class, () -> CpuLimits.choose("vm", null)).getMessage();
        assertTrue(message.contains("\"vm\"") && message.contains("auto, docker, cgroup, affinity"), message);
    }

    @Test
    void anImageWithoutDockerIsRefused() {
        String message = assertThrows(UserError.class, () -> CpuLimits.choose("affinity", "some:image")).getMessage();
        assertTrue(message.contains("some:image") && message.contains("--isolation docker"), message);
    }

    @Test
    void autoSaysWhatItChoseAndWhy() {
        CpuLimits.Choice choice = CpuLimits.choose("auto", null);
        assertTrue(choice.reason().length() > 10, choice.reason());
        if (choice.limit().isolation() != Isolation.DOCKER && choice.limit().isolation() != Isolation.INHERITED) {
            assertTrue(choice.reason().contains("no docker: "), choice.reason());
        }
    }

    @Test
    void moreCoresThanTheMachineHasAreRefusedByEveryKind() {
        for (String kind : new String[] {"none", "affinity", "cgroup", "docker"}) {
            CpuLimit limit;
            try {
                limit = CpuLimits.choose(kind, null).limit();
            } catch (UserError notHere) {
                continue;
            }
            assertEquals("", refusal(limit, 1));
            assertTrue(refusal(limit, 4096).contains("CPU"), kind + ": " + refusal(limit, 4096));
        }
    }

    @Test
    void pinningRefusesAShareOfACore() {
        assertTrue(refusal(Programs.limitOrSkip("affinity"), 1.5).contains("whole cores"));
    }

    @Test
    void anInheritedLimitNeedsOne() {
        Double own = LimitInForce.read().cores();
        Assumptions.assumeTrue(own != null && own == Runtime.getRuntime().availableProcessors(),
                "this process is itself under a limit");
        String message = assertThrows(UserError.class, () -> CpuLimits.choose("inherited", null)).getMessage();
        assertTrue(message.contains("under no CPU limit"), message);
    }

    @Test
    void aKindThatFailsSaysWhyAndHowToMendItInTheWordsThatTheDoctorUses() {
        for (Isolation kind : Isolation.values()) {
            String why = CpuLimits.failure(kind).orElse(null);
            if (why == null) {
                assertEquals(kind, CpuLimits.choose(kind.label(), null).limit().isolation());
            } else {
                assertEquals("--isolation " + kind.label() + " does not work here: " + why + "; "
                        + CpuLimits.remedy(kind) + ", or use --isolation auto",
                        assertThrows(UserError.class, () -> CpuLimits.choose(kind.label(), null)).getMessage());
            }
        }
    }
}
