package lib.host;

import java.util.Locale;

/** What holds a worker to a number of cores, strongest first. */
public enum Isolation {
    /** {@code --cpus} of a container: CPU time by quota, as a Kubernetes limit does. */
    DOCKER,
    /** The same quota, written by this program into a control group of its own. */
    CGROUP,
    /** Pinned to whole logical CPUs: others may still run on them. */
    AFFINITY,
    /** The limit that this process was already under when it started, a pod's for example. */
    INHERITED,
    /** Nothing holds the worker; the core count only says how many threads it was given. */
    NONE;

    /** As the option and the result files spell it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
