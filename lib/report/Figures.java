package lib.report;

import java.util.Locale;
import lib.cli.SizeOption;
import lib.results.Estimate;

/** Figures as the tables show them; empty where nothing was measured. */
final class Figures {
    private Figures() {
    }

    static String value(Estimate e, int digits) {
        return e == null ? "" : fixed(digits, e.value());
    }

    /** Empty without one, and for the baseline's own speed-up, which is 1 by definition. */
    static String interval(Estimate e, int digits) {
        return e == null || !e.hasInterval() || e.low().equals(e.high()) ? ""
                : "[" + fixed(digits, e.low()) + ", " + fixed(digits, e.high()) + "]";
    }

    static String percent(Double share) {
        return share == null ? "" : fixed(share < 0.0995 && share > 0 ? 1 : 0, share * 100) + " %";
    }

    static String number(int digits, Double value) {
        return value == null ? "" : fixed(digits, value);
    }

    static String count(Integer value) {
        return value == null ? "" : value.toString();
    }

    static String bytes(Long bytes) {
        return bytes == null ? "" : SizeOption.words(bytes);
    }

    static String fixed(int digits, double value) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
