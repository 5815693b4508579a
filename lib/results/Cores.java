package lib.results;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** A number of cores as people read it. */
public final class Cores {
    private static final int DIGITS = 3;

    private Cores() {
    }

    /** {@code 2}, {@code 1.5}, {@code 0.333}. */
    public static String number(double cores) {
        return BigDecimal.valueOf(cores).setScale(DIGITS, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
    }

    /** {@code 1 core}, {@code 2 cores}, {@code 0.5 cores}. */
    public static String words(double cores) {
        return number(cores) + (cores == 1 ? " core" : " cores");
    }

    /** How many threads this many cores run at once: floor(cores), at least 1. */
    public static int whole(double cores) {
        return Math.max(1, (int) Math.floor(cores));
    }

    /** {@code 1 thread}, {@code 4 threads}. */
    public static String threads(int threads) {
        return threads == 1 ? "1 thread" : threads + " threads";
    }
}
