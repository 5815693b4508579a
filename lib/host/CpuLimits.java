package lib.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import lib.cli.UserError;
import lib.results.Cores;

/** Picks the kind of CPU limit: the asked one, or the strongest that works on this machine. */
public final class CpuLimits {
    public static final String AUTO = "auto";

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
     * @throws UserError when the asked kind is unknown or does not work here
     */
    public static Choice choose(String isolation, String image) {
        if (!isolation.equals(AUTO)) {
            return asked(kind(isolation), image);
        }
        return image == null ? strongest() : asked(Isolation.DOCKER, image);
    }

    /**
     * Several kinds at once.
     *
     * @param isolations labels with commas between, or {@code auto} for one
     * @param image for docker, null for this machine's own file system
     */
    public static List<Choice> chooseAll(String isolations, String image) {
        List<String> labels = Arrays.stream(isolations.split(",", -1)).map(String::strip).distinct().toList();
        return labels.size() == 1 ? List.of(choose(labels.get(0), image))
                : labels.stream().map(label -> asked(kind(label), label.equals(Isolation.DOCKER.label()) ? image
                        : null))
                        .toList();
    }

    /**
     * The strongest limit that works here, and pinning beside it if that works too: a quota and a set of CPUs differ.
     */
    public static List<Choice> quotaAndAffinity(String image) {
        Choice strongest = choose(AUTO, image);
        CpuLimit affinity = limit(Isolation.AFFINITY, null);
        return strongest.limit().isolation() == Isolation.AFFINITY || failure(affinity).isPresent()
                ? List.of(strongest)
                : List.of(strongest, new Choice(affinity, "works here too, and pins instead of rationing"));
    }

    private static Isolation kind(String label) {
        return Arrays.stream(Isolation.values()).filter(kind -> kind.label().equals(label)).findFirst()
                .orElseThrow(() -> new UserError("unknown isolation \"" + label + "\"; choose one of auto, "
                        + Arrays.stream(Isolation.values()).map(Isolation::label).collect(Collectors.joining(", "))));
    }

    private static Choice asked(Isolation kind, String image) {
        if (image != null && kind != Isolation.DOCKER) {
            throw new UserError("--image " + image + " needs --isolation docker; with " + kind.label()
                    + " no image is used");
        }
        CpuLimit limit = limit(kind, image);
        Optional<String> failure = failure(limit);
        if (failure.isPresent()) {
            throw new UserError("--isolation " + kind.label() + " does not work here: " + failure.get() + "; "
                    + (image == null ? remedy(kind) + ", or use --isolation auto" : "mend that, or leave --image out"));
        }
        return new Choice(limit, "asked for, and tried");
    }

    private static Choice strongest() {
        Double own = InheritedLimit.cores();
        String container = EnvironmentProbe.container();
        if (own != null && container != null) {
            return new Choice(new InheritedLimit(), "this " + container + " container is itself limited to "
                    + Cores.words(own));
        }
        List<String> unavailable = new ArrayList<>();
        for (Isolation kind : List.of(Isolation.DOCKER, Isolation.CGROUP, Isolation.AFFINITY)) {
            CpuLimit limit = limit(kind, null);
            Optional<String> failure = failure(limit);
            if (failure.isEmpty()) {
                return new Choice(limit, "the strongest that works here" + because(unavailable));
            }
            unavailable.add("no " + kind.label() + ": " + failure.get());
        }
        return new Choice(new NoLimit(), "no kind of limit works here" + because(unavailable));
    }

    private static String because(List<String> unavailable) {
        return unavailable.isEmpty() ? "" : " (" + String.join("; ", unavailable) + ")";
    }

    /** One sentence why this kind does not work on this machine, found by trying it; empty when it does. */
    public static Optional<String> failure(Isolation kind) {
        return failure(limit(kind, null));
    }

    private static Optional<String> failure(CpuLimit limit) {
        return switch (limit.isolation()) {
            case NONE -> Optional.empty();
            case INHERITED -> InheritedLimit.cores() == null ? limit.refusal(1) : Optional.empty();
            default -> LimitTrial.failure(limit);
        };
    }

    private static CpuLimit limit(Isolation kind, String image) {
        return switch (kind) {
            case DOCKER -> new DockerLimit(image);
            case CGROUP -> new CgroupLimit();
            case AFFINITY -> new AffinityLimit();
            case INHERITED -> new InheritedLimit();
            case NONE -> new NoLimit();
        };
    }

    /** What makes a kind work that does not work here. */
    public static String remedy(Isolation kind) {
        return switch (kind) {
            case DOCKER -> DockerEngine.version().isPresent() ? "see what docker info says about it"
                    : "install and start Docker (Debian: sudo apt-get install docker.io) and join its group: "
                            + "sudo usermod -aG docker $USER";
            case CGROUP -> "run as root";
            case AFFINITY -> "use Linux with taskset (Debian: sudo apt-get install util-linux)";
            case INHERITED -> "start it under a limit";
            case NONE -> throw new IllegalArgumentException("none always works");
        };
    }
}
