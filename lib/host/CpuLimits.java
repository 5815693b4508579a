package lib.host;

/** Picks the kind of CPU limit: the asked one, or the strongest that works on this machine. */
public final class CpuLimits {
    private CpuLimits() {
    }

    /** @param reason for the user: why this kind; under {@code auto}, which stronger ones don't work here and why */
    public record Choice(CpuLimit limit, String reason) {
    }

    /**
     * Tries the limit before it is chosen: a program is started under one core and reads the limit back.
     *
     * @param isolation {@code auto}, or a label of {@link Isolation}
     * @param image Docker image to run in, null for this machine's own file system
     * @throws lib.cli.UserError when the asked kind is unknown or does not work here
     */
    public static Choice choose(String isolation, String image) {
        throw new UnsupportedOperationException("being built");
    }
}
