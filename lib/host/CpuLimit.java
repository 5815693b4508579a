package lib.host;

import java.io.IOException;
import java.util.Optional;

/** A way to hold a Java program to a number of cores. {@link CpuLimits#choose} gives one that works here. */
public sealed interface CpuLimit permits DockerLimit, CgroupLimit, AffinityLimit, InheritedLimit, NoLimit {
    Isolation isolation();

    /** One sentence why this many cores can't be had here with this kind of limit; empty when they can. */
    Optional<String> refusal(double cores);

    /**
     * The same limit for the n-th of several programs that run at once, from 0: those that are pinned get cores of
     * their own.
     */
    default CpuLimit instance(int n) {
        return this;
    }

    /**
     * Starts the program under the limit. Whether the limit took effect is for the program to say, from inside, by
     * {@link LimitInForce#read()}.
     *
     * @param cores more than 0 and not {@link #refusal refused}
     * @throws IOException when the program can't be started; the message is one sentence
     */
    LimitedProcess start(JavaProgram program, double cores) throws IOException;
}
