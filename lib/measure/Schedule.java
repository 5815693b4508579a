package lib.measure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import lib.results.Plan;

/**
 * The order of the runs. Points are run in rounds, each point once a round, shuffled by the seed: the machine's speed
 * drifts (heat, neighbours), and a point measured in one block would carry the drift as if it were its own.
 */
public final class Schedule {
    private Schedule() {
    }

    /** The order of a round; the same for the same seed and round, so that a resumed experiment goes on alike. */
    public static List<Plan.Point> round(List<Plan.Point> points, long seed, int round) {
        List<Plan.Point> order = new ArrayList<>(points);
        // mixed first: java.util.Random gives neighbouring seeds the same first choice, so every round would be alike
        Collections.shuffle(order, new Random(new SplittableRandom(seed).nextLong() ^ mixed(round)));
        return order;
    }

    private static long mixed(int round) {
        return new SplittableRandom(round).nextLong();
    }
}
